"""Pictures with ways in for people: who uses them, and what they lead to."""

from __future__ import annotations

import pytest

from archgen.draw.graph import Graph
from archgen.project import Project
from archgen.views.context import view as context
from archgen.views.identity import view as identity
from archgen.views.network import view as network


def lines(graph: Graph) -> set[tuple[str, str]]:
    return {(edge.tail, edge.head) for edge in graph.edges}


@pytest.mark.parametrize(
    ("cloud", "expected"),
    [
        ("aws", {("engineers", "way-in"), ("way-in", "cluster"), ("way-in", "database-primary-1")}),
        (
            "gcp",
            {
                ("engineers", "way-in"),
                ("engineers", "cluster-way-in"),
                ("cluster-way-in", "cluster"),
                ("way-in", "database-primary-1"),
            },
        ),
    ],
)
def test_the_network_shows_how_people_get_in(reference: Project, cloud: str, expected: set[tuple[str, str]]) -> None:
    a = reference.resolved.standing(cloud, "prod")
    assert expected <= lines(network(a, reference.resolved.horizon(a.coordinate)))


def test_the_picture_of_identity_shows_people_their_sign_on_and_their_ways_in(reference: Project) -> None:
    a = reference.resolved.standing("aws", "prod")
    graph = identity(a, a)
    assert {("engineers", "single-sign-on"), ("engineers", "way-in"), ("way-in", "database")} <= lines(graph)
    assert "people" not in graph.nodes()


def test_people_who_only_manage_the_others_are_named_below_the_high_level_view(reference: Project) -> None:
    a = reference.resolved.standing("aws", "prod")
    graph = context(a, a)
    assert not {"engineers", "way-in"} & set(graph.nodes())
    said = {left.titles: left.why for left in graph.left_out}
    assert (
        said["Engineers", "Way in"] == "people who manage the others, and their ways in, are in the picture of identity"
    )
