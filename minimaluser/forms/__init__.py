"""One class per form: what may be sent. A method `live_<field>` checks that field during typing."""

from __future__ import annotations

from flask_login import current_user
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # not in its types
from wtforms.validators import AnyOf

from minimaluser import accounts
from minimaluser.forms.base import CHECKED as CHECKED
from minimaluser.forms.base import Form as Form
from minimaluser.forms.slips import AsksOnce
from minimaluser.forms.validators import Brief, Digits, Email, Named, SameKey, Strong, needed
from minimaluser.lib import appearance

APPEARANCES = (appearance.SYSTEM, *appearance.SCHEMES)


class SignupForm(AsksOnce, Form):
    name = "signup"
    email = EmailField("Email", [Brief(), Email()])
    next = HiddenField()

    def live_email(self) -> None:
        """Check the address alone: nobody may learn whether it is taken."""
        self.hint()


class SignupKeyForm(SignupForm):
    """The form with SIGNUP_KEY=chosen."""

    name = "signup-key"
    new_key = PasswordField("Access key", [Brief(), Strong()])

    def live_new_key(self) -> None:
        """Check what the validators check."""


class LoginForm(Form):
    name = "login"
    email = EmailField("Email", [needed("your email address"), Brief()])
    key = PasswordField("Access key", [needed("your access key"), Brief()])
    keep = BooleanField("Keep me logged in")
    next = HiddenField()


class NicknameForm(Form):
    name = "nickname"
    nickname = StringField("Nickname", [Brief(), Named()])

    def live_nickname(self) -> None:
        if current_user.is_authenticated:
            accounts.check_nickname(current_user, self["nickname"].read)


class EmailForm(AsksOnce, Form):
    name = "email"
    email = EmailField("Email", [Brief(), Email()])
    current_key = PasswordField("Current access key", [Brief()])

    def live_email(self) -> None:
        """Check the address alone."""
        self.hint()


class KeyForm(Form):
    name = "key"
    current_key = PasswordField("Current access key", [needed("your current access key"), Brief()])
    new_key = PasswordField("New access key", [Brief(), Strong()])
    confirm_key = PasswordField("Confirm new access key", [SameKey("new_key")])

    def live_new_key(self) -> None:
        """Check what the validators check."""


class KeyEntryForm(Form):
    name = "key-entry"
    current_key = PasswordField("Current access key", [needed("your access key"), Brief()])
    next = HiddenField()


class TileForm(Form):
    name = "tile"
    seed = HiddenField()


class ForgotKeyForm(Form):
    name = "forgot-key"
    email = EmailField("Email", [Brief(), Email()])

    def live_email(self) -> None:
        """Check the syntax only."""


class ResetKeyForm(Form):
    name = "reset-key"
    code = StringField("Code", [Digits()])
    new_key = PasswordField("New access key", [Brief(), Strong()])
    confirm_key = PasswordField("Confirm new access key", [SameKey("new_key")])

    def live_new_key(self) -> None:
        """Check what the validators check."""


class NewKeyForm(ResetKeyForm):
    """The form behind the link in the mail, which replaces the code."""

    name = "new-key"
    code = None  # type: ignore[assignment]
    link = HiddenField()
    visitor = HiddenField()


class ClosingForm(Form):
    name = "closing"
    current_key = PasswordField("Current access key", [needed("your access key"), Brief()])


class CookieForm(Form):
    name = "cookies"
    analysis = BooleanField("Analysis")
    next = HiddenField()


class AppearanceForm(Form):
    name = "appearance"
    scheme = RadioField(
        "Appearance",
        [AnyOf(APPEARANCES, "Please choose one of these.")],
        choices=[SelectChoice(each, each.capitalize()) for each in APPEARANCES],
        validate_choice=False,  # `AnyOf` says it in our words
    )


class LinkForm(Form):
    """The button behind a link in a mail; for which link, and to whom, its page was shown."""

    name = "link"
    link = HiddenField()
    visitor = HiddenField()


class ConfirmForm(LinkForm):
    """The same for an address, with the key that was chosen at the sign-up, if one was."""

    name = "confirm"
    current_key = PasswordField("Access key", [Brief()])
