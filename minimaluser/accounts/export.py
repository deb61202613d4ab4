"""Everything the site holds on a person (GDPR, articles 15 and 20)."""

from __future__ import annotations

from typing import Any

from minimaluser.lib import clock
from minimaluser.models import User
from minimaluser.personal import showing
from minimaluser.security import limits


def export(user: User) -> dict[str, Any]:
    """Return every row about the user, see `showing.everything`.

    Raises:
        limits.TooMany: it was asked for too often.
    """
    limits.count("export", user)
    return {"exported_at": clock.now().isoformat(), **showing.everything(user.id)}
