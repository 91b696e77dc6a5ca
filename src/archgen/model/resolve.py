"""A tree in; out come the axes it declares and its architecture at every coordinate, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from archgen.catalog import catalog
from archgen.diagnostics.diagnostic import Diagnostic, did_you_mean
from archgen.model.architecture import Architecture
from archgen.model.component import all_kinds
from archgen.model.coordinate import CLOUDS, Axes, Coordinate, axes_of
from archgen.model.overlay import KEYWORDS, take_apart
from archgen.model.own import own_kinds, own_products
from archgen.model.references import check_references
from archgen.model.validation import Validator, Vocabulary
from archgen.reading.yaml_tree import YamlNode


@dataclass(frozen=True, slots=True)
class Resolved:
    """The axes of a model and its architecture at each coordinate, in the order of the axes.

    `kinds` are all kinds of components that the model may use, its own ones too, by id.
    """

    axes: Axes
    architectures: Mapping[Coordinate, Architecture]
    kinds: Mapping[str, type[Any]]

    @property
    def default(self) -> Architecture:
        """The architecture at the default coordinate."""
        return self.architectures[self.axes.default]

    def standing(self, cloud: str, environment: str) -> Architecture:
        """The architecture of an environment as it stands today."""
        return self.architectures[self.axes.stands(cloud, environment)]

    def today(self) -> Iterator[Architecture]:
        """Every environment on every cloud, as it stands today."""
        for cloud in self.axes.clouds:
            for environment in self.axes.environments:
                yield self.standing(cloud, environment)

    def horizon(self, coordinate: Coordinate) -> Architecture:
        """The same cloud and environment in the last phase: what is planned."""
        return self.architectures[replace(coordinate, phase=self.axes.phases[-1])]


def resolve(root: YamlNode) -> tuple[Resolved | None, list[Diagnostic]]:
    """Resolve at every coordinate. None, with the reasons, unless the model is whole and right."""
    axes, problems = read_axes(root)
    if axes is None:
        return None, problems
    varied, more = take_apart(root, axes)
    problems += more
    vocabulary = _vocabulary(varied.base)
    problems += _own(varied.base, vocabulary)
    architectures: dict[Coordinate, Architecture] = {}
    gathered = Gathered(axes)
    presence = _exists_somewhere(varied.base)
    validator = Validator(vocabulary, varied.assumed)
    for coordinate in axes.all:
        tree = varied.at(axes.bit(coordinate))
        architecture, found = validator.architecture(tree, coordinate)
        if architecture:
            architectures[coordinate] = architecture
            found = list(check_references(architecture, presence))
        gathered.add(coordinate, tree, found)
    problems += gathered.diagnostics()
    return (None if problems else Resolved(axes, architectures, vocabulary.kinds)), problems


def _vocabulary(base: YamlNode) -> Vocabulary:
    return Vocabulary({**all_kinds(), **own_kinds(base)}, catalog().with_own(own_products(base)))


def _own(base: YamlNode, vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    """Kinds and products of the model's own that there are already, or that name a kind that is not there."""
    for key, known in (("kinds", all_kinds()), ("products", catalog().products)):
        node = base.get((key,))
        for name, entry in node.value.items() if node and isinstance(node.value, dict) else ():
            if name in known:
                message = f"'{name}' is a {key[:-1]} that archgen has already"
                yield Diagnostic("ARC-M008", message, "use it as it is, or choose another id", span=entry.key_span)
            listed = entry.get(("kinds",))
            for item in listed.value if key == "products" and listed and isinstance(listed.value, list) else ():
                if isinstance(item.value, str) and item.value not in vocabulary.kinds:
                    help_ = did_you_mean(item.value, vocabulary.kinds)
                    yield Diagnostic("ARC-R001", f"there is no kind '{item.value}'", help_, span=item.span)


class Gathered:
    """Diagnostics of several coordinates: located in their trees, each once, with the coordinates it holds at."""

    def __init__(self, axes: Axes) -> None:
        self._axes = axes
        self._found: dict[tuple[Any, ...], tuple[Diagnostic, set[Coordinate]]] = {}
        self._checked: set[Coordinate] = set()

    def add(self, coordinate: Coordinate, tree: YamlNode, diagnostics: Iterable[Diagnostic]) -> None:
        """Add what was found at one coordinate."""
        self._checked.add(coordinate)
        for diagnostic in diagnostics:
            located = locate(diagnostic, tree)
            key = (located.code, located.message, located.span)
            self._found.setdefault(key, (located, set()))[1].add(coordinate)

    def diagnostics(self, *, everywhere: bool = True) -> list[Diagnostic]:
        """All of them; one that holds wherever it was looked for names no coordinate, unless `everywhere` is false."""
        return [
            diagnostic
            if everywhere and coordinates == self._checked
            else replace(diagnostic, where=tuple(str(c) for c in self._axes.all if c in coordinates))
            for diagnostic, coordinates in self._found.values()
        ]


def locate(diagnostic: Diagnostic, tree: YamlNode) -> Diagnostic:
    """Fill in the place: the key for unknown keys and missing ones, else the value."""
    if diagnostic.span:
        return diagnostic
    node, taken = tree.nearest(diagnostic.path)
    key_is_meant = diagnostic.code in ("ARC-M001", "ARC-M002") or isinstance(node.value, dict)
    span = node.key_span if key_is_meant and node.key_span else node.span
    if not taken and isinstance(node.value, dict) and node.value:
        first = next(iter(node.value.values()))
        span = first.key_span or first.span  # not the whole file
    return replace(diagnostic, span=span)


def _exists_somewhere(base: YamlNode) -> Mapping[str, frozenset[str]]:
    """Ids that some coordinate has, by what they are: an unknown id and an absent one are different mistakes."""
    components = base.get(("components",))
    names = components.value if components and isinstance(components.value, dict) else {}
    return {"component": frozenset(names)}


# -- axes ----------------------------------------------------------------------------------------------


def read_axes(root: YamlNode) -> tuple[Axes | None, list[Diagnostic]]:
    """The axes as declared. None where they are too broken to go on; the diagnostics say why."""
    clouds, environments, phases = (_keys(root, name) for name in ("clouds", "environments", "phases"))
    problems = []
    for name, found in (("clouds", clouds), ("environments", environments)):
        if not found:
            help_ = "a model needs at least one cloud and one environment"
            problems.append(locate(Diagnostic("ARC-M001", f"`{name}` is missing or empty", help_, (name,)), root))
    for name, key in clouds.items():
        if name not in CLOUDS:
            help_ = did_you_mean(name, CLOUDS)
            problems.append(
                Diagnostic("ARC-M003", f"'{name}' is no cloud that archgen knows", help_, span=key.key_span)
            )
    seen: dict[str, YamlNode] = {}
    for name, node in (pair for axis in (clouds, environments, phases) for pair in axis.items()):
        if name in seen:
            message = f"'{name}' is the id of two axis values; a condition could mean either"
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
