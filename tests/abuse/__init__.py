"""The abuse suite: attacks on a running site by HTTP alone. See docs/abuse.md."""
