"""For tests in a browser: the pieces of `minimaluser.testing.plugin`, and their classes."""
