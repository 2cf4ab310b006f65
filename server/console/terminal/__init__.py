"""The console full-screen, on Textual: loaded only when it is shown."""
