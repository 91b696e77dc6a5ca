"""Recorded files were written by their scripts, and say what they were recorded from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from archgen.catalog import catalog
from archgen.catalog.entries import version_ends
from archgen.terraform import bindings as b
from conftest import ROOT
from tools.record_versions import wanted
from tools.recorded import (
    CHECKS,
    COMMANDS,
    GOOGLE_APIS,
    KARPENTER_SCHEMAS,
    KUBERNETES,
    MODULES,
    TERRAFORM_TYPES,
    VERSIONS,
    recorded_problem,
    recorded_text,
)

RECORDED = {
    "record_modules": sorted(MODULES.glob("*")),
    "record_versions": [VERSIONS],
    "record_checks": [CHECKS],
    "record_commands": [COMMANDS],
    "record_kubernetes": [KUBERNETES, KARPENTER_SCHEMAS],
    "record_google_apis": [GOOGLE_APIS],
    "record_terraform_types": sorted(TERRAFORM_TYPES.glob("*.json")),
}
MODULE = {"source": "a/terraform-x-y", "commit": "0" * 40, "date": "2026-01-31", "inputs": {}}


@pytest.mark.parametrize(
    ("script", "file"),
    [(script, file) for script, files in RECORDED.items() for file in files],
    ids=lambda value: getattr(value, "stem", value),
)
def test_every_recorded_file_was_written_by_its_script(script: str, file: Path) -> None:
    assert recorded_problem(file.read_text(encoding="utf-8"), script) is None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"inputs": {}', '"inputs": {"x": {"type": "any"}}', "edited by hand"),
        ("2026-01-31", "2026-02-01", "edited by hand"),
        (' "inputs"', '  "inputs"', "not formatted"),
        ("tools/record_modules.py", "a person", "does not say"),
        ("{\n", "", "not JSON"),
    ],
)
def test_a_file_that_the_script_did_not_write_is_noticed(old: str, new: str, problem: str) -> None:
    text = recorded_text(MODULE, "record_modules")
    assert recorded_problem(text, "record_modules") is None
    assert old in text
    assert problem in str(recorded_problem(text.replace(old, new, 1), "record_modules"))


@pytest.mark.parametrize("missing", ["source", "commit", "date"])
def test_a_file_without_source_revision_or_date_is_noticed(missing: str) -> None:
    content = {**MODULE, missing: ""}
    assert recorded_problem(recorded_text(content, "record_modules"), "record_modules")
    several = {"tools": {"good": {**MODULE}, "bad": content}}
    assert recorded_problem(recorded_text(several, "record_commands"), "record_commands")


def test_every_recorded_module_has_a_binding_and_every_binding_fits_its_module() -> None:
    used = set()
    for binding in (binding for cloud in ("aws", "gcp") for binding in b.versions(cloud).values()):
        if binding.module:
            used.add(binding.module.id)
            assert set(binding.offers) <= set(binding.module.outputs), binding.id
            assert binding.module.required_version, binding.id
            assert binding.module.providers, binding.id
    assert used == {path.stem for path in MODULES.glob("*.json")}


def test_versions_are_recorded_for_exactly_what_the_catalog_names() -> None:
    assert sorted(version_ends()) == wanted()
    assert catalog().products["eks"].supported_until == version_ends()["amazon-eks"]
    assert catalog().products["gke"].supported_until["1.34"] < catalog().products["eks"].supported_until["1.34"]


def test_one_command_and_a_weekly_workflow_run_every_script() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(r"(?m)^record:.*\n((?:\t.*\n)+)", makefile)
    assert recipe
    assert set(re.findall(r"-m tools\.(\w+) .*--latest", recipe[1])) == set(RECORDED)
    assert {path.stem for path in (ROOT / "tools").glob("record_*.py")} == set(RECORDED)
    workflow = yaml.load((ROOT / ".github/workflows/record.yml").read_text(encoding="utf-8"), yaml.BaseLoader)
    assert workflow["on"]["schedule"]
    record, propose = workflow["jobs"]["record"], workflow["jobs"]["propose"]
    assert "make record" in [step.get("run") for step in record["steps"]]
    # What runs other people's packages may not write to the repository.
    assert (record["permissions"], workflow["permissions"]) == ({"contents": "read"}, {})
    assert not any("make" in step.get("run", "") for step in propose["steps"])


def test_actions_of_workflows_are_pinned_to_a_commit() -> None:
    for file in (ROOT / ".github/workflows").glob("*.yml"):
        used = re.findall(r"uses: (.*)", file.read_text(encoding="utf-8"))
        assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action) for action in used), file.name


def test_nothing_else_lists_dates_of_versions() -> None:
    for file in (ROOT / "src/archgen/catalog").rglob("*.toml"):
        read = re.sub(r'read = "20[0-9-]+"', "", file.read_text(encoding="utf-8"))  # when a vendor's page was read
        assert '= "20' not in read, file.name
    assert json.loads(VERSIONS.read_text(encoding="utf-8"))["source"] == "endoflife-date/endoflife.date"
