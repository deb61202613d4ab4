"""What a request costs the server, beside the least that Flask can cost: `make bench`.

See `docs/performance.md`.
"""
