"""A form that asks once about an address which may be mistyped: the only key goes there."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField

from minimaluser.lib import slips


class AsksOnce:
    """For a form with a field `email`. What was asked about is taken when it is sent again."""

    asked = HiddenField()

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Validate the form, and refuse it once if the address may be another one."""
        form: Any = self
        if not super().validate(*args, **kwargs):  # type: ignore[misc]
            return False
        address = form.email.read.address
        if form.asked.data == address or not (meant := slips.meant(address)):
            return True
        form.asked.data = address
        form.email.errors = [f"Did you mean {meant}? If not, press the button again."]
        return False

    def hint(self) -> None:
        """Ask while it is being typed.

        Raises:
            ValueError: the question.
        """
        form: Any = self
        if meant := slips.meant(form.email.read.address):
            raise ValueError(f"Did you mean {meant}?")
