"""docs/guide/compatibility.md: what a format contains stays. `--accept` records what is new; a removed line needs a new version."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archgen.analysis.architecture_json import FORMAT, export
from archgen.commands import shared
from archgen.model.legacy import NEWEST, REWRITES
from archgen.project import load
from conftest import ROOT

DATA = ROOT / "tests/data"
KEYS = DATA / "format_keys.txt"
EXPORT = DATA / "export_types.txt"
BY_ID = {
    "derived.component_regions.*",
    *(f"derived.{key}" for key in ("secondary_ranges", "identifiers", "places", "component_regions", "products")),
}
Accepting = Callable[[Path, set[str]], set[str]]


@pytest.fixture
def recorded(request: pytest.FixtureRequest) -> Accepting:
    """Reads the lines of a file; `--accept` first adds those that are new."""

    def read(path: Path, current: set[str]) -> set[str]:
        lines = set(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else set()
        if request.config.getoption("--accept"):
            lines |= current
            path.write_text("".join(f"{line}\n" for line in sorted(lines)), encoding="utf-8", newline="\n")
        return lines

    return read


def keys_of_the_format() -> Iterator[str]:
    """`Class.key` for all keys of a model, from its JSON Schema."""
    schema = json.loads((ROOT / "schema/architecture.schema.json").read_text(encoding="utf-8"))
    yield from (f"model.{key}" for key in schema["properties"])
    for name, definition in schema["$defs"].items():
        if "." not in name:
            yield from (f"{name}.{key}" for key in definition.get("properties", {}))


def types_in(value: Any, path: str = "") -> Iterator[str]:
    """`path type` for all keys of an export. `*` is an ID of the model or an item of a list."""
    if isinstance(value, dict):
        yield f"{path} object"
        for key, child in value.items():
            name = "*" if path in BY_ID else key
            yield from types_in(child, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        yield f"{path} list"
        for child in value:
            yield from types_in(child, f"{path}.*")
    elif value is not None:
        yield f"{path} {type(value).__name__}"


def types_of_the_export() -> set[str]:
    """The types of what archgen derives, over models that have all of it, and of the other keys at the top."""
    types: set[str] = set()
    for name in ("shop", "presence", "two-regions", "three-clouds", "event-shop", "grpc-shop"):
        project = load(DATA / f"models/{name}.yaml").project
        assert project
        for architecture in project.resolved.architectures.values():
            data = export(architecture)
            types |= set(types_in({**data, "model": {}}))
    return types


def test_no_key_of_the_format_is_removed(recorded: Accepting) -> None:
    current = set(keys_of_the_format())
    assert recorded(KEYS, current) - current == set()


def test_no_key_of_the_export_is_removed_or_changes_its_type(recorded: Accepting) -> None:
    current = types_of_the_export()
    before = recorded(EXPORT, current)
    assert before - current == set()
    known = {line.rpartition(" ")[0] for line in before}
    changed = {line for line in current - before if line.rpartition(" ")[0] in known}
    assert changed == set(), "a key of the export has another type"


def test_old_words_are_still_read() -> None:
    assert FORMAT == "archgen/1"
    assert NEWEST == 2
    assert {"answers"} <= {rewrite.old for rewrite in REWRITES}


def test_the_guide_states_the_exit_codes() -> None:
    guide = (ROOT / "docs/guide/compatibility.md").read_text(encoding="utf-8")
    stated = [int(code) for code in re.findall(r"(\d+) (?:success|findings|invalid|stale|internal)", guide)]
    assert stated == [shared.CLEAN, shared.FINDINGS, shared.UNUSABLE, shared.STALE, shared.INTERNAL]


def test_a_recorded_key_that_was_removed_is_reported(recorded: Accepting, tmp_path: Path) -> None:
    record = tmp_path / "keys.txt"
    record.write_text("model.name\nmodel.gone\n", encoding="utf-8")
    assert recorded(record, {"model.name"}) - {"model.name"} == {"model.gone"}
