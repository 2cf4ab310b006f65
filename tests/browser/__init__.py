"""Pages in a real browser: Debian's Chromium, driven by Playwright in the tests' own loop."""
