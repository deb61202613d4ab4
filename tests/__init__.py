"""Tests. The sites that they make have a part of their own in them: see `club`."""

from minimaluser import parts

parts.PARTS.append("tests.club")
