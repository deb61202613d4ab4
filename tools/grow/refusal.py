"""What stops a command before it has changed anything."""

from __future__ import annotations


class Refused(Exception):
    """Says in one sentence what is wrong; the command ends with exit code 2."""
