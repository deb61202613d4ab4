"""What the settings of a site in production must have: nothing missing, short, equal or open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from minimaluser.lib import environment


def unfit(
    environ: Mapping[str, str],
    values: Mapping[str, Any],
    *,
    needed: Sequence[str],
    secrets: Sequence[str],
    tls: str,
) -> Iterator[str]:
    """Yield what is wrong.

    Args:
        environ: variable names to texts.
        values: fields to what was read of them; None for a mistake.
        needed: names of settings that have no default there.
        secrets: names of settings, no two of which may have the same value.
        tls: what is said of an address of the site without it.
    """
    for name in needed:
        if not environment.given(environ, name):
            yield f"{name} is missing"
    if (values["site_url"] or "").startswith("http://"):
        yield f"SITE_URL {tls}"
    seen: dict[str, str] = {}
    for name in secrets:
        yield from environment.flaws(name, values[name.lower()])
        for value in values[name.lower()] or ():
            if seen.setdefault(value, name) != name:
                yield f"{name} equals {seen[value]}"
    if values["flask_debug"]:
        yield "FLASK_DEBUG must be off"
