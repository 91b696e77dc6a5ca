"""Expressions compute what they should, and can do nothing else, whatever a model contains."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgen.expressions import values
from archgen.expressions.evaluate import evaluate
from archgen.expressions.operations import FILTERS, METHODS, TESTS
from archgen.expressions.values import ExpressionError, plain
from archgen.pipeline import Project, check, load
from archgen.terraform.facts import FUNCTIONS
from archgen.terraform.own_stacks import named_facts
from conftest import MINIMAL, ROOT, archgen

COMPUTED = [
    ("[a + 1, b, none, 'x' ~ a]", [2, True, None, "x1"]),
    ("a if b else missing", 1),
    ("not b or a == 1 and 2 > a >= 1", True),
    ("'y' in t and 'q' not in t", True),
    ("2 * 3 - 7 // 2 + 7 % 4 - 2 ** 3 / 4", 4.0),
    ("-a + (+a)", 0),
    ("n[1:] + n[:1]", [5, 3]),
    ("n[0] + n[-1]", 8),
    ("m.k.x ~ m['k']['x']", "vv"),
    ("{'a': [a], 'm': m.k}", {"a": [1], "m": {"x": "v"}}),
    ("n | sum + (n | length)", 10),
    ("n | sort(reverse=true) | first", 5),
    ("[3, 1, 3] | unique | map('string') | join('-')", "3-1"),
    ("[m.k] | map(attribute='x') | list", ["v"]),
    ("t | upper | replace('Y', 'z') | trim", "XzZ"),
    ("'4' | int + ('1.5' | float) + (2.6 | round)", 8.5),
    ("[1.25 | round(1), -2 | abs, n | min, n | max, n | last]", [1.2, 2, 3, 5, 5]),
    ("[m.k] | tojson", '[{"x": "v"}]'),
    ("m.z | default('none there')", "none there"),
    ("nothing | default(7)", 7),
    ("[m.k is defined, m.z is defined, m is defined]", [True, False, True]),
    ("[none is none, a is number, t is string, b is true, b is false]", [True, True, True, True, False]),
    ("t.split('y')", ["x", "z"]),
    ("[t.startswith('x'), t.endswith('x'), t.removeprefix('x'), t.removesuffix('z')]", [True, False, "yz", "xy"]),
    ("[m.k.items(), m.k.keys(), m.k.values(), m.get('q', 1), m.get('q')]", [[["x", "v"]], ["x"], ["v"], 1, None]),
    ("double(a) ~ t.replace('y', '')", "2xz"),
]
FACTS: dict[str, Any] = {
    "a": 1,
    "b": True,
    "t": "xyz",
    "n": (3, 5),
    "m": {"k": {"x": "v"}},
    "double": lambda number: number * 2,
}


@pytest.mark.parametrize(("expression", "value"), COMPUTED)
def test_what_is_computed(expression: str, value: object) -> None:
    assert plain(evaluate(expression, FACTS)) == value


def test_every_filter_test_and_method_is_computed_above() -> None:
    written = " ".join(expression for expression, _value in COMPUTED)
    assert [name for name in FILTERS if f"| {name}" not in written] == ["lower", "string"]
    assert plain(evaluate("[n | list, 'X' | lower, a | string]", FACTS)) == [[3, 5], "x", "1"]
    assert all(f"is {name}" in written for name in TESTS)
    assert all(f".{name}(" in written for methods in METHODS.values() for name in methods)


# Known escapes from Jinja's plain environment and from its sandbox, and ways to use up time and memory.
ATTACKS = [
    "lipsum.__globals__['os'].popen('touch pwned').read()",
    "cycler.__init__.__globals__.os.popen('touch pwned').read()",
    "joiner.__init__.__globals__.os.system('touch pwned')",
    "namespace.__init__.__globals__",
    "lipsum.__globals__['sys'].exit(0)",
    "''.__class__.__mro__[1].__subclasses__()",
    "''['__class__']",
    "t | attr('__class__')",
    "t | map(attribute='__class__') | list",
    "[t] | map('attr', '__class__') | list",
    "[components] | map(attribute='__class__') | list",
    "double.__globals__",
    "double['__globals__']",
    "identifier.__self__",
    "components.database.model_config",
    "components.database.__dict__",
    "components.database.model_dump()",
    "components.database.model_dump",
    "components.database.copy(update={'x': 1})",
    "document.model_fields_set",
    "document.__class__.__init__.__globals__",
    "identifier(identifier)",
    "'%s' % t",
    "'%999999999d' % a",
    "'{0.__class__}'.format(t)",
    "'{0.__class__}' | format(t)",
    "t.encode('utf-8')",
    "t.join",
    "self",
    "self.__init__",
    "range(100000000)",
    "dict(a=1)",
    "caller()",
    "'a' * 1000000000",
    "[0] * 1000000000",
    "9 ** 9 ** 9",
    "2 ** 100000",
    "2.0 ** 5000",
    "1e308 * 10",
    "1e999",
    "-1 ** 0.5 * 9223372036854775807",
    "(0 - 1) ** 0.5",
    "1 / 0",
    "1 % 0",
    "1 | round(-1000000000)",
    "9223372036854775807 | round(999999999)",
    "9223372036854775807 + 1",
    "'" + "a" * 300 + "'.replace('', '" + "b" * 900 + "').replace('', '" + "c" * 400 + "')",
    "[" * 300 + "]" * 300,
    "(" * 900 + "1" + ")" * 900,
    "not " * 400 + "a",
    "-" * 1000 + "1",
    "+".join("1" for _ in range(400)),
    "a" * 5000,
    "9" * 1900,
    "t | map('map') | list",
    "first()",
    "a()",
    "t[0]()",
    "double(*n)",
    "double(number=a)",
    "double()",
    "host(7)",
    "host('x\ny')",
    "seconds('x' ~ t)",
    "called('postgresql')",
    "caller_roles(components)",
    "identifier('nobody')",
    "identifier(7)",
    "range_of('nowhere')",
    "n[9]",
    "n[{}]",
    "{n: 1}",
    "{[]: 1}",
    "{1: 2}",
    "m.items",
    "a if false",
    "a if",
    "1 +",
    "{{ a }}",
    "a }} {% raw %}",
    "a; import os",
    "a b",
    "%",
    "'\\",
    "'\\N{nope}'",
    "",
    " ",
    "\x00",
    "missing",
    "a.b",
    "t.x",
    "double",
    "components",
    "components.database",
    "loop",
    "a is sameas(a)",
    "a is filter",
    "x is callable",
    "t | nofilter",
    "t | safe",
    "t | pprint",
    "t | xmlattr",
    "t | batch(1)",
    "n | random",
    "n | groupby('x')",
]


@pytest.fixture(scope="module")
def facts(reference: Project) -> dict[str, Any]:
    return named_facts(reference.resolved.default) | FACTS


@pytest.mark.parametrize("expression", ATTACKS, ids=lambda text: text[:40])
def test_what_is_refused(
    expression: str, facts: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    started = time.process_time()
    with pytest.raises(ExpressionError) as caught:
        plain(evaluate(expression, facts))
    assert 5 < len(str(caught.value)) < 1500  # all functions may be listed
    assert time.process_time() - started < 1
    assert not any(tmp_path.iterdir())


def test_limits_end_evaluations_that_take_too_long() -> None:
    many = {"many": [str(number) for number in range(9_000)]}
    with pytest.raises(ExpressionError, match="steps"):
        evaluate(" ~ ".join("(many | unique | length)" for _ in range(45)), {"many": many["many"]})
    with pytest.raises(ExpressionError, match="characters"):
        evaluate("(many | join('....................'))", many)
    shared = "many"
    with pytest.raises(ExpressionError, match="larger than"):
        plain(evaluate(f"[{', '.join([shared] * 20)}]", many))


# The attributes of Python objects must not matter: only settings and properties that archgen defines can be reached.
@given(
    st.sampled_from(["document", "network", "organization", "components.database", "components", "t", "n", "a"]),
    st.data(),
)
def test_no_attribute_of_python_can_be_reached(reference: Project, of: str, data: st.DataObject) -> None:
    known = named_facts(reference.resolved.default) | FACTS
    names = sorted(
        {name for value in (evaluate(of, known), "", 1, [], {}) for name in dir(value) if name.startswith("_")}
    )
    name = data.draw(st.sampled_from(names))
    for form in (f"{of}.{name}", f"{of}['{name}']", f"[{of}] | map(attribute='{name}') | list"):
        with pytest.raises(ExpressionError):
            evaluate(form, known)


WORDS = ["a", "b", "t", "n", "m", "double", "components", "document", "identifier", "1", "2.5", "'x'", "none", "true"]
OPERATORS = [*"+-*/%~", "**", "//", "==", "<", "in", "not in", "and", "or", "if", "else", "is", "|", ".", ",", ":"]
TOKENS = [
    *WORDS,
    *OPERATORS,
    *"()[]{}",
    *FILTERS,
    *TESTS,
    *FUNCTIONS,
    "__class__",
    "items()",
    "not",
    "\n",
    "{{",
    "%}",
    "§",
]


@given(st.lists(st.sampled_from(TOKENS), max_size=14).map(" ".join) | st.text(max_size=60))
def test_any_text_is_a_value_or_an_error_of_the_expression(reference: Project, expression: str) -> None:
    known = named_facts(reference.resolved.default) | FACTS
    with contextlib.suppress(ExpressionError):
        plain(evaluate(expression, known))


def test_every_function_among_the_facts_says_what_it_takes(reference: Project) -> None:
    known = named_facts(reference.resolved.default)
    functions = {name for name, value in known.items() if callable(value)}
    assert functions - {"identifier"} <= set(FUNCTIONS)
    for name in functions:
        for wrong in (*(((),) if FUNCTIONS.get(name) != () else ()), (None,), (object(), object())):
            with pytest.raises((TypeError, ExpressionError)):
                known[name](*wrong)


def test_the_guide_lists_what_may_be_written() -> None:
    guide = (ROOT / "docs/guide/terraform.md").read_text(encoding="utf-8")
    for name in (*FILTERS, "default", *TESTS, "defined", *(m for each in METHODS.values() for m in each)):
        assert f"`{name}`" in guide, name
    for limit in (values.MAX_LENGTH, values.MAX_DEPTH, values.MAX_STEPS):
        assert f"{limit:,}" in guide


STACK = """\
terraform:
  stacks:
    99-own:
      purpose: Our own.
      directory: own/{cloud}
      inputs:
        first: {expression: "lipsum.__globals__['os'].popen('touch pwned; id').read()"}
        second: {expression: "cycler.__init__.__globals__.os.popen('touch pwned').read()"}
        third: {expression: "1/0"}
        fourth: {expression: "2.0**5000"}
        fifth: {expression: "lipsum.__globals__['sys'].exit(0)"}
        sixth: {expression: "region"}
"""


@pytest.mark.slow
@pytest.mark.parametrize("command", [("validate",), ("build",), ("build", "--check"), ("build", "--no-site")])
def test_a_model_cannot_run_code(minimal: Path, command: tuple[str, ...]) -> None:
    model = minimal / "architecture.yaml"
    model.write_text(MINIMAL + STACK)
    result = archgen(*command, cwd=minimal)
    assert result.code == 1
    assert "uid=" not in result.out + result.err
    assert not list(minimal.rglob("pwned"))
    assert not (minimal / "own").exists()
    first = len(MINIMAL.splitlines()) + STACK.splitlines().index("      inputs:") + 2
    found = [line for line in result.err.splitlines() if "error[ARC-F004]" in line]
    assert [line.split(":")[1] for line in found] == [str(first + n) for n in range(5)]


def test_an_expression_that_fails_in_one_environment_names_it(minimal: Path) -> None:
    model = minimal / "architecture.yaml"
    text = MINIMAL.replace(
        "components:\n", "  test: {name: Test, aws: {account: main, cidr: 10.1.0.0/16}}\ncomponents:\n", 1
    ).replace("  visitors:\n", "  visitors:\n    in: live\n", 1)
    model.write_text(
        text + STACK[: STACK.index("        first:")] + "        v: {expression: components.visitors.title}\n"
    )
    project = load(model).project
    assert project
    found = [d for d in check(project).findings if d.code == "ARC-F004"]
    assert [d.where for d in found] == [("aws, test",)]
