"""`archgen validate` says the same with one process and with two, whatever is wrong with the model."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import MINIMAL, archgen

STACK = "version: 1\nterraform: {stacks: {base: {purpose: All., modules: [unknown]}}}\n"
RUNBOOK = "runbooks: {zone-failure: {component: orders, owner: ops, rto_minutes: 5, rpo_minutes: 0}}\n"
# A change of the model, the exit code, and a word of a message. The second process starts unless a value or the YAML is wrong.
CHANGES = {
    "nothing is wrong": ("", "", 0, "K8S604"),
    "a rule finds something": ("    name: Live\n", "    name: Live\n    production: true\n", 1, "NET104"),
    "a value": ("port: 443", "port: https", 2, "ARC-M004"),
    "a reference": ("orders: {port: 5432", "order: {port: 5432", 2, "ARC-R001"),
    "a reference to itself": ("kind: service\n", "kind: service\n    runs_on: shop\n", 2, "refers to itself"),
    "a stack": ("version: 1\n", STACK, 1, "ARC-F001"),
    "a runbook": ("version: 1\n", f"version: 1\nteams: {{ops: {{name: Ops}}}}\n{RUNBOOK}", 1, "is not for a component"),
    "YAML": ("components:", "components: [", 2, "ARC-Y003"),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", CHANGES)
def test_one_process_and_two_say_the_same(minimal: Path, what: str) -> None:
    old, new, code, said = CHANGES[what]
    (minimal / "architecture.yaml").write_text(MINIMAL.replace(old, new, 1))
    one, two = (archgen("validate", "--jobs", jobs, cwd=minimal) for jobs in ("1", "2"))
    assert one == two
    assert one.code == code
    assert said in one.err


def test_what_a_second_process_does_for_a_model_with_broken_references_is_discarded(minimal: Path) -> None:
    text = MINIMAL.replace("orders: {port: 5432", "order: {port: 5432", 1)
    (minimal / "architecture.yaml").write_text(text)
    result = archgen("validate", "--jobs", "2", cwd=minimal)
    assert result.code == 2
    assert result.err.count("error[") == 1
    assert "ARC-R001" in result.err
