"""Each rule about an architecture: one line of the reference model changed, and it speaks, at that line."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.diagnostic import Diagnostic
from archgen.pipeline import load, validate
from conftest import MODELS, archgen, copy_project

SPARE = """\
  spare: {kind: secret-store, title: Spare, when: {aws: {product: secrets-manager}, gcp: {product: secret-manager}}}
  secrets:
    kind: secret-store"""

# The rule, what stands in the model, what it is changed to, and the coordinates at fault (empty: all).
CHANGES = (
    ("CI702", "scan_on_push: true", "scan_on_push: false", ""),
    ("CI702", "immutable_tags: true", "immutable_tags: false", ""),
    ("DATA401", "prod: {backup: {retention_days: 30}}", "prod: {backup: {retention_days: 60}}", "prod"),
    ("DATA402", "point_in_time_recovery: true", "point_in_time_recovery: false", ""),
    ("DATA404", "    require_tls: true", "    require_tls: false", ""),
    ("DATA404", "encrypted_in_transit: true", "encrypted_in_transit: false", ""),
    ("DATA405", "deletion_protection: true", "deletion_protection: false", "prod"),
    ("DR301", "recovery_region: eu-central-1", "recovery_region: eu-west-1", "aws"),
    ("HA201", "multi_zone: true", "multi_zone: false", "prod"),
    ("HA201", "prod: {replicas: 2}", "prod: {replicas: 0}", "aws, prod"),
    ("HA203", "prod: {nodes_per_zone: {min: 2, max: 3}}", "prod: {nodes_per_zone: {min: 0, max: 3}}", "prod"),
    ("HA204", "prod: {scaling: {min: 2, max: 6}, ", "prod: {scaling: {min: 1, max: 6}, ", "prod"),
    ("HA205", "disruption_budget: {min_available: 1}}", "disruption_budget: {min_available: 0}}", "prod"),
    ("HA207", "disruption_budget: {min_available: 1}}", "disruption_budget: {min_available: 2}}", "prod"),
    ("K8S601", "prod: {endpoint: private, ", "prod: {endpoint: public, ", "prod"),
    ("K8S603", "network_policies: deny-by-default", "network_policies: allow-by-default", ""),
    ("NET101", "cidr: 10.20.0.0/16", "cidr: 10.30.0.0/17", ""),
    ("NET104", "[eu-west-1a, eu-west-1b, eu-west-1c]", "[eu-west-1a, eu-west-1b]", "aws, prod"),
    ("NET105", "nat_gateways: per-zone\n", "nat_gateways: single\n", "aws, prod"),
    ("NET106", "    placement: data\n", "    placement: public\n", ""),
    ("NET109", "    scheme: internet-facing", "    tls: false", ""),
    ("SEC501", "  secrets:\n    kind: secret-store", SPARE, ""),
    ("SEC503", "aws: {account: prod, cidr: 10.30.0.0/16}", "aws: {account: non-prod, cidr: 10.30.0.0/16}", "aws, prod"),
    ("SEC504", "aws: {account: non-prod, cidr: 10.10.0.0/16}", "aws: {account: mgmt, cidr: 10.10.0.0/16}", "aws, dev"),
)


def findings(root: Path) -> list[Diagnostic]:
    loaded = load(root / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return validate(loaded.project)


@pytest.mark.parametrize(("code", "old", "new", "where"), CHANGES, ids=lambda value: str(value)[:40])
def test_one_changed_line_of_the_reference_model_is_found_there(
    project: Path, code: str, old: str, new: str, where: str
) -> None:
    file = project / "architecture.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = [d for d in findings(project) if d.code == code]
    line = text[: text.index(old)].count("\n") + 1
    assert {d.span.line for d in found if d.span} == {line}, found
    coordinates = [coordinate for d in found for coordinate in d.where]
    assert all(set(where.split(", ")) <= set(coordinate.split(", ")) for coordinate in coordinates if where)
    assert bool(coordinates) == bool(where)


def test_the_reference_model_as_it_is_has_no_findings(project: Path) -> None:
    assert [d.code for d in findings(project) if d.code != "PAR803"] == []


# What is true of them, and why it may be.
KNOWN = {
    "ledger": {
        ("OPS901", "gate"),  # it has one runbook only, about its database
        ("OPS901", "archive"),
        ("PAR804", "gate"),  # its parity table is about data
        ("PAR804", "platform"),
        ("PAR804", "booking"),
        ("DATA402", "archive"),  # says that daily backups are enough for it
    }
}


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.name)
def test_other_models_raise_no_false_alarm(model: Path) -> None:
    found = {(d.code, str(d.path[1])) for d in findings(model)}
    assert found == KNOWN.get(model.name, set())


def test_the_starter_meets_what_production_needs(tmp_path: Path) -> None:
    assert archgen("init", cwd=tmp_path).code == 0
    assert "production: true" in (tmp_path / "architecture.yaml").read_text(encoding="utf-8")
    # It has a single runbook, and is told what the next one is about.
    assert {d.code for d in findings(tmp_path)} == {"OPS901"}


def test_without_a_production_environment_nothing_is_asked_of_production(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "other")
    file = root / "architecture.yaml"
    text = file.read_text(encoding="utf-8").replace("    production: true\n", "")
    file.write_text(text.replace("multi_zone: true", "multi_zone: false"), encoding="utf-8")
    assert "HA201" not in {d.code for d in findings(root)}
