"""What tests read out of pages and mails."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}

KEY_TEXT = r"[a-z2-9]{5}(?:-[a-z2-9]{5}){3}"
KEY = re.compile(rf"^({KEY_TEXT})$", re.MULTILINE)  # in a mail, on a line of its own
SHOWN_KEY = re.compile(rf"<code>({KEY_TEXT})</code>")
CODE = re.compile(r"^(\d{6})$", re.MULTILINE)
JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
URL = re.compile(r"https?://\S+")
# The CSRF token of a page, and that of a form, which a fragment has too.
PAGE_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
FORM_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
# What forms send along besides what was typed.
HIDDEN = re.compile(r'name="(link|visitor|asked)"[^>]*value="([^"]*)"')
SEED = re.compile(r'name="seed"[^>]*value="([^"]+)"')
TILE = re.compile(r"/tiles/[0-9a-f-]{36}\.svg")
STYLES = re.compile(r"/static/[^\"' ]+\.css")


def first(pattern: re.Pattern[str], text: str) -> str:
    """Return the first group of the first match, the match if there are no groups, else nothing."""
    found = pattern.search(text)
    return (found[1] if pattern.groups else found[0]) if found else ""


def path_of(url: str) -> str:
    """Return path and query of an address."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
