"""What is not simply exported, erased and brought back: each exception, and why it is one."""

from __future__ import annotations

from minimaluser.models.base import ends, kept, secret

# What stays in the empty row of a closed account.
ID = kept("what is left refers to it, and an id is never given twice")
CLOSED = kept("it tells when the empty row goes, too")
DISABLED = kept("what was decided about an account is not undone by leaving")
OFF = kept("a key that opens nothing must not open anything after an undo")
COUNTED = kept("what was given before has ended for good, so it never goes back")

# What is erased and does not come back.
BY_LINK = ends("the link that undoes a closing or a move knows address and key by itself")
PENDING = ends("a move that was asked for is void")
FILE = ends("the file goes, and a name is never given twice; it is drawn again from the seed")
LOGS_IN = ends("it lets somebody in, or back in, so it ends with the account")

# Rows that stay.
TO_DO = kept(
    "a file must be removed although the account is gone; mails go, see accounts/removal.py"
)

# What an export names and does not show.
HASHED = secret("kept as a hash, which nobody can read back")
SEALED = secret("kept encrypted")
# How busy the worker is tells how many mails others get.
OF_THE_WORKER = secret("known to the worker alone")
