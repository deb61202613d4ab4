"""What a site answers: bodies, caches, fields, forgeries, headers, reads and redirects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from flask_login import current_user
from sqlalchemy import update

from minimaluser import forms
from minimaluser.database import db, transaction
from minimaluser.lib import headers
from minimaluser.models import User
from minimaluser.rules import rules
from minimaluser.services import services_of
from minimaluser.views import guard, redirects
from tests.abuse.broken import hole, holes, last, open_route
from tests.digging import nothing, put

holes(
    put,
    {
        # A good token is enough, wherever the request comes from.
        "no_fetch_metadata": (
            (headers, "comes_from_here", lambda *_: True),
            "forgeries.only_pages_of_the_site_change_something",
        ),
        # After log-in one is sent wherever the address says.
        "next_leads_anywhere": (
            (redirects, "is_inside", lambda address: bool(address)),
            "redirects.nobody_is_sent_to_another_site",
        ),
    },
)


@hole("bodies.too_much_is_refused")
def no_bounds(app: Flask) -> None:
    """A body may be as large as it likes."""
    for name in ("MAX_CONTENT_LENGTH", "MAX_FORM_MEMORY_SIZE", "MAX_FORM_PARTS"):
        app.config[name] = None
    for name in ("body_most_bytes", "field_longest", "fields_most"):
        put(rules, name, 10**12)


@hole("bodies.malformed_requests_are_no_errors")
def odd_cookies_break(app: Flask) -> None:
    """A cookie is expected to be ASCII."""

    def look() -> None:
        request.headers.get("Cookie", "").encode("ascii")

    app.before_request_funcs[None].insert(0, look)


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
    """The browser is not told to empty its cache."""

    def drop(answer: Response) -> Response:
        answer.headers.pop("Clear-Site-Data", None)
        return answer

    last(app, drop)


@hole("fields.nobody_grants_themselves_anything")
def fields_become_columns(app: Flask) -> None:
    """Every field that a form sends is set on the user."""

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
    """Fields in the address count as sent."""

    def both(_form: Any, _data: Any) -> Any:
        return request.values if request.method == "POST" else None

    put(forms.Form.Meta, "wrap_formdata", staticmethod(both))


@hole("forgeries.only_pages_of_the_site_change_something")
def no_csrf_token(app: Flask) -> None:
    """The CSRF token is not looked at."""
    put(services_of(app).csrf, "protect", nothing)


@hole("forgeries.a_fragment_is_guarded_like_its_page")
def fragments_show_the_log_in_form(app: Flask) -> None:
    """A guest who asks for a fragment is given the log-in form inside the page."""
    put(guard, "_log_in_first", app.view_functions["login.new"])


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


@hole("reads.no_get_writes")
def a_link_logs_out(app: Flask) -> None:
    """Logging out is a link."""
    open_route(app, "/logout", "link_out", app.view_functions["login.destroy"])
