"""Runs the starter's own tools: only they can render it, and the newest ones know best how."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tools.grow import git
from tools.grow.project import ROOT, Project
from tools.grow.refusal import Refused

HERE = "tools/grow/borrowed.py"


def run(starter: Path, commit: str, project: Project, **said: str) -> str:
    """Merge something of the starter into a project, by the tools that it has at a commit.

    In the folder of the starter itself the tools are those which run already.

    Args:
        starter: its repository.
        commit: which of its states.
        project: to be changed.
        said: what `merge` in `__main__.py` takes besides.

    Returns:
        What they say.

    Raises:
        Refused: it had no such tools.
        SystemExit: they have refused, and have said why.
    """
    words = {"FROM": str(starter.absolute()), "DIR": str(project.folder), "COMMIT": commit, **said}
    pairs = [f"{key}={value}" for key, value in words.items()]
    command = [sys.executable, "-m", "tools.grow", "merge", *pairs]
    with tempfile.TemporaryDirectory(prefix="starter-") as spare:
        here = ROOT
        if Project(ROOT).origin is not None:
            here = Path(spare)
            if not git.has(starter, f"{commit}:{HERE}"):
                raise Refused(
                    f"The starter has no tools for that at {commit[:12]}; run it in a newer starter"
                    f" with DIR={project.folder}."
                )
            git.export(starter, commit, here)
        done = subprocess.run(command, cwd=here, text=True, stdout=subprocess.PIPE)
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout
