"""The base class of forms: unique ids, calling use cases, checking fields during typing."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from werkzeug.datastructures import CombinedMultiDict
from wtforms import BooleanField, Field, HiddenField, RadioField
from wtforms.widgets.core import clean_key  # type: ignore[attr-defined]

from minimaluser import accounts
from minimaluser.forms.validators import Strong
from minimaluser.security import limits

CHECKED: dict[str, type[Form]] = {}  # the forms that have a method `live_<field>`, by name


def attributes(**given: Any) -> Markup:
    """Return attributes of an element, as `wtforms.widgets.html_params` does."""
    named = ((clean_key(name), value) for name, value in sorted(given.items()))
    wanted = ((name, value) for name, value in named if value is not False)
    pairs = (name if value is True else f'{name}="{escape(value)}"' for name, value in wanted)
    return Markup(" ".join(pairs))  # noqa: S704


class Form(FlaskForm):
    """The base class of forms. `name` is the noun of a form and the prefix of its fields' ids."""

    name = ""
    outcome: Any = None
    titled: Field | None = None  # the field that the title of the form labels already

    def __init_subclass__(cls) -> None:
        if any(name.startswith("live_") and name != "live_checks" for name in dir(cls)):
            CHECKED[cls.name] = cls

    class Meta:
        @staticmethod
        def wrap_formdata(form: Form, formdata: Any) -> Any:
            if request.method != "POST":
                return None
            return (
                CombinedMultiDict([request.files, request.form]) if request.files else request.form
            )

        def render_field(self, field: Field, render_kw: dict[str, Any]) -> Markup:
            """Render as WTForms does, but for the attributes, on which it spends most of it."""
            if hasattr(field.widget, "html_params"):
                field.widget = copy(field.widget)
                field.widget.html_params = attributes  # type: ignore[attr-defined]
            rendered: Markup = super().render_field(field, render_kw)  # type: ignore[misc]
            return rendered

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self:  # two forms on one page must not share ids
            field.id = f"{self.name}-{field.name}"
            field.label.field_id = field.id

    def titled_by(self, title: str) -> Field | None:
        """Return the field whose label is the title, which then stands there only once.

        Not one with a box or buttons: their labels stand beside these.
        """
        boxes = (BooleanField, RadioField)
        same = (each for each in self if each.label.text == title and not isinstance(each, boxes))
        self.titled = next(same, None)
        return self.titled

    @property
    def check_name(self) -> str:
        return self.name

    @property
    def live_checks(self) -> set[str]:
        return {field.name for field in self if hasattr(self, f"live_{field.name}")}

    def attempt(self, verb: Callable[..., Any], *arguments: Any) -> bool:
        """Validate the form, then call a use case; a refusal becomes an error of its field.

        Args:
            verb: the use case.
            arguments: a field among them stands for what a validator has read in it, or its data.

        Returns:
            Whether it was done. What the verb returned is in `outcome`.

        Raises:
            limits.TooMany: keys were checked too often from this network.
            Exception: whatever else the verb raises.
        """
        if any(isinstance(rule, Strong) for field in self for rule in field.validators):
            limits.count("field-check")  # rating a key is costly, and open to anybody
        if not self.validate():
            return False
        given = [
            getattr(each, "read", each.data) if isinstance(each, Field) else each
            for each in arguments
        ]
        try:
            self.outcome = verb(*given)
        except accounts.Refused as refusal:
            refused = self[refusal.field]
            if isinstance(refused, HiddenField):  # nobody sees it there
                self.form_errors = [refusal.message]
            else:
                refused.errors = [refusal.message]
            return False
        return True

    def check(self, name: str) -> Field:
        """Validate one field while it is being typed and return it with its errors.

        Raises:
            KeyError: the form has no such field, or it is not checked during typing.
            limits.TooMany: fields were checked too often from this network.
        """
        if name not in self.live_checks:
            raise KeyError(name)
        limits.count("field-check")
        field: Field = self[name]
        if field.validate(self):
            try:
                getattr(self, f"live_{name}")()
            except (accounts.Refused, ValueError) as problem:
                field.errors = [str(problem)]
        return field
