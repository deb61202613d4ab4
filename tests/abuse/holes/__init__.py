"""The site broken on purpose, by what is broken: faults everybody makes, and some it once had."""
