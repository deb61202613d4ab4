"""What a visitor can do with an account: one verb a use case, one transaction each.

Views call these names and nothing deeper.
"""

from minimaluser.accounts.access_key import change_key
from minimaluser.accounts.administration import create_user, list_users, set_state
from minimaluser.accounts.closing import close_account, purge
from minimaluser.accounts.confirmation import confirm, resend_confirmation
from minimaluser.accounts.email_address import (
    change_email,
    confirm_email,
    is_recent_key_needed,
    undo_email,
)
from minimaluser.accounts.key_reset import look_at_flow, request_code, reset_key
from minimaluser.accounts.known_browsers import is_known_browser, make_known_browser
from minimaluser.accounts.limits import NotCounted, TooMany
from minimaluser.accounts.links import BadLink, look_at
from minimaluser.accounts.nickname import change_nickname, check_nickname
from minimaluser.accounts.refusal import Refused, SessionEnded
from minimaluser.accounts.sessions import end_session, list_sessions, load_user, log_in, touch
from minimaluser.accounts.signup import sign_up, sign_up_privately
from minimaluser.accounts.tile import draw_tile, find_tile, preview_granted, preview_tile

__all__ = [
    "BadLink",
    "NotCounted",
    "Refused",
    "SessionEnded",
    "TooMany",
    "change_email",
    "change_key",
    "change_nickname",
    "check_nickname",
    "close_account",
    "confirm",
    "confirm_email",
    "create_user",
    "draw_tile",
    "end_session",
    "find_tile",
    "is_known_browser",
    "is_recent_key_needed",
    "list_sessions",
    "list_users",
    "load_user",
    "log_in",
    "look_at",
    "look_at_flow",
    "make_known_browser",
    "preview_granted",
    "preview_tile",
    "purge",
    "request_code",
    "resend_confirmation",
    "reset_key",
    "set_state",
    "sign_up",
    "sign_up_privately",
    "touch",
    "undo_email",
]
