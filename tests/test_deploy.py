"""What is promised about running the site: nginx, gunicorn, the images, compose, the processes."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from minimaluser import create_app
from minimaluser.lib import environment, hashing, headers
from minimaluser.mailer.settings import Settings as MailerSettings
from minimaluser.rules import rules
from minimaluser.security import links
from minimaluser.settings import ROOT, SECRETS, Settings, load
from minimaluser.testing.sites import Site

DEPLOY = ROOT / "deploy"
(WEB_THREADS,) = (int(s.default) for s in environment.table(Settings) if s.name == "WEB_THREADS")
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
EXAMPLE = (DEPLOY / ".env.example").read_text(encoding="utf-8")


def names(kind: type) -> set[str]:
    """The settings that a class declares."""
    return {each.name for each in environment.table(kind)}


def target(name: str) -> str:
    """The instructions of a target and of the stages it is built on."""
    stages: dict[str, str] = {}
    for stage in re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]:
        base, label = re.match(r"(\S+) AS (\S+)", stage).groups()
        stages[label] = stages.get(base, "") + stage
    return stages[name]


def gunicorn(monkeypatch: pytest.MonkeyPatch, **environ: str) -> dict[str, Any]:
    for name in ("PORT", "WEB_CONCURRENCY", "WEB_THREADS", "WSGI_APP", "METRICS", "BIND_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))


@pytest.mark.parametrize(
    "directive",
    [
        "client_header_timeout 5s",
        "client_body_timeout 5s",
        "keepalive_timeout 15s",
        "worker_connections 12000",
        f"client_max_body_size {rules.body_most_bytes // 1024}k",
        "large_client_header_buffers 4 4k",
        "server_tokens off",
        "ssl_reject_handshake on",
        "return 444",
        "gzip_static on",
        "proxy_set_header X-Forwarded-For $remote_addr",
        'proxy_set_header X-Forwarded-Host ""',
        "proxy_next_upstream error timeout",
        "proxy_pass http://$servers",
        "error_page 502 503 504 =503 /nginx/503.html",
    ],
)
def test_OP2_HD3_and_IN1_nginx_keeps_the_promised_limits(directive: str) -> None:
    assert re.search(rf"^\s*{re.escape(directive)};", NGINX, re.MULTILINE)


def test_CR8_nginx_lets_fewer_strangers_in_at_once_than_there_are_threads(app: Flask) -> None:
    places = [int(number) for number in re.findall(r"max_conns=(\d+)", NGINX)]
    assert len(places) == 2, "one a web server"
    assert max(places) <= WEB_THREADS - hashing.LEFT_FOR_OTHERS
    limited = re.search(r'"~(\S+ \S+)" hashing;', NGINX)
    assert limited
    posts = {str(rule) for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    found = {path for path in posts if re.search(limited[1], f"POST {path}")}
    assert found == {"/login", "/signup"}
    assert not re.search(limited[1], "GET /login")


def test_no_image_of_others_is_whatever_is_newest() -> None:
    services = COMPOSE["services"].values()
    images = [service["image"] for service in services if "build" not in service]
    unpinned = [i for i in images if ":" not in i or i.endswith(":latest")]
    assert set(unpinned) <= {"minimaluser-web"}, "built here"


def test_nginx_never_sends_a_form_twice() -> None:
    assert "non_idempotent" not in NGINX


def test_only_private_networks_see_metrics_and_readiness() -> None:
    block = re.search(r"location ~ \^/\(metrics\|readyz\)\$ \{(.*?)\}", NGINX, re.DOTALL).group(1)
    assert "deny all;" in block
    assert re.findall(r"allow (\S+);", block) == [
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1",
        "fc00::/7",
    ]


def test_HD1_nginx_gives_what_comes_without_a_header_the_one_of_the_site() -> None:
    """What it answers itself, and what gunicorn refuses before the site hears of it."""
    wanted = headers.security(secure=True)
    for name, value in wanted.items():
        variable = "$upstream_http_" + name.lower().replace("-", "_")
        own, given = re.search(
            rf'map {re.escape(variable)} (\$\w+) \{{\s*"" (.*?);\s*\}}', NGINX
        ).groups()
        assert f"add_header {name} {own} always;" in NGINX
        if name == "Content-Security-Policy":  # pages without scripts and pictures
            assert "default-src 'none'" in given
            assert "unsafe" not in given
        else:
            assert given.strip('"') == value


def test_LG2_the_log_of_nginx_leaves_out_the_token_of_every_address(site: Site) -> None:
    pattern, kept = re.search(r"~\*(\^/\*\S+) (/\S+);", NGINX).groups()
    assert kept == "/$kind/…"
    app = create_app({"INSTANCE_PATH": str(site.folder)})
    rules = [rule.rule for rule in app.url_map.iter_rules() if "<token>" in rule.rule]
    assert len(rules) > 4
    for rule in rules:
        shown = rule.replace("<token>", "eyJ")
        assert re.match(pattern.replace("(?<", "(?P<"), shown, re.IGNORECASE), rule


def test_OP1_a_secret_is_kept_until_nothing_lives_that_it_signed() -> None:
    said = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
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


def test_the_log_of_nginx_holds_no_token_and_no_query() -> None:
    written = re.search(r"log_format brief.*?;", NGINX, re.DOTALL).group()
    known = set(re.findall(r"\$(\w+)", written))
    assert not known & {"request", "request_uri", "uri", "args", "http_referer", "remote_addr"}


@pytest.mark.parametrize("page", ["503.html", "413.html"])
def test_nginx_has_pages_of_its_own_without_inline_style(page: str) -> None:
    html = (DEPLOY / "pages/nginx" / page).read_text(encoding="utf-8")
    assert "<h1>" in html
    assert not re.search(r"<style|style=|<script", html)
    assert (DEPLOY / "pages/nginx/pages.css").is_file()


def test_gunicorn_starts_the_site_with_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = gunicorn(monkeypatch, PORT="8123", WEB_CONCURRENCY="3")
    assert loaded["wsgi_app"] == "minimaluser:create_app()"
    assert loaded["bind"] == ["0.0.0.0:8123"]
    assert (loaded["worker_class"].__name__, loaded["workers"]) == ("Threads", 3)
    assert loaded["threads"] == WEB_THREADS, "as many as the site reckons with"
    assert 2 <= hashing.LEFT_FOR_OTHERS <= 10, "no more than the pool has connections"
    assert (loaded["limit_request_line"], loaded["limit_request_fields"]) == (4094, 100)
    assert (loaded["graceful_timeout"], loaded["accesslog"]) == (30, None)


def test_CR8_the_site_reckons_with_the_threads_that_gunicorn_has(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shared: list[int] = []
    monkeypatch.setattr(hashing, "share", lambda _folder, threads: shared.append(threads))
    create_app({"INSTANCE_PATH": str(tmp_path), "WEB_THREADS": "7"})
    assert shared == [gunicorn(monkeypatch, WEB_THREADS="7")["threads"]] == [7]


def test_OP3_what_runs_when_the_site_is_told_to_end_may_finish(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = gunicorn(monkeypatch)["graceful_timeout"]
    assert seconds == 30
    for name in ("web1", "web2", "worker", "mailer"):
        patience = int(COMPOSE["services"][name]["stop_grace_period"].removesuffix("s"))
        assert patience > seconds, name


def test_IN1_gunicorn_reads_only_so_much_of_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = gunicorn(monkeypatch)
    assert 0 < loaded["limit_request_line"] <= 4096  # 0 is no limit
    assert 0 < loaded["limit_request_fields"] <= 100
    assert 0 < loaded["limit_request_field_size"] <= 16 * 1024


def test_gunicorn_knows_each_of_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    from gunicorn.config import Config

    known = Config()
    loaded = gunicorn(monkeypatch)
    for name in loaded.keys() & known.settings.keys():
        known.set(name, loaded[name])
    assert known.settings["control_socket_disable"].get() is True
    strangers = {n for n in loaded if not n.startswith("__")} - known.settings.keys()
    modules = {"gc", "os", "re", "tempfile", "Path", "Any"}
    assert strangers == modules | {"Logger", "Discreet", "ThreadWorker", "Threads", "address"}


def test_LG2_gunicorn_names_no_address_of_a_request_that_failed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from gunicorn.config import Config
    from gunicorn.http.errors import InvalidRequestLine

    config = Config()
    config.set("logger_class", gunicorn(monkeypatch)["logger_class"])
    log = config.logger_class(config)
    monkeypatch.setattr(log.error_log, "propagate", True)
    problem = InvalidRequestLine("GET  /confirm/eyJ.eyJ.eyJ HTTP/1.1")
    log.warning(f"Invalid request from ip=2001:db8::7: {problem}")  # as its workers say it
    log.warning("something else %s", "happened")
    try:
        raise SystemExit
    except SystemExit:
        log.exception("Error handling request %s %s", "GET", "/confirm/eyJ.eyJ.eyJ")
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "Invalid request: Invalid HTTP request line: ",
        "something else happened",
        "Error handling request GET …",
    ]
    assert log.error_log.name == "gunicorn.error"


def test_the_same_file_starts_the_mailer(monkeypatch: pytest.MonkeyPatch) -> None:
    app = "minimaluser.mailer:create_app()"
    assert gunicorn(monkeypatch, WSGI_APP=app)["wsgi_app"] == app


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


def test_only_nginx_and_the_mail_sink_have_doors_to_the_world() -> None:
    services = COMPOSE["services"]
    assert {name for name, service in services.items() if "ports" in service} == {
        "nginx",
        "mailsink",
    }
    assert services["mailsink"]["profiles"] == ["try"]
    inside = {name for name, network in COMPOSE["networks"].items() if network}
    assert all(COMPOSE["networks"][name]["internal"] for name in inside)


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


def test_scripts_are_good_shell() -> None:
    for script in DEPLOY.glob("*.sh"):
        subprocess.run(["sh", "-n", str(script)], check=True)
        assert os.access(script, os.X_OK)


def test_the_health_check_fails_where_nothing_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9")
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(DEPLOY / "healthcheck.py"))
    assert ended.value.code


def test_no_image_comes_from_a_named_registry() -> None:
    images = [service["image"] for service in COMPOSE["services"].values()]
    images += re.findall(r"^ARG \w+=(\S+)", DOCKERFILE, re.MULTILINE)
    assert [image for image in images if "." in image.split("/")[0] and "/" in image] == []
