"""Tests of what only the starter can do; a project that begins from it does not get them."""
