"""Components that a change renames: the newer model lists the earlier ID under `formerly`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from pydantic import BaseModel

from archgen.analysis.changes import ChangedSetting, Item, own_settings, settings
from archgen.comparing.comparison import Difference
from archgen.diagnostics.diagnostic import Path, Span
from archgen.model.architecture import Architecture
from archgen.model.paths import leaves
from archgen.records import dataclass

_PLACE = re.compile(r"(?<=components\.)[^.\s]+")  # the ID in a path of the model
How = Literal["added", "removed", "changed", "renamed"]


@dataclass(frozen=True, slots=True)
class ChangedPart:
    """A component or a connection that differs. `formerly` is the earlier ID of one that was renamed."""

    how: How
    id: str
    title: str
    at: Span
    settings: tuple[ChangedSetting, ...] = ()
    formerly: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs at a pair of coordinates, without what only follows a new name."""

    components: tuple[ChangedPart, ...] = ()
    connections: tuple[ChangedPart, ...] = ()
    settings: tuple[ChangedSetting, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.components or self.connections or self.settings)

    @property
    def signature(self) -> tuple[object, ...]:
        """What differs, without its places: equal for coordinates at which the same differs."""
        parts = tuple((p.how, p.id, p.formerly, _values(p.settings)) for p in (*self.components, *self.connections))
        return parts, _values(self.settings)


def _values(changed: tuple[ChangedSetting, ...]) -> tuple[object, ...]:
    return tuple((s.path, repr(s.old), repr(s.new)) for s in changed)


def renamed(a: Architecture, b: Architecture) -> dict[str, str]:
    """Each earlier ID of a component that only `a` has, with its ID in `b`."""
    return {
        earlier: name
        for name, component in b.components.items()
        if name not in a.components
        for earlier in component.formerly
        if earlier in a.components and earlier not in b.components
    }


def perhaps_renamed(a: Architecture, b: Architecture) -> dict[str, str]:
    """Each component that only `a` has, with the one that may be the same under another ID in `b`, which no `formerly` says.

    It is the only new one of the same kind and product, and there is no other one of which it could be the later ID.
    """
    names = renamed(a, b)
    gone = [id_ for id_ in a.components if id_ not in b.components and id_ not in names]
    new = [id_ for id_ in b.components if id_ not in a.components and id_ not in names.values()]

    def of_the_same_product(id_: str) -> list[str]:
        kind, product = a.components[id_].kind, a.components[id_].product
        return [n for n in new if (b.components[n].kind, b.components[n].product) == (kind, product)]

    found = {id_: of_the_same_product(id_) for id_ in gone}
    times = Counter(n for candidates in found.values() for n in candidates)
    return {id_: c[0] for id_, c in found.items() if len(c) == 1 and times[c[0]] == 1}


def changes(difference: Difference, a: Architecture, b: Architecture) -> Changes:
    """The difference of two architectures, in which a component with another ID is one that was renamed."""
    names = renamed(a, b)
    return Changes(
        tuple(_components(difference, a, b, names)),
        tuple(_connections(difference, a, b, names)),
        tuple(_following(difference.settings, names)),
    )


def _components(d: Difference, a: Architecture, b: Architecture, names: Mapping[str, str]) -> Iterator[ChangedPart]:
    earlier = {new: old for old, new in names.items()}
    for item in d.components:
        if item.id in names:
            continue
        if item.id in earlier and item.what == "added":
            old = {_moved(path, names): value for path, value in own_settings(a, earlier[item.id]).items()}
            found = settings(old, own_settings(b, item.id), a, b)
            kept = tuple(s for s in _following(found, names) if s.path[2] != "formerly")
            yield ChangedPart("renamed", item.id, item.title, item.at, kept, earlier[item.id])
        elif part := _part(item, names):
            yield part


def _connections(d: Difference, a: Architecture, b: Architecture, names: Mapping[str, str]) -> Iterator[ChangedPart]:
    """The connections that differ; one whose end was renamed differs only if its call does."""
    new = {(c.tail, c.head): c for c in b.connections}
    follows: dict[str, str] = {}
    changed: list[ChangedPart] = []
    for c in a.connections:
        other = new.get((names.get(c.tail, c.tail), names.get(c.head, c.head)))
        if other is None or other.id == c.id:
            continue
        follows[c.id], follows[other.id] = other.id, c.id
        place = tuple(map(str, other.path))
        old, now = ({**leaves(x.call, place)} for x in (c, other))
        if found := tuple(_following(settings(old, now, a, b), names)):  # type: ignore[arg-type]
            changed.append(ChangedPart("changed", other.id, "", b.stated_at(*other.path), found))
    yield from (part for item in d.connections if item.id not in follows and (part := _part(item, names)))
    yield from changed


def _part(item: Item, names: Mapping[str, str]) -> ChangedPart | None:
    """The item as a part; None if all of its changes only follow a new name."""
    kept = tuple(_following(item.settings, names))
    return ChangedPart(item.what, item.id, item.title, item.at, kept) if kept or item.what != "changed" else None


def _following(found: Iterable[ChangedSetting], names: Mapping[str, str]) -> Iterator[ChangedSetting]:
    """The settings that differ by more than a new name."""
    every = list(found)
    if not names:
        yield from every
        return
    removed = {_moved(s.path, names): s for s in every if s.new is None and _moved(s.path, names) != s.path}
    added = {s.path for s in every if s.old is None}
    for s in every:
        if s.new is None and s.path != (path := _moved(s.path, names)) and path in added:
            continue  # compared at its new path
        before = removed.get(s.path) if s.old is None else None
        now = replace(s, old=before.old, old_at=before.old_at) if before else s
        if _with_names(now.old, names) != _with_names(now.new, {}):
            yield now


def _moved(path: Path, names: Mapping[str, str]) -> Path:
    return tuple(names.get(step, step) if isinstance(step, str) else step for step in path)


def _with_names(value: Any, names: Mapping[str, str]) -> Any:
    """A value with the new names of components in place of the earlier ones, also in paths; parts of the model as mappings."""
    if isinstance(value, str):
        return names.get(value) or _PLACE.sub(lambda match: names.get(match.group(), match.group()), value)
    if isinstance(value, BaseModel):
        return {name: _with_names(getattr(value, name), names) for name in type(value).model_fields}
    if isinstance(value, (tuple, list)):
        return [_with_names(item, names) for item in value]
    if isinstance(value, Mapping):
        return {names.get(key, key): _with_names(inside, names) for key, inside in value.items()}
    return value
