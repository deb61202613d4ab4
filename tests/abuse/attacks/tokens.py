"""Signed tokens: everything that is not exactly a fresh one of ours (RFC 8725)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from tests.abuse.attack import NotTried, Trial, attack
from tests.abuse.attacks.links import is_refused
from tests.abuse.visitor import Visitor

A_VISITOR_EACH = 10


def encode(data: bytes | dict[str, Any]) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def signed(header: bytes | dict[str, Any], claims: bytes | dict[str, Any], key: bytes) -> str:
    """A token with an HMAC as its header asks for, under any key."""
    algorithm = header.get("alg", "HS256") if isinstance(header, dict) else "HS256"
    digest = {"HS384": hashlib.sha384, "HS512": hashlib.sha512}.get(str(algorithm), hashlib.sha256)
    body = f"{encode(header)}.{encode(claims)}"
    return f"{body}.{encode(hmac.new(key, body.encode(), digest).digest())}"


def forgeries(token: str) -> dict[str, str]:
    """What somebody can make of a good token without knowing a secret."""
    head, claims, mark = token.split(".")
    header, payload = decode(head), decode(claims)
    made = {
        f"alg {name}": f"{encode({**header, 'alg': name})}.{claims}.{ending}"
        for name in ("none", "None", "nOnE", "NONE", "")
        for ending in ("", mark)
    }
    public = b"-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQ\n-----END PUBLIC KEY-----"
    for name, key in {
        "no key": b"",
        "the word secret": b"secret",
        "its own kid": str(header.get("kid")).encode(),
        "a zero": b"\0",
        "a public key": public,
    }.items():
        made[f"signed with {name}"] = signed(header, payload, key)
    for name in ("HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA", "A128KW", "dir", "HS257"):
        made[f"alg {name}, own key"] = signed({**header, "alg": name}, payload, b"own" * 20)
    own = {"kty": "oct", "k": encode(b"own" * 20), "alg": "HS256"}
    for name, value in {
        "jwk": own,
        "jku": "https://evil.example/keys",
        "x5u": "https://evil.example/chain",
        "x5c": [encode(b"own")],
        "crit": ["exp"],
        "zip": "DEF",
        "b64": False,
        "cty": "JWT",
    }.items():
        made[f"header {name}"] = signed({**header, name: value}, payload, b"own" * 20)
    kids: tuple[Any, ...] = ("../../../../dev/null", "' OR 1=1 --", "", None, 0, [], {}, "x" * 900)
    for kid in (*kids, "|id", "\0"):
        made[f"kid {str(kid)[:12]!r}"] = signed({**header, "kid": kid}, payload, b"")
    grown = {"sub": "1", "exp": 9999999999, "aud": ["confirm", "undo-email"], "jti": "0" * 32}
    for name, value in grown.items():
        made[f"{name} changed, mark kept"] = f"{head}.{encode({**payload, name: value})}.{mark}"
    other_mark = encode(bytes(reversed(base64.urlsafe_b64decode(mark + "=="))))
    twice = b'{"alg":"HS256","alg":"none"}'
    made |= {
        "no mark": f"{head}.{claims}.",
        "two parts": f"{head}.{claims}",
        "one part": head,
        "four parts": f"{token}.{mark}",
        "five parts": f"{head}.{mark}.{mark}.{claims}.{mark}",
        "mark reversed": f"{head}.{claims}.{other_mark}",
        "mark doubled": f"{token}{mark}",
        "not UTF-8": f"{head}.%ff%fe.{mark}",
        "an emoji": f"{head}.%F0%9F%98%80.{mark}",
        "JSON, not base64": "%7B%22alg%22%3A%22none%22%7D",
        "JWS as JSON": '{"payload":"' + claims + '","signature":"' + mark + '"}',
        "header no object": f"{encode(b'[]')}.{claims}.{mark}",
        "claims no object": signed(header, b'"1"', b"own" * 20),
        "duplicate alg": f"{encode(twice)}.{claims}.",
        "deep JSON": f"{encode(b'[' * 700)}.{claims}.{mark}",
        "very deep JSON": f"{head}.{encode(b'[' * 2200)}.{mark}",
        "large": f"{head}.{claims}.{mark * 60}",
        "empty parts": "%2E%2E",
    }
    for cut in range(1, len(token), max(1, len(token) // 24)):
        made[f"cut at {cut}"] = token[:cut]
    for at in range(0, len(token), max(1, len(token) // 12)):
        other = "A" if token[at] != "A" else "B"
        if token[at] != ".":
            made[f"changed at {at}"] = token[:at] + other + token[at + 1 :]
    return {name: made[name] for name in made if made[name] != token}


def malformed(token: str, key: bytes) -> dict[str, str]:
    """Tokens that only who knows the secret can sign, each wrong in one thing."""
    head, claims, _ = token.split(".")
    header, payload = decode(head), decode(claims)
    now = int(payload["iat"])
    changes: dict[str, dict[str, Any]] = {
        "exp over": {"iat": now - 90000, "exp": now - 31 - 600},
        "exp a word": {"exp": "tomorrow"},
        "exp none": {"exp": None},
        "exp negative": {"exp": -1},
        "exp a list": {"exp": [now + 60]},
        "exp too large": {"exp": 1e308},
        "nbf in the future": {"nbf": now + 3600},
        "iat in the future": {"iat": now + 3600},
        "aud a list": {"aud": [payload["aud"]]},
        "aud another": {"aud": "reset"},
        "aud none": {"aud": None},
        "iss another": {"iss": "evil"},
        "sub a number": {"sub": 1},
        "sub somebody else": {"sub": str(int(payload["sub"]) + 1)},
        "sub no number": {"sub": "1 OR 1=1"},
        "sub huge": {"sub": "9" * 300},
        "jti another": {"jti": "0" * 32},
        "jti a list": {"jti": [payload["jti"]]},
        "jti a number": {"jti": 7},
    }
    made = {name: signed(header, {**payload, **change}, key) for name, change in changes.items()}
    for name in ("iss", "aud", "sub", "iat", "exp", "jti"):
        rest = {claim: value for claim, value in payload.items() if claim != name}
        made[f"no {name}"] = signed(header, rest, key)
    heads: dict[str, dict[str, Any]] = {
        "typ another": {"typ": "JWT"},
        "typ none": {"typ": None},
        "kid another": {"kid": "00000000"},
        "HS384": {"alg": "HS384"},
        "HS512": {"alg": "HS512"},
        "crit": {"crit": ["exp"]},
    }
    for name, change in heads.items():
        made[f"signed, {name}"] = signed({**header, **change}, payload, key)
    text = json.dumps(payload)
    made["duplicate claims"] = signed(header, f'{text[:-1]}, "sub": "0"}}'.encode(), key)
    made["more than a kilobyte"] = signed(header, {**payload, "more": "x" * 1100}, key)
    return made


@attack("TK1")
def no_forged_link_is_taken(trial: Trial) -> None:
    """Over a hundred forged and damaged tokens are posted and opened in place of a good one.

    Each gets the same answer (400, 404 or too long), never a 5xx, and nothing changes. Where the
    site is ours, so do well-signed tokens that are wrong in one claim. Blanks, line ends and such
    are not among them: mail programs put them in, and the token is good without them.
    """
    owner = trial.site.stranger("ben")
    link = owner.sign_up()
    trial.site.mailbox  # noqa: B018 - says at once what is missing
    place, _, token = link.rpartition("/")
    corpus = forgeries(token)
    try:
        key = signing_key(trial.site.secrets["JWT_SECRET_HTML"], place.strip("/"))
        own = signed(decode(token.split(".")[0]), decode(token.split(".")[1]), key)
        trial.control(own == reencoded(token, key), "we sign otherwise than the site")
        corpus |= malformed(token, key)
    except NotTried as problem:
        trial.note(f"without well-signed tokens: {problem}")
    before = owner.portrait()
    visitor = trial.site.visitor()
    words: set[str] = set()
    for number, (name, forged) in enumerate(corpus.items()):
        if number % A_VISITOR_EACH == 0:
            visitor = trial.site.visitor()
        look, answer = visitor.open(f"{place}/{forged}"), visitor.post(f"{place}/{forged}")
        for page in (look, answer):
            trial.check(page.status < 500, f"{name}: {page.status}")
        trial.check(look.status >= 400, f"{name}: opens ({look.status})")
        trial.check(is_refused(answer), f"{name}: taken ({answer.status})")
        if answer.status == 400:
            words.add(answer.main)
    trial.check(len(words) <= 1, f"the answers tell apart: {len(words)} different ones")
    trial.check(not visitor.is_logged_in, "a forged link logs in")
    trial.check(owner.portrait() == before, "a forged link changed the account")
    trial.control(owner.press(link).status == 303, "the good link did not work at the end")


@attack("SE1")
def no_forged_cookie_is_somebody(trial: Trial) -> None:
    """A good session cookie is cut, changed, emptied, and signed anew with guessable secrets.

    Whoever brings it is a guest at the log-in page, never somebody and never an error.
    """
    owner = trial.site.unconfirmed()
    name, value = owner.cookie()
    trial.control(value, "there is no session cookie")
    trial.control(with_cookie(trial, name, value).is_logged_in, "the good cookie does not work")
    payload, _, rest = value.lstrip(".").partition(".")
    bad = {f"cut at {cut}": value[:cut] for cut in range(0, len(value), max(1, len(value) // 20))}
    for at in range(2, len(value) - 1, max(1, len(value) // 20)):
        other = "A" if value[at] != "A" else "B"
        if value[at] != ".":
            bad[f"changed at {at}"] = value[:at] + other + value[at + 1 :]
    bad |= {"unsigned": payload, "no payload": f".{rest}", "words": "guest", "long": "x" * 6000}
    bad |= {"doubled": value + value, "the token alone": owner.user_token()}
    for secret in ("", "dev", "secret", "changeme", "development", "minimaluser"):
        bad[f"signed with “{secret}”"] = resigned(value, secret.encode())
    for what, cookie in bad.items():
        thief = with_cookie(trial, name, cookie)
        page = thief.ask("GET", "/profile")
        trial.check(page.status != 200, f"{what}: is somebody")
        trial.check(page.status < 500, f"{what}: {page.status}")
    trial.control(owner.is_logged_in, "the owner was logged out")


def with_cookie(trial: Trial, name: str, value: str) -> Visitor:
    visitor = trial.site.visitor()
    visitor.http.headers["Cookie"] = f"{name}={value}"
    return visitor


def resigned(value: str, secret: bytes) -> str:
    """The same cookie, signed as Flask does but with another secret."""
    body = value.rpartition(".")[0]
    key = hmac.new(secret, b"cookie-session", hashlib.sha1).digest()
    return f"{body}.{encode(hmac.new(key, body.encode(), hashlib.sha1).digest())}"


def signing_key(secret: str, purpose: str) -> bytes:
    """What the site signs the links of a purpose with."""
    return hmac.new(secret.encode(), f"minimaluser/{purpose}".encode(), hashlib.sha256).digest()


def reencoded(token: str, key: bytes) -> str:
    """A good token as it must come out if the key is the site's."""
    head, claims, mark = token.split(".")
    good = encode(hmac.new(key, f"{head}.{claims}".encode(), hashlib.sha256).digest()) == mark
    return signed(decode(head), decode(claims), key) if good else ""
