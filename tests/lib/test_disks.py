"""A folder where SQLite could not lock its file is refused (OP1)."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest

from minimaluser import create_app
from minimaluser.lib import disks, hashing
from minimaluser.settings import BadSettings

MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 22 0:44 / {folder} rw,relatime - {kind} server:/export rw
41 22 0:45 / {folder}/a\\040disk rw - xfs /dev/vdb rw
"""


def no_locks(*_: object) -> None:
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "ceph"])
def test_OP1_a_network_file_system_is_known_by_its_name(tmp_path: Path, kind: str) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS.format(folder=tmp_path, kind=kind))
    for name in ("here/below", "a disk"):
        (tmp_path / name).mkdir(parents=True)
    found = [disks.missing(tmp_path / name, mounts) for name in (".", "here/below", "a disk")]
    assert found == [f"is on a network file system ({kind})"] * 2 + [""]
    assert disks.missing(tmp_path.parent, mounts) == ""


@pytest.mark.parametrize("kind", ["ext4", "overlay", "tmpfs", "fuse.grpcfuse", "9p", "virtiofs"])
def test_OP1_any_other_file_system_is_tried(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS.format(folder=tmp_path, kind=kind))
    assert disks.missing(tmp_path, mounts) == ""
    assert disks.missing(tmp_path / "nowhere", tmp_path / "no such list") == ""
    monkeypatch.setattr(fcntl, "lockf", no_locks)
    assert disks.missing(tmp_path, mounts) == "is on a file system without locks"


def test_OP1_the_site_does_not_start_with_a_file_that_it_cannot_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fcntl, "lockf", no_locks)
    with pytest.raises(BadSettings) as refused:
        create_app({"INSTANCE_PATH": str(tmp_path)})
    assert str(refused.value) == (
        "This site cannot start:\n"
        "- DATABASE_URL must not lead to a file that is on a file system without locks"
    )
    create_app({"INSTANCE_PATH": str(tmp_path), "DATABASE_URL": "postgresql://mu@127.0.0.1:1/mu"})


def test_CR8_keys_are_hashed_where_there_are_no_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hashing, "_lock_files", [tmp_path / "hashing-0.lock"])
    monkeypatch.setattr(fcntl, "flock", no_locks)
    assert hashing.hash_key("blue kettle sings at dawn")
    assert "not shared on this host: [Errno 37] No locks available" in caplog.text
