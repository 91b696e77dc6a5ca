"""`archgen terraform record`: the interface of a module, recorded for a binding of the project."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from archgen.terraform.recording import Origin, OriginError
from conftest import archgen

CODE = """\
variable "name" {
  type = string
}
variable "size" {
  type    = number
  default = 1
}
variable "token" {
  type      = string
  sensitive = true
  nullable  = false
}
output "arn" {
  value     = "x"
  sensitive = true
}
terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 6.0" }
  }
}
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A checkout of a module with a tag, in whose folder `modules/queue` the code is."""
    folder = tmp_path / "checkout/modules/queue"
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text(CODE)
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for arguments in (
        ("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "x"), ("tag", "v2.3.1"),
        ("remote", "add", "origin", "git@github.com:acme/terraform-aws-messaging.git"),
    ):  # fmt: skip
        subprocess.run([*git, *arguments], cwd=tmp_path / "checkout", check=True)
    return folder


def test_git_says_where_a_module_comes_from(module: Path, tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    result = archgen("terraform", "record", str(module), cwd=tmp_path / "project")
    assert result.code == 0, result.err
    recorded = json.loads((tmp_path / "project/bindings/modules/aws-messaging-queue-2.json").read_text())
    assert (recorded["source"], recorded["path"], recorded["version"]) == (
        "acme/terraform-aws-messaging",
        "modules/queue",
        "v2.3.1",
    )
    assert len(recorded["commit"]) == 40
    assert recorded["inputs"] == {
        "name": {"type": "string", "required": True},
        "size": {"type": "number", "default": "1"},
        "token": {"type": "string", "required": True, "sensitive": True, "nullable": False},
    }
    assert recorded["outputs"] == {"arn": {"sensitive": True}}
    assert recorded["providers"] == {"aws": {"source": "hashicorp/aws", "version": ">= 6.0"}}
    assert "3 inputs (2 required), 1 outputs" in result.err
    assert result.out.startswith("module: aws-messaging-queue-2\nid: messaging-queue\ncloud: aws\n")


@pytest.mark.slow
def test_the_binding_that_it_prints_works_when_it_is_filled_in(module: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    assert archgen("init", cwd=project).code == 0
    result = archgen("terraform", "record", str(module), cwd=project)
    filled = result.out.replace("  name: ''", "  name: project").replace("  token: ''", "  token: \"'x'\"")
    (project / "bindings/aws-messaging-queue-2.yaml").write_text(filled)
    model = project / "architecture.yaml"
    model.write_text(model.read_text().replace("modules: [vpc,", "modules: [messaging-queue, vpc,", 1))
    result = archgen("build", "--no-site", cwd=project)
    assert result.code == 0, result.err
    assert any("acme/messaging/aws//modules/queue" in file.read_text() for file in (project / "infra").rglob("main.tf"))


def test_what_git_does_not_know_has_to_be_stated(tmp_path: Path) -> None:
    (tmp_path / "module").mkdir()
    (tmp_path / "module/main.tf").write_text(CODE)
    result = archgen("terraform", "record", "module", cwd=tmp_path)
    assert result.code == 2
    assert "the source of the module in module is not known" in result.err
    named = ("--source", "acme/terraform-google-queue", "--version", "0.4.1")
    assert archgen("terraform", "record", "module", *named, cwd=tmp_path).code == 0
    assert (tmp_path / "bindings/modules/gcp-queue-0.4.json").is_file()
    result = archgen("terraform", "record", "module", "--source", "queue", "--version", "1", cwd=tmp_path)
    assert (result.code, "'queue' is not a repository of a module" in result.err) == (2, True)
    result = archgen("terraform", "record", "nowhere", *named, cwd=tmp_path)
    assert (result.code, "declares no Terraform variables" in result.err) == (2, True)


@pytest.mark.parametrize(("version", "name"), [("v6.1.0", "aws-vpc-6"), ("0.9.2", "aws-vpc-0.9"), ("7", "aws-vpc-7")])
def test_the_name_has_the_major_version(version: str, name: str) -> None:
    assert Origin("x/terraform-aws-vpc", "", version).id == name


def test_a_branch_is_no_version() -> None:
    with pytest.raises(OriginError, match="'main' is not a version"):
        Origin("x/terraform-aws-vpc", "", "main").id  # noqa: B018  # reading it raises
