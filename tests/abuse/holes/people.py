"""Access and sessions."""

from __future__ import annotations

from typing import Any

from flask import Flask, session
from flask_login import login_user
from sqlalchemy import select

import minimaluser
from minimaluser import accounts
from minimaluser.accounts import access_key
from minimaluser.accounts import sessions as session_list
from minimaluser.database import db, transaction
from minimaluser.models import Session, User
from minimaluser.rules import rules
from minimaluser.security import access, limits, sessions
from minimaluser.security.credentials import After
from minimaluser.settings import settings_of
from minimaluser.testing import backstage
from minimaluser.views import browser, guard
from tests.abuse.broken import declare_anew, hole, holes, open_route
from tests.digging import nothing, put, put_in, spare, without

holes(
    spare,
    {
        # A stranger's session from before becomes confirmed when the owner clicks.
        "sessions_survive_confirmation": (
            ("session", After.CONFIRMATION),
            "access.a_change_counts_at_once_everywhere",
            "sessions.a_stranger_cannot_sign_up_before_the_owner",
        ),
    },
)

holes(
    put,
    {
        # What a view declares for confirmed people is not looked at.
        "what_is_declared_is_not_enforced": (
            (guard, "access", without(guard.access, CONFIRMED="nobody looks at it")),
            "access.nobody_comes_where_they_may_not",
        ),
        # Logging out clears the cookie, not the session.
        "logging_out_forgets_the_cookie_only": (
            (accounts, "end_session", nothing),
            "sessions.a_stolen_cookie_dies_with_the_session",
        ),
        # The current key is asked for and not looked at.
        "any_key_will_do": (
            (access_key, "require", nothing),
            "sessions.a_session_alone_does_not_change_the_key",
            "sessions.guessing_the_key_ends_the_session",
        ),
    },
)


@hole("access.nobody_comes_where_they_may_not", "access.a_change_counts_at_once_everywhere")
def club_without_a_rule(app: Flask) -> None:
    """The rule of the club's list was forgotten."""
    declare_anew(app, "club.index", who=access.EVERYBODY)


@hole("access.nobody_gets_behind_the_stage")
def any_secret_opens_the_stage(_app: Flask) -> None:
    """What tests may do to a site, everybody may."""
    put(backstage.Backstage, "_knows", lambda *_: True)


@hole("access.nothing_of_development_is_public")
def a_file_lies_about(app: Flask) -> None:
    """The settings are served as a file."""
    open_route(app, "/.env", "env", lambda: "SESSION_SECRET=…")


@hole(
    "sessions.a_planted_cookie_is_not_logged_in", "sessions.a_stolen_cookie_dies_with_the_session"
)
def cookies_from_before_log_in(app: Flask) -> None:
    """A session keeps its name when somebody logs in."""
    folder = settings_of(app).instance_path

    def remember(user: User) -> None:
        name = browser.browser_secret()
        login_user(user)
        (folder / f"fixed-{name}").write_text(user.user_token)

    def by_name(_request: Any) -> User | None:
        kept = folder / f"fixed-{session.get('browser', 'none')}"
        return sessions.load_user(kept.read_text()) if kept.exists() else None

    for name, module in vars(minimaluser.views).items():
        if hasattr(module, "remember"):
            put(getattr(minimaluser.views, name), "remember", remember)
    app.login_manager.request_loader(by_name)  # type: ignore[attr-defined]


@hole("sessions.somebody_elses_things_stay_theirs")
def any_session_can_be_ended(_app: Flask) -> None:
    """Anybody who knows its number can end a session."""

    def end(_user: User, number: int) -> bool:
        with transaction():
            meant = [
                id_ for id_ in db.session.scalars(select(Session.id)) if number in numbers(id_)
            ]
            db.session.execute(db.delete(Session).where(Session.id.in_(meant)))
        return True

    numbers = session_list._numbers
    put(accounts, "end_other_session", end)


@hole("sessions.cookies_are_kept_close")
def scripts_read_the_cookie(app: Flask) -> None:
    """The cookie of the session is open to scripts."""
    app.config["SESSION_COOKIE_HTTPONLY"] = False


@hole("sessions.guessing_the_key_ends_the_session")
def keys_are_guessed_for_ever(_app: Flask) -> None:
    """A thief with a session may guess the key as often as they like."""
    put(rules, "wrong_keys_a_session", 10**6)
    put_in(rules.limits, "key", {})


@hole("sessions.somebody_elses_things_stay_theirs")
def somebody_elses_session_is_told(_app: Flask) -> None:
    """A user who asks for another person's session is told that it is there."""
    end = accounts.end_other_session

    def tell(user: User, number: int) -> bool:
        others = db.session.scalars(select(Session.id).where(Session.user_id != user.id))
        if any(number in session_list._numbers(identity) for identity in others):
            raise limits.TooMany(60)
        return end(user, number)

    put(accounts, "end_other_session", tell)
