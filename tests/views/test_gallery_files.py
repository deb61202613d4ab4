"""The gallery reads the file beside a template, and tells what is wrong with it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Blueprint

from minimaluser.testing.apps import close
from minimaluser.testing.client import Person
from minimaluser.testing.sites import Site, own_app

GREETING = "{# params: user #}\n<p>{{ user.nickname }}</p>"


class Grown(NamedTuple):
    """A site with a folder in which it looks for more partials."""

    folder: Path
    eve: Person

    def write(self, toml: str | None) -> None:
        """Write a partial, and the file beside it."""
        (self.folder / "salute.html").write_text(GREETING)
        if toml is not None:
            (self.folder / "salute.toml").write_text(toml)

    def problem(self) -> str:
        """The one problem that the gallery tells of."""
        html = self.eve.get("/dev/gallery?state=login").text.partition('class="g-bar"')[0]
        (found,) = re.findall(r"<pre>(.*?)</pre>", html, re.DOTALL)
        return unescape(found)

    def states(self) -> dict[str, str]:
        """The addresses of the states of the partial, by state and way."""
        listed = self.eve.get("/dev/gallery/states.json").json
        found = [each for each in listed if each["template"] == "partials/salute.html"]
        return {f"{each['state']}, {each['way']}": each["address"] for each in found}


@pytest.fixture(scope="module")
def growing(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grown]:
    folder = tmp_path_factory.mktemp("grown")
    instance = folder / "instance"
    app = own_app(site, instance, "grown")
    app.jinja_env.auto_reload = True  # as in `make run`
    app.register_blueprint(Blueprint("grown", __name__, template_folder=str(folder / "more")))
    yield Grown(folder / "more" / "partials", Person(app, "eve@example.org"))
    close(app)


@pytest.fixture
def grown(growing: Grown) -> Grown:
    shutil.rmtree(growing.folder.parent, ignore_errors=True)
    growing.folder.mkdir(parents=True)
    return growing


def test_a_new_partial_with_its_file_appears_by_itself_and_so_does_a_new_state(
    grown: Grown,
) -> None:
    grown.write('what = "Says hello."\n')
    assert grown.states().keys() == {"as it is, alone"}
    grown.write('what = "Says hello."\n[states]\nlong = {user = "@ann(nickname=W*40)"}\n')
    states = grown.states()
    assert states.keys() == {"as it is, alone", "long, alone"}
    assert f"<p>{'W' * 40}</p>" in grown.eve.get(states["long, alone"]).text


@pytest.mark.parametrize(
    ("toml", "line", "said"),
    [
        (None, 1, 'what = "…"'),
        ('what = "x"\nstates = 1', 2, "[states]"),
        ('what = "x"\n[states]\na = {user = "@anm"}', 3, "`ann`?"),
        ('what = "x"\n[states]\na = {user = "@ann(nicname=W*40)"}', 3, "`nickname`?"),
        ('what = "x"\n[states]\na = {user = "@ann(nickname)"}', 3, "@ann(argument=value)"),
        ('what = "x"\n[states]\na = {user = "@ann(nickname=W*40"}', 3, "close the bracket"),
        ('what = "x"\n[states]\na = {usr = "@ann"}', 3, "`user`?"),
        ('what = "x"\n[states]\na = {wo = "@ann"}', 3, "`who`?"),
        ('what = "x"\nreplced_by = "y"', 2, "`replaced_by`?"),
        ('what = "x"\nreplaced_by = "partials/nicknam"', 2, "`partials/nickname`?"),
        ('what = "x"\nlike = "partials/login_from"', 2, "`partials/login_form`?"),
        ('[states]\n"a" = {}', 1, 'add what = "…"'),
        ('what = "x"\n[states]\na = {user = "@ann"', 3, "name ="),
        ('what = "x"\nreplaced_by = 3', 2, "partials/nickname"),
        ('what = "x"\n[states]\na = {who = "@sessions"}', 3, "@ann, @new or @guest"),
        ('what = "x"\n[states]\na = {toast = 3}', 3, "write toast = a text"),
        ('what = "x"\n[states]\na = {is_busy = "yes"}', 3, "write is_busy = true"),
        ('what = "x"\n[states]\n"{each}" = {each = "abc"}', 3, 'each = ["one", "another"]'),
        ('what = "x"\n[states]\na = {who = "@said(by=\'nickname.TAKN\')"}', 3, "TAKN"),
        ('what = "x"\n[states]\n"a b" = {}\n"a-b" = {}', 4, "another name"),
        ('what = "Who?"\n[states]\na = {wo = "@ann"}', 3, "`who`?"),
        ('what = "What it is"\n[states]\na = {user = "@W*40"}', 3, "there is no sample `@W`"),
        ('what = "x"\n[given]\nuser = "@ann"\n[states]\na = {use = "@ann"}', 5, "`user`?"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_line_and_what_to_write(
    grown: Grown, toml: str | None, line: int, said: str
) -> None:
    grown.write(toml)
    problem = grown.problem()
    assert re.search(rf"salute\.(toml|html):{line}: ", problem), problem
    assert said in problem


@pytest.mark.parametrize(
    ("said", "line", "mend"),
    [
        ('form = "NicknamForm"', 2, "`NicknameForm`?"),
        ('form = "ann"', 2, "forms/"),
        ("", 1, 'add form = "…Form"'),
        ('form = "LoginForm"\nrefused = {kee = "x"}', 3, "`key`?"),
    ],
)
def test_what_is_wrong_with_the_form_of_a_partial_is_told(
    grown: Grown, said: str, line: int, mend: str
) -> None:
    grown.write(f'what = "x"\n{said}\n')
    (grown.folder / "salute.html").write_text("{# params: form #}\n{{ form.hidden_tag() }}")
    assert re.search(rf"salute.toml:{line}: .*{re.escape(mend)}", grown.problem())


def test_a_page_that_cannot_be_read_does_not_hide_the_others(grown: Grown) -> None:
    (grown.folder.parent / "broken.html").write_text("{% if %}{{ user }}")
    assert grown.eve.get("/dev/gallery?state=login").status_code == 200
    assert "broken/as-it-is/guest" in {
        each["id"] for each in grown.eve.get("/dev/gallery/states.json").json
    }


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("{# params: user #}\n<p>{{ user.nicname }}</p>", 2, "did you mean `nickname`?"),
        ("{# params: user #}\n<p>\n{% if user %}</p>", 3, "every block that is opened is closed"),
        ("{# params: user #}\n<p>{{ user.nickname | uper }}</p>", 2, "did you mean `upper`?"),
        ("{# params: user #}\n{{ user.nickname.strip( }}", 2, "add `)`"),
        ("{# params: user #}\n{% if user %}{% else if 1 %}{% endif %}", 2, "{% elif … %}"),
        ("{# params: user }\n<p></p>", 1, "add `#}`"),
        ("{# params: user #}\n{% inclde 'x.html' %}", 2, "did you mean `include`?"),
        ("{# params: user #}\n{% include 'bse.html' %}", 2, "did you mean `base.html`?"),
        ("{# params: user #}\n{{ url_for('pages.hme') }}", 2, "did you mean `pages.home`?"),
    ],
)
def test_a_template_that_cannot_be_rendered_says_in_the_frame_where_and_what_to_write(
    grown: Grown, text: str, line: int, said: str
) -> None:
    grown.write('what = "Says hello."\n')
    (grown.folder / "salute.html").write_text(text)
    answer = grown.eve.get(grown.states()["as it is, alone"])
    html = unescape(answer.text)
    assert answer.status_code == 500
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert f"salute.html:{line}<" in html
    assert said in html
    assert "Traceback" not in html
    assert grown.eve.get("/dev/gallery?state=partials/salute").status_code == 200
