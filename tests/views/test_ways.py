"""What a refusal advises is a link (`views/ways.py`)."""

from __future__ import annotations

import re
import tomllib

import pytest
from flask import Flask

from minimaluser.settings import ROOT
from minimaluser.testing.client import Person
from minimaluser.testing.people import NEW_KEY
from minimaluser.views.dev.samples_of_forms import said
from minimaluser.views.ways import linked

WAY = re.compile(r"\b(?:log in|ask for [^,.]*?(?:code|key))\b")
FORGOTTEN, LOG_IN = '<a href="/forgot-key">', '<a href="/login">'
SAID = {
    "/signup": ({"email": "ann@example.org"}, [f"{LOG_IN}log in<", f"{FORGOTTEN}ask for a new"]),
    "/login": ({"email": "ann@example.org", "key": "x"}, [f"{FORGOTTEN}ask for a new access key<"]),
}


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("path", SAID)
def test_what_a_refusal_advises_is_a_link(eve: Person, path: str, htmx: bool) -> None:
    form, links = SAID[path]
    answer = eve.post(path, form, htmx=htmx)
    assert answer.status_code == 422
    for link in links:
        assert link in answer.text


def test_a_wrong_code_leads_to_a_new_one(ann: Person) -> None:
    phone = ann.elsewhere()
    address, code = phone.ask_for_code()
    answer = phone.use_code(address, "000000" if code != "000000" else "111111", NEW_KEY)
    assert f"{FORGOTTEN}ask for a new code</a>" in answer.text


def test_every_way_that_a_use_case_names_is_known(app: Flask) -> None:
    actions = tomllib.loads((ROOT / "docs/flow.toml").read_text())["action"]
    messages = [said(name) for action in actions for name in action.get("errors", [])]
    assert len([message for message in messages if WAY.search(message)]) > 3
    with app.test_request_context():
        for message in messages:
            assert linked(message).count("<a ") == len(WAY.findall(message)), message


def test_CS6_a_message_stays_text(app: Flask) -> None:
    with app.test_request_context():
        assert linked("<b>log in</b>") == f"&lt;b&gt;{LOG_IN}log in</a>&lt;/b&gt;"
        assert linked("catalog in print") == "catalog in print"
