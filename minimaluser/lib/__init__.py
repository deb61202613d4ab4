"""Helpers that do not depend on this product and could be used in any other."""
