"""Every lifetime, length and limit, once: what pages, mails and docs say is read from here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from minimaluser.lib.rates import Rates
from minimaluser.lib.text import Lengths

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def _limits() -> dict[str, dict[str, Rates]]:
    """Return how often something may be done, and how many mails one recipient gets.

    With one account or e-mail address, from one network address (of IPv6 see `lib.rates.networks`),
    and on the whole site; an alarm is only reported: these are the ways in, which a crowd must not
    close.
    """
    return {
        "log-in": {
            "account": ((10, 5 * MINUTE), (50, DAY)),
            "network": ((30, 5 * MINUTE),),
            "alarm": ((1000, 5 * MINUTE),),
        },
        "log-in-known": {"account": ((5, 5 * MINUTE),)},  # from a browser that the owner has used
        "log-in-done": {"account": ((30, HOUR),)},  # with the right key; so are the known browsers'
        "log-in-done-known": {"account": ((30, HOUR),)},
        "log-in-known-all": {"account": ((15, 5 * MINUTE),)},  # from all of those together
        "wrong-keys": {"account": ((100, 30 * DAY),)},  # in a row; then it is off until a reset
        "sign-up": {"network": ((5, HOUR), (20, DAY)), "site": ((500, HOUR),)},
        "forgot-key": {"network": ((10, HOUR),), "alarm": ((500, HOUR),)},
        "code": {"network": ((10, 5 * MINUTE), (50, HOUR)), "site": ((1000, HOUR),)},
        "wrong-codes": {"account": ((50, 30 * DAY),)},  # in a row; then only the link in the mail
        "link": {"network": ((30, 5 * MINUTE),)},  # that we have not made, or not for this
        "link-signed": {"network": ((120, 5 * MINUTE),)},
        "stop-mail": {"account": ((20, HOUR),)},  # programs of few networks do it for many people
        "confirm": {"network": ((10, HOUR),)},
        "email": {"account": ((3, DAY),), "network": ((10, DAY),)},
        "key": {"account": ((5, 5 * MINUTE),), "network": ((30, 5 * MINUTE),)},
        "new-key": {"account": ((5, HOUR), (10, DAY))},  # set on the profile
        "key-entry": {"account": ((30, HOUR),)},  # with the right key
        "export": {"account": ((10, HOUR),)},
        "nickname": {"account": ((5, DAY),)},
        "nickname-check": {"account": ((20, HOUR),)},
        "tile": {"account": ((60, HOUR),)},
        "field-check": {"network": ((240, MINUTE),)},  # 200 are one person who types without a rest
        # Mails for one recipient; `mail` counts before it writes. Strangers see in the answer when
        # a budget of theirs is used up. It must tell nothing about who has an account, so what an
        # owner or a thief does inside an account is counted apart from it.
        # Caused by strangers: all that are no codes, and those of signing up among them.
        "any-mail": {"account": ((5, DAY),)},
        "sign-up-mail": {"account": ((3, DAY),)},
        "move-mail": {"account": ((2, DAY),)},  # leaves some to who signs up
        # Codes that strangers ask for: one network address cannot use all of them up, and when all
        # are used up one an hour still goes: a flood must not take the owner's way back.
        "forgot-key-mail": {"account": ((5, DAY),)},
        "forgot-key-mail-more": {"account": ((1, HOUR),)},
        "forgot-key-mail-here": {"account": ((3, HOUR), (4, DAY))},
        # Codes that the owner's browsers ask for: all of them, and one. Then it goes on as above.
        "forgot-key-mail-known": {"account": ((6, HOUR), (10, DAY))},
        "forgot-key-mail-browser": {"account": ((3, HOUR), (5, DAY))},
        # Caused inside an account: to confirm its address, and those of the button among them.
        "confirm-mail": {"account": ((5, DAY),)},
        "confirm-mail-again": {"account": ((1, 3 * MINUTE), (3, 6 * HOUR))},
        "undo-mail": {"account": ((10, DAY),)},
        "key-changed-mail": {"account": ((10, DAY),)},
        "notice-mail": {"account": ((10, DAY),)},
        "new-device-mail": {"account": ((3, DAY),)},
        "bulletin-mail": {"account": ((5, DAY),)},
    }


@dataclass(slots=True)
class Rules:
    """Only tests change one while the site runs. A new length of a column wants a migration."""

    # What may be typed. An address may be as long as RFC 5321 allows (`lib.emails`).
    key: Lengths = Lengths(15, 128, most_bytes=512)
    nickname: Lengths = Lengths(4, 40, most_bytes=160)
    code_digits: int = 6
    field_longest: int = 4096  # characters of any field
    fields_most: int = 20  # of a form
    body_most_bytes: int = 64 * 1024  # of a request; deploy/nginx.conf says it, too

    # How long a link or a code in a mail is good
    confirm: timedelta = 24 * HOUR
    change_email: timedelta = 2 * HOUR
    undo_email: timedelta = 3 * DAY
    undo_closing: timedelta = 7 * DAY
    code: timedelta = 10 * MINUTE  # and the link beside it
    stop_mail: timedelta = 60 * DAY
    opened_link: timedelta = 10 * MINUTE  # kept by the browser that has opened it
    reset_page: timedelta = HOUR  # the page that asks for the code

    # Keys and codes
    first_key: timedelta = 7 * DAY
    recent_key: timedelta = 10 * MINUTE  # before the key is asked for again
    wrong_keys_a_session: int = 5
    code_tries: int = 5
    code_tries_a_day: int = 25
    code_counted: timedelta = DAY  # so long a code's tries count, and its row is kept

    # Sessions and browsers
    session_idle: timedelta = 7 * DAY
    session_idle_brief: timedelta = 12 * HOUR  # without "Keep me logged in"
    session_absolute: timedelta = 30 * DAY
    session_seen_every: timedelta = 5 * MINUTE
    sessions_most: int = 10
    known_browser: timedelta = 90 * DAY
    consent: timedelta = 182 * DAY
    appearance: timedelta = 365 * DAY
    policy_version: str = "2026-12"  # of the privacy notice; a new one asks everybody again

    # What goes by itself
    unconfirmed: timedelta = 7 * DAY
    signup_double_click: timedelta = MINUTE  # so long the same sign-up is one
    events: timedelta = 90 * DAY
    events_shown: int = 200
    mail_in_mailbox: timedelta = 7 * DAY
    mail_waits: timedelta = 24 * HOUR  # unless a link in it is good for longer
    mail_lease: timedelta = MINUTE  # how long a worker may take to send one
    technical_log: timedelta = 90 * DAY  # in the log store, where the operator sets it
    queue_may_wait: timedelta = 15 * MINUTE  # before the site is not ready
    security_txt: timedelta = 180 * DAY  # how long a copy of /.well-known/security.txt is good
    night: int = 3  # the hour, in UTC, in which nightly jobs run

    limits: dict[str, dict[str, Rates]] = field(default_factory=_limits)


rules = Rules()
