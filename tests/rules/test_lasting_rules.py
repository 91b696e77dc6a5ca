"""Rules about copies, capacity, backups and schedules: what is found, passed and unknown in production."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_message_rules import outcomes

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.pipeline import check, load
from archgen.rules._schedules import gaps

MODEL = """version: 2
name: T
clouds: {{aws: {{region: eu-west-1, recovery_region: eu-central-1}}}}
environments: {{prod: {{name: Prod, production: true, aws: {{account: p}}}}}}
teams: {{t: {{name: T}}}}
networks: {{hub: {{name: Hub, cidr: 10.50.0.0/16}}}}
sites: {{plant: {{name: Plant, form: data-center}}}}
components:
  {components}
runbooks:
  log-archive-retrieval: {{component: files, also: [shares], owner: t, rto_minutes: 60, rpo_minutes: 1440}}
"""

# Components that are there if the cases name them, without the settings of the cases.
COMPONENTS = {
    "api": "kind: api-gateway, title: API, product: api-gateway",
    "balancer": "kind: load-balancer, title: Balancer, product: alb, placement: managed, calls: {group: {port: 80}}",
    "bank": "kind: postgresql, title: Bank, product: rds-postgresql, placement: managed, engine_version: '17', size: s, storage_gib: 20",
    "carts": "kind: document-database, title: Carts, product: documentdb, placement: managed",
    "data": "kind: data-warehouse, title: Data, product: redshift, placement: managed",
    "disk": "kind: block-store, title: Disk, product: ebs",
    "files": "kind: object-store, title: Files, product: s3",
    "firewall": "kind: waf, title: Firewall, product: aws-waf, calls: {api: {protocol: https}}",
    "group": "kind: virtual-machine-group, title: Group, product: ec2-auto-scaling, placement: managed, max: 9",
    "jobs": "kind: batch, title: Jobs, product: batch",
    "line": "kind: network-link, form: private-line, title: Line, product: direct-connect, joins: [hub, plant]",
    "machine": "kind: virtual-machine, title: Machine, product: ec2, placement: managed",
    "search": "kind: search-engine, title: Search, product: opensearch, placement: managed",
    "shares": "kind: file-store, title: Shares, product: efs, placement: managed",
    "site": "kind: container-service, title: Site, product: fargate, placement: managed",
    "task": "kind: function, title: Task, product: lambda",
    "timer": "kind: schedule, title: Timer, product: eventbridge-scheduler, calls: {task: {kind: event}}",
    "vault": "kind: backup, title: Vault, product: backup, protects: [shares]",
    "vpn": "kind: network-link, form: vpn, title: VPN, product: site-to-site-vpn, joins: [hub, plant]",
}

Found, Lacks, Unasked = Diagnostic, Unsaid, None
DAILY = 'schedule: "cron(0 3 * * ? *)"'
SIXTY = "backup: {retention_days: 30}, max_connections: 60"
OPENS = "scaling: {min: 2, max: 20}, calls: {bank: {port: 5432, connections: 10}}"

# The rule, the component that it is about, its settings, settings of others, and what the rule says.
CASES: tuple[tuple[str, str, str, dict[str, str], type[Outcome] | None], ...] = (
    ("HA215", "api", "endpoint: regional", {}, Found),
    ("HA215", "api", "endpoint: regional, throttle_requests_per_second: 10", {}, Passed),
    ("HA215", "api", "endpoint: regional", {"firewall": "rules: [rate-limit]"}, Passed),
    ("HA215", "api", "endpoint: regional", {"firewall": "rules: [owasp]"}, Found),
    ("HA215", "api", "endpoint: private", {}, Unasked),
    ("HA215", "api", "", {}, Lacks),
    ("HA216", "timer", "expression: rate(5 minutes)", {"task": "timeout_seconds: 301"}, Found),
    ("HA216", "timer", "expression: rate(5 minutes)", {"task": "timeout_seconds: 300"}, Passed),
    ("HA216", "timer", "", {"task": "timeout_seconds: 300"}, Lacks),
    ("HA216", "task", "", {"timer": "expression: rate(5 minutes)"}, Lacks),
    ("HA216", "timer", "expression: at noon", {"task": "timeout_seconds: 300"}, Unasked),
    ("HA217", "search", "replicas: 0", {}, Found),
    ("HA217", "search", "replicas: 1", {}, Passed),
    ("HA217", "search", "", {}, Lacks),
    ("HA217", "machine", "", {}, Unasked),
    ("HA218", "search", "dedicated_managers: 2", {}, Found),
    ("HA218", "search", "dedicated_managers: 0", {}, Found),
    ("HA218", "search", "dedicated_managers: 3", {}, Passed),
    ("HA218", "search", "", {}, Lacks),
    ("HA219", "carts", "instances: 1", {}, Found),
    ("HA219", "carts", "instances: 2", {}, Passed),
    ("HA219", "carts", "", {}, Lacks),
    ("HA219", "carts", "traits: {redundancy: regional}", {}, Unasked),
    ("HA219", "data", "nodes: 1", {}, Found),
    ("HA219", "search", "nodes: 1", {}, Unasked),  # HA201 asks what states its copies
    ("HA220", "vpn", "tunnels: 1", {}, Found),
    ("HA220", "vpn", "tunnels: 2", {}, Passed),
    ("HA220", "vpn", "", {}, Lacks),
    ("HA220", "line", "", {}, Unasked),
    ("HA221", "line", "", {}, Found),
    ("HA221", "line", "", {"vpn": ""}, Passed),
    ("HA221", "line", "traits: {copies: 2}", {}, Passed),
    ("HA221", "vpn", "", {}, Unasked),
    ("HA222", "machine", "spot: true", {}, Found),
    ("HA222", "machine", "spot: false", {}, Passed),
    ("HA222", "machine", "", {}, Lacks),
    ("HA222", "jobs", "spot: true", {}, Unasked),
    ("HA223", "group", "min: 2, health_check: machine", {"balancer": ""}, Found),
    ("HA223", "group", "min: 2, health_check: load-balancer", {"balancer": ""}, Passed),
    ("HA223", "group", "min: 2", {"balancer": ""}, Lacks),
    ("HA223", "group", "min: 2, health_check: machine", {}, Unasked),
    ("HA224", "jobs", "spot: true, max_attempts: 1", {}, Found),
    ("HA224", "jobs", "spot: true, max_attempts: 2", {}, Passed),
    ("HA224", "jobs", "spot: true", {}, Lacks),
    ("HA224", "jobs", "max_attempts: 1", {}, Unasked),
    ("HA204", "group", "min: 1", {}, Found),
    ("HA204", "group", "min: 2", {}, Passed),
    ("HA204", "site", "scaling: {min: 1, max: 3}", {}, Found),
    ("HA204", "site", "scaling: {min: 2, max: 3}", {}, Passed),
    ("HA204", "site", "", {}, Lacks),
    ("HA204", "site", "traits: {redundancy: regional}, scaling: {min: 1, max: 3}", {}, Unasked),
    ("DATA406", "site", OPENS, {"bank": "backup: {retention_days: 30}, max_connections: 209"}, Found),
    ("DATA406", "site", OPENS, {"bank": "backup: {retention_days: 30}, max_connections: 210"}, Passed),
    ("DATA406", "task", "calls: {bank: {}}", {"bank": SIXTY}, Lacks),
    ("DATA406", "task", "reserved_concurrency: 51, calls: {bank: {}}", {"bank": SIXTY}, Found),
    ("DATA406", "task", "reserved_concurrency: 50, calls: {bank: {}}", {"bank": SIXTY}, Passed),
    ("DATA406", "group", "min: 2, calls: {bank: {connections: 6}}", {"bank": SIXTY}, Found),
    ("DATA411", "vault", "immutable: false", {"shares": ""}, Found),
    ("DATA411", "vault", "immutable: true", {"shares": ""}, Passed),
    ("DATA411", "vault", "", {"shares": ""}, Lacks),
    ("DATA411", "files", "immutable: false", {}, Unasked),
    ("DATA412", "shares", "", {}, Found),
    ("DATA412", "shares", "", {"vault": ""}, Passed),
    ("DATA412", "shares", "backup_retention_days: 7", {}, Passed),
    ("DATA412", "shares", "rebuilt_from: [files]", {}, Unasked),
    ("DATA412", "machine", "", {}, Found),
    ("DATA412", "machine", "traits: {keeps_data: false}", {}, Unasked),
    ("DATA412", "disk", "snapshot_retention_days: 7", {}, Passed),
    ("DATA412", "data", "", {}, Lacks),
    ("DATA412", "carts", "", {}, Unasked),
    ("DATA413", "files", "versioned: false", {}, Found),
    ("DATA413", "files", "versioned: true", {}, Passed),
    ("DATA413", "files", "", {}, Lacks),
    ("DATA413", "files", "versioned: false, rebuilt_from: [shares]", {"shares": ""}, Unasked),
    ("DR303", "shares", "", {"vault": ""}, Lacks),
    ("DR303", "shares", "", {"vault": "copied_to_recovery_region: true"}, Passed),
    ("DR303", "bank", "backup: {retention_days: 30}", {"vault": "copied_to_recovery_region: true"}, Found),
    ("DR305", "vault", "", {"shares": ""}, Found),
    ("DR305", "vault", "restore_tested_every_days: 365", {"shares": ""}, Passed),
    ("DR305", "vault", "restore_tested_every_days: 366", {"shares": ""}, Found),
    ("DR306", "vault", "copied_to_recovery_region: false", {"shares": ""}, Found),
    ("DR306", "vault", "copied_to_recovery_region: true", {"shares": ""}, Passed),
    ("DR306", "vault", "", {"shares": ""}, Lacks),
    ("DR307", "vault", DAILY, {"shares": ""}, Passed),
    ("DR307", "vault", "schedule: rate(2 days)", {"shares": ""}, Found),
    ("DR307", "vault", "", {"shares": ""}, Lacks),
    ("DR307", "vault", 'schedule: "cron(0 3 ? * MON-FRI *)"', {"shares": ""}, Lacks),
)  # fmt: skip


def model(named: dict[str, str]) -> str:
    wanted = {"files": "", "shares": "", **named}
    lines = [f"{n}: {{{COMPONENTS[n]}{more and ', '}{more}}}" for n, more in wanted.items()]
    if any("{task:" in line for line in lines) and "task" not in wanted:
        lines.append(f"task: {{{COMPONENTS['task']}}}")
    if any("{api:" in line for line in lines) and "api" not in wanted:
        lines.append(f"api: {{{COMPONENTS['api']}}}")
    return MODEL.format(components="\n  ".join(lines))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} {case[1]} {case[2][:50]} {case[3]}")
def test_what_a_rule_says(tmp_path: Path, case: tuple[str, str, str, dict[str, str], type[Outcome] | None]) -> None:
    code, name, settings, others, expected = case
    said = {type(o) for o in outcomes(tmp_path, model({**others, name: settings}), code, name)}
    assert said == ({expected} if expected else set())


def test_rules_about_production_say_nothing_elsewhere(tmp_path: Path) -> None:
    for code, name, settings, others, expected in CASES:
        if expected is not Found or code in ("HA215", "HA216", "HA223", "HA224", "DATA406"):
            continue
        text = model({**others, name: settings}).replace("production: true, ", "")
        assert outcomes(tmp_path, text, code, name) == [], code


def test_without_a_recovery_region_no_copy_is_promised(tmp_path: Path) -> None:
    text = model({"vault": "copied_to_recovery_region: false"}).replace(", recovery_region: eu-central-1", "")
    assert outcomes(tmp_path, text, "DR306", "vault") == []
    text = text.replace("copied_to_recovery_region: false", "copied_to_recovery_region: true")
    assert [type(o) for o in outcomes(tmp_path, text, "DR303", "shares")] == [Unsaid]


def test_drills_of_all_that_is_protected_test_a_restore(tmp_path: Path) -> None:
    text = model({"vault": ""}).replace("rto_minutes: 60", "next_drill: '2027-03-01', rto_minutes: 60")
    assert [type(o) for o in outcomes(tmp_path, text, "DR305", "vault")] == [Passed]
    text = text.replace("protects: [shares]", "protects: [shares, machine]")
    text = text.replace("runbooks:", f"  machine: {{{COMPONENTS['machine']}}}\nrunbooks:")
    assert [type(o) for o in outcomes(tmp_path, text, "DR305", "vault")] == [Diagnostic]


def test_what_can_be_restored_to_any_time_needs_no_more_copies(tmp_path: Path) -> None:
    text = model({"vault": "schedule: rate(2 days)"}).replace("protects: [shares]", "protects: [files]")
    assert outcomes(tmp_path, text, "DR307", "vault") == []  # its objects have versions


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("rate(1 minute)", (1, 1)),
        ("rate(12 hours)", (720, 720)),
        ("cron(0 3 * * ? *)", (1440, 1440)),
        ("cron(0/15 * * * ? *)", (15, 15)),
        ("cron(*/7 * * * ? *)", (4, 7)),
        ("cron(0 3,15 * * ? *)", (720, 720)),
        ("cron(0 8-10 * * ? *)", (60, 1320)),
        ("30 2 * * *", (1440, 1440)),
        ("*/5 * * * *", (5, 5)),
        ("cron(0 3 ? * MON *)", (1440, None)),
        ("0 3 * * 1-5", (1440, None)),
        ("0 */5 * * * *", None),  # six fields without cron() begin with seconds
        ("cron(61 3 * * ? *)", None),
        ("cron(*/0 * * * ? *)", None),
        ("at(2027-01-01T00:00:00)", None),
        ("rate(5 weeks)", None),
        ("", None),
    ],
)
def test_the_times_between_starts(expression: str, expected: tuple[int, int | None] | None) -> None:
    assert gaps(expression) == expected


VERSIONED = """version: 2
name: T
clouds: {aws: {region: eu-west-1}}
environments: {prod: {name: Prod, production: true, aws: {account: p}}}
components:
  work: {kind: function, title: Work, product: lambda, calls: {books: {}}%s}
  books: {kind: relational-database, title: Books, product: rds-mysql, placement: managed%s}
  other: {kind: cache, title: Other, product: elasticache, placement: managed, engine_version: "5.0"}
"""


@pytest.mark.parametrize(
    ("runtime", "version", "found", "lacking"),
    [
        ("python3.13", "8.4", [], []),
        ("python3.9", "8.0", ["work", "books"], []),
        ("python3.13", "8.0.44", ["books"], []),  # ended as well
        ("python3.13", "8.4.99", [], []),  # as its major version
        ("python2.7", "5.6", [], ["python2.7", "5.6"]),
        ("", "", [], ["`runtime`", "`engine_version`"]),
    ],
)
def test_versions_without_support(
    tmp_path: Path, runtime: str, version: str, found: list[str], lacking: list[str]
) -> None:
    file = tmp_path / "architecture.yaml"
    file.write_text(VERSIONED % (runtime and f", runtime: {runtime}", version and f', engine_version: "{version}"'))
    project = load(file).project
    assert project
    judgment = check(project, "2026-11-26").judgment
    ended = [d for d in judgment.findings if d.code == "OPS912"]
    assert [d.path[1] for d in ended] == found
    lacks = [m.what for m in judgment.missing if "OPS912" in m.about]
    assert len(lacks) == len(lacking)
    assert all(any(word in what for what in lacks) for word in lacking)
    assert all("standard support of " in d.message for d in ended)
    before = check(project, "2025-01-01").judgment.findings
    assert not [d for d in before if d.code == "OPS912"]
