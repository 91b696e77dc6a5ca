"""Components that change their kind with a coordinate: settings that only another of their kinds has do not apply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archgen.diagnostics.diagnostic import Span
from archgen.model.coordinate import Coordinate
from archgen.reading.yaml_tree import YamlNode


def without_settings_of_other_kinds(
    trees: Mapping[Coordinate, YamlNode], names: Iterable[str], kinds: Mapping[str, type[Any]]
) -> dict[Coordinate, YamlNode]:
    """The trees without the settings of the components `names` that apply elsewhere, where the component has another kind.

    A setting that no coordinate can use stays, so that it is reported.
    """
    changed = dict(trees)
    for name in names:
        parts = {at: part for at, tree in trees.items() if (part := tree.get(("components", name)))}
        known: dict[str, set[Span]] = {}  # the places of the values of each key at coordinates whose kind has the key
        for part in parts.values():
            for key, node in _settings(part, kinds, foreign=False):
                known.setdefault(key, set()).update(_places(node))
        for at, part in parts.items():
            unused = {
                key for key, node in _settings(part, kinds, foreign=True) if _places(node) <= known.get(key, set())
            }
            if unused:
                changed[at] = _without(changed[at], name, unused)
    return changed


def _settings(part: YamlNode, kinds: Mapping[str, type[Any]], *, foreign: bool) -> Iterator[tuple[str, YamlNode]]:
    """The settings that the kind of a component has, or with `foreign` those that it does not have."""
    kind = part.get(("kind",))
    if kind is None or not isinstance(kind.value, str) or kind.value not in kinds or not isinstance(part.value, dict):
        return
    own = setting_keys(kinds[kind.value])
    yield from ((key, node) for key, node in part.value.items() if (key not in own) == foreign)


def setting_keys(kind: type[Any]) -> set[str]:
    """The keys that a component of a kind may have."""
    return {field.alias or name for name, field in kind.model_fields.items()}


def _places(node: YamlNode) -> set[Span]:
    """The places of all values in a node."""
    if isinstance(node.value, dict):
        return {place for child in node.value.values() for place in _places(child)} or {node.span}
    return {node.span}


def _without(tree: YamlNode, name: str, keys: set[str]) -> YamlNode:
    """The tree without these keys of a component."""
    components = tree.get(("components",))
    assert components
    assert isinstance(tree.value, dict)
    assert isinstance(components.value, dict)
    part = components.value[name]
    assert isinstance(part.value, dict)
    kept = {key: node for key, node in part.value.items() if key not in keys}
    new = YamlNode(kept, part.span, part.key_span)
    around = YamlNode({**components.value, name: new}, components.span, components.key_span)
    return YamlNode({**tree.value, "components": around}, tree.span, tree.key_span)
