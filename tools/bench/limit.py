"""The limit: what Flask itself costs for a page, and for one that reads a cookie and one row.

Only what is asked for is loaded, so that the start and the memory of the page alone are its own.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, render_template, session
from jinja2 import DictLoader

from tools.bench.things import KEY

if TYPE_CHECKING:
    from sqlalchemy import Engine, TextClause

WORDS = "Nothing but words, so that the page has the size of a page. " * 2
BASE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title>
</head><body><header><a href="/">Home</a></header>
<main>{% block main %}{% endblock %}</main></body></html>
"""
PAGE = """{% extends "base.html" %}{% block main %}<h1>{{ title }}</h1>{% for n in range(37) %}
<p>{{ n }}. {{ words }}</p>{% endfor %}{% endblock %}"""

app = Flask("limit", static_folder=None)
app.secret_key = os.environ["SESSION_SECRET"]
app.jinja_loader = DictLoader({"base.html": BASE, "page.html": PAGE})


@app.get("/")
def page() -> str:
    return render_template("page.html", title="The limit", words=WORDS)


@app.get("/enter")
def enter() -> str:
    session["id"] = 1
    return page()


@app.get("/row")
def row() -> str:
    engine, wanted = _database()
    with engine.connect() as connection:
        name = connection.scalar(wanted, {"id": session["id"]})
    return render_template("page.html", title=name, words=WORDS)


@app.get("/hash")
def hashed() -> str:
    """Hash a key as the site does, and answer with the page."""
    from minimaluser.lib import hashing

    hashing.verify_key(_known(), KEY, len(KEY))
    return page()


@cache
def _known() -> str:
    from minimaluser.lib import hashing

    hashing.share(Path(os.environ["INSTANCE_PATH"]), int(os.environ["WEB_THREADS"]))
    return hashing.hash_key(KEY)


@cache
def _database() -> tuple[Engine, TextClause]:
    """Return a pool of connections, and the statement that is sent over them."""
    from sqlalchemy import create_engine, text

    url = os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS visitor (id INTEGER, name TEXT)"))
        connection.execute(text("INSERT INTO visitor VALUES (1, 'Ann')"))
    return engine, text("SELECT name FROM visitor WHERE id = :id LIMIT 1")
