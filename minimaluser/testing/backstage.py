"""What tests may do to a site in development, at `/dev/test/…`: move its time, break it, ….

Neither the site nor its image knows this module: `make run` and the browser tests put it in front
of the app. Each request must carry the secret that stands in the instance folder; without it, there
is nothing at these addresses. A browser may carry it in a cookie, to have its forms refused or to
wait.
"""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, abort, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Request, Response

from minimaluser import accounts
from minimaluser.database import transaction
from minimaluser.lib import clock, made_secrets
from minimaluser.models import people
from minimaluser.rules import rules
from minimaluser.settings import settings_of
from minimaluser.testing import breaking, moved
from minimaluser.testing.names import COOKIE, HEADER, PREFIX, SECRET_FILE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SECRET = "TEST_SECRET"
LONGEST_PAUSE = 30.0  # seconds that a form may be made to wait
RETRY_SECONDS = 30

Form = MultiDict[str, str]


def create_app() -> Flask:
    """Make the site of the environment with its backstage: `flask --app` of this module."""
    from minimaluser import create_app as make

    return opened(make())


def opened(app: Flask) -> Flask:
    """Put the backstage in front of an app, and return the app.

    Raises:
        RuntimeError: it is an app of production.
    """
    ours = settings_of(app)
    if ours.in_production:
        raise RuntimeError("What tests may do is for development; a site of production has none.")
    backstage = Backstage(app, ours.instance_path)
    app.before_request(backstage.fail)
    app.wsgi_app = backstage  # type: ignore[method-assign,assignment]
    breaking.follow(ours.instance_path)
    if moved.is_ahead(ours.instance_path) and _can_move():
        moved.follow(ours.instance_path)
    return app


class Backstage:
    """Answers at `/dev/test/…` and passes on everything else."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self._app, self._folder = app, folder
        self._site: WSGIApplication = app.wsgi_app
        self._secret = made_secrets.made_once(folder / SECRET_FILE, (SECRET,))[SECRET]

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        asked = Request(environ)
        if not asked.path.startswith(PREFIX):
            return self._site(environ, start)
        return self._answer(asked)(environ, start)

    def fail(self) -> None:
        """Break this request as a cookie of its browser wants it."""
        fault, _, secret = request.cookies.get(COOKIE, "").partition(":")
        if not fault or not self._knows(secret):
            return
        if fault.startswith("slow-"):
            time.sleep(min(float(fault.removeprefix("slow-")), LONGEST_PAUSE))
        elif request.method != "POST":
            return
        elif fault == "429":
            raise TooManyRequests(retry_after=RETRY_SECONDS)
        else:
            abort(int(fault))

    def _answer(self, asked: Request) -> Response:
        deeds: dict[str, Callable[[Form], None]] = {
            "clock": self._move,
            "people": self._change,
            "faults": self._break,
        }
        deed = deeds.get(asked.path.removeprefix(PREFIX))
        if deed is None or not self._knows(asked.headers.get(HEADER, "")):
            return Response("Nothing here", 404)
        if asked.method != "POST":
            can = {"can": [] if deed == self._move and not _can_move() else ["POST"]}
            return Response(json.dumps(can), content_type="application/json")
        try:
            deed(asked.form)
        except (ValueError, LookupError) as problem:
            return Response(f"{type(problem).__name__}: {problem}", 422)
        return Response(status=204)

    def _knows(self, secret: str) -> bool:
        return hmac.compare_digest(secret.encode(), self._secret.encode())

    def _move(self, form: Form) -> None:
        if not _can_move():
            raise ValueError("time-machine is not installed here: make install")
        moved.follow(self._folder)
        moved.Time(self._folder).forward(timedelta(seconds=float(form["seconds"])))

    def _change(self, form: Form) -> None:
        with self._app.app_context():
            if form["state"] == "disabled":
                done = accounts.set_state(form["email"], "disabled")
            elif form["state"] == "first key expired":
                done = _age_key(form["email"])
            else:
                raise ValueError(f"no such state: {form['state']}")
        if not done:
            raise LookupError(f"nobody has {form['email']}")

    def _break(self, form: Form) -> None:
        breaking.set_down(self._folder, form.getlist("down"))


def _age_key(email: str) -> bool:
    with transaction():
        user = people.by_email(email)
        if user is not None:
            user.key_set_at = clock.now() - rules.first_key
    return user is not None


def _can_move() -> bool:
    return find_spec("time_machine") is not None
