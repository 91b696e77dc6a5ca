"""`archgen terraform adopt`: a stack of the model for existing code, whose values come from facts of the model."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from archgen.expressions.evaluate import evaluate
from archgen.expressions.values import plain
from archgen.pipeline import check, load, make
from archgen.terraform.own_stacks import named_facts
from conftest import archgen

CODE = """\
variable "vpc_cidr" { type = string }
variable "region" { type = string }
variable "azs" { type = list(string) }
variable "backup_retention_days" { type = number }
variable "db_name" { type = string }
variable "multi_az" {
  type    = bool
  default = false
}
variable "replicas" {
  type    = number
  default = 1
}
variable "contact" { type = string }
variable "db_password" {
  type      = string
  sensitive = true
}
variable "github_token" {
  type    = string
  default = null
}
variable "untouched" {
  type    = string
  default = "x"
}
variable "elsewhere" { type = string }
"""


@pytest.fixture
def root(shop: Path, tmp_path: Path) -> Path:
    """The project with a folder of code whose files have values of the model, as its own generated files have them."""
    root = Path(shutil.copytree(shop, tmp_path / "project"))
    folder = root / "legacy/base-code"
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text(CODE)
    (folder / "terraform.tfvars").write_text('contact = "ops@shop.example"\n')
    loaded = load(root / "architecture.yaml")
    assert loaded.project
    for environment in ("dev", "prod"):
        a = loaded.project.resolved.standing("aws", environment)
        values = {
            "vpc_cidr": a.cidr,
            "region": a.cloud.region,
            "azs": list(a.zones),
            "backup_retention_days": a.components["database"].backup.retention_days,
            "db_name": a.identifier("database"),
            "replicas": 2 if environment == "prod" else 1,
            "multi_az": True,
            "github_token": "hunter2",
        }
        (folder / f"{environment}.tfvars").write_text("".join(f"{n} = {json.dumps(v)}\n" for n, v in values.items()))
    return root


@pytest.mark.slow
def test_a_stack_is_proposed_and_makes_the_same_values(root: Path) -> None:
    result = archgen("terraform", "adopt", "legacy/base-code", cwd=root)
    assert result.code == 0, result.err
    stack = yaml.safe_load(result.out)["terraform"]["stacks"]["base-code"]
    assert (stack["in"], stack["directory"]) == (["aws"], "legacy/base-code")
    assert stack["file"] == "{environment}.tfvars"
    assert stack["supplied"] == ["db_password", "elsewhere", "github_token"]
    assert {name: entry.get("expression") for name, entry in stack["inputs"].items()} == {
        "azs": "zones",
        "backup_retention_days": "components.database.backup.retention_days",
        "contact": None,
        "db_name": "identifier('database')",
        "multi_az": stack["inputs"]["multi_az"].get("expression"),
        "region": "region",
        "replicas": None,
        "vpc_cidr": "cidr",
    }
    assert stack["inputs"]["contact"] == {"value": "ops@shop.example"}
    assert stack["inputs"]["replicas"] == {"value": 2, "when": {"dev": {"value": 1}}}
    assert "hunter2" not in result.out + result.err
    assert "contact: no fact of the model has this value" in result.err
    assert "github_token: it is secret, although a variable file has its value" in result.err
    assert "elsewhere: no variable file has a value for it" in result.err
    assert "untouched" not in result.err
    model = root / "architecture.yaml"
    model.write_text(re.sub(r"(?ms)^terraform:.*?(?=^\S)", lambda _m: result.out, model.read_text() + "\n# end\n"))
    before = {e: (root / f"legacy/base-code/{e}.tfvars").read_text() for e in ("dev", "prod")}
    loaded = load(model)
    assert loaded.project, loaded.diagnostics
    made, problems = make(check(loaded.project))
    assert made, problems
    from archgen.terraform.values_file import read_values

    for environment, text in before.items():
        new = next(a.content.decode() for a in made if a.path == f"legacy/base-code/{environment}.tfvars")
        old = dict(read_values("x.tfvars", text).values)
        del old["github_token"]
        assert read_values("x.tfvars", new).values == {**old, "contact": "ops@shop.example"}


def test_folders_of_environments_become_one_stack(root: Path) -> None:
    for environment in ("dev", "prod"):
        folder = root / "envs" / environment
        folder.mkdir(parents=True)
        (folder / "main.tf").write_text('variable "stage" {\n  type = string\n}\n')
        (folder / "terraform.tfvars.json").write_text(json.dumps({"stage": environment}))
    result = archgen("terraform", "adopt", "envs/prod", cwd=root)
    stack = yaml.safe_load(result.out)["terraform"]["stacks"]["prod"]
    assert stack["directory"] == "envs/{environment}"
    assert stack["inputs"] == {"stage": {"expression": "environment"}}
    assert "1 of 1 variables come from facts of the model." in result.err


def test_folders_that_cannot_be_adopted(root: Path) -> None:
    result = archgen("terraform", "adopt", "nowhere", cwd=root)
    assert result.code == 2
    assert "the folder declares no Terraform variables" in result.err
    (root / "broken").mkdir()
    (root / "broken/main.tf").write_text('variable "a" {')
    result = archgen("terraform", "adopt", "broken", cwd=root)
    assert result.code == 2
    assert "main.tf:1:" in result.err


def test_a_folder_outside_of_the_project_says_so(root: Path) -> None:
    (root / "../other").mkdir()
    (root / "../other/main.tf").write_text('variable "region" {\n  type = string\n}\n')
    stack = yaml.safe_load(archgen("terraform", "adopt", "../other", cwd=root).out)["terraform"]["stacks"]["other"]
    assert (stack["directory"], stack["outside"], stack["supplied"]) == ("../other", True, ["region"])


def test_facts_are_found_in_the_attributes_of_an_object_and_secrets_in_it_are_not_printed(root: Path) -> None:
    folder = root / "legacy/base-code"
    shape = "object({ cidr = string, flags = list(bool), names = object({ azs = list(string), team = string }) })"
    code = f'variable "net" {{ type = {shape} }}\nvariable "db" {{ type = object({{ password = string }}) }}\n'
    (folder / "main.tf").write_text(code)
    loaded = load(root / "architecture.yaml")
    assert loaded.project
    for environment in ("dev", "prod"):
        a = loaded.project.resolved.standing("aws", environment)
        net = {"cidr": a.cidr, "flags": [True, False], "names": {"azs": list(a.zones), "team": "it"}}
        values = {"net": net, "db": {"password": "hunter2"}}
        (folder / f"{environment}.tfvars").write_text("".join(f"{n} = {json.dumps(v)}\n" for n, v in values.items()))
    (folder / "terraform.tfvars").unlink()
    result = archgen("terraform", "adopt", "legacy/base-code", cwd=root)
    assert result.code == 0, result.err
    assert "hunter2" not in result.out + result.err
    stack = yaml.safe_load(result.out)["terraform"]["stacks"]["base-code"]
    assert stack["supplied"] == ["db"]
    proposed = stack["inputs"]["net"]["expression"]
    assert proposed == "{'cidr': cidr, 'flags': [true, false], 'names': {'azs': zones, 'team': 'it'}}"
    for environment in ("dev", "prod"):
        a = loaded.project.resolved.standing("aws", environment)
        assert plain(evaluate(proposed, dict(named_facts(a))))["names"] == {"azs": list(a.zones), "team": "it"}
