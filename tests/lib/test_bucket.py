"""Files in a bucket, spoken to over HTTP (moto's server)."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from minimaluser.lib.storage import Away, Bucket

BUCKET = "tiles"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "someone",
        "AWS_SECRET_ACCESS_KEY": "something",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket=BUCKET)
    return Bucket(BUCKET, endpoint)


def test_a_stored_file_is_read_with_its_type(bucket: Bucket) -> None:
    bucket.write("tiles/a.svg", b"<svg/>", "image/svg+xml")
    assert bucket.read("tiles/a.svg") == b"<svg/>"
    head = bucket.client.head_object(Bucket=BUCKET, Key="tiles/a.svg")
    assert head["ContentType"] == "image/svg+xml"
    assert "immutable" in head["CacheControl"]


def test_a_missing_file_is_none(bucket: Bucket) -> None:
    assert bucket.read("tiles/none.svg") is None
    assert not bucket.exists("tiles/none.svg")


def test_a_deleted_file_is_gone_also_a_second_time(bucket: Bucket) -> None:
    bucket.write("tiles/b.svg", b"x", "image/svg+xml")
    assert bucket.exists("tiles/b.svg")
    bucket.delete("tiles/b.svg")
    bucket.delete("tiles/b.svg")
    assert not bucket.exists("tiles/b.svg")


def test_a_longer_name_with_the_same_start_is_another_file(bucket: Bucket) -> None:
    bucket.write("tiles/c.svg.old", b"x", "image/svg+xml")
    assert not bucket.exists("tiles/c.svg")


def test_ST4_there_is_one_client_with_short_limits(bucket: Bucket) -> None:
    assert bucket.client is bucket.client
    options = bucket.client.meta.config
    assert (options.connect_timeout, options.read_timeout) == (2, 5)
    assert options.retries["total_max_attempts"] == 3


def test_a_store_that_is_down_is_away_not_an_error_of_ours(bucket: Bucket) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gone = Bucket(BUCKET, f"http://127.0.0.1:{nobody.getsockname()[1]}")
        gone.TRIES = 1
        with pytest.raises(Away):
            gone.read("tiles/a.svg")


def test_a_request_that_waits_for_a_silent_store_is_refused_and_gives_its_turn_back(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.write("tiles/d.svg", b"x", "image/svg+xml")
    bucket.LONGEST_WAIT_SECONDS = 0.01
    for _ in range(bucket.READERS):
        assert bucket._permits.acquire(blocking=False)
    with pytest.raises(Away):
        bucket.read("tiles/d.svg")
    bucket._permits.release()
    assert bucket.read("tiles/none.svg") is None
    assert bucket.read("tiles/d.svg") == b"x"
