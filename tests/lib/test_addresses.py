"""What a Content-Security-Policy calls a bucket, wherever that is."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimaluser import create_app
from minimaluser.lib import addresses


@pytest.mark.parametrize(
    ("bucket", "source"),
    [
        ("http://127.0.0.1:5181/tiles-bucket", "http://127.0.0.1:5181"),
        ("https://s3.eu-west-1.amazonaws.example/tiles/", "https://s3.eu-west-1.amazonaws.example"),
        ("HTTPS://Tiles.Example:443/A;b,c", "https://tiles.example"),
        ("https://münchen.example/tiles", "https://xn--mnchen-3ya.example"),
        ("http://[2001:DB8::1]:9000/tiles", "http://*:9000"),
        ("https://[2001:db8::1]", "https://*"),
        ("", ""),
    ],
)
def test_HD1_pictures_may_come_from_the_bucket(tmp_path: Path, bucket: str, source: str) -> None:
    assert addresses.source(addresses.web(bucket)) == source
    app = create_app({"INSTANCE_PATH": str(tmp_path), "AWS_TILES_BUCKET_URL": bucket})
    policy = app.test_client().get("/healthz").headers["Content-Security-Policy"]
    images = f"'self' {source}".strip()
    assert f"; img-src {images}; " in policy
