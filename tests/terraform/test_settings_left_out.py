"""Settings of components that bindings do not read: each is listed with the reason, and reported if a model states it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import archgen.terraform
from archgen.catalog import catalog
from archgen.model.component import Component, all_kinds
from archgen.project import Project
from archgen.terraform.binding import Binding
from archgen.terraform.bindings import bindings, versions
from archgen.terraform.left_out import left_out
from archgen.terraform.settings import inputs_of
from conftest import project_of

MODEL = """\
version: 2
name: Shop
project: shop
clouds: {gcp: {region: europe-west1}}
environments: {prod: {name: Prod, gcp: {project: shop-prod}}}
components:
  work: {kind: queue, title: Work, product: pub-sub, deduplication: id}
  page: {kind: container-service, title: Page, product: cloud-run, image: "example.com/page", newest_traffic_percent: 20}
  open: {kind: container-service, title: Open, product: cloud-run, image: "example.com/open", newest_traffic_percent: 100}
  numbers: {kind: data-warehouse, title: Numbers, product: bigquery, scan_limit_gib: 100, public_access: false}
terraform:
  path: "infra/{cloud}/{stack}"
  stacks:
    made: {purpose: All., modules: [pubsub, service-accounts, cloud-run]}
"""


def _found(project: Project) -> dict[str, str]:
    return {".".join(map(str, p.path)): p.help or "" for p in project.plans.problems if p.code == "ARC-F027"}


def test_a_stated_setting_that_no_stack_applies_is_reported(tmp_path: Path) -> None:
    found = _found(project_of(tmp_path, MODEL))
    assert set(found) == {"components.work.deduplication", "components.page.newest_traffic_percent"}
    assert found["components.page.newest_traffic_percent"].startswith("set traffic of cloud-run")
    assert found["components.work.deduplication"].startswith("remove the setting, or apply it by hand")


def test_only_what_a_stack_makes_is_reported(tmp_path: Path) -> None:
    assert "components.numbers.scan_limit_gib" in _found(
        project_of(tmp_path / "made", MODEL.replace("[pubsub,", "[bigquery, pubsub,"))
    )
    assert (
        _found(project_of(tmp_path, MODEL.replace("[pubsub, service-accounts, cloud-run]", "[secret-manager]"))) == {}
    )


# -- what bindings read ----------------------------------------------------------------------------------------

_WORD = re.compile(r"[A-Za-z_]\w*")
Names = tuple[frozenset[str], frozenset[str]]  # attributes and texts of some code, and the names that it uses


class _Code:
    """The functions of archgen's Terraform package: which attributes each one reads, directly or in functions that it calls."""

    def __init__(self) -> None:
        self.functions: dict[tuple[str, str], Names] = {}
        self.imports: dict[tuple[str, str], tuple[str, str]] = {}
        self.facts: dict[str, tuple[str, Names]] = {}
        for file in Path(archgen.terraform.__path__[0]).glob("*.py"):
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                self._add(file.stem, node)

    def _add(self, module: str, node: ast.stmt) -> None:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("archgen.terraform"):
            for alias in node.names:
                self.imports[module, alias.asname or alias.name] = (str(node.module).rpartition(".")[2], alias.name)
        elif isinstance(node, ast.FunctionDef):
            self.functions[module, node.name] = _names(node)
            for inner in ast.walk(node) if node.name in ("facts", "shared_facts", "facts_of") else ():
                for key, value in zip(inner.keys, inner.values, strict=True) if isinstance(inner, ast.Dict) else ():
                    if isinstance(key, ast.Constant):
                        self.facts[str(key.value)] = (module, _names(value))

    def read_by_fact(self, name: str) -> set[str]:
        """What a fact reads; empty for a word that is not one."""
        if name not in self.facts:
            return set()
        module, (attributes, used) = self.facts[name]
        return set(attributes).union(*(self._read_by(module, function, set()) for function in used))

    def _read_by(self, module: str, name: str, seen: set[tuple[str, str]]) -> set[str]:
        key = (module, name) if (module, name) in self.functions else self.imports.get((module, name), ("", ""))
        if key not in self.functions or key in seen:
            return set()
        seen.add(key)
        attributes, used = self.functions[key]
        return set(attributes).union(*(self._read_by(key[0], function, seen) for function in used))


def _names(node: ast.AST) -> Names:
    inner = list(ast.walk(node))
    texts = {str(n.value) for n in inner if isinstance(n, ast.Constant)}
    return (
        frozenset({n.attr for n in inner if isinstance(n, ast.Attribute)} | texts),
        frozenset(n.id for n in inner if isinstance(n, ast.Name)),
    )


def _texts(value: Any) -> Iterator[str]:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else None
    if inner is not None:
        for each in inner:
            yield from _texts(each)
    elif value is not None:
        yield str(value)


def _read(binding: Binding, code: _Code) -> set[str]:
    found: set[str] = set()
    for text in _texts([binding.inputs, binding.optional, binding.extra, binding.value, binding.when]):
        found |= set(re.findall(r"component\.(\w+)", text)) | set(re.findall(r"stated\(['\"](\w+)", text))
        for word in _WORD.findall(text):
            found |= code.read_by_fact(word)
    return found


@cache
def _unread(cloud: str, *, of_others: bool) -> dict[str, set[str]]:
    """The settings that no binding of a cloud reads, by the products that bindings are for.

    With `of_others`, what bindings of the network and the environment read counts for all products.
    """
    code, known = _Code(), list(versions(cloud).values())
    shared = set().union(*(_read(b, code) for b in known if isinstance(b.binds, str) and of_others))
    read: dict[tuple[str, str], set[str]] = {}
    for binding in (b for b in known if not isinstance(b.binds, str)):
        for product in binding.binds:
            for kind in catalog().products[product].kinds:
                if not binding.kinds or kind in binding.kinds:
                    read.setdefault((product, kind), set()).update(_read(binding, code))
    found: dict[str, set[str]] = {}
    for (product, kind), settings in read.items():
        own = set(all_kinds()[kind].model_fields) - set(Component.model_fields)
        found.setdefault(product, set()).update(own - settings - shared)
    return found


def _described() -> set[str]:
    return {name for names in left_out()["described"].values() for name in names}


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_every_setting_is_read_or_listed_with_the_reason(cloud: str) -> None:
    reported = left_out()["reported"]
    missing = {
        f"{product}.{setting}"
        for product, settings in _unread(cloud, of_others=True).items()
        for setting in settings
        if setting not in reported.get(product, {}) and f"{product}.{setting}" not in _described()
    }
    assert not missing, "list these in left_out.toml, with the reason, or let a binding read them"


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_what_a_reason_says_to_set_is_an_input_of_the_module(cloud: str) -> None:
    by_id = bindings(cloud)
    products = {product for b in by_id.values() if not isinstance(b.binds, str) for product in b.binds}
    for product, settings in left_out()["reported"].items():
        for setting, reason in settings.items() if product in products else ():
            settable = reason.partition("; ")[2]
            for name, module in re.findall(r"(\w+) of ([a-z0-9-]+)", settable):
                assert name in inputs_of(by_id[module]), f"{product}.{setting}: {settable}"
            assert not settable or settable.startswith("set "), f"{product}.{setting}: {settable}"


def test_no_setting_is_listed_that_bindings_read() -> None:
    unread = {
        f"{product}.{setting}"
        for cloud in ("aws", "gcp")
        for product, settings in _unread(cloud, of_others=False).items()
        for setting in settings
    }
    listed = {f"{product}.{setting}" for product, settings in left_out()["reported"].items() for setting in settings}
    assert not (listed | _described()) - unread
    assert not listed & _described()
    assert set(left_out()["harmless"]) <= listed
