"""`python -m tests.abuse [URL] [-k WORD]`: attack a site and print what held.

Without URL it starts the site itself: on SQLite, then on PostgreSQL. MAILBOX is the address of the
mailbox of URL as JSON, where it has one; MAIL_DOMAIN is where the people of the attacks have mail.
"""

from __future__ import annotations

import argparse
import os
import sys

from minimaluser.testing.processes import end_all_when_asked_to_stop
from tests.abuse import report
from tests.abuse.attack import Attack, Outcome, carry_out, every_attack
from tests.abuse.site import Grounds, Site

KINDS = ("sqlite", "postgresql")


def main() -> int:
    """Attack; return 1 when anything broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.abuse", description=__doc__)
    parser.add_argument("url", nargs="?", help="scheme and host of a running site")
    parser.add_argument("-k", metavar="WORD", default="", help="only attacks with this in the name")
    parser.add_argument("--database", choices=KINDS, help="only on this one")
    parser.add_argument("--holes", default="", help="break it on purpose, see broken.py")
    asked = parser.parse_args()
    end_all_when_asked_to_stop()
    attacks = [one for one in every_attack() if asked.k in f"{one.requirement} {one.id}"]
    if asked.url:
        domain = os.environ.get("MAIL_DOMAIN") or "abuse.example"
        site = Site(asked.url, os.environ.get("MAILBOX", ""), domain=domain)
        return int(not run(asked.url, site, attacks))
    good = True
    with Grounds() as grounds:
        for kind in [asked.database] if asked.database else KINDS:
            with grounds.site(kind, holes=asked.holes) as site:
                good &= run(kind, site, attacks)
    return int(not good)


def run(title: str, site: Site, attacks: list[Attack]) -> bool:
    """Carry out attacks one after the other; each is printed when it has ended."""
    say(f"\n== {title}: {site.base}\n")
    outcomes: list[Outcome] = []
    for one in attacks:
        outcomes.append(carry_out(one, site))
        say(report.line(outcomes[-1]))
    say("\n" + report.summary(title, outcomes))
    return report.is_good(outcomes)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
