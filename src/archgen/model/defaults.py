"""`defaults`: settings that a model states once for all components of a kind, on a runtime, or with a tag.

They are merged under what a component states, on the tree, so that each value keeps its own place in the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archgen.diagnostics.diagnostic import Diagnostic, did_you_mean
from archgen.model.kind_changes import setting_keys
from archgen.model.overlay import DEFAULTS as KEY
from archgen.reading.yaml_tree import YamlNode
from archgen.records import dataclass

SECTIONS = ("kinds", "runtimes", "tags")
# What decides which defaults a component gets. Defaults of a kind may set the last two, other defaults none of them.
_SELECTORS = ("kind", "runs_on", "tags")


@dataclass(frozen=True, slots=True)
class _Layer:
    """The defaults of one kind, runtime or tag: their section, its id, and the settings."""

    section: str
    id: str
    node: YamlNode

    @property
    def name(self) -> str:
        return f"{self.section[:-1]} '{self.id}'"


class DefaultsUnderComponents:
    """Applies the defaults of one model to its trees. Trees of different coordinates share components, and each is merged once."""

    def __init__(self, kinds: Mapping[str, type[Any]]) -> None:
        self._kinds = kinds
        self._merged: dict[tuple[Any, ...], tuple[list[YamlNode], YamlNode, list[Diagnostic]]] = {}

    def applied(self, tree: YamlNode) -> tuple[YamlNode, list[Diagnostic]]:
        """The tree with defaults under its components, and the defaults that cannot be applied."""
        stated, components = tree.get((KEY,)), tree.get(("components",))
        if stated is None or components is None or not isinstance(components.value, dict):
            return tree, []
        problems = list(self._unusable(stated))
        merged = {}
        for name, part in components.value.items():
            merged[name], more = self._component(name, part, stated)
            problems += more
        assert isinstance(tree.value, dict)
        around = YamlNode(merged, components.span, components.key_span)
        return YamlNode({**tree.value, "components": around}, tree.span, tree.key_span), problems

    def _unusable(self, stated: YamlNode) -> Iterator[Diagnostic]:
        """A diagnostic for each kind that does not exist, and for each key that no such default can set."""
        for section in SECTIONS:
            for id_, node in _entries(stated, section):
                if section == "kinds" and id_ not in self._kinds:
                    help_ = did_you_mean(id_, self._kinds)
                    yield Diagnostic("ARC-R001", f"the kind '{id_}' does not exist", help_, span=node.key_span)
                for key, child in node.value.items() if isinstance(node.value, dict) else ():
                    if key in _forbidden(section):
                        message = (
                            f"`{key}` cannot have a default here, because it decides which defaults a component gets"
                        )
                        yield Diagnostic("ARC-C002", message, "state it at each component", span=child.key_span)

    def _component(self, name: str, part: YamlNode, stated: YamlNode) -> tuple[YamlNode, list[Diagnostic]]:
        """A component with its defaults, and the defaults that cannot be applied to it."""
        kind = _text(part, "kind")
        if kind not in self._kinds or not isinstance(part.value, dict):
            return part, []
        layers = list(_layers(part, kind, stated))
        if not layers:
            return part, []
        key = (name, id(part), *(id(layer.node) for layer in layers))
        if key not in self._merged:  # the nodes are kept so that their id() is not reused
            problems: list[Diagnostic] = []
            usable = [self._without_foreign_keys(layer, kind, name, problems) for layer in layers]
            merged = _under(part, usable, name, (), problems)
            self._merged[key] = [part, *(layer.node for layer in layers)], merged, problems
        _nodes, merged, problems = self._merged[key]
        return merged, problems

    def _without_foreign_keys(self, layer: _Layer, kind: str, name: str, problems: list[Diagnostic]) -> _Layer:
        """The defaults without keys that the kind does not have; those are added to `problems`."""
        known = setting_keys(self._kinds[kind])
        assert isinstance(layer.node.value, dict)
        kept = {}
        for key, child in layer.node.value.items():
            if key in known and key not in _forbidden(layer.section):
                kept[key] = child
            elif key not in known:
                whose = "" if layer.section == "kinds" else f" of '{name}'"
                message = f"the kind '{kind}'{whose} has no setting `{key}`"
                problems.append(Diagnostic("ARC-M002", message, did_you_mean(key, known), span=child.key_span))
        return _Layer(layer.section, layer.id, YamlNode(kept, layer.node.span, layer.node.key_span))


def unused_defaults(base: YamlNode, trees: Iterable[YamlNode]) -> Iterator[Diagnostic]:
    """A diagnostic for each runtime that does not exist, and for each tag that no component has at any coordinate.

    `base` is the tree without conditions, and `trees` those of all coordinates.
    """
    every = list(trees)
    parts = [part for tree in every for _name, part in _entries(tree, "components")]
    known = {
        "runtimes": {name for tree in every for name, _part in _entries(tree, "components")},
        "tags": {tag for part in parts for tag in _texts(part, "tags")}
        | {
            tag for tree in every for _kind, node in _entries(tree.get((KEY,)), "kinds") for tag in _texts(node, "tags")
        },
    }
    places = {(s, id_): node for tree in (base, *every) for s in known for id_, node in _entries(tree.get((KEY,)), s)}
    for (section, id_), node in places.items():
        if id_ not in known[section]:
            what = (
                f"the component '{id_}' does not exist"
                if section == "runtimes"
                else f"no component has the tag '{id_}'"
            )
            yield Diagnostic("ARC-R001", what, did_you_mean(id_, known[section]), span=node.key_span)


def _forbidden(section: str) -> tuple[str, ...]:
    return _SELECTORS[:1] if section == "kinds" else _SELECTORS


def _layers(part: YamlNode, kind: str, stated: YamlNode) -> Iterator[_Layer]:
    """The defaults that a component gets. Defaults of its kind may state what it runs on and its tags."""
    of_kind = stated.get(("kinds", kind))
    sources = [node for node in (part, of_kind) if node is not None]
    host = next((text for node in sources if (text := _text(node, "runs_on"))), "")
    tags = next((texts for node in sources if (texts := _texts(node, "tags"))), [])
    for section, ids in (("kinds", [kind]), ("runtimes", [host]), ("tags", tags)):
        for id_ in dict.fromkeys(ids):
            node = stated.get((section, id_))
            if node is not None and isinstance(node.value, dict):
                yield _Layer(section, id_, node)


def _under(
    own: YamlNode | None, layers: list[_Layer], component: str, path: tuple[str, ...], problems: list[Diagnostic]
) -> YamlNode:
    """What a component states, with defaults where it states nothing. Two defaults that differ are added to `problems`."""
    if own is not None and not isinstance(own.value, dict):
        return own
    mappings = [layer for layer in layers if isinstance(layer.node.value, dict)]
    if own is None and len(mappings) < len(layers):
        first, *others = layers
        for other in others:
            if other.node.plain() != first.node.plain():
                problems.append(_conflict(first, other, component, path))
        return first.node
    nodes = [node for node in (own, *(layer.node for layer in mappings)) if node is not None]
    stated = own.value if own is not None and isinstance(own.value, dict) else {}
    values: dict[str, YamlNode] = {}
    for key in dict.fromkeys(key for node in nodes if isinstance(node.value, dict) for key in node.value):
        below = [
            _Layer(layer.section, layer.id, child)
            for layer in mappings
            if (child := layer.node.get((key,))) is not None
        ]
        values[key] = _under(stated.get(key), below, component, (*path, key), problems)
    return YamlNode(values, nodes[0].span, nodes[0].key_span)


def _conflict(first: _Layer, other: _Layer, component: str, path: tuple[str, ...]) -> Diagnostic:
    setting = ".".join(path)
    message = f"the defaults of the {first.name} and of the {other.name} set `{setting}` of '{component}' differently"
    help_ = f"state it at the component: components.{component}.{setting}"
    related = (("the other default is here", first.node.key_span or first.node.span),)
    return Diagnostic("ARC-C008", message, help_, span=other.node.key_span or other.node.span, related=related)


def _entries(node: YamlNode | None, key: str) -> list[tuple[str, YamlNode]]:
    """Pairs of id and node of the entries under a key; empty if it is not a mapping."""
    below = node.get((key,)) if node is not None else None
    return list(below.value.items()) if below is not None and isinstance(below.value, dict) else []


def _text(node: YamlNode, key: str) -> str:
    child = node.get((key,))
    return child.value if child is not None and isinstance(child.value, str) else ""


def _texts(node: YamlNode, key: str) -> list[str]:
    child = node.get((key,))
    items = child.value if child is not None and isinstance(child.value, list) else []
    return [item.value for item in items if isinstance(item.value, str)]
