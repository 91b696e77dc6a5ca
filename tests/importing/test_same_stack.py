"""Small stacks with equal addresses: which files are of one stack, and which resource is which component."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archgen.commands.main import main
from archgen.importing.connections import GRADES
from archgen.importing.importing import Import
from archgen.importing.same_stack import are_of_one_stack, has_most_of
from archgen.importing.terraform_json import TerraformFile, read_content
from drifted import adding, report_of, resolved_of


def stack(file: str, bucket: str, form: str = "state", **values: Any) -> TerraformFile:
    """The file of a stack with one bucket, at an address that other stacks have, too."""
    entries: list[dict[str, Any]] = []
    adding("aws_s3_bucket.this", bucket=bucket, **values)(entries)
    key = "values" if form == "state" else "planned_values"
    content = {"format_version": "1.0", key: {"root_module": {"resources": entries}}}
    return read_content(json.dumps(content).encode(), file)


def raw(file: str, lineage: str) -> TerraformFile:
    block = {"mode": "managed", "type": "aws_moon_base", "name": "this", "instances": [{"attributes": {}}]}
    return read_content(json.dumps({"version": 4, "lineage": lineage, "resources": [block]}).encode(), file)


LOGS = stack("logs.json", "logs", arn="arn:aws:s3:::logs")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (stack("again.json", "logs", arn="arn:aws:s3:::logs"), True),
        (stack("data.json", "data", arn="arn:aws:s3:::data"), False),
        (stack("data.json", "data"), False),  # only the name differs
        (stack("plan.json", "data", "plan"), True),  # a plan may replace it by one with another name
        (stack("plan.json", "data", "plan", arn="arn:aws:s3:::data"), False),
    ],
)
def test_what_identifies_resources_tells_stacks_apart(other: TerraformFile, same: bool) -> None:
    assert are_of_one_stack(LOGS, other) is same
    assert has_most_of(other, LOGS) is same


def test_the_lineage_tells_raw_states_apart() -> None:
    assert are_of_one_stack(raw("a", "1"), raw("b", "1"))
    assert not are_of_one_stack(raw("a", "1"), raw("b", "2"))


def test_two_stacks_with_equal_addresses_are_imported_and_compared() -> None:
    data = stack("data.json", "data", arn="arn:aws:s3:::data")
    resolved = resolved_of(Import([LOGS, data], "aws", "prod", GRADES).text())
    report = report_of(resolved, LOGS, data)
    assert (list(report.findings), len(report.coverage.compared)) == ([], 2)
    renamed = stack("data.json", "data-2", arn="arn:aws:s3:::data-2")
    (drift,) = report_of(resolved, LOGS, renamed).findings
    assert (drift.kind, drift.model, drift.file) == ("different", "data", "data-2")
    more = report_of(resolved, LOGS, data, stack("x.json", "x", arn="arn:aws:s3:::x")).findings
    assert [(d.kind, d.file) for d in more] == [("not-modeled", "object-store, s3")]


def test_the_report_of_several_environments_is_a_list_with_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("dev", "prod"):
        entry: dict[str, Any] = {
            "mode": "managed",
            "type": "aws_s3_bucket",
            "name": "this",
            "address": "aws_s3_bucket.this",
        }
        entry["values"] = {"bucket": f"logs-{name}"}
        content = {"format_version": "1.0", "values": {"root_module": {"resources": [entry]}}}
        Path(f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    assert main(["import", "--at", "aws,prod", "prod.json", "--at", "aws,dev", "dev.json", "--format", "json"]) == 0
    assert [document["at"] for document in json.loads(capsys.readouterr().out)] == ["aws,dev", "aws,prod"]
    assert main(["import", "prod.json", "--at", "aws,prod", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["at"] == "aws,prod"
