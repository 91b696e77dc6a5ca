"""What archgen's own stacks create is what the model says: states of the serverless example, which Terraform applied.

`tools/trim_states.py` writes them from the states of tests/terraform/test_example_roots.py.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archgen.importing.terraform_json import TerraformFile, read
from archgen.model.resolve import Resolved
from archgen.project import load
from conftest import DATA, ROOT
from drifted import report_of

STATES = DATA / "imports" / "serverless-example"
STACKS = ("data", "functions", "events")
ACCOUNT = "123456789012"  # of the environment prod, in the states
# The test of the roots leaves out the workflow, which the emulator cannot validate. Of the others, the stacks of the example make nothing.
WITHOUT_STACK = {
    *("edge-firewall", "cdn", "api-firewall", "users", "shop-api", "packing-api", "fulfillment", "audit"),
}  # fmt: skip


@pytest.fixture(scope="module")
def example() -> Resolved:
    text = (ROOT / "examples/serverless/architecture.yaml").read_text(encoding="utf-8")
    text, count = re.subn(r"(ecom-prod: \{name: \w+)\}", rf'\1, id: "{ACCOUNT}"}}', text, count=1)
    assert count == 1
    loaded = load(Path("architecture.yaml"), texts={"architecture.yaml": text})
    assert loaded.project, loaded.diagnostics
    return loaded.project.resolved


def states(*stacks: str) -> list[TerraformFile]:
    return [read(str(STATES / f"{stack}.state.json")) for stack in stacks]


def test_the_stacks_of_the_example_reproduce_its_facts(example: Resolved) -> None:
    report = report_of(example, *states(*STACKS))
    found = {(d.kind, str(d.path[1]) if d.path else d.addresses[0]) for d in report.findings}
    assert found == {("missing", id_) for id_ in WITHOUT_STACK}
    assert report.coverage.compared.pop("nightly") == "stack"  # its resource has the name of what it calls, too
    assert len(report.coverage.compared) == 18
    assert len(report.coverage.values) >= 80


def test_some_stacks_of_the_example_do_not_contradict_it(example: Resolved) -> None:
    report = report_of(example, *states("data", "functions"), partial=True)
    assert [d.message for d in report.findings] == []
    unknown = {".".join(map(str, one.path)) for one in report.coverage.unknown}
    assert {"components.packing.dead_letters", "components.order-changes.dead_letters"} <= unknown
