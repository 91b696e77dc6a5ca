"""The connections page: what may reach what, on which port and why; each row is a firewall rule."""

from __future__ import annotations

from typing import Any

from archgen.artifacts._tables import place_name
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.model.architecture import Architecture, Connection


def emit(context: Context) -> Emitted:
    """One page, for the last environment on each cloud, today and planned; nothing if the model has no connections."""
    clouds = [_cloud(context, cloud) for cloud in context.axes.clouds]
    if not any(cloud["rows"] for cloud in clouds):
        return [], []
    network = context.document.network
    page = context.page(
        "connections",
        "connections.md",
        Nav("Architecture", "Connections", 60),
        ("components",),
        clouds=clouds,
        tiers=list(network.tiers.values()) if network else [],
        acls=network.aws.network_acls if network and "aws" in context.axes.clouds else None,
        policies=_policies(context),
    )
    return [page], []


def _cloud(context: Context, cloud: str) -> dict[str, Any]:
    now = context.resolved.standing(cloud, context.axes.environments[-1])
    later = context.resolved.horizon(now.coordinate)
    today = {c.id for c in now.connections}
    rows = [_row(now, c) for c in now.connections if not c.from_segment]
    rows += [{**_row(later, c), "planned": True} for c in later.connections if c.id not in today and not c.from_segment]
    return {"name": now.facts.name, "rows": rows}


def _row(a: Architecture, c: Connection) -> dict[str, Any]:
    tail, head = a.components[c.tail], a.components[c.head]
    return {
        "tail": {"id": c.tail, "title": tail.title, "place": place_name(a, tail)},
        "head": {"id": c.head, "title": head.title, "place": place_name(a, head)},
        "protocol": c.call.protocol or "",
        "port": c.call.port or "",
        "purpose": c.call.purpose or "",
        "answers": c.call.answers,
        "planned": False,
    }


def _policies(context: Context) -> list[tuple[str, str]]:
    """The title of each cluster with its default policy between pods, in words."""
    clusters = (cluster for _name, cluster in context.default.of_kind(KubernetesCluster))
    return [(c.title, c.network_policies.replace("-", " ")) for c in clusters if c.network_policies]
