"""Contracts between the parts: who may import whom, and what a partial is given."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest
from importlinter import cli
from jinja2 import Environment, meta, nodes
from jinja2.defaults import DEFAULT_NAMESPACE

from minimaluser import create_app
from minimaluser.lib import kept
from minimaluser.parts import PARTS

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "templates"
OF_THE_CLUB = ROOT / "tests" / "club" / "templates"
NAME = re.compile(r"\w+")
PARAMS = re.compile(r"{# (?:kept; )?params: (.*?) ?#}")

Call = tuple[str, str, set[str]]  # where, which partial, with which arguments


@pytest.fixture(scope="module")
def jinja(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    app = create_app({"INSTANCE_PATH": str(tmp_path_factory.mktemp("instance"))})
    context: dict[str, object] = {}
    with app.test_request_context():
        app.update_template_context(context)
    app.jinja_env.globals.update(context)
    return app.jinja_env


def source(template: str) -> str:
    found = TEMPLATES / template
    return (found if found.exists() else OF_THE_CLUB / template).read_text()


def params_of(partial: str) -> set[str]:
    """What line 1 of the partial declares."""
    first = source(partial).split("\n", 1)[0]
    found = PARAMS.fullmatch(first.rstrip())
    like = "{# params: user, form #} or {# kept; params: name #}"
    assert found, f"{partial}: line 1 must be like {like}, it is {first!r}"
    return {name for name in re.split(r",\s*", found[1]) if name}


def partials() -> list[str]:
    found = TEMPLATES.glob("partials/**/*.html")
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in found)


def calls_in_templates(jinja: Environment) -> Iterator[Call]:
    """Every `render_partial(…)` of every template."""
    for name in jinja.list_templates():
        for call in jinja.parse(source(name)).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "render_partial":
                where = f"{name}:{call.lineno}"
                assert isinstance(call.args[0], nodes.Const), f"{where}: a partial's name is plain"
                assert call.dyn_kwargs is None, f"{where}: ** hides what the partial is given"
                yield where, call.args[0].value, {each.key for each in call.kwargs}


def calls_in_python() -> Iterator[Call]:
    """Every `htmx.render(…)`, `htmx.done(…)` and `render_partial(…)` without `**`."""
    for path in sorted((ROOT / "minimaluser").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call) or any(each.arg is None for each in call.keywords):
                continue
            constants = [each.value for each in call.args if isinstance(each, ast.Constant)]
            given = {str(each.arg) for each in call.keywords}
            where = f"{path.relative_to(ROOT)}:{call.lineno}"
            match ast.unparse(call.func).removeprefix("htmx."), call.args, constants:
                case "render", _, [_, str(part), *_]:
                    yield where, f"partials/{part}.html", given - {"around", "status"}
                case "done", [_, ast.Constant(value=str(part)), *_], _:
                    yield where, f"partials/{part}.html", given - {"beside"}
                case "render_partial", _, [str(part), *_]:
                    yield where, part, given


def test_the_walks_see_calls(jinja: Environment) -> None:
    assert len(list(calls_in_templates(jinja))) > 10
    assert len(list(calls_in_python())) > 5


def test_imports_keep_the_contracts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(cli.logging_config, "dictConfig", lambda _: None)  # mutes all other loggers
    assert cli.lint_imports(config_filename="pyproject.toml", no_cache=True) == 0


def test_no_module_imports_a_part_and_all_others_have_their_line() -> None:
    """Parts may import everything below the app; the contract of the layers does not name them."""
    graph = grimp.build_graph("minimaluser", cache_dir=None)
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    lines = {each for line in contracts["contracts"][0]["layers"] for each in NAME.findall(line)}
    modules = graph.find_children("minimaluser")
    those = {f"minimaluser.{name}" for name in lines}
    of_parts = modules & {*PARTS} - those
    assert modules == those | of_parts
    for part in of_parts:
        inside = {part, *graph.find_descendants(part)}
        users = {user for one in inside for user in graph.find_modules_that_directly_import(one)}
        assert users - inside == set()
        used = {used for one in inside for used in graph.find_modules_directly_imported_by(one)}
        assert not used & {"minimaluser.app", "minimaluser.outbox.worker"}


def test_every_template_compiles(jinja: Environment) -> None:
    assert len(jinja.list_templates()) > 10
    for name in jinja.list_templates():
        jinja.get_template(name)


@pytest.mark.parametrize("partial", partials())
def test_a_partial_uses_exactly_its_params(jinja: Environment, partial: str) -> None:
    used = meta.find_undeclared_variables(jinja.parse(source(partial)))
    is_kept = source(partial).startswith(kept.FIRST_WORD)
    known = kept.NAMES | {*DEFAULT_NAMESPACE} if is_kept else {*jinja.globals}
    assert used - known == params_of(partial), "take `kept` out of line 1?" if is_kept else ""


def test_no_param_hides_a_global(jinja: Environment) -> None:
    assert {
        each: both for each in partials() if (both := params_of(each) & set(jinja.globals))
    } == {}


def test_a_partial_is_given_exactly_its_params(jinja: Environment) -> None:
    wrong = [
        f"{where} gives {partial}: {sorted(given)}, it declares {sorted(params_of(partial))}"
        for where, partial, given in [*calls_in_templates(jinja), *calls_in_python()]
        if given != params_of(partial)
    ]
    assert wrong == []
