"""Resolving a model: its axes and its architecture at every coordinate, from one YAML tree."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any

from archgen.catalog import catalog
from archgen.catalog.cloud_facts import CloudFacts
from archgen.catalog.product import NEUTRAL, Product
from archgen.diagnostics.diagnostic import Diagnostic, did_you_mean
from archgen.model.architecture import Architecture
from archgen.model.component import Component, all_kinds
from archgen.model.coordinate import Axes, Coordinate, axes_of
from archgen.model.defaults import DefaultsUnderComponents, unused_defaults
from archgen.model.document import document_for, reserved_cloud_id
from archgen.model.kind_changes import without_settings_of_other_kinds
from archgen.model.legacy import modernized, report_old_forms
from archgen.model.names import equal_names
from archgen.model.once import differing_networks
from archgen.model.overlay import KEYWORDS, take_apart
from archgen.model.own import own_kinds, own_products
from archgen.model.own_clouds import facts_for
from archgen.model.per_cloud import classes_for
from archgen.model.references import check_references
from archgen.model.validation import Validator, Vocabulary
from archgen.reading.yaml_tree import YamlNode
from archgen.records import dataclass


@dataclass(frozen=True, slots=True)
class Resolved:
    """The axes of a model and its architecture at each coordinate, in the order of the axes.

    `kinds` has all kinds of components that the model may use by id, including those that it declares.
    """

    axes: Axes
    architectures: Mapping[Coordinate, Architecture]
    kinds: Mapping[str, type[Any]]

    @property
    def default(self) -> Architecture:
        """The architecture at the default coordinate."""
        return self.architectures[self.axes.default]

    @property
    def clouds(self) -> Mapping[str, CloudFacts]:
        """The facts of the clouds of the model, in its order."""
        return {cloud: self.default.clouds[cloud] for cloud in self.axes.clouds}

    def standing(self, cloud: str, environment: str) -> Architecture:
        """The architecture of an environment in its current phase."""
        return self.architectures[self.axes.stands(cloud, environment)]

    def today(self) -> Iterator[Architecture]:
        """The architecture of every environment on every cloud, in its current phase."""
        for cloud in self.axes.clouds:
            for environment in self.axes.environments:
                yield self.standing(cloud, environment)

    def horizon(self, coordinate: Coordinate) -> Architecture:
        """The architecture of the same cloud and environment in the last phase."""
        return self.architectures[replace(coordinate, phase=self.axes.phases[-1])]


@dataclass(frozen=True, slots=True)
class Validated:
    """The values of a model at every coordinate, whose references to each other have not been checked.

    `resolved` is None if the values have problems already.
    """

    resolved: Resolved | None
    check: Callable[[], list[Diagnostic]]

    def checked(self) -> tuple[Resolved | None, list[Diagnostic]]:
        """The model at every coordinate; None if there is any diagnostic."""
        problems = self.check()
        return (None if problems else self.resolved), problems


def resolve(
    root: YamlNode,
    icons: Mapping[str, str] = MappingProxyType({}),
    bindings: FilePath | None = None,
    *,
    without: str = "",
) -> tuple[Resolved | None, list[Diagnostic]]:
    """The model at every coordinate; None if there is any diagnostic. The arguments are those of `validate_values`."""
    return validate_values(root, icons, bindings, without=without).checked()


def validate_values(
    root: YamlNode,
    icons: Mapping[str, str] = MappingProxyType({}),
    bindings: FilePath | None = None,
    *,
    without: str = "",
) -> Validated:
    """The values of the model at every coordinate, and a function that returns all problems, those of references included.

    `icons` has the content of the project's icons by the names of their files, and `bindings` is the folder of its Terraform bindings.
    The coordinates of the cloud `without` are left out, as if the model did not have this cloud; it must not be the primary one.
    """
    axes, problems = read_axes(root)
    facts, unusable = facts_for(root, reserved_cloud_id)
    problems += unusable
    if axes is None or not facts.keys() >= set(axes.clouds):
        return Validated(None, lambda: problems)
    problems += report_old_forms(root, refused=True)
    varied, more = take_apart(modernized(root), axes)
    problems += more
    vocabulary = _vocabulary(varied.base, facts, icons)
    problems += _own(varied.base, vocabulary)
    validator = Validator(vocabulary, varied.assumed, bindings)
    trees = {coordinate: varied.at(axes.bit(coordinate)) for coordinate in axes.all if coordinate.cloud != without}
    trees = without_settings_of_other_kinds(trees, varied.varying("components", "kind"), vocabulary.kinds)
    defaults = DefaultsUnderComponents(vocabulary.kinds)
    gathered = Gathered(axes)
    applied: dict[Coordinate, YamlNode] = {}
    architectures: dict[Coordinate, Architecture] = {}
    for coordinate, stated in trees.items():
        applied[coordinate], unusable = defaults.applied(stated)
        gathered.add(coordinate, applied[coordinate], unusable)
        architecture, found = validator.architecture(applied[coordinate], coordinate)
        if architecture:
            architectures[coordinate] = architecture
        gathered.add(coordinate, applied[coordinate], found)
    kept = replace(axes, clouds=tuple(cloud for cloud in axes.clouds if cloud != without)) if without else axes
    resolved = Resolved(kept, architectures, vocabulary.kinds)
    unused = list(unused_defaults(varied.base, trees.values()))
    usable = not problems and not unused and not gathered.diagnostics()

    def check() -> list[Diagnostic]:
        presence = _exists_somewhere(varied.base)
        for coordinate, architecture in architectures.items():
            gathered.add(coordinate, applied[coordinate], check_references(architecture, presence))
        found = [*problems, *gathered.diagnostics(), *unused]
        return found or [*equal_names(resolved.today()), *differing_networks(resolved.today())]

    return Validated(resolved if usable else None, check)


def _vocabulary(base: YamlNode, facts: Mapping[str, CloudFacts], icons: Mapping[str, str]) -> Vocabulary:
    own = own_kinds(base, all_kinds(), icons)
    kinds = ChainMap(own, all_kinds())  # type: ignore[arg-type]  # it is only read
    document = document_for(classes_for({cloud: its.base for cloud, its in facts.items()}))
    known = catalog().for_clouds(_like(facts))
    if replaced := frozenset(name for name in own if name in all_kinds() and _likeness(base, name) != name):
        known = known.without_kinds(replaced)
    return Vocabulary(kinds, known.with_own(own_products(base, icons)), facts, document)


def _likeness(base: YamlNode, name: str) -> object:
    """The kind that a declared kind is like; None if it does not say."""
    like = base.get(("kinds", name, "like"))
    return like.value if like else None


def _like(facts: Mapping[str, CloudFacts]) -> dict[str, str]:
    """The declared clouds with the one that each of them is like."""
    return {cloud: its.base for cloud, its in facts.items() if its.base != cloud}


def _own(base: YamlNode, vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    """A diagnostic for each reference to something that does not exist in a kind or product that the model declares.

    One whose ID archgen has too replaces archgen's (rules/replaced_names.py says so): archgen may have got it after the model was written.
    """
    for key in ("kinds", "products"):
        node = base.get((key,))
        for name, entry in node.value.items() if node and isinstance(node.value, dict) else ():
            if key == "kinds" and (like := entry.get(("like",))):
                yield from _parent(base, name, like, vocabulary)
            cloud = entry.get(("cloud",)) if key == "products" else None
            if cloud and isinstance(cloud.value, str) and cloud.value not in (*vocabulary.clouds, NEUTRAL):
                help_ = did_you_mean(cloud.value, (*vocabulary.clouds, NEUTRAL))
                yield Diagnostic("ARC-R001", f"the cloud '{cloud.value}' does not exist", help_, span=cloud.span)
            listed = entry.get(("kinds",))
            for item in listed.value if key == "products" and listed and isinstance(listed.value, list) else ():
                if isinstance(item.value, str) and item.value not in vocabulary.kinds:
                    help_ = did_you_mean(item.value, vocabulary.kinds)
                    yield Diagnostic("ARC-R001", f"the kind '{item.value}' does not exist", help_, span=item.span)
            if key == "products" and name in vocabulary.catalog.products:
                yield from _settings(entry, vocabulary.catalog.products[name], vocabulary)


def _settings(entry: YamlNode, product: Product, vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    """A diagnostic for each setting of a declared product that none of its kinds has, and for each that a kind requires and it lacks."""
    listed = entry.get(("settings",))
    if listed is None or not isinstance(listed.value, list):
        return
    kinds = {id_: vocabulary.kinds[id_] for id_ in product.kinds if id_ in vocabulary.kinds}
    known = {name for kind in kinds.values() for name in kind.model_fields if name not in Component.model_fields}
    for item in listed.value:
        if isinstance(item.value, str) and item.value not in known:
            help_ = did_you_mean(
                item.value, known, otherwise=f"use one of: {', '.join(sorted(known))}" if known else ""
            )
            message = f"no kind of the product '{product.id}' has the setting '{item.value}'"
            yield Diagnostic("ARC-R001", message, help_, span=item.span)
    for id_, kind in kinds.items():
        for name, field in kind.model_fields.items():
            if field.is_required() and name in known and name not in (product.settings or ()):
                message = (
                    f"the kind '{id_}' requires the setting `{name}`, which the product '{product.id}' does not list"
                )
                yield Diagnostic("ARC-R006", message, "add it to `settings`", span=listed.span)


def _parent(base: YamlNode, name: str, like: YamlNode, vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    """A diagnostic for a kind that is like one that does not exist, or like itself, directly or through other kinds.

    A kind with an ID of archgen's that is like this ID is like archgen's kind.
    """
    if like.value == name and name in all_kinds():
        return
    seen = [name]
    parent: object = like.value
    while isinstance(parent, str) and parent not in seen:
        seen.append(parent)
        above = base.get(("kinds", parent, "like"))
        parent = above.value if above else None
    if parent == name:
        message = f"'{name}' is like itself" + (f", through {', '.join(seen[1:])}" if seen[1:] else "")
        yield Diagnostic("ARC-M003", message, "name a kind that does not depend on this one", span=like.span)
    elif isinstance(like.value, str) and like.value not in vocabulary.kinds and not base.get(("kinds", like.value)):
        help_ = did_you_mean(like.value, vocabulary.kinds)
        yield Diagnostic("ARC-R001", f"the kind '{like.value}' does not exist", help_, span=like.span)


class Gathered:
    """Collects diagnostics of several coordinates and merges equal ones, with the coordinates at which they occur."""

    def __init__(self, axes: Axes) -> None:
        self._axes = axes
        self._found: dict[tuple[Any, ...], tuple[Diagnostic, set[Coordinate]]] = {}
        self._checked: set[Coordinate] = set()

    def add(self, coordinate: Coordinate, tree: YamlNode, diagnostics: Iterable[Diagnostic]) -> None:
        """Add the diagnostics of one coordinate; `tree` is the tree in which to locate them."""
        self._checked.add(coordinate)
        for diagnostic in diagnostics:
            located = locate(diagnostic, tree)
            # The severity may differ between environments, and a lower one must not hide a higher one.
            key = (located.code, located.severity, located.message, located.span)
            self._found.setdefault(key, (located, set()))[1].add(coordinate)

    def diagnostics(self, *, everywhere: bool = True) -> list[Diagnostic]:
        """All diagnostics. One that occurs at every coordinate that was added names none, unless `everywhere` is false."""
        return [
            diagnostic
            if everywhere and coordinates == self._checked
            else replace(diagnostic, where=tuple(str(c) for c in self._axes.all if c in coordinates))
            for diagnostic, coordinates in self._found.values()
        ]


def locate(diagnostic: Diagnostic, tree: YamlNode) -> Diagnostic:
    """The diagnostic with its place in the file: the key if a key is missing or unknown, otherwise the value."""
    if diagnostic.span:
        return diagnostic
    node, taken = tree.nearest(diagnostic.path)
    key_is_meant = diagnostic.code in ("ARC-M001", "ARC-M002") or isinstance(node.value, dict)
    span = node.key_span if key_is_meant and node.key_span else node.span
    if not taken and isinstance(node.value, dict) and node.value:
        first = next(iter(node.value.values()))
        span = first.key_span or first.span  # the first key instead of the whole file
    return replace(diagnostic, span=span)


def _exists_somewhere(base: YamlNode) -> Mapping[str, frozenset[str]]:
    """The ids that exist at any coordinate, by type, to distinguish unknown ids from those that only another coordinate has."""
    components = base.get(("components",))
    names = components.value if components and isinstance(components.value, dict) else {}
    return {"component": frozenset(names)}


# -- axes ----------------------------------------------------------------------------------------------


def read_axes(root: YamlNode) -> tuple[Axes | None, list[Diagnostic]]:
    """The axes that a model declares; None, with the reasons, if they are invalid."""
    clouds, environments, phases = (_keys(root, name) for name in ("clouds", "environments", "phases"))
    problems = []
    for name, declared in (("clouds", clouds), ("environments", environments)):
        if not declared:
            help_ = "a model needs at least one cloud and one environment"
            problems.append(locate(Diagnostic("ARC-M001", f"`{name}` is missing or empty", help_, (name,)), root))
    seen: dict[str, YamlNode] = {}
    for name, node in (pair for axis in (clouds, environments, phases) for pair in axis.items()):
        if name in seen:
            message = f"'{name}' is declared twice as a cloud, environment or phase, so a condition could mean either"
            related = (("first here", seen[name].key_span or seen[name].span),)
            problems.append(Diagnostic("ARC-M006", message, "rename one of them", span=node.key_span, related=related))
        seen[name] = node
    if problems:
        return None, problems
    return axes_of(
        [(name, str(_scalar(node, "role"))) for name, node in clouds.items()],
        [(name, str(_scalar(node, "phase"))) for name, node in environments.items()],
        list(phases),
    ), []


def _keys(root: YamlNode, name: str) -> dict[str, YamlNode]:
    node = root.get((name,))
    if node is None or not isinstance(node.value, dict):
        return {}
    return {key: child for key, child in node.value.items() if key not in KEYWORDS}


def _scalar(node: YamlNode, key: str) -> object:
    child = node.get((key,))
    return child.value if child else ""
