"""Conditions that Python computes have the same answers as those that Jinja renders."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest

from archgen.runbooks.stated import read_steps
from archgen.system.kept import Kept
from archgen.templating import conditions
from archgen.templating.conditions import condition_holds
from archgen.templating.render import TemplateFailure, Templates
from conftest import ROOT

FACTS: dict[str, Any] = {
    "domains": ("example.com",),
    "stack": None,
    "number": 3,
    "component": SimpleNamespace(product="rds", scaling=None, products=["a", "b"], items_of={"x": 1}),
    "table": {"key": "value", "items": "hidden by the method of the same name"},
    "has": lambda kind: kind in ("cache", "cdn"),
}
ALIKE = [
    "domains", "not domains", "stack", "stack is none", "stack is not none", "has('cache')", 'has("queue") or has("cdn")',
    "component.product == 'rds'", "component.product in ('rds', 'aurora')", "component.scaling in [none, 'x']", "'b' in component.products",
    "'c' not in component.products", "not (has('cache') and component.scaling)", "number > 2 and number <= 3", "1 < number < 3",
    "table.key == 'value'", "table['key'] == 'value'", "component['product']", "component.products[1] == 'b'", "table.items",
    "true", "not false", "none", "has(kind='cache')", "component.items_of.x", "1 == 1.0 or 1", "component.missing", "table.missing",
]  # fmt: skip


def rendered(condition: str) -> bool:
    template = jinja2.Environment(undefined=jinja2.Undefined).from_string(f"{{{{ 'yes' if ({condition}) else '' }}}}")
    return template.render(**FACTS) == "yes"


@pytest.mark.parametrize("condition", ALIKE)
def test_what_python_computes_is_what_jinja_says(condition: str) -> None:
    known = condition_holds(condition, jinja2.Environment(), FACTS)
    assert known is rendered(condition) or known is None


def test_most_of_them_are_computed() -> None:
    computed = [c for c in ALIKE if condition_holds(c, jinja2.Environment(), FACTS) is not None]
    assert len(computed) >= len(ALIKE) - 2  # a number with a fraction is Jinja's, for example


@pytest.mark.parametrize(
    "condition",
    [
        *("stack is defined", "domains | length > 0", "number is even", "a ~ b", "{'a': 1}", "number + 1", "stack is number"),
        *("missing", "missing.key", "has()", "number.real.x.y", "1 +", "", "'a\\n'", "number # comment", "lambda: 1", "(yes := 1)"),
        *("__builtins__", "__import__('os')", "_attribute_of", "[c for c in domains]", "f'{number}'", "*domains"),
    ],
)  # fmt: skip
def test_everything_else_is_left_to_jinja(condition: str) -> None:
    strict = jinja2.Environment(undefined=jinja2.StrictUndefined)
    assert condition_holds(condition, strict, FACTS) is None


def test_python_has_no_builtins_and_no_other_names() -> None:
    for name in ("open", "len", "print", "exec", "environment"):
        assert condition_holds(name, jinja2.Environment(), FACTS) is None


def test_conditions_of_packaged_runbooks_need_no_compiling() -> None:
    """Compiling conditions took a quarter of `archgen validate`."""
    templates = Templates(ROOT / "templates")
    left = []
    for name in templates.names("runbooks"):
        if name.endswith(".yaml") and not name.endswith("/runbook.yaml"):
            stated = read_steps(templates, name).stated.steps.values()
            left += [step.if_ for step in stated if step.if_ and conditions._compiled(step.if_) is None]
    assert len(left) <= 5, left


def test_a_failing_condition_names_its_line() -> None:
    templates = Templates(ROOT / "templates")
    assert templates.holds("runbooks/x.yaml", "missing.key", here=None) is None
    with pytest.raises(TemplateFailure) as failure:
        templates.render_text("pages/home.md", "{{ 'yes' if (missing.key) else '' }}", lambda: 6)
    assert failure.value.diagnostic.span
    assert failure.value.diagnostic.span.line == 7


def test_the_code_of_a_condition_is_kept_and_so_is_that_jinja_has_to_compute_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    compiled: list[str] = []
    compile_ = conditions._compiled.__wrapped__
    monkeypatch.setattr(conditions, "_compiled", lambda text: compiled.append(text) or compile_(text))
    for _run in range(2):
        monkeypatch.setattr(conditions, "CODE", Kept(tmp_path / "code"))
        conditions._kept.cache_clear()
        assert condition_holds("number > 2", jinja2.Environment(), FACTS, keep=True) is True
        assert condition_holds("stack is defined", jinja2.Environment(), FACTS, keep=True) is None
        conditions.CODE.save()
    assert compiled == ["number > 2", "stack is defined"]
