"""One file a noun: what is attacked."""
