"""Starting does not take longer with more products and kinds: entries are read, and modules imported, for what a model uses."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from archgen.catalog import catalog
from archgen.lazy import LazyMapping
from conftest import MINIMAL

COUNT = """
import json, sys
opened = []
sys.addaudithook(lambda event, arguments: opened.append(str(arguments[0])) if event == "open" else None)
from pathlib import Path
from archgen.catalog import catalog
from archgen.catalog import entries
from archgen.model.component import all_kinds
from archgen.pipeline import load, check

read = []
made = entries.product_of
import archgen.catalog
archgen.catalog.product_of = lambda id_, *more: (read.append(id_), made(id_, *more))[1]
loaded = load(Path(sys.argv[1]))
assert loaded.project, loaded.diagnostics
check(loaded.project, "2026-11-25")
components = [c for a in loaded.project.resolved.architectures.values() for c in a.components.values()]
print(json.dumps({
    "opened": [name for name in opened if name.endswith(".toml") and "/catalog/" in name],
    "read": read,
    "kinds": sorted({c.kind for c in components}),
    "known": {id_: listing.kinds for id_, listing in catalog().listings.items()},
    "imported": sorted(name for name in sys.modules if name.startswith("archgen.kinds.")),
    "all": list(all_kinds()),
}))
"""


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What checking the minimal model reads."""
    model = tmp_path_factory.mktemp("minimal") / "architecture.yaml"
    model.write_text(MINIMAL, encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", COUNT, str(model)], capture_output=True, text=True, check=True)
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_each_file_of_the_catalog_is_opened_once_at_most(counted: dict[str, list[str]]) -> None:
    assert counted["opened"]
    assert len(counted["opened"]) == len(set(counted["opened"]))


def test_entries_are_read_for_the_kinds_of_the_model_only(counted: dict[str, list[str]]) -> None:
    assert len(counted["read"]) == len(set(counted["read"]))
    for id_ in counted["read"]:
        assert not counted["known"][id_] or set(counted["known"][id_]) & set(counted["kinds"]), id_  # type: ignore[call-overload]
    assert len(counted["read"]) < len(counted["known"]) / 4


def test_rules_read_settings_without_importing_the_kinds_that_have_them(counted: dict[str, list[str]]) -> None:
    """Bindings of Terraform import the kinds of what they make, such as queues, topics, file stores, machines and APIs."""
    read = {"backup", "batch", "data_warehouse", "email", "file_transfer"}
    read |= {"network_link", "search_engine", "user_directory", "workflow"}
    assert not {f"archgen.kinds.{name}" for name in read} & set(counted["imported"])


def test_the_kinds_of_a_product_are_those_of_its_entry() -> None:
    for id_, listing in catalog().listings.items():
        assert listing.kinds == tuple(catalog().products[id_].kinds), id_


def test_a_value_is_made_once_and_only_if_it_is_asked_for() -> None:
    made: list[str] = []

    def make(key: str) -> str:
        made.append(key)
        return key.upper()

    mapping = LazyMapping({key: lambda key=key: make(key) for key in ("b", "a")})  # type: ignore[misc]
    assert (list(mapping), len(mapping), "a" in mapping, made) == (["b", "a"], 2, True, [])
    assert (mapping["a"], mapping["a"], made) == ("A", "A", ["a"])
    some = LazyMapping({"a": mapping.makers["a"]})
    assert (some["a"], made) == ("A", ["a"])
    with pytest.raises(KeyError):
        mapping["c"]
