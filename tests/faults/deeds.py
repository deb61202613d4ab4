"""A process that forks one child a deed, so that a debugger can kill it at any system call.

Importing the site takes seconds, a fork takes none. Commands come as JSON lines:

- `{"app": {…environment…}, "deed": "visit", "path": …, "page": …, "form": {…}, "cookie": …}`
- `{"app": {…}, "deed": "drain"}`

With `"hold": true` the child waits for SIGUSR1 between preparing and doing. Answers are JSON lines:
`ready` (the child's id), `answer` (if it lived that long), `ended` (how the child ended).
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask

from minimaluser import create_app, outbox
from minimaluser.services import services_of
from minimaluser.settings import settings_of
from minimaluser.testing.patterns import PAGE_TOKEN, first

COOKIE = re.compile(r"^(__Host-mu_session=[^;]*)")


def say(**words: Any) -> None:
    os.write(1, json.dumps(words).encode() + b"\n")


class Browser:
    """One cookie and the app, without a server between them."""

    def __init__(self, app: Flask, cookie: str) -> None:
        self.app, self.cookie = app, cookie

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> Any:
        answer = self.app.test_client(use_cookies=False).open(
            path,
            method=method,
            data=form,
            base_url=settings_of(self.app).site_url,
            headers={"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"},
        )
        for line in answer.headers.getlist("Set-Cookie"):
            if found := COOKIE.match(line):
                self.cookie = found[1]
        return answer


def prepare(app: Flask, order: dict[str, Any]) -> tuple[Callable[[], dict[str, Any]], str]:
    """Do what comes before the deed; return the deed and the browser's cookie."""
    if order["deed"] == "drain":
        return lambda: drain(app), ""
    browser = Browser(app, order.get("cookie", ""))
    form = dict(order.get("form", {}))
    if order.get("page"):
        page = browser.ask("GET", order["page"]).text
        form["csrf_token"] = first(PAGE_TOKEN, page)

    def visit() -> dict[str, Any]:
        answer = browser.ask("POST", order["path"], form)
        location = answer.headers.get("Location", "")
        return {"status": answer.status_code, "location": location, "cookie": browser.cookie}

    return visit, browser.cookie


def drain(app: Flask) -> dict[str, Any]:
    with app.app_context():
        outbox.drain()
    return {"status": 200}


def child(app: Flask, order: dict[str, Any]) -> None:
    deed, cookie = prepare(app, order)
    say(ready=os.getpid(), cookie=cookie)
    if order.get("hold"):
        signal.sigwait({signal.SIGUSR1})
    say(answer=deed())


def warm(app: Flask) -> None:
    """Compile the templates once, for all children; leave no file of a database open."""
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    Browser(app, "").ask("GET", "/signup")
    services_of(app).huey.storage.close()


def main() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    apps: dict[str, Flask] = {}
    say(ready=os.getpid())
    for line in sys.stdin:
        order = json.loads(line)
        key = json.dumps(order["app"], sort_keys=True)
        if key not in apps:
            os.environ.update(order["app"])  # boto3 looks there
            apps[key] = create_app(order["app"])
            warm(apps[key])
        os.environ.update(order["app"])
        pid = os.fork()
        if pid == 0:
            try:
                child(apps[key], order)
            except BaseException as problem:
                say(answer={"status": 599, "problem": repr(problem)})
            finally:
                os._exit(0)
        _, status = os.waitpid(pid, 0)
        say(ended=os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
