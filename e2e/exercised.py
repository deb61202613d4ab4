"""What the browsers have done of the map of the account life (`docs/flow.toml`)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from flask import Flask, Response, request

from tests.flow import flow

VARIABLE = "EXERCISED_IN"  # names the file in which all sites of a run write what was posted
REFUSED = 422


def watch(app: Flask) -> None:
    """Have an app write down each form that is sent to it, and how it was answered."""

    def note(answer: Response) -> Response:
        if request.method == "POST" and VARIABLE in os.environ:
            with Path(os.environ[VARIABLE]).open("a", encoding="utf-8") as file:
                file.write(f"{request.endpoint} {answer.status_code}\n")
        return answer

    app.after_request(note)


class Exercised:
    """A plugin of pytest: it names what no browser has done; that is red if all tests ran."""

    def __init__(self) -> None:
        handle, name = tempfile.mkstemp(prefix="exercised-")
        os.close(handle)
        self.file = Path(name)
        os.environ[VARIABLE] = name  # the workers and the sites that they start inherit it

    def missing(self) -> list[str]:
        """Return what was never done, or never refused."""
        pairs = [line.split() for line in self.file.read_text(encoding="utf-8").splitlines()]
        done = {view for view, status in pairs if int(status) < 400}
        refused = {view for view, status in pairs if int(status) == REFUSED}
        actions = flow().actions
        return [action.name for action in actions if action.view not in done] + [
            f"{action.name}, refused"
            for action in actions
            if action.errors and action.view not in refused
        ]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run of all tests that has left something out."""
        if self._is_everything(session.config) and self.missing():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> None:
        """Say what was left out."""
        if self._is_everything(config):
            missing = "; ".join(self.missing())
            terminalreporter.write_line(
                f"Actions of the account life that no browser has done: {missing or 'none'}"
            )
        self.file.unlink()

    def _is_everything(self, config: pytest.Config) -> bool:
        chosen = config.option.keyword or config.option.markexpr
        return config.args == ["e2e"] and not chosen
