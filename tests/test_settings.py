"""Settings from the environment (OP1)."""

from __future__ import annotations

import errno
import json
import tempfile
from pathlib import Path

import pytest

from minimaluser import create_app
from minimaluser.services import services_of
from minimaluser.settings import BadSettings, load
from minimaluser.testing.sites import PRODUCTION

GOOD = PRODUCTION
SECRETS = [name for name in GOOD if "SECRET" in name]


@pytest.fixture
def good(tmp_path: Path) -> dict[str, str]:
    return {**GOOD, "INSTANCE_PATH": str(tmp_path / "instance")}


def problems(environ: dict[str, str]) -> list[str]:
    with pytest.raises(BadSettings) as refusal:
        load(environ)
    first, *rest = str(refusal.value).splitlines()
    assert first.startswith("This site cannot start")
    return [line.removeprefix("- ") for line in rest]


def test_OP1_good_settings_start_in_production(good: dict[str, str]) -> None:
    settings = load(good)
    assert settings.app_env == "production"
    assert settings.secure is True
    assert settings.session_secret == (GOOD["SESSION_SECRET"],)


@pytest.mark.parametrize("name", [name for name in GOOD if name != "APP_ENV"])
def test_OP1_a_missing_value_is_named(good: dict[str, str], name: str) -> None:
    for value in ("", None):
        environ = {**good, name: value} if value is not None else dict(good)
        if value is None:
            del environ[name]
        assert f"{name} is missing" in problems(environ)


@pytest.mark.parametrize("name", SECRETS)
def test_OP1_a_short_secret_is_named(good: dict[str, str], name: str) -> None:
    assert problems({**good, name: "0123456789abcdef0123456789abcde"}) == [
        f"{name} is shorter than 32 bytes"
    ]


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("value", ["x" * 40, "changeme" * 5, "secret" * 8, "0" * 32])
def test_OP1_a_secret_that_looks_like_a_default_is_named(
    good: dict[str, str], name: str, value: str
) -> None:
    assert problems({**good, name: value}) == [f"{name} looks like a default value"]


def test_OP1_equal_secrets_are_named(good: dict[str, str]) -> None:
    found = problems({**good, "JWT_SECRET_HTML": GOOD["JWT_SECRET_USER"]})
    assert found == ["JWT_SECRET_HTML equals JWT_SECRET_USER"]


def test_OP1_a_retired_secret_may_not_be_another_ones_either(good: dict[str, str]) -> None:
    found = problems(
        {
            **good,
            "JWT_SECRET_HTML": f"{'n' * 8}ew-0123456789-abcdefghijklmnop,"
            + GOOD["JWT_SECRET_USER"],
        }
    )
    assert found == ["JWT_SECRET_HTML equals JWT_SECRET_USER"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SITE_URL", "http://mu.example", "SITE_URL must start with https://"),
        ("SITE_URL", "mu.example", "SITE_URL must start with https://"),
        ("FLASK_DEBUG", "1", "FLASK_DEBUG must be off"),
        ("FLASK_DEBUG", "true", "FLASK_DEBUG must be off"),
    ],
)
def test_OP1_an_unsafe_value_is_named(
    good: dict[str, str], name: str, value: str, said: str
) -> None:
    assert problems({**good, name: value}) == [said]


def test_OP1_one_message_names_everything_at_once(tmp_path: Path) -> None:
    environ = {
        "APP_ENV": "production",
        "INSTANCE_PATH": str(tmp_path),
        "FLASK_DEBUG": "1",
        "SESSION_SECRET": "short",
        "SITE_URL": "http://mu.example",
    }
    found = problems(environ)
    names = {line.split()[0] for line in found}
    assert names == {*GOOD} - {"APP_ENV"} | {"FLASK_DEBUG"}


def test_OP1_no_secret_is_repeated_in_the_message(good: dict[str, str]) -> None:
    short = "a-secret-nobody-may-see"
    assert short not in "\n".join(problems({**good, "SESSION_SECRET": short}))


def test_OP1_the_site_does_not_start_with_bad_settings(tmp_path: Path) -> None:
    with pytest.raises(BadSettings):
        create_app({"APP_ENV": "production", "INSTANCE_PATH": str(tmp_path / "never")})
    assert not (tmp_path / "never").exists()


@pytest.mark.parametrize("value", ["prod", "Production", "PRODUCTION", "live", "developmnet"])
def test_OP1_an_environment_nobody_knows_does_not_run_as_development(
    good: dict[str, str], value: str
) -> None:
    """A typing mistake must not open /dev/mailbox to the world."""
    with pytest.raises(BadSettings):
        load({**good, "APP_ENV": value})


def test_OP1_a_number_that_is_none_is_named_with_the_rest(good: dict[str, str]) -> None:
    found = problems({**good, "TRUSTED_PROXIES": "one", "MAILER_URL": ""})
    assert any(line.startswith("TRUSTED_PROXIES") for line in found)
    assert "MAILER_URL is missing" in found


@pytest.mark.parametrize(
    "url",
    [
        "http://mailer.example.org",
        "http://198.51.101.7:8000",
        "http://[2620::7]:8000",
        "mailer:8000",
        "ftp://mailer",
        "https://",
        "http://",
        "https://mailer:port",
        "https://[mailer",
    ],
)
def test_ML1_a_mail_goes_over_no_line_that_others_read(good: dict[str, str], url: str) -> None:
    assert problems({**good, "MAILER_URL": url}) == [
        "MAILER_URL must start with https://, or http:// within a private network"
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://mailer.example.org",
        "http://mailer:8000",
        "http://mailer.internal",
        "http://127.0.0.1:8000",
        "http://[::1]:1",
    ],
)
def test_ML1_inside_one_machine_a_mail_needs_no_tls(good: dict[str, str], url: str) -> None:
    assert load({**good, "MAILER_URL": url}).mailer_url == url


@pytest.mark.parametrize("name", ["WEB_THREADS", "RATE_LIMIT_CROWD"])
@pytest.mark.parametrize("value", ["many", "0", "00", "-1", "1.5"])
def test_OP1_a_number_that_must_be_at_least_one_is(
    good: dict[str, str], name: str, value: str
) -> None:
    assert problems({**good, name: value}) == [f"{name} must be a number from 1"]


def test_OP1_secrets_rotate_as_new_and_old(good: dict[str, str]) -> None:
    new = "new-0123456789-abcdefghijklmnopqrstu"
    settings = load({**good, "SESSION_SECRET": f" {new} , {GOOD['SESSION_SECRET']} ,"})
    assert settings.session_secret == (new, GOOD["SESSION_SECRET"])


def test_OP1_a_session_survives_the_rotation_of_every_secret(tmp_path: Path) -> None:
    from flask_migrate import upgrade

    from minimaluser.database import db
    from minimaluser.testing.client import Person

    old = {"INSTANCE_PATH": str(tmp_path), "SITE_URL": "http://localhost"}
    app = create_app(old)
    with app.app_context():
        upgrade(revision="heads")
        db.engine.dispose()
    ann = Person(app, "ann@example.org")
    ann.sign_up()
    ann.ask_to_move("ann@new.example")
    link = ann.link("/email/confirm/", "ann@new.example")
    cookie = ann.client.get_cookie("mu_session").value
    token = ann.token()
    phone = Person(app, "ben@example.org")
    phone.sign_up()
    phone.log_out()
    page, code = phone.ask_for_code()
    ours = phone.client.get_cookie("mu_session").value
    signed = services_of(app).huey.serializer.serialize("wake up")
    made = json.loads((tmp_path / "secrets.json").read_text())
    rotated = {name: f"new-{name}-0123456789-abcdefghijkl,{made[name]}" for name in SECRETS}
    after = create_app({**old, **rotated})
    ann_again = Person(after, ann.email, ann.key)
    ann_again.client.set_cookie("mu_session", cookie)
    assert ann_again.is_logged_in
    assert ann_again.open(link).status_code == 200
    assert len(ann_again.mails()) >= 1
    answer = ann_again.post("/profile/nickname", {"nickname": "Ann the Open"}, token=token)
    assert answer.status_code == 303, "a form that was open is not lost"
    phone_again = Person(after, phone.email)
    phone_again.client.set_cookie("mu_session", ours)
    assert phone_again.use_code(page, code, "seven green trains at noon").status_code == 303
    waker = services_of(after).huey.serializer
    assert waker.deserialize(signed) == "wake up"
    assert waker.deserialize(waker.serialize("again")) == "again"
    retired = create_app({**old, **{name: value.split(",")[0] for name, value in rotated.items()}})
    ann_at_last = Person(retired, ann.email, ann.key)
    ann_at_last.client.set_cookie("mu_session", cookie)
    assert not ann_at_last.is_logged_in
    with pytest.raises(ValueError, match="mismatch"):
        services_of(retired).huey.serializer.deserialize(signed)
    assert ann_at_last.get(link).status_code == 400
    for each in (app, after, retired):
        with each.app_context():
            db.engine.dispose()


def test_OP1_a_folder_in_which_nothing_is_kept_may_be_read_only(good: dict[str, str]) -> None:
    elsewhere = good | {"INSTANCE_PATH": "/proc", "AWS_TILES_BUCKET_NAME": "tiles"}
    load(elsewhere)
    said = "INSTANCE_PATH must be a folder that can be written to: /proc"
    for more in ({"AWS_TILES_BUCKET_NAME": ""}, {"DATABASE_URL": "sqlite:////proc/site.db"}):
        (problem,) = problems(elsewhere | more)
        assert problem.startswith(said)


def test_OP1_a_disk_that_is_full_is_no_wrong_setting(
    good: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    load(good)
