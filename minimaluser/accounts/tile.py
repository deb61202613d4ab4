"""The tile: drawn from a seed and the nickname's colour, kept in its row until it is stored."""

from __future__ import annotations

import uuid
from typing import cast

from sqlalchemy import select

from minimaluser import files, outbox
from minimaluser.accounts.refusal import Refused
from minimaluser.database import db
from minimaluser.lib import namer, tiles
from minimaluser.lib.storage import Away
from minimaluser.models import User
from minimaluser.security import limits
from minimaluser.security.acting import acting

NO_SEED = "This tile cannot be drawn. Here is another one."


def give_first(user: User) -> None:
    """Give a new user a tile in the colour of the granted nickname."""
    _paint(user, tiles.new_seed(), namer.colour_of(user.nickname) or namer.random_colour())


def store_later(user: User) -> None:
    """Have the tile stored after the commit."""
    outbox.add("tile_put", user.tile_name, user)


def draw_tile(user: User, seed: str) -> None:
    """Give the user the tile of this seed, as previewed.

    Raises:
        Refused: the text is not a seed.
        limits.TooMany: tiles were drawn too often.
    """
    if not tiles.is_seed(seed):
        raise Refused("seed", NO_SEED)
    limits.count("tile", user)
    with acting(user):
        outbox.add("tile_remove", user.tile_name, None)
        _paint(user, seed, _colour(user))
        store_later(user)


def draw_again(user: User) -> None:
    """Draw the tile again from its seed, in the caller's transaction."""
    _paint(user, user.tile_seed, _colour(user))
    store_later(user)


def preview_tile(user: User, seed: str) -> str:
    """Return the SVG that `draw_tile` would give the user.

    Raises:
        Refused: the text is not a seed.
    """
    if not tiles.is_seed(seed):
        raise Refused("seed", NO_SEED)
    return tiles.draw(seed, _colour(user))


def find_tile(name: str) -> str | None:
    """Return the SVG of the tile with this name.

    It is in the database or in the storage. If the storage does not respond, it is drawn again.
    """
    columns = (User.tile_svg, User.tile_seed, User.tile_colour)
    row = db.session.execute(select(*columns).where(User.tile_name == name)).first()
    if row is None:
        return None
    if row.tile_svg:
        return cast(str, row.tile_svg)
    try:
        kept = files.storage().read(files.tile_path(name))
    except Away:
        return tiles.draw(row.tile_seed, row.tile_colour)
    return kept.decode() if kept else None


def _colour(user: User) -> str:
    return namer.colour_of(user.nickname) or user.tile_colour


def _paint(user: User, seed: str, colour: str) -> None:
    user.tile_seed, user.tile_colour, user.tile_name = seed, colour, str(uuid.uuid4())
    user.tile_svg = tiles.draw(seed, colour)
