"""Data and recovery: the copies of the data in each zone, in backups and in the recovery region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from archgen.draw.graph import Edge, Graph, Group, Icon, LeftOut, Node
from archgen.kinds.relational_database import Backup, DisasterRecovery
from archgen.model.architecture import Architecture
from archgen.model.component import OUTSIDE
from archgen.model.regions import HOME
from archgen.terraform.managed import managed
from archgen.views._groups import everything, picture
from archgen.views._parts import component_page, edge_of, icon_of, meaning_of, member_node, node_of

TITLE = "Data and recovery"
QUESTION = "What is lost when an instance, a zone or a region fails, and where is it restored from?"
ORDER = 50
PART = ("components",)
_BACKUP = Icon(tile="BK", category="storage")  # of backups and of their copies


def view(architecture: Architecture, horizon: Architecture) -> Graph:
    """Every component that stores data: in zones with its callers, its backups and their copies, and in services of the region."""
    a = architecture
    keeping = [name for name in a.components if _keeps(a, name)]
    stores = [name for name in keeping if not a.components[name].tier_of_members() and a.members(name)]
    callers = [
        name
        for name, source in everything(a, horizon).items()
        if set(source.called_by(name)) & set(stores) and name not in stores
    ]
    nodes = [
        replace(node_of(a if n in a.components else horizon, n, planned=n not in a.components), context=True)
        for n in callers
    ]
    parts: list[Group | Node] = [Group("callers", "", "none", tuple(nodes))] if nodes else []
    parts.append(_region(a, stores, [name for name in keeping if name not in stores and _is_at_home(a, name)]))
    parts += _other_regions(a, keeping, tuple(_recovery(a, stores)))
    described = (
        f"Copies of the data on {a.facts.full_name}, in the region's zones, in backups and in the recovery region. "
        "Only what keeps data is drawn, and what has connections to stores in the zones."
    )
    root = [Group("all", "", "none", tuple(parts), "column")]
    graph = picture("data", TITLE, described, a, root if keeping else [], _edges(a, horizon, stores, callers), "grid")
    return replace(graph, left_out=tuple(_left_out(a)))


def _is_at_home(a: Architecture, name: str) -> bool:
    return HOME in (a.regions_of(a.components[name]) or (HOME,))


def _other_regions(a: Architecture, keeping: list[str], copies: tuple[Node, ...]) -> Iterator[Group]:
    """A group for each region besides the usual one that has data: components that are there, too, and copies to recover from."""
    for id_, region in a.regions.items():
        if id_ == HOME:
            continue
        recovery = region.name == a.recovery_region
        nodes = [*copies] if recovery else []
        for name in keeping:
            if role := a.regions_of(a.components[name]).get(id_):
                note = "passive, used after a failover" if role == "passive" else "active"
                node = node_of(a, name, note=note)
                nodes.append(replace(node, id=f"region-{id_}--{name}") if _is_at_home(a, name) else node)
        if nodes:
            label = f"{'Recovery region' if region.role == 'passive' else 'Region'} {region.name}"
            yield Group("recovery" if recovery else f"region-{id_}", label, "region", tuple(nodes))


def _keeps(a: Architecture, name: str) -> bool:
    traits = a.traits(name)
    return bool(traits.keeps_data or traits.stateful) and a.place(a.components[name]) != OUTSIDE


def _left_out(a: Architecture) -> Iterator[LeftOut]:
    """What may keep data, and what keeps data outside the cloud."""
    unsaid, outside = [], []
    for name, component in a.components.items():
        traits = a.traits(name)
        if a.place(component) == OUTSIDE:
            outside += [component.title] if traits.keeps_data or traits.stateful else []
        elif not _keeps(a, name) and None in (traits.keeps_data, traits.stateful):
            unsaid.append(component.title)
    if unsaid:
        yield LeftOut(tuple(unsaid), "the model does not say whether they keep data")
    if outside:
        yield LeftOut(tuple(outside), "they keep data outside the cloud")


def _region(a: Architecture, stores: list[str], others: list[str]) -> Group:
    zones = []
    for number, zone in enumerate(a.zones):
        inside = [
            member_node(a, name, member, f"{name}-{member.id}", planned=False, titled=True)
            for name in stores
            for member in a.members(name)
            if member.zone == number
        ]
        zones.append(Group(f"zone-{number + 1}", f"Zone {zone}", "zone", tuple(inside), "row", "zone"))
    used = [zone for zone in zones if zone.children]
    children: list[Group | Node] = [Group("zones", "", "none", tuple(used))] if used else []
    backups = tuple(_backup(a, name, backup) for name in stores if (backup := _backups_of(a, name)))
    kept = [Group("backups", "Backups", "generic", backups, "column")] if backups else []
    if others:
        nodes = tuple(node_of(a, name, note=_where(a, name)) for name in others)
        columns: Literal["row"] | int = "row" if len(nodes) < 5 else 4
        label = "Data outside the zones' subnets" if used else "Data"
        kept.append(Group("services", label, "generic", nodes, columns))
    children += [Group("kept", "", "none", tuple(kept))] if kept else []
    return Group("region", f"Region {a.cloud.region}", "region", tuple(children), "column")


def _where(a: Architecture, name: str) -> str:
    """The product that keeps the data, and how it is spread, as far as that is known."""
    component = a.components[name]
    product = a.product(component)
    spread = a.traits(name).redundancy
    host = f"on {a.components[component.runs_on].title}" if component.runs_on else ""
    home = a.other_home(component)
    said = (product.short if product else "", spread or host or "redundancy unknown", a.home_name(home) if home else "")
    return ", ".join(part for part in said if part)


def _backups_of(a: Architecture, name: str) -> Backup | None:
    backup = getattr(a.components[name], "backup", None)
    return backup if isinstance(backup, Backup) else None


def _copy_elsewhere(a: Architecture, name: str) -> DisasterRecovery | None:
    """How the data of a component is copied to the recovery region, if both are stated."""
    strategy = getattr(a.components[name], "disaster_recovery", None)
    return strategy if a.recovery_region and isinstance(strategy, DisasterRecovery) else None


def _backup(a: Architecture, name: str, backup: Backup) -> Node:
    setting = ("components", name, "backup", "point_in_time_recovery")
    stated = a.tree.get(setting) is not None or name in managed(a)
    how = ("to any second" if backup.point_in_time_recovery else "to the last backup") if stated else ""
    return Node(
        f"backup-{name}",
        f"{a.components[name].title} backups",
        _BACKUP,
        ", ".join(part for part in (f"{backup.retention_days} days", how) if part),
        component_page(name),
    )


def _recovery(a: Architecture, stores: list[str]) -> Iterator[Node]:
    for name in stores:
        if (strategy := _copy_elsewhere(a, name)) and not _is_copy(a, name, strategy):
            own = icon_of(a, a.components[name].product, a.components[name])
            label, icon = {
                "snapshot-copy": ("Copies of backups", _BACKUP),
                "read-replica": ("Replica to promote", own),
                "global-database": ("Secondary cluster", own),
            }[strategy.strategy]
            copied = strategy.strategy == "snapshot-copy" and strategy.copy_every_hours
            every = f"every {strategy.copy_every_hours} h" if copied else "continuously"
            yield Node(f"recovery-{name}", label, icon, every, component_page(name))


def _edges(a: Architecture, horizon: Architecture, stores: list[str], callers: list[str]) -> Iterator[Edge]:
    for name in callers:
        planned = name not in a.components
        for c in (horizon if planned else a).traffic_from(name):
            head = f"{c.head}-primary" if c.head in stores else c.head
            if c.head in stores or c.head in callers:
                yield edge_of(c.id, name, head, c.call, planned=planned, meaning=meaning_of([c]))
    for name in stores:
        members = a.members(name)
        for member in members[1:]:
            how = {"standby": "sync", "replica": "replica"}.get(member.note, "")
            yield Edge(f"{name}--{member.id}", f"{name}-{members[0].id}", f"{name}-{member.id}", how, meaning="copy")
        for c in a.traffic_from(name):
            if c.head in stores:
                yield replace(
                    edge_of(c.id, f"{name}-primary", f"{c.head}-primary", c.call, meaning=meaning_of([c])), detail=""
                )
        if backup := _backups_of(a, name):
            yield Edge(f"{name}--backup", f"{name}-primary", f"backup-{name}", "daily", meaning="copy")
        if strategy := _copy_elsewhere(a, name):
            copied = strategy.strategy == "snapshot-copy"
            tail = f"backup-{name}" if copied and backup else f"{name}-primary"
            how = "copied" if copied else "replicated"
            head = f"region-{_recovery_id(a)}--{name}" if _is_copy(a, name, strategy) else f"recovery-{name}"
            yield Edge(f"{name}--recovery", tail, head, how, meaning="copy")


def _is_copy(a: Architecture, name: str, strategy: DisasterRecovery) -> bool:
    """Whether the copy in the recovery region is the instance that a component has there, so that it is drawn only once."""
    return strategy.strategy != "snapshot-copy" and _recovery_id(a) in a.regions_of(a.components[name])


def _recovery_id(a: Architecture) -> str:
    return next((id_ for id_, region in a.regions.items() if id_ != HOME and region.name == a.recovery_region), "")
