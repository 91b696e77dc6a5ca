"""Any value at any place in the model of a new project: loading and validating report what is wrong, and never raise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archgen.diagnostics.machine_report import FORMATS, Report
from archgen.diagnostics.report import MOST, capped, render
from archgen.pipeline import check, load
from conftest import MINIMAL, ROOT, archgen

NEW = (ROOT / "templates/init/aws/architecture.yaml").read_text(encoding="utf-8")
WORDS = ["", "aws", "prod", "in", "when", "assumed", "kind", "database", "postgresql", "prod & growth", "\\1", "a\\x", "\\g<0>",
         "{component}", "%s", "1.30", "[a-z", "(", "x" * 300, "…", "é"]  # fmt: skip

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.sampled_from(WORDS),
    st.text(max_size=12),
)
keys = st.one_of(st.sampled_from(WORDS), st.text(min_size=1, max_size=8))
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every path in a value, including the empty one."""
    found = [path]
    for key, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += places(child, (*path, key))
    return found


PLACES = places(yaml.safe_load(NEW))[1:]


def changed(path: tuple[str | int, ...], how: str, key: str, value: Any) -> str:
    """The text of the model with a value at a path, which replaces the old one or is added."""
    model = yaml.safe_load(NEW)
    holder = model
    for step in path[:-1]:
        holder = holder[step]
    if how == "replace":
        holder[path[-1]] = value
    elif how == "key" and isinstance(holder, dict):
        holder[key] = holder.pop(path[-1])
    elif isinstance(holder, dict):
        holder[key] = value
    else:
        holder.append(value)
    return str(yaml.safe_dump(model, allow_unicode=True, sort_keys=False))


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PLACES), st.sampled_from(["replace", "replace", "add", "key"]), keys, values)
def test_any_value_at_any_place_is_read_or_diagnosed(
    tmp_path: Path, path: tuple[str | int, ...], how: str, key: str, value: Any
) -> None:
    model = tmp_path / "architecture.yaml"
    model.write_text(changed(path, how, key, value), encoding="utf-8")
    loaded = load(model)
    found = check(loaded.project, "2026-11-25").findings if loaded.project else loaded.diagnostics
    assert loaded.project or found
    for problem in found:
        assert problem.span or problem.subject, problem
    render(found, loaded.files.lines)


def said(model: Path, text: str) -> list[tuple[str, str, str]]:
    model.write_text(text, encoding="utf-8")
    return [(d.code, d.message, d.help) for d in load(model).diagnostics]


@pytest.mark.parametrize("key", [r"a\x", r"\1", r"\g<0>", r"a\\"])
def test_a_key_is_text_whatever_regular_expressions_make_of_it(tmp_path: Path, key: str) -> None:
    text = f"{MINIMAL}glossary: {{{json.dumps(key)}: ''}}\n"
    assert said(tmp_path / "architecture.yaml", text) == [("ARC-M005", f"`{key}` must not be empty", "")]


@pytest.mark.parametrize("assumed", ["[[name]]", "[{a: 1}]", "[7]", "[true]"])
def test_assumed_lists_keys_only(tmp_path: Path, assumed: str) -> None:
    text = MINIMAL.replace("name: Live\n", f"name: Live\n    assumed: {assumed}\n")
    found = said(tmp_path / "architecture.yaml", text)
    assert found == [("ARC-M004", "an item of `assumed` must be a key", "list keys, such as assumed: [size]")]


@pytest.mark.parametrize("kinds", ["[[cache]]", "[{a: 1}]", "[7]"])
def test_kinds_of_a_product_are_ids_only(tmp_path: Path, kinds: str) -> None:
    product = "{name: X, short: X, definition: X, documentation: 'https://x.example', tile: X}"
    text = f"{MINIMAL}products: {{own: {product[:-1]}, kinds: {kinds}}}}}\n"
    assert [code for code, _message, _help in said(tmp_path / "architecture.yaml", text)] == ["ARC-M004"]


@pytest.mark.parametrize("version", ["1.30", "3.10", "17", "+1.0", "-0"])
def test_the_help_repeats_a_number_as_written_in_the_file(tmp_path: Path, version: str) -> None:
    text = MINIMAL.replace('engine_version: "17"', f"engine_version: {version}")
    ((code, message, help_),) = said(tmp_path / "architecture.yaml", text)
    assert (code, message) == ("ARC-M004", f"`engine_version` must be text, not `{version}`")
    assert help_ == f'put it in quotes: "{version}"'


def flood(root: Path, number: int) -> Path:
    model = root / "architecture.yaml"
    model.write_text(MINIMAL + "".join(f"{n}: yes\n" for n in range(number)), encoding="utf-8")
    return model


@pytest.mark.slow
def test_many_problems_of_one_kind_are_counted_not_listed(tmp_path: Path) -> None:
    flood(tmp_path, 1000)
    result = archgen("validate", cwd=tmp_path)
    assert result.code == 2
    assert result.err.count("error[ARC-Y007]") == MOST
    assert f"and {2000 - MOST:,} more of ARC-Y007" in result.err
    assert "2000 errors" in result.err
    lines = archgen("validate", "--format", "github", cwd=tmp_path).out.splitlines()
    assert len(lines) == MOST + 1
    assert lines[-1] == f"::notice title=ARC-Y007::and {2000 - MOST:,} more of ARC-Y007"
    assert len(json.loads(archgen("validate", "--format", "json", cwd=tmp_path).out)["diagnostics"]) == 2000


def test_what_is_few_is_shown_whole(tmp_path: Path) -> None:
    found = load(flood(tmp_path, MOST // 2)).diagnostics
    assert capped(found) == (found, {})
    assert "more of" not in render(found, {})
    assert "more of" not in FORMATS["github"](Report(found))


@pytest.mark.parametrize(
    "text",
    [
        f"name: {'1:' * 50_000}1\n",
        f"name: {'0' * 60_000}1\n",
        f'glossary: {{"{"k" * 60_000}": 5}}\n',
        f"{'k' * 1000}: 1\n{'k' * 1000}: 1\n",
        f"phases: {{{'k' * 900}: {{name: X}}}}\n",
        f"environments: {{live: {{name: Live, phase: {'x' * 60_000}, aws: {{account: main, cidr: 10.0.0.0/16}}}}}}\n",
        f"include: [{'x' * 5_000}]\n",
        f"name: [{' '.join(['word'] * 5_000)}]\n",
        f"name: !{'t' * 900} x\n",
    ],
    ids=lambda text: text[:12],
)
def test_no_message_prints_a_long_value_completely(tmp_path: Path, text: str) -> None:
    model = tmp_path / "architecture.yaml"
    key = text.partition(":")[0]
    model.write_text("".join(line for line in MINIMAL.splitlines(True) if not line.startswith(f"{key}:")) + text)
    loaded = load(model)
    assert loaded.diagnostics
    said = render(loaded.diagnostics, loaded.files.lines)
    assert max(map(len, said.splitlines())) < 1200, max(said.splitlines(), key=len)[:300]
