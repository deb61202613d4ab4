"""A crowd of visitors on the whole site, and whether anything is lost: `make load`.

See `docs/load.md`.
"""
