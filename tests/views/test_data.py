"""The data view shows everything that keeps data in the cloud, and names what may."""

from __future__ import annotations

import pytest
from test_network import MODELS, everywhere

from archgen.draw.graph import Graph
from archgen.model.architecture import Architecture
from archgen.model.component import OUTSIDE
from archgen.views.data import view


def of_component(graph: Graph) -> set[str]:
    return {(node.page or "").removeprefix("components/") for node in graph.nodes().values()}


@pytest.mark.parametrize("name", ["reference", *MODELS])
def test_every_component_with_data_is_drawn_or_named_below(name: str) -> None:
    for a, horizon in everywhere(name):
        graph = view(a, horizon)
        drawn = of_component(graph)
        named = {title for left in graph.left_out for title in left.titles}
        for id_, component in a.components.items():
            keeps, certain = what_it_keeps(a, id_)
            if keeps and a.place(component) != OUTSIDE:
                assert id_ in drawn
            elif keeps or not certain:
                assert component.title in named


def what_it_keeps(a: Architecture, name: str) -> tuple[bool, bool]:
    """Whether a component keeps data, and whether the model says so."""
    traits = a.traits(name)
    keeps = bool(traits.keeps_data or traits.stateful)
    stated = None not in (traits.keeps_data, traits.stateful)
    return keeps, stated or a.place(a.components[name]) == OUTSIDE


def test_the_reference_shows_how_its_services_are_spread() -> None:
    a, horizon = everywhere("reference")[-1]
    notes = {node.label: node.note for node in view(a, horizon).root.nodes()}
    assert notes["Secrets"] == "Secret Manager, regional"
    assert notes["Encryption keys"] == "Cloud KMS, redundancy unknown"  # no page states it
