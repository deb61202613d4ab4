"""What `make run` says when the site is there: where it is, who one can be, what to try."""

from __future__ import annotations

from minimaluser.settings import SITE_NAME, Settings
from tools import demo

TO_SEE = "templates/partials/hero.html"
TEXT = """
  {name} is at {address}
  Its mail is at   {address}/dev/mailbox
{somebody}
  Three things to try:
  1. {log_in}, and change the nickname on the profile: nothing reloads.
  2. Sign up with any address; the mail with the link waits in the mailbox.
  3. Change a word in {file} and save: the open page shows it.

  Ctrl-C stops it.
"""


def words(ours: Settings) -> str:
    """Return the text, with the key of the account to try things with if it is still right."""
    key = demo.known(ours)
    return TEXT.format(
        name=SITE_NAME,
        address=ours.site_url,
        somebody=f"  You may log in as {demo.EMAIL} with the key {key}\n" if key else "",
        log_in="Log in" if key else "Sign up or log in",
        file=TO_SEE,
    )
