"""Finds the components that a model has already among those of files: by their addresses, then by kind and name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from archgen.reading.yaml_tree import YamlNode

CLUSTER = "kubernetes-cluster"
_NUMBER_AT_END = re.compile(r"\[\d+\]$")


@dataclass(frozen=True, slots=True)
class KnownComponent:
    """By what a component is found: its ID, its kind, its name in the cloud (empty if it is not known), and its addresses.

    `other_id` is the ID that it has in a model whose component with its ID is of another kind.
    """

    id: str
    kind: str
    name: str
    addresses: frozenset[str]
    other_id: str = ""


@dataclass(frozen=True)
class KnownComponents:
    """The components of a model. `clusters` has the namespaces of each Kubernetes cluster among them.

    `networks` has the IDs of its further networks by their names in the cloud.
    """

    components: tuple[KnownComponent, ...] = ()
    clusters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    networks: Mapping[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> tuple[str, ...]:
        """Their IDs."""
        return tuple(component.id for component in self.components)

    def ids_of(self, found: Sequence[KnownComponent]) -> list[str]:
        """For each component that was found, the ID of the same component in the model; empty if the model does not have it.

        Addresses decide, and after them those without the number of an instance. A name counts only together with the kind.
        """
        chosen = [""] * len(found)
        left = {component.id: component for component in self.components}
        for keys in (_addresses, _blocks, _id_and_kind, _other_id_and_kind, _name_and_kind):
            ours, theirs = _by_key(left.values(), keys), _by_key(found, keys)
            for position, component in enumerate(found):
                if chosen[position]:
                    continue
                same = {c.id for key in keys(component) if len(theirs[key]) == 1 for c in ours.get(key, ())}
                if len(same) == 1 and (name := same.pop()) in left:
                    chosen[position] = name
                    del left[name]
        return chosen


NONE_KNOWN = KnownComponents()


def known_components(root: YamlNode) -> KnownComponents:
    """The components of a model; `root` is its tree as written, with conditions."""
    components = root.get(("components",))
    entries = components.value if components and isinstance(components.value, dict) else {}
    known = tuple(_known(name, node) for name, node in entries.items() if isinstance(node.value, dict))
    clusters = {c.id: _namespaces_of(entries[c.id]) for c in known if c.kind == CLUSTER}
    return KnownComponents(known, clusters, _known_networks(root))


def _known_networks(root: YamlNode) -> dict[str, str]:
    """The IDs of further networks by each name in the cloud that the model states for them."""
    networks = root.get(("networks",))
    entries = networks.value if networks and isinstance(networks.value, dict) else {}
    return {str(name.value): id_ for id_, node in entries.items() for name in _values_of(node, "identifier")}


def _namespaces_of(cluster: YamlNode) -> frozenset[str]:
    stated = _values_of(cluster, "namespaces")
    return frozenset(name for node in stated if isinstance(node.value, dict) for name in node.value)


def _known(name: str, node: YamlNode) -> KnownComponent:
    stated = _values_of(node, "terraform_addresses")
    addresses = {str(item.value) for value in stated if isinstance(value.value, list) for item in value.value}
    kind, identifier = node.get(("kind",)), node.get(("identifier",))
    return KnownComponent(
        name, str(kind.value) if kind else "", str(identifier.value) if identifier else "", frozenset(addresses)
    )


def _values_of(node: YamlNode, key: str) -> list[YamlNode]:
    """The values of a key of a component: the one that it states, and those under conditions."""
    when = node.get(("when",))
    conditions = when.value.values() if when and isinstance(when.value, dict) else ()
    return [value for holder in (node, *conditions) if (value := holder.get((key,)))]


def _by_key(
    components: Iterable[KnownComponent], keys: Callable[[KnownComponent], frozenset[str]]
) -> dict[str, list[KnownComponent]]:
    found: dict[str, list[KnownComponent]] = defaultdict(list)
    for component in components:
        for key in keys(component):
            found[key].append(component)
    return found


def _addresses(component: KnownComponent) -> frozenset[str]:
    return component.addresses


def _blocks(component: KnownComponent) -> frozenset[str]:
    return frozenset(_NUMBER_AT_END.sub("", address) for address in component.addresses)


def _id_and_kind(component: KnownComponent) -> frozenset[str]:
    return frozenset({f"{component.kind} {component.id}"})


def _other_id_and_kind(component: KnownComponent) -> frozenset[str]:
    return frozenset({f"{component.kind} {component.other_id or component.id}"})


def _name_and_kind(component: KnownComponent) -> frozenset[str]:
    return frozenset({f"{component.kind} {component.name}"} if component.name else ())
