"""Whether a folder is on a disk that keeps the locks of SQLite."""

from __future__ import annotations

import errno
import fcntl
import re
import tempfile
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
# Several machines may write there, and see neither each other's locks nor shared memory.
OF_A_NETWORK = re.compile(
    r"(nfs\d?|cifs|smb\w*|afs|ceph|lustre|beegfs|gfs2|ocfs2|ncpfs)"
    r"|fuse\.(ceph|gcsfuse|glusterfs|goofys|rclone|s3fs|smbnetfs|sshfs|davfs2?|mount-s3)"
)
WITHOUT_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL}


def missing(folder: Path, mounts: Path = MOUNTS) -> str:
    """Return in words why a folder is no place for SQLite, or nothing.

    Args:
        folder: where the file is or will be.
        mounts: the list of what is mounted where (proc(5)); without it only locks are tried.
    """
    kind = _kind(folder.resolve(), mounts)
    if OF_A_NETWORK.fullmatch(kind):
        return f"is on a network file system ({kind})"
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        if problem.errno in WITHOUT_LOCKS:
            return "is on a file system without locks"
    return ""


def _kind(folder: Path, mounts: Path) -> str:
    """Return the type of the file system that a folder is on, as mount(8) names it."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    found = {}
    for line in lines:
        before, _, after = line.partition(" - ")
        place = re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), before.split()[4])
        found[Path(place)] = after.split()[0]  # what is mounted over another hides it
    return next((found[place] for place in (folder, *folder.parents) if place in found), "")
