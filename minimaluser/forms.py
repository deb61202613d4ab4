"""One class a form: what may be sent. A method `live_<field>` has it checked while typing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    StringField,
    ValidationError,
)
from wtforms.validators import EqualTo, InputRequired, Length, Regexp

from minimaluser import accounts, config
from minimaluser.lib import emails, nicknames, strength

LONGEST_FIELD = 4096


class Form(FlaskForm):
    """What all forms share. `name` is its noun and stands before the ids of its fields."""

    name = ""
    outcome: Any = None

    class Meta:
        @staticmethod
        def wrap_formdata(form: Form, formdata: Any) -> Any:
            return request.form if request.method == "POST" else None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self:  # two forms on one page must not share ids
            field.id = f"{self.name}-{field.name}"
            field.label.field_id = field.id

    @property
    def check_name(self) -> str:
        return self.name

    @property
    def live_checks(self) -> set[str]:
        return {field.name for field in self if hasattr(self, f"live_{field.name}")}

    def attempt(self, verb: Callable[..., Any], *arguments: Any) -> bool:
        """Validate, then do it; a refusal becomes the error of its field.

        Returns:
            Whether it was done. What the verb returned is in `outcome`.
        """
        if not self.validate():
            return False
        try:
            self.outcome = verb(*arguments)
        except accounts.Refused as refusal:
            self[refusal.field].errors = [refusal.message]
            return False
        return True

    def check(self, name: str) -> Field:
        """Validate one field as it is being typed and return it with its errors.

        Raises:
            KeyError: the form has no such field, or it is not checked live.
        """
        if name not in self.live_checks:
            raise KeyError(name)
        field: Field = self[name]
        if field.validate(self):
            try:
                getattr(self, f"live_{name}")()
            except (accounts.Refused, ValueError) as problem:
                field.errors = [str(problem)]
        return field


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


class SignupForm(Form):
    name = "signup"
    email = EmailField("Email", [BRIEF, Email()])

    def live_email(self) -> None:
        """Only the form of the address: whether somebody has it is nobody's business."""


class LoginForm(Form):
    name = "login"
    email = EmailField("Email", [needed("your email address"), BRIEF])
    key = PasswordField("Access key", [needed("your access key"), BRIEF])
    keep = BooleanField("Keep me logged in")
    next = HiddenField()


class NicknameForm(Form):
    name = "nickname"
    nickname = StringField("Nickname", [BRIEF, Named()])

    def live_nickname(self) -> None:
        if current_user.is_authenticated:
            accounts.check_nickname(current_user, self.nickname.data or "")


class EmailForm(Form):
    name = "email"
    email = EmailField("Email", [BRIEF, Email()])
    current_key = PasswordField("Current access key", [BRIEF])

    def live_email(self) -> None:
        """Only the form of the address."""


class KeyForm(Form):
    name = "key"
    current_key = PasswordField("Current access key", [needed("your current access key"), BRIEF])
    new_key = PasswordField("New access key", [BRIEF, Strong()])
    confirm_key = PasswordField(
        "Confirm new access key", [EqualTo("new_key", "The two new access keys are not the same.")]
    )

    def live_new_key(self) -> None:
        """The validators say it all."""


class TileForm(Form):
    name = "tile"
    seed = HiddenField()


class ForgotKeyForm(Form):
    name = "forgot-key"
    email = EmailField("Email", [BRIEF, Email()])

    def live_email(self) -> None:
        """Only the form of the address."""


class ResetKeyForm(Form):
    name = "reset-key"
    code = StringField(
        "Code", [Regexp(r"^\s*\d{3}\s?\d{3}\s*$", message="The code has six digits.")]
    )
    new_key = PasswordField("New access key", [BRIEF, Strong()])
    confirm_key = PasswordField(
        "Confirm new access key", [EqualTo("new_key", "The two new access keys are not the same.")]
    )

    def live_new_key(self) -> None:
        """The validators say it all."""


class ClosingForm(Form):
    name = "closing"
    current_key = PasswordField("Current access key", [needed("your access key"), BRIEF])


class CookieForm(Form):
    name = "cookies"
    analysis = BooleanField("Analysis")
    next = HiddenField()


class ButtonForm(Form):
    """Nothing but a button."""

    name = "button"


CHECKED = {
    form.name: form
    for form in (SignupForm, NicknameForm, EmailForm, KeyForm, ForgotKeyForm, ResetKeyForm)
}
