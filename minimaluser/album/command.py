"""`flask seed`, as far as the album is concerned."""

from __future__ import annotations

from pathlib import Path

import click

from minimaluser.album import pictures as album
from minimaluser.settings import ROOT


@click.command()
@click.option(
    "--pictures",
    type=click.Path(path_type=Path, exists=True),
    default=ROOT / "static" / "album",
    help="A folder with pictures and an album.toml.",
)
def seed(pictures: Path) -> None:
    """Fill the album. Safe to repeat."""
    click.echo(f"{album.seed(pictures)} new pictures in the album.")
