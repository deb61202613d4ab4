"""A whole site on loopback: database, web, worker, mailer, mail sink and store."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import boto3
import psycopg
from aiosmtpd.controller import Controller
from botocore.config import Config

from minimaluser.testing.door import Door
from minimaluser.testing.mailbox import Mail
from minimaluser.testing.pages import Page
from minimaluser.testing.patterns import URL
from minimaluser.testing.postgres import Postgres
from minimaluser.testing.processes import (
    BIN,
    GUNICORN,
    NEUTRAL,
    START_SECONDS,
    Process,
    free_port,
    made_up_secrets,
    until,
    wait_for,
)
from tests.faults.visitor import HOST, Visitor

SECRETS = made_up_secrets("the fault tests")
STORE = {
    "RATE_LIMIT_CROWD": "100000",  # it is not limits that are tried here
    "AWS_ACCESS_KEY_ID": "someone",
    "AWS_SECRET_ACCESS_KEY": "something",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
LONG_AGO = "2000-01-01 00:00:00.000000"


class Sink:
    """A real SMTP server that keeps what arrives; `at["RCPT"]`, `at["DATA"]`: done before a yes."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.all: list[Mail] = []
        self.at: dict[str, Callable[[], None]] = {}
        self.controller = Controller(self, hostname=self.host, port=free_port())
        self.controller.start()

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        self.at.get("RCPT", lambda: None)()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        message: EmailMessage = message_from_bytes(envelope.content, policy=policy.default)
        body = message.get_body(("plain",))
        text = body.get_content().replace("\r\n", "\n") if body else ""
        to, links = envelope.rcpt_tos[0], URL.findall(text)
        self.all.append(Mail(message["Message-ID"], to, message["Subject"], text, "", links))
        self.at.get("DATA", lambda: None)()
        return "250 OK"

    @property
    def url(self) -> str:
        return f"smtp+plaintext://{self.host}:{self.controller.port}"

    def to(self, email: str) -> list[Mail]:
        return [mail for mail in self.all if mail.to == email]


@dataclass
class Database:
    """What stands in the database, past the site."""

    kind: str
    url: str
    server: Postgres | None = None

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        if self.kind == "sqlite":
            with closing(sqlite3.connect(self.file, timeout=20)) as connection:
                return connection.execute(sql).fetchall()
        with psycopg.connect(self.url, autocommit=True) as opened:
            return opened.execute(sql).fetchall()

    def do(self, sql: str) -> None:
        if self.kind == "sqlite":
            with closing(sqlite3.connect(self.file, timeout=20)) as connection, connection:
                connection.execute(sql)
            return
        with psycopg.connect(self.url, autocommit=True) as opened:
            opened.execute(sql)

    @property
    def file(self) -> Path:
        return Path(self.url.removeprefix("sqlite:///"))

    def settle(self) -> None:
        """Wait until the database has noticed that a client is dead."""
        if self.kind == "postgresql":
            others = (
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert until(lambda: self.rows(others) == [(0,)], 15, 0.01)

    def settle_but_web(self) -> None:
        """Wait until nothing is being done in the database."""
        if self.kind == "postgresql":
            busy = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            assert until(lambda: self.rows(busy) == [(0,)], 15, 0.01)

    def let_leases_end(self) -> None:
        """Make everything due that a dead worker had claimed; only while no worker lives."""
        self.do(f"UPDATE outbox_item SET due_at = '{LONG_AGO}' WHERE state = 'waiting'")

    def waiting(self) -> int:
        return int(self.rows("SELECT count(*) FROM outbox_item WHERE state = 'waiting'")[0][0])


@dataclass
class Bucket:
    """A bucket as the store itself has it, past the proxy."""

    name: str
    endpoint: str

    def __post_init__(self) -> None:
        self.client = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id="someone",
            aws_secret_access_key="something",
            region_name="us-east-1",
            config=Config(request_checksum_calculation="when_required"),
        )
        self.client.create_bucket(Bucket=self.name)

    def files(self) -> set[str]:
        found = self.client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return {item["Key"] for item in found}


@dataclass
class Stage:
    """One site with its own database; the processes are started by the test."""

    folder: Path
    database: Database
    sink: Sink
    mailer: Door
    store: Door | None = None
    bucket: Bucket | None = None
    settings: dict[str, str] = field(default_factory=dict)
    processes: list[Process] = field(default_factory=list)
    visitors: list[Visitor] = field(default_factory=list)
    answers: list[Page] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    resent: Counter[str] = field(default_factory=Counter)  # confirmation mails asked for again
    base: str = ""
    bases: list[str] = field(default_factory=list)  # several servers without a proxy
    authority: str = ""  # who vouches for the proxy's certificate

    @property
    def environ(self) -> dict[str, str]:
        chosen = {
            "APP_ENV": "production",
            "SITE_URL": f"https://{HOST}",
            "DATABASE_URL": self.database.url,
            "MAILER_URL": self.mailer.url,
            "INSTANCE_PATH": str(self.folder),
            "TRUSTED_PROXIES": "1",
            "COOKIE_BANNER": "always",
            "WSGI_APP": "tests.club:create_app()",
        }
        if self.bucket and self.store:
            chosen |= {
                "AWS_TILES_BUCKET_NAME": self.bucket.name,
                "AWS_ENDPOINT_URL": self.store.url,
            }
        return {**NEUTRAL, **SECRETS, **STORE, **chosen, **self.settings}

    def start_web(self, processes: int = 1, port: int = 0, **more: str) -> Process:
        """Start gunicorn as it is deployed, and wait until it answers."""
        port = port or free_port()
        own = {
            "PORT": str(port),
            "BIND_ADDRESS": "127.0.0.1",
            "WEB_CONCURRENCY": str(processes),
        }
        started = self._start(GUNICORN, f"web-{port}", {**own, **more})
        self.base = self.base or f"http://127.0.0.1:{port}"
        wait_for(f"http://127.0.0.1:{port}/healthz", started)
        return started

    def start_worker(self) -> Process:
        number = len(self.processes)
        worker = self._start(
            [BIN / "python", "-m", "minimaluser.outbox.worker"], f"worker-{number}", {}
        )
        assert until(lambda: "waits for mail" in worker.said(), START_SECONDS), worker.said()
        return worker

    def _start(self, command: list[Any], name: str, environ: dict[str, str]) -> Process:
        started = Process(command, {**self.environ, **environ}, self.folder / f"{name}.log")
        self.processes.append(started)
        return started

    def visitor(self, email: str) -> Visitor:
        visitor = Visitor(self.bases or [self.base], email, self.answers, self.authority)
        self.visitors.append(visitor)
        return visitor

    def sign_up(self, email: str) -> Visitor:
        """Sign up as a person would; a 303 is a promise that is kept from then on."""
        visitor = self.visitor(email)
        if visitor.sign_up().status == 303:
            self.acknowledged.add(email)
        return visitor

    def sign_up_many(self, emails: Iterable[str], lanes: int = 4) -> list[Visitor]:
        with ThreadPoolExecutor(lanes) as pool:
            return list(pool.map(self.sign_up, emails))

    @contextmanager
    def trickle(self, name: str, pause: float = 0.1, lanes: int = 2) -> Iterator[None]:
        """Let people sign up, one after the other in a few lanes, while the block runs."""
        done = threading.Event()

        def lane(which: int) -> None:
            number = 0
            while not done.is_set():
                self.sign_up(f"{name}{which}-{number}@example.org")
                number += 1
                time.sleep(pause)

        with ThreadPoolExecutor(lanes) as pool:
            running = [pool.submit(lane, which) for which in range(lanes)]
            try:
                yield
            finally:
                done.set()
        for one in running:
            one.result()

    def drained(self, seconds: float) -> bool:
        """Wait until a living worker has done everything."""
        return until(lambda: self.database.waiting() == 0, seconds, 0.1)

    def files(self) -> set[str]:
        """Everything in the storage of tiles."""
        if self.bucket:
            return {name for name in self.bucket.files() if name.startswith("tiles/")}
        root = self.folder / "storage"
        return {path.relative_to(root).as_posix() for path in root.rglob("tiles/*")}

    def end(self) -> None:
        for process in self.processes:
            process.kill()
        for visitor in self.visitors:
            visitor.close()
        self.mailer.end()
        if self.store:
            self.store.end()
        if self.bucket:
            self.bucket.client.close()


def timed(deed: Callable[[], Any]) -> float:
    began = time.monotonic()
    deed()
    return time.monotonic() - began
