"""What rules cite: checks and practices that exist, with their names and their own pages, and that are about the same as the rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.diagnostics.codes import rules
from archgen.diagnostics.explain import Authority, explain
from small_repositories import git, release
from tools.record_checks import cited, main
from tools.recorded import CHECKS, read_recorded, recorded_problem

INDEX = "docs/5.Policy Index"
ROW = "| 0 | {id} | resource | x | {name} | Terraform | [{id}.py](https://github.com/bridgecrewio/checkov/blob/main/checkov/{id}.py) |\n"


def authorities(code: str) -> dict[str, Authority]:
    return {a.name.partition(":")[0].rpartition(" ")[2]: a for a in explain(code).authorities}


def test_exactly_the_checks_that_rules_cite_are_recorded() -> None:
    assert sorted(read_recorded(CHECKS)["checks"]) == cited()


def test_every_cited_check_and_practice_is_named_and_linked_by_itself() -> None:
    found = [a for code in rules() for a in explain(code).authorities if a.name.startswith(("Checkov", "AWS Well"))]
    assert len(found) > 50
    assert [a.name for a in found if ": " not in a.name] == []
    assert [a.link for a in found if not a.link.endswith((".py", ".yaml", ".html"))] == []
    # Practices are renumbered in newer editions, so an edition that stays is linked.
    assert [a.link for a in found if "/latest/" in a.link] == []
    assert authorities("OPS902")["OPS08-BP04"].name.endswith("OPS08-BP04: Create actionable alerts")


@pytest.mark.parametrize(
    ("code", "other"),
    [
        ("K8S604", "CKV_K8S_11"),  # CPU limits, which the rule says are not required
        ("K8S605", "CKV_K8S_1"),  # of PodSecurityPolicy, which Kubernetes no longer has
        ("K8S605", "CKV_K8S_2"),
        ("DATA402", "CKV2_GCP_20"),  # MySQL
        ("DR303", "CKV_AWS_245"),  # encryption of copies, not their place
        ("NET111", "CKV2_AWS_5"),  # security groups that are attached to nothing
        ("DATA407", "CKV_AWS_36"),  # validation of log files
        ("DATA407", "CKV_AWS_67"),  # trails in all regions
    ],
)
def test_a_check_of_something_else_is_not_cited(code: str, other: str) -> None:
    assert other not in authorities(code)


def test_the_names_of_checks_are_recorded_with_the_address_of_their_code(tmp_path: Path) -> None:
    folder, into = tmp_path / "checkov", tmp_path / "checks.json"
    folder.mkdir()
    git(folder, "init", "-q")
    rows = ROW.format(id="CKV_AWS_7", name="Keys rotate") + ROW.format(id="CKV_AWS_8", name="Other")
    release(folder, "first", "2026-01-31", {f"{INDEX}/terraform.md": rows, f"{INDEX}/kubernetes.md": "# None\n"})
    assert main(["--repository", str(folder), "--into", str(into), "--checks", "CKV_AWS_7"]) == 0
    assert recorded_problem(into.read_text(), "record_checks") is None
    commit = git(folder, "rev-parse", "HEAD")
    url = f"https://github.com/bridgecrewio/checkov/blob/{commit}/checkov/CKV_AWS_7.py"
    assert read_recorded(into)["checks"] == {"CKV_AWS_7": {"name": "Keys rotate", "url": url}}


def test_a_check_that_does_not_exist_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "checkov"
    folder.mkdir()
    git(folder, "init", "-q")
    release(folder, "first", "2026-01-31", {f"{INDEX}/terraform.md": "", f"{INDEX}/kubernetes.md": ""})
    into = tmp_path / "checks.json"
    assert main(["--repository", str(folder), "--into", str(into), "--checks", "CKV_AWS_7"]) == 1
    assert "bridgecrewio/checkov has no check CKV_AWS_7" in capsys.readouterr().err
    assert not into.exists()
