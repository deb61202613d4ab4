"""The pytest plugin for tests in a browser, of this product and of yours (docs/testing.md).

A `conftest.py` says `pytest_plugins = ["minimaluser.testing.plugin"]`. `-p` would not do:
it builds on pytest-playwright, which has to be there before. Against a site that runs it needs only
that and `requests`; a site of its own, which it starts when it is given none, needs all of `.venv`.
"""

pytest_plugins = [
    f"minimaluser.testing.browser.{name}"
    for name in ("runs", "browsers", "sites", "fixtures", "report")
]
