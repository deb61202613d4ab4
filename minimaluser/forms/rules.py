"""What a field accepts, in words for the visitor."""

from __future__ import annotations

from typing import Any

from flask_login import current_user
from wtforms import ValidationError
from wtforms.validators import InputRequired, Length

from minimaluser import config
from minimaluser.lib import emails, nicknames, strength

LONGEST_FIELD = 4096


class Email:
    """An address that mail can be sent to."""

    def __call__(self, _form: Any, field: Any) -> None:
        try:
            emails.parse(field.data or "")
        except emails.BadEmail as problem:
            raise ValidationError(str(problem)) from None


class Strong:
    """A key that is not guessed."""

    def __call__(self, _form: Any, field: Any) -> None:
        try:
            strength.check(field.data or "", own_words())
        except strength.WeakKey as problem:
            raise ValidationError(str(problem)) from None


class Named:
    """Something that can be a nickname."""

    def __call__(self, _form: Any, field: Any) -> None:
        try:
            nicknames.clean(field.data or "")
        except nicknames.BadNickname as problem:
            raise ValidationError(str(problem)) from None


def own_words() -> list[str]:
    """Return the words that the visitor's key must not be built on."""
    if not current_user.is_authenticated:
        return [config.SITE_NAME]
    return [current_user.email, current_user.nickname, config.SITE_NAME]


def needed(what: str) -> InputRequired:
    """Return the validator that asks for a missing value in words."""
    return InputRequired(f"Please enter {what}.")


BRIEF = Length(max=LONGEST_FIELD, message="This is too long.")
