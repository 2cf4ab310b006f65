"""Every page in every state, driven once: for axe (in the tests) and for the screenshot tour."""
