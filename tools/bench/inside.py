"""The site or the limit in this process: `python -m tools.bench.inside prepare|count|run [N]`.

`prepare` makes the database and the people, and keeps what they carry; `count` says what each thing
sends to the database and renders; `run` does each thing N times between two marks that callgrind
sees. What is found goes into a file of that name in INSTANCE_PATH.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import Template
from sqlalchemy import Engine, event
from werkzeug.test import create_environ, run_wsgi_app

from minimaluser.lib import tiles
from tools.bench.things import HOST, KEY, LIMITS, PEOPLE, Counts, Thing, Who, of_the_site, write

MORE_OFTEN = 1000  # times as often as its limit says something may be done; it is still counted
WARM = 2
COUNTED = ("statements", "transactions", "templates")


def site() -> Flask:
    """Make the site as it is but for limits that a bench does not reach."""
    from minimaluser import create_app
    from minimaluser.rules import rules

    rules.limits = {
        action: {
            scope: tuple((most * MORE_OFTEN, window) for most, window in rates)
            for scope, rates in scopes.items()
        }
        for action, scopes in rules.limits.items()
    }
    return create_app()


def prepare(app: Flask) -> Who:
    """Migrate, fill the parts, and let people come in; return what each kind of visitor carries."""
    from flask_migrate import upgrade

    from minimaluser import accounts
    from minimaluser.services import services_of
    from minimaluser.testing.client import Person

    def papers(person: Person) -> tuple[str, str]:
        person.get("/about")  # shows, and so ends, the greeting
        token = person.token()
        return person.get("/about").request.headers["Cookie"], token

    app.config.update(SERVER_NAME=HOST, PREFERRED_URL_SCHEME="https")
    with app.app_context():
        upgrade(revision="heads")
        app.cli.commands["seed"].main([], standalone_mode=False)
    storage = services_of(app).huey.storage
    storage.initialize_schema()
    storage.close()
    who: Who = {"guest": [], "member": [], "returning": []}
    for kind, number in product(who, range(PEOPLE)):
        person = Person(app, f"{kind}{number}@{HOST}", KEY)
        person.get("/signup")
        if kind != "guest":
            with app.app_context():
                accounts.create_user(person.email, "confirmed", KEY)
            person.must(person.log_in())
        if kind == "returning":
            person.log_out()
        who[kind].append(papers(person))
    return who


def enter(app: Flask) -> Who:
    """Return what a visitor of the limit carries."""
    client = app.test_client()
    client.get("/enter")
    return {"member": [(client.get("/").request.headers["Cookie"], "")]}


def requests(thing: Thing, who: Who, times: int) -> list[dict[str, Any]]:
    """Return so many requests for a thing, as a server hands them to an app."""
    written = [write(thing, who) for _ in range(times)]
    return [
        create_environ(each.path, method=each.method, headers=each.headers, data=each.body)
        for each in written
    ]


def answer(app: Flask, thing: Thing, environs: Iterable[dict[str, Any]]) -> None:
    """Have the app answer.

    Raises:
        RuntimeError: the answer is another than usual.
    """
    for environ in environs:
        _, status, _ = run_wsgi_app(app.wsgi_app, environ, buffered=True)
        if int(status.split()[0]) != thing.status:
            raise RuntimeError(f"{thing.name}: {status} instead of {thing.status}")


def count(make: Callable[[], Flask], things: Iterable[Thing], who: Who) -> dict[str, Counts]:
    """Return how many statements, transactions and templates each thing takes.

    What wakes the worker has a connection of its own and is not counted. A template that extends,
    includes or imports another counts that, too.

    Args:
        make: makes the app, or gives one that has loaded no template yet.
    """
    seen: Counter[str] = Counter()

    def from_code(kind: type[Template], *args: Any, **more: Any) -> Template:
        made: Template = usual(kind, *args, **more)
        root = made.root_render_func

        def counted(context: Any) -> Iterator[str]:
            seen["templates"] += 1
            return root(context)

        made.root_render_func = counted
        return made

    def sent(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        seen["statements"] += not sql.startswith("BEGIN")

    def begun(_connection: Any) -> None:
        seen["transactions"] += 1

    usual = Template.from_code.__func__  # type: ignore[attr-defined]
    Template.from_code = classmethod(from_code)  # type: ignore[method-assign, assignment]
    event.listen(Engine, "before_cursor_execute", sent)
    event.listen(Engine, "begin", begun)
    try:
        app, found = make(), {}
        for thing in things:
            answer(app, thing, requests(thing, who, WARM))
            seen.clear()
            answer(app, thing, requests(thing, who, 1))
            found[thing.name] = {name: seen[name] for name in COUNTED}
    finally:
        Template.from_code = classmethod(usual)  # type: ignore[method-assign, assignment]
        event.remove(Engine, "before_cursor_execute", sent)
        event.remove(Engine, "begin", begun)
    return found


def run(app: Flask, things: Iterable[Thing], who: Who, times: int) -> None:
    """Do each thing some times, between two calls of what tells callgrind to begin a new count."""
    for name in app.jinja_env.list_templates():  # compiled, as they are after a while
        app.jinja_env.get_template(name)
    for design in tiles.designs():
        tiles.draw("a seed", "#224466", design)
    place = f"--vgdb-prefix={os.environ['INSTANCE_PATH']}/vgdb"
    subprocess.run(["callgrind_control", place, "-i", "on", str(os.getpid())], check=True, stdout=2)
    for thing in things:
        answer(app, thing, requests(thing, who, WARM))
        environs = requests(thing, who, thing.times(times))
        gc.collect()  # so that nothing from before is collected at the cost of this
        os.getloadavg()
        answer(app, thing, environs)
        os.getloadavg()


def main(what: str, times: int = 1) -> None:
    """Do one of the above for the app that BENCH names, and write down what it returns."""
    folder, is_site = Path(os.environ["INSTANCE_PATH"]), os.environ["BENCH"] == "site"
    make = site if is_site else lambda: import_module("tools.bench.limit").app
    things = of_the_site() if is_site else LIMITS
    if what == "prepare":
        found: object = prepare(make()) if is_site else enter(make())
    else:
        who = json.loads((folder / "prepare.json").read_text())
        found = run(make(), things, who, times) if what == "run" else count(make, things, who)  # type: ignore[func-returns-value]
    (folder / f"{what}.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
