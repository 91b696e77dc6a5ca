"""The node pools of clusters: separate resources, blocks of a cluster, and objects of an autoscaler.

What they state is read by the tables of resource types. The architecture of nodes follows from their image or their machine types, if these
tell it, and is assumed otherwise. How many nodes there are right now is not read: an autoscaler changes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from archgen.catalog.cloud_facts import cloud_bases
from archgen.catalog.kubernetes_types import PREFIX
from archgen.importing.converting import settings_of
from archgen.importing.found_network import FoundNetwork
from archgen.importing.known import CLUSTER
from archgen.importing.mappings import NOTHING, TOTALS, PoolMapping
from archgen.importing.network import SUBNETS, network_of_environment
from archgen.importing.placing import FoundComponent, PlacedResources, label_of, mapping_of, slug
from archgen.importing.resource import Resource, as_list, as_mapping, value_at
from archgen.importing.resource_types import all_mappings
from archgen.kinds.kubernetes_cluster import NodeCount, NodePool

OF_OBJECTS = f"{PREFIX}node_pool"
_USUAL = {"capacity": "on-demand", "architecture": "amd64"}  # what most nodes are, where nothing says it
_COUNTS = ("nodes_per_zone.min", "nodes_per_zone.max")


@dataclass(slots=True, eq=False)
class FoundPool:
    """A node pool: the names by which it is known, the best first, and what is known about it.

    `stated` has for each setting, such as `nodes_per_zone.min`, the value and the attribute that states it, as `ADDRESS: ATTRIBUTE`;
    `assumed` has what follows from no file.
    """

    names: tuple[str, ...]
    resource: Resource
    stated: dict[str, tuple[Any, str]] = field(default_factory=dict)
    assumed: dict[str, Any] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Any]:
        """The pool as a model states it."""
        values = {**self.assumed, **{name: value for name, (value, _source) in self.stated.items()}}
        found: dict[str, Any] = {key: values[key] for key in ("capacity", "architecture", "sizes") if key in values}
        if all(name in values for name in _COUNTS):
            found["nodes_per_zone"] = {name.partition(".")[2]: values[name] for name in _COUNTS}
        unsure = sorted({name.partition(".")[0] for name in self.assumed})
        return found | ({"assumed": unsure} if unsure else {})


def find_node_pools(
    placed: PlacedResources, networks: list[FoundNetwork], environment: str
) -> dict[str, dict[str, FoundPool]]:
    """The node pools of each cluster that has some, by the ID of the cluster and their own."""
    network = network_of_environment(networks)
    reader = _Reader(placed, len(network.zones) if network else 0, placed.unread)
    found = {}
    for component in placed.components:
        if component.kind == CLUSTER and (pools := list(reader.pools_of(component))):
            found[component.id] = with_ids(pools, component.named, environment)
    return found


def pools_of_objects(placed: PlacedResources) -> dict[str, FoundPool]:
    """The node pools that objects of an autoscaler state, which do not say of which cluster they are."""
    reader = _Reader(placed, 0, {})
    objects = [r for r in placed.by_role.get("limit", ()) if r.type == OF_OBJECTS and r.values.get("nodes")]
    return with_ids([reader.pool(r, mapping_of(r).pool, (r.name,)) for r in objects], "", "")


def with_ids(pools: Iterable[FoundPool], cluster: str, environment: str) -> dict[str, FoundPool]:
    """Pools by ID. A pool that two resources describe, such as a block of a cluster, is the one that comes first."""
    found: dict[str, FoundPool] = {}
    known: set[str] = set()
    for pool in pools:
        if known.isdisjoint(pool.names):
            known |= {*pool.names}
            wanted = id_of_pool(pool.names[0], cluster, environment)
            numbered = (f"{wanted}-{number}" for number in range(2, len(found) + 3))
            found[wanted if wanted not in found else next(id_ for id_ in numbered if id_ not in found)] = pool
    return dict(sorted(found.items()))


def id_of_pool(name: str, cluster: str, environment: str) -> str:
    """The name of a pool as an ID, without the words that it begins with as its cluster does, and without the environment."""
    words, common = slug(name).split("-"), slug(cluster).split("-") if cluster else []
    while len(words) > 1 and common and words[0] == common[0]:
        words, common = words[1:], common[1:]
    while len(words) > 1 and environment in (words[0], words[-1]):
        words = words[1:] if words[0] == environment else words[:-1]
    return slug("-".join(words))


def architecture_of(types: Iterable[str]) -> str:
    """The processor architecture that all of these machine types have; empty if it is not known, or if they differ.

    Names of machine types of two clouds never have the same form, so the cloud need not be known.
    """
    forms = [form for facts in cloud_bases().values() for form in facts.machine_types.items()]
    found = {next((name for name, form in forms if re.match(form, type_)), "") for type_ in types}
    return found.pop() if len(found) == 1 else ""


class _Reader:
    """Reads what resources state about pools. `zones` is the number of zones of the network; 0 if it is not known.

    `unread` counts attributes with values that no pool can have.
    """

    def __init__(self, placed: PlacedResources, zones: int, unread: dict[str, int]) -> None:
        self._placed, self._zones, self._unread = placed, zones, unread

    def pools_of(self, cluster: FoundComponent) -> Iterator[FoundPool]:
        """The pools of a cluster: those of its parts before those that it states itself, which may be the same."""
        for resource in sorted((*cluster.parts, *cluster.resources), key=lambda r: (r in cluster.resources, r.address)):
            mapping = mapping_of(resource).pool
            if mapping.named:
                yield from self._with_nodes(self.pool(resource, mapping, _names(resource, mapping)))
            elif mapping.like and not any(value_at(resource.values, name) for name in mapping.none_if):
                yield from self._inside(resource, mapping)

    def _inside(self, cluster: Resource, mapping: PoolMapping) -> Iterator[FoundPool]:
        """The pools in the blocks of a cluster, or the one that it has if it has no blocks."""
        inner = all_mappings().get(mapping.like, NOTHING).pool
        blocks = [as_mapping(block) for block in as_list(cluster.values.get(mapping.blocks))]
        for number, block in enumerate(blocks, 1):
            names = tuple(str(block[name]) for name in inner.named if block.get(name)) or (f"pool-{number}",)
            yield from self._with_nodes(self.pool(replace(cluster, values=block), inner, names))
        removed = any(value_at(cluster.values, name) for name in mapping.own_unless)
        if mapping.own and not blocks and not removed and value_at(cluster.values, mapping.own_if):
            yield from self._with_nodes(self.pool(cluster, inner, (mapping.own,)))

    def _with_nodes(self, pool: FoundPool) -> Iterator[FoundPool]:
        """The pool, unless it can have no nodes at all."""
        most = pool.stated.pop("most", None)
        if most is None or most[0]:
            yield pool

    def pool(self, resource: Resource, mapping: PoolMapping, names: tuple[str, ...]) -> FoundPool:
        """What a resource, and the template that it refers to, state about a pool."""
        pool = FoundPool(names, resource, self._read(resource, mapping))
        if mapping.template:
            for template in self._placed.index.from_(resource, mapping.template):
                pool.stated = {**self._read(template, mapping_of(template).pool), **pool.stated}
        sizes, source = pool.stated.get("sizes", ((), ""))
        by_size = architecture_of(sizes)
        if by_size:
            pool.stated.setdefault("architecture", (by_size, source))
        self._count(pool, mapping)
        for setting, usual in _USUAL.items():
            if setting not in pool.stated:
                pool.assumed[setting] = usual
        return pool

    def _read(self, resource: Resource, mapping: PoolMapping) -> dict[str, tuple[Any, str]]:
        found: dict[str, tuple[Any, str]] = {}
        for rule, value in settings_of(resource, mapping.settings, CLUSTER, lambda _: None):
            if value is None or not _fits(rule.setting, value):
                self._leave(resource, rule.attribute)
            else:
                found.setdefault(rule.setting, (value, f"{resource.address}: {rule.attribute}"))
        return found

    def _leave(self, resource: Resource, attribute: str) -> None:
        name = f"{resource.type}.{attribute}"
        self._unread[name] = self._unread.get(name, 0) + 1

    def _count(self, pool: FoundPool, mapping: PoolMapping) -> None:
        """Replace the limits that a resource states by those of each zone; without limits, the number of nodes is fixed."""
        read = {name: pool.stated.pop(name, None) for name in TOTALS}
        if (total := read["total.max"]) is not None:
            pool.stated["most"] = total
            self._spread(pool, mapping, read["total.min"] or (0, total[1]), total)
            return
        most = read["zone.max"] or read["fixed"]
        least = (read["zone.min"] or (0, most[1] if most else "")) if read["zone.max"] else read["fixed"]
        if most is None or least is None:
            return
        pool.stated["most"] = most
        if _are_limits(least[0], most[0]):
            if self._is_in_all_zones(pool.resource, mapping):
                pool.stated |= dict(zip(_COUNTS, (least, most), strict=True))
            else:
                pool.assumed |= dict(zip(_COUNTS, (least[0], most[0]), strict=True))
        elif most[0]:
            self._leave(pool.resource, most[1].partition(": ")[2])

    def _spread(self, pool: FoundPool, mapping: PoolMapping, least: tuple[int, str], most: tuple[int, str]) -> None:
        """State the limits of the whole pool for each zone, if it has a node in each: otherwise a model cannot say where its nodes are."""
        zones, sure = self._zones_of(pool.resource, mapping)
        if not zones or 0 < least[0] < zones or not _are_limits(least[0] // zones, -(-most[0] // zones)):
            if most[0]:
                self._leave(pool.resource, least[1].partition(": ")[2])
            return
        values = (least[0] // zones, -(-most[0] // zones))
        if sure and zones >= self._zones and not least[0] % zones and not most[0] % zones:
            pool.stated |= {name: (v, s) for name, v, (_, s) in zip(_COUNTS, values, (least, most), strict=True)}
        else:
            pool.assumed |= dict(zip(_COUNTS, values, strict=True))

    def _is_in_all_zones(self, resource: Resource, mapping: PoolMapping) -> bool:
        """Whether a pool is not known to be in only some zones of the network, which a model cannot say of a pool."""
        zones, sure = self._zones_of(resource, mapping)
        return not sure or zones >= self._zones

    def _zones_of(self, resource: Resource, mapping: PoolMapping) -> tuple[int, bool]:
        """The number of zones of a pool, and whether it is known for sure; 0 if nothing says it."""
        if stated := as_list(value_at(resource.values, mapping.zones)) if mapping.zones else []:
            return len(stated), True
        if mapping.subnets:
            subnets = [t for t in self._placed.index.from_(resource, mapping.subnets) if t.type in SUBNETS]
            zones = {subnet.values.get("availability_zone") for subnet in subnets}
            if subnets and None not in zones:
                return len(zones), True
            # Usually, there is one subnet for each zone.
            named = as_list(value_at(resource.values, mapping.subnets))
            if count := len(named) or len(subnets):
                return count, False
        return self._zones, False


def _names(resource: Resource, mapping: PoolMapping) -> tuple[str, ...]:
    """The names of a pool; before those in the cloud, of which an end that the provider adds is left out, or the label of the block."""
    names = [str(value).rstrip("-") for name in mapping.named if (value := value_at(resource.values, name))]
    return tuple(names) or (str(resource.index) if isinstance(resource.index, str) else label_of(resource, "nodes"),)


def _are_limits(least: Any, most: Any) -> bool:
    try:
        NodeCount.model_validate({"min": least, "max": most})
    except ValidationError:
        return False
    return True


def _fits(setting: str, value: Any) -> bool:
    """Whether a pool can have a value; numbers are checked when both limits are known."""
    if setting not in NodePool.model_fields:
        return type(value) is int and value >= 0
    given: Mapping[str, Any] = {**_USUAL, setting: tuple(value) if isinstance(value, list) else value}
    try:
        NodePool.model_validate(given)
    except ValidationError:
        return False
    return True
