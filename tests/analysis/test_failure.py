"""Effects of failures, combined promises of vendors, and articulation points."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgen.analysis.articulation import articulation_points
from archgen.analysis.availability import of_component, of_flow
from archgen.analysis.failure import of_component as fails
from archgen.analysis.failure import of_zone
from archgen.model.architecture import Architecture
from archgen.pipeline import load
from conftest import ROOT, archgen

pairs = st.lists(st.tuples(*(st.integers(0, 8).map(str),) * 2), max_size=16)  # some lead from a name to itself


def parts(edges: list[tuple[str, str]], without: str = "") -> int:
    """The number of connected parts of a graph."""
    left = {end for edge in edges for end in edge} - {without}
    count = 0
    while left:
        waiting = [left.pop()]
        count += 1
        while waiting:
            name = waiting.pop()
            near = {b if a == name else a for a, b in edges if name in (a, b)} & left
            left -= near
            waiting += near
    return count


@given(pairs)
def test_articulation_points_are_those_without_which_there_are_more_parts(edges: list[tuple[str, str]]) -> None:
    names = dict.fromkeys(end for edge in edges for end in edge)
    assert articulation_points(edges) == [n for n in names if parts(edges, n) > parts(edges)]


def test_a_long_chain_needs_no_recursion() -> None:
    assert len(articulation_points((str(n), str(n + 1)) for n in range(40_000))) == 40_000 - 1


def production(cloud: str) -> Architecture:
    loaded = load(ROOT / "architecture.yaml")
    assert loaded.project
    return loaded.project.resolved.standing(cloud, "prod")


def test_the_loss_of_the_database_stops_its_callers_and_breaks_the_flow_where_it_is_called() -> None:
    impact = fails(production("aws"), "database")
    assert impact.failed == ("database",)
    assert set(impact.stopped) == {"api", "load-balancer", "waf"}
    assert impact.stopped["api"] == "calls PostgreSQL"
    assert impact.degraded["cdn"] == "no longer leads to WAF"
    assert "cache" in impact.stale
    assert impact.cut_off == {}
    assert impact.flows == {"request": 6, "secret": 2, "failover": 0}


def test_the_loss_of_an_optional_component_stops_no_other() -> None:
    impact = fails(production("aws"), "cache")
    assert impact.stopped == {}
    assert impact.degraded == {"api": "calls Cache"}
    assert impact.flows == {}


def test_the_loss_of_the_cluster_stops_what_runs_on_it() -> None:
    a = production("gcp")
    impact = fails(a, "cluster")
    assert {n for n, c in a.components.items() if c.runs_on == "cluster"} <= set(impact.stopped)
    assert set(impact.flows) >= {"request", "deploy", "secret"}


def test_production_survives_the_loss_of_a_zone() -> None:
    for cloud in ("aws", "gcp"):
        a = production(cloud)
        for zone in a.zones:
            impact = of_zone(a, zone)
            assert impact.failed == ()
            assert impact.stopped == {}
            assert impact.flows == {}
            assert impact.survivors["database"] == "it has copies in 2 zones"
    assert of_zone(production("aws"), "eu-west-1a").degraded["cluster"] == "2 of 3 zones left"


@pytest.mark.slow
def test_a_database_without_a_standby_stops_with_its_zone_if_the_model_states_it(project: Path) -> None:
    file = project / "architecture.yaml"
    text = file.read_text(encoding="utf-8").replace("multi_zone: true", "multi_zone: false")
    file.write_text(text, encoding="utf-8")
    data = json.loads(archgen("impact", "eu-west-1a", "--format", "json", cwd=project).out)
    assert data["failed"] == []
    missing = {
        "what": "in which zone the only copy of 'database' is",
        "help": "state `zones` with the one zone that it is in",
    }
    assert data["unknown"]["database"] == [missing]
    assert data["may_break"].items() >= {"request": 7, "failover": 1}.items()
    stated = text.replace("{product: rds-postgresql, ", "{zones: [eu-west-1b], product: rds-postgresql, ")
    file.write_text(stated, encoding="utf-8")
    for zone, failed in (("eu-west-1a", []), ("eu-west-1b", ["database"])):
        data = json.loads(archgen("impact", zone, "--at", "aws", "--format", "json", cwd=project).out)
        assert data["failed"] == failed
        assert "database" not in data["unknown"]


def test_promises_multiply_over_what_is_needed() -> None:
    a = production("aws")
    promise = of_component(a, "api")
    assert {part.component for part in promise.parts} == {"database", "cluster"}  # not the cache: it is not required
    assert promise.unknown == ("api",)
    assert promise.at_most is not None
    assert abs(promise.at_most - 99.95 * 99.95 / 100) < 1e-9
    assert promise.text == "at most 99.91%; 2 of 3 parts state a promise"  # the bound is 99.900025
    request = of_flow(a, "request")
    assert {"cdn", "waf", "load-balancer", "cluster", "database"} <= {part.component for part in request.parts}
    assert request.at_most is not None
    assert request.at_most < promise.at_most
    assert request.minutes is not None
    assert round(request.minutes) == round((100 - request.at_most) * 432)


@pytest.mark.slow
def test_the_command_draws_and_reports_what_is_wrong(project: Path) -> None:
    assert archgen("impact", "database", "-o", "impact.svg", cwd=project).code == 0
    text = (project / "impact.svg").read_text(encoding="utf-8")
    assert "stopped" in text
    assert "degraded" in text
    wrong = archgen("impact", "databse", cwd=project)
    assert wrong.code == 2
    assert "did you mean 'database'?" in wrong.err
    assert archgen("impact", "database", "--format", "png", cwd=project).code == 2
