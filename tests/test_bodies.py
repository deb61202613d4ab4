"""What a view may be sent besides forms: files, and JSON from programs (IN5, CS1)."""

from __future__ import annotations

import hashlib
import hmac
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, abort, render_template_string, request, session
from flask_login import current_user
from PIL import Image

from minimaluser.forms import Form, NicknameForm
from minimaluser.forms.pictures import PictureField
from minimaluser.lib.hashing import Busy
from minimaluser.rules import rules
from minimaluser.security.access import EVERYBODY, LOGGED_IN, access
from minimaluser.security.bodies import Bearer, Json, Signature, Upload
from minimaluser.security.limits import TooMany
from minimaluser.security.links import BadLink
from minimaluser.testing.apps import close
from minimaluser.testing.client import Person
from minimaluser.testing.sites import Site, own_app

UPLOAD = Upload(("jpeg", "png"), max_bytes=440_000)
SECRET, OLD = "a secret of the shop that signs", "its secret of before"
PROBLEMS: dict[str, Any] = {
    "conflict": (409, "This was paid already."),
    "not here": (404,),
    "not this way": (405,),
    "too often": TooMany(90),
    "a bug": RuntimeError("secret detail"),
    "a dead link": BadLink(),
    "busy": Busy(),
}


class CoverForm(Form):
    name = "cover"
    picture = PictureField("Picture", longest=64)


@pytest.fixture
def shop(site: Site, tmp_path: Path) -> Iterator[Flask]:
    """A site with a picture to send, an interface for programs and a webhook."""
    app = own_app(site, tmp_path / "shop", "shop")

    @access(LOGGED_IN, body=UPLOAD)
    def cover() -> Response:
        form = CoverForm()
        sent = form.picture.data  # a view hands it to `attempt` before anything is validated
        if not form.validate():
            return Response(" ".join(form.picture.errors), 422)
        return Response(sent or b"none", content_type="image/webp")

    def told() -> dict[str, Any]:
        return {"got": request.get_json(), "in": current_user.is_authenticated, **session}

    def fail() -> None:
        problem = PROBLEMS[request.get_json()]
        if isinstance(problem, tuple):
            abort(*problem)
        raise problem

    for rule, view in {
        "/cover": cover,
        "/api": access(EVERYBODY, body=Json(Bearer(lambda: [SECRET, OLD])))(told),
        "/closed": access(EVERYBODY, body=Json(Bearer(lambda: ["", ""])))(told),
        "/hook": access(EVERYBODY, body=Json(Signature("X-Hub-Signature-256", lambda: [SECRET])))(
            told
        ),
        "/fails": access(EVERYBODY, body=Json(Bearer(lambda: [SECRET])))(fail),
    }.items():
        app.add_url_rule(rule, rule[1:], view, methods=["POST"])
    yield app
    close(app)


@pytest.fixture
def owner(shop: Flask, site: Site) -> Person:
    return site.person(shop, "ann")


def drawn(kind: str = "JPEG", size: tuple[int, int] = (300, 200), **more: Any) -> bytes:
    """A picture whose upper left is red."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    made = io.BytesIO()
    picture.save(made, kind, **more)
    return made.getvalue()


def send(person: Person, *files: bytes, name: str = "holiday.jpg", **fields: str) -> Any:
    data = {"csrf_token": person.token(), **fields}
    sent = [(io.BytesIO(file), name) for file in files]
    return person.client.post(
        "/cover",
        data={**data, "picture": sent},
        content_type="multipart/form-data",
        buffered=True,
    )


def test_IN5_a_picture_is_made_anew_upright_small_and_without_what_a_camera_wrote(
    owner: Person,
) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "a camera with a place in it"  # turned right, maker
    answer = send(owner, drawn(exif=exif), name="../../etc/passwd.php")
    assert answer.status_code == 200
    assert b"camera" not in answer.data
    with Image.open(io.BytesIO(answer.data)) as made:
        assert (made.format, made.size, dict(made.getexif())) == ("WEBP", (43, 64), {})
        shown: Any = made.convert("RGB")
        corners = [shown.getpixel((x, y)) for x in (5, 37) for y in (5, 58)]
    assert ["red" if r > b else "blue" for r, _, b in corners] == ["blue", "blue", "red", "blue"]


def test_a_picture_may_be_as_large_as_is_declared(owner: Person) -> None:
    made = io.BytesIO()
    noise = Image.effect_noise((645, 645), 90)
    noise.save(made, "PNG")  # it comes in many pieces, which end anywhere
    assert 380_000 < len(made.getvalue()) < UPLOAD.max_bytes
    assert send(owner, made.getvalue()).status_code == 200


@pytest.mark.parametrize(
    "file",
    [
        b"not a picture at all",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        drawn("GIF"),  # a kind that is not taken
        drawn("WEBP"),
        drawn()[:400],
        drawn("PNG", (6000, 5000)),  # small to send, large to open
        b"GIF89a" + drawn(),
        b"",
    ],
    ids=["text", "svg", "gif", "webp", "cut off", "30 megapixels", "two kinds", "empty"],
)
def test_IN5_what_is_no_picture_of_these_kinds_is_told_at_its_field(
    owner: Person, file: bytes
) -> None:
    answer = send(owner, file)
    assert (answer.status_code, answer.text) == (422, "Please choose a picture (JPEG or PNG).")


@pytest.mark.parametrize("form", [CoverForm, NicknameForm])
def test_a_form_sends_files_if_it_has_a_field_for_one(shop: Flask, form: type[Form]) -> None:
    words = "{% from 'macros/forms.html' import form_for %}"
    words += "{% call form_for(form, '/cover') %}{% endcall %}"
    with shop.test_request_context():
        shown = render_template_string(words, form=form())
    assert shown.count('enctype="multipart/form-data"') == (form is CoverForm)
    assert shown.count('hx-encoding="multipart/form-data"') == (form is CoverForm)


def test_a_form_for_a_picture_may_be_sent_without_one(owner: Person) -> None:
    assert send(owner).data == b"none"
    assert send(owner, b"", name="").data == b"none"
    assert owner.post("/cover", {}).data == b"none"


def test_IN5_more_than_is_declared_is_too_much(owner: Person) -> None:
    assert send(owner, b"x" * (UPLOAD.max_bytes + rules.body_most_bytes)).status_code == 413
    assert send(owner, b"x" * 100_000, b"x" * 10).status_code == 400
    assert send(owner, more="x" * 5000).status_code == 413
    answer = owner.post("/login", {"email": "x" * 70_000})  # the others are as small as ever
    assert answer.status_code == 413


def test_CS1_a_picture_needs_the_page_it_is_sent_from(owner: Person) -> None:
    sent: dict[str, Any] = {"picture": (io.BytesIO(drawn()), "a.jpg")}
    assert owner.client.post("/cover", data=dict(sent)).status_code == 403
    sent = {"picture": (io.BytesIO(drawn()), "a.jpg"), "csrf_token": owner.token()}
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert owner.client.post("/cover", data=sent, headers=foreign).status_code == 403


def test_IN5_files_are_read_only_where_they_are_declared(owner: Person) -> None:
    sent = {"nickname": "Ann Two", "csrf_token": owner.token(), "x": (io.BytesIO(b"x"), "x.txt")}
    assert owner.client.post("/profile/nickname", data=sent).status_code == 415


def signed(body: bytes, secret: str = SECRET, start: str = "sha256=") -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": start + digest, "Content-Type": "application/json"}


@pytest.mark.parametrize("secret", [SECRET, OLD])
def test_a_program_with_a_secret_sends_json_without_cookie_and_token(
    shop: Flask, secret: str
) -> None:
    headers = {"Authorization": f"Bearer {secret}", "Sec-Fetch-Site": "cross-site"}
    answer = shop.test_client().post("/api", json={"a": 1}, headers=headers)
    assert (answer.status_code, answer.json) == (200, {"got": {"a": 1}, "in": False})
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/api", "/closed"])
@pytest.mark.parametrize(
    "said", ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {SECRET}", SECRET]
)
def test_CS1_a_logged_in_browser_is_no_program(owner: Person, path: str, said: str) -> None:
    answer = owner.client.post(path, json={}, headers={"Authorization": said})
    assert answer.status_code == 401
    assert owner.is_logged_in


def test_a_webhook_signs_what_it_sends(shop: Flask) -> None:
    client, body = shop.test_client(), '{"paid": "ü"}'.encode()
    for start in ("sha256=", ""):
        answer = client.post("/hook", data=body, headers=signed(body, start=start))
        assert answer.json["got"] == {"paid": "ü"}
    for headers in (
        signed(body + b" "),
        signed(body, "x"),
        signed(body) | {"X-Hub-Signature-256": ""},
    ):
        assert client.post("/hook", data=body, headers=headers).status_code == 401
    assert client.post("/hook", data=b"{", headers=signed(b"{")).status_code == 400
    large = b'"' + b"x" * rules.body_most_bytes + b'"'
    assert client.post("/hook", data=large, headers=signed(large)).status_code == 413
    form = {**signed(body), "Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/hook", data=body, headers=form).status_code == 415


BEARER = {"Authorization": f"Bearer {SECRET}"}
AS_JSON = {**BEARER, "Content-Type": "application/json"}
LARGE = b'"' + b"x" * rules.body_most_bytes + b'"'


@pytest.mark.parametrize(
    ("path", "sent", "status", "words"),
    [
        ("/api", {"data": b"a=b", "headers": BEARER}, 415, "application/json"),
        ("/api", {"data": b"{}", "headers": {"Content-Type": "application/json"}}, 401, "secret"),
        ("/hook", {"json": {}}, 401, "signature"),
        ("/hook", {"data": LARGE, "headers": signed(LARGE)}, 413, "too large"),
        ("/api", {"data": LARGE, "headers": AS_JSON}, 413, "too large"),
        ("/api", {"data": b"{", "headers": AS_JSON}, 400, "is not JSON"),
        ("/api", {"data": b"\xff", "headers": AS_JSON}, 400, "is not JSON"),
        ("/api", {"data": b"[" * 60_000, "headers": AS_JSON}, 400, "is not JSON"),
        ("/api", {"json": {}, "environ_overrides": {"QUERY_STRING": "\xff"}}, 400, "be read"),
        ("/api", {"method": "GET"}, 405, "cannot be used like that"),
        ("/api/no/such/thing", {"json": {}, "headers": BEARER}, 404, "nothing here"),
        ("/api/", {"method": "DELETE"}, 404, "nothing here"),
        ("/hook/x", {"method": "GET"}, 404, "nothing here"),
        ("/api", {"data": b"[NaN]", "headers": AS_JSON}, 400, "is not JSON"),
        ("/api", {"data": b'{"a": 1, "a": 2}', "headers": AS_JSON}, 400, "is not JSON"),
        ("/fails", {"json": "conflict", "headers": BEARER}, 409, "This was paid already."),
        ("/fails", {"json": "not here", "headers": BEARER}, 404, "nothing here"),
        ("/fails", {"json": "not this way", "headers": BEARER}, 405, "cannot be used"),
        ("/fails", {"json": "too often", "headers": BEARER}, 429, "again in 2 minutes."),
        ("/fails", {"json": "a bug", "headers": BEARER}, 500, "broke on our side"),
        ("/fails", {"json": "a dead link", "headers": BEARER}, 400, "cannot be read"),
        ("/fails", {"json": "busy", "headers": BEARER}, 503, "in a few seconds"),
    ],
)
def test_LG3_a_program_is_told_in_json_what_is_wrong(
    shop: Flask, path: str, sent: dict[str, Any], status: int, words: str
) -> None:
    shop.config["PROPAGATE_EXCEPTIONS"] = False
    answer = shop.test_client().open(path, **{"method": "POST", **sent})
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert set(answer.json) == {"error"}
    assert words in answer.json["error"]
    page = dict(shop.test_client().get("/no-such-page").headers)
    for name in ("Content-Length", "Content-Type", "Set-Cookie"):
        page.pop(name, None)
    assert page.items() <= dict(answer.headers).items()
    assert bool(answer.headers.get("Retry-After")) == (status in {429, 503})
    assert ("POST" in answer.headers.get("Allow", "")) == (status == 405 and "method" in sent)
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/cover/x", "/apis", "/", "/no/such/page", "/profile/x", "/ap"])
def test_an_address_that_is_not_below_a_program_s_is_a_page(shop: Flask, path: str) -> None:
    assert shop.test_client().get(path).mimetype == "text/html"


def test_a_form_is_still_refused_with_a_page(owner: Person) -> None:
    answer = owner.client.post("/cover", json={})
    assert (answer.status_code, answer.mimetype) == (415, "text/html")
    assert owner.get("/cover").mimetype == "text/html"


def test_CS1_json_is_for_programs_and_never_for_users_who_are_logged_in() -> None:
    with pytest.raises(ValueError, match="no visitor"):
        access(LOGGED_IN, body=Json(Bearer(list)))
