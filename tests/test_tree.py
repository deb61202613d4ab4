"""What may lie in the repository, and what may stand in its files."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST_MODULE = {"minimaluser/": 200, "tests/": 300, "e2e/": 300, "tools/": 300}  # lines

# In pieces, so that this file does not name them either.
REGISTRIES = [
    ".".join(pieces)
    for pieces in (
        ("pypi", "org"), ("python" "hosted", "org"), ("npmjs", "org"), ("npmjs", "com"),
        ("yarnpkg", "com"), ("docker", "io"), ("ghcr", "io"), ("quay", "io"), ("gcr", "io"),
        ("unpkg", "com"), ("jsdelivr", "net"), ("cdnjs", "cloudflare"), ("googleapis", "com"),
    )
]  # fmt: skip
MACHINE_PATH = re.compile(r"(?<![\w./}-])/(?:work|root|Users)/|(?<![\w./}-])/home/\w+/|\.\./shared")
FOREIGN = re.compile(
    r"(^|/)(node_modules|build|dist|vendor|__pycache__|instance)/"
    r"|\.min\.|\.(map|pyc|db|sqlite3?|pem)$|(^|/)(\.env|uv\.lock|pylock\.toml|yarn\.lock)$"
)


def committed(pattern: str = "*") -> list[Path]:
    """The files that are, or would be, in the repository."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    found = [ROOT / name for name in sorted(set(names.split("\0"))) if name]
    return [path for path in found if path.is_file() and path.match(pattern)]


def texts() -> Iterator[tuple[str, str]]:
    """Name and content of every committed text file."""
    for path in committed():
        content = path.read_bytes()
        if b"\0" not in content:
            yield name_of(path), content.decode("utf-8")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_walk_sees_the_files() -> None:
    assert {"Makefile", "pyproject.toml", "tests/test_tree.py"} <= {name for name, _ in texts()}


@pytest.mark.slow
def test_lines_end_in_the_same_way_in_every_checkout(tmp_path: Path) -> None:
    """Shells and images read these files, also those of a checkout on Windows."""
    from tests.copies import copied  # which imports this module

    copy = copied(tmp_path / "here")
    there = tmp_path / "there"
    copy.run("git", "-c", "core.autocrlf=true", "clone", "-q", ".", there)
    for path in committed():
        assert (there / name_of(path)).read_bytes() == path.read_bytes(), path
    copy.run("sh", "-n", there / "deploy" / "release.sh")


@pytest.mark.parametrize("host", REGISTRIES)
def test_no_file_names_a_registry(host: str) -> None:
    assert [name for name, text in texts() if host in text.lower()] == []


def test_no_file_knows_a_machine() -> None:
    assert [
        (name, found[0]) for name, text in texts() if (found := MACHINE_PATH.search(text))
    ] == []


def test_nothing_foreign_or_built_is_committed() -> None:
    assert [name for path in committed() if FOREIGN.search(name := name_of(path))] == []


def test_OP4_lock_files_carry_hashes_and_no_addresses() -> None:
    for path in committed("package-lock.json"):
        lock = path.read_text()
        assert '"resolved"' not in lock, path
        assert lock.count('"integrity"') == len(
            re.findall('^    "node_modules/', lock, re.MULTILINE)
        )
    for path in committed("requirements*.txt"):
        text = path.read_text()
        assert "://" not in text, path.name
        assert not re.search(r"^-", text, re.MULTILINE), f"{path.name}: an option"
        entries = re.split(r"\n(?=\S)", text.strip())
        assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_CS5_htmx_is_pinned_exactly_and_installed_by_its_hash() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())["devDependencies"]["htmx.org"]
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", wanted)
    assert locked["node_modules/htmx.org"]["version"] == wanted
    assert locked["node_modules/htmx.org"]["integrity"].startswith("sha512-")
    for name in ("Makefile", "Dockerfile"):  # `npm ci` insists on the lock, `npm install` does not
        commands = re.findall(r"npm (ci|i|install|add|update)\b", (ROOT / name).read_text())
        assert set(commands) == {"ci"}, name


def test_CS5_no_template_and_no_script_of_ours_has_text_run_as_code() -> None:
    runs = re.compile(r"hx-on\b|[\"'{]\s*js:|hx-trigger=\"[^\"]*\[|\beval\(|new Function\b")
    sources = ("templates/", "static/src/js/")
    files = [(name, text) for name, text in texts() if name.startswith(sources)]
    assert {"templates/base.html", "static/src/js/site.js"} <= {name for name, _ in files}
    assert [(name, bad[0]) for name, text in files for bad in runs.finditer(text)] == []


def test_OP4_the_locks_agree_with_pyproject_and_each_other() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^([a-z0-9.-]+==[^ ]+)", (ROOT / name).read_text(), re.MULTILINE))

    def names(wanted: list[str]) -> set[str]:
        return {re.split(r"[^A-Za-z0-9._-]", each)[0].lower().replace("_", "-") for each in wanted}

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    assert pins("requirements-mailer.txt") <= runtime <= dev
    for wanted, locked in (
        (project["project"]["dependencies"], runtime),
        (project["dependency-groups"]["dev"], dev),
        (project["dependency-groups"]["node"], pins("requirements-node.txt")),
        (project["dependency-groups"]["uv"], pins("requirements-uv.txt")),
        (project["dependency-groups"]["mailer"], pins("requirements-mailer.txt")),
        (project["dependency-groups"]["audit"], pins("requirements-audit.txt")),
        (project["dependency-groups"]["load"], pins("requirements-load.txt")),
    ):
        missing = names(wanted) - {pin.split("==")[0] for pin in locked}
        assert missing == set(), "run `make lock`"


@pytest.mark.parametrize(
    ("package", "least"),
    [
        ("flask", (3, 1, 3)),
        ("werkzeug", (3, 0, 6)),
        ("pyjwt", (2, 12)),  # refuses a `crit` that it does not know
        ("gunicorn", (23,)),
    ],
)
def test_OP4_no_version_with_a_known_hole_is_locked(package: str, least: tuple[int, ...]) -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        pinned = re.findall(rf"^{package}==([\d.]+)", (ROOT / name).read_text(), re.MULTILINE)
        assert len(pinned) == 1, name
        assert tuple(map(int, pinned[0].split("."))) >= least, name


def test_OP4_the_audit_lists_all_packages_and_says_its_date() -> None:
    recipe = (ROOT / "Makefile").read_text().partition("\naudit:")[2].partition("\n\n")[0]
    assert "cyclonedx_py requirements requirements.txt" in recipe
    assert "npm sbom --sbom-format cyclonedx" in recipe
    assert re.search(r"pip-audit --strict .*--require-hashes -r requirements.txt", recipe)
    assert "npm audit" in recipe
    assert "date -u" in recipe


def test_every_mail_has_its_files() -> None:
    folders: dict[str, set[str]] = {}
    for path in committed("templates/email/*/*"):
        folders.setdefault(path.parent.name, set()).add(path.name)
    assert folders
    wanted = {"subject.txt", "body.txt", "body.html", "body.toml"}
    assert {mail: names for mail, names in folders.items() if names != wanted} == {}


@pytest.mark.parametrize("folder", LONGEST_MODULE)
def test_no_module_is_long(folder: str) -> None:
    lengths = {
        name: text.count("\n")
        for name, text in texts()
        if name.startswith(folder) and name.endswith(".py")
    }
    assert lengths
    long = {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE[folder]}
    assert long == {}


def test_make_help_names_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = " ".join(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)).split()
    answer = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    assert [target for target in targets if f"make {target} " not in answer] == []


def test_the_build_server_can_run_its_script() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
