"""What a thief has planted before the owner proves the mailbox, and requests under way."""

from __future__ import annotations

from flask import Flask, Response

from minimaluser.accounts import confirmation
from minimaluser.lib import cookies
from minimaluser.models import User
from minimaluser.rules import rules
from minimaluser.security import acting, credentials, known_browsers
from minimaluser.views.browser import KNOWN_BROWSER
from tests import digging
from tests.abuse.broken import hole, holes
from tests.digging import everywhere, put, spare

holes(
    spare,
    {
        # Sessions of before outlive every proof of the mailbox.
        "planted_sessions_live": (
            ("session", *credentials.PROOFS),
            "planting.a_planted_session_is_over",
            "planting.the_browser_that_signed_up_is_forgotten",
        ),
        # What makes a browser known stays good whatever the owner does.
        "known_browsers_outlive_a_reset": (
            ("known browser", *credentials.EVERYTHING),
            "planting.a_planted_browser_is_not_known",
        ),
        # A code, and the link beside it, are good for their time though the owner has confirmed.
        "codes_outlive_the_confirmation": (
            ("code, and the link beside it", *credentials.PROOFS),
            "planting.a_planted_code_is_void",
        ),
        # A move that was asked for before can still be confirmed.
        "pending_moves_outlive_the_proof": (
            ("pending address, and the link that puts it in force", *credentials.PROOFS),
            "planting.a_planted_move_is_void",
        ),
    },
)

holes(
    put,
    {
        # A key that was set before by whomever stays in force when the owner confirms.
        "keys_survive_the_confirmation": (
            (confirmation, "_has_entered_key", lambda *_: True),
            "planting.a_planted_key_opens_nothing",
        ),
        # What was checked at the start of a request is believed to its end.
        "sessions_are_not_looked_at_again": (
            (acting, "living_session", lambda user: user.session),
            "inflight.a_late_request_changes_nothing_after_a_reset",
            "inflight.a_late_request_changes_nothing_after_confirming",
        ),
    },
)


@hole(
    "planting.signing_up_is_no_key_entry",
    "planting.the_browser_that_signed_up_is_forgotten",  # and looks like one that has the key
)
def signing_up_is_a_key_entry(_app: Flask) -> None:
    """Whoever has signed up may do for ten minutes what the key is asked for."""
    digging.take_signing_up_for_a_key_entry()


@hole("planting.who_proves_the_mailbox_is_in")
def a_reset_does_not_confirm(_app: Flask) -> None:
    """A user who has set the key by mail must still press the first link."""
    digging.reset_without_confirming()


@hole("planting.the_browser_that_signed_up_is_forgotten")
def a_double_click_has_no_end(_app: Flask) -> None:
    """The browser that signed an address up is logged in again whenever it asks."""
    digging.let_double_clicks_in_for_ever()


@hole("planting.a_planted_browser_is_not_known")
def browsers_are_known_before_the_proof(_app: Flask) -> None:
    """Whoever logs in is known from then on, though nobody has confirmed the address."""

    def know(answer: Response, user: User) -> Response:
        made = known_browsers.make_known_browser(user)
        lifetime = rules.known_browser
        return cookies.give(answer, KNOWN_BROWSER, made, lifetime)

    digging.know_browsers_without_proof()
    everywhere("know_browser", know)
