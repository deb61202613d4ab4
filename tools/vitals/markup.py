"""html-validate on every page: of guests, of users, with refused forms, and every state."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from flask_migrate import upgrade

from minimaluser import create_app
from minimaluser.security.access import addresses
from minimaluser.testing.client import Person
from tests import stock
from tools.vitals.budgets import Row

HERE = Path(__file__).parent
VALIDATOR = HERE / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
GUEST = (
    *("/", "/about", "/privacy-notice", "/terms-of-service", "/signup", "/login", "/forgot-key"),
    *("/cookies", "/appearance", "/offline", "/nothing-here"),
    *("/confirm/x", "/email/undo/x", "/reset-key/x"),
)
GALLERY = "/dev/gallery/"
OF_PAGES = {"heading-level", "unique-landmark"}  # a partial alone may begin with any heading
REFUSED = {"/signup": "email", "/login": "email", "/profile/nickname": "nickname"}


def rows(node: str) -> list[Row]:
    """Return the number of complaints, and print them to standard error."""
    with TemporaryDirectory(prefix="vitals-") as name:
        folder = Path(name)
        count = 0
        for path, html in _pages(folder / "instance"):
            count += 1
            (folder / f"{count:02}{re.sub(r'[^a-z]+', '-', path)[:80]}.html").write_text(html)
        report = folder / "report.json"  # a file, because its output to a pipe is cut off
        command = [node, str(VALIDATOR), "--config", str(HERE / "html-validate.json")]
        done = subprocess.run(
            [*command, "--formatter", f"json={report}", f"{folder}/*.html"],
            capture_output=True,
            text=True,
        )
        if not report.exists():
            raise RuntimeError(done.stderr or done.stdout)
        complaints = [
            f"  {Path(page['filePath']).name}:{one['line']} {one['ruleId']}: {one['message']}"
            for page in json.loads(report.read_text())
            for one in page["messages"]
            if not ("-state-partials-" in page["filePath"] and one["ruleId"] in OF_PAGES)
        ]
    print("\n".join(complaints), file=sys.stderr)
    return [Row("complaints of html-validate", len(complaints), 0, note=f"{count} pages")]


def _pages(instance: Path) -> Iterator[tuple[str, str]]:
    app = create_app({"INSTANCE_PATH": str(instance), "SITE_URL": "http://localhost"})
    with app.app_context():
        upgrade(revision="heads")
        stock.fill(instance / "stock")
    eve, ben, ann = (_person(app, name) for name in ("eve", "ben", "ann"))
    yield from ((f"/guest{path}", eve.get(path).text) for path in GUEST)
    ben.sign_up()
    yield "/unconfirmed/profile", ben.get("/profile").text
    ann.sign_up()
    yield "/link/confirm", ann.open(ann.link("/confirm/")).text
    ann.confirm()
    address, _ = eve.ask_for_code(ann.email)
    yield "/link/reset-key", eve.get(address).text
    yield "/link/new-key", eve.open(ann.link("/reset-key/mail/")).text
    for path in [each.example for each in addresses(app) if "GET" in each.methods]:
        answer = ann.get(path)
        if answer.status_code == 200 and answer.mimetype == "text/html" and GALLERY not in path:
            yield f"/member{path}", answer.text
    for state in json.loads(eve.get(f"{GALLERY}states.json").text):
        if state["kind"] in {"partial", "page"}:
            yield f"/state/{state['id']}", eve.get(state["address"]).text
    for path, field in REFUSED.items():
        person = ann if path.startswith("/profile") else eve
        yield f"/refused{path}", person.post(path, {field: "x"}).text
    yield "/error/405", eve.get("/logout").text
    yield "/error/403", eve.post("/login", {"email": "x"}, token="wrong").text


def _person(app: Flask, name: str) -> Person:
    return Person(app, f"{name}@example.org")
