"""Contracts between the parts: who may import whom, and what a partial is given."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter import cli
from jinja2 import Environment, meta, nodes

from minimaluser import create_app

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "templates"
PARAMS = re.compile(r"{# params: (.*?) ?#}")

Call = tuple[str, str, set[str]]  # where, which partial, with which arguments


@pytest.fixture(scope="module")
def jinja(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    app = create_app({"INSTANCE_PATH": str(tmp_path_factory.mktemp("instance"))})
    context: dict[str, object] = {}
    with app.test_request_context():
        app.update_template_context(context)
    app.jinja_env.globals.update(context)
    return app.jinja_env


def params_of(partial: str) -> set[str]:
    """What line 1 of the partial declares."""
    first = (TEMPLATES / partial).read_text().split("\n", 1)[0]
    found = PARAMS.fullmatch(first.rstrip())
    assert found, f"{partial}: line 1 must be like {{# params: user, form #}}, it is {first!r}"
    return {name for name in re.split(r",\s*", found[1]) if name}


def partials() -> list[str]:
    return sorted(f"partials/{path.name}" for path in TEMPLATES.glob("partials/*.html"))


def calls_in_templates(jinja: Environment) -> Iterator[Call]:
    """Every `render_partial(…)` of every template."""
    for name in jinja.list_templates():
        for call in jinja.parse((TEMPLATES / name).read_text()).find_all(nodes.Call):
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
                    yield where, f"partials/{part}.html", given - {"status"}
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


def test_every_template_compiles(jinja: Environment) -> None:
    assert len(jinja.list_templates()) > 10
    for name in jinja.list_templates():
        jinja.get_template(name)


@pytest.mark.parametrize("partial", partials())
def test_a_partial_uses_exactly_its_params(jinja: Environment, partial: str) -> None:
    used = meta.find_undeclared_variables(jinja.parse((TEMPLATES / partial).read_text()))
    assert used - set(jinja.globals) == params_of(partial)


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
