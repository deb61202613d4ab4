"""What is shown of a setting has no password, wherever in an address that stands (LG2)."""

from __future__ import annotations

import pytest

from minimaluser.lib import environment, masking
from minimaluser.settings import Settings

SITE = {each.name: each for each in environment.table(Settings)}


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("DATABASE_URL", "postgresql://u:hush@h:5/n", "postgresql://…@h:5/n"),
        ("DATABASE_URL", "postgresql://u@h/n?password=hush", "postgresql://…@h/n?password=…"),
        ("DATABASE_URL", "postgresql://h/n?password=hu@hush", "postgresql://h/n?password=…"),
        ("DATABASE_URL", "postgresql://u:a?password=hush@h/n", "postgresql://…@h/n"),
        (
            "DATABASE_URL",
            "postgres://u@h1:1,h2/n?sslpassword=hush&sslkey=/k&passfile=/p&sslmode=require",
            "postgres://…@h1:1,h2/n?sslpassword=…&sslkey=/k&passfile=/p&sslmode=require",
        ),
        ("DATABASE_URL", "sqlite:////data/a@b.db", "sqlite:////data/a@b.db"),
        ("RATE_LIMIT_STORAGE_URL", "redis://u:hush@h:6379/0", "redis://…@h:6379/0"),
        ("RATE_LIMIT_STORAGE_URL", "redis://h/0?password=hush&db=1", "redis://h/0?password=…&db=1"),
        ("RATE_LIMIT_STORAGE_URL", "redis://h?p%61ssword=h@hush", "redis://h?p%61ssword=…"),
        ("RATE_LIMIT_STORAGE_URL", "unix:///run/r?password=hush", "unix:///run/r?password=…"),
        ("RATE_LIMIT_STORAGE_URL", "", "none: the database counts"),
        ("SITE_URL", "https://mu.example:8443", "https://mu.example:8443"),
    ],
)
def test_LG2_a_password_is_shown_nowhere_in_an_address(name: str, value: str, shown: str) -> None:
    assert masking.told(SITE[name], value) == shown


def test_LG2_every_option_that_libpq_holds_to_be_secret_is_masked() -> None:
    from psycopg import pq

    secret = [o.keyword.decode() for o in pq.Conninfo.get_defaults() if o.dispchar == b"*"]
    assert {"password", "sslpassword"} <= {*secret}
    for name in secret:
        said = masking.told(SITE["DATABASE_URL"], f"postgresql://h/n?{name}=hush")
        assert said == f"postgresql://h/n?{name}=…"
