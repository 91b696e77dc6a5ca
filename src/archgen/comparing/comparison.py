"""Compares two architectures: what was added, removed and changed, where each side states it, and which outputs change as a result.

Any two coordinates of a model can be compared, such as two phases, environments or clouds; so can coordinates of two revisions.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Literal

from archgen.analysis.changes import ChangedSetting, Item, What, components, connections, order, own_settings, settings
from archgen.checking.asking import findings
from archgen.diagnostics.diagnostic import Path, Span
from archgen.draw.graph import Group, Node
from archgen.kubernetes.manifests import objects_of
from archgen.kubernetes.objects import Object
from archgen.model.architecture import Architecture
from archgen.model.coordinate import Coordinate
from archgen.model.paths import leaves
from archgen.model.resolve import Resolved
from archgen.records import dataclass
from archgen.terraform.bindings import MissingFactError, calls
from archgen.terraform.instances import instance_name
from archgen.terraform.own_stacks import InputError, values_of
from archgen.views import View, views_of


@dataclass(frozen=True, slots=True)
class Consequence:
    """A generated output that differs between the two sides, and the parts that differ, named as the output names them."""

    kind: Literal["variable file", "manifest", "picture", "parity row", "runbook", "rule"]
    name: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """All differences between two architectures, in the order of the model."""

    one: Coordinate
    other: Coordinate
    components: tuple[Item, ...]
    connections: tuple[Item, ...]
    settings: tuple[ChangedSetting, ...]
    consequences: tuple[Consequence, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.components or self.connections or self.settings or self.consequences)


def moved(difference: Difference, move: Callable[[Span], Span]) -> Difference:
    """A copy of a difference with `move` applied to every place."""

    def setting(s: ChangedSetting) -> ChangedSetting:
        return replace(s, old_at=move(s.old_at) if s.old_at else None, new_at=move(s.new_at) if s.new_at else None)

    def item(i: Item) -> Item:
        return replace(i, at=move(i.at), settings=tuple(map(setting, i.settings)))

    return replace(
        difference,
        components=tuple(map(item, difference.components)),
        connections=tuple(map(item, difference.connections)),
        settings=tuple(map(setting, difference.settings)),
    )


class Comparison:
    """Compares coordinates of a model, or of two revisions. Each architecture keeps what is computed about it for further comparisons."""

    def __init__(self, old: Resolved, new: Resolved | None = None) -> None:
        self._old, self._new = old, new or old
        self._views = [views_of(old)] * 2 if new is None else [views_of(old), views_of(new)]

    def of(self, one: Coordinate, other: Coordinate) -> Difference:
        """The difference from `one` to `other`. Raises KeyError for a coordinate that its model does not have."""
        a, b = self._old.architectures[one], self._new.architectures[other]
        changed = tuple(components(a, b, self._own_settings))
        touched = {item.id: item.what for item in changed}
        return Difference(
            one,
            other,
            changed,
            tuple(connections(a, b)),
            (*order(a, b), *settings(self._document(a), self._document(b), a, b)),
            (
                *self._variable_files(a, b),
                *self._manifests(a, b),
                *self._pictures(a, b),
                *_parity_rows(a, b, touched),
                *_runbooks(a, b, touched),
                *self._rules(a, b),
            ),
        )

    def settings(self, coordinate: Coordinate) -> dict[Path, Any]:
        """Path to value of all settings of components at a coordinate of the newer model, and of facts about its environment."""
        a = self._new.architectures[coordinate]
        own = {path: value for path, value in self._document(a).items() if path[0] == "environment"}
        return own | {path: value for name in a.components for path, value in self._own_settings(a, name).items()}

    # -- cached facts --------------------------------------------------------------------------------

    def _own_settings(self, a: Architecture, name: str) -> Mapping[Path, Any]:
        values: Mapping[Path, Any] = self._once(f"component {name}", a, lambda: own_settings(a, name))
        return values

    def _document(self, a: Architecture) -> Mapping[Path, Any]:
        """Path to value of everything in the model besides components, and of facts about the environment."""

        def compute() -> dict[Path, Any]:
            apart = ("components", "defaults")  # what defaults change is in the components
            parts = {name: getattr(a.document, name) for name in type(a.document).model_fields if name not in apart}
            stated: dict[Path, Any] = {path: value for path, value in leaves(parts).items() if "calls" not in path}
            subnets = {(s.tier, s.zone or "region"): s.cidr for s in a.subnets}
            return {
                **stated,
                ("environment", a.facts.home_label.lower()): a.home,
                ("environment", "region"): a.cloud.region,
                **({("environment", "cidr"): a.cidr} if a.cidr else {}),
                **{("environment", "subnets", *key): cidr for key, cidr in subnets.items()},
            }

        values: Mapping[Path, Any] = self._once("document", a, compute)
        return values

    # -- consequences --------------------------------------------------------------------------------

    def _variable_files(self, a: Architecture, b: Architecture) -> Iterator[Consequence]:
        """The variable files of `b` whose values differ, with the names of the values; for a stack that only `a` has, the file of `a`."""
        stacks = [d.terraform.stacks if d.terraform else {} for d in (a.document, b.document)]
        for stack in dict.fromkeys([*stacks[0], *stacks[1]]):
            for one, other in self._sides(a, b, stack):
                old, new = (self._values(architecture, stack) if architecture else {} for architecture in (one, other))
                names = dict.fromkeys(_names(old, new))
                here = other if new else one
                if names and here:
                    yield Consequence("variable file", _file(here, stack), tuple(names))

    def _sides(
        self, a: Architecture, b: Architecture, stack: str
    ) -> Iterator[tuple[Architecture | None, Architecture | None]]:
        """The two architectures, and, if the stack is applied there, both in their recovery regions."""
        yield a, b
        there = [
            self._once("recovery", x, x.in_recovery_region)
            if x.document.terraform and (s := x.document.terraform.stacks.get(stack)) and s.recovery
            else None
            for x in (a, b)
        ]
        if any(there):
            yield there[0], there[1]

    def _values(self, a: Architecture, stack: str) -> Mapping[tuple[str, ...], Any]:
        def compute() -> Mapping[tuple[str, ...], Any]:
            declared = a.document.terraform.stacks.get(stack) if a.document.terraform else None
            try:
                if declared and declared.directory:
                    return leaves(values_of(a, declared))
                return leaves({c.variable: c.values for c in calls(a, stack) if not c.binding.manifests})
            except (MissingFactError, InputError):  # the build reports it
                return {}

        values: Mapping[tuple[str, ...], Any] = self._once(f"stack {stack}", a, compute)
        return values

    def _manifests(self, a: Architecture, b: Architecture) -> Iterator[Consequence]:
        """The folders of manifests whose objects differ, with the kinds and names of these objects."""
        stacks = [d.terraform.stacks if d.terraform else {} for d in (a.document, b.document)]
        for stack in dict.fromkeys([*stacks[0], *stacks[1]]):
            for one, other in self._sides(a, b, stack):
                old, new = (
                    self._once(f"manifests {stack}", x, partial(_objects, x, stack)) if x else {} for x in (one, other)
                )
                names = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
                here = other if new else one
                if names and here and here.document.terraform:
                    folder = here.document.terraform.folder(here.coordinate.cloud, stack)
                    yield Consequence("manifest", f"{folder}/{instance_name(here, stack)}", tuple(names))

    def _pictures(self, a: Architecture, b: Architecture) -> Iterator[Consequence]:
        one, other = (
            self._once("pictures", x, partial(_pictures, views, x))
            for views, x in zip(self._views, (a, b), strict=True)
        )
        for name in dict.fromkeys([*one, *other]):
            if one.get(name) != other.get(name):
                yield Consequence("picture", name)

    def _rules(self, a: Architecture, b: Architecture) -> Iterator[Consequence]:
        """Findings that only one side has."""
        old, new = (self._once("rules", x, partial(_findings, x)) for x in (a, b))
        for code, message in dict.fromkeys([*old, *new]):
            if (code, message) not in new:
                yield Consequence("rule", code, (f"no longer: {message}",))
            elif (code, message) not in old:
                yield Consequence("rule", code, (message,))

    def _once(self, what: str, a: Architecture, compute: Callable[[], Any]) -> Any:
        """The result of `compute`, which is called once for an architecture and `what`."""
        known: dict[str, Any] = a.derived.setdefault(Comparison, {})
        if what not in known:
            known[what] = compute()
        return known[what]


def _names(old: Mapping[tuple[str, ...], Any], new: Mapping[tuple[str, ...], Any]) -> Iterator[str]:
    """The dotted names of values that differ; a variable that only one side has is named without its attributes."""
    one, other = ({path[0] for path in values} for values in (old, new))
    for path in dict.fromkeys([*old, *new]):
        if old.get(path) != new.get(path):
            yield ".".join(path) if path[0] in one & other else path[0]


def _objects(a: Architecture, stack: str) -> dict[str, Object]:
    """The Kubernetes objects of a stack by kind, namespace and name."""
    found = {}
    for made in objects_of(a, stack):
        metadata = made["metadata"]
        place = "/".join(filter(None, (metadata.get("namespace"), metadata["name"])))
        found[f"{made['kind']} {place}"] = made
    return found


def _file(a: Architecture, stack: str) -> str:
    assert a.document.terraform is not None
    return a.document.terraform.variable_file(a.coordinate.cloud, instance_name(a, stack), stack)


def _pictures(views: Mapping[str, View], a: Architecture) -> dict[str, Hashable]:
    """The content of each picture by view, in a form that ignores order and the title, which names the coordinate."""
    graphs = {name: view.graph(a.coordinate) for name, view in views.items()}
    return {name: (_unordered(graph.root), frozenset(graph.edges)) for name, graph in graphs.items() if graph.nodes()}


def _unordered(part: Group | Node) -> Hashable:
    if isinstance(part, Node):
        return part
    return part.id, part.label, part.style, part.arrange, part.peer, frozenset(map(_unordered, part.children))


def _findings(a: Architecture) -> dict[tuple[str, str], None]:
    return {(f.code, f.message): None for f in findings("check", a)}


def _parity_rows(a: Architecture, b: Architecture, touched: Mapping[str, What]) -> Iterator[Consequence]:
    """Capabilities with components that differ between the sides."""
    for name, capability in b.document.capabilities.items():
        providers = dict.fromkeys(id_ for x in (a, b) for id_, _component in x.providers(name))
        changed = tuple(id_ for id_ in providers if id_ in touched)
        if changed:
            yield Consequence("parity row", capability.name, changed)


def _runbooks(a: Architecture, b: Architecture, touched: Mapping[str, What]) -> Iterator[Consequence]:
    """Runbooks whose text changes, because their components or their own facts differ."""
    for name in dict.fromkeys([*a.document.runbooks, *b.document.runbooks]):
        old, new = a.document.runbooks.get(name), b.document.runbooks.get(name)
        facts = new or old
        about = (facts.component, *facts.also) if facts else ()
        if old != new or any(id_ in touched for id_ in about):
            yield Consequence("runbook", name, about)
