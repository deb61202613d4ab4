"""For tests, ours and those of a product on top: people, their mailbox, pages, the database.

The site itself never imports it, and it never imports `tests`. `plugin` is for pytest, with what is
in `browser/`; that and what the contract "outside" in `pyproject.toml` names look at a site from
outside only, the others know its insides.
"""
