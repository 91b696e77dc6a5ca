"""Pages claim only what is known: about controls, missing facts, and parity in a model with one cloud."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.commands.main import main

MODEL = """
version: 1
name: Sparse
clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b, eu-west-1c]}}
environments:
  prod: {name: Prod, production: true, aws: {account: main, cidr: 10.20.0.0/16}}
teams: {team: {name: Team}}
kinds:
  server: {label: Server, definition: One virtual machine., needs_product: false}
capabilities:
  names: {name: Names, aws: {text: Route 53, products: [route-53]}, status: equivalent}
controls:
  zones: {title: Zones, area: data, statement: S., aws: {text: T}, checked_by: [NET104]}
  copies: {title: Copies, area: data, statement: S., aws: {text: T}, checked_by: [HA201]}
  nodes: {title: Nodes, area: data, statement: S., aws: {text: T}, checked_by: [HA203]}
  names: {title: Names, area: data, statement: S., aws: {text: T}, proven_by: [components.dns.product]}
components:
  dns: {kind: dns, title: DNS, owner: team, product: route-53, provides: [names], calls: {server: {port: 53, protocol: dns}}}
  server: {kind: server, title: Server, owner: team}
"""


@pytest.mark.slow
def test_pages_of_a_model_that_states_little(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(MODEL, encoding="utf-8")
    assert main(["build", "--no-site", "-m", str(tmp_path / "architecture.yaml")]) == 0
    pages = tmp_path / "docs/architecture"
    health = (pages / "health.md").read_text(encoding="utf-8")
    verdicts = [line.split(" | ")[1].removesuffix(" |") for line in health.splitlines() if 'id="control-' in line]
    assert verdicts == ["met", "could not be checked", "not applicable", "stated"]
    unknown = health.partition("## What could not be checked")[2].partition("## Due")[0]
    assert "whether components of the kind" in unknown
    assert "(diagnostics/ha.md#ha201)" in unknown
    rows = [line.strip() for line in health.splitlines()]
    every = {row.split("]")[0].removeprefix("| ["): row for row in rows if row.startswith("| [")}
    assert "| not applicable |" in every["K8S601"]
    assert "| could not be checked" in every["HA201"]
    assert "| depends on the date |" in every["DR304"]
    security = (pages / "security.md").read_text(encoding="utf-8")
    assert [line.rpartition(" | ")[2] for line in security.splitlines() if line.startswith("| **")] == [
        f"{verdict} |" for verdict in verdicts
    ]
    parity = (pages / "parity.md").read_text(encoding="utf-8")
    assert "Equivalent" not in parity + (pages / "parity/names.md").read_text(encoding="utf-8")
    assert "parity and readiness are not applicable" in parity
    assert "How ready each cloud is" not in parity
