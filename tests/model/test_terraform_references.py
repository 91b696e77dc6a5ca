"""References of Terraform stacks: the component that stores states, and the account that a stack is applied in."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.pipeline import load
from conftest import DATA

SHOP = (DATA / "models/shop.yaml").read_text(encoding="utf-8")
STACKS = "terraform:\n"


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ("  state: nope\n", "the component 'nope' does not exist"),
        ("  state: database\n", "'database' cannot store states: it is not object storage"),
        ("  assume: '{proj}-role'\n", "'{proj}-role' is not the name of a role or service account"),
        ("  assume: 'a role'\n", "'a role' is not the name of a role or service account"),
    ],
)
def test_what_a_stack_cannot_use_is_an_error_at_its_line(tmp_path: Path, added: str, message: str) -> None:
    assert STACKS in SHOP
    text = SHOP.replace(STACKS, f"{STACKS}{added}", 1)
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    (found,) = load(tmp_path / "architecture.yaml").diagnostics
    assert message in found.message
    assert found.span
    assert text.splitlines()[found.span.line - 1] == added.rstrip()


def test_the_account_of_a_stack_must_exist(tmp_path: Path) -> None:
    text = SHOP.replace("    data: {purpose", "    data: {home: nope, purpose", 1)
    assert text != SHOP
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    (found,) = load(tmp_path / "architecture.yaml").diagnostics
    assert "'nope' does not exist" in found.message
