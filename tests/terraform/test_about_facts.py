"""The reference of facts: every fact is described, and examples have values of the project."""

from __future__ import annotations

import pytest

from archgen.pipeline import Project
from archgen.terraform.about_facts import facts_of_models, facts_of_modules, meaning_of


@pytest.mark.parametrize("coordinate", ["aws,prod", "gcp,prod"])
def test_every_fact_has_a_meaning_and_values_have_examples(reference: Project, coordinate: str) -> None:
    cloud, environment = coordinate.split(",")
    a = reference.resolved.standing(cloud, environment)
    rows = [*facts_of_models(a), *facts_of_modules(a)]
    assert [row.name for row in rows if not row.meaning] == []  # describe it in ABOUT of the module that defines it
    by_name = {row.name: row for row in rows}
    assert by_name["cidr"].value == f'"{a.cidr}"'
    assert by_name["region"].type == "text"
    assert by_name["subnets"].usage == "subnets('both' | 'outbound' | 'none')"
    assert by_name["identifier"].example.startswith("identifier('")
    assert by_name["account"].value
    assert by_name["component"].meaning == "The component that the module is for."
    assert len([row for row in rows if row.example]) > len(rows) * 2 / 3


def test_a_fact_without_a_description() -> None:
    assert meaning_of("nothing_of_this_name") is None
