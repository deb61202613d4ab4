"""Requests made up from the schema: some nearly right, some wrong in every way."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote_from_bytes, quote_plus

from hypothesis import strategies as st

from minimaluser.testing.patterns import HTMX
from tests.fuzz.schema import Operation

FORM = "application/x-www-form-urlencoded"
LARGEST = 70_000  # bytes, a little more than is taken
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "get", ""]
NASTY = [
    b"", b"\x00", b"\r\nSet-Cookie: a=b", b"%00", b"%s%n", b"{{7*7}}", b"' OR 1=1 --",
    b"../../etc/passwd", b"//evil.example", b"/\\evil.example", b"https:evil.example",
    b"javascript:alert(1)", b"/%0d%0aX: y", b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf",
    "‮\u200d\u0000ﬁK".encode(), "😀".encode() * 9, "e\u0301".encode() * 50, b"x" * 4097,
    b"9" * 400, b"-1", b"1e308", b"NaN", b"true", b"[]", b"{}", b"null", b"a.b.c", b"e30.e30.",
    b"." * 60, b"<script>alert(1)</script>", b"y", b"0", b"a@b.example", b"@", b"a@b@c",
    b'"a b"@example.org', b"a@[127.0.0.1]", "m\u0131ke@example.org".encode(),
    b"a@" + b"b." * 200 + b"example",
]  # fmt: skip
HEADERS = [
    "HTTP_HX_REQUEST", "HTTP_HX_REQUEST_TYPE", "HTTP_HX_CURRENT_URL", "HTTP_HX_TARGET",
    "HTTP_HX_SOURCE", "HTTP_X_ASK", "HTTP_X_USER", "HTTP_X_CSRFTOKEN", "HTTP_X_CSRF_TOKEN",
    "HTTP_ORIGIN", "HTTP_REFERER", "HTTP_SEC_FETCH_SITE", "HTTP_HOST", "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING",
    "HTTP_ACCEPT_LANGUAGE", "HTTP_RANGE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_RANGE", "HTTP_USER_AGENT", "HTTP_AUTHORIZATION", "HTTP_X_REQUEST_ID",
    "HTTP_TRANSFER_ENCODING", "HTTP_CONTENT_ENCODING", "HTTP_X_HTTP_METHOD_OVERRIDE",
    "HTTP_EXPECT", "REMOTE_ADDR", "CONTENT_LENGTH", "CONTENT_TYPE",
]  # fmt: skip
COOKIES = [
    "mu_session",
    "__Host-mu_session",
    "mu_browser",
    "mu_consent",
    "mu_appearance",
    "remember_token",
    "x",
]


@dataclass(frozen=True)
class Case:
    """One request; `<token>` in the body and `<session>` in the cookies are filled in when sent."""

    operation: str
    who: str
    method: str
    path: bytes
    query: bytes
    body: bytes
    kind: str
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: str = "<session>"


def values(pool: Sequence[str]) -> st.SearchStrategy[bytes]:
    """Anything for a field or a blank: what the site has given out, text, bytes, monsters."""
    given = st.sampled_from([one.encode() for one in pool])
    cut = st.tuples(given, st.integers(0, 60)).map(lambda t: t[0][: -t[1] or None])
    text = st.text(max_size=60).map(lambda t: t.encode("utf-8", "surrogatepass"))
    return st.one_of(given, given, cut, text, st.sampled_from(NASTY), st.binary(max_size=40))


BY_KIND = {
    "uuid": st.uuids().map(lambda u: str(u).encode()),
    "int": st.integers().map(lambda n: str(n).encode())
    | st.integers(0, 9).map(lambda n: b"%d" % n),
    "BooleanField": st.sampled_from([b"y", b"", b"false", b"on"]),
    "EmailField": st.emails().map(str.encode),
}


def value(kind: str, pool: Sequence[str]) -> st.SearchStrategy[bytes]:
    """What a field or a blank of this kind may get: three of four times something of the kind."""
    anything = values(pool)
    return st.one_of(BY_KIND[kind], BY_KIND[kind], anything) if kind in BY_KIND else anything


def paths(operation: Operation, pool: Sequence[str]) -> st.SearchStrategy[bytes]:
    pieces = [
        st.just(piece.encode()) if isinstance(piece, str) else value(piece[0], pool)
        for piece in operation.path
    ]
    right = st.tuples(*pieces).map(b"".join)
    bent = st.tuples(right, st.sampled_from(NASTY)).map(lambda t: t[0] + t[1])
    return st.one_of(*[right] * 7, bent)


def pairs(
    operation: Operation, names: Sequence[str], pool: Sequence[str]
) -> st.SearchStrategy[list[tuple[bytes, bytes]]]:
    """Name and value of fields: those of the form, some of other forms, some twice."""
    own = [
        st.tuples(st.just(name.encode()), value(kind, pool))
        for name, kind in operation.fields
        if name != "csrf_token"
    ]
    whole = st.tuples(*own).map(list)
    foreign = st.tuples(
        st.sampled_from([*names, "unknown", "is_confirmed", "user_id"]).map(str.encode),
        values(pool),
    )
    one = st.one_of(*own, foreign) if own else foreign
    mixed = st.tuples(whole, st.lists(one, max_size=3)).map(lambda t: t[0] + t[1])
    return st.one_of(whole, whole, mixed, st.lists(one, max_size=25))


def encoded(fields: Sequence[tuple[bytes, bytes]]) -> bytes:
    return b"&".join(
        quote_from_bytes(name).encode() + b"=" + quote_from_bytes(text).encode()
        for name, text in fields
    )


def bodies(
    operation: Operation, names: Sequence[str], pool: Sequence[str]
) -> st.SearchStrategy[tuple[bytes, str]]:
    """Body and content type."""
    fields = pairs(operation, names, pool)
    right = fields.map(lambda f: (b"csrf_token=<token>&" + encoded(f), FORM))
    raw = st.tuples(st.binary(max_size=300), st.sampled_from([FORM, "", "text/plain", "\x80/;=;"]))
    huge = st.integers(4000, LARGEST).map(lambda n: (b"csrf_token=<token>&email=" + b"x" * n, FORM))
    many = st.integers(20, 3000).map(lambda n: (b"csrf_token=<token>" + b"&a=" * n, FORM))
    as_json = fields.map(
        lambda f: (
            json.dumps({k.decode(): v.decode("latin-1") for k, v in f}).encode(),
            "application/json",
        )
    )
    in_parts = fields.map(lambda f: (_multipart(f), "multipart/form-data; boundary=part"))
    rightly = [right] * 9
    return st.one_of(*rightly, raw, huge, many, as_json, in_parts)


def cases(
    operation: Operation, names: Sequence[str], pool: Sequence[str]
) -> st.SearchStrategy[Case]:
    """Requests for an operation. `names` are all fields there are, `pool` what was given out."""
    own = st.just(operation.method)
    methods = st.one_of(*[own] * 11, st.sampled_from(METHODS))
    queries = st.one_of(
        st.just(b""),
        st.tuples(st.just(b"next="), values(pool)).map(lambda t: t[0] + quote_plus(t[1]).encode()),
        pairs(operation, names, pool).map(encoded),
        st.binary(max_size=60),
    )
    line = st.one_of(values(pool), st.binary(max_size=30)).map(_header_text)
    odd = st.dictionaries(st.sampled_from(HEADERS), line, max_size=3)
    fragment = {f"HTTP_{name.upper().replace('-', '_')}": text for name, text in HTMX.items()}
    headers = st.tuples(
        st.sampled_from([{}, fragment]), st.one_of(st.just({}), st.just({}), odd)
    ).map(lambda t: {**t[0], **t[1]})
    cookie = st.tuples(st.sampled_from(COOKIES), line).map("=".join)
    cookies = st.one_of(
        st.just("<session>"), st.just("<session>"), st.just("<session>"),
        cookie.map(lambda c: f"<session>; {c}"), cookie, line,
    )  # fmt: skip

    def made(
        who: str,
        method: str,
        path: bytes,
        query: bytes,
        body: tuple[bytes, str],
        headers: Mapping[str, str],
        cookies: str,
    ) -> Case:
        sent, kind = body if method not in {"GET", "HEAD"} else (b"", "")
        return Case(str(operation), who, method, path, query, sent, kind, headers, cookies)

    return st.builds(
        made,
        st.sampled_from(["eve", "ben", "ann"]),
        methods,
        paths(operation, pool),
        queries,
        bodies(operation, names, pool),
        headers,
        cookies,
    )


def _header_text(value: bytes) -> str:
    """What a server lets through: a line without its end, a letter a byte."""
    return value.replace(b"\r", b" ").replace(b"\n", b" ").replace(b"\0", b" ").decode("latin-1")


def _multipart(fields: Sequence[tuple[bytes, bytes]]) -> bytes:
    parts = b"".join(
        b'--part\r\nContent-Disposition: form-data; name="' + name + b'"\r\n\r\n' + text + b"\r\n"
        for name, text in fields
    )
    return parts + b"--part--\r\n"
