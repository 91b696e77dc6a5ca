"""The connections page: what opens connections to what, on which port and why, which way the data goes, and who stops without whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archgen.artifacts._generated_rules import generated_rules
from archgen.artifacts._tables import place_name, ways_between
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.clouds.aws import AwsNetwork
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.model.architecture import Architecture
from archgen.model.connections import Connection


def emit(context: Context) -> Emitted:
    """One page, for the last environment on each cloud: today's connections, those that leave, and planned ones.

    Nothing if the model has no connections.
    """
    clouds = [_cloud(context, cloud) for cloud in context.axes.clouds]
    if not any(cloud["rows"] for cloud in clouds):
        return [], []
    network = context.document.network
    here = [network.on(cloud) for cloud in context.axes.clouds] if network else []
    page = context.page(
        "connections",
        "connections.md",
        Nav("Architecture", "Connections", 60),
        ("components",),
        clouds=clouds,
        tiers=list(network.tiers.values()) if network else [],
        acls=next(
            (facts.network_acls for facts in here if isinstance(facts, AwsNetwork) and _says_acls(context, facts)), None
        ),
        policies=_policies(context),
    )
    return [page], []


def _says_acls(context: Context, facts: AwsNetwork) -> bool:
    """Whether the network's ACLs are stated, or set by archgen's Terraform."""
    return "network_acls" in facts.model_fields_set or context.document.terraform is not None


def _cloud(context: Context, cloud: str) -> dict[str, Any]:
    now = context.resolved.standing(cloud, context.axes.environments[-1])
    later = context.resolved.horizon(now.coordinate)
    today, last = ({c.id for c in a.traffic} for a in (now, later))
    made, planned = generated_rules(now), generated_rules(later)
    rows = [_row(now, c, "" if c.id in last else "leaving", made) for c in now.traffic]
    rows += [_row(later, c, "planned", planned) for c in later.traffic if c.id not in today]
    has_rules = made is not None or planned is not None
    return {
        "name": now.facts.name,
        "rows": rows,
        "has_rules": has_rules,
        "drawn": list(_drawn(now)),
        "ways": list(ways_between(now)),
    }


def _drawn(a: Architecture) -> Iterator[dict[str, Any]]:
    """The lines that are only drawn in the high-level view, with the connections that they stand for."""
    names = {c.id: [a.components[end].title for end in (c.tail, c.head)] for c in a.traffic}
    for c in a.connections:
        if c.call.drawn_instead_of:
            ends = [a.components[end].title for end in (c.tail, c.head)]
            yield {"ends": ends, "instead_of": [names[id_] for id_ in c.call.drawn_instead_of]}


def _row(a: Architecture, c: Connection, time: str, rules: dict[str, list[str]] | None) -> dict[str, Any]:
    """A row; `time` is `planned`, `leaving`, or empty for a connection that both today and the last phase have.

    `rules` has what the stacks generate for each connection.
    """
    tail, head = a.components[c.tail], a.components[c.head]
    return {
        "tail": {"id": c.tail, "title": tail.title, "place": place_name(a, tail)},
        "head": {"id": c.head, "title": head.title, "place": place_name(a, head)},
        "protocol": c.call.protocol or "",
        "port": c.call.port or "",
        "purpose": c.call.purpose or "",
        "data": _DATA[c.data or ("sent" if c.kind == "event" else None)],
        "without": "cut off" if tail.person else _without(c),
        "time": time,
        "rules": (rules or {}).get(c.id, []),
    }


_DATA = {"sent": "→", "received": "←", "both": "↔", None: "not stated"}


def _without(c: Connection) -> str:
    """What the caller does without the other end."""
    if c.kind is None:
        return "not stated"
    if c.kind == "control":
        return "cannot manage it"
    if c.kind == "event":
        return "gets nothing new" if c.data == "received" else "cannot hand over"
    if c.call.one_of:
        return f"stops if nothing is left of: {c.call.one_of}"
    return {"required": "stops", "own-way": "stops if none of its targets is left", "optional": "goes on"}[c.need]


def _policies(context: Context) -> list[tuple[str, str]]:
    """The title of each cluster with its default policy between pods, in words."""
    clusters = (cluster for _name, cluster in context.default.of_kind(KubernetesCluster))
    return [(c.title, c.network_policies.replace("-", " ")) for c in clusters if c.network_policies]
