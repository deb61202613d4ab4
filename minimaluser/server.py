"""Starts gunicorn for the site or the mailer: `python -m minimaluser.server [its options]`.

`deploy/gunicorn.conf.py` has all else. What the environment says is checked before gunicorn reads
it, which answers some of it with a traceback, and every mistake is told at once, also those in the
settings of what is to be started.
"""

from __future__ import annotations

import importlib
import ipaddress
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from minimaluser.lib import environment
from minimaluser.lib.environment import BadSettings, Wrong, given, setting

CONFIGURATION = Path(__file__).resolve().parent.parent / "deploy" / "gunicorn.conf.py"
SITE, MAILER = "minimaluser:create_app()", "minimaluser.mailer:create_app()"
# Also of an app around the site.
SETTINGS = "minimaluser.settings", "minimaluser.mailer.settings"
APP = re.compile(r"[a-z_]\w*(\.\w+)*:\w+(\(\))?")


def _app(text: str) -> str:
    if not APP.fullmatch(text):
        raise Wrong(f"must be {SITE} or {MAILER}")
    return text


def _address(text: str) -> str:
    host = text.removeprefix("[").removesuffix("]")
    try:
        if not re.fullmatch(r"[\w.:%-]+", host):
            raise ValueError
        if ":" in host or host.rpartition(".")[2].isdecimal():
            ipaddress.ip_address(host)
    except ValueError:
        raise Wrong("must be an address of this machine, such as 127.0.0.1 or ::") from None
    return f"[{host}]" if ":" in host else host


def _log(text: str) -> str:
    folder = os.path.dirname(os.path.abspath(text))  # noqa: PTH100, PTH120 - no Path for `-`
    is_there = os.path.exists(text)  # noqa: PTH110
    if text in {"", "-"} or (is_there and not os.path.isdir(text)):  # noqa: PTH112
        return text
    if is_there or not os.path.isdir(folder):  # noqa: PTH112
        raise Wrong(f"must be - or a file in a folder that is there: {text}")
    return text


def _is_there(app: str) -> bool:
    """Tell whether there is an app; modules that are not ours may do anything when imported.

    One that is named to gunicorn in words may be in a folder that only its options tell.
    """
    module, _, name = app.removesuffix("()").partition(":")
    try:
        if module.split(".")[0] == "minimaluser":
            return hasattr(importlib.import_module(module), name)
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _trusted(text: str) -> str:
    try:
        for each in text.split(",") if text != "*" else ():
            ipaddress.ip_network(each.strip())
    except ValueError:
        raise Wrong("must be addresses or networks with commas between them, or *") from None
    return text


threads = partial(setting, default="24", read=environment.number(1))


@dataclass(frozen=True)
class Settings:
    """What gunicorn is told; one field a setting."""

    wsgi_app: str = setting(
        f"What it starts; `{MAILER}` for the mailer.", SITE, _app, usual="the site"
    )
    bind_address: str = setting("Where it listens.", "0.0.0.0", _address)  # noqa: S104
    port: int = setting("Its port.", "8000", environment.number(1, 65535))
    web_concurrency: int = setting(
        "Processes, about one a core; one for the mailer.", "2", environment.number(1), example="2"
    )
    web_threads: int = threads(
        "Threads of each process; all but four may wait for their turn to hash a key."
    )
    forwarded_allow_ips: str = setting(
        "Who may say that a request came by https: the address of the proxy, or `*` where nobody "
        "else can connect.",
        "127.0.0.1,::1",
        _trusted,
        usual="this machine",
    )
    access_log: str = setting(
        "A log of gunicorn's own; addresses hold tokens, and the site's log leaves them out.",
        read=_log,
    )
    prometheus_multiproc_dir: str = setting(
        "Where its processes add up what `/metrics` shows.", usual="a new folder"
    )


def load(environ: Mapping[str, str] | None = None, app: str = "") -> tuple[Settings, Any]:
    """Read what gunicorn is told, and the settings of what it is to start.

    Args:
        environ: variable names to values; the process's environment when not given.
        app: what is to be started, if WSGI_APP does not say it.

    Raises:
        BadSettings: lists every mistake in both.
    """
    env = os.environ if environ is None else environ
    what, problems, its = "The server cannot start", [], None
    is_mailer = (app or given(env, "WSGI_APP")).startswith("minimaluser.mailer")
    try:
        its = importlib.import_module(SETTINGS[is_mailer]).load(environ)
    except BadSettings as bad:
        what, problems = bad.what, [*bad.problems]
    values, more = environment.read(Settings, env)
    if not app and values["wsgi_app"] and not _is_there(values["wsgi_app"]):
        more.append(f"WSGI_APP must be an app that is there, such as {SITE}: {values['wsgi_app']}")
    if folder := values["prometheus_multiproc_dir"]:
        make = not (problems or more)
        more += environment.folder("PROMETHEUS_MULTIPROC_DIR", Path(folder), make=make)
    if problems := [*dict.fromkeys([*problems, *more])]:
        raise BadSettings(what, problems)
    return Settings(**{**values, "wsgi_app": app or values["wsgi_app"]}), its


def named(words: Sequence[str]) -> str:
    """Return which of the words for gunicorn names an app; empty if none does."""
    return next((word for word in words if APP.fullmatch(word)), "")


def main(words: list[str]) -> None:
    """Check everything, then be gunicorn with these words."""
    with environment.told_at_once():
        load(app=named(words))
    if not given(os.environ, "WEB_CONCURRENCY"):
        os.environ.pop("WEB_CONCURRENCY", None)  # empty, it would be an error of gunicorn's own
    from gunicorn.app.wsgiapp import run

    sys.argv[1:] = ["-c", str(CONFIGURATION), *words]
    run()


if __name__ == "__main__":
    main(sys.argv[1:])
