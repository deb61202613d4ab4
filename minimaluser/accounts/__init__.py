"""What a visitor can do with an account: one verb and one transaction per use case.

Views call these names and nothing below them.
"""

from minimaluser.accounts.access_key import (
    change_key,
    enter_key,
    is_recent_key_needed,
    replace_first_key,
)
from minimaluser.accounts.administration import create_user, list_users, set_state
from minimaluser.accounts.bulletins import (
    Subscription,
    list_subscriptions,
    look_at_subscription,
    stop_mail,
    want_mail,
)
from minimaluser.accounts.closing import close_account, undo_closing
from minimaluser.accounts.confirmation import (
    confirm,
    is_link_on_its_way,
    look_at_confirmation,
    resend_confirmation,
)
from minimaluser.accounts.email_address import (
    cancel_move,
    change_email,
    confirm_email,
    resend_move,
    undo_email,
)
from minimaluser.accounts.events import list_events
from minimaluser.accounts.export import export
from minimaluser.accounts.key_reset import (
    look_at_flow,
    look_at_reset,
    request_code,
    reset_key,
    reset_key_by_link,
)
from minimaluser.accounts.link_about import About, look_at
from minimaluser.accounts.login import log_in
from minimaluser.accounts.nickname import change_nickname, check_nickname
from minimaluser.accounts.refusal import Refused
from minimaluser.accounts.retention import purge
from minimaluser.accounts.sessions import end_other_session, end_other_sessions, list_sessions
from minimaluser.accounts.signup import sign_up, sign_up_privately
from minimaluser.accounts.tile import draw_tile, find_tile, preview_tile
from minimaluser.security.acting import KeyNeeded, SessionEnded
from minimaluser.security.known_browsers import is_known_browser, make_known_browser
from minimaluser.security.limits import NotCounted, TooMany
from minimaluser.security.links import BadLink
from minimaluser.security.mails import NoMail
from minimaluser.security.sessions import end_session, load_user, touch

__all__ = [
    "About",
    "BadLink",
    "KeyNeeded",
    "NoMail",
    "NotCounted",
    "Refused",
    "SessionEnded",
    "Subscription",
    "TooMany",
    "cancel_move",
    "change_email",
    "change_key",
    "change_nickname",
    "check_nickname",
    "close_account",
    "confirm",
    "confirm_email",
    "create_user",
    "draw_tile",
    "end_other_session",
    "end_other_sessions",
    "end_session",
    "enter_key",
    "export",
    "find_tile",
    "is_known_browser",
    "is_link_on_its_way",
    "is_recent_key_needed",
    "list_events",
    "list_sessions",
    "list_subscriptions",
    "list_users",
    "load_user",
    "log_in",
    "look_at",
    "look_at_confirmation",
    "look_at_flow",
    "look_at_reset",
    "look_at_subscription",
    "make_known_browser",
    "preview_tile",
    "purge",
    "replace_first_key",
    "request_code",
    "resend_confirmation",
    "resend_move",
    "reset_key",
    "reset_key_by_link",
    "set_state",
    "sign_up",
    "sign_up_privately",
    "stop_mail",
    "touch",
    "undo_closing",
    "undo_email",
    "want_mail",
]
