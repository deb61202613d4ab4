"""Validators of fields; their messages are for the visitor."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask_login import current_user
from wtforms import ValidationError
from wtforms.validators import InputRequired, Length, Regexp

from minimaluser.lib import emails, nicknames, strength
from minimaluser.rules import rules
from minimaluser.settings import SITE_NAME


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


class Digits:
    """As many digits as a code has; blanks around them and in the middle are allowed."""

    def __call__(self, form: Any, field: Any) -> None:
        half = rules.code_digits // 2
        pattern = rf"^\s*\d{{{half}}}\s?\d{{{rules.code_digits - half}}}\s*$"
        Regexp(pattern, message=f"The code has {rules.code_digits} digits.")(form, field)


class Email:
    """An address that mail can be sent to."""

    def __call__(self, _form: Any, field: Any) -> None:
        try:
            emails.parse(field.data or "")
        except emails.BadEmail as problem:
            raise ValidationError(str(problem)) from None


class Strong:
    """A key that is hard to guess."""

    def __call__(self, _form: Any, field: Any) -> None:
        try:
            strength.check(field.data or "", rules.key, own_words())
        except strength.WeakKey as problem:
            raise ValidationError(str(problem)) from None


class Named:
    """A text that can be a nickname."""

    def __call__(self, _form: Any, field: Any) -> None:
        try:
            nicknames.clean(field.data or "", rules.nickname)
        except nicknames.BadNickname as problem:
            raise ValidationError(str(problem)) from None


def own_words() -> list[str]:
    """Return the words that the visitor's key must not be built on."""
    if not current_user.is_authenticated:
        return [SITE_NAME]
    return [current_user.email, current_user.nickname, SITE_NAME]


def needed(what: str) -> InputRequired:
    """Return the validator that asks for a missing value in words."""
    return InputRequired(f"Please enter {what}.")
