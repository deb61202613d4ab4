"""What the environment says, checked: the table of the site's settings, and an object of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast
from urllib.parse import quote

from dotenv import load_dotenv
from flask import Flask, current_app
from werkzeug.local import LocalProxy

from minimaluser import server
from minimaluser.lib import addresses, database_url, development, environment, themes
from minimaluser.lib.environment import BadSettings as BadSettings
from minimaluser.lib.environment import Wrong, given, setting
from minimaluser.lib.production import unfit

ROOT = Path(__file__).resolve().parent.parent
THEMES = ROOT / "static" / "src" / "themes"
SITE_NAME = "Minimal+User"
DEVELOPMENT, PRODUCTION = "development", "production"
GRANTED, CHOSEN = "granted", "chosen"
REQUIRED, LATER = "required", "later"
ALWAYS, WHEN_NEEDED = "always", "when-needed"
TLS = "must start with https://"
NEEDED = ("SITE_URL", "DATABASE_URL", "MAILER_URL")  # in production
SECRETS = ("SESSION_SECRET", "JWT_SECRET_USER", "JWT_SECRET_HTML", "JWT_MAILER_SECRET")
UNLIKE_PRODUCTION = {"RATE_LIMIT_CROWD": 1000, "COOKIE_BANNER": ALWAYS}
_secret = partial(setting, read=environment.secrets, usual="made in development")
_switch = partial(setting, default="0", read=environment.switch, usual="off")
_web, _theme = partial(setting, read=addresses.web), environment.one_of(*themes.names(THEMES))


@dataclass(frozen=True)
class Settings:
    """The table: one field a setting. Secrets are several while they rotate, the newest first."""

    app_env: str = setting(
        "In `production` the site refuses to start with missing, short, equal or default values, "
        "and names them all.",
        DEVELOPMENT,
        environment.one_of(DEVELOPMENT, PRODUCTION),
        example=PRODUCTION,
    )
    site_url: str = setting(
        "The address that visitors see, without a path; links in mails start with it.",
        read=addresses.site,
        usual="http://localhost and the port",
        example="https://www.example.org",
    )
    database_url: str = setting(
        "`postgresql://user:password@host:5432/name`, across machines with "
        "`?sslmode=verify-full&sslrootcert=system`.",
        read=database_url.read,
        usual="SQLite in the instance folder",
    )
    instance_path: Path = setting(
        "A writable folder: database, tiles and other files, secrets of development.",
        str(ROOT / "instance"),
        environment.path,
        usual="`instance/`",
    )
    session_secret: tuple[str, ...] = _secret("Signs cookies, and encrypts mail that waits.")
    jwt_secret_user: tuple[str, ...] = _secret("Signs user tokens.")
    jwt_secret_html: tuple[str, ...] = _secret("Signs links in mails, and codes.")
    jwt_mailer_secret: tuple[str, ...] = _secret("Signs what the site sends to the mailer.")
    mailer_url: str = setting(
        "Where the mailer listens: `https://…`. `http://` only to a bare name (`mailer`), one in "
        "`.internal`, or a private address.",
        read=addresses.private,
        usual="none: the built-in mailbox",
    )
    aws_tiles_bucket_name: str = setting(
        "An S3-compatible bucket for tiles and other files; credentials as boto3 reads them.",
        read=addresses.bucket,
        usual="none: a folder",
    )
    aws_tiles_bucket_url: str = _web(
        "Where browsers find the bucket.", usual="none: the site hands the files out"
    )
    aws_endpoint_url: str = _web("Where the store listens.", usual="none: Amazon's")
    rate_limit_storage_url: str = setting(
        "`redis://` or `valkey://`: where limits are counted.",
        read=addresses.counter,
        usual="none: the database counts",
    )
    rate_limit_crowd: int = setting(
        "Multiplies the limits of a network address and of the whole site; more than 1 in "
        "production only for a staging site under test.",
        "1",
        environment.number(1),
        usual=f"1; in development {UNLIKE_PRODUCTION['RATE_LIMIT_CROWD']}",
    )
    web_threads: int = server.threads("Threads of a web process.")
    trusted_proxies: int = setting(
        "How many proxies may say who the client is.", "0", environment.number(), example="1"
    )
    contact_email: str = setting(
        "Where to write with a question or about a vulnerability: shown on `/about`, in the other "
        "texts and in `/.well-known/security.txt`.",
        read=addresses.email,
        usual="none: square brackets",
    )
    private_signup: bool = _switch(
        "Sign-up never reveals who has an account, and logs nobody in: the link in the mail does."
    )
    signup_key: str = setting(
        "`granted`: the site makes the access key and mails it; `chosen`: people choose their own.",
        GRANTED,
        environment.one_of(GRANTED, CHOSEN),
    )
    confirmation: str = setting(
        "`required`: pages for confirmed users are closed to others; `later`: they are open.",
        REQUIRED,
        environment.one_of(REQUIRED, LATER),
    )
    cookie_banner: str = setting(
        "`when-needed`: shown only if a part has a cookie that is not necessary; or `always`.",
        WHEN_NEEDED,
        environment.one_of(ALWAYS, WHEN_NEEDED),
        usual="when-needed; in development always",
    )
    sw_disabled: bool = _switch(
        "Removes the service worker, and the files that it has cached, from every browser."
    )
    metrics: bool = _switch("Numbers for Prometheus at `/metrics`; do not let the public read it.")
    theme: str = setting("The theme: a folder in `static/src/themes/`.", "default", _theme)
    port: int = setting(
        "Where the web server listens.", "5000", environment.number(1, 65535), example="8000"
    )
    flask_debug: bool = _switch("Shows errors in the browser; must be off in production.")

    @property
    def in_production(self) -> bool:
        return self.app_env == PRODUCTION

    @property
    def secure(self) -> bool:
        """Tell whether the site is served over TLS."""
        return self.site_url.startswith("https://")

    @property
    def storage_folder(self) -> Path:
        """Return where tiles and other files are when no bucket is set."""
        return self.instance_path / "storage"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings, and make the instance folder and the secrets of development.

    Args:
        environ: variable names to values; when not given, the process's environment and `.env`.

    Raises:
        BadSettings: with every bad value; in production also with every missing, short, equal or
            default one.
    """
    if environ is None:
        load_dotenv(ROOT / ".env")
    env = os.environ if environ is None else environ
    values, problems = environment.read(Settings, env)
    production = given(env, "APP_ENV") == PRODUCTION
    if production:
        problems = [problem.replace(addresses.STARTS, TLS) for problem in problems]
        problems += unfit(env, values, needed=NEEDED, secrets=SECRETS, tls=TLS)
    instance: Path = values["instance_path"]
    database = values["database_url"] or ""
    if instance:
        problems += database_url.misplaced(database, instance)
        kept = not (production and database[:6] != "sqlite" and values["aws_tiles_bucket_name"])
        problems += environment.folder("INSTANCE_PATH", instance, make=not problems, written=kept)
    if not problems and not production:
        try:
            values |= development.filled(env, instance, SECRETS, UNLIKE_PRODUCTION)
        except Wrong as wrong:
            problems.append(f"INSTANCE_PATH {wrong}")
    if problems:
        raise BadSettings(f"This site cannot start{' in production' * production}", problems)
    values["site_url"] = values["site_url"] or f"http://localhost:{values['port']}"
    file = quote(str(instance / "site.db"))
    values["database_url"] = values["database_url"] or f"sqlite:///{file}"
    return Settings(**values)


def bind(app: Flask, found: Settings) -> None:
    """Give an app its settings, which `settings` then are while it is at work."""
    app.extensions["settings"] = found


def settings_of(app: Flask) -> Settings:
    """Return the settings of an app."""
    return cast(Settings, app.extensions["settings"])


settings = cast(Settings, LocalProxy(lambda: settings_of(current_app)))
