"""The place of the model that states the value of a Terraform input."""

from __future__ import annotations

import pytest

from archgen.pipeline import Project
from archgen.terraform.binding import ModuleCall
from archgen.terraform.bindings import calls
from archgen.terraform.origin import origin


@pytest.fixture(scope="module")
def database(reference: Project) -> ModuleCall:
    production = reference.resolved.standing("aws", "prod")
    return next(call for call in calls(production, "05-data") if call.binding.id == "rds")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("instance_class", ("components", "database", "size")),
        ("backup_retention_period", ("components", "database", "backup", "retention_days")),
        ("engine_version", ("components", "database", "engine_version")),
        ("engine", ("components", "database", "product")),
    ],
)
def test_an_input_with_one_fact_comes_from_its_line(
    reference: Project, database: ModuleCall, name: str, path: tuple[str, ...]
) -> None:
    production = reference.resolved.standing("aws", "prod")
    node = production.tree.get(path)
    assert node
    assert origin(production, database, name) == (node.key_span or node.span)


@pytest.mark.parametrize("name", ["family", "tags", "copy_tags_to_snapshot", "kms_key_id", "no_such_input"])
def test_an_input_that_states_no_single_fact_has_no_line(reference: Project, database: ModuleCall, name: str) -> None:
    assert origin(reference.resolved.standing("aws", "prod"), database, name) is None
