"""The data with which a picture shows what differs: it says the same as `archgen compare`, for every pair of places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archgen.analysis.changes import Item, components, connections
from archgen.artifacts.base import Context
from archgen.artifacts.difference_files import _script, differences, emit, places_of
from archgen.pipeline import load
from archgen.project import Project
from archgen.views._graphs import Graphs
from conftest import DATA

TWO_REGIONS = DATA / "models" / "two-regions.yaml"


def context_of(project: Project | None) -> Context:
    assert project
    return Context(project, Graphs(project.resolved))


@pytest.fixture(scope="module")
def context(reference: Project) -> Context:
    return context_of(reference)


def differs(row: list[Any], one: int, other: int) -> bool:
    """Whether a setting differs between two places, as the script of the site decides it."""
    a, b = row[2][one], row[2][other]
    return abs(a) != abs(b) and (a > 0 or b > 0)


def settings_that_differ(items: list[Item]) -> dict[str, int]:
    return {item.id: len(item.settings) for item in items if item.what == "changed"}


@pytest.mark.slow
@pytest.mark.parametrize("model", ["reference", "two-regions"])
def test_every_pair_of_places_has_the_differences_that_compare_prints(context: Context, model: str) -> None:
    context = context if model == "reference" else context_of(load(TWO_REGIONS).project)
    every = context.resolved.architectures
    for cloud in context.axes.clouds:
        data, places = differences(context, cloud), places_of(context, cloud)
        parts = {name: rows for name, (_title, rows) in data["components"].items()}
        for n, one in enumerate(places):
            for m, other in list(enumerate(places))[n + 1 :]:
                a, b = every[one], every[other]
                calls = [{c.id for c in side.connections} for side in (a, b)]
                found = {
                    name: count
                    for name, rows in parts.items()
                    if name in a.components and name in b.components and (count := sum(differs(r, m, n) for r in rows))
                }
                lines = {
                    name: count
                    for name, rows in data["connections"].items()
                    if name in calls[0] & calls[1] and (count := sum(differs(r, m, n) for r in rows))
                }
                assert found == settings_that_differ(list(components(a, b)))
                assert lines == settings_that_differ(list(connections(a, b)))


def test_a_view_says_at_which_places_it_shows_each_node(context: Context) -> None:
    data = differences(context, "aws")
    nodes, places = data["views"]["network"]["nodes"], data["places"]
    for place in places_of(context, "aws"):
        shown = context.graph("network", place).nodes()
        for id_, (label, _note, _component, states, *_texts) in nodes.items():
            state = states[places.index(f"{place.environment} {place.phase}")]
            assert state == ("0" if id_ not in shown else "1" if shown[id_].planned else "2"), label


def data_of(script: str) -> dict[str, Any]:
    """The data that a script contains, if it contains nothing else."""
    head, body = script.split(" = {\n", 1)
    assert head.splitlines()[-1].startswith("(window.archgen_differences ??= {})[")
    data: dict[str, Any] = json.loads("{" + body.removesuffix("};\n").rstrip().removesuffix(",") + "}")
    return data


def test_the_scripts_are_small_and_contain_only_data(context: Context) -> None:
    files, problems = emit(context)
    assert not problems
    assert [Path(file.path).name for file in files] == ["differences-aws.js", "differences-gcp.js"]
    for file in files:
        text = file.content.decode("ascii")
        assert len(text) < 40_000
        assert set(data_of(text)) == {"places", "components", "connections", "views"}


def test_hostile_texts_stay_texts() -> None:
    hostile = "</script><svg onload=alert(1)>\u2028\u2029\"'`\\ ${1} \u0000"
    row = [hostile, [[hostile, [hostile], [1, 0]]]]
    data: dict[str, Any] = {
        "places": [hostile],
        "components": {"constructor": row},
        "connections": {},
        "views": {hostile: {"nodes": {}}},
    }
    text = _script("aws", data)
    assert text.isascii()
    assert all(line.isprintable() for line in text.splitlines())
    assert data_of(text) == data


def test_a_model_with_one_place_has_no_script(minimal: Path) -> None:
    assert emit(context_of(load(minimal / "architecture.yaml").project)) == ([], [])
