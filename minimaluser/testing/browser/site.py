"""The site that browser tests look at: one of their own, or one at an address."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from minimaluser.testing.names import HEADER, PREFIX, SECRET_FILE

TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Site:
    """A running site.

    Attributes:
        url: scheme and host, no path.
        folder: its instance folder, if these tests have started it.
        secret: what lets tests behind the stage of a site in development, if it is known.
    """

    url: str
    folder: Path | None = None
    secret: str = ""

    @property
    def is_own(self) -> bool:
        """Tell whether nobody else uses it."""
        return self.folder is not None

    def must_have(self, what: str, deed: str) -> None:
        """Skip the test, with the reason, if something cannot be done to this site.

        Args:
            what: in words.
            deed: the last word of its address below `/dev/test/`.
        """
        if not self.secret:
            pytest.skip(f"{what} needs the secret of {self.url}: --site-secret FILE (SITE_SECRET=)")
        answer = self._ask("GET", deed)
        if answer.status_code != 200:
            pytest.skip(f"{self.url} does not know the secret, or is not in development: no {what}")
        if not answer.json()["can"]:
            pytest.skip(f"{self.url} has not installed what {what} needs: make install")

    def do(self, deed: str, **form: str | list[str]) -> None:
        """Have something done behind the stage (`minimaluser/testing/backstage.py`).

        Raises:
            AssertionError: the site refuses it, with what it says.
        """
        answer = self._ask("POST", deed, form)
        assert answer.status_code == 204, f"{deed} {form}: {answer.status_code} {answer.text[:300]}"

    def _ask(
        self, method: str, deed: str, form: dict[str, str | list[str]] | None = None
    ) -> requests.Response:
        headers = {HEADER: self.secret}
        address = f"{self.url}{PREFIX}{deed}"
        return requests.request(
            method, address, data=form, headers=headers, timeout=TIMEOUT_SECONDS
        )


class Clock:
    """The time of a site, for everybody there; tests that come later find it moved.

    It goes forward only. One person's time is not moved: links, codes and cookies are signed with
    the time in them.
    """

    def __init__(self, site: Site) -> None:
        self._site = site

    def forward(self, span: timedelta) -> None:
        """Move the time of all processes of the site."""
        self._site.do("clock", seconds=str(span.total_seconds()))


def secret_in(file: Path) -> str:
    """Return the secret in a file like `instance/backstage.json`, or in a folder that has it.

    Raises:
        pytest.UsageError: there is none.
    """
    found = file / SECRET_FILE if file.is_dir() else file
    try:
        (secret,) = json.loads(found.read_text(encoding="utf-8")).values()
    except (OSError, ValueError, AttributeError) as problem:
        raise pytest.UsageError(
            f"{found} holds no secret of a site ({problem}). `make run` makes it."
        ) from None
    return str(secret)
