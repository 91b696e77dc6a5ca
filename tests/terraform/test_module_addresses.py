"""Addresses of modules: adding, removing or renaming a component leaves those of all others, checked with plans of real Terraform."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from archgen.terraform.moved_tf import destroyed
from conftest import archgen
from terraforming import terraform, write_terraform_files

pytestmark = [pytest.mark.slow, pytest.mark.terraform]

STACK = "infra/aws/data"


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """A new project with the Terraform files of its model."""
    assert archgen("init", cwd=tmp_path).code == 0
    write_terraform_files(tmp_path / "architecture.yaml", tmp_path)
    return tmp_path


def edit(root: Path, change) -> None:
    model = root / "architecture.yaml"
    model.write_text(change(model.read_text(encoding="utf-8")), encoding="utf-8")
    for file in (root / STACK).glob("*.tf"):
        file.unlink()
    write_terraform_files(model, root)


def with_ledger(text: str) -> str:
    """The model with a copy of its database under another id."""
    block = re.search(r"(?ms)^  database:\n.*?(?=^  \S|^\S)", text)
    assert block
    return text.replace(block.group(), f"{block.group()}{block.group().replace('database:', 'ledger:', 1)}", 1)


def renamed(text: str, formerly: str) -> str:
    """The model with another id for its database."""
    text = re.sub(r"(?m)^  database:$", "  ledger:", text)
    text = re.sub(r"\bdatabase: \{", "ledger: {", text).replace("components.database", "components.ledger")
    text = re.sub(r"(\[|, )database(\]|, )", r"\1ledger\2", text)
    text = re.sub(r"((?:to|from|component): )database\b", r"\1ledger", text)
    return text.replace("  ledger:\n", f"  ledger:\n{formerly}", 1)


def planned(root: Path, folder: Path) -> list[tuple[str, list[str]]]:
    """What Terraform would do with the modules of a stack, each replaced by one builtin resource, after what `folder` has in its state."""
    names = re.findall(r'(?m)^module "([^"]+)"', (root / STACK / "main.tf").read_text())
    moved = root / STACK / "moved.tf"
    stub = folder / "stub"
    stub.mkdir(parents=True, exist_ok=True)
    (stub / "main.tf").write_text('resource "terraform_data" "this" {}\n')
    (folder / "main.tf").write_text("".join(f'module "{name}" {{\n  source = "./stub"\n}}\n' for name in names))
    (folder / "moved.tf").write_text(moved.read_text() if moved.is_file() else "")
    assert terraform("init", "-input=false", cwd=folder).returncode == 0
    done = terraform("plan", "-input=false", "-out=plan.bin", cwd=folder)
    assert done.returncode == 0, done.stderr
    shown = json.loads(terraform("show", "-json", "plan.bin", cwd=folder).stdout)
    assert terraform("apply", "-input=false", "plan.bin", cwd=folder).returncode == 0
    changes = [(change["address"], change["change"]["actions"]) for change in shown.get("resource_changes", ())]
    return [(address, actions) for address, actions in changes if actions != ["no-op"]]


def test_a_second_database_changes_no_address(started: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("state")
    planned(started, folder)
    edit(started, with_ledger)
    assert planned(started, folder) == [("module.rds_ledger.terraform_data.this", ["create"])]


def test_a_renamed_database_is_moved(started: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("state")
    planned(started, folder)
    edit(started, lambda text: renamed(text, "    formerly: [database]\n"))
    assert planned(started, folder) == []


def test_its_security_group_is_moved_too(started: Path) -> None:
    edit(started, lambda text: renamed(text, "    formerly: [database]\n"))
    moved = (started / "infra/aws/network/moved.tf").read_text()
    group = "aws_security_group.security_groups"
    assert f'moved {{\n  from = {group}["database"]\n  to   = {group}["ledger"]\n}}\n' in moved


def test_what_was_named_after_its_binding_is_moved(started: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("state")
    main = started / STACK / "main.tf"
    (started / STACK / "moved.tf").unlink()
    main.write_text(main.read_text().replace('module "rds_database"', 'module "rds"'))
    planned(started, folder)
    edit(started, lambda text: renamed(text, "    formerly: [database]\n"))
    assert not [change for change in planned(started, folder) if "rds" in change[0]]


def test_without_its_earlier_id_a_renamed_database_would_be_destroyed_and_build_says_so(
    started: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("state")
    planned(started, folder)
    model = started / "architecture.yaml"
    model.write_text(renamed(model.read_text(encoding="utf-8"), ""), encoding="utf-8")
    result = archgen("build", "--check", cwd=started)
    assert "warning[ARC-F040]: module.rds_database is no longer in infra/aws/data/main.tf" in result.err
    edit(started, lambda text: text)
    assert ("module.rds_database.terraform_data.this", ["delete"]) in planned(started, folder)


def test_an_earlier_id_that_another_component_has_is_refused(started: Path) -> None:
    model = started / "architecture.yaml"
    text = with_ledger(model.read_text(encoding="utf-8")).replace(
        "  ledger:\n", "  ledger:\n    formerly: [database]\n", 1
    )
    model.write_text(text, encoding="utf-8")
    result = archgen("validate", cwd=started)
    assert "error[ARC-R007]: 'ledger' cannot formerly have been 'database'" in result.err


def test_nothing_is_destroyed_by_a_file_without_modules() -> None:
    assert destroyed("# nothing\n", []) == []
