"""A template and the file beside it: what it is given in the states that the file names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import TemplateSyntaxError

from minimaluser.views.dev import beside, named, notation, sources
from minimaluser.views.dev.beside import OF_A_STATE, Problem
from minimaluser.views.dev.notation import BadNotation, Value

EACH = "{each}"

Given = Mapping[str, Value]
Seen = Mapping[str, Any]


class Template:
    """A template with its file.

    Attributes:
        name, kind: of the template, see `State`.
        file: what the file beside it says, or what is derived instead.
        wanted: the names of what it is given.
        row: the row of the profile that it shows, if it does.
        form: the empty form that it is given, if it is given one.
    """

    def __init__(self, name: str, kind: str) -> None:
        self.name, self.kind = name, kind
        self.path = sources.path_of(name)
        self.file = beside.read(self.path.with_suffix(".toml"))
        self.row = sources.row_of(name)
        if like := self.file.says.get("like"):
            self._like(like)
        self._describe()
        self._check_names()
        self.wanted = self._wanted()
        self.form = self._form() if "form" in self.wanted else None
        self._base = self.read(self.file.given, "given")

    @property
    def is_silent(self) -> bool:
        """Whether nothing says its states; then there is a problem that says what to write."""
        derivable = self.row or self.kind not in {"partial", "mail"}
        if self.file.is_there or (derivable and not self.missing({})):
            return False
        mend = f"write {self.file.path.name} beside it:\n\n{self._paste()}"
        self.file.problems.append(Problem(self.path, 1, "nothing says its states", mend))
        return True

    def given(self, more: Given) -> dict[str, Value]:
        """Return what it is given: this, what the file always gives, and samples of the names."""
        found = {name: self._default(name) for name in self.wanted}
        return {name: it for name, it in found.items() if it is not None} | dict(more)

    def missing(self, more: Given) -> list[str]:
        """Return the names of what it is not given."""
        return sorted(self.wanted - self.given(more).keys())

    def said(self) -> Iterator[tuple[str, Given, Seen]]:
        """Yield the states that the file names, with what they give, and what else is seen."""
        for name, state in self.file.states.items():
            for word in self._words(state["each"]) if "each" in state else [""]:
                changed = {key: _put(each, word) for key, each in state.items() if key != "each"}
                full = _put(name, word)
                seen = {key: changed.pop(key) for key in [*changed] if key in OF_A_STATE}
                if who := self._who(seen.pop("who", None)):
                    seen["who"] = who
                yield full, self.read(changed, name), seen

    def read(self, said: Mapping[str, Any], where: str) -> dict[str, Value]:
        """Read values; names that mean nothing, and values that cannot be read, are problems."""
        found = {}
        for name, written in said.items():
            if name not in self.wanted:
                what = f"{self.name} takes no `{name}`"
                known = {*self.wanted} if where == "given" else {*self.wanted, *OF_A_STATE}
                takes = ", ".join(sorted(self.wanted)) or "nothing"
                self.file.unknown(name, what, known, f"it takes {takes}")
            elif value := self.value(written):
                found[name] = value
        return found

    def value(self, written: Any) -> Value | None:
        """Read one value; None if it cannot be read, which is a problem."""
        try:
            return notation.read(written, named.samples())
        except BadNotation as problem:
            self.file.wrong(problem.word, problem.what, problem.mend)
            return None

    def make(self, value: Value | None) -> Any:
        """Make a value now; None if that fails, which is a problem."""
        try:
            return value.make() if value else None
        except Exception as problem:  # whatever a sample raises
            mend = "see what the sample does, in a samples.py"
            self.file.wrong(value.text if value else "", f"{problem}".strip("\"'"), mend)
            return None

    def _words(self, written: Any) -> list[str]:
        found = self.make(self.value(written))
        if isinstance(found, list | tuple):
            return [str(each) for each in found]
        if found is not None:
            self.file.wrong("each", "`each` is no list", 'write each = ["one", "another"]')
        return []

    def _who(self, written: Any) -> Value | None:
        value = self.value(written) if written is not None else None
        made = self.make(value)
        if made is None:
            return None
        if value and not hasattr(made, "is_authenticated"):
            self.file.wrong(value.text, f"{value.text} is nobody", "write @ann, @new or @guest")
            return None
        return value

    def _wanted(self) -> set[str]:
        if self.kind in {"tile", "error"}:
            return set()
        try:
            found = named.wanted(self.name)
        except TemplateSyntaxError:  # which is told by the states, so they are as they are said
            states = (state.keys() for state in self.file.states.values())
            found = self.file.given.keys() | set().union(*states) - OF_A_STATE.keys()
        return found | ({"user", "stop_link"} if self.kind == "mail" else set())

    def _default(self, name: str) -> Value | None:
        if name in self._base:
            return self._base[name]
        if name == "form" and self.form:
            return self.form
        if name == "stop_link":
            return self.value("@link" if self.name in sources.bulletins() else "")
        there = named.samples()
        return Value(f"@{name}", there[name].make) if name in there and name != "form" else None

    def _form(self) -> Value | None:
        if said := self.file.says.get("form"):
            value = self.value(f"@{said.removeprefix('@')}")
            if value and not hasattr(self.make(value), "hidden_tag"):
                self.file.wrong(said, f"`{said}` is no form", "name a class of forms/")
                return None
            return value
        return self.value(f"@{self.row.form.__name__}") if self.row and self.row.form else None

    def _like(self, name: str) -> None:
        if f"{name}.html" in sources.html():
            other = beside.read(sources.path_of(f"{name}.html").with_suffix(".toml"))
            self.file.says = {**other.says, **self.file.says}

    def _check_names(self) -> None:
        like = self.file.says.get("like")
        for name in [*([like] if like else []), *self.file.replaced_by]:
            if f"{name}.html" not in sources.html():
                names = [each.removesuffix(".html") for each in sources.html()]
                what = f"there is no template `{name}`"
                self.file.unknown(name, what, names, 'write it like "partials/nickname"')

    def _describe(self) -> None:
        """Derive what it is, where nothing says that."""
        says = self.file.says
        if self.row:
            is_form = self.name.endswith("_form.html")
            other = f"partials/{self.row.name}{'' if is_form else '_form'}"
            says.setdefault("where", "A row of the profile.")
            if self.row.form:
                says.setdefault("replaced_by", other)
            end = ", while it is changed." if is_form else "."
            says.setdefault("what", f"The row “{self.row.name}” of the profile{end}")
        says.setdefault("what", sources.described(self.name))

    def _paste(self) -> str:
        lines = ['what = "…"', *(['form = "…Form"'] if "form" in self.wanted else [])]
        given = [f'{name} = "…"' for name in self.missing({}) if name != "form"]
        lines += ["", "[given]", *given] if given else []
        return "\n".join(f"    {line}".rstrip() for line in lines)


def _put(value: Any, word: str) -> Any:
    """Return a value with a word in the place of `{each}`."""
    if isinstance(value, str):
        return value.replace(EACH, word)
    return [_put(each, word) for each in value] if isinstance(value, list) else value
