"""What is attacked: a site of our own, started for it, or one at an address."""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from minimaluser.testing import postgres
from minimaluser.testing.apps import migrate
from minimaluser.testing.mailbox import Mailbox, at
from minimaluser.testing.processes import GUNICORN, Process, free_port, made_up_secrets, wait_for
from tests import stock
from tests.abuse.attack import Failed, NotTried
from tests.abuse.routes import Route, routes_of
from tests.abuse.visitor import Person, Visitor

PROCESSES = 4
CROWD = 4  # times the limits of a network and of the site: a thousand sign up in an hour
SECRETS = made_up_secrets("the abuse suite")
_numbers = itertools.count(1)


class Site:
    """A running site, and people in it.

    Args:
        base: scheme and host, no path.
        mailbox: address of its mailbox as JSON, or nothing.
        is_ours: we have started it: its secrets are `SECRETS`, and we are its proxy.
        domain: where the people of the attacks have their mail.
    """

    def __init__(
        self, base: str, mailbox: str, *, is_ours: bool = False, domain: str = "abuse.example"
    ) -> None:
        self.base, self.is_ours, self.domain = base.rstrip("/"), is_ours, domain
        self.has_mailbox = bool(mailbox)
        self.patience = 60.0
        self.mails = Mailbox(at(mailbox) if mailbox else _unread, 5.0 if is_ours else 60.0)
        self._people: list[Person] = []

    @property
    def mailbox(self) -> Mailbox:
        if not self.has_mailbox:
            _unread()
        return self.mails

    @cached_property
    def routes(self) -> list[Route]:
        return routes_of(self)

    def visitor(self) -> Visitor:
        """Somebody nobody knows."""
        return Visitor(self)

    def stranger(self, name: str = "eve") -> Person:
        """Somebody with an address, but no account."""
        return Person(self, f"{name}-{secrets.token_hex(5)}@{self.domain}")

    def unconfirmed(self, name: str = "ben") -> Person:
        """Somebody who has just signed up."""
        person = self.stranger(name)
        person.sign_up()
        return person

    def confirmed(self, name: str = "ann") -> Person:
        """Somebody who has confirmed the address and chosen a key."""
        self.mailbox  # noqa: B018 - says at once what is missing
        person = self.stranger(name)
        person.press(person.sign_up())
        person.choose_key()
        if not person.is_logged_in:
            raise Failed(f"{person.email} has confirmed but is not logged in")
        return person

    def crowd(self, number: int) -> list[Person]:
        """Many who have just signed up; the same ones for each attack that wants a crowd."""
        if not self.is_ours:
            raise NotTried("needs many people who sign up from many addresses")
        while len(self._people) < number:
            self._people.append(self.unconfirmed("crowd"))
        return self._people[:number]

    def forget_crowd(self) -> None:
        """Have the next attack get other people: some of these are not who they were."""
        self._people.clear()

    @property
    def secrets(self) -> dict[str, str]:
        """What the site signs with; only a site of our own tells."""
        if not self.is_ours:
            raise NotTried("needs to know what the site signs with")
        return SECRETS


class Grounds:
    """Folders and databases for sites of our own; made once, copied for each."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="abuse-"))
        self.postgres: postgres.Postgres | None = None
        self.processes: list[Process] = []

    def __enter__(self) -> Grounds:
        return self

    def __exit__(self, *_reason: object) -> None:
        for process in self.processes:
            process.kill()
        if self.postgres is not None:
            self.postgres.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def site(
        self, kind: str = "sqlite", *, processes: int = PROCESSES, holes: str = ""
    ) -> Iterator[Site]:
        """Start a site on a fresh database and stop it afterwards.

        Args:
            kind: `sqlite` or `postgresql`.
            processes: how many of gunicorn's.
            holes: what is broken in it on purpose, see `broken.py`.

        Raises:
            AssertionError: it does not start.
        """
        folder = self.folder / f"site-{next(_numbers)}"
        url = self._copy(kind, folder)
        port = free_port()
        environ = {
            **SECRETS,
            "APP_ENV": "development",
            "SITE_URL": f"http://127.0.0.1:{port}",
            "PRIVATE_SIGNUP": os.environ.get("PRIVATE_SIGNUP", ""),
            "DATABASE_URL": url,
            "INSTANCE_PATH": str(folder),
            "TRUSTED_PROXIES": "1",
            "RATE_LIMIT_CROWD": str(CROWD),
            "PORT": str(port),
            "BIND_ADDRESS": "127.0.0.1",
            "WEB_CONCURRENCY": str(processes),
            "WSGI_APP": "tests.abuse.broken:create_app()",
            "HOLES": holes,
        }
        process = Process(GUNICORN, environ, folder / "web.log")
        self.processes.append(process)
        base = f"http://127.0.0.1:{port}"
        try:
            site = Site(base, f"{base}/dev/mailbox.json", is_ours=True)
            wait_for(f"{base}/healthz", process)
            yield site
        finally:
            process.kill()
            if log := os.environ.get("ABUSE_LOG"):
                shutil.copyfile(process.log, log)
            shutil.rmtree(folder, ignore_errors=True)

    def _copy(self, kind: str, folder: Path) -> str:
        template = self.folder / "template"
        if not template.exists():
            _prepare(template, f"sqlite:///{template / 'site.db'}")
        shutil.copytree(template, folder)
        if kind == "sqlite":
            return f"sqlite:///{folder / 'site.db'}"
        if self.postgres is None:
            self.postgres = postgres.Postgres(hasty=True)
            self.postgres.start()
            _prepare(folder, self.postgres.create(postgres.TEMPLATE))
        return self.postgres.create(folder.name.replace("-", "_"), postgres.TEMPLATE)


def _unread() -> NoReturn:
    raise NotTried("needs the mails: set MAILBOX")


def _prepare(folder: Path, url: str) -> None:
    """Migrate a database and fill it with what the parts have in stock."""
    environ = {"INSTANCE_PATH": str(folder), "DATABASE_URL": url, "SITE_URL": "http://127.0.0.1"}
    migrate({**SECRETS, **environ}, lambda: stock.fill(folder / "stock"))
