"""The cluster platform: control plane, node pools, what the cloud operates and what we operate, and how services scale."""

from __future__ import annotations

from collections.abc import Mapping

from archgen.draw.graph import Edge, Graph, Group, Node
from archgen.kinds.cluster_add_on import ClusterAddOn
from archgen.kinds.kubernetes_cluster import KubernetesCluster, NodePool
from archgen.kinds.node_autoscaler import NodeAutoscaler
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture
from archgen.views._groups import calls_between, everything, picture
from archgen.views._left_out import with_left_out
from archgen.views._parts import icon_of, node_of, nodes_product

TITLE = "Cluster platform"
QUESTION = "What runs on the cluster, who operates it, and how does it scale?"
ORDER = 40
PART = ("components",)


def view(architecture: Architecture, horizon: Architecture) -> Graph:
    """Every cluster with what runs on it; components of later phases are drawn in place, as planned."""
    sources = everything(architecture, horizon)
    clusters = [name for name, a in sources.items() if isinstance(a.components[name], KubernetesCluster)]
    parts: list[Group | Node] = [_cluster(name, architecture, horizon) for name in clusters]
    running = [name for name, a in sources.items() if a.components[name].runs_on in clusters]
    services = {name for name in running if isinstance(sources[name].components[name], Service)}
    edges = [e for e in calls_between(architecture, horizon, running) if {e.tail, e.head} & services]
    edges += _scaling(architecture, horizon, running)
    described = (
        f"The cluster on {architecture.facts.full_name}, its node pools, and everything that runs on it. "
        "Of the connections, only those of services and of what scales nodes are drawn."
    )
    graph = picture("platform", TITLE, described, architecture, parts, edges, "grid")
    return with_left_out(graph, sources, _reasons(sources, clusters))


def _reasons(sources: Mapping[str, Architecture], clusters: list[str]) -> dict[str, str]:
    """Why the picture may not show what runs on something, what others run on, services and add-ons."""
    hosts = {a.components[name].runs_on for name, a in sources.items()}
    reasons = {}
    for name, a in sources.items():
        component = a.components[name]
        if component.runs_on and component.runs_on not in clusters:
            host = sources[component.runs_on].components[component.runs_on]
            reasons[name] = f"on {host.title}, which is not a Kubernetes cluster"
        elif name in hosts and name not in clusters:
            reasons[name] = "not a Kubernetes cluster, although other components run there"
        elif isinstance(component, (Service, ClusterAddOn)):
            reasons[name] = "the model does not say on which cluster"
    return reasons


def _cluster(name: str, now: Architecture, later: Architecture) -> Group:
    a = now if name in now.components else later
    cluster = a.components[name]
    assert isinstance(cluster, KubernetesCluster)
    control = node_of(a, name, planned=a is not now, note=f"endpoint: {cluster.endpoint}")
    running = [id_ for id_, source in everything(now, later).items() if source.components[id_].runs_on == name]
    by_cloud = [id_ for id_ in running if _component(id_, now, later).run_by == "cloud"]
    bands: list[Group | Node] = [
        _band("kept-by-cloud", f"Operated by {a.facts.name}", [control, *(_node(id_, now, later) for id_ in by_cloud)])
    ]
    namespaces = dict.fromkeys(_component(id_, now, later).namespace or "" for id_ in running if id_ not in by_cloud)
    for namespace in sorted(
        namespaces, key=lambda n: (n == "", list(cluster.namespaces).index(n) if n in cluster.namespaces else 0)
    ):
        inside = [i for i in running if i not in by_cloud and (_component(i, now, later).namespace or "") == namespace]
        label = f"Namespace {namespace}" if namespace else "On the cluster"
        bands.append(_band(f"namespace-{namespace or 'none'}", label, [_node(i, now, later) for i in inside]))
    pools = list(_pools(name, now, later))
    if pools:
        bands.append(_band("node-pools", f"Node pools, in each of {len(now.zones)} zones", pools))
    version = f" {cluster.version}" if cluster.version else ""
    there = [a.regions[id_].name for id_ in a.regions_of(cluster)]
    where = f", in {' and '.join(there)}" if len(there) > 1 else ""
    product = a.product(cluster)
    return Group(
        f"cluster-{name}",
        f"{product.short if product else cluster.title}{version}{where}",
        "cluster",
        tuple(bands),
        "column",
    )


def _band(id_: str, label: str, nodes: list[Node]) -> Group:
    return Group(id_, label, "namespace", tuple(nodes), "row" if len(nodes) <= 7 else 7)


def _component(name: str, now: Architecture, later: Architecture):  # type: ignore[no-untyped-def]  # a component of any kind
    return (now if name in now.components else later).components[name]


def _node(name: str, now: Architecture, later: Architecture) -> Node:
    planned = name not in now.components
    a = later if planned else now
    component = a.components[name]
    note = None
    if isinstance(component, Service) and component.scaling:
        note = f"{component.scaling.min} to {component.scaling.max} pods, by {component.scaling.by}"
    return node_of(a, name, planned=planned, note=note)


def _pools(cluster: str, now: Architecture, later: Architecture) -> list[Node]:
    found: dict[str, Node] = {}
    for a in (now, later):
        component = a.components.get(cluster)
        for name, pool in component.node_pools.items() if isinstance(component, KubernetesCluster) else ():
            product = nodes_product(a, pool.capacity) or a.components[cluster].product
            node = Node(
                id=f"pool-{name}",
                label=name,
                icon=icon_of(a, product),
                note=_describe(pool),
                page=f"components/{cluster}",
                planned=a is not now,
                leaving=name not in _pool_names(cluster, later),
            )
            found.setdefault(name, node)
    return list(found.values())


def _pool_names(cluster: str, a: Architecture) -> set[str]:
    component = a.components.get(cluster)
    return set(component.node_pools) if isinstance(component, KubernetesCluster) else set()


def _describe(pool: NodePool) -> str:
    count = f", {pool.nodes_per_zone.min} to {pool.nodes_per_zone.max}" if pool.nodes_per_zone else ""
    return f"{pool.capacity} {pool.architecture}{count}"


def _scaling(now: Architecture, later: Architecture, running: list[str]) -> list[Edge]:
    """Edges from an autoscaler to the node pools that it scales."""
    edges: list[Edge] = []
    for name in running:
        component = _component(name, now, later)
        if isinstance(component, NodeAutoscaler):
            planned = name not in now.components
            pools = _pools(component.runs_on or "", now, later)
            elastic = [p for p in pools if p.planned == planned or not planned]
            fixed = {"on-demand"}
            edges += [
                Edge(
                    f"{name}--{pool.id}",
                    name,
                    pool.id,
                    "adds nodes" if n == 0 else "",
                    planned=planned,
                    meaning="control",
                )
                for n, pool in enumerate(p for p in elastic if p.note.split(" ")[0] not in fixed)
            ]
    return edges
