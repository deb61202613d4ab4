"""Pages for developers and designers: the mailbox and the gallery; not in production."""
