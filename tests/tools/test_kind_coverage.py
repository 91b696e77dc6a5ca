"""How many Terraform blocks of public repositories have a fitting kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.catalog.terraform_types import TerraformType, terraform_types
from small_repositories import git, release
from tools.count_arguments import USE, measure, read_use
from tools.count_arguments import main as record
from tools.kind_coverage import (
    BLOCKS,
    coverage,
    is_stated_elsewhere,
    main,
    most_used,
    read_blocks,
    share_of,
    why_unfitting,
)
from tools.recorded import recorded_problem

QUEUE = """
resource "aws_sqs_queue" "jobs" {
  count                      = 2
  name                       = "jobs"
  visibility_timeout_seconds = 30
  redrive_policy             = jsonencode({ maxReceiveCount = 3 })
  lifecycle { ignore_changes = [tags] }
}

resource "aws_sqs_queue" "mail" {
  visibility_timeout_seconds = 60
}

resource "aws_s3_bucket" "files" {
  versioning { enabled = true }
  website {}
  dynamic "lifecycle_rule" {
    for_each = var.rules
    content {
      expiration { days = lifecycle_rule.value }
    }
  }
}

resource "aws_sqs_queue_policy" "jobs" {
  policy = "{}"
}
"""


def component(name: str, kind: str, **settings: str) -> TerraformType:
    return TerraformType(name, "component", kind, "", "", settings)


def test_nine_in_ten_blocks_that_make_a_component_have_a_fitting_kind() -> None:
    blocks = read_blocks(BLOCKS)
    assert sum(blocks.values()) > 4500
    assert share_of(coverage(blocks, terraform_types(), read_use()).values()) >= 90


def test_the_command_prints_each_kind_and_fails_below_a_share(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--least", "90", "--why"]) == 0
    printed = capsys.readouterr().out
    assert "queue                       120 of    120  100.0 %" in printed
    assert "aws_vpc_endpoint_service: 3 blocks: no kind is about this sort of component" in printed
    assert printed.splitlines()[-1].startswith("all ")
    assert main(["--least", "99.9"]) == 1


def test_a_table_of_other_blocks_can_be_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "blocks.csv"
    table.write_text(
        "type,role,blocks\naws_sqs_queue,component,3\naws_iam_role,identity,9\nx_y,component,1\n", encoding="utf-8"
    )
    assert main([str(table), "--why"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "queue                         3 of      3  100.0 %",
        "(no kind)                     0 of      1    0.0 %",
        "    x_y: 1 blocks: the tables do not have this type",
        "all                           3 of      4   75.0 %",
    ]


def test_a_type_that_only_archgen_calls_a_component_counts_too(tmp_path: Path) -> None:
    table = tmp_path / "blocks.csv"
    table.write_text("type,role,blocks\naws_ebs_volume,part,5\naws_s3_bucket_policy,part,7\n", encoding="utf-8")
    assert read_blocks(table) == {"aws_ebs_volume": 5}


def test_the_three_arguments_that_most_blocks_set_need_a_place() -> None:
    use = {"blocks": 100, "arguments": {"name": 100, "a": 50, "b": 60, "c": 20, "d": 19, "e": 5}}
    assert most_used("x_y", use) == ["b", "a", "c"]
    assert most_used("x_y", {"blocks": 100, "arguments": {"a": 6, "b": 5}}) == ["a"]
    assert why_unfitting(component("x_y", "queue", a="size", b="size", c="size"), use) == ""
    assert why_unfitting(component("x_y", "queue", a="size"), use) == "the kind has no setting for b, c"
    assert why_unfitting(component("x_y", "queue"), None) == "its arguments are not measured"


@pytest.mark.parametrize("kind", ["", "external-system"])
def test_a_kind_of_last_resort_does_not_fit(kind: str) -> None:
    use = {"blocks": 1, "arguments": {}}
    assert why_unfitting(component("x_y", kind), use) == "no kind is about this sort of component"
    part = TerraformType("x_y", "part", "", "", "aws_lb", {})
    assert why_unfitting(part, use) == "the tables say that it is not a component: part aws_lb"


def test_an_argument_can_be_stated_elsewhere_for_all_types_or_for_one() -> None:
    assert is_stated_elsewhere("aws_lb", "tags")
    assert is_stated_elsewhere("aws_instance", "network_interface.subnet_id")
    assert is_stated_elsewhere("google_workflows_workflow", "deletion_protection")
    assert not is_stated_elsewhere("aws_db_instance", "deletion_protection")
    assert not is_stated_elsewhere("aws_sqs_queue", "redrive_policy")


@pytest.fixture
def checkouts(tmp_path: Path) -> Path:
    """A folder with one repository that contains Terraform code."""
    folder = tmp_path / "checkouts/someone+estate"
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    release(
        folder, "v1", "2026-01-31", {"main.tf": QUEUE, "queues/broken.tf": 'resource "aws_sqs_queue" {', "a.txt": QUEUE}
    )
    return tmp_path / "checkouts"


def test_arguments_are_counted_once_for_each_block_that_sets_them(checkouts: Path) -> None:
    types = measure(checkouts, ["someone/estate"])["types"]
    assert types["aws_sqs_queue"] == {
        "blocks": 2,
        "repositories": 1,
        "arguments": {"visibility_timeout_seconds": 2, "name": 1, "redrive_policy": 1},
    }
    assert set(types["aws_s3_bucket"]["arguments"]) == {
        "versioning.enabled",
        "website",
        "lifecycle_rule.expiration.days",
    }
    assert "aws_sqs_queue_policy" not in types


def test_the_record_names_its_sources_and_can_be_checked(checkouts: Path, tmp_path: Path) -> None:
    into = tmp_path / "use.json"
    options = ["--checkouts", str(checkouts), "--source", "someone/estate", "--into", str(into)]
    assert record([*options, "--check"]) == 1
    assert not into.exists()
    assert record(options) == 0
    assert recorded_problem(into.read_text(encoding="utf-8"), "count_arguments") is None
    assert record([*options, "--check"]) == 0


def test_the_record_was_written_by_the_script_and_not_by_hand() -> None:
    assert recorded_problem(USE.read_text(encoding="utf-8"), "count_arguments") is None


def test_a_missing_repository_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert record(["--checkouts", str(tmp_path), "--source", "someone/estate"]) == 2
    assert "has no checkout of someone/estate" in capsys.readouterr().err
