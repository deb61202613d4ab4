"""All access to stored files: in a folder, or in a bucket of an S3-compatible store (boto3)."""

from __future__ import annotations

import contextlib
import threading
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol


class Away(Exception):
    """The store does not respond, or too many threads are waiting for it already."""


class Storage(Protocol):
    """A place for files, each with a path like `tiles/1f0c.svg`."""

    def write(self, path: str, content: bytes, content_type: str) -> None:
        """Store the content, completely or not at all. Raises OSError or the store's own error."""

    def read(self, path: str) -> bytes | None:
        """Return the content, or None if there is no such file. Raises Away."""

    def delete(self, path: str) -> None:
        """Remove the file; a missing one is fine."""

    def exists(self, path: str) -> bool:
        """Tell whether the file is there."""


class Folder:
    """Files in a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def write(self, path: str, content: bytes, content_type: str) -> None:
        target = self._at(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")  # a retry overwrites what a killed one left
        try:
            part.write_bytes(content)
            with contextlib.suppress(FileNotFoundError):  # another thread stored the same file
                part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def read(self, path: str) -> bytes | None:
        try:
            return self._at(path).read_bytes()
        except FileNotFoundError:
            return None

    def delete(self, path: str) -> None:
        self._at(path).unlink(missing_ok=True)

    def exists(self, path: str) -> bool:
        return self._at(path).is_file()

    def _at(self, path: str) -> Path:
        target = (self.root / path).resolve()
        if not target.is_relative_to(self.root):
            raise ValueError("a path outside the storage")
        return target


class Bucket:
    """Files in a bucket; one client per process, made on first use."""

    CONNECT_SECONDS, READ_SECONDS, TRIES = 2, 5, 3
    READERS, LONGEST_WAIT_SECONDS = 8, 0.5  # threads of a process that a silent store can hold

    def __init__(self, name: str, endpoint: str | None = None) -> None:
        self.name = name
        self.endpoint = endpoint
        self._permits = threading.BoundedSemaphore(self.READERS)

    @cached_property
    def client(self) -> Any:
        import boto3
        from botocore.config import Config

        config = Config(
            connect_timeout=self.CONNECT_SECONDS,
            read_timeout=self.READ_SECONDS,
            retries={"total_max_attempts": self.TRIES, "mode": "standard"},
            request_checksum_calculation="when_required",
        )
        return boto3.client("s3", endpoint_url=self.endpoint, config=config)

    def write(self, path: str, content: bytes, content_type: str) -> None:
        self.client.put_object(
            Bucket=self.name,
            Key=path,
            Body=content,
            ContentType=content_type,
            CacheControl="public, max-age=31536000, immutable",
        )

    def read(self, path: str) -> bytes | None:
        from botocore.exceptions import BotoCoreError, ClientError

        if not self._permits.acquire(timeout=self.LONGEST_WAIT_SECONDS):
            raise Away("all readers wait already")
        try:
            content: bytes = self.client.get_object(Bucket=self.name, Key=path)["Body"].read()
        except self.client.exceptions.NoSuchKey:
            return None
        except (BotoCoreError, ClientError) as problem:
            raise Away(str(problem)) from problem
        finally:
            self._permits.release()
        return content

    def delete(self, path: str) -> None:
        self.client.delete_object(Bucket=self.name, Key=path)

    def exists(self, path: str) -> bool:
        found = self.client.list_objects_v2(Bucket=self.name, Prefix=path, MaxKeys=1)
        return any(item["Key"] == path for item in found.get("Contents", ()))
