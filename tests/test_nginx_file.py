"""What nginx is told: limits, headers, what is left out of its log."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from minimaluser import create_app
from minimaluser.lib import hashing, headers
from minimaluser.rules import rules
from minimaluser.testing.sites import Site
from tests.deployed import COMPOSE, DEPLOY, NGINX, WEB_THREADS


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


def test_only_nginx_and_the_mail_sink_open_ports_to_the_world() -> None:
    services = COMPOSE["services"]
    assert {name for name, service in services.items() if "ports" in service} == {
        "nginx",
        "mailsink",
    }
    assert services["mailsink"]["profiles"] == ["try"]
    inside = {name for name, network in COMPOSE["networks"].items() if network}
    assert all(COMPOSE["networks"][name]["internal"] for name in inside)
