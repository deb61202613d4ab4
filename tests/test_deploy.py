"""Running the site: the images, compose, the processes, and the settings they are given."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import urllib.request
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from minimaluser.mailer.settings import Settings as MailerSettings
from minimaluser.rules import rules
from minimaluser.security import links
from minimaluser.settings import ROOT, SECRETS, Settings, load
from tests.deployed import COMPOSE, DEPLOY, DOCKERFILE, EXAMPLE, names, target


def test_no_image_of_others_is_whatever_is_newest() -> None:
    services = COMPOSE["services"].values()
    images = [service["image"] for service in services if "build" not in service]
    unpinned = [i for i in images if ":" not in i or i.endswith(":latest")]
    assert set(unpinned) <= {"minimaluser-web"}, "built here"


def test_OP1_a_secret_is_kept_until_nothing_lives_that_it_signed() -> None:
    said = (ROOT / "docs/deploy-backup.md").read_text(encoding="utf-8")
    months = [windows for scopes in rules.limits.values() for windows in scopes.values()]
    counted = max(window for windows in months for _, window in windows)
    lives = {
        "JWT_SECRET_HTML": max(
            rules.reset_page, *(links.lifetime(purpose) for purpose in links.ADDRESSES)
        ),
        "JWT_SECRET_USER": max(rules.session_absolute, rules.known_browser),
        "SESSION_SECRET": max(rules.session_absolute, rules.mail_waits, counted),
    }
    for name, life in lives.items():
        assert f"`{name}` after {life.days} days" in said


def test_the_processes_are_named_in_the_procfile() -> None:
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    processes = dict(line.split(": ", 1) for line in lines)
    assert list(processes) == ["release", "web", "worker", "mailer"]
    assert processes["release"] == "sh deploy/release.sh"
    assert processes["worker"] == "python -m minimaluser.outbox.worker"


@pytest.mark.parametrize("name", ["web", "worker", "mailer"])
def test_each_image_runs_without_root_and_says_how_it_is(name: str) -> None:
    steps = target(name)
    assert re.findall(r"^USER (.+)$", steps, re.MULTILINE) == ["10001:10001"]
    assert re.search(r"^HEALTHCHECK ", steps, re.MULTILINE)
    assert re.search(r"^CMD \[", steps, re.MULTILINE), "a shell would not pass SIGTERM on"
    assert "MALLOC_MMAP_THRESHOLD_=1048576" in steps


def test_OP4_packages_come_as_wheels_with_hashes_and_npm_runs_no_script() -> None:
    installs = re.findall(r"pip .*install.*", DOCKERFILE)
    assert len(installs) == 2
    assert all("--require-hashes" in i and "--only-binary=:all:" in i for i in installs)
    assert "npm ci --ignore-scripts" in DOCKERFILE


def test_the_mailer_is_built_from_less_and_with_the_same_versions() -> None:
    def pinned(name: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+==\S+", (ROOT / name).read_text(), re.MULTILINE))

    assert "requirements.txt" not in target("mailer")
    assert pinned("requirements-mailer.txt") < pinned("requirements.txt")


def test_secrets_and_data_stay_out_of_the_images() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*", "only what is named gets in"
    assert not {"!instance", "!.", "!deploy", "!.git"} & set(rules)
    assert "**/.env" in rules


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_each_container_is_locked_down(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service
    assert set(service.get("cap_add", [])) <= {"CHOWN", "SETGID", "SETUID"}


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_containers_know_only_networks_and_volumes_that_exist(name: str) -> None:
    service = COMPOSE["services"][name]
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    volumes = {v.split(":")[0] for v in service.get("volumes", []) if not v.startswith(".")}
    assert volumes <= set(COMPOSE["volumes"])
    assert set(service.get("depends_on", [])) <= set(COMPOSE["services"])


def test_the_mailer_gets_no_secret_of_the_site_but_the_shared_one() -> None:
    given = set(COMPOSE["services"]["mailer"]["environment"])
    assert given & set(SECRETS) == {"JWT_MAILER_SECRET"}
    assert "DATABASE_URL" not in given


@pytest.mark.parametrize("name", ["web1", "worker", "release"])
def test_every_setting_of_the_site_is_given_in_compose(name: str) -> None:
    left_out = {"FLASK_DEBUG", "PORT"}  # off, and set by the image
    read = names(Settings) | {"WEB_CONCURRENCY"}
    assert read - left_out <= set(COMPOSE["services"][name]["environment"])


def test_every_setting_of_the_mailer_is_given_in_compose() -> None:
    read = names(MailerSettings)
    assert read <= set(COMPOSE["services"]["mailer"]["environment"])


def test_every_setting_stands_in_the_example() -> None:
    listed = set(re.findall(r"^([A-Z][A-Z_]+)=", EXAMPLE, re.MULTILINE))
    read = names(Settings) | names(MailerSettings)
    assert read <= listed
    blanks = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text(encoding="utf-8")))
    assert blanks <= listed


def test_the_generated_settings_fill_compose_and_let_the_site_start(tmp_path: Path) -> None:
    (tmp_path / "make-env.sh").write_text((DEPLOY / "make-env.sh").read_text(encoding="utf-8"))
    command = ["sh", str(tmp_path / "make-env.sh"), "https://www.example.org/"]
    subprocess.run(command, check=True, capture_output=True)
    file = tmp_path / ".env"
    assert file.stat().st_mode & 0o077 == 0
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    made = dict(line.split("=", 1) for line in lines)
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{([A-Z_]+):\?\}", text)) <= set(made)
    environ = {
        name: re.sub(r"\$\{([A-Z_]+)[^}]*\}", lambda m: made.get(m[1], ""), str(value))
        for name, value in COMPOSE["services"]["web1"]["environment"].items()
    }
    loaded = load(environ | {"INSTANCE_PATH": str(tmp_path / "data")})
    assert (loaded.site_url, loaded.trusted_proxies) == ("https://www.example.org", 1)

    again = subprocess.run(command, check=False, capture_output=True)
    assert again.returncode != 0, "secrets in use are never written over"
    assert file.read_text().splitlines()[0] == lines[0]


@pytest.mark.parametrize(
    ("url", "authority", "host"),
    [
        ("https://mu.example:8443/", "mu.example:8443", "mu.example"),
        ("https://[2001:db8::7]", "[2001:db8::7]", "[2001:db8::7]"),
        ("https://[2001:db8::7]:8443", "[2001:db8::7]:8443", "[2001:db8::7]"),
        ("https://xn--mnchen-3ya.example", "xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("https://mu.example/app", "", ""),
        ("https://münchen.example", "", ""),
        ("https://", "", ""),
        ("https://mu.example?x", "", ""),
        ("https://u@mu.example", "", ""),
    ],
)
def test_nginx_is_told_the_host_as_browsers_send_it(
    tmp_path: Path, url: str, authority: str, host: str
) -> None:
    (tmp_path / "make-env.sh").write_text((DEPLOY / "make-env.sh").read_text(encoding="utf-8"))
    ran = subprocess.run(
        ["sh", tmp_path / "make-env.sh", url], capture_output=True, text=True, check=False
    )
    if not authority:
        assert (ran.returncode, (tmp_path / ".env").exists()) == (2, False)
        assert "no path" in ran.stderr
        return
    made = (tmp_path / ".env").read_text()
    assert f"\nSITE_AUTHORITY={authority}\nSITE_HOST={host}\n" in made


def test_scripts_are_good_shell() -> None:
    for script in DEPLOY.glob("*.sh"):
        subprocess.run(["sh", "-n", str(script)], check=True)
        assert os.access(script, os.X_OK)


@pytest.mark.parametrize("address", ["", "127.0.0.1", "::1", "[::1]", "::"])
def test_the_health_check_asks_where_the_server_listens(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Whatever the site is called: an international name is no value of a header."""
    asked: list[str] = []

    def answer(url: str, timeout: int) -> object:
        asked.append(url)
        return nullcontext(SimpleNamespace(status=200))

    monkeypatch.setattr(urllib.request, "urlopen", answer)
    monkeypatch.setenv("SITE_URL", "https://münchen.example")
    monkeypatch.setenv("BIND_ADDRESS", address)
    monkeypatch.setenv("PORT", "8001")
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(DEPLOY / "healthcheck.py"))
    assert not ended.value.code
    assert asked == [f"http://{'[::1]' if ':' in address else '127.0.0.1'}:8001/healthz"]


def test_the_health_check_fails_where_nothing_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9")
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(DEPLOY / "healthcheck.py"))
    assert ended.value.code


def test_no_image_comes_from_a_named_registry() -> None:
    images = [service["image"] for service in COMPOSE["services"].values()]
    images += re.findall(r"^ARG \w+=(\S+)", DOCKERFILE, re.MULTILINE)
    assert [image for image in images if "." in image.split("/")[0] and "/" in image] == []
