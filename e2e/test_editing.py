"""`make run` during development: a copy of the project is edited while a browser shows it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from minimaluser.settings import SITE_NAME
from minimaluser.testing.browser.browsers import PATIENCE
from minimaluser.testing.browser.own_site import OwnSite, environment_of
from minimaluser.testing.browser.sites import shared_folder
from minimaluser.testing.browser.watch import Watch
from minimaluser.testing.processes import ROOT, START_SECONDS, free_port

COPIED = ("migrations", "minimaluser", "static", "templates", "tools")
RESTART = PATIENCE + 5_000  # milliseconds
# The console messages of a browser on an error page.
EXPECTED = ("500 from", "status of 500")


@dataclass
class Workshop:
    """A copy of the project, the address at which `make run` serves it, and its output."""

    root: Path
    address: str
    log: Path

    def change(self, name: str, old: str, new: str) -> None:
        path = self.root / name
        text = path.read_text()
        assert old in text, f"{name} has no {old!r}"
        path.write_text(text.replace(old, new, 1))

    def said(self) -> str:
        return self.log.read_text()


@pytest.fixture
def patience() -> Iterator[None]:
    """Wait longer than usual for a condition: restarting the site takes a while."""
    expect.set_options(timeout=RESTART)
    yield
    expect.set_options(timeout=PATIENCE)


@pytest.fixture
def workshop(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, own_site: OwnSite
) -> Iterator[Workshop]:
    """The last step of `make run`, on a free port; everything it starts ends with the test."""
    root, log, port = tmp_path / "copy", tmp_path / "log", free_port()
    foreign = shutil.ignore_patterns("__pycache__", "error.txt")
    for name in COPIED:
        shutil.copytree(ROOT / name, root / name, ignore=foreign)
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    shutil.copy(ROOT / "package.json", root)
    made = own_site.instance(shared_folder(tmp_path_factory))
    shutil.copytree(made, tmp_path / "instance")
    environment = environment_of(tmp_path / "instance", port)
    environment |= {
        "PORT": str(port),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    shop = Workshop(root, f"http://127.0.0.1:{port}", log)
    with log.open("w") as out:
        command = [sys.executable, "-m", "tools.start"]
        running = subprocess.Popen(command, cwd=root, env=environment, stdout=out, stderr=out)
        try:
            until = time.monotonic() + START_SECONDS
            while "Ctrl-C" not in shop.said():
                assert running.poll() is None, shop.said()
                assert time.monotonic() < until, shop.said()
                time.sleep(0.1)
            yield shop
        finally:
            running.terminate()
            assert running.wait(timeout=15) == 0
    with pytest.raises(URLError):
        urlopen(shop.address, timeout=2)


@pytest.mark.usefixtures("patience")
def test_saved_files_and_errors_show_without_a_manual_reload(
    workshop: Workshop, page: Page, watch: Watch
) -> None:
    address = workshop.address
    assert f"{SITE_NAME} is at {address}\n" in workshop.said()
    assert f"{address}/dev/mailbox" in workshop.said()
    for words in EXPECTED:
        watch.allow(words)
    page.goto(f"{address}/login")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Log in")

    # A template, and a mistake in it.
    workshop.change("templates/login.html", "{% block main %}", "{% block main %}<h2>Seen</h2>")
    expect(page.get_by_role("heading", name="Seen")).to_be_visible()
    workshop.change("templates/login.html", "<h2>Seen</h2>", "{% if %}")
    expect(heading).to_contain_text("TemplateSyntaxError")
    expect(page.get_by_text('File "templates/login.html", line')).to_be_visible()
    workshop.change("templates/login.html", "{% if %}", "")
    expect(heading).to_have_text("Log in")

    # A style sheet and a script, each with a mistake.
    workshop.change("static/src/css/base.css", "body {", "body { letter-spacing: 3px;")
    expect(page.locator("body")).to_have_css("letter-spacing", "3px")
    workshop.change("static/src/css/base.css", "3px;", "3px; }}")
    workshop.change("static/src/js/page.js", "export", "let = (;\nexport")
    expect(page.get_by_text("static/src/js/page.js:2")).to_be_visible()
    workshop.change("static/src/js/page.js", "let = (;", "document.title = 'Scripted';")
    expect(page.get_by_text("static/src/css/base.css:")).to_be_visible()
    workshop.change("static/src/css/base.css", "3px; }}", "3px;")
    expect(page).to_have_title("Scripted")

    # Python, and a module with a syntax error.
    workshop.change("minimaluser/settings.py", f'"{SITE_NAME}"', '"Edited"\ndef')
    expect(heading).to_contain_text("SyntaxError")
    expect(page.get_by_text('File "minimaluser/settings.py", line')).to_be_visible()
    workshop.change("minimaluser/settings.py", "\ndef", "")
    expect(page.get_by_role("banner").get_by_text("Edited")).to_be_visible()
    for mistake in ("TemplateSyntaxError", "page.js:2", "base.css:", "SyntaxError: "):
        assert mistake in workshop.said()
