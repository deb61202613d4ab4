"""The site, broken on purpose: one switch a hole. `HOLES=one,another` and `broken:create_app()`.

Patches live in the started process only. Each names the attacks that must find it.
"""

from __future__ import annotations

import inspect
import os
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import jwt
from flask import Flask, Response, request, session
from flask_login import current_user, login_user
from sqlalchemy import select, update

import minimaluser
from minimaluser import accounts, forms
from minimaluser.accounts import access_key, confirmation, email_address, login, signup
from minimaluser.database import db, transaction
from minimaluser.lib import clock, emails, hashing, headers, nicknames, tokens
from minimaluser.lib.emails import Email
from minimaluser.models import Code, Session, Token, User, people
from minimaluser.rules import rules
from minimaluser.security import access, codes, credentials, links, sessions
from minimaluser.security.credentials import After
from minimaluser.services import services_of
from minimaluser.settings import settings_of
from minimaluser.testing.apps import change_settings
from minimaluser.views import browser, redirects
from tests import club, stock


@dataclass(frozen=True)
class Hole:
    """Something classic that is wrong, and the ids of the attacks that must find it."""

    name: str
    attacks: tuple[str, ...]
    dig: Callable[[Flask], Any]


HOLES: dict[str, Hole] = {}


def hole(*attacks: str) -> Callable[[Callable[[Flask], Any]], Callable[[Flask], Any]]:
    """Register a function that breaks a site, with the attacks that must see it."""

    def register(dig: Callable[[Flask], Any]) -> Callable[[Flask], Any]:
        HOLES[dig.__name__] = Hole(dig.__name__, attacks, dig)
        return dig

    return register


def every_hole() -> dict[str, Hole]:
    """Return all holes, those of the parts (`tests/<part>/broken.py`) too."""
    from tests.abuse import reopened  # noqa: F401 - it adds to HOLES

    stock.brought("broken")
    return HOLES


def create_app() -> Flask:
    """Make the site and break it as HOLES says."""
    app = club.create_app()
    known = every_hole()
    for name in os.environ["HOLES"].split(","):
        known[name].dig(app)
    return app


def put(owner: Any, name: str, new: Any) -> Any:
    """Replace what is there and return what it was; AttributeError if it is not there any more."""
    old = getattr(owner, name)
    setattr(owner, name, new)
    return old


def put_in(mapping: dict[str, Any], key: str, new: Any) -> None:
    """Replace what a mapping has; KeyError if it has it no more."""
    mapping[key]
    mapping[key] = new


def without(module: Any, **changes: Any) -> Any:
    """A copy of a module, with some names changed, for one of the modules that use it."""
    for name in changes:
        getattr(module, name)
    return SimpleNamespace(**{**vars(module), **changes})


def nothing(*_arguments: Any, **_more: Any) -> None:
    return None


def spare(name: str, *after: After) -> None:
    """Have a kind of credential outlive what should end it; StopIteration if there is no such."""
    kind = next(each for each in credentials.KINDS if each.name == name)
    longer = replace(kind, ends_after=kind.ends_after - {*after})
    put(credentials, "KINDS", tuple(longer if k is kind else k for k in credentials.KINDS))


def last(app: Flask, function: Callable[[Response], Response]) -> None:
    """Have a function look at each answer after everybody else."""
    app.after_request_funcs.setdefault(None, []).insert(0, function)


def open_route(app: Flask, rule: str, name: str, view: Callable[..., Any]) -> None:
    """Add an address for everybody."""
    declare = access.Access(access.EVERYBODY, example={"rest": "x"})
    app.add_url_rule(rule, name, declare(view), methods=["GET"])


def replace_view(app: Flask, endpoint: str, view: Callable[..., Any], **changes: Any) -> None:
    """Have another view at an address, for the same people."""
    declared = access.of(app, endpoint)
    put_in(app.view_functions, endpoint, replace(declared, **changes)(view))


def declare_anew(app: Flask, endpoint: str, **changes: Any) -> None:
    """Have a view declare something else."""
    view = inspect.unwrap(app.view_functions[endpoint])
    replace_view(app, endpoint, view, **changes)


# access


@hole("access.nobody_comes_where_they_may_not", "access.a_change_counts_at_once_everywhere")
def club_without_a_rule(app: Flask) -> None:
    """The rule of the club's list was forgotten."""
    declare_anew(app, "club.index", who=access.EVERYBODY)


@hole(
    "access.a_change_counts_at_once_everywhere",
    "sessions.a_stranger_cannot_sign_up_before_the_owner",
)
def sessions_survive_confirmation(_app: Flask) -> None:
    """A stranger's session from before becomes confirmed when the owner clicks."""
    spare("session", After.CONFIRMATION)


@hole("access.nothing_of_development_is_public")
def a_file_lies_about(app: Flask) -> None:
    """The settings are served as a file."""
    open_route(app, "/.env", "env", lambda: "SESSION_SECRET=…")


# bodies


@hole("bodies.too_much_is_refused")
def no_bounds(app: Flask) -> None:
    """A body may be as large as it likes."""
    for name in ("MAX_CONTENT_LENGTH", "MAX_FORM_MEMORY_SIZE", "MAX_FORM_PARTS"):
        app.config[name] = None


@hole("bodies.malformed_requests_are_no_errors")
def odd_cookies_break(app: Flask) -> None:
    """A cookie is expected to be ASCII."""

    def look() -> None:
        request.headers.get("Cookie", "").encode("ascii")

    app.before_request_funcs[None].insert(0, look)


# caches


@hole("caches.private_pages_are_not_kept", "caches.a_private_page_has_no_public_name")
def pages_are_kept(app: Flask) -> None:
    """Pages may be kept for a minute."""

    def keep(answer: Response) -> Response:
        if answer.mimetype == "text/html":
            answer.headers["Cache-Control"] = "private, max-age=60"
        return answer

    last(app, keep)


@hole("caches.a_private_page_has_no_public_name")
def profile_by_any_name(app: Flask) -> None:
    """The profile is shown at every address below its own, /profile/x.css included."""
    show = app.view_functions["profile.show"]
    open_route(app, "/profile/<path:rest>", "any", lambda rest: show())


@hole("caches.the_service_worker_lists_nothing_private")
def worker_keeps_the_profile(app: Flask) -> None:
    """The profile was put into the list of the service worker."""

    def add(answer: Response) -> Response:
        if request.path == "/sw.js":
            answer.set_data(answer.get_data() + b'\nFILES.push("/profile");')
        return answer

    app.after_request(add)


@hole("caches.leaving_empties_the_cache")
def leaving_clears_nothing(app: Flask) -> None:
    """Nobody tells the browser to empty its cache."""

    def drop(answer: Response) -> Response:
        answer.headers.pop("Clear-Site-Data", None)
        return answer

    last(app, drop)


# codes


@hole(
    "codes.guessing_burns_the_code",
    "codes.guessing_at_once_burns_it_too",
)
def codes_are_not_counted(_app: Flask) -> None:
    """A code can be guessed as often as one likes."""

    def is_right(code: Code, flow: str, digits: str) -> bool:
        return code.digest in codes._digests(flow, digits) and code.used_at is None

    put(codes, "is_right", is_right)


@hole("codes.a_stolen_code_is_worth_nothing_elsewhere")
def codes_work_in_any_browser(_app: Flask) -> None:
    """A code is not bound to the browser that asked."""

    def find(flow: str, _browser: str) -> Code | None:
        return db.session.scalar(select(Code).where(Code.flow_hash == tokens.digest(flow)))

    put(codes, "find", find)


@hole(
    "codes.a_code_works_once",
    "codes.code_and_link_end_each_other",
    "races.one_code_entered_at_once",
)
def codes_work_again(_app: Flask) -> None:
    """A used code is still good."""

    def is_right(code: Code, flow: str, digits: str) -> bool:
        counted = (Code.id == code.id, Code.tries < rules.code_tries)
        more = update(Code).where(*counted).values(tries=Code.tries + 1)
        good = db.session.execute(more).rowcount == 1  # type: ignore[attr-defined]
        right = good and code.digest in codes._digests(flow, digits)
        if right:
            less = update(Code).where(Code.id == code.id).values(tries=Code.tries - 1)
            db.session.execute(less)
        return right

    put(codes, "is_right", is_right)
    put(codes, "use", lambda _identity: True)


@hole("codes.code_and_link_end_each_other")
def link_outlives_code(_app: Flask) -> None:
    """The link beside a code is good for its time, whatever became of the code."""
    put(Code, "is_good", True)
    use = codes.use
    put(codes, "use", lambda identity: use(identity) or True)


@hole("codes.a_reset_logs_nobody_in", "sessions.a_stolen_cookie_dies_with_the_session")
def sessions_survive_a_reset(_app: Flask) -> None:
    """Who stole a session keeps it when the owner resets the key."""
    spare("session", After.RESET)


@hole("codes.many_codes_give_no_more_tries")
def a_new_code_gives_new_tries(_app: Flask) -> None:
    """Wrong codes are counted for each code, not for the account."""
    put(rules, "code_tries_a_day", 10**6)
    for action in [name for name in rules.limits if "mail" in name]:
        put_in(rules.limits, action, {})


# enumeration


@hole("enumeration.answers_are_the_same_for_everybody", "enumeration.time_does_not_tell_either")
def log_in_knows_nobody(_app: Flask) -> None:
    """An unknown address is told so at log-in."""

    def by_email(text: str) -> User:
        user = people.by_email(text)
        if user is None:
            raise accounts.Refused("email", "There is no account with this address.")
        return user

    put(login, "people", without(people, by_email=by_email))


@hole("enumeration.time_does_not_tell_either")
def unknown_is_quicker(_app: Flask) -> None:
    """No key is hashed for an address that nobody has."""
    verify = hashing.verify_key

    def quick(hashed: str | None, key: str, most_bytes: int) -> bool:
        return hashed is not None and verify(hashed, key, most_bytes)

    put(hashing, "verify_key", quick)


@hole("enumeration.moving_does_not_tell_who_is_there")
def moving_tells(_app: Flask) -> None:
    """Who moves to a taken address is told."""

    def told(_owner: User) -> None:
        raise accounts.Refused("email", "Somebody has this address already.")

    put(email_address.mail, "send_email_taken", told)


@hole("enumeration.private_sign_up_tells_nobody")
def private_sign_up_tells(app: Flask) -> None:
    """Sign-up is private, but for an address that is taken."""
    change_settings(app, private_signup=True)
    privately = accounts.sign_up_privately

    def tell(email: str, *more: Any) -> Any:
        if people.by_email(email) is not None:
            raise accounts.Refused("email", signup.TAKEN)
        return privately(email, *more)

    put(accounts, "sign_up_privately", tell)


# fields


@hole("fields.nobody_grants_themselves_anything")
def fields_become_columns(app: Flask) -> None:
    """What a form sends is set on the user."""

    def grasp(answer: Response) -> Response:
        if "confirmed" in request.form and current_user.is_authenticated:
            identity = current_user.id
            with transaction():
                set_on = update(User).values(confirmed_at=db.func.now())
                db.session.execute(set_on.where(User.id == identity))
        return answer

    app.after_request(grasp)


@hole("fields.what_was_typed_is_only_text")
def text_is_markup(app: Flask) -> None:
    """Templates do not escape."""
    app.jinja_env.autoescape = False


@hole("fields.no_text_is_an_error")
def long_text_breaks(app: Flask) -> None:
    """A long text is an error nobody thought of."""

    def look() -> None:
        if any(len(value) > 1000 for value in request.form.values()):
            raise ValueError("too long")

    app.before_request(look)


@hole("fields.other_kinds_of_bodies_are_no_forms")
def a_query_is_a_form(_app: Flask) -> None:
    """What stands in the address counts as sent."""

    def both(_form: Any, _data: Any) -> Any:
        return request.values if request.method == "POST" else None

    put(forms.Form.Meta, "wrap_formdata", staticmethod(both))


# forgeries


@hole("forgeries.only_pages_of_the_site_change_something")
def no_csrf_token(app: Flask) -> None:
    """The CSRF token is not looked at."""
    put(services_of(app).csrf, "protect", nothing)


@hole("forgeries.only_pages_of_the_site_change_something")
def no_fetch_metadata(_app: Flask) -> None:
    """A good token is enough, wherever the request comes from."""
    put(headers, "comes_from_here", lambda *_: True)


@hole("forgeries.a_fragment_is_guarded_like_its_page")
def fragments_show_the_log_in_form(app: Flask) -> None:
    """Who asks for a fragment is given the log-in form inside the page."""
    put(app.login_manager, "unauthorized_callback", app.view_functions["login.new"])  # type: ignore[attr-defined]


# headers


@hole("headers.every_answer_is_armoured")
def errors_without_a_policy(app: Flask) -> None:
    """Error pages come without a policy for content."""
    inner = app.wsgi_app

    def outer(environ: Any, start: Callable[..., Any]) -> Any:
        def begin(status: str, sent: list[tuple[str, str]], *more: Any) -> Any:
            if status >= "400":
                sent = [one for one in sent if one[0] != "Content-Security-Policy"]
            return start(status, sent, *more)

        return inner(environ, begin)

    put(app, "wsgi_app", outer)


@hole("headers.other_origins_read_nothing")
def any_origin_may_read(app: Flask) -> None:
    """Every origin is allowed to read."""

    def allow(answer: Response) -> Response:
        answer.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin", "*")
        return answer

    last(app, allow)


# limits


@hole("limits.a_flood_of_keys_leaves_the_site_quick")
def busy_is_an_error(app: Flask) -> None:
    """When too many keys are hashed, the answer is an error without an end."""
    put(hashing, "LONGEST_WAIT_SECONDS", 0.01)
    app.register_error_handler(hashing.Busy, lambda _: ("busy", 500))


@hole(
    "limits.guessing_a_key_is_stopped",
    "limits.a_made_up_address_is_not_believed",
)
def keys_are_not_counted(_app: Flask) -> None:
    """Log-ins that fail are not counted for the account."""
    put_in(rules.limits, "log-in", {})
    put_in(rules.limits, "wrong-keys", {})


@hole("limits.a_flood_does_not_lock_the_owner_out")
def a_flood_locks_out(app: Flask) -> None:
    """After fifteen wrong keys the account is shut, its owner included."""
    log_in, folder = accounts.log_in, settings_of(app).instance_path

    def count(email: str, *more: Any, **others: Any) -> User:
        kept = folder / f"failures-{tokens.digest(email)[:16]}"
        if kept.exists() and kept.stat().st_size > 15:
            user = people.by_email(email)
            if user is not None:
                with transaction():
                    shut = update(User).where(User.id == user.id)
                    db.session.execute(shut.values(disabled_at=db.func.now()))
        with kept.open("a") as file:
            file.write(".")
        return log_in(email, *more, **others)

    put(accounts, "log_in", count)


# links


@hole("links.purposes_are_not_exchanged")
def any_token_is_a_link(_app: Flask) -> None:
    """A link for one thing is accepted for another."""
    put(tokens, "_key", lambda secret, _purpose: secret.encode())

    def read(secrets: Sequence[str], _purpose: str, token: str) -> dict[str, Any]:
        try:
            free: Any = {"verify_aud": False}
            return jwt.decode(token, secrets[0], algorithms=["HS256"], options=free)
        except jwt.PyJWTError:
            raise tokens.BadToken from None

    put(tokens, "read", read)
    matches = links.matches

    def any_purpose(purpose: str, token: str) -> tuple[Any, ...]:
        return tuple(one for one in matches(purpose, token) if "purpose" not in str(one))

    put(links, "matches", any_purpose)


@hole(
    "links.a_link_works_once",
    "links.a_newer_link_voids_the_older",
    "races.one_link_pressed_at_once",
    "races.many_move_to_one_address",
    "races.a_form_sent_twice_is_done_once",
)
def links_work_again(_app: Flask) -> None:
    """A link is not used up."""

    def take(purpose: str, token: str) -> tuple[User, Token]:
        row = db.session.scalar(select(Token).where(*links.matches(purpose, token)))
        user = people.lock(row.user_id) if row else None
        if row is None or user is None:
            raise links.BadLink
        db.session.expunge(row)
        return user, row

    put(links, "take", take)
    older_links_stay(_app)


@hole("links.a_newer_link_voids_the_older")
def older_links_stay(_app: Flask) -> None:
    """A newer link does not void the one before."""
    put(links, "_remove", nothing)
    put(links, "mail_of", lambda *_: str(uuid.uuid4()))  # there are several now


@hole("links.the_page_of_a_link_has_no_token")
def token_in_the_address(app: Flask) -> None:
    """The page behind a link has the link's own address."""

    def show(token: str) -> Any:
        request.cookies = {**request.cookies, "mu_link_confirmation": token}  # type: ignore[assignment]
        return app.view_functions["confirmation.show"]()

    replace_view(app, "confirmation.keep", show)


@hole("links.opening_a_link_changes_nothing")
def opening_confirms(app: Flask) -> None:
    """Opening the link confirms, whoever opens it."""
    replace_view(app, "confirmation.keep", app.view_functions["confirmation.update"])


# mails


@hole("mails.no_header_is_smuggled_into_a_mail")
def anything_is_an_address(_app: Flask) -> None:
    """An address is whatever has an @."""

    def parse(text: str | Email) -> Email:
        if isinstance(text, Email):
            return text
        if "@" not in text:
            raise emails.BadEmail("no")
        return Email(text.strip()[:254], text.strip()[:254].lower())

    put(emails, "parse", parse)


@hole("mails.links_lead_to_this_site")
def links_follow_the_host(app: Flask) -> None:
    """Links in mails lead to whatever host the request names."""

    def believe() -> None:
        change_settings(app, site_url=request.host_url.rstrip("/"))

    app.before_request(believe)


@hole("mails.nobody_is_drowned_in_mails")
def mails_have_no_end(_app: Flask) -> None:
    """Whoever asks for a mail gets one, or somebody else does."""
    for action in [name for name in rules.limits if "mail" in name] + ["confirm", "email"]:
        put_in(rules.limits, action, {})


# moves


@hole("moves.a_new_address_counts_when_confirmed")
def moving_counts_at_once(_app: Flask) -> None:
    """A new address is in force when it is asked for."""
    change = accounts.change_email

    def at_once(user: User, email: str, key: str | None) -> None:
        change(user, email, key)
        with transaction():
            address, email_key = emails.parse(email)
            if people.by_email(address) is None:
                where = update(User).where(User.id == user.id)
                db.session.execute(where.values(email=address, email_key=email_key))

    put(accounts, "change_email", at_once)


@hole("moves.who_lost_an_account_gets_it_back")
def a_thief_voids_the_undo(_app: Flask) -> None:
    """A change of the key voids the link that brings an account back."""
    void = links.void
    put(links, "void", lambda user, *purposes: void(user, *purposes, links.UNDO_EMAIL))


@hole("moves.a_deleted_account_is_gone")
def deleting_only_logs_out(_app: Flask) -> None:
    """Deleting only logs out here."""
    put(accounts, "close_account", nothing)


# names


@hole("names.a_mailbox_has_one_account")
def capitals_make_an_address(_app: Flask) -> None:
    """Addresses in capitals are other addresses."""
    put(emails, "same", lambda address: address)


@hole("names.a_nickname_has_one_owner", "races.fifty_want_one_nickname")
def capitals_make_a_nickname(_app: Flask) -> None:
    """Nicknames in capitals are other nicknames."""
    put(nicknames, "same", lambda name: name)


# races


@hole("races.fifty_sign_ups_of_one_address", "races.fifty_clicks_on_sign_up")
def look_then_insert(_app: Flask) -> None:
    """Whether an address is taken is looked up before, and nothing in the database keeps it so."""
    add = signup._add

    def slowly(user: User) -> User:
        if db.session.scalar(select(User.id).where(User.email == user.email)) is not None:
            raise accounts.Refused("email", signup.TAKEN)
        db.session.rollback()  # as if it were a transaction of its own
        time.sleep(0.2)
        user.email_key += f"#{uuid.uuid4().hex[:8]}"
        return add(user)

    put(signup, "_add", slowly)


@hole("races.fifty_want_one_nickname")
def look_then_rename(_app: Flask) -> None:
    """Whether a nickname is taken is looked up before, and nothing in the database keeps it so."""

    def change(user: User, name: str) -> None:
        accounts.check_nickname(user, name)
        identity = user.id
        db.session.rollback()
        time.sleep(0.2)
        shown, key = nicknames.parse(name, rules.nickname)
        key += f"#{uuid.uuid4().hex[:8]}"
        with transaction():
            to_set = update(User).where(User.id == identity)
            db.session.execute(to_set.values(nickname=shown, nickname_key=key))

    put(accounts, "change_nickname", change)


@hole("races.many_move_to_one_address")
def many_have_one_address(_app: Flask) -> None:
    """Nothing keeps two people from confirming the same address."""

    def move(user: User, row: Token) -> None:
        user.email, user.key_hash, user.key_is_first = str(row.email), str(row.key_hash), True
        user.email_key = f"{emails.parse(user.email)[1]}#{uuid.uuid4().hex[:8]}"
        user.confirmed_at = user.confirmed_at or clock.now()

    put(email_address, "_move", move)


@hole("races.a_form_sent_twice_is_done_once", "races.fifty_clicks_on_sign_up")
def twice_is_two_mails(_app: Flask) -> None:
    """A second click on “Sign up” sends a second mail."""
    again = signup._again

    def and_mail(*arguments: Any) -> User:
        user = again(*arguments)
        with transaction():
            confirmation.send(user, None)
        return user

    put(signup, "_again", and_mail)


# reads


@hole("reads.no_get_writes")
def a_link_logs_out(app: Flask) -> None:
    """Logging out is a link."""
    open_route(app, "/logout", "link_out", app.view_functions["login.destroy"])


# redirects


@hole("redirects.nobody_is_sent_to_another_site")
def next_leads_anywhere(_app: Flask) -> None:
    """After log-in one is sent wherever the address says."""
    put(redirects, "is_inside", lambda address: bool(address))


# sessions


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


@hole("sessions.a_stolen_cookie_dies_with_the_session")
def logging_out_forgets_the_cookie_only(_app: Flask) -> None:
    """Logging out clears the cookie, not the session."""
    put(accounts, "end_session", nothing)


@hole("sessions.somebody_elses_things_stay_theirs")
def any_session_can_be_ended(_app: Flask) -> None:
    """Who knows its number ends anybody's session."""

    def end(_user: User, identity: int) -> bool:
        with transaction():
            db.session.execute(db.delete(Session).where(Session.id == identity))
        return True

    put(accounts, "end_other_session", end)


@hole("sessions.cookies_are_kept_close")
def scripts_read_the_cookie(app: Flask) -> None:
    """The cookie of the session is open to scripts."""
    app.config["SESSION_COOKIE_HTTPONLY"] = False


@hole("sessions.guessing_the_key_ends_the_session")
def keys_are_guessed_for_ever(_app: Flask) -> None:
    """Who has a session may guess the key as often as they like."""
    put(rules, "wrong_keys_a_session", 10**6)
    put_in(rules.limits, "key", {})


@hole(
    "sessions.a_session_alone_does_not_change_the_key", "sessions.guessing_the_key_ends_the_session"
)
def any_key_will_do(_app: Flask) -> None:
    """The current key is asked for and not looked at."""
    put(access_key, "require", nothing)


# tokens


@hole("tokens.no_forged_link_is_taken")
def links_live_for_ever(_app: Flask) -> None:
    """The end of a token is not looked at."""
    decode = jwt.decode

    def without_an_end(token: str, key: bytes, **more: Any) -> Any:
        required = [name for name in tokens.REQUIRED if name != "exp"]
        free: Any = {**more.pop("options"), "verify_exp": False, "require": required}
        return decode(token, key, options=free, **more)

    put(tokens, "jwt", without(jwt, decode=without_an_end))


@hole("tokens.no_forged_link_is_taken")
def unsigned_links_are_taken(_app: Flask) -> None:
    """`alg: none` is believed."""
    read = tokens.read

    def believe(secrets: Sequence[str], purpose: str, token: str) -> dict[str, Any]:
        try:
            if str(jwt.get_unverified_header(token).get("alg")).lower() == "none":
                return jwt.decode(token, options={"verify_signature": False})
        except jwt.PyJWTError:
            raise tokens.BadToken from None
        return read(secrets, purpose, token)

    put(tokens, "read", believe)


@hole("tokens.no_forged_cookie_is_somebody")
def the_secret_is_dev(app: Flask) -> None:
    """Cookies are signed with a secret that everybody knows."""
    app.config["SECRET_KEY"] = "dev"
