"""Changes of a YAML tree: a value is set, a key is added, renamed or deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archgen.diagnostics.diagnostic import Path, Span, dotted
from archgen.reading.yaml_tree import YamlNode
from archgen.records import dataclass


class ChangeError(ValueError):
    """A change that cannot be made; the message says why."""


@dataclass(frozen=True, slots=True)
class SetValue:
    """Replace the value at `path` by plain data."""

    path: Path
    value: Any


@dataclass(frozen=True, slots=True)
class AddKey:
    """Add a key with plain data to the mapping at `path`: after the key `after`, as the first one, or at its end."""

    path: Path
    key: str
    value: Any
    after: str | None = None
    first: bool = False


@dataclass(frozen=True, slots=True)
class RenameKey:
    """Give the key at the end of `path` another name. It keeps its position."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class DeleteKey:
    """Delete the key at the end of `path` with its value."""

    path: Path


Change = SetValue | AddKey | RenameKey | DeleteKey


def with_change(root: YamlNode, change: Change) -> YamlNode:
    """The tree after a change. New nodes have the place of what they replace. Raises ChangeError if the path does not fit."""
    match change:
        case SetValue(path, value):
            return _at(root, path, (), lambda node: node_of(value, node.span, node.key_span))
        case AddKey(path):
            return _at(root, path, (), lambda node: _with_key(node, change))
        case RenameKey(path, name):
            return _at(root, path[:-1], (), lambda node: _renamed(node, path, name))
        case DeleteKey(path):
            return _at(root, path[:-1], (), lambda node: _without(node, path))


def node_of(value: Any, span: Span, key_span: Span | None = None) -> YamlNode:
    """Plain data as a tree in which everything has the same place."""
    match value:
        case dict():
            return YamlNode({str(key): node_of(child, span, span) for key, child in value.items()}, span, key_span)
        case list() | tuple():
            return YamlNode([node_of(child, span) for child in value], span, key_span)
        case _:
            return YamlNode(value, span, key_span)


def _at(node: YamlNode, path: Path, taken: Path, replace: Callable[[YamlNode], YamlNode]) -> YamlNode:
    """The tree in which `replace` was applied to the node at `path`. Raises ChangeError if there is none."""
    if not path:
        return replace(node)
    step = path[0]
    child = node.get((step,))
    if child is None:
        raise ChangeError(f"{dotted((*taken, step))} does not exist")
    new = _at(child, path[1:], (*taken, step), replace)
    if isinstance(node.value, dict):
        return YamlNode({**node.value, str(step): new}, node.span, node.key_span)
    assert isinstance(node.value, list)
    items = [new if position == step else item for position, item in enumerate(node.value)]
    return YamlNode(items, node.span, node.key_span)


def _with_key(node: YamlNode, change: AddKey) -> YamlNode:
    entries = list(_mapping(node, change.path).items())
    names = [name for name, _child in entries]
    if change.key in names:
        raise ChangeError(f"{dotted((*change.path, change.key))} already exists")
    if change.after is not None and change.after not in names:
        raise ChangeError(f"{dotted((*change.path, change.after))} does not exist")
    last = len(entries) if change.after is None else names.index(change.after) + 1
    entries.insert(0 if change.first else last, (change.key, node_of(change.value, node.span, node.span)))
    return YamlNode(dict(entries), node.span, node.key_span)


def _renamed(node: YamlNode, path: Path, name: str) -> YamlNode:
    mapping = _mapping(node, path[:-1])
    if path[-1] not in mapping:
        raise ChangeError(f"{dotted(path)} does not exist")
    if name in mapping:
        raise ChangeError(f"{dotted((*path[:-1], name))} already exists")
    return YamlNode({name if key == path[-1] else key: c for key, c in mapping.items()}, node.span, node.key_span)


def _without(node: YamlNode, path: Path) -> YamlNode:
    mapping = _mapping(node, path[:-1])
    if path[-1] not in mapping:
        raise ChangeError(f"{dotted(path)} does not exist")
    return YamlNode({key: child for key, child in mapping.items() if key != path[-1]}, node.span, node.key_span)


def _mapping(node: YamlNode, path: Path) -> dict[str, YamlNode]:
    if not isinstance(node.value, dict):
        raise ChangeError(f"{dotted(path) or 'the file'} is not a mapping")
    return node.value
