"""Which names a project may have, and how they get into every file."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.test_tree import LONGEST_MODULE, ROOT, texts
from tools.grow import own, rendering
from tools.grow.names import LONGEST_NAME, Names, chosen, initials, translated
from tools.grow.new import folders
from tools.grow.refusal import Refused

OLD = rendering.starter()
NEW = Names("plantly", "Plantly", "pl")
LOCKS = ("requirements*.txt", "*package-lock.json")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "NAME=plantly"),
        ("Plantly", "for example plantly"),
        ("my-plants", "for example my_plants"),
        ("1plant", "for example plant"),
        ("plänt", "letters"),
        ("my__plants", "for example my_plants"),
        ("_plants", "for example plants"),
        ("plants_", "for example plants"),
        ("../plants", "for example plants"),
        ("p", "2 to 16"),
        ("p" * 17, "2 to 16"),
        ("class", "word of Python"),
        ("match", "word of Python"),
        ("json", "module of Python's library"),
        ("flask", "built with"),
        ("flask_login", "built with"),
        ("tests", "folder or a part"),
        ("pond", "folder or a part"),
        (OLD.name, "folder or a part"),
    ],
)
def test_a_name_that_would_not_work_is_refused_in_a_sentence(name: str, why: str) -> None:
    with pytest.raises(Refused, match=re.escape(why)) as refused:
        chosen(name, taken={*folders(), "pond"})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "title", ["<b>", 'Say "x"', "a\nb", "100%", "$HOME", "`id`", "{{ x }}", "\\", "!", "x" * 41]
)
def test_a_title_that_some_file_could_misread_is_refused(title: str) -> None:
    with pytest.raises(Refused, match="TITLE="):
        chosen("plantly", title)


@pytest.mark.parametrize(
    ("name", "title", "found"),
    [
        ("plantly", "", Names("plantly", "Plantly", "pl")),
        ("happy_garden", "", Names("happy_garden", "Happy Garden", "hg")),
        ("q2", "Qué 2!", Names("q2", "Qué 2!", "q2")),
    ],
)
def test_what_is_not_said_is_decided(name: str, title: str, found: Names) -> None:
    assert chosen(name, title) == found
    assert initials(found.title)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("from {name}.lib import x", "from plantly.lib import x"),
        ("{title}: web server", "Plantly: web server"),
        ("__Host-{short}_session", "__Host-pl_session"),
        ("https://{short}.example", "https://pl.example"),
        ("e{short}_session {short}seum {short} {short}_x", None),
        ("minimum, minimal", None),
    ],
)
def test_names_are_replaced_by_exact_rules(old: str, new: str | None) -> None:
    text = old.format(**vars(OLD))
    assert translated(text, OLD, NEW) == (text if new is None else new)


def test_one_pass_replaces_nothing_twice() -> None:
    new = Names(f"{OLD.name}s", f"{OLD.title} {OLD.title}", OLD.short)
    assert translated(OLD.title, OLD, new) == new.title


def of_a_project() -> Iterator[tuple[str, str]]:
    """Name and text of each file that a project gets."""
    for name, text in texts():
        if not any(fnmatch(name, each) for each in (*rendering.STARTERS, *own.TEXTS)):
            yield name, rendering.ONLY.sub("", text)


def test_no_file_of_a_project_names_the_starter() -> None:
    """But for the place that it comes from, and a word of CSS that begins alike."""
    first = OLD.name[:7]
    found = [
        (name, line)
        for name, text in of_a_project()
        for line in translated(f"{name}\n{text}", OLD, NEW).splitlines()
        if first in line.lower().replace(f"{first}-ui", "")
        or re.search(rf"(?<![a-z0-9]){OLD.short}[_.]", line.lower())
    ]
    assert found == []


def test_a_mark_that_begins_what_is_the_starters_has_one_that_ends_it() -> None:
    mark = re.compile(r"^\W*for (the starter only|every project)\W*$", re.MULTILINE)
    for name, text in texts():
        found = mark.findall(text)
        assert found == ["the starter only", "every project"] * (len(found) // 2), name


@pytest.mark.parametrize("name", ["a" * LONGEST_NAME, "zo"])
def test_the_code_of_a_project_is_in_shape_whatever_its_name(tmp_path: Path, name: str) -> None:
    new = Names(name, "Plantly", "zo")
    for file, text in of_a_project():
        if file.endswith((".py", ".toml")) or file.startswith("docs/recipes/"):
            path = tmp_path / file.replace(OLD.name, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(translated(text, OLD, new))
    rendering._tidy(tmp_path, name)
    ruff = [str(ROOT / ".venv" / "bin" / "ruff"), "check", "--quiet", "--no-cache", "."]
    done = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == ""
    long = {
        path.relative_to(tmp_path).as_posix(): lines
        for folder, most in LONGEST_MODULE.items()
        for path in (tmp_path / folder.replace(OLD.name, name)).rglob("*.py")
        if (lines := path.read_text().count("\n")) > most
    }
    assert long == {}
    shutil.rmtree(tmp_path)
