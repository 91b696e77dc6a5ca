"""The components, connections and settings that differ between two architectures, and where each side states them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from archgen.analysis.regions import known_regions
from archgen.diagnostics.diagnostic import Path, Span
from archgen.model.architecture import Architecture
from archgen.model.connections import Connection
from archgen.model.paths import leaves
from archgen.records import dataclass

What = Literal["added", "removed", "changed"]

# What a change of these parts of the model, or of these settings of components, asks of people is to read and to plan, not to build.
_WRITTEN_PARTS = {
    *("capabilities", "controls", "costs", "decisions", "flows", "glossary", "phases", "rules"),
    *("runbooks", "sources", "summary", "teams", "views"),
}
_WRITTEN_SETTINGS = {"no_capability", "owner", "provides", "purpose", "tags", "title"}


def is_documentation(path: Path) -> bool:
    """Whether a value is documentation or planning, so that a change of it builds nothing."""
    if path[0] == "components":
        return len(path) > 2 and str(path[2]) in _WRITTEN_SETTINGS
    return str(path[0]) in _WRITTEN_PARTS or path[:2] == ("observability", "dashboards")


@dataclass(frozen=True, slots=True)
class ChangedSetting:
    """A value that differs: None on a side that does not have it. Its place is None if no line of the model states it."""

    path: Path
    old: Any
    new: Any
    old_at: Span | None
    new_at: Span | None


@dataclass(frozen=True, slots=True)
class Item:
    """A component or a connection that differs; `settings` are the changed ones, if both sides have it."""

    what: What
    id: str
    title: str
    at: Span
    settings: tuple[ChangedSetting, ...] = ()


def own_settings(a: Architecture, name: str) -> Mapping[Path, Any]:
    """Path to value of the settings of a component, without its calls, which are compared as connections.

    The value of a region that it states is its role there, even if only the region states it.
    """
    component = a.components[name]
    every = leaves(component, ("components", name))
    roles = {("components", name, "regions", id_): role for id_, role in a.regions_of(component).items()}
    kept: dict[Path, Any] = {path: value for path, value in every.items() if path[2] not in ("calls", "regions")}
    return kept | {path: role for path, role in roles.items() if path[3] in component.regions}


def components(
    a: Architecture, b: Architecture, settings_of: Callable[[Architecture, str], Mapping[Path, Any]] = own_settings
) -> Iterator[Item]:
    """The components that were added, removed or changed, in the order of `b`. `settings_of` may be a cached `own_settings`."""
    for name in dict.fromkeys([*b.components, *a.components]):
        at = ("components", name)
        if name not in a.components:
            yield Item("added", name, b.components[name].title, b.stated_at(*at))
        elif name not in b.components:
            yield Item("removed", name, a.components[name].title, a.stated_at(*at))
        elif a.components[name] is not b.components[name]:
            old = {**settings_of(a, name), **_unstated_regions(a, b, name)}
            new = {**settings_of(b, name), **_unstated_regions(b, a, name)}
            changed = tuple(settings(old, new, a, b))
            if changed:
                yield Item("changed", name, b.components[name].title, b.stated_at(*at), changed)


def _unstated_regions(a: Architecture, other: Architecture, name: str) -> dict[Path, Any]:
    """The regions that a component is known to be in without stating it, if only the other side states them."""
    if a.components[name].regions or not other.components[name].regions:
        return {}
    return {("components", name, "regions", id_): role for id_, role in (known_regions(a, name) or {}).items()}


def settings(
    old: Mapping[Path, Any], new: Mapping[Path, Any], a: Architecture, b: Architecture
) -> Iterator[ChangedSetting]:
    """The values that differ between two mappings of paths."""
    for path in dict.fromkeys([*old, *new]):
        one, other = old.get(path), new.get(path)
        if one != other:
            yield ChangedSetting(path, one, other, _place_of(a, path), _place_of(b, path))


def order(a: Architecture, b: Architecture) -> Iterator[ChangedSetting]:
    """Changes in the order of environments, which is that of promotion, and of phases. Other orders have no meaning."""
    for axis in ("environments", "phases"):
        one, other = (tuple(getattr(x.document, axis)) for x in (a, b))
        if one != other and set(one) == set(other):
            yield ChangedSetting((axis,), one, other, _place_of(a, (axis,)), _place_of(b, (axis,)))


def _place_of(a: Architecture, path: Path) -> Span | None:
    """The place that states a value; None for a default or a derived value."""
    cloud, environment = a.coordinate.cloud, a.coordinate.environment
    home, there = a.facts.home_label.lower(), a.environment.on(cloud)
    of_the_coordinate: dict[Path, Path] = {
        ("environment", "region"): ("clouds", cloud, "region"),
        ("environment", "cidr"): ("environments", environment, cloud, "cidr"),
        ("environment", home): ("environments", environment, cloud, there.key if there else ""),
    }
    node = a.tree.get(of_the_coordinate.get(path, path))
    return (node.key_span or node.span) if node else None


def connections(a: Architecture, b: Architecture) -> Iterator[Item]:
    """The connections that were added, removed or changed; the title is the protocol, port and purpose."""
    old, new = ({c.id: c for c in architecture.connections} for architecture in (a, b))
    for id_ in dict.fromkeys([*new, *old]):
        if id_ not in old:
            yield Item("added", id_, _call_summary(new[id_]), b.stated_at(*new[id_].path))
        elif id_ not in new:
            yield Item("removed", id_, _call_summary(old[id_]), a.stated_at(*old[id_].path))
        elif old[id_].call != new[id_].call:
            path = new[id_].path
            changed = tuple(settings(leaves(old[id_].call, path), leaves(new[id_].call, path), a, b))  # type: ignore[arg-type]
            yield Item("changed", id_, _call_summary(new[id_]), b.stated_at(*path), changed)


def _call_summary(c: Connection) -> str:
    """`tls 5432, SQL`; parts that are not stated are left out."""
    wire = " ".join(str(part) for part in (c.call.protocol, c.call.port) if part)
    return ", ".join(part for part in (wire, c.call.purpose) if part)
