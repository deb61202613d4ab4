"""The files that run the site: nginx, the images, compose."""

from __future__ import annotations

import re
from typing import Any

import yaml

from minimaluser.lib import environment
from minimaluser.settings import ROOT, Settings

DEPLOY = ROOT / "deploy"
(WEB_THREADS,) = (int(s.default) for s in environment.table(Settings) if s.name == "WEB_THREADS")
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
EXAMPLE = (DEPLOY / ".env.example").read_text(encoding="utf-8")


def names(kind: type) -> set[str]:
    """The settings that a class declares."""
    return {each.name for each in environment.table(kind)}


def target(name: str) -> str:
    """The instructions of a target and of the stages it is built on."""
    stages: dict[str, str] = {}
    for stage in re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]:
        base, label = re.match(r"(\S+) AS (\S+)", stage).groups()
        stages[label] = stages.get(base, "") + stage
    return stages[name]
