"""Limits, budgets of mails, mails and costs."""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, request
from sqlalchemy import update

from minimaluser import accounts, mail
from minimaluser.database import db, transaction
from minimaluser.lib import emails, hashing, rates, strength, tokens
from minimaluser.lib.emails import Email
from minimaluser.models import User, people
from minimaluser.rules import rules
from minimaluser.security import mails
from minimaluser.settings import settings_of
from minimaluser.testing.apps import change_settings
from minimaluser.views.logged_in import me_or_none
from tests import digging
from tests.abuse.broken import hole, holes, replace_view
from tests.digging import no_limits, put, put_in

holes(
    put,
    {
        # Each /64 counts for itself, so a /48 has 65,536 times as much.
        "ipv6_is_counted_by_64": (
            (rates, "IPV6", {64: 1}),
            "budgets.a_wide_network_shuts_nobody_out",
        ),
        # Each sign of a key is read as each letter it could be.
        "keys_are_read_in_every_way": (
            (strength, "_readable", lambda key: key),
            "costs.a_costly_key_costs_like_any",
        ),
    },
)

holes(
    no_limits,
    {
        # Log-ins that fail are not counted for the account.
        "keys_are_not_counted": (
            ("log-in", "wrong-keys"),
            "limits.guessing_a_key_is_stopped",
            "limits.a_made_up_address_is_not_believed",
        ),
        # Mails about new devices have no end.
        "every_log_in_is_mailed": (
            ("new-device-mail",),
            "budgets.many_log_ins_use_up_no_undo_and_no_code",
        ),
        # Each key change sends another link, however many there were.
        "key_changes_mail_past_the_budget": (
            ("new-key", "confirm-mail"),
            "budgets.key_changes_fill_no_mailbox",
        ),
        # What is checked while it is typed may be asked as often as one likes.
        "checks_are_not_counted": (("field-check",), "costs.checks_have_an_end"),
    },
)


@hole("limits.a_flood_of_keys_leaves_the_site_quick")
def busy_is_an_error(app: Flask) -> None:
    """When too many keys are hashed, the answer is an error without an end."""
    put(hashing, "LONGEST_WAIT_SECONDS", 0.01)
    app.register_error_handler(hashing.Busy, lambda _: ("busy", 500))


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


@hole("budgets.who_had_the_key_does_not_take_every_way_in")
def a_new_device_is_only_told(_app: Flask) -> None:
    """The mail about a new device leads to the forgotten key, which the thief has used up."""
    told = mail.send_new_device

    def tell(user: User, browser: str, network: str, _link: Any) -> None:
        told(user, browser, network, lambda: "http://127.0.0.1/forgot-key")

    put(mail, "send_new_device", tell)


@hole(
    "budgets.many_log_ins_use_up_no_undo_and_no_code",
    "budgets.strangers_do_not_use_up_the_owners_codes",
)
def all_mails_share_one_budget(_app: Flask) -> None:
    """Ten mails a day for a recipient, whatever they are; what is too many is left out silently."""
    rules.limits["mails"] = {"account": ((10, mails.DAY),)}
    kinds = {
        name: kind._replace(budgets=("mails",), courtesy=True) for name, kind in mails.KINDS.items()
    }
    put(mails, "KINDS", kinds)
    put(mails, "ways_for_code", lambda address, _browser: [[("mails", address)]])


@hole("budgets.strangers_do_not_use_up_the_owners_codes")
def sent_is_always_said(_app: Flask) -> None:
    """The page says that a code is on its way, whether or not one is."""
    code = mails.KINDS["key_reset_code"]
    put_in(mails.KINDS, "key_reset_code", code._replace(courtesy=True))


@hole("budgets.strangers_do_not_use_up_the_owners_codes")
def the_owners_browser_is_any(_app: Flask) -> None:
    """Strangers and the owner have one budget for codes, and nothing is sent once it is empty."""
    put_in(rules.limits, "forgot-key-mail-more", {"account": ((1, mails.DAY),)})
    digging.send_codes_as_to_strangers()


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


@hole("costs.a_check_holds_nobody_up")
def checks_hold_the_lock(app: Flask) -> None:
    """While a field of a logged-in user is checked, nobody else can write (on SQLite)."""
    check = app.view_functions["validation.create"]

    def locked(**named: Any) -> Any:
        if not me_or_none():
            return check(**named)
        with transaction():
            db.session.execute(update(User).where(User.id == 0).values(generation=0))
            time.sleep(4)
        return check(**named)

    replace_view(app, "validation.create", locked)
