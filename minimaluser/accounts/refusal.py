"""The exception with which a use case refuses what a visitor has entered."""


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
