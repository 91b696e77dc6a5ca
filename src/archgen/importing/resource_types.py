"""The resource types that files are read with: archgen's, those of installed packages, and those of a project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from archgen.catalog import catalog
from archgen.catalog.kubernetes_types import kubernetes_mappings, kubernetes_types
from archgen.catalog.terraform_types import TerraformType, terraform_types
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.importing.mappings import TypeMapping, mappings, read_mapping
from archgen.importing.own_types import FILE, UNUSABLE, OwnTypes, read_own_types
from archgen.model.component import Component, all_kinds
from archgen.model.resolve import Resolved
from archgen.registry import ExtensionError, folders
from archgen.system.textfile import UnreadableError, read_below

FOLDER_OF_PACKAGES = "terraform_types"  # in the folders of the entry point group `archgen.catalog`


@dataclass(frozen=True, slots=True, eq=False)  # a key of caches
class ResourceTypes:
    """What each resource type is and how it is read, and the kinds that components can have.

    `own` has the names of the types that the project or a package adds.
    """

    types: Mapping[str, TerraformType]
    mappings: Mapping[str, TypeMapping]
    kinds: Mapping[str, type[Component]]
    own: frozenset[str] = frozenset()


@cache
def known_types() -> ResourceTypes:
    """The resource types of Terraform and the kinds of Kubernetes objects that archgen and installed packages know.

    Raises ExtensionError for a table of a package that cannot be used.
    """
    objects = {name: read_mapping(stated) for name, stated in kubernetes_mappings().items()}
    types = {**terraform_types(), **kubernetes_types()}
    known = ResourceTypes(MappingProxyType(types), MappingProxyType({**mappings(), **objects}), all_kinds())
    for folder in folders("catalog"):
        for file in sorted((folder.path / FOLDER_OF_PACKAGES).glob("*.yaml")):
            try:
                text = read_below(file.parent, file.name)
            except UnreadableError as error:
                raise ExtensionError(f"the table of resource types cannot be read: {error}", "", str(file)) from None
            own, problems = read_own_types(text, str(file), known.types, known.kinds, catalog().products)
            for problem in problems:
                line = problem.span.line if problem.span else 1
                raise ExtensionError(problem.message, problem.help, str(file), line)
            known = types_with(known, own)
    return known


def types_with(known: ResourceTypes, own: OwnTypes, kinds: Mapping[str, Any] | None = None) -> ResourceTypes:
    """Resource types with those of a table added; `kinds` has the kinds of the model, if it is known."""
    return ResourceTypes(
        MappingProxyType({**known.types, **own.types}),
        MappingProxyType({**known.mappings, **own.mappings}),
        known.kinds if kinds is None else kinds,
        known.own | {*own.types},
    )


_USED: ContextVar[ResourceTypes | None] = ContextVar("the resource types of a project", default=None)


def used_types() -> ResourceTypes:
    """The resource types that files are read with: those of the project inside of `using_types`, otherwise the known ones."""
    return _USED.get() or known_types()


@contextmanager
def using_types(types: ResourceTypes) -> Iterator[None]:
    """Read files with the resource types of a project."""
    token = _USED.set(types)
    try:
        yield
    finally:
        _USED.reset(token)


def all_types() -> Mapping[str, TerraformType]:
    """What each resource type of Terraform and each kind of Kubernetes object is."""
    return used_types().types


def all_mappings() -> Mapping[str, TypeMapping]:
    """How each resource type of Terraform and each kind of Kubernetes object is read."""
    return used_types().mappings


def usable_kinds() -> Mapping[str, type[Component]]:
    """The kinds that components can have, including those that the model declares."""
    return used_types().kinds


def types_of_project(root: Path, resolved: Resolved | None = None) -> tuple[ResourceTypes, OwnTypes, list[Diagnostic]]:
    """The resource types of a project, what its own table states, and what is wrong with the table.

    `resolved` is the model of the project, whose kinds and products the table may name; without one, those of archgen count.
    """
    known, kinds = known_types(), resolved.kinds if resolved else all_kinds()
    products = resolved.default.catalog.products if resolved else catalog().products
    try:
        text = read_below(root, FILE) if (root / FILE).is_file() else ""
    except UnreadableError as error:
        return known, OwnTypes(), [Diagnostic(UNUSABLE, str(error), "", subject=FILE)]
    own, problems = read_own_types(text, FILE, known.types, kinds, products)
    return types_with(known, own, kinds), own, problems
