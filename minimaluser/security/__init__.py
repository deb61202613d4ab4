"""Guards of the use cases; they import none of them."""
