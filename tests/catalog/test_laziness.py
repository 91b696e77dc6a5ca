"""Starting does not take longer with more products and kinds: entries are read, and modules imported, for what a model uses."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys

import pytest

from archgen.catalog import catalog
from archgen.kinds import _on_demand
from archgen.lazy import LazyMapping
from archgen.model.component import Component
from archgen.model.on_demand import _OnDemand, behind
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


def test_kinds_that_no_component_has_are_not_imported(counted: dict[str, list[str]]) -> None:
    """Rules read settings by name, and bindings of Terraform ask for kinds that are imported if a model has them."""
    read = {"backup", "batch", "data_warehouse", "email", "file_transfer"}
    read |= {"network_link", "search_engine", "user_directory", "workflow"}
    asked_for = {name for name, kind in vars(_on_demand).items() if type(kind) is _OnDemand}
    assert asked_for == {*_on_demand.__all__}
    unused = {f"archgen.kinds.{name}" for name in read} | {getattr(_on_demand, name).module for name in asked_for}
    assert not unused & set(counted["imported"])


def test_an_instance_of_a_kind_is_one_of_the_class_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _on_demand.__all__:
        in_place = getattr(_on_demand, name)
        monkeypatch.delitem(sys.modules, in_place.module, raising=False)
        assert behind(in_place) is in_place
        assert not isinstance(1, in_place)
        assert not issubclass(Component, in_place)
        kind = getattr(importlib.import_module(in_place.module), name)
        assert behind(in_place) is kind
        assert behind(kind) is kind
        component = kind.model_construct()
        assert isinstance(component, in_place)
        assert isinstance(component, in_place | int)
        assert issubclass(kind, in_place)
        assert not isinstance(Component.model_construct(), in_place)


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
