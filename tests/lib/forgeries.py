"""Tokens that nobody may take: forged, cut, replaced, expired."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from minimaluser.lib import tokens

SECRETS = ["n" * 48, "o" * 48]
FOREIGN = "f" * 48
PURPOSE, OTHERS = "confirm", ("change-email", "undo-email", "reset-flow", "user", "mailer")
HOUR = timedelta(hours=1)
START = datetime(2027, 1, 1, 12, tzinfo=UTC)
OURS: dict[str, Any] = {"iss": tokens.ISSUER, "aud": PURPOSE, "sub": "7", "jti": "a" * 32}
HEADERS = {"typ": f"{PURPOSE}+jwt", "kid": tokens._kid(SECRETS[0])}
NOWHERE = object()


def issued(**more: Any) -> str:
    return tokens.issue(SECRETS, PURPOSE, "7", HOUR, **more)[0]


def b64(data: bytes | str | dict[str, Any]) -> str:
    if isinstance(data, dict):
        data = json.dumps(data)
    if isinstance(data, str):
        data = data.encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(claims: dict[str, Any], headers: dict[str, Any] | None = None, **how: Any) -> str:
    """A token with the site's own key; a claim that is NOWHERE is left out."""
    now = int(time.time())
    payload = {**OURS, "iat": now, "exp": now + 3600, **claims}
    payload = {name: value for name, value in payload.items() if value is not NOWHERE}
    head = {**HEADERS, **(headers or {})}
    head = {name: value for name, value in head.items() if value is not NOWHERE}
    return raw(json.dumps({"alg": "HS256", **head}), json.dumps(payload), **how)


def raw(header: str, payload: str, *, key: bytes | None = None, digest: str = "sha256") -> str:
    """A token of any header and payload, rightly signed all the same."""
    import hmac

    text = f"{b64(header)}.{b64(payload)}"
    secret = tokens._key(SECRETS[0], PURPOSE).key if key is None else key
    return f"{text}.{b64(hmac.digest(secret, text.encode(), digest))}"


def by_pyjwt(algorithm: str, key: Any) -> str:
    now = int(time.time())
    return jwt.encode({**OURS, "iat": now, "exp": now + 60}, key, algorithm, headers=HEADERS)


def without_signature(algorithm: str) -> str:
    header, payload, _ = signed({}, {"alg": algorithm}).split(".")
    return f"{header}.{payload}."


def in_pieces(take: Callable[[list[str]], list[str]]) -> str:
    return ".".join(take(issued().split(".")))


def doubled_claims() -> str:
    now = int(time.time())
    claims = json.dumps({**OURS, "iat": now, "exp": now + 3600})
    return raw(json.dumps({"alg": "HS256", **HEADERS}), claims[:-1] + f',"exp":{now - 9000}}}')


CORPUS: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "a word": lambda: "token",
    "dots": lambda: "..",
    "many dots": lambda: "." * 900,
    "a blank inside": lambda: issued().replace(".", " .", 1),
    "a line break behind": lambda: issued() + "\n",
    "a NUL inside": lambda: issued()[:30] + "\x00" + issued()[30:],
    "not ASCII": lambda: issued() + "é",
    "half a character": lambda: issued() + "\ud800",
    "not base64": lambda: "!!!.???.***",
    "standard base64": lambda: issued()[:-1] + "+",
    "padding": lambda: issued() + "==",
    "UTF-16": lambda: b64(b"\xff\xfe{\x00}\x00") + "." + b64("{}") + ".x",
    "not UTF-8": lambda: b64(b"\xff\xff") + "." + b64(b"\xff") + ".x",
    "one part": lambda: in_pieces(lambda p: p[:1]),
    "two parts": lambda: in_pieces(lambda p: p[:2]),
    "four parts": lambda: in_pieces(lambda p: [*p, p[2]]),
    "five parts (an encrypted token)": lambda: in_pieces(lambda p: [*p, *p[:2]]),
    "no header": lambda: in_pieces(lambda p: ["", *p[1:]]),
    "no payload": lambda: in_pieces(lambda p: [p[0], "", p[2]]),
    "no signature": lambda: in_pieces(lambda p: [*p[:2], ""]),
    "parts in another order": lambda: in_pieces(lambda p: [p[1], p[0], p[2]]),
    "the header is a list": lambda: raw("[]", "{}"),
    "the header is a string": lambda: raw('"header"', "{}"),
    "the header is no JSON": lambda: raw("{", "{}"),
    "the payload is a list": lambda: raw(json.dumps({"alg": "HS256", **HEADERS}), "[]"),
    "the payload is null": lambda: raw(json.dumps({"alg": "HS256", **HEADERS}), "null"),
    "the payload is no JSON": lambda: raw(json.dumps({"alg": "HS256", **HEADERS}), "{"),
    "deep JSON": lambda: raw("[" * 300 + "]" * 300, "{}"),
    "100,000 deep JSON": lambda: raw("[" * 100_000, "{}"),
    "1 MiB": lambda: "x" * 2**20,
    "1,025 bytes": lambda: issued(more="x" * 700),
    "alg none": lambda: without_signature("none"),
    "alg None": lambda: without_signature("None"),
    "alg nOnE": lambda: without_signature("nOnE"),
    "alg none, signed": lambda: signed({}, {"alg": "none"}),
    "alg empty": lambda: signed({}, {"alg": ""}),
    "alg null": lambda: signed({}, {"alg": None}),
    "alg a number": lambda: signed({}, {"alg": 256}),
    "alg a list": lambda: signed({}, {"alg": ["HS256"]}),
    "alg hs256": lambda: signed({}, {"alg": "hs256"}),
    "no alg": lambda: raw(json.dumps(HEADERS), json.dumps(OURS)),
    "HS384": lambda: signed({}, {"alg": "HS384"}, digest="sha384"),
    "HS512": lambda: signed({}, {"alg": "HS512"}, digest="sha512"),
    "RS256 said, HS256 done": lambda: signed({}, {"alg": "RS256"}),
    "an empty key": lambda: signed({}, key=b""),
    "the secret itself as key": lambda: signed({}, key=SECRETS[0].encode()),
    "the key of another purpose": lambda: signed({}, key=tokens._key(SECRETS[0], "undo-email").key),
    "a foreign key": lambda: signed({}, key=tokens._key(FOREIGN, PURPOSE).key),
    "a foreign token": lambda: tokens.issue([FOREIGN], PURPOSE, "7", HOUR)[0],
    "kid unknown": lambda: signed({}, {"kid": "00000000"}),
    "kid a path": lambda: signed({}, {"kid": "../../../../dev/null"}),
    "kid a number": lambda: signed({}, {"kid": 1}),
    "kid a list": lambda: signed({}, {"kid": [HEADERS["kid"]]}),
    "kid null": lambda: signed({}, {"kid": None}),
    "kid not ASCII": lambda: signed({}, {"kid": "é"}),
    "kid SQL": lambda: signed({}, {"kid": "' OR 1=1 --"}),
    "no kid": lambda: signed({}, {"kid": NOWHERE}),
    "typ another": lambda: signed({}, {"typ": "undo-email+jwt"}),
    "typ JWT": lambda: signed({}, {"typ": "JWT"}),
    "typ a list": lambda: signed({}, {"typ": [f"{PURPOSE}+jwt"]}),
    "no typ": lambda: signed({}, {"typ": NOWHERE}),
    "a critical extension": lambda: signed({}, {"crit": ["x"], "x": 1}),
    "a b64 extension": lambda: signed({}, {"crit": ["b64"], "b64": False}),
    "no iss": lambda: signed({"iss": NOWHERE}),
    "iss another": lambda: signed({"iss": "evil"}),
    "iss a list": lambda: signed({"iss": [tokens.ISSUER]}),
    "no aud": lambda: signed({"aud": NOWHERE}),
    "aud another": lambda: signed({"aud": "undo-email"}),
    "aud a list": lambda: signed({"aud": [PURPOSE, "undo-email"]}),
    "aud a list of one": lambda: signed({"aud": [PURPOSE]}),
    "aud null": lambda: signed({"aud": None}),
    "no sub": lambda: signed({"sub": NOWHERE}),
    "sub a number": lambda: signed({"sub": 7}),
    "sub a list": lambda: signed({"sub": ["7"]}),
    "no jti": lambda: signed({"jti": NOWHERE}),
    "jti a number": lambda: signed({"jti": 1}),
    "no iat": lambda: signed({"iat": NOWHERE}),
    "iat a word": lambda: signed({"iat": "now"}),
    "iat in an hour": lambda: signed({"iat": int(time.time()) + 3600}),
    "nbf in an hour": lambda: signed({"nbf": int(time.time()) + 3600}),
    "no exp": lambda: signed({"exp": NOWHERE}),
    "exp null": lambda: signed({"exp": None}),
    "exp a word": lambda: signed({"exp": "tomorrow"}),
    "exp a list": lambda: signed({"exp": [9e9]}),
    "exp 0": lambda: signed({"exp": 0}),
    "exp negative": lambda: signed({"exp": -1}),
    "exp an hour ago": lambda: signed({"exp": int(time.time()) - 3600}),
    "exp infinite": lambda: raw(
        json.dumps({"alg": "HS256", **HEADERS}), json.dumps({**OURS, "iat": 0, "exp": float("inf")})
    ),
    "exp not a number": lambda: raw(
        json.dumps({"alg": "HS256", **HEADERS}), json.dumps({**OURS, "iat": 0, "exp": float("nan")})
    ),
    "exp twice, the last one past": doubled_claims,
    **{
        f"meant for {other}": lambda p=other: tokens.issue(SECRETS, p, "7", HOUR)[0]
        for other in OTHERS
    },
}
