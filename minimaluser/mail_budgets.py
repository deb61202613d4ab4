"""How many mails one recipient gets, said in this one place; `mail` counts before it writes.

Strangers see in the answer when a budget of theirs is used up. It must tell nothing about who has
an account, so what an owner or a thief does inside an account is counted apart from it.
"""

from __future__ import annotations

from datetime import timedelta

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Rates = tuple[tuple[int, timedelta], ...]  # so often at most in any so long a time

MAIL_LIMITS: dict[str, dict[str, Rates]] = {
    # Caused by strangers: all that are no codes, and those of signing up among them.
    "any-mail": {"account": ((5, DAY),)},
    "sign-up-mail": {"account": ((3, DAY),)},
    "move-mail": {"account": ((2, DAY),)},  # so one who signs up gets a mail whoever moves there
    # Codes that strangers ask for: one network address cannot use all of them up, and when all are
    # used up one an hour still goes: a flood must not take the owner's way back.
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
}
