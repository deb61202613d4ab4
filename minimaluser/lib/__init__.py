"""Small tools that know nothing of this product and could move to another project tomorrow."""
