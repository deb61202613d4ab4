"""Forms, addresses and words of a page, read as a browser reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
ADDRESSES = ("href", "src", "action", "hx-get", "hx-post", "hx-delete", "hx-put", "hx-patch")


@dataclass
class Field:
    """Something in a form that has a name."""

    name: str
    kind: str
    value: str
    label: str = ""
    is_checked: bool = False


@dataclass
class Form:
    """A form of a page; `in_main` if it is what the page is about."""

    action: str
    method: str
    in_main: bool
    fields: list[Field] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return what a browser would send when somebody filled in `values`.

        Args:
            values: words to labels, or to names, of fields.

        Raises:
            AssertionError: the form has no such field.
        """
        sent = {
            each.name: each.value
            for each in self.fields
            if each.kind not in {"checkbox", "radio", "submit"} or each.is_checked
        }
        for words, value in values.items():
            names = [each.name for each in self.fields if words in {each.label, each.name}]
            if not names:
                raise AssertionError(f"the form at {self.action} has no field “{words}”")
            sent[names[0]] = value
        return sent

    def has(self, words: str) -> bool:
        """Tell whether there is a field with this label or name."""
        return any(words in {each.label, each.name} for each in self.fields)

    def known(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return those of some values whose field it has."""
        return {words: value for words, value in values.items() if self.has(words)}

    @property
    def token(self) -> str:
        """The CSRF token it carries."""
        return next((each.value for each in self.fields if each.name == "csrf_token"), "")


class Reader(HTMLParser):
    """Reads forms, addresses and text; forgiving like a browser."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.addresses: list[str] = []
        self.words: list[str] = []
        self.labels: dict[str, str] = {}
        self.ids: dict[str, Field] = {}
        self.open: list[str] = []
        self.form: Form | None = None
        self.by_id: dict[str, Form] = {}
        self.loose: list[tuple[str, str]] = []
        self.label: str | None = None
        self.button: tuple[str | None, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append(tag)
        self.addresses += [given[name] for name in ADDRESSES if given.get(name)]
        if tag == "form":
            method = given.get("method", "get").upper()
            self.form = Form(given.get("action", ""), method, "main" in self.open)
            self.forms.append(self.form)
            self.by_id[given.get("id", "")] = self.form
        elif tag == "label":
            self.label = given.get("for", "")
        elif tag == "button":
            self.button = (given.get("form"), [])
        elif tag in {"input", "textarea", "select"} and self.form is not None:
            self._add(given, tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass
        if tag == "form":
            self.form = None
        elif tag == "label":
            self.label = None
        elif tag == "button" and self.button is not None:
            elsewhere, words = self.button
            text = " ".join("".join(words).split())
            if elsewhere is not None:
                self.loose.append((elsewhere, text))
            elif self.form is not None:
                self.form.buttons.append(text)
            self.button = None

    def handle_data(self, data: str) -> None:
        if self.label is not None:
            self.labels[self.label] = (self.labels.get(self.label, "") + data).strip()
        if self.button is not None:
            self.button[1].append(data)
        if "main" in self.open and not {"script", "style", "time"} & set(self.open):
            self.words.append(data)

    def done(self) -> None:
        """Bring together what stands apart: labels and fields, buttons and their forms."""
        self.close()
        for identity, text in self.labels.items():
            if identity in self.ids:
                self.ids[identity].label = text
        for identity, text in self.loose:
            if identity in self.by_id:
                self.by_id[identity].buttons.append(text)

    def _add(self, given: dict[str, str], tag: str) -> None:
        if not given.get("name") or self.form is None:
            return
        kind = given.get("type", "text") if tag == "input" else tag
        made = Field(given["name"], kind, given.get("value", ""), "", "checked" in given)
        self.form.fields.append(made)
        self.ids[given.get("id", given["name"])] = made
