"""A plugin of pytest: one page that shows each failure, `index.html` in the `--output` folder."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Generator
from html import escape
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page

from minimaluser.testing.browser.runs import TURN

KEPT = "kept"  # the property of a report that names the folder of its test
# To the same run again.
PASSED_ON = ("base_url", "site_secret", "mails", "cpu", "scheme", "run_on", "language")
USUAL = (1, "desktop", "en")
STYLE = """body { font: 1rem/1.4 system-ui, sans-serif; margin: 2rem; color-scheme: light dark }
article { border-top: 1px solid; padding: 1rem 0; display: grid; grid-template-columns: 1fr 1fr;
  gap: 0 2rem } h2, p { grid-column: 1 / 3; margin: 0 0 .5rem; font-size: 1.1rem }
img { max-width: 100%; border: 1px solid } pre { white-space: pre-wrap; overflow-wrap: anywhere }"""
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{style}</style></head>
<body><main><h1>{title}</h1>
{articles}
</main></body></html>
"""
ARTICLE = """<article><h2>{name}</h2>
<p>Again: <code>{again}</code>{trace}</p>
<div>{pictures}{pages}</div>
<div><pre><strong>{message}</strong></pre>
<details><summary>The way there</summary><pre>{error}</pre></details></div></article>"""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep the pages of a test that has failed, beside its picture and its trace."""
    report = yield
    given: dict[str, Any] = getattr(item, "funcargs", None) or {}
    if report.failed and "output_path" in given:
        folder = Path(given["output_path"])
        report.user_properties.append((KEPT, str(folder)))
        if report.when == "call" and "watch" in given:
            for number, page in enumerate(given["watch"].pages(), 1):
                _keep(page, folder, f"page-{number}")
    return report


def _keep(page: Page, folder: Path, name: str) -> None:
    """Keep a page as it is, and what a screen reader finds in it."""
    try:
        html = f"<!-- {page.url} -->\n{page.content()}"
        seen = f"{page.url}\n{page.locator('body').aria_snapshot(timeout=1000)}"
    except Error as error:  # it was left or closed at this moment
        html = seen = str(error)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.html").write_text(html, encoding="utf-8")
    (folder / f"{name}.txt").write_text(seen, encoding="utf-8")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Write the page, and say where it is."""
    reports = [
        report
        for outcome in ("failed", "error")
        for report in terminalreporter.stats.get(outcome, [])
        if isinstance(report, pytest.TestReport)
    ]
    folder = Path(config.getoption("--output")).absolute()
    if not reports or not folder.name:
        return
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "index.html"
    file.write_text(page_of(reports, folder, config), encoding="utf-8")
    terminalreporter.write_line(f"The failures with their pictures: {os.path.relpath(file)}")


def page_of(reports: list[pytest.TestReport], folder: Path, config: pytest.Config) -> str:
    """Return the page about reports of failures; what it shows lies in the folder."""
    articles = "\n".join(_article(report, folder, config) for report in reports)
    title = f"{len(reports)} failure{'s' * (len(reports) > 1)}"
    return PAGE.format(title=title, style=STYLE, articles=articles)


def again(nodeid: str, config: pytest.Config) -> str:
    """Return the command that runs a test once more, in the same way."""
    name = TURN.sub("", nodeid).removesuffix("[]")
    words = [os.path.relpath(sys.executable), "-m", "pytest", name]
    for browser in config.getoption("--browser"):
        words += ["--browser", browser]
    for option in PASSED_ON:
        value = config.getoption(option)
        if value not in (None, "", *USUAL):
            words += [f"--{option.replace('_', '-')}", str(value)]
    return shlex.join(words)


def _article(report: pytest.TestReport, folder: Path, config: pytest.Config) -> str:
    kept = next((Path(str(value)) for name, value in report.user_properties if name == KEPT), None)
    files = sorted(kept.iterdir()) if kept is not None and kept.is_dir() else []
    links = {file: escape(os.path.relpath(file, folder)) for file in files}
    trace = "".join(
        f'<br>Trace: <a href="{link}">{link}</a>, <code>{escape(_show(file))}</code>'
        for file, link in links.items()
        if file.suffix == ".zip"
    )
    pictures = "".join(
        f'<a href="{link}"><img src="{link}" alt="The page when it failed"></a>'
        for file, link in links.items()
        if file.suffix == ".png"
    )
    pages = "".join(
        f"<details open><summary>{link}</summary>"
        f"<pre>{escape(file.read_text(encoding='utf-8'))}</pre></details>"
        for file, link in links.items()
        if file.suffix == ".txt"
    )
    return ARTICLE.format(
        name=escape(f"{report.nodeid} ({report.when})"),
        again=escape(again(report.nodeid, config)),
        trace=trace,
        pictures=pictures,
        message=escape(_message(report)),
        error=escape(report.longreprtext),
        pages=pages,
    )


def _message(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash else report.longreprtext.strip().rpartition("\n")[2])


def _show(trace: Path) -> str:
    words = [os.path.relpath(sys.executable), "-m", "playwright", "show-trace"]
    return shlex.join([*words, os.path.relpath(trace)])
