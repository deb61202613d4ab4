"""The pages behind links in mails: their addresses hold no token, a cookie does for a while (TK7).

Opening `/confirm/<token>` has the browser keep the token and go on to `/confirm/link`, whose button
takes it from there: no history, log, referrer or screen shot of that page has it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, make_response, redirect, request, url_for

from minimaluser import accounts, config
from minimaluser.forms import Form, LinkForm
from minimaluser.lib import cookies, htmx, tokens


class MailedLink:
    """Adds to a blueprint `keep` and `show`; the view under `@button` becomes `update`.

    Args:
        bp: of the resource that the link is about.
        path: what stands before the token, with a slash at its end.
        look_at: raises `accounts.BadLink` for a token that is not good; changes nothing.
        page: name of the template; that of its partial ends in `_form`.
        form: what the page has to fill in.
    """

    def __init__(
        self,
        bp: Blueprint,
        path: str,
        look_at: Callable[[str], Any],
        page: str,
        form: type[Form] = LinkForm,
    ) -> None:
        self.bp, self.look_at, self.page, self.form = bp, look_at, page, form
        self.cookie = f"mu_link_{bp.name}"
        self.paths = (f"{path}link", f"{path}<token>")  # no token is one word
        bp.get(self.paths[1])(self.keep)
        bp.get(self.paths[0])(self.show)

    def keep(self, token: str) -> Response:
        self.look_at(token)
        answer = make_response(redirect(url_for(".show"), 303))
        return cookies.give(answer, self.cookie, token, config.LINK_KEPT)

    def show(self) -> Response:
        token = cookies.get(self.cookie)
        return self.render(token, self.form(link=_mark(token)))

    def render(self, token: str, form: Form, status: int = 200) -> Response:
        """Show the form, if the link is good."""
        self.look_at(token)
        return htmx.render(self.page, f"{self.page}_form", status, form=form)

    def button(self, view: Callable[[str], Response]) -> Callable[..., Response]:
        """Have a view called with the token when the button is pressed, here or at its address."""

        @wraps(view)
        def update(token: str = "") -> Response:
            token = token or cookies.get(self.cookie)
            if request.form.get("link", "") not in {"", _mark(token)}:
                raise accounts.BadLink  # another link was opened since, perhaps of somebody else
            answer = view(token)
            if answer.status_code == 422:
                return cookies.give(answer, self.cookie, token, config.LINK_KEPT)
            return cookies.take(answer, self.cookie)

        for path in self.paths:
            self.bp.post(path, endpoint="update")(update)
        return update


def _mark(token: str) -> str:
    return tokens.digest(token)[:16]
