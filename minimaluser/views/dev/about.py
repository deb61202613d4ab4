"""What stands beside a state in the gallery: promises, parameters, rules, sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from minimaluser.settings import ROOT
from minimaluser.views.dev import named, showing, sources, styling
from minimaluser.views.dev.beside import Problem
from minimaluser.views.dev.states import State


def of(state: State, theme: str) -> dict[str, Any]:
    """Return what stands beside the frame, which shows the state in a theme."""
    try:
        with showing.seen_by(state):
            html = showing.alone(state, state.arguments())
    except Exception:  # what is wrong is told in the frame
        html = ""
    is_styled = state.kind in {"partial", "page", "error"}
    template = showing.body_of(state)
    noun = state.template.removeprefix("partials/").removesuffix(".html")
    path = sources.path_of(template)
    toml = state.file.path if state.file.is_there else None
    seen = {name: getattr(value, "text", value) for name, value in state.seen.items()}
    return {
        "what": state.file.what,
        "where": state.file.says.get("where", ""),
        "address": state.path if state.kind == "page" else "",
        "stands": sources.standing(noun) if state.kind == "partial" else [],
        "replaced_by": state.file.replaced_by,
        "given": {name: value.text for name, value in sorted(state.given.items())},
        "seen": seen,
        "rules": styling.rules_for(html, theme) if is_styled else {},
        "files": {name_of(each): each.read_text(encoding="utf-8") for each in (path, toml) if each},
        "is_kept": named.source(template).startswith("{# kept"),
    }


def told(problem: Problem) -> str:
    """Return a problem in one line, and what to paste below it."""
    return f"{name_of(problem.path)}:{problem.line}: {problem.what}: {problem.mend}"


def name_of(path: Path) -> str:
    """Return a file as its path in the repository, or whole if it is none of it."""
    here = path.resolve()
    return here.relative_to(ROOT).as_posix() if here.is_relative_to(ROOT) else str(path)
