"""`flask seed`, as far as the album is concerned."""

from __future__ import annotations

from pathlib import Path

import click

from minimaluser import config
from minimaluser.album import pictures as album


@click.command()
@click.option(
    "--pictures",
    type=click.Path(path_type=Path, exists=True),
    default=config.ROOT / "static" / "album",
    help="A folder with pictures and an album.toml.",
)
def seed(pictures: Path) -> None:
    """Fill the album. Safe to repeat."""
    click.echo(f"{album.seed(pictures)} new pictures in the album.")
