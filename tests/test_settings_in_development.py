"""What a site for trying out needs: nothing; it makes its own secrets."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from minimaluser import create_app
from minimaluser.lib import environment
from minimaluser.settings import load
from minimaluser.testing.sites import PRODUCTION

SECRETS = [name for name in PRODUCTION if "SECRET" in name]


def test_development_needs_no_setting_at_all(tmp_path: Path) -> None:
    settings = load({"INSTANCE_PATH": str(tmp_path)})
    assert settings.app_env == "development"
    assert settings.site_url == "http://localhost:5000"
    assert settings.database_url == f"sqlite:///{tmp_path / 'site.db'}"
    assert settings.mailer_url == ""
    assert settings.trusted_proxies == 0


def test_development_makes_its_secrets_once_for_the_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    first = load({"INSTANCE_PATH": str(folder)})
    again = load({"INSTANCE_PATH": str(folder)})
    mode = stat.S_IMODE((folder / "secrets.json").stat().st_mode)
    assert mode == 0o600
    secrets = [getattr(first, name.lower())[0] for name in SECRETS]
    assert len(set(secrets)) == 4
    assert all(len(secret) >= environment.SECRET_BYTES for secret in secrets)
    assert [getattr(again, name.lower())[0] for name in SECRETS] == secrets


def test_a_secret_of_the_environment_wins_over_a_made_one(tmp_path: Path) -> None:
    settings = load({"INSTANCE_PATH": str(tmp_path), "SESSION_SECRET": "mine"})
    assert settings.session_secret == ("mine",)


def test_production_makes_no_secrets(tmp_path: Path) -> None:
    load({**PRODUCTION, "INSTANCE_PATH": str(tmp_path)})
    assert not (tmp_path / "secrets.json").exists()


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({"PORT": "8080"}, "http://localhost:8080"),
        ({"SITE_URL": "http://localhost:5000/"}, "http://localhost:5000"),
        ({"SITE_URL": "https://mu.example"}, "https://mu.example"),
    ],
)
def test_the_address_of_the_site_has_no_slash_at_its_end(
    tmp_path: Path, environ: dict[str, str], url: str
) -> None:
    assert load({"INSTANCE_PATH": str(tmp_path), **environ}).site_url == url


@pytest.mark.parametrize(
    ("value", "private"),
    [("", False), ("0", False), ("no", False), ("1", True), ("true", True), ("yes", True)],
)
def test_private_signup_is_off_unless_it_is_asked_for(
    tmp_path: Path, value: str, private: bool
) -> None:
    environ = {"INSTANCE_PATH": str(tmp_path), "PRIVATE_SIGNUP": value}
    assert load(environ).private_signup is private


@pytest.mark.parametrize(("value", "on"), [("off", False), ("no", False), ("1", True), ("y", True)])
def test_flask_takes_its_own_switch_as_all_others_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, on: bool
) -> None:
    monkeypatch.setenv("FLASK_DEBUG", value)  # where Flask itself looks, for which `off` is on
    app = create_app({"INSTANCE_PATH": str(tmp_path), "FLASK_DEBUG": value})
    assert app.debug is on


def test_the_site_names_no_contact_unless_one_is_set(tmp_path: Path) -> None:
    environ = {"INSTANCE_PATH": str(tmp_path)}
    assert load(environ).contact_email == ""
    contact = "help@mu.example"
    assert load({**environ, "CONTACT_EMAIL": f" {contact} "}).contact_email == contact


@pytest.mark.parametrize("start", ["postgres://", "postgresql://"])
def test_an_address_of_postgresql_gets_its_driver(tmp_path: Path, start: str) -> None:
    url = f"{start}mu@127.0.0.1:1/mu"
    app = create_app({"INSTANCE_PATH": str(tmp_path), "DATABASE_URL": url})
    assert app.config["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://mu@127.0.0.1:1/mu"
