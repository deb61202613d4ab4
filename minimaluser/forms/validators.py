"""Validators of fields; their messages are for the visitor."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from flask_login import current_user
from wtforms import ValidationError
from wtforms.validators import InputRequired, Length

from minimaluser.accounts.access_key import own_words
from minimaluser.lib import emails, keys, nicknames, typed
from minimaluser.lib.text import BadText
from minimaluser.rules import rules

if TYPE_CHECKING:
    from minimaluser.lib import strength


class Brief:
    """A text that is not too long for a field."""

    def __call__(self, form: Any, field: Any) -> None:
        Length(max=rules.field_longest, message="This is too long.")(form, field)


class Fits:
    """A line of text that a column can hold.

    Args:
        column: an attribute of a model, such as `User.nickname`.
    """

    def __init__(self, column: Any) -> None:
        self.longest: int = column.type.length

    def __call__(self, form: Any, field: Any) -> None:
        Length(max=self.longest, message=f"Please keep to {self.longest} characters.")(form, field)
        if any(unicodedata.category(letter) == "Cc" for letter in field.data or ""):
            raise ValidationError("Please keep to letters, digits and signs, on one line.")


class Read:
    """Reads what was typed, once; `Form.attempt` hands the result to the use case.

    It is in the attribute `read` of the field. `data` remains as it was typed, to be shown again.
    """

    def __call__(self, _form: Any, field: Any) -> None:
        try:
            field.read = self.parse(field.data or "")
        except BadText as problem:
            raise ValidationError(str(problem)) from None

    def parse(self, text: str) -> Any:
        """Return what the use case takes, or raise `BadText`."""
        raise NotImplementedError


class Digits(Read):
    """As many digits as a code has, of any script; what is no letter around them is left out."""

    longest_typed = 100

    def parse(self, text: str) -> str:
        found = typed.digits(text) if len(text) <= self.longest_typed else ""
        if len(found) != rules.code_digits:
            raise BadText(f"The code has {rules.code_digits} digits.")
        return found


class Email(Read):
    """An address that mail can be sent to."""

    def parse(self, text: str) -> emails.Email:
        return emails.parse(text)


class Strong(Read):
    """A key that is hard to guess."""

    def parse(self, text: str) -> strength.Strong:
        from minimaluser.lib import strength  # word lists of 12 MiB

        user = current_user if current_user.is_authenticated else None
        return strength.check(text, rules.key, own_words(user))


class SameKey:
    """The same key as in another field, whichever way each is typed."""

    def __init__(self, field: str) -> None:
        self.field = field

    def __call__(self, form: Any, field: Any) -> None:
        one, other = (keys.clean(each.data or "", rules.key) for each in (field, form[self.field]))
        if one != other:
            raise ValidationError("The two new access keys are not the same.")


class Named(Read):
    """A text that can be a nickname."""

    def parse(self, text: str) -> nicknames.Nickname:
        return nicknames.parse(text, rules.nickname)


def needed(what: str) -> InputRequired:
    """Return the validator that asks for a missing value in words."""
    return InputRequired(f"Please enter {what}.")
