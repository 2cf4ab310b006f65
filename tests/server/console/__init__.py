"""The host's console in a terminal."""
