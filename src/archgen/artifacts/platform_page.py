"""The platform page: clusters with their node pools and namespaces in every environment, and what runs on them."""

from __future__ import annotations

from typing import Any

from archgen.artifacts._pictures import picture
from archgen.artifacts._tables import names_anywhere, settings
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture
from archgen.model.wording import MISSING, setting_label


def emit(context: Context) -> Emitted:
    """One page; nothing if the model has no cluster. Shows each cloud in the last phase, with planned parts marked."""
    clouds = [
        _cloud(context, cloud) | {"picture": picture(context, "platform", "platform", cloud)}
        for cloud in context.axes.clouds
    ]
    if "platform" not in context.views:
        return [], []
    page = context.page(
        "platform", "platform.md", Nav("Architecture", "Cluster platform", 55), ("components",), clouds=clouds
    )
    return [page], []


def _cloud(context: Context, cloud: str) -> dict[str, Any]:
    today = list(context.today(cloud))
    last = context.resolved.horizon(today[-1].coordinate)
    clusters = [name for name, c in last.components.items() if isinstance(c, KubernetesCluster)]
    return {
        "name": last.facts.name,
        "environments": [a.environment.name for a in today],
        "clusters": [_cluster(context, name, today, last) for name in clusters],
    }


def _cluster(context: Context, name: str, today: list[Architecture], last: Architecture) -> dict[str, Any]:
    cluster = last.components[name]
    assert isinstance(cluster, KubernetesCluster)
    running = [
        id_ for id_ in names_anywhere(context) if id_ in last.components and last.components[id_].runs_on == name
    ]
    return {
        "id": name,
        "title": cluster.title,
        "rows": _environment_rows(name, [*today], cluster, ("node_pools", "namespaces")),
        "pools": [
            {"name": pool, "p": settings_of, "planned": not _has(today[-1], name, pool)}
            for pool, settings_of in cluster.node_pools.items()
        ],
        "namespaces": cluster.namespaces,
        "running": [_running(context, id_, today[-1], last) for id_ in running],
        "services": [
            {
                "id": id_,
                "title": last.components[id_].title,
                "rows": _environment_rows(id_, today, last.components[id_], ()),
            }
            for id_ in running
            if isinstance(last.components[id_], Service)
        ],
    }


def _has(architecture: Architecture, cluster: str, pool: str) -> bool:
    component = architecture.components.get(cluster)
    return isinstance(component, KubernetesCluster) and pool in component.node_pools


def _running(context: Context, id_: str, now: Architecture, last: Architecture) -> dict[str, Any]:
    component = (now if id_ in now.components else last).components[id_]
    product = last.product(component)
    return {
        "id": id_,
        "title": component.title,
        "product": product,
        "run_by": {"cloud": "the cloud", "us": "us"}.get(component.run_by or "", MISSING),
        "need": component.need,
        "namespace": component.namespace or MISSING,
        "purpose": component.purpose or component.label,
        "planned": id_ not in now.components,
    }


def _environment_rows(
    name: str, today: list[Architecture], shape: Any, without: tuple[str, ...]
) -> list[dict[str, Any]]:
    """A row for every setting of a component, with a value for each environment; keys that start with one of `without` are left out."""
    columns = [settings(a.components[name]) if name in a.components else {} for a in today]
    shapes = [*columns, settings(shape)]
    keys = [k for k in dict.fromkeys(k for one in shapes for k in one) if k.partition(".")[0] not in without]
    rows = []
    for key in keys:
        values = [column.get(key, "") for column in columns]
        if any(values):
            rows.append(
                {
                    "key": setting_label(key),
                    "values": values,
                    "varies": len(set(values)) > 1,
                }
            )
    return rows
