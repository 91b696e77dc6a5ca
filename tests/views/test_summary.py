"""Pictures of large systems are summaries that lose nothing: counts add up, and each group has a view."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.draw.batch import draw_all
from archgen.model.resolve import Resolved
from archgen.pipeline import load
from archgen.project import Project
from archgen.views import views_of
from conftest import archgen

HEAD = """version: 2
name: Many
clouds: {aws: {region: eu-west-1}}
environments: {prod: {name: Prod, aws: {account: main}}}
kinds: {part: {label: Part, definition: A part., needs_product: false}}
"""


def write(tmp_path: Path, count: int, teams: int, *, owned: bool = True) -> Path:
    """A model in which each component calls the next one, and people call the first."""
    lines = [HEAD, "teams:", *(f"  t{n}: {{name: Team {n}}}" for n in range(teams)), "components:"]
    lines.append("  people: {kind: actor, title: People, calls: {c0: {protocol: https}}}")
    for n in range(count):
        owner = f"owner: t{n % teams}, " if owned else "owner: t0, "
        calls = f"c{n + 1}: {{port: {n + 1}}}" if n + 1 < count else ""
        lines.append(f"  c{n}: {{kind: part, title: Part {n}, {owner}calls: {{{calls}}}}}")
    file = tmp_path / "architecture.yaml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def resolved(tmp_path: Path, count: int, teams: int, *, owned: bool = True) -> Resolved:
    loaded = load(write(tmp_path, count, teams, owned=owned))
    assert loaded.project, loaded.diagnostics
    return loaded.project.resolved


def test_a_small_model_has_no_summary(tmp_path: Path, reference: Project) -> None:
    small = resolved(tmp_path, 20, 4)
    assert not [name for name in views_of(small) if name.startswith("group-")]
    assert len(views_of(small)["context"].graph(small.axes.default).nodes()) == 21
    assert not [name for name in views_of(reference.resolved) if name.startswith("group-")]


def test_a_summary_counts_all_components_and_connections(tmp_path: Path) -> None:
    large = resolved(tmp_path, 40, 5)
    views = views_of(large)
    graph = views["context"].graph(large.axes.default)
    assert set(graph.nodes()) == {"people", *(f"group-owner-t{n}" for n in range(5))}
    notes = [node.note for node in graph.nodes().values() if node.id != "people"]
    assert notes == ["8 components"] * 5
    labels = {edge.id: edge.label for edge in graph.edges}
    assert labels.pop("people--group-owner-t0") == "HTTPS"
    assert sorted(labels.values()) == ["7 connections", *["8 connections"] * 4]
    assert "Summarized by owner: 6 nodes stand for 41" in graph.description
    assert {node.page for node in graph.nodes().values()} - {"components/people"} <= set(views)


def test_a_summary_says_how_many_connections_it_has_no_line_for(tmp_path: Path) -> None:
    file = write(tmp_path, 40, 5)
    owners = [f"owner: t{n % 5}, calls: {{c{n + 1}:" for n in range(39)]
    text = file.read_text(encoding="utf-8")
    for n, owner in enumerate(owners):
        text = text.replace(owner, owner.replace(f"t{n % 5}", f"t{n // 8}"))
    file.write_text(text, encoding="utf-8")
    project = load(file).project
    assert project
    graph = views_of(project.resolved)["context"].graph(project.resolved.axes.default)
    assert {edge.label for edge in graph.edges} == {"HTTPS", "8", "16", "24", "32"}
    assert graph.description.endswith("35 connections are not drawn: within one node, or of a whole box.")


def test_each_group_has_a_view_with_its_neighbors(tmp_path: Path) -> None:
    large = resolved(tmp_path, 40, 5)
    graph = views_of(large)["group-owner-t1"].graph(large.axes.default)
    own = {f"c{n}" for n in range(1, 40, 5)}
    assert set(graph.nodes()) == own | {"group-owner-t0", "group-owner-t2"}
    assert len(graph.edges) == 2 * len(own)
    assert graph.groups()["in-owner-t1"].label == "Team 1"


def test_a_group_that_is_too_large_is_listed_without_lines(tmp_path: Path) -> None:
    large = resolved(tmp_path, 120, 3, owned=False)
    graph = views_of(large)["group-owner-t0"].graph(large.axes.default)
    assert (len(graph.nodes()), graph.edges, graph.layout) == (120, (), "grid")
    assert "too many to draw their connections" in graph.description


def test_boxes_of_a_large_grid_are_folded_into_a_count(tmp_path: Path) -> None:
    file = write(tmp_path, 120, 10)
    text = file.read_text(encoding="utf-8")
    wide = "".join(f"c{n}: {{port: {n}, required: false}}, " for n in range(1, 120)).removesuffix(", ")
    begin = text.index("  c0:")
    parts = [line.split("calls:")[0] + "calls: {}}" for line in text[begin:].splitlines()]
    parts[0] = parts[0].replace("calls: {}", f"calls: {{{wide}}}")
    file.write_text(text[:begin] + "\n".join(parts) + "\n", encoding="utf-8")
    project = load(file).project
    assert project
    graph = views_of(project.resolved)["network"].graph(project.resolved.axes.default)
    nodes = {node.id: (node.label, node.note) for node in graph.nodes().values()}
    assert nodes == {"people": ("People", "People"), "c0": ("Part 0", "Part 0"), "in-step-2": nodes["in-step-2"]}
    assert nodes["in-step-2"] == ("119 nodes", "Part 1, Part 2, Part 3 and 116 more")
    assert [edge.label for edge in graph.edges] == ["HTTPS", "119 connections"]
    assert graph.description.endswith("Each box has one node for all that is in it: 121 in all.")


@pytest.mark.slow
@pytest.mark.parametrize("count", [60, 300])
def test_pictures_of_large_models_are_drawn_in_time(tmp_path: Path, count: int) -> None:
    large = resolved(tmp_path, count, count // 5)
    graphs = [view.graph(large.axes.default) for view in views_of(large).values()]
    assert not draw_all([graph for graph in graphs if graph.nodes()]).simplified


@pytest.mark.slow
def test_pages_lead_from_a_summary_to_its_groups(tmp_path: Path) -> None:
    write(tmp_path, 30, 6)
    result = archgen("build", "--no-site", cwd=tmp_path)
    assert result.code == 0, result.err
    page = (tmp_path / "docs/architecture/context.md").read_text(encoding="utf-8")
    for n in range(6):
        assert f"group-owner-t{n}" in page
        assert (tmp_path / f"docs/architecture/group-owner-t{n}.md").is_file()
