"""For tests, ours and those of a product on top: people, their mailbox, pages, the database.

The site itself never imports it, and it never imports `tests`. `people`, `mailbox`, `moved`,
`pages`, `forms`, `visitor`, `patterns` and `processes` look at a site from outside only; the others
know its insides.
"""
