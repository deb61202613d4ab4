"""`make run` for people who edit: a saved file shows at once, and so does a broken one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from werkzeug.test import Client, TestResponse

import minimaluser
from minimaluser.settings import PRODUCTION, bind, load
from tools import live

PAGE = "<!doctype html><title>Site</title><body>Hello</body>"
POLICY = "default-src 'none'; script-src 'self'"
SCRIPT = re.compile(r'<script src="/dev/reload.js" data-version="([0-9a-f-]+)"></script></body>')


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder like the project's, with one template and a build."""
    (tmp_path / "templates" / "partials").mkdir(parents=True)
    (tmp_path / "templates" / "page.html").write_text("old")
    (tmp_path / "static" / "build").mkdir(parents=True)
    (tmp_path / "static" / "build" / "manifest.json").write_text("{}")
    return tmp_path


def page(text: str = PAGE, policy: str = POLICY) -> Callable[[], Any]:
    """What makes a site of one page."""
    headers = {"Content-Security-Policy": policy}
    return lambda: Response(text, headers=headers, content_type="text/html; charset=utf-8")


def broken(error: Exception) -> Callable[[], Any]:
    """What makes a site whose every view raises this."""

    def site(_environ: Any, _start: Any) -> Iterable[bytes]:
        raise error

    return lambda: site


def raising(error: BaseException) -> Callable[[], Any]:
    """What makes no site."""

    def load() -> Any:
        raise error

    return load


def get(load: Callable[[], Any], root: Path, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(live.Live(load, root)).get("/", headers=named)


def test_a_page_gets_the_script_with_its_version(root: Path) -> None:
    site = live.Live(page(), root)
    found = SCRIPT.search(Client(site).get("/").text)
    assert found is not None
    assert found[1] == site.version()


def test_a_fragment_and_a_frame_get_no_script(root: Path) -> None:
    for wanted in ("empty", "iframe"):
        assert get(page(), root, Sec_Fetch_Dest=wanted).text == PAGE


def test_a_page_whose_policy_forbids_scripts_gets_none(root: Path) -> None:
    assert get(page(policy="default-src 'none'"), root).text == PAGE


def test_a_change_of_a_template_or_of_the_build_makes_another_version(root: Path) -> None:
    site = live.Live(page(), root)
    versions = [site.version()]
    for name in ("templates/page.html", "templates/partials/new.html", "templates/page.toml"):
        (root / name).write_text("new")
        versions.append(site.version())
    for name in ("manifest.json", "error.txt"):
        (root / "static" / "build" / name).write_text("another")
        versions.append(site.version())
    (root / "templates" / "page.html").unlink()
    versions.append(site.version())
    assert len(set(versions)) == len(versions) == 7


def test_what_editors_put_beside_a_template_and_the_same_build_make_no_version(root: Path) -> None:
    site = live.Live(page(), root)
    before = site.version()
    for name in (".page.html.swp", "page.html~", "4913", "#page.html#"):
        (root / "templates" / name).write_text("half")
    (root / "static" / "build" / "manifest.json").write_text("{}")
    assert site.version() == before


def test_a_site_that_was_started_anew_has_another_version(root: Path) -> None:
    assert live.Live(page(), root).version() != live.Live(page(), root).version()


def test_an_open_page_hears_the_version(root: Path) -> None:
    site = live.Live(page(), root)
    answer = Client(site).get("/dev/reload", buffered=False)
    heard = iter(answer.response)
    assert (next(heard), next(heard)) == (b"retry: 500\n\n", f"data: {site.version()}\n\n".encode())
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "location.reload()" in Client(site).get("/dev/reload.js").text


def test_a_site_that_cannot_be_made_says_why_in_the_browser_and_in_the_terminal(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mistake = SyntaxError("invalid <syntax>", (str(live.ROOT / "minimaluser/x.py"), 3, 1, "def ("))
    site = live.Live(raising(mistake), root)
    answers = [Client(site).get("/") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [500, 500]
    assert "SyntaxError: invalid &lt;syntax&gt;" in answers[0].text
    assert "File &#34;minimaluser/x.py&#34;, line 3" in answers[0].text
    assert SCRIPT.search(answers[0].text), "nothing would load the page again"
    said = capsys.readouterr().err
    assert said.count("invalid <syntax>") == 1
    assert 'File "minimaluser/x.py", line 3' in said


def test_a_site_that_ends_instead_of_starting_says_so(root: Path) -> None:
    assert "SystemExit: no" in get(raising(SystemExit("no")), root).text


def test_a_broken_view_and_its_way_through_our_files_are_shown(root: Path) -> None:
    answer = get(broken(ZeroDivisionError("by <zero>")), root)
    assert answer.status_code == 500
    assert "<h1>ZeroDivisionError: by &lt;zero&gt;</h1>" in answer.text
    assert "tests/test_live.py" in answer.text
    assert "site-packages" not in answer.text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<style|style=|<script(?! src=)", answer.text)


def test_an_error_in_a_fragment_is_plain_text_for_the_script(root: Path) -> None:
    answer = get(broken(ValueError("<b>")), root, Sec_Fetch_Dest="empty")
    assert answer.headers["X-Problem"] == "1"
    assert answer.mimetype == "text/plain"
    assert "ValueError: <b>" in answer.text


def test_a_build_that_failed_is_shown_instead_of_pages_until_it_succeeds(root: Path) -> None:
    site, error = Client(live.Live(page(), root)), root / "static" / "build" / "error.txt"
    error.write_text("Expected '}' in site.css")
    answer = site.get("/")
    assert answer.status_code == 500
    assert "Expected &#39;}&#39; in site.css" in answer.text
    assert site.get("/", headers={"Sec-Fetch-Dest": "style"}).text == PAGE
    error.unlink()
    assert site.get("/").status_code == 200


def test_AZ1_it_serves_no_site_of_production(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def create_app(_environ: Any, **_more: Any) -> Flask:
        app = Flask("another")
        bind(app, replace(load({"INSTANCE_PATH": str(tmp_path)}), app_env=PRODUCTION))
        return app

    monkeypatch.setattr(minimaluser, "create_app", create_app)
    with pytest.raises(RuntimeError, match="for development"):
        live.load()
