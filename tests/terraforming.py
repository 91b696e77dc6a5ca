"""Terraform for tests: writes the files of a model, and validates them with real Terraform against stubs of the modules."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from archgen.artifacts import terraform_files
from archgen.pipeline import load
from archgen.project import Project
from archgen.terraform import bindings as b
from archgen.terraform.binding import Binding, Module
from archgen.terraform.types import parse
from conftest import emitted, missing, project_of


def write_terraform_files(model: Path, root: Path) -> None:
    """Write only the Terraform files of a model."""
    project = load(model).project
    assert project
    write_roots(project, root)


def write_roots(project: Project, root: Path) -> None:
    """Write the Terraform files of a project."""
    for artifact in emitted(project, terraform_files):
        target = root / artifact.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(artifact.content)


def written_root(project: Project, factory: pytest.TempPathFactory, root: str) -> Path:
    """The folder of one root, such as infra/gcp/made, after writing all Terraform files of a project."""
    folder = factory.mktemp("roots")
    write_roots(project, folder)
    return folder / root


def stack_fixtures(model: str, root: str) -> tuple[Any, Any, Any]:
    """Fixtures for a module of tests: the project of a model, the folder of one of its roots, and that root's values in production."""

    @pytest.fixture(scope="module", name="project")
    def make_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
        return project_of(tmp_path_factory.mktemp("shop"), model)

    @pytest.fixture(scope="module", name="root")
    def write_root(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return written_root(project, tmp_path_factory, root)

    @pytest.fixture(scope="module", name="made")
    def read_values(root: Path) -> dict[str, Any]:
        return values_of(root)

    return make_project, write_root, read_values


def all_values_of(project: Project) -> dict[str, Any]:
    """The values of all stacks in production, by variable."""
    found: dict[str, Any] = {}
    for artifact in emitted(project, terraform_files):
        if artifact.path.endswith("prod.tfvars.json"):
            found |= json.loads(artifact.content)
    return found


def problems_of(project: Project, *codes: str) -> list[str]:
    """The problems with some codes, each as `component: message help`."""
    return [f"{p.path[-1]}: {p.message} {p.help or ''}" for p in project.plans.problems if p.code in codes]


def values_of(stack: Path, instance: str = "prod") -> dict[str, Any]:
    """The values of a stack for an environment."""
    values: dict[str, Any] = json.loads((stack / f"{instance}.tfvars.json").read_text(encoding="utf-8"))
    return values


def stacks(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.rglob("variables.tf"))


def terraform(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    if not shutil.which("terraform"):
        missing("terraform")
    env = {
        name: value for name, value in os.environ.items() if not name.startswith("TF_")
    }  # without the developer's settings
    return subprocess.run(["terraform", *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False)


def planned(stack: Path, var_file: str) -> subprocess.CompletedProcess[str]:
    """Terraform's plan of only the variables of a stack, since its modules are not installed."""
    with tempfile.TemporaryDirectory() as name:
        for file in ("variables.tf", var_file):
            shutil.copy(stack / file, name)
        return terraform("plan", "-input=false", "-no-color", f"-var-file={var_file}", cwd=Path(name))


def validate_against_stubs(root: Path) -> None:
    """Validate every stack below a folder, which is changed. Stacks with resources of their own need a provider and are left out.

    The stubs are the modules as recorded: inputs with types and defaults, and the outputs that other stacks need. No provider is needed.
    """
    for stack in stacks(root):
        stub_modules(stack)
        if re.search(r'(?m)^(resource|data) "', (stack / "main.tf").read_text()):
            continue
        for arguments in (("init", "-backend=false", "-input=false"), ("validate",)):
            done = terraform(*arguments, "-no-color", cwd=stack)
            assert done.returncode == 0, f"{stack}: {done.stdout}{done.stderr}"


def stub_modules(stack: Path, own: Path | None = None) -> None:
    """Replace the modules of a stack by stubs, and remove its providers and the moves of what is not there.

    `own` is the folder of the project's bindings.
    """
    known: dict[tuple[str, str], list[Binding]] = {}
    for cloud in ("aws", "gcp"):
        for binding in b.versions(cloud, own).values():
            if binding.module:
                known.setdefault((binding.module.address, binding.module.version.removeprefix("v")), []).append(binding)
    text = (stack / "main.tf").read_text()
    for address, version in re.findall(r'source\s+= "([^"]+)"\n\s+version\s+= "([^"]+)"', text):
        offered = {name: type_ for binding in known[address, version] for name, type_ in binding.offers.items()}
        stub = stack / "stubs" / known[address, version][0].module.id
        stub.mkdir(parents=True, exist_ok=True)
        (stub / "main.tf").write_text(stub_of(known[address, version][0].module, offered))
        text = re.sub(
            rf'source(\s+)= "{re.escape(address)}"\n\s+version\s+= "{re.escape(version)}"',
            rf'source\1= "./stubs/{stub.name}"',
            text,
        )
    assert '\n  version = "' not in text
    (stack / "main.tf").write_text(re.sub(r"(?m)^  providers += .*\n", "", text))
    for file in ("providers.tf", "moved.tf"):
        (stack / file).unlink(missing_ok=True)


def stub_of(module: Module, outputs: dict[str, str]) -> str:
    values = {"string": '"made"', "list": "[]", "map": "{}"}
    blocks = []
    for name, entry in module.inputs.items():
        default = "" if entry.get("required") else "\n  default = null"
        blocks.append(f'variable "{name}" {{\n  type = {parse(entry["type"]).render(2)}{default}\n}}\n')
    made = {name: values.get(type_.partition("(")[0], "null") for name, type_ in sorted(outputs.items())}
    blocks += [f'output "{name}" {{\n  value = {value}\n}}\n' for name, value in made.items()]
    return "\n".join(blocks)
