"""The view of the data platform shows data for analysis from its sources to its users, in groups by role."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from archgen.draw.graph import Graph, LeftOut
from archgen.model.architecture import Architecture
from archgen.pipeline import load
from archgen.project import Project
from archgen.views import views_of
from archgen.views._kinds import kinds_of
from archgen.views.data_platform import view
from conftest import DATA

MODEL = DATA / "models" / "data-platform.yaml"


@cache
def whole() -> Project:
    loaded = load(MODEL)
    assert loaded.project, loaded.diagnostics
    return loaded.project


def changed(tmp_path: Path, *changes: tuple[str, str]) -> Project:
    text = MODEL.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return loaded.project


def drawn(project: Project, phase: str = "later") -> tuple[Architecture, Graph]:
    at = next(c for c in project.resolved.architectures if (c.cloud, c.phase) == ("aws", phase))
    a = project.resolved.architectures[at]
    return a, view(a, project.resolved.horizon(at))


def products(aws: str, gcp: str) -> str:
    return f"when: {{aws: {{product: {aws}}}, gcp: {{product: {gcp}}}}}"


def roles(graph: Graph) -> dict[str, list[str]]:
    return {group.label: [node.id for node in group.nodes()] for group in graph.groups().values()}


def test_components_are_in_groups_by_role_in_the_order_of_the_data() -> None:
    assert list(roles(drawn(whole())[1]).items()) == [
        ("Sources", ["web", "orders", "campaigns", "clicks"]),
        ("Pipelines", ["load", "enrich", "model"]),
        ("Stores for analysis", ["lake", "warehouse", "sums", "results"]),
        ("Catalogs and queries", ["catalog", "queries"]),
        ("Reports and users", ["analysts", "reports"]),
    ]


def test_settings_that_name_components_are_lines_and_data_flows_from_left_to_right() -> None:
    graph = drawn(whole())[1]
    lines = {(edge.tail, edge.head): edge for edge in graph.edges}
    assert lines["catalog", "lake"].label == lines["catalog", "warehouse"].label == "describes"
    assert lines["queries", "catalog"].label == "looks up tables"
    assert lines["queries", "results"].label == "results"
    assert lines["orders", "load"].label == "orders"  # the pipeline asks, and the arrow shows where the data goes
    assert lines["lake", "model"].against  # back from the stores to the pipelines
    assert not lines["load", "lake"].against
    assert lines["web", "clicks"].meaning == "event"
    # What an application does with its own database is not about analysis, even if a pipeline reads it.
    assert ("web", "orders") not in lines


def test_a_kind_of_the_model_belongs_to_it_by_what_it_is_like() -> None:
    a, graph = drawn(whole())
    assert kinds_of(a, "sums") == ("cube", "data-warehouse")
    assert kinds_of(a, "lake") == ("object-store",)
    assert "sums" in roles(graph)["Stores for analysis"]


def test_kinds_can_be_like_each_other_over_several_steps(tmp_path: Path) -> None:
    further = ("kinds:\n", "kinds:\n  slice: {like: cube, label: Slice, definition: Part of a cube.}\n")
    a, graph = drawn(changed(tmp_path, further, ("{kind: cube, title: Sums", "{kind: slice, title: Sums")))
    assert kinds_of(a, "sums") == ("slice", "cube", "data-warehouse")
    assert "sums" in roles(graph)["Stores for analysis"]


def test_what_a_later_phase_adds_is_planned() -> None:
    graph = drawn(whole(), "first")[1]
    assert {node.id for node in graph.root.nodes() if node.planned} == {"reports"}
    assert {edge.head for edge in graph.edges if edge.planned} == {"reports"}


def test_pipelines_say_how_they_run() -> None:
    notes = {node.id: node.note for node in drawn(whole())[1].root.nodes()}
    assert (notes["load"], notes["enrich"]) == ("Glue, batch", "Managed Flink, streaming")


def test_what_supports_the_platform_and_what_has_no_connection_is_named(tmp_path: Path) -> None:
    lonely = f"components:\n  idle: {{kind: data-pipeline, title: Idle, owner: data, {products('glue', 'dataflow')}}}\n"
    graph = drawn(changed(tmp_path, ("components:\n", lonely)))[1]
    assert set(graph.left_out) == {
        LeftOut(("Idle",), "the model does not say which data they get or give"),
        LeftOut(("Passwords",), "they support the platform and carry no data for analysis"),
    }


def test_schedules_and_workflows_have_their_place(tmp_path: Path) -> None:
    calls = "calls: {load: {kind: event, data: sent, purpose: starts}}"
    stated = f"title: Nightly, owner: data, {products('eventbridge-scheduler', 'cloud-scheduler')}, {calls}"
    starter = f"components:\n  nightly: {{kind: schedule, {stated}}}\n"
    graph = drawn(changed(tmp_path, ("components:\n", starter)))[1]
    assert roles(graph)["Schedules and workflows"] == ["nightly"]


def test_what_asks_a_warehouse_uses_it_and_what_a_pipeline_asks_is_a_source(tmp_path: Path) -> None:
    calls = "calls: {warehouse: {protocol: https, purpose: numbers}}"
    site = f"components:\n  site: {{kind: external-system, title: Site, owner: data, {calls}}}\n"
    graph = drawn(changed(tmp_path, ("components:\n", site)))[1]
    assert "site" in roles(graph)["Reports and users"]
    assert "campaigns" in roles(graph)["Sources"]


def test_a_model_without_a_data_platform_has_no_such_view(minimal: Path) -> None:
    loaded = load(minimal / "architecture.yaml")
    assert loaded.project
    shown = views_of(loaded.project.resolved)["data-platform"].graph(loaded.project.resolved.axes.default)
    assert not shown.nodes()
    assert not shown.left_out
