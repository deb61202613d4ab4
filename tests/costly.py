"""The worst input known for each part of a request, of any size."""

from __future__ import annotations

from collections.abc import Callable

SIGNS = "4@8({[<369&#!1/|0$5+7%2"

Maker = Callable[[int], str]


def repeated(piece: str, before: str = "", after: str = "") -> Maker:
    """Make a text of so many characters (about) from a piece."""
    return lambda size: before + (piece * (size // len(piece) + 1))[:size] + after


EMAILS = {
    "dots": repeated("a.", "a@"),
    "marks in a domain": repeated("\u0316\u0300", "a@x", ".org"),
    "joiners": repeated("\u0628\u200c", "a@", ".org"),
    "digits that join": repeated("\u0660", "a@", ".org"),
    "one letter that is eighteen": repeated("\ufdfa", "a@", ".org"),
    "other dots": repeated("\u3002", "a@"),
    "marks": repeated("\u0316\u0300", "", "@x.org"),
    "quoted": repeated("\\ ", '"', '"@x.org'),
    "angles": repeated("<", "", "a@x.org>"),
    "blanks": repeated(" ", "", "a@x.org"),
    "at": repeated("@"),
}
NAMES = {
    "marks out of order": repeated("\u0300\u0316", "a"),
    "marks that are two": repeated("\u0344\u0316", "a"),
    "one letter that is eighteen": repeated("\ufdfa"),
    "blanks": repeated(" ", "a", "b"),
    "looks": repeated("\ufe0f"),
    "invisible": repeated("\u200b"),
}
KEYS = {
    "signs": repeated(SIGNS, "", "abc"),
    "signs once": repeated(SIGNS + "abcdefghij"),
    "signs twice": repeated("".join(c * 2 for c in SIGNS)),
    "words": repeated("passwordloveyouprincess"),
    "digits": repeated("1234567890"),
    "dates": repeated("12121999"),
    "repeats": repeated("aab" * 5 + "cdd" * 5),
    "one letter that is eighteen": repeated("\ufdfa"),
    "blanks": repeated(" "),
}
CODES = {"blanks": repeated(" "), "blanks and digits": repeated(" ", "123", "45")}
KINDS = {"email": EMAILS, "nickname": NAMES, "new_key": KEYS}
PATHS = {
    "slashes": repeated("/", "/a"),
    "parts": repeated("/a"),
    "below a page": repeated("/x", "/profile"),
    "slashes that are none": repeated("%2f", "/"),
    "upwards": repeated("../", "/static/"),
    "folders": repeated("a/", "/static/"),
    "a token": repeated("A", "/confirm/e30.e30."),
    "many dots": repeated("a.", "/confirm/"),
    "a number": repeated("1", "/club/"),
    "no field": repeated("&", "/login?"),
    "fields": repeated("a&", "/login?"),
    "next": repeated("%2f", "/login?next=/"),
    "percents": repeated("%", "/login?next="),
}
BODIES = {
    "no field": repeated("&"),
    "fields": repeated("a&"),
    "percents": repeated("%", "a="),
    "percent signs": repeated("%41", "a="),
    "plus": repeated("+", "a="),
    "names": lambda size: "&".join(f"{n:x}=" for n in range(size // 5)),
}
HEADERS = (
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Authorization",
    "Cache-Control",
    "Content-Type",
    "HX-Current-URL",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "Origin",
    "Range",
    "User-Agent",
    "X-Forwarded-For",
    "X-User",
)
VALUES = {
    "commas": repeated(","),
    "wishes": repeated("a;q=0.1,"),
    "quotes": repeated('"'),
    "escapes": repeated('\\"', 'a;b="'),
    "semicolons": repeated(";", "a"),
    "options": repeated(";a=b", "a"),
    "continued": repeated(";a*0*=%41", "a"),
    "blanks": repeated(" ", "a", "b"),
    "tags": repeated('W/"a",'),
    "ranges": repeated("0-1,", "bytes="),
}
COOKIES = {
    "semicolons": repeated(";"),
    "many": repeated("a=b;"),
    "one again and again": repeated("mu_session=a;"),
    "escapes": repeated("\\101", 'a="', '"'),
    "dots": repeated(".", "mu_session="),
    "packed": repeated("A", "mu_session=.", ".a.b"),
    "a choice": repeated(".", "mu_consent="),
    "blanks": repeated(" ", "a", "=b"),
    "a token": repeated("A", "mu_link_confirmation=e30.e30."),
}
