"""Pages behind links in mails: the token is not in their address but in a brief cookie (TK7).

Opening `/confirm/<token>` stores the token in the cookie and redirects to `/confirm/link`, whose
button reads it from there, so no history, log, referrer or screenshot of that page contains it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, make_response, redirect, request, url_for

from minimaluser import accounts
from minimaluser.forms import Form, LinkForm
from minimaluser.lib import cookies, htmx, tokens
from minimaluser.rules import rules
from minimaluser.security.access import EVERYBODY, Access, access
from minimaluser.views.logged_in import mark, me_or_none

Press = Callable[[str], Response]


def _open(done: str = "", refused: str = "") -> Access:
    mailed = "whoever has the token of a link has the mail"
    example = {"token": "x"}
    return access(
        EVERYBODY, secret=True, done=done, refused=refused, example=example, nobodys=mailed
    )


class MailedLink:
    """Adds the views `keep` and `show` to a blueprint; the view under `@button` becomes `update`.

    Args:
        bp: blueprint of the resource that the link is about.
        path: the address up to the token, with a trailing slash.
        look_at: returns what the link of a token is about, or raises `accounts.BadLink`; changes
            nothing.
        page: name of the template; its partial is `<page>_form`.
        form: class of the form on the page.
    """

    def __init__(
        self,
        bp: Blueprint,
        path: str,
        look_at: Callable[[str], accounts.About],
        page: str,
        form: type[Form] = LinkForm,
    ) -> None:
        self.bp, self.look_at, self.page, self.form = bp, look_at, page, form
        self.cookie = f"mu_link_{bp.name}"
        self.paths = (f"{path}link", f"{path}<token>")  # a token has dots, so it is never `link`
        bp.get(self.paths[1], strict_slashes=False)(_open()(self.keep))
        bp.get(self.paths[0])(_open()(self.show))

    def keep(self, token: str) -> Response:
        token = tokens.tidy(token)
        self.look_at(token)
        answer = make_response(redirect(url_for(".show"), 303))
        return cookies.give(answer, self.cookie, token, rules.opened_link)

    def show(self) -> Response:
        return self.render(cookies.get(self.cookie), self.form())

    def render(self, token: str, form: Any, status: int = 200) -> Response:
        """Show the form, if the link is valid, and say whose account it is about.

        Hidden fields record which link the form was shown for, and who was logged in then.
        """
        about = self.look_at(token)
        form.link.data, form.visitor.data = _mark(token), _visitor_mark()
        other = me_or_none()
        other = other if other is not None and other.id != about.user_id else None
        context = {"form": form, "about": about, "other": other}
        return htmx.render(self.page, f"{self.page}_form", status, **context)

    def button(self, done: str, refused: str = "") -> Callable[[Press], Press]:
        """Have a view called with the token when the button is pressed, at either address.

        Args:
            done, refused: names of the security events, as `access` takes them.
        """

        def declare(view: Press) -> Press:
            @_open(done, refused)
            @wraps(view)
            def update(token: str = "") -> Response:
                return self._press(view, tokens.tidy(token) or cookies.get(self.cookie))

            for path in self.paths:
                self.bp.post(path, endpoint="update", strict_slashes=False)(update)
            return view

        return declare

    def _press(self, view: Press, token: str) -> Response:
        if request.form.get("link", "") not in {"", _mark(token)}:
            raise accounts.BadLink  # another link was opened since, perhaps another user's
        try:
            expected = self._is_expected(token)
            answer = view(token) if expected else self.render(token, self.form(), 422)
        except accounts.BadLink:
            self.look_at(token)  # it knows whether the work of the link is done
            raise
        if answer.status_code == 422:
            return cookies.give(answer, self.cookie, token, rules.opened_link)
        return cookies.take(answer, self.cookie)

    def _is_expected(self, token: str) -> bool:
        """Tell whether the visitor is a guest, owns the link, or was told that another user does.

        Raises:
            accounts.BadLink: the link is not valid (any more).
        """
        here = me_or_none()
        told = here is not None and request.form.get("visitor", "") == _visitor_mark()
        return here is None or told or self.look_at(token).user_id == here.id


def _visitor_mark() -> str:
    here = me_or_none()
    return mark(here) if here is not None else ""


def _mark(token: str) -> str:
    return tokens.digest(token)[:16]
