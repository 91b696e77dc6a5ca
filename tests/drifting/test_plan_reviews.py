"""`archgen review --plan`: how the plan of a pull request differs from the model, in the text of the review."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archgen.commands.main import main
from archgen.comparing.dialects import DIALECTS
from archgen.comparing.review import Review, ReviewedSide, review
from archgen.comparing.review_formats import as_comment, as_json
from archgen.comparing.words import plain
from archgen.drifting.accepting import baseline_text, read_baseline
from archgen.drifting.plan_reviews import PlanFiles, compare_plans
from archgen.importing.connections import GRADES
from archgen.importing.importing import Import
from archgen.importing.terraform_json import TerraformFile, read, read_content
from archgen.pipeline import check
from archgen.project import load
from conftest import CASES, DATA
from drifted import IMPORTS, PLANTED, adding, edited, model_text, report_of, resolved_of, resource

BUCKET = 'aws_s3_bucket.exports["planted-name"]'


def change_plan(resources: list[dict[str, Any]]) -> None:
    """The plan enlarges the database, opens it to everyone, and adds a bucket."""
    resource(resources, "aws_db_instance.orders")["values"]["instance_class"] = "db.m6g.4xlarge"
    opened = {"from_port": 5432, "to_port": 5432, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}
    resource(resources, "aws_security_group.database")["values"]["ingress"].append(opened)
    adding("aws_s3_bucket.exports", bucket="planted-bucket")(resources)
    resources[-1] |= {"address": BUCKET, "index": "planted-name"}


def model_after(text: str) -> str:
    """The model after a change: another engine version, and a longer retention than in the plan."""
    changed = text.replace('"16.4"', '"17.2"').replace("retention_days: 30", "retention_days: 35")
    assert changed.count('"17.2"') == changed.count("retention_days: 35") == 1
    return changed


def side_of(text: str) -> ReviewedSide:
    loaded = load(Path("architecture.yaml"), texts={"architecture.yaml": text})
    assert loaded.project, loaded.diagnostics
    return ReviewedSide(loaded.project, check(loaded.project).judgment)


@pytest.fixture(scope="module")
def sides() -> tuple[ReviewedSide, ReviewedSide]:
    text = model_text("three-tier", "plan")
    return side_of(text), side_of(model_after(text))


@pytest.fixture(scope="module")
def plan() -> TerraformFile:
    def upgrade(resources: list[dict[str, Any]]) -> None:
        change_plan(resources)
        resource(resources, "aws_db_instance.orders")["values"]["engine_version"] = "17.2"

    return edited("three-tier", upgrade, "plan", "plan.json")


Sides = tuple[ReviewedSide, ReviewedSide]


def reviewed(sides: Sides, plan: TerraformFile, *, public: bool = False, **given: Any) -> Review:
    resolved = sides[0].resolved, sides[1].resolved
    compared = compare_plans(resolved, PlanFiles([plan], "prod", **given), lambda span: span, public=public)
    return review(*sides, compared)


@pytest.fixture(scope="module")
def found(sides: Sides, plan: TerraformFile) -> Review:
    return reviewed(sides, plan)


def test_the_text_with_a_plan_is_the_expected_one(found: Review, expect: Callable[[Path, str], None]) -> None:
    expect(CASES / "reviews/plan.md", as_comment(found, "github-comment", base="main"))


def test_each_difference_says_whether_the_change_brings_it(found: Review) -> None:
    drifts = {e.about[-1]: e for e in found.effects if e.topic == "drift"}
    assert {path: e.way for path, e in drifts.items()} == {
        "DRF102": "worse",
        "components.orders": "worse",
        "components.orders.size": "worse",
        "components.orders.backup.retention_days": "worse",
        "components.orders.engine_version": "better",
    }
    before = {path for path, e in drifts.items() if "the earlier model has the same difference" in plain(e.words)}
    assert before == {"DRF102", "components.orders", "components.orders.size"}
    size = drifts["components.orders.size"]
    assert plain(size.words).startswith("components.orders.size: db.m6g.large in the model, db.m6g.4xlarge in the plan")
    assert size.place
    assert (
        model_after(model_text("three-tier", "plan")).splitlines()[size.place.line - 1].strip() == "size: db.m6g.large"
    )
    assert found.fails("error", unknown=False, drift=True)


@pytest.mark.parametrize("format_", DIALECTS)
def test_each_format_has_the_differences_and_what_was_compared(found: Review, format_: str) -> None:
    text = re.sub(r"\\|</?code>|`", "", as_comment(found, format_, base="main"))
    assert "4 differences between the plan and the model" in text
    assert "db.m6g.4xlarge in the plan" in text
    assert "What was compared with the plan at aws, prod" in text
    assert "7 of 7 components" in text


def test_json_has_the_report_of_drift(found: Review, sides: Sides) -> None:
    drift = json.loads(as_json(found))["drift"]
    assert (drift["format"], drift["at"]) == ("archgen-drift/1", "aws, prod")
    assert {d["path"]: d["new"] for d in drift["differences"]} == {
        None: False,
        "components.orders": False,
        "components.orders.size": False,
        "components.orders.backup.retention_days": True,
    }
    assert drift["solved"] == ["components.orders.engine_version"]
    assert json.loads(as_json(review(*sides)))["drift"] is None


def test_a_plan_is_reviewed_if_the_model_does_not_change(sides: Sides, plan: TerraformFile) -> None:
    old = sides[0]
    same = read_content((IMPORTS / "three-tier/prod.plan.json").read_bytes(), "plan.json")
    agreeing = reviewed((old, old), same)
    assert (bool(agreeing), agreeing.fails("error", unknown=True, drift=True)) == (False, False)
    differing = reviewed((old, old), plan)
    text = as_comment(differing, "markdown")
    assert "4 differences between the plan and the model" in text
    assert not differing.fails("error", unknown=True)
    other = reviewed((old, old), read_content((IMPORTS / "serverless/prod.plan.json").read_bytes(), "plan.json"))
    assert "the plan contains no component of the model" in as_comment(other, "markdown")
    assert other.fails("error", unknown=False, drift=True)


def test_what_a_baseline_contains_is_left_out(sides: Sides, plan: TerraformFile) -> None:
    known = read_baseline(baseline_text(report_of(sides[0].resolved, plan).findings))
    effects = [e for e in reviewed(sides, plan, baseline=known).effects if e.topic == "drift"]
    assert [(e.about[-1], e.way) for e in effects] == [("components.orders.backup.retention_days", "worse")]


WAIVED = "rules: {waivers: {later: {rule: DRF103, path: components.orders.size, reason: Later., owner: t, until: '2027-01-31'}}}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    size: db.m6g.large\n", ""),
        ("components:\n", f"{WAIVED}\nteams: {{t: {{name: T}}}}\ncomponents:\n"),
    ],
    ids=["no longer stated", "waived now"],
)
def test_only_a_value_that_the_model_states_now_agrees(
    sides: Sides, plan: TerraformFile, before: str, after: str
) -> None:
    text = model_text("three-tier", "plan")
    assert text.count(before) == 1
    found = reviewed((sides[0], side_of(text.replace(before, after))), plan)
    drifts = [e for e in found.effects if e.topic == "drift" and e.about[-1] == "components.orders.size"]
    assert (drifts, json.loads(as_json(found))["drift"]["solved"]) == ([], [])


def test_equal_public_statements_are_counted(sides: Sides) -> None:
    def add(resources: list[dict[str, Any]]) -> None:
        for name in ("one", "two"):
            adding(f"aws_s3_bucket.{name}", bucket=name)(resources)

    found = reviewed((sides[0], sides[0]), edited("three-tier", add, "plan", "plan.json"), public=True)
    text = as_comment(found, "markdown")
    assert "in the plan, but not in the model; the earlier model has the same difference (2 times)" in text
    assert "Decide for the 2 differences" in text


@pytest.mark.parametrize("format_", ["markdown", "json"])
def test_what_looks_like_a_secret_is_not_told(sides: Sides, format_: str) -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLE"

    def add(resources: list[dict[str, Any]]) -> None:
        adding("aws_s3_bucket.one", bucket="one")(resources)
        resources[-1] |= {"address": f'aws_s3_bucket.one["{key}"]', "index": key}

    found = reviewed((sides[0], sides[0]), edited("three-tier", add, "plan", "plan.json"))
    text = as_json(found) if format_ == "json" else as_comment(found, format_)
    assert ("(secret 1)" in re.sub(r"&#\d+;", "", text), key in text) == (True, False)


@pytest.mark.parametrize("format_", [*DIALECTS, "json"])
def test_no_secret_of_a_plan_is_in_a_review(found: Review, format_: str) -> None:
    assert PLANTED not in (as_json(found) if format_ == "json" else as_comment(found, format_))


def test_a_public_review_of_manifests_names_kinds_and_no_names() -> None:
    source = read(str(DATA / "kubernetes/rendered.yaml"))
    text = Import([source], "aws", "prod", GRADES).text()
    policy, deployment = "planted/NetworkPolicy/default.deny", "planted/Deployment/planted.v1"
    added = [replace(source.resources[9], address=address, name="planted") for address in (policy, deployment)]
    more = replace(source, resources=(*source.resources, *added))
    resolved = resolved_of(text)
    compared = compare_plans((resolved, resolved), PlanFiles([more], "prod"), lambda span: span, public=True)
    told = json.dumps(compared.document) + "".join(plain(e.words) for e in compared.effects)
    assert "planted" not in told
    assert {t for d in compared.document["differences"] for t in d["types"]} == {"NetworkPolicy", "Deployment"}


# -- the command ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose files on disk change the model, with the plan of a pull request."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "architecture.yaml").write_text(model_text("three-tier", "plan"), encoding="utf-8")
    for arguments in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "as it is")):
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)
    (folder / "architecture.yaml").write_text(model_after(model_text("three-tier", "plan")), encoding="utf-8")
    document = json.loads((IMPORTS / "three-tier/prod.plan.json").read_text(encoding="utf-8"))
    change_plan(document["planned_values"]["root_module"]["resources"])
    (folder / "planted-plan.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


@pytest.fixture
def run(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    def run_review(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.chdir(repository)
        code = main(["review", "--from-rev", "HEAD", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_review


def test_the_command_reads_plans_and_can_fail_for_drift(run: Callable[..., tuple[int, str, str]]) -> None:
    code, text, _ = run("--plan", "planted-plan.json", "--at", "aws,prod", "--fail-on", "error,drift")
    assert code == 1
    assert "5 differences between the plan and the model" in text
    assert "--plan planted-plan.json --at aws,prod" in text
    assert run("--plan", "planted-plan.json")[0] == 0
    for wrong in (("--at", "aws,prod"), ("--plan", "none.json"), ("--plan", "planted-plan.json", "--at", "mars")):
        assert run(*wrong)[0] == 2


@pytest.mark.parametrize("format_", ["github-comment", "json"])
def test_the_public_profile_has_no_name_and_no_value_of_the_plan(
    run: Callable[..., tuple[int, str, str]], format_: str
) -> None:
    code, text, err = run("--plan", "planted-plan.json", "--profile", "public", "--format", format_)
    assert code == 0, err
    assert "5 differences between the plan and the model" in text
    assert "orders.size" in text
    told = [
        value for value in ("planted", "4xlarge", "aws_db_instance.orders", "10.20.", "123456789012") if value in text
    ]
    assert told == []
    if format_ == "json":
        bucket = next(d for d in json.loads(text)["drift"]["differences"] if d["path"] is None)
        assert (bucket["kind"], bucket["types"]) == ("not-modeled", ["aws_s3_bucket"])
