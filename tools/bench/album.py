"""What is measured of the album."""

from tools.bench.things import Thing

THINGS = [Thing("list of 14 pictures", "/album/", "member")]
