"""`archgen validate` says the same with one process and with two, whatever is wrong with the model."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import MINIMAL, archgen

CHANGES = {
    "nothing is wrong": ("", ""),
    "a rule finds something": ("retention_days: 7", "retention_days: 0"),
    "a value": ("port: 443", "port: https"),
    "a reference": ("orders: {port: 5432", "order: {port: 5432"),
    "a reference to itself": ("kind: service\n", "kind: service\n    backup_of: shop\n"),
    "a build would stop": ("version: 1\n", "version: 1\nrunbooks: [{title: Unknown, of: no-such-runbook}]\n"),
    "a binding": ("version: 1\n", "version: 1\nterraform: {stacks: {base: {modules: [orders]}}}\n"),
    "YAML": ("components:", "components: ["),
}


@pytest.mark.parametrize("what", CHANGES)
def test_one_process_and_two_say_the_same(minimal: Path, what: str) -> None:
    old, new = CHANGES[what]
    (minimal / "architecture.yaml").write_text(MINIMAL.replace(old, new, 1))
    one, two = (archgen("validate", "--jobs", jobs, cwd=minimal) for jobs in ("1", "2"))
    assert one == two
    assert "internal error" not in one.err
    assert (what == "nothing is wrong") <= (one.code == 0)
    assert (what in ("a value", "a reference", "YAML")) <= (one.code == 2)


def test_what_a_second_process_does_for_a_model_with_broken_references_is_discarded(minimal: Path) -> None:
    text = MINIMAL.replace("orders: {port: 5432", "order: {port: 5432", 1)
    (minimal / "architecture.yaml").write_text(text)
    result = archgen("validate", "--jobs", "2", cwd=minimal)
    assert result.code == 2
    assert result.err.count("error[") == 1
    assert "ARC-R001" in result.err
