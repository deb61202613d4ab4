"""What guards the use cases and knows none of them."""
