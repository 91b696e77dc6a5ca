"""What belongs to the subject of a picture is drawn or named below it, with the reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from archgen.analysis.reached import reached
from archgen.draw.graph import Graph, LeftOut
from archgen.model.architecture import Architecture
from archgen.pipeline import load
from archgen.project import Project
from archgen.views import capability_views, views_of
from archgen.views._difference import difference_graph
from archgen.views._kinds import is_like
from archgen.views._neighborhood import neighborhood
from conftest import DATA, ROOT

BROKEN = ("brownfield", "open-azure", "open-brownfield")  # they have errors, which other tests read
MODELS = [
    ROOT / "architecture.yaml",
    *sorted((ROOT / "examples").glob("*/architecture.yaml")),
    *sorted(file for file in (DATA / "models").glob("*.yaml") if file.stem not in BROKEN),
]


@cache
def project(file: Path) -> Project:
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    return loaded.project


def drawn(graph: Graph) -> set[str]:
    return {(node.page or "").removeprefix("components/") for node in graph.nodes().values()}


def of_kinds(*kinds: str) -> Callable[[Architecture, str], bool]:
    """Whether a component has one of these kinds, or one that is like it."""
    return lambda a, name: any(kind in kinds for kind in _kinds(a, name))


def _kinds(a: Architecture, name: str) -> list[str]:
    return [class_.__name__ for class_ in type(a.components[name]).__mro__]


def reaches_cloud(a: Architecture, name: str) -> bool:
    outside = a.place(a.components[name]) == "outside" or bool(a.site_of(a.components[name]))
    return outside and any(a.place(a.components[head]) != "outside" for head in a.called_by(name))


def edge(a: Architecture, name: str) -> bool:
    traits, component = a.traits(name), a.components[name]
    inside = bool(traits.entrance or traits.proxy) or a.place(component) == "edge" or component.person
    return inside or reaches_cloud(a, name) or of_kinds("Dns", "Certificates", "DdosProtection")(a, name)


def platform(a: Architecture, name: str) -> bool:
    hosts = {component.runs_on for component in a.components.values()}
    runs = a.components[name].runs_on is not None or name in hosts
    return runs or of_kinds("Service", "ClusterAddOn", "KubernetesCluster")(a, name)


def identity(a: Architecture, name: str) -> bool:
    services = of_kinds("SingleSignOn", "WorkloadFederation", "SecretStore", "KeyManagement")
    return services(a, name) or a.components[name].person or of_kinds("Service", "CiPipeline")(a, name)


def audit(a: Architecture, name: str) -> bool:
    watchers = [n for n in a.components if of_kinds("AuditLog", "ConfigurationHistory", "ThreatDetection")(a, n)]
    stores = {head for watcher in watchers for head in a.called_by(watcher)}
    return name in watchers or name in stores or of_kinds("Observability")(a, name)


def delivery(a: Architecture, name: str) -> bool:
    return of_kinds("Repository", "CiPipeline", "Gitops", "Registry", "Service", "StaticSite")(a, name)


def observability(a: Architecture, name: str) -> bool:
    on_the_way = name in reached(a) and not a.site_of(a.components[name])
    return (on_the_way and a.place(a.components[name]) != "outside") or of_kinds("Observability")(a, name)


def events(a: Architecture, name: str) -> bool:
    traits, component = a.traits(name), a.components[name]
    return traits.carrier or (traits.starts and not component.person and a.place(component) != "outside")


def data_platform(a: Architecture, name: str) -> bool:
    kinds = ("data-pipeline", "data-warehouse", "query-engine", "data-catalog", "business-intelligence")
    return is_like(a, name, kinds)


def hybrid_network(a: Architecture, name: str) -> bool:
    return a.components[name].joins_places or is_like(a, name, ("network-firewall",))


SUBJECTS = {
    "edge": edge,
    "platform": platform,
    "identity": identity,
    "audit": audit,
    "delivery": delivery,
    "observability": observability,
    "events": events,
    "data-platform": data_platform,
    "hybrid-network": hybrid_network,
}


@pytest.mark.slow
@pytest.mark.parametrize("file", MODELS, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_drawn_and_named_are_the_subject_of_the_picture(file: Path) -> None:
    read = project(file)
    views = views_of(read.resolved)
    for name, belongs in SUBJECTS.items():
        for at, a in read.resolved.architectures.items():
            graph = views[name].graph(at)
            if graph.nodes():
                subject = {a.components[n].title for n in a.components if belongs(a, n)}
                shown = {a.components[n].title for n in drawn(graph) if n in a.components}
                named = [title for left in graph.left_out for title in left.titles]
                assert subject <= shown | set(named), (name, at)
                assert not shown & set(named), (name, at)
                assert len(named) == len(set(named))


def test_reasons_say_why(reference: Project) -> None:
    at = reference.resolved.axes.default
    left = {name: view.graph(at).left_out for name, view in views_of(reference.resolved).items()}
    assert left["identity"] == (
        LeftOut(("Users / Browsers", "Flask API"), "without a connection to one of these services"),
    )
    assert LeftOut(("CI pipeline",), "only the requests of people are followed") in left["edge"]
    whole = "the model states one line for all of DATA VPC, which the high-level view shows"
    assert LeftOut(("Cache", "PostgreSQL"), whole) in left["observability"]
    assert left["platform"] == left["delivery"] == ()


def test_an_entrance_that_no_person_uses_is_named_below_the_edge() -> None:
    read = project(ROOT / "examples/brownfield/architecture.yaml")
    graph = views_of(read.resolved)["edge"].graph(read.resolved.axes.default)
    reason = "open to the internet, but no request of a person leads there"
    assert LeftOut(("SFTP",), reason) in graph.left_out


MANY = """version: 2
name: T
clouds: {aws: {region: eu-west-1}}
environments: {prod: {name: Prod, aws: {account: a}}}
teams: {team: {name: Team}}
kinds: {fn: {label: Function, definition: A function., needs_product: false}}
capabilities: {hub: {name: Hub, status: equivalent}}
components:
  hub: {kind: fn, title: Hub, owner: team, provides: [hub]}
"""


def test_neighbors_that_do_not_fit_are_named(tmp_path: Path) -> None:
    callers = "".join(
        f"  c{n}: {{kind: fn, title: C{n}, owner: team, calls: {{hub: {{port: 1}}}}}}\n" for n in range(30)
    )
    (tmp_path / "architecture.yaml").write_text(MANY + callers, encoding="utf-8")
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    a = loaded.project.resolved.default
    near = neighborhood(a, "hub")
    assert len(near.nodes()) == 12
    (left,) = near.left_out
    assert set(left.titles) == {f"C{n}" for n in range(30)} - {node.label for node in near.nodes().values()}
    of_hub = capability_views(loaded.project.resolved)["capability-hub"].graph(a.coordinate)
    assert set(of_hub.nodes()) == {"hub"}
    assert [len(left.titles) for left in of_hub.left_out] == [30]


def test_phases_name_what_stays_as_it_is(reference: Project) -> None:
    at = reference.resolved.axes.default
    graph = views_of(reference.resolved)["phases"].graph(at)
    first = reference.resolved.architectures[replace(at, phase=reference.resolved.axes.phases[0])]
    (left,) = graph.left_out
    assert set(left.titles) == {c.title for name, c in first.components.items() if name not in drawn(graph)}


def test_a_difference_says_how_many_neighbors_it_hides(reference: Project) -> None:
    resolved = reference.resolved
    early, late = (
        replace(resolved.axes.default, phase=phase) for phase in (resolved.axes.phases[0], resolved.axes.phases[-1])
    )
    graph = difference_graph("d", "D", resolved.architectures[early], resolved.architectures[late])
    assert "without a difference are not drawn" in graph.description
    assert not any(not node.change for node in graph.nodes().values() if not _has_changed_edge(graph, node.id))


def _has_changed_edge(graph: Graph, id_: str) -> bool:
    return any(edge.change and id_ in (edge.tail, edge.head) for edge in graph.edges)
