"""Each rule about an architecture: changing one line of the reference model gives a finding at that line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_lasting_rules import CASES as LASTING_CASES
from test_message_rules import CASES as MESSAGE_CASES
from test_setting_rules import CASES as SETTING_CASES

from archgen.diagnostics.codes import rules
from archgen.diagnostics.diagnostic import Diagnostic, dotted
from archgen.pipeline import check, load
from conftest import CASES, MODELS, archgen, copy_project

SPARE = """\
  spare: {kind: secret-store, title: Spare, when: {aws: {product: secrets-manager}, gcp: {product: secret-manager}}}
  secrets:
    kind: secret-store"""

FLOW_LOGS = "  flow_logs:\n    retention_days: 30\n    when:\n      prod: {retention_days: 90}\n"

FILES = """\
  spare: {kind: object-store, title: Spare, owner: platform, when: {aws: {product: s3}, gcp: {product: cloud-storage}}}
  secrets:
    kind: secret-store"""
BALANCER = """\
  spare: {kind: load-balancer, title: Spare, when: {aws: {product: alb}, gcp: {product: cloud-load-balancing}}}
  load-balancer:
    kind: load-balancer"""

OUTWARDS = """\
      api: {port: 80}
      database: {port: 5432, protocol: postgresql, purpose: pooled"""

# The rule, the text in the model, its replacement, the coordinates at fault (empty: all), and the text at the place of the finding
# if that is not the changed line, since something that is missing has no line.
CHANGES: tuple[tuple[str, ...], ...] = (
    (
        "PAR805",
        "    owner: platform\n  autoscale-burst:",
        "    owner: platform\n    proposed: [gcp]\n  autoscale-burst:",
        "",
        "[gcp]",
    ),
    ("CI702", "scan_on_push: true", "scan_on_push: false", ""),
    ("CI702", "immutable_tags: true", "immutable_tags: false", ""),
    ("DATA401", "prod: {backup: {retention_days: 30}}", "prod: {backup: {retention_days: 60}}", "prod"),
    ("DATA402", "point_in_time_recovery: true", "point_in_time_recovery: false", ""),
    ("DATA404", "    require_tls: true", "    require_tls: false", ""),
    ("DATA404", "encrypted_in_transit: true", "encrypted_in_transit: false", ""),
    ("DATA405", "deletion_protection: true", "deletion_protection: false", "prod"),
    (
        "DR301",
        (
            "    regions:\n      recovery:\n        name: eu-central-1\n"
            "        availability_zones: [eu-central-1a, eu-central-1b, eu-central-1c]\n"
        ),
        "    recovery_region: eu-west-1\n    regions: {}\n",
        "aws",
    ),
    ("HA201", "multi_zone: true", "multi_zone: false", "prod"),
    ("HA201", "prod: {replicas: 2}", "prod: {replicas: 0}", "aws, prod"),
    ("HA203", "prod: {nodes_per_zone: {min: 2, max: 3}}", "prod: {nodes_per_zone: {min: 0, max: 3}}", "prod"),
    ("HA204", "prod: {scaling: {min: 2, max: 6}, ", "prod: {scaling: {min: 1, max: 6}, ", "prod"),
    ("HA205", "disruption_budget: {min_available: 1}}", "disruption_budget: {min_available: 0}}", "prod"),
    ("HA207", "disruption_budget: {min_available: 1}}", "disruption_budget: {min_available: 2}}", "prod"),
    ("K8S601", "prod: {endpoint: private, ", "prod: {endpoint: public, ", "prod"),
    ("K8S603", "network_policies: deny-by-default", "network_policies: allow-by-default", ""),
    ("K8S605", "pod_security: baseline", "pod_security: privileged", ""),
    ("NET101", "cidr: 10.20.0.0/16", "cidr: 10.30.0.0/17", ""),
    ("NET104", "[eu-west-1a, eu-west-1b, eu-west-1c]", "[eu-west-1a, eu-west-1b]", "aws, prod"),
    ("NET105", "nat_gateways: per-zone\n", "nat_gateways: single\n", "aws, prod"),
    ("NET106", "    placement: data\n", "    placement: public\n", ""),
    ("NET109", "    tls: true", "    tls: false", ""),
    ("CI701", 'subjects: ["repo:{repository}:environment:{environment}"]', 'subjects: ["repo:*"]', ""),
    ("CI703", "supply_chain: {sbom: syft, signing: cosign, ", "supply_chain: {sbom: syft, ", ""),
    ("CI703", "signed_images_only: true", "signed_images_only: false", "prod"),
    ("DATA401", "prod: {backup: {retention_days: 30}}", "prod: {backup: {retention_days: 20}}", "prod"),
    ("DATA403", "protects: [cluster, database, cache, ", "protects: [cluster, cache, ", ""),
    ("DATA403", "secrets_encryption: true", "secrets_encryption: false", ""),
    ("DATA406", "connections: 5,", "connections: 31,", "gcp"),
    ("DATA407", "    immutable: true\n", "    immutable: false\n", "prod"),
    (
        "DATA407",
        "gcp: {product: cloud-storage, home: shared-security}",
        "gcp: {product: cloud-storage}",
        "gcp, prod",
        "  log-archive:\n    kind",
    ),
    ("DR302", "    rto_minutes: 5\n    rpo_minutes: 0\n", "    rto_minutes: 5\n", "prod"),
    (
        "DR303",
        "    disaster_recovery: {strategy: snapshot-copy, copy_every_hours: 24}\n",
        "",
        "prod",
        "  database:\n    kind",
    ),
    ("DR304", 'next_drill: "2026-12-08"', 'next_drill: "2026-11-08"', ""),
    ("HA206", "    architectures: [arm64]", "    architectures: [amd64]", "mvp"),
    ("HA208", "      percent: 99.9\n", "      percent: 99.99\n", "prod"),
    ("K8S602", '    version: "1.35"', '    version: "1.34"', ""),
    ("K8S602", '    version: "1.35"', '    version: "1.20"', ""),
    ("K8S604", "limits: {memory: 512Mi}", "limits: {}", ""),
    ("K8S604", "        limit_range: {default_request_cpu: 50m", "        # {", "", "      platform:\n        purpose"),
    ("NET103", "cidr: 10.20.0.0/16", "cidr: 198.18.0.0/16", "aws, stg"),
    ("NET107", "  load-balancer:\n    kind: load-balancer", BALANCER, ""),
    ("NET108", "      cdn: {port: 443, ", "      spa: {port: 443}\n      cdn: {port: 443, ", ""),
    ("NET110", "endpoints: [s3, ecr-api, ecr-dkr, ", "endpoints: [s3, ecr-dkr, ", "aws"),
    ("NET111", "cache: {protocol: redis, ", "cache: {", ""),
    (
        "NET114",
        "database: {port: 5432, protocol: postgresql, purpose: pooled",
        "database: {port: 5433, protocol: postgresql, purpose: pooled",
        "aws",
    ),
    ("NET111", "      database: {port: 5432, protocol: postgresql, purpose: pooled", OUTWARDS, "aws"),
    ("NET112", "      cdn: {port: 443, ", "      cdn: {port: 8443, ", ""),
    ("NET113", FLOW_LOGS, "", "prod", "network:\n  name"),
    ("OPS902", "      objective: database-saturation\n", "", "", "    database-saturation:\n      title"),
    ("OPS903", "    owner: product\n    product: flask", "    product: flask", "", "  api:\n    kind: service"),
    ("OPS904", "products: [aws-waf]}", "products: [aws-waf, karpenter]}", ""),
    ("OPS904", 'name: "Phase 2: Scale"', 'name: "Phase 2: Growth"', ""),
    (
        "OPS913",
        "says: WAF managed rules, at: [components.waf.rules]",
        "says: WAF managed rules, at: [components.waf.product]",
        "",
    ),
    ("OPS905", "    production: true\n", "", "", "environments:  "),
    ("REF002", "title: PostgreSQL", "title: cache", ""),
    ("REF003", "  secrets:\n    kind: secret-store", FILES, ""),
    ("REF004", "contents: [EKS, node groups, ", "contents: [EKS behind a Network Load Balancer, node groups, ", ""),
    (
        "SEC505",
        "title: Threat detection\n    organization_wide: true",
        "title: Threat detection\n    organization_wide: false",
        "prod",
        "    organization_wide: false\n    purpose: Looks",
    ),
    ("SEC501", "  secrets:\n    kind: secret-store", SPARE, ""),
    ("SEC506", "multi_factor: true", "multi_factor: false", ""),
    ("SEC506", "break_glass: true", "break_glass: false", ""),
    (
        "SEC507",
        "      database: {kind: control, protocol: postgresql, purpose: psql}\n",
        "      cache: {kind: control, protocol: redis, purpose: psql}\n",
        "prod",
        "  database:\n    kind",
    ),
    (
        "SEC508",
        "          alarm: Rules of EventBridge in each used region and in us-east-1 page the security team at each sign-in.\n",
        "",
        "aws, prod",
        "    emergency:\n      holders",
    ),
    ("TF101", "modules: [gke, workload-identity]", "modules: [gke, gke-autopilot, workload-identity]", "gcp"),
    (
        "TF102",
        "rds-proxy, elasticache, secrets-manager,",
        "rds-proxy, secrets-manager,",
        "aws",
        "  cache:\n    kind: cache",
    ),
    (
        "TF103",
        "proven_by: [components.audit-log.organization_wide, components.configuration-history.organization_wide, ",
        "proven_by: [",
        "gcp",
    ),
    (
        "TF104",
        "database-password, database-copies, ",
        "database-password, ",
        "aws, prod",
        "    disaster_recovery: {strategy",
    ),
    ("TF105", "modules: [gke, workload-identity]", "modules: [gke]", "gcp", "  api:\n    kind: service"),
    ("SEC503", "aws: {account: prod, cidr: 10.30.0.0/16,", "aws: {account: non-prod, cidr: 10.30.0.0/16,", "aws, prod"),
    ("SEC504", "aws: {account: non-prod, cidr: 10.10.0.0/16}", "aws: {account: mgmt, cidr: 10.10.0.0/16}", "aws, dev"),
)


def findings(root: Path) -> list[Diagnostic]:
    loaded = load(root / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return check(loaded.project, "2026-11-25").findings


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change[0]} {change[2][:40]}")
def test_one_changed_line_of_the_reference_model_is_found_there(project: Path, change: tuple[str, ...]) -> None:
    code, old, new, where, *blamed = change
    file = project / "architecture.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    changed = text.replace(old, new, 1)
    for removed in ("flow_logs", "disaster_recovery", "recovery_region") if not new else ():
        changed = re.sub(rf"(assumed: \[.*?)(, {removed}\b|{removed}, )(?=.*\])", r"\1", changed)
    file.write_text(changed, encoding="utf-8")
    found = [d for d in findings(project) if d.code == code]
    place = changed.index(blamed[0]) if blamed else text.index(old)
    assert {d.span.line for d in found if d.span} == {changed[:place].count("\n") + 1}, found
    coordinates = [coordinate for d in found for coordinate in d.where]
    assert all(set(where.split(", ")) <= set(coordinate.split(", ")) for coordinate in coordinates if where)
    by_environment = (
        len({d.severity for d in found}) > 1
    )  # a finding of each severity, with the coordinates that have it
    assert bool(coordinates) == bool(where) or by_environment


def test_every_rule_has_such_a_change() -> None:
    elsewhere = {
        "HA202",  # the explanations of these have a model with the finding and one without
        "NET115",
        "NET116",
        "NET117",
        "OPS901",
        "PAR801",
        "PAR802",
        "PAR803",
        "PAR804",
        "SEC502",
        "SEC701",
        "NET102",
    }  # cases/rules, test_review
    elsewhere |= {case[0] for case in (*MESSAGE_CASES, *SETTING_CASES, *LASTING_CASES)} | {"OPS912"}
    elsewhere -= {"HA204", "DATA406", "DR303"}
    assert set(rules()) == {change[0] for change in CHANGES} | elsewhere


@pytest.mark.slow
def test_the_reference_model_as_it_is_has_no_findings(project: Path) -> None:
    assert [d.code for d in findings(project) if d.code != "PAR803"] == []


# Findings that are true, and why they are acceptable.
KNOWN = {
    "ledger": {
        ("OPS905", ""),  # has no users
        ("NET107", "gate"),  # has no firewall, in an environment that serves no customers
        ("OPS901", "gate"),  # it has one runbook only, about its database
        ("OPS901", "archive"),
        ("OPS903", "platform"),  # its one team owns the database only
        ("OPS903", "booking"),
        ("OPS903", "books"),
        ("OPS903", "archive"),
        ("PAR804", "gate"),  # its parity table is about data
        ("PAR804", "platform"),
        ("PAR804", "booking"),
        ("K8S604", "booking"),  # says nothing about what its pods need
        ("K8S602", "platform"),  # does not scale
        ("DR304", "database-failover"),
        ("DATA402", "archive"),  # says that daily backups are enough for it
        ("TF102", "books"),  # its stacks make a part of the system: no Aurora, and no clusters
        ("TF102", "platform"),
        ("ARC-F041", "stacks"),  # it has no security groups
        ("ARC-F023", "archive"),
        ("TF102", ""),
    },
    "tides": {
        ("OPS905", ""),
        ("NET107", "pages"),
        ("K8S604", "tables"),
        ("NET110", "aws"),
    },  # no firewall, no endpoints, pods that say nothing
}


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.name)
def test_other_models_raise_no_false_alarm(model: Path) -> None:
    found = {(d.code, str(d.path[1] if len(d.path) > 1 else "")) for d in findings(model)}
    assert found == KNOWN.get(model.name, set())


# The findings that the design document must give, and the section that causes each of them.
WEAKNESSES = {
    ("REF004", "terraform"),  # RDS in section 6, Aurora in section 10
    ("REF004", "network"),  # a DATA VPC in section 11, a subnet in section 3
    ("NET108", "components.cdn.calls.spa"),
    ("NET111", "components.db.calls.cache"),
    ("NET111", "components.cache.calls.api"),
    ("DR302", "components.db"),
    ("DR304", "components.db"),
    ("PAR804", "components.cdn"),  # capabilities that section 12 leaves out
    ("PAR804", "components.cache"),
    ("OPS901", "components.cache"),
    ("OPS902", "observability"),
    ("OPS903", "components.api"),
    ("OPS904", "phases"),  # two phases called Growth
}


def test_the_design_as_written_has_the_weaknesses_that_are_known_of_it() -> None:
    found = {(d.code, dotted(d.path)) for d in findings(CASES / "source-as-written")}
    for code, place in WEAKNESSES:
        assert any(c == code and path.startswith(place) for c, path in found), (code, place)
    # No finding contradicts a plain statement of the design.
    stated = {
        "NET101",
        "NET104",
        "NET105",
        "NET106",
        "NET109",
        "HA201",
        "HA204",
        "HA205",
        "DATA401",
        "DATA402",
        "SEC503",
    }
    assert not {code for code, _path in found} & (
        stated | {"SEC504", "SEC505", "K8S601", "DATA404", "DATA407", "NET107"}
    )


@pytest.mark.slow
def test_the_reference_model_fixes_each_of_them_or_says_why_not(project: Path) -> None:
    loaded = load(project / "architecture.yaml")
    assert loaded.project
    judged = check(loaded.project, "2026-11-25")
    assert judged.findings == []
    assert {w.finding.code for w in judged.waived} == {"NET108", "DATA403", "K8S605", "TF103"}
    assert all(w.reason for w in judged.waived)


def test_the_starter_meets_what_production_needs(tmp_path: Path) -> None:
    assert archgen("init", cwd=tmp_path).code == 0
    assert "production: true" in (tmp_path / "architecture.yaml").read_text(encoding="utf-8")
    assert findings(tmp_path) == []


@pytest.mark.slow
def test_without_a_production_environment_rules_about_production_do_not_apply(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "other")
    file = root / "architecture.yaml"
    text = file.read_text(encoding="utf-8").replace("    production: true\n", "")
    file.write_text(text.replace("multi_zone: true", "multi_zone: false"), encoding="utf-8")
    assert "HA201" not in {d.code for d in findings(root)}
