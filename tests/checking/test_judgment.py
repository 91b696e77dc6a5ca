"""How a project configures its checks: severities, waivers, its own rules in the model and in Python, fixes, and today's date."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archgen.checking.judgment import Judgment
from archgen.pipeline import check, load
from conftest import archgen, tree

TODAY = "2026-11-25"
MODEL = """\
version: 1
name: Shop
teams: {platform: {name: Platform}}
clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b, eu-west-1c]}}
environments:
  dev: {name: Dev, aws: {account: test, cidr: 10.10.0.0/16}}
  prod: {name: Prod, production: true, aws: {account: live, cidr: 10.20.0.0/16}}
components:
  images: {kind: registry, title: Images, product: ecr, owner: platform, scan_on_push: false, immutable_tags: false}
  ci:
    kind: ci-pipeline
    title: CI
    product: github-actions
    owner: platform
    supply_chain: {sbom: syft, signing: cosign}
    calls: {images: {port: 443}, role: {port: 443}}
  role: {kind: workload-federation, title: Role, product: iam-roles, owner: platform}
"""


def judged(root: Path, more: str = "", today: str | None = TODAY) -> Judgment:
    (root / "architecture.yaml").write_text(MODEL + more, encoding="utf-8")
    loaded = load(root / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return check(loaded.project, today)


def test_severities_are_the_projects_to_choose(tmp_path: Path) -> None:
    assert {(d.code, d.severity) for d in judged(tmp_path).findings} == {("CI702", "warning")}
    raised = judged(tmp_path, "rules: {severities: {CI702: error}}\n").findings
    assert {d.severity for d in raised} == {"error"}
    assert judged(tmp_path, "rules: {severities: {CI702: ignore}}\n").findings == []


WAIVER = """\
rules:
  waivers:
    moving-tags:
      rule: CI702
      path: components.images.immutable_tags
      reason: A script moves them until it is replaced.
      owner: platform
      until: "2026-12-31"
"""


def test_a_finding_about_the_model_is_located_where_only_a_later_phase_has_the_component(tmp_path: Path) -> None:
    more = """  later: {kind: queue, title: Later, product: sqs, owner: platform, in: [growth]}
phases: {start: {name: Start}, growth: {name: Growth}}
terraform: {stacks: {images: {purpose: Images., modules: [ecr]}}}
"""
    findings = judged(tmp_path, more).findings
    found = next(d for d in findings if (d.code, d.path) == ("TF102", ("components", "later")))
    assert found.span is not None
    assert found.span.line == 1 + (MODEL + more)[: (MODEL + more).index("later:")].count("\n")


def test_a_waiver_accepts_one_finding_at_one_place(tmp_path: Path) -> None:
    result = judged(tmp_path, WAIVER)
    assert [d.path[-1] for d in result.findings] == ["scan_on_push"]
    (waived,) = result.waived
    assert (waived.waiver, waived.finding.path[-1], waived.until) == ("moving-tags", "immutable_tags", "2026-12-31")
    assert waived.reason.startswith("A script")


def test_a_waiver_may_hold_somewhere_only(tmp_path: Path) -> None:
    result = judged(tmp_path, WAIVER.replace("    moving-tags:\n", "    moving-tags:\n      in: [dev]\n"))
    left = next(d for d in result.findings if d.path[-1] == "immutable_tags")
    assert left.where == ("aws, prod",)


def test_an_expired_waiver_is_a_finding_and_waives_nothing(tmp_path: Path) -> None:
    result = judged(tmp_path, WAIVER, "2027-01-01")
    assert result.waived == []
    assert {d.code for d in result.findings} == {"CI702", "ARC-X001"}
    expired = next(d for d in result.findings if d.code == "ARC-X001")
    assert expired.span is not None
    assert expired.span.line == 1 + (MODEL + WAIVER)[: (MODEL + WAIVER).index('"2026-12-31"')].count("\n")


def test_a_waiver_of_nothing_is_a_finding(tmp_path: Path) -> None:
    result = judged(tmp_path, WAIVER.replace("rule: CI702", "rule: CI703"))
    assert {d.code for d in result.findings} == {"CI702", "ARC-X002"}


def test_each_waiver_that_accepts_nothing_is_a_finding_and_the_others_are_not(tmp_path: Path) -> None:
    rules, waivers, *entry = WAIVER.splitlines(keepends=True)
    unused = "".join(entry).replace("rule: CI702", "rule: CI703")
    several = [
        unused.replace("moving-tags", "first"),
        "".join(entry),
        unused.replace("moving-tags", "second"),
        unused.replace("moving-tags", "third").replace("2026", "2025"),
    ]
    result = judged(tmp_path, rules + waivers + "".join(several))
    stale = [(d.code, d.path[2]) for d in result.findings if d.code.startswith("ARC-X")]
    assert stale == [("ARC-X002", "first"), ("ARC-X002", "second"), ("ARC-X001", "third")]
    assert [waived.waiver for waived in result.waived] == ["moving-tags"]


def test_a_waiver_gives_the_choice_of_its_decision_as_its_reason(tmp_path: Path) -> None:
    decided = WAIVER.replace("reason: A script moves them until it is replaced.", "decision: tags")
    decision = "decisions: {tags: {title: Tags, status: chosen, choice: Tags may move}}\n"
    (waived,) = judged(tmp_path, decided + decision).waived
    assert waived.reason == "Tags may move"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rule: CI702", "rule: CI712", "the rule 'CI712' does not exist"),
        ("owner: platform\n      until", "owner: plattform\n      until", "the team 'plattform' does not exist"),
        ("reason: A script moves them until it is replaced.", "decision: tags", "the decision 'tags' does not exist"),
        ("      reason: A script moves them until it is replaced.\n", "", "a waiver needs a `reason`"),
        ('until: "2026-12-31"', "until: soon", "is not a date"),
        ("path: components.images", "path: components.pictures", "the model has no 'components.pictures"),
    ],
)
def test_a_wrong_waiver_is_reported_at_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in WAIVER
    (tmp_path / "architecture.yaml").write_text(MODEL + WAIVER.replace(old, new), encoding="utf-8")
    result = archgen("validate", "--today", TODAY, cwd=tmp_path)
    assert result.code in (1, 2)
    assert said in result.err


OWN = """\
rules:
  own:
    scanned:
      statement: Images are scanned.
      select: {kinds: [registry]}
      assert: {scan_on_push: true, title: {matches: "Image*"}}
      message: Our auditors ask for it
      help: switch it on
      severity: error
"""


def test_a_rule_of_the_model(tmp_path: Path) -> None:
    found = [d for d in judged(tmp_path, OWN).findings if d.code.startswith("OWN-")]
    (one,) = found
    assert (one.code, one.severity, one.help) == ("OWN-scanned", "error", "switch it on")
    assert one.message == "Our auditors ask for it: scan_on_push of 'images' is false, not true"
    assert one.span is not None
    assert one.span.line == 9
    assert archgen("build", "--no-site", cwd=tmp_path).code == 1


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ("{at_least: 3}", "is 2, less than 3"),
        ("{at_most: 1}", "is 2, more than 1"),
        ("{one_of: [3, 4]}", "is 2, not one of 3, 4"),
        ("{none_of: [2]}", "must not be 2"),
        ("{equals: 3}", "is 2, not 3"),
        ("{set: false}", "is 2, but must not be set"),
        ("{at_least: 2, at_most: 2, one_of: [2], set: true}", None),
        ("2", None),
        ("true", "is 2, not true"),
    ],
)
def test_what_a_rule_of_the_model_can_ask(tmp_path: Path, wanted: str, problem: str | None) -> None:
    model = f"""\
  sessions: {{kind: cache, title: Sessions, product: elasticache, owner: platform, placement: managed, replicas: 2}}
rules:
  own: {{copies: {{statement: Enough copies., select: {{components: [sessions]}}, assert: {{replicas: {wanted}}}}}}}
"""
    found = [d.message for d in judged(tmp_path, model).findings if d.code == "OWN-copies"]
    assert found == ([f"Enough copies: replicas of 'sessions' {problem}"] if problem else [])


def test_a_rule_in_python(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "short_titles.py").write_text(
        '"""Titles are short."""\nfrom archgen import Finding\n\n'
        "def check(architecture):\n"
        "    if architecture.coordinate.environment == 'prod':\n"
        "        for name, component in architecture.components.items():\n"
        "            if len(component.title) > 5:\n"
        "                yield Finding(f'components.{name}.title', f'{component.title} is long', 'cut it', 'info')\n",
        encoding="utf-8",
    )
    found = [d for d in judged(tmp_path).findings if d.code == "OWN-short-titles"]
    assert [(d.message, d.severity, d.where) for d in found] == [("Images is long", "info", ("aws, prod",))]
    assert found[0].span is not None
    assert found[0].span.line == 9
    listed = archgen("rules", cwd=tmp_path)
    assert "OWN-short-titles" in listed.out
    assert "Titles are short." in listed.out
    assert not (tmp_path / "rules" / "__pycache__").exists()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def check(architecture):\n    return 1 / 0\n", 2),
        ("x = (\n", 1),
        ("import nothing_there\n", 1),
        ("y = 1\n", 1),
    ],
)
def test_a_rule_in_python_that_fails_is_a_finding(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "broken.py").write_text(text, encoding="utf-8")
    found = [d for d in judged(tmp_path).findings if d.code == "ARC-X003"]
    assert [(d.span.file, d.span.line) for d in found if d.span] == [("rules/broken.py", line)]
    assert {d.code for d in judged(tmp_path).findings} == {"CI702", "ARC-X003"}


def test_what_makes_validate_fail(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(MODEL + "rules: {severities: {CI702: info}}\n", encoding="utf-8")
    codes = [archgen("validate", "--fail-on", level, cwd=tmp_path).code for level in ("error", "warning", "info")]
    assert codes == [0, 0, 1]


def test_fix_changes_what_is_safe_and_touches_nothing_else(tmp_path: Path) -> None:
    text = f"# a comment: false\r\n{MODEL}".replace("\n", "\r\n").replace("\r\r", "\r")
    (tmp_path / "architecture.yaml").write_bytes(text.encode())
    result = archgen("validate", "--fix", cwd=tmp_path)
    assert "fixed architecture.yaml:10: components.images.scan_on_push: true (CI702)" in result.err
    after = (tmp_path / "architecture.yaml").read_bytes().decode()
    assert after == text.replace("scan_on_push: false", "scan_on_push: true")
    assert "immutable_tags" in result.err  # a change that could break a team's scripts is not made automatically


def test_fix_of_a_value_that_is_not_stated_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(MODEL.replace("scan_on_push: false, ", ""), encoding="utf-8")
    before = tree(tmp_path)
    archgen("validate", "--fix", cwd=tmp_path)
    assert tree(tmp_path) == before


def test_only_findings_change_with_the_day(built_project: Path) -> None:
    project = built_project
    days = ("2026-11-25", "2031-01-01")
    said = [archgen("validate", "--today", day, "--fail-on", "warning", cwd=project) for day in days]
    assert [result.code for result in said] == [0, 1]
    assert all(f"[{code}]" in said[1].err for code in ("ARC-X001", "DR304", "K8S602"))
    # What is built is what was built on the day of this test.
    assert archgen("build", "--check", "--today", days[1], cwd=project).code == 0


@pytest.mark.slow
def test_rules_lists_and_explains(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(MODEL + WAIVER, encoding="utf-8")
    listed = archgen("rules", "--format", "json", "--today", TODAY, cwd=tmp_path)
    rows = {row["code"]: row for row in json.loads(listed.out)["rules"]}
    assert rows["CI702"]["findings"] == 1
    assert rows["CI702"]["waived"] == 1
    assert rows["HA201"]["authorities"][0]["link"].startswith("https://")
    one = archgen("rules", "ci702", "--today", TODAY, cwd=tmp_path)
    assert one.out.startswith("CI702: An image registry")
    assert "Waived until 2026-12-31 (moving-tags)" in one.err
    assert archgen("rules", "CI799", cwd=tmp_path).code == 2
    table = archgen("rules", "--format", "markdown", cwd=tmp_path).out
    assert table.count("\n") == len(rows) + 2
