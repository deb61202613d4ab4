"""For tests in a browser: pieces of the plugin `minimaluser.testing.plugin`, and their classes."""
