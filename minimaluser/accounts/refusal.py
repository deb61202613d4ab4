"""How a use case says no to a visitor."""


class Refused(Exception):
    """The visitor's input cannot be accepted.

    Attributes:
        field: name of the form field the message belongs to.
        message: a sentence for the visitor.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class SessionEnded(Exception):
    """The session is over; the visitor is a guest from now on.

    Attributes:
        wrong_keys: it was ended just now, because the access key was wrong too often.
    """

    def __init__(self, *, wrong_keys: bool = False) -> None:
        super().__init__("the session has ended")
        self.wrong_keys = wrong_keys


class KeyNeeded(Exception):
    """The access key has to be entered first; the last time is too long ago."""
