"""A field for a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from flask import current_app, request
from werkzeug.datastructures import FileStorage
from wtforms import FileField

from minimaluser.lib import pictures
from minimaluser.security import access
from minimaluser.security.bodies import Upload


class PictureField(FileField):
    """Accepts a picture of the kinds that `@access(…, body=Upload(…))` declares for the view.

    `data` is the re-encoded picture that `lib.pictures.clean` returns; None if none was sent.
    """

    data: bytes | None

    def __init__(self, *args: Any, longest: int = 1600, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.longest = longest

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Re-encode the picture at once, so that no code can read the upload itself."""
        self.data = None
        sent = [one for one in valuelist if isinstance(one, FileStorage) and one.filename]
        if sent:
            kinds = upload().kinds
            try:
                self.data = pictures.clean(sent[0].read(), kinds, longest=self.longest)
            except pictures.NoPicture:
                *names, last = (pictures.KINDS[kind] for kind in kinds)
                named = f"{', '.join(names)} or {last}" if names else last
                raise ValueError(f"Please choose a picture ({named}).") from None


def upload() -> Upload:
    """Return the body that the view of this request declares."""
    declared = access.of(current_app, request.endpoint)
    return cast(Upload, declared.body if declared else None)
