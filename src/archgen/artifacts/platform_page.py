"""The platform page: clusters with their node pools and namespaces in every environment, and what runs on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archgen.artifacts._pictures import picture
from archgen.artifacts._tables import names_anywhere, settings
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.kinds.kubernetes_cluster import KubernetesCluster, NodePool
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture
from archgen.model.wording import MISSING, setting_label
from archgen.views._groups import everything


def emit(context: Context) -> Emitted:
    """One page; nothing if the model has no cluster. Shows each cloud in the last phase, with planned and leaving parts marked."""
    clouds = [
        _cloud(context, cloud) | {"picture": picture(context, "platform", "platform", cloud)}
        for cloud in context.axes.clouds
    ]
    if "platform" not in context.views:
        return [], []
    nav = Nav("Architecture", "Cluster platform", 30)
    question = context.views["platform"].question
    page = context.page("platform", "platform.md", nav, ("components",), clouds=clouds, question=question)
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
    sources = everything(today[-1], last)
    running = [
        id_ for id_ in names_anywhere(context) if id_ in sources and sources[id_].components[id_].runs_on == name
    ]
    services = [id_ for id_ in running if isinstance(sources[id_].components[id_], Service)]
    return {
        "id": name,
        "title": cluster.title,
        "rows": _environment_rows(name, [*today], cluster, ("node_pools", "namespaces")),
        "pools": [
            {"name": pool, "p": settings_of, "time": "" if _has(today[-1], name, pool) else "planned"}
            for pool, settings_of in cluster.node_pools.items()
        ]
        + [
            {"name": pool, "p": settings_of, "time": "leaving"}
            for pool, settings_of in _pools(today[-1], name).items()
            if pool not in cluster.node_pools
        ],
        "namespaces": cluster.namespaces,
        "running": [_running(context, id_, today[-1], last) for id_ in running],
        "services": [
            {
                "id": id_,
                "title": sources[id_].components[id_].title,
                "rows": _environment_rows(
                    id_, today, (last if id_ in last.components else today[-1]).components[id_], ()
                ),
            }
            for id_ in services
        ],
    }


def _has(architecture: Architecture, cluster: str, pool: str) -> bool:
    return pool in _pools(architecture, cluster)


def _pools(architecture: Architecture, cluster: str) -> Mapping[str, NodePool]:
    component = architecture.components.get(cluster)
    return component.node_pools if isinstance(component, KubernetesCluster) else {}


def _running(context: Context, id_: str, now: Architecture, last: Architecture) -> dict[str, Any]:
    source = now if id_ in now.components else last
    component = source.components[id_]
    product = (last if id_ in last.components else now).product(component)
    return {
        "id": id_,
        "title": component.title,
        "product": product,
        "run_by": {"cloud": "the cloud", "us": "us"}.get(component.run_by or "", MISSING),
        "need": component.need,
        "namespace": component.namespace or MISSING,
        "purpose": component.purpose or component.label,
        "time": "planned" if source is last else "" if id_ in last.components else "leaving",
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
        values = [column.get(key, MISSING) for column in columns]
        if any(value != MISSING for value in values):
            rows.append(
                {
                    "key": setting_label(key),
                    "values": values,
                    "varies": len(set(values)) > 1,
                }
            )
    return rows
