"""What settings are in development, where none needs to be given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from minimaluser.lib import made_secrets
from minimaluser.lib.environment import given


def filled(
    environ: Mapping[str, str], instance: Path, secrets: tuple[str, ...], usual: Mapping[str, Any]
) -> dict[str, Any]:
    """Return values, by field of the table, for variables that are not given.

    Args:
        environ: variable names to values.
        instance: the folder that keeps the secrets, once they are made.
        secrets: names of variables with secrets.
        usual: names of variables to what they are in development only.

    Raises:
        Wrong: the secrets cannot be read or written there.
    """
    made = made_secrets.made_once(instance / "secrets.json", secrets)
    own = {**{name: (made[name],) for name in secrets}, **usual}
    return {name.lower(): value for name, value in own.items() if not given(environ, name)}
