"""Bindings that a project brings in its own folder, and modules that it records there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archgen.pipeline import load
from archgen.terraform import binding_ids
from archgen.terraform.bindings import find
from conftest import archgen

pytestmark = pytest.mark.slow

BINDING = """\
# Our own wrapper of a queue.
module: aws-our-queue-2
id: our-queue
cloud: aws
binds: environment
variable: our_queue
description: The queue.
inputs:
  name: project ~ '-' ~ environment ~ '-jobs'
needs:
  kms_key: {module: kms, output: key_arn}
"""
MODULE = {
    "source": "acme/terraform-aws-our-queue",
    "path": "",
    "version": "v2.1.0",
    "commit": "0" * 40,
    "inputs": {"name": {"type": "string", "required": True}, "kms_key": {"type": "string", "default": "null"}},
    "providers": {"aws": {"source": "hashicorp/aws", "version": ">= 6.0"}},
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A new project with a binding of its own in the stack of its network."""
    assert archgen("init", cwd=tmp_path).code == 0
    (tmp_path / "bindings/modules").mkdir(parents=True)
    (tmp_path / "bindings/aws-our-queue-2.yaml").write_text(BINDING)
    (tmp_path / "bindings/modules/aws-our-queue-2.json").write_text(json.dumps(MODULE))
    model = tmp_path / "architecture.yaml"
    text = model.read_text()
    assert "modules: [vpc," in text
    model.write_text(text.replace("modules: [vpc,", "modules: [our-queue, vpc,", 1))
    return tmp_path


def test_its_module_is_called(project: Path) -> None:
    result = archgen("build", "--no-site", cwd=project)
    assert result.code == 0, result.err
    (main,) = [file for file in (project / "infra").rglob("main.tf") if "our_queue" in file.read_text()]
    text = main.read_text()
    assert 'module "our_queue" {\n  source  = "acme/our-queue/aws"\n  version = "2.1.0"\n' in text
    assert "  name = var.our_queue.name\n" in text
    values = json.loads((main.parent / "prod.tfvars.json").read_text())
    assert values["our_queue"]["name"].endswith("-prod-jobs")


def test_a_second_version_is_chosen_by_name(project: Path) -> None:
    (project / "bindings/aws-our-queue-1.yaml").write_text(BINDING.replace("queue-2", "queue-1"))
    old = {**MODULE, "version": "v1.4.0"}
    (project / "bindings/modules/aws-our-queue-1.json").write_text(json.dumps(old))
    loaded = load(project / "architecture.yaml")
    assert loaded.project
    a = loaded.project.resolved.default
    assert {"our-queue", "our-queue@1", "our-queue@2"} <= binding_ids("aws", a.bindings)
    newest, oldest = find(a, "our-queue"), find(a, "our-queue@1")
    assert newest
    assert newest.module
    assert newest.module.version == "v2.1.0"
    assert oldest
    assert oldest.module
    assert oldest.module.version == "v1.4.0"


def test_a_broken_one_is_reported_in_its_file(project: Path) -> None:
    (project / "bindings/aws-our-queue-2.yaml").write_text(BINDING.replace("  name:", "  nmae:"))
    result = archgen("build", "--no-site", cwd=project)
    assert result.code == 2
    assert "bindings/aws-our-queue-2.yaml:9" in result.err
    assert "the module aws-our-queue-2 has no input 'nmae'" in result.err
    assert "did you mean 'name'?" in result.err
    assert not (project / "infra").exists()


def test_it_is_not_read_if_code_of_the_project_must_not_run(project: Path) -> None:
    loaded = load(project / "architecture.yaml", trusted=False)
    assert loaded.project
    assert loaded.project.resolved.default.bindings is None
    assert find(loaded.project.resolved.default, "our-queue") is None
