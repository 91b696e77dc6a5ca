"""What an import covers: how much of the files became what, and what did not, so that nothing is left out silently."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from archgen.diagnostics.report import visible
from archgen.importing.connections import FoundConnection
from archgen.importing.node_pools import FoundPool
from archgen.importing.placing import FoundComponent, PlacedResources, mapping_of
from archgen.importing.resource import Resource
from archgen.importing.terraform_json import TerraformFile
from archgen.importing.unread import count_unread_arguments
from archgen.model.wording import counted
from archgen.rules.secrets import without_secrets, without_secrets_in

# Roles of resources other than components, in the order of the report, with what they are called.
_ROLES = {
    "part": "parts of components",
    "network": "network",
    "firewall": "firewalls",
    "identity": "identities and permissions",
    "relation": "connections and routes",
    "signal": "logs, metrics and alarms",
    "content": "content (left out)",
    "limit": "limits of namespaces, and node pools",
    "home": "accounts and organization",
}
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class ImportCoverage:
    """What became of everything that the files contain. `written` and `proposed` are connections.

    `networks` has the networks and subnets that the model does not get, and `elsewhere` the components that are in no other subnets, with
    the addresses of these. `node_pools` has those of each cluster.
    """

    sources: Sequence[TerraformFile]
    placed: PlacedResources
    written: Sequence[FoundConnection]
    proposed: Sequence[FoundConnection]
    networks: Sequence[Resource] = ()
    elsewhere: Mapping[str, Sequence[str]] = field(default_factory=dict)
    node_pools: Mapping[str, Mapping[str, FoundPool]] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every resource has a place."""
        return not _left_out(self)


def as_text(coverage: ImportCoverage) -> str:
    """The report for people."""
    lines = [_about(source) for source in coverage.sources]
    placed = coverage.placed
    components = sum(len(component.resources) for component in placed.components)
    lines.append(f"{_INDENT}{counted(len(placed.components), 'component')} from {counted(components, 'resource')}")
    others = [f"{name}: {len(placed.by_role[role])}" for role, name in _ROLES.items() if placed.by_role.get(role)]
    if others:
        lines.append(f"{_INDENT}{'; '.join(others)}")
    found = len(coverage.written) + len(coverage.proposed)
    lines.append(
        f"{_INDENT}{counted(found, 'connection')}: {len(coverage.written)} to write, {counted(len(coverage.proposed), 'proposal')}"
    )
    if looked_up := sum(source.looked_up for source in coverage.sources):
        lines.append(
            f"{_INDENT}{counted(looked_up, 'data source')} left out, because other code makes what they describe"
        )
    for what, resources in _left_out(coverage):
        lines += [f"{_INDENT}{what}:", *(f"{_INDENT * 2}{line}" for line in _by_type(resources))]
    if coverage.elsewhere:
        lines.append(f"{_INDENT}components in subnets that the model does not get, so it does not state their place:")
        lines += [f"{_INDENT * 2}{id_}: {', '.join(subnets)}" for id_, subnets in coverage.elsewhere.items()]
    if placed.same_named:
        lines.append(f"{_INDENT}components whose name another one has, too, which the model states only for that one:")
        lines += [f"{_INDENT * 2}{id_}: that of {other}" for id_, other in placed.same_named.items()]
    if unused := _unused(placed):
        lines.append(f"{_INDENT}used by none of these components, and without a setting:")
        lines += [f"{_INDENT * 2}{line}" for line in unused]
    if unmapped := _unmapped(placed):
        lines.append(f"{_INDENT}counted, but none of their attributes becomes a setting:")
        lines += [f"{_INDENT * 2}{line}" for line in unmapped]
    if placed.unread:
        lines.append(
            f"{_INDENT}attributes with a value that no setting can have, and settings of which the files state too little:"
        )
        lines += [f"{_INDENT * 2}{name} ×{number}" for name, number in sorted(placed.unread.items())]
    lines += _unread_arguments(placed)
    lines += _proposals(coverage.proposed)
    return "".join(f"{visible(without_secrets(line))}\n" for line in lines)


def _about(source: TerraformFile) -> str:
    if source.is_kubernetes:
        return f"{source.file}: {source.what}, {counted(len(source.resources), 'object')}"
    return f"{source.file}: {source.what}, format {source.format}, {counted(len(source.resources), 'resource')}"


def _left_out(coverage: ImportCoverage) -> list[tuple[str, list[Resource]]]:
    """What has no place in the model, with the reason."""
    placed = coverage.placed
    found = [
        ("not placed, because archgen does not know the type", placed.unknown),
        ("not placed, because no kind of component is about it", placed.unfit),
        ("not placed, because they are resources of another cloud", placed.foreign),
        ("parts of components that none of the files contains", [r for r in placed.ownerless if _states_something(r)]),
        (
            "networks and subnets that the model does not get: of further networks, or with a range that is not known",
            [*coverage.networks],
        ),
        *(
            (
                f"left out with its parts, because the files do not state what a model needs ({lacking})",
                component.resources,
            )
            for component, lacking in placed.incomplete
        ),
    ]
    return [(what, resources) for what, resources in found if resources]


def _states_something(part: Resource) -> bool:
    """Whether a component would get something from a part. Without its component, any other part has nothing for a model."""
    mapping = mapping_of(part)
    return bool(mapping.states_something or mapping.connections)


def _unused(placed: PlacedResources) -> list[str]:
    """The parts without a component that would state nothing about it, such as groups of subnets that no database is in."""
    return _by_type(part for part in placed.ownerless if not _states_something(part))


def _unmapped(placed: PlacedResources) -> list[str]:
    """The types of components and their parts whose attributes archgen does not know, with the number of resources."""
    inside = (resource for component in placed.components for resource in (*component.resources, *component.parts))
    return _by_type(resource for resource in inside if not mapping_of(resource).states_something)


def _unread_arguments(placed: PlacedResources) -> list[str]:
    """The arguments that resources state and archgen does not read: one line for each type."""
    found = count_unread_arguments(placed)
    lines = [
        f"{_INDENT * 2}{type_}: {', '.join(f'{path} ×{number}' for path, number in sorted(numbers.items()))}"
        for type_, numbers in found.items()
    ]
    return [f"{_INDENT}arguments that are not read:", *lines] if lines else []


def _by_type(resources: Iterable[Resource]) -> list[str]:
    numbers = Counter(resource.type for resource in resources)
    return [f"{name} ×{number}" for name, number in sorted(numbers.items())]


def _proposals(proposed: Sequence[FoundConnection]) -> list[str]:
    if not proposed:
        return []
    lines = ["", "proposals, which --accept writes by ID or by what they follow from:"]
    for connection in proposed:
        port = f", port {connection.states['port']}" if "port" in connection.states else ""
        lines.append(f"{_INDENT}{connection.id}  {connection.grade} by {', '.join(connection.evidence)}{port}")
    return lines


def as_json(coverage: ImportCoverage) -> str:
    """The report for programs."""
    placed = coverage.placed
    document: dict[str, Any] = {
        "sources": [
            {"file": s.file, "form": s.form, "terraform": s.terraform, "format": s.format,
             "resources": len(s.resources), "data_sources": s.looked_up}
            for s in coverage.sources
        ],
        "components": [
            {"id": c.id, "kind": c.kind, "product": c.product or None, "addresses": list(c.addresses),
             "parts": sorted(r.address for r in c.parts),
             "settings": {n: {"value": value, "from": source} for n, (value, source) in sorted(_settings(coverage, c).items())}}
            for c in placed.components
        ],
        "roles": {role: sorted(r.address for r in placed.by_role[role]) for role in _ROLES if placed.by_role.get(role)},
        "not_placed": {
            "unknown_type": sorted(r.address for r in placed.unknown),
            "no_kind": sorted(r.address for r in placed.unfit),
            "other_cloud": sorted(r.address for r in placed.foreign),
            "no_component": sorted(r.address for r in placed.ownerless if _states_something(r)),
            "networks": sorted(r.address for r in coverage.networks),
            "incomplete": {c.id: lacking for c, lacking in placed.incomplete},
        },
        "in_other_networks": {id_: list(subnets) for id_, subnets in coverage.elsewhere.items()},
        "same_named": placed.same_named,
        "not_used": sorted(r.address for r in placed.ownerless if not _states_something(r)),
        "attributes_not_read": _unmapped(placed),
        "arguments_not_read": {type_: dict(sorted(n.items())) for type_, n in count_unread_arguments(placed).items()},
        "unread": dict(sorted(placed.unread.items())),
        "connections": [_connection(c, True) for c in coverage.written] + [_connection(c, False) for c in coverage.proposed],
        "complete": coverage.complete,
    }  # fmt: skip
    return json.dumps(without_secrets_in(document), indent=2, ensure_ascii=False) + "\n"


def _settings(coverage: ImportCoverage, component: FoundComponent) -> dict[str, tuple[Any, str]]:
    """The settings of a component, with those of its node pools."""
    pools = coverage.node_pools.get(component.id, {})
    of_pools = {
        f"node_pools.{id_}.{name}": stated for id_, pool in pools.items() for name, stated in pool.stated.items()
    }
    return {**component.settings, **of_pools}


def _connection(connection: FoundConnection, written: bool) -> dict[str, Any]:
    return {
        "from": connection.caller,
        "to": connection.called,
        "follows_from": connection.grade,
        "evidence": list(connection.evidence),
        "states": dict(connection.states),
        "written": written,
    }
