"""Pages say where and from when something holds with the names that people use."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from archgen.artifacts._tables import variables_of
from archgen.artifacts._where import where_in_words
from archgen.artifacts.flows_page import steps
from archgen.artifacts.home import _numbers
from archgen.artifacts.observability_page import _stores
from archgen.artifacts.terraform_pages import _place
from archgen.pipeline import Project
from conftest import ROOT


@pytest.fixture
def context(reference: Project) -> Any:
    resolved = reference.resolved
    return SimpleNamespace(resolved=resolved, axes=resolved.axes, catalog=resolved.default.catalog)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("aws & dev | stg", "AWS, Development or Staging"),
        ("gcp & before growth", "GCP, before Phase 1: Growth"),
        ("prod & growth", "Production, from Phase 1: Growth on"),
        ("growth & before scale", "from Phase 1: Growth on, before Phase 2: Scale"),
        ("aws | gcp", "everywhere"),
    ],
)
def test_conditions_in_words(context: Any, condition: str, words: str) -> None:
    assert where_in_words(context, context.axes.condition(condition).mask) == [words]


def test_a_cloud_that_readers_know_is_left_out(context: Any) -> None:
    def on_aws(condition: str) -> list[str]:
        return where_in_words(context, context.axes.condition(condition).mask, on="aws")

    assert (on_aws("aws & prod"), on_aws("aws")) == (["Production"], [""])


def test_commands_of_a_stack_are_for_the_home_region(context: Any) -> None:
    stacks = {"05-data": "Production", "00-account": "Production", "00-organization": "the organization"}
    plan: Any = SimpleNamespace(cloud="aws")
    assert {stack: _place(context, plan, stack) for stack in stacks} == stacks


def test_signals_go_to_a_store_from_the_phase_that_adds_it(context: Any) -> None:
    rows = list(_stores(context, "aws"))
    assert [(row["phase"], "amp" in [p.id for p in row["products"]]) for row in rows] == [
        ("Phase 0: MVP", False),
        ("Phase 1: Growth", True),
    ]


def test_steps_of_a_flow_name_the_ports_of_their_cloud(reference: Project) -> None:
    def ports(cloud: str) -> list[str]:
        return [row["how"] for row in steps(reference.resolved.standing(cloud, "prod"), "request")][-2:]

    assert ports("aws") == ["redis 6379", "postgresql 5432"]
    assert ports("gcp") == ["redis 6378", "postgresql 3307"]


def test_the_zones_of_the_first_page_are_those_in_use(context: Any, reference: Project) -> None:
    context.default, context.document = reference.resolved.default, reference.resolved.default.document
    assert (
        sum(len(region.zones) for region in context.default.regions.values()) == 6
    )  # with those of the recovery region
    (zones,) = (row for row in _numbers(context) if "zones" in row["what"])
    assert zones["value"] == "3"
    assert zones["what"].startswith("zones of eu-west-1; ")


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_a_component_names_only_variables_that_its_stacks_have(reference: Project, cloud: str) -> None:
    a = reference.resolved.standing(cloud, "prod")
    named = {(row["stack"], row["variable"]) for name in a.components for row in variables_of(reference, a, name)}
    text = {stack: (ROOT / "infra" / cloud / stack / "variables.tf").read_text(encoding="utf-8") for stack, _v in named}
    assert len(named) > 15
    assert {(stack, name) for stack, name in named if f'variable "{name}"' not in text[stack]} == set()
