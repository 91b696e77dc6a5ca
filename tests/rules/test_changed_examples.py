"""One changed line of an example model is found by the rule about it, at the component that it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.pipeline import check
from conftest import ROOT, project_of


@pytest.mark.slow
@pytest.mark.parametrize(
    ("example", "code", "name", "old", "new"),
    [
        ("serverless", "NET118", "lake", "public_access: false", "public_access: true"),
        ("serverless", "SEC509", "shop-api", "    authorization: jwt\n", "    authorization: none\n"),
        ("serverless", "SEC511", "users", "mfa: optional", 'mfa: "off"'),
        ("serverless", "SEC512", "users", "password_min_length: 15", "password_min_length: 12"),
        ("serverless", "OPS908", "fulfillment", "logging: error", 'logging: "off"'),
        ("brownfield", "NET119", "licenses", "public_address: false", "public_address: true"),
        ("brownfield", "NET121", "sftp", "accepts: [sftp]", "accepts: [sftp, ftp]"),
        ("brownfield", "SEC510", "licenses", "protected_metadata: true", "protected_metadata: false"),
        ("brownfield", "OPS911", "licenses", "patched_every_days: 30", "patched_every_days: 60"),
        ("serverless", "HA216", "nightly", "cron(30 2 * * ? *)", "rate(5 minutes)"),
        ("serverless", "DATA413", "lake", "title: Data lake,", "title: Data lake, versioned: false,"),
        ("brownfield", "DATA412", "shares", "protocol: nfs, backup_retention_days: 35", "protocol: nfs"),
        ("brownfield", "HA204", "legacy", "prod: {min: 2, max: 4", "prod: {min: 1, max: 4"),
        ("brownfield", "HA220", "tunnel", "tunnels: 2", "tunnels: 1"),
        ("brownfield", "HA221", "line", "regional}\n    joins: [transit, frankfurt]", "regional}\n    joins: [transit, carrier]"),
        ("brownfield", "HA222", "legacy", "Server 2019\n    spot: false", "Server 2019\n    spot: true"),
        ("brownfield", "HA223", "legacy", "health_check: load-balancer", "health_check: machine"),
    ],
)  # fmt: skip
def test_one_changed_line_of_an_example_is_found_there(
    tmp_path: Path, example: str, code: str, name: str, old: str, new: str
) -> None:
    text = (ROOT / f"examples/{example}/architecture.yaml").read_text(encoding="utf-8")
    text = text.partition("\nflows:")[0]
    assert old in text
    assert name not in components_with(tmp_path, text, code)
    assert components_with(tmp_path, text.replace(old, new, 1), code).count(name) == 1


def components_with(folder: Path, text: str, code: str) -> list[str | int]:
    """The components about which the rule has a finding in any environment."""
    findings = check(project_of(folder, text), "2026-11-26").judgment.findings
    return [d.path[1] for d in findings if d.code == code]
