"""Checking variable files against code with validations across variables, overrides, JSON syntax and secrets."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from archgen.artifacts.terraform_jobs import check_all, jobs_of_folder
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.terraform.check import Job, check_job
from archgen.terraform.code import FolderCode
from conftest import CASES, archgen, missing

pytestmark = [pytest.mark.slow, pytest.mark.terraform]


@pytest.fixture(autouse=True)
def terraform() -> None:
    if not shutil.which("terraform"):
        missing("terraform")


def check(code: str | dict[str, str], values: str | dict[str, object], name: str = "prod.tfvars.json") -> list[str]:
    """The findings as `FILE:LINE CODE`, sorted."""
    return sorted(f"{d.span.file}:{d.span.line} {d.code}" for d in findings(code, values, name) if d.span)


def findings(code: str | dict[str, str], values: str | dict[str, object], name: str) -> list[Diagnostic]:
    texts = {"variables.tf": code} if isinstance(code, str) else code
    text = values if isinstance(values, str) else json.dumps(values, indent=2)
    return check_job(Job(name, text, FolderCode("stack", texts)))


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("any-in-description", []),
        ("cross-validation", []),
        ("ephemeral", []),
        ("local-in-validation", []),
        ("one-line-default", []),
        ("one-line-sensitive", ["error ARC-F107"]),  # people may write "80" for a number
        ("override", []),
        ("tfjson", []),
    ],
)
def test_folders_of_teams_get_the_verdicts_of_terraform(case: str, expected: list[str]) -> None:
    jobs, problems = jobs_of_folder(CASES / "terraform" / case)
    assert problems == []
    assert sorted(f"{d.severity} {d.code}" for d in check_all(jobs, partial=False)) == expected


CROSS = """\
variable "min" {
  type    = number
  default = 1
}

variable "max" {
  type    = number
  default = 5
  validation {
    condition     = var.min <= var.max
    error_message = "max must not be below min."
  }
}
"""


def test_a_validation_is_reported_at_the_value_that_violates_it() -> None:
    assert check(CROSS, {"max": 3}) == []
    assert check(CROSS, {"min": 1, "max": 0}) == ["prod.tfvars.json:3 ARC-F104"]
    assert check(CROSS, {"min": 9}) == ["prod.tfvars.json:2 ARC-F104"]  # the default of `max` is below it
    (finding,) = findings(CROSS, {"min": 9}, "prod.tfvars.json")
    assert finding.message == "max: max must not be below min."
    assert finding.help == "the validation rule is at stack/variables.tf:9"


def test_a_wrong_value_does_not_hide_other_problems_and_causes_none() -> None:
    code = CROSS + 'variable "last" {\n  type = object({ a = number })\n}\n'
    values = {"min": "one", "max": 0, "last": {"a": 1, "b": 2}}
    assert check(code, values) == ["prod.tfvars.json:2 ARC-F103", "prod.tfvars.json:6 ARC-F105"]


def test_messages_name_places_of_the_real_code() -> None:
    code = {"main.tf": 'resource "x" "y" {\n}\n\nvariable "a" {\n  type    = number\n  default = "many"\n}\n'}
    assert check(code, {}) == ["stack/main.tf:6 ARC-F103"]
    (finding,) = findings({"main.tf": '# one\n\nvariable "a" {\n  type = number\n}\n'}, {"a": "x"}, "p.tfvars.json")
    assert (
        finding.message
        == "a: The given value is not suitable for var.a declared at main.tf:3,1-13: a number is required."
    )


def test_validations_that_need_providers_are_named_and_left_out() -> None:
    code = """\
data "aws_regions" "all" {}
locals {
  names = data.aws_regions.all.names
  own   = ["eu-west-1"]
}
variable "region" {
  type = string
  validation {
    condition     = contains(local.names, var.region)
    error_message = "Not a region."
  }
  validation {
    condition     = contains(local.own, var.region)
    error_message = "Not ours."
  }
  validation {
    condition     = fileexists("${path.module}/${var.region}.json")
    error_message = "No file."
  }
}
"""
    expected = ["prod.tfvars.json:2 ARC-F104", "stack/variables.tf:16 ARC-F112", "stack/variables.tf:8 ARC-F112"]
    assert check(code, {"region": "us-east-1"}) == expected


def test_json_code_and_overrides_take_part_in_validations() -> None:
    code = {
        "a.tf": 'variable "a" {\n  type = string\n}\n',
        "b.tf.json": json.dumps(
            {
                "locals": {"most": 3},
                "variable": {
                    "b": {
                        "type": "number",
                        "validation": {
                            "condition": "${var.b <= local.most && var.b <= var.a}",
                            "error_message": "Too many.",
                        },
                    }
                },
                "resource": {"aws_s3_bucket": {"x": {}}},
            }
        ),
        "a_override.tf.json": '{"variable": {"a": {"type": "number"}}}',
    }
    assert check(code, {"a": 5, "b": 3}) == []
    assert check(code, {"a": 2, "b": 3}) == ["prod.tfvars.json:3 ARC-F104"]
    assert check(code, {"a": 5}) == ["prod.tfvars.json:1 ARC-F102"]


SECRETS = """\
variable "password" {
  type      = string
  sensitive = true
}
variable "session" {
  type      = object({ token = string })
  ephemeral = true
}
variable "port" {
  type = number
}
"""


def test_secrets_need_no_value_and_are_never_shown(tmp_path: Path) -> None:
    assert check(SECRETS, {"port": 1}) == []
    (tmp_path / "main.tf").write_text(SECRETS)
    for name, text in {
        "prod.tfvars.json": '{"password": "hunter2", "session": {"token": "hunter3"}, "port": "x"}\n',
        "dev.tfvars": 'port = "x"\npassword = "hunter2" hunter3\n',
        "stg.tfvars": 'password = ["hunter2"]\nsession = "hunter3"\nport = "80"\n',
    }.items():
        (tmp_path / name).write_text(text)
    for form in ("text", "json", "sarif", "github"):
        result = archgen("terraform", "check", ".", "--format", form, cwd=tmp_path)
        assert result.code == 1
        assert "ARC-F107" in result.out + result.err
        assert "hunter" not in result.out + result.err


def test_values_that_terraform_loads_by_itself_count(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(CROSS + 'variable "region" {\n  type = string\n}\n')
    (tmp_path / "terraform.tfvars").write_text('region = "eu-west-1"\nmin = 3\n')
    (tmp_path / "x.auto.tfvars").write_text("min = 4\n")
    (tmp_path / "prod.tfvars.json").write_text('{\n  "max": 3\n}\n')
    (tmp_path / "dev.tfvars.json").write_text('{\n  "max": 4\n}\n')
    jobs, problems = jobs_of_folder(tmp_path)
    assert problems == []
    places = [(Path(d.span.file).name, d.span.line, d.code) for d in check_all(jobs, partial=False) if d.span]
    assert places == [("prod.tfvars.json", 2, "ARC-F104")]


def test_values_in_hcl_are_read_with_their_lines() -> None:
    code = """\
variable "db" {
  type = object({ name = string, sizes = list(object({ n = number })) })
}
variable "text" {
  type = string
}
variable "sum" {
  type = number
}
"""
    values = """\
# the database
db = {
  name  = "a"
  sizes = [
    { n = 1 },
    { n = 2, m = 3 },
  ]
  other = true
}
text = <<-EOT
  region = "x"
    $${kept}
EOT
sum = 1 + 1
"""
    assert check(code, values, "p.tfvars") == ["p.tfvars:6 ARC-F105", "p.tfvars:8 ARC-F105"]
    assert check(code, values.replace("$${kept}", "${lost}"), "p.tfvars") == ["p.tfvars:12 ARC-F103"]
    assert check(code, values.replace("other = true", "other = ]"), "p.tfvars") == ["p.tfvars:8 ARC-F103"]
