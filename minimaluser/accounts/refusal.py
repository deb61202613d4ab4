"""The exception with which a use case refuses what a visitor has entered."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from minimaluser.lib.text import BadText

P = ParamSpec("P")
T = TypeVar("T")


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


def read(field: str, parse: Callable[P, T], *typed: P.args, **more: P.kwargs) -> T:
    """Return what `parse` makes of what was typed; a form has often done that already.

    Raises:
        Refused: it is not acceptable; `field` is the name of its form field.
    """
    try:
        return parse(*typed, **more)
    except BadText as problem:
        raise Refused(field, str(problem)) from None
