"""Values that the document derives from what a model states: dates of drills, and the paths of Terraform files."""

from __future__ import annotations

import pytest

from archgen.model.document import RunbookFacts
from archgen.model.stacks import Stack, Terraform


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        ({}, None),
        ({"drill_every_days": 90}, None),
        ({"last_tested": "2026-11-25"}, None),
        ({"last_tested": "2026-11-25", "drill_every_days": 7}, "2026-12-02"),
        ({"last_tested": "2026-11-25", "drill_every_days": 7, "next_drill": "2026-12-24"}, "2026-12-24"),
        ({"next_drill": "2026-12-24"}, "2026-12-24"),
    ],
)
def test_a_drill_is_due_on_the_planned_day_or_after_the_interval(facts: dict[str, object], due: str | None) -> None:
    runbook = RunbookFacts.model_validate({"component": "orders", "owner": "shop", **facts})
    assert runbook.due == due


def test_stacks_have_a_folder_for_each_cloud_by_default() -> None:
    terraform = Terraform(stacks={"base": Stack(purpose="Networks")})
    assert terraform.folder("aws", "base") == "infra/aws/base"
    assert terraform.variable_file("aws", "prod", "base") == "infra/aws/base/prod.tfvars.json"


def test_the_format_of_variable_files_decides_their_ending() -> None:
    terraform = Terraform(path="tf/{stack}-{cloud}", format="hcl", stacks={"base": Stack(purpose="Networks")})
    assert terraform.variable_file("gcp", "prod", "base") == "tf/base-gcp/prod.tfvars"


def test_code_that_a_team_maintains_has_its_own_folder_and_file() -> None:
    own = {
        "base": Stack(purpose="Networks", directory="code/{cloud}/{environment}"),
        "dns": Stack(purpose="Names", directory="../dns", outside=True, file="env/{environment}.tfvars.json"),
    }
    terraform = Terraform(format="hcl", stacks=own)
    assert terraform.variable_file("aws", "prod", "base") == "code/aws/prod/prod.tfvars"
    assert terraform.variable_file("aws", "prod", "dns") == "../dns/env/prod.tfvars.json"
    assert terraform.own_folder("aws", "prod", "dns") == "../dns"
