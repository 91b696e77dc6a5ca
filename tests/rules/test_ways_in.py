"""Ways in for people: what the rules about production, entrances and ports say of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.checking.judgment import Judgment
from archgen.pipeline import check, load

MODEL = """version: 2
name: T
clouds: {{aws: {{region: eu-west-1, availability_zones: [eu-west-1a]}}}}
environments: {{live: {{name: Live, production: {production}, aws: {{account: a, cidr: 10.41.0.0/16}}}}}}
network:
  tiers:
    front: {{name: Front, internet: both, prefix_length: 24, netnum: 0}}
    app: {{name: App, internet: outbound, prefix_length: 24, netnum: 1}}
sites: {{office: {{name: Office, form: office, ranges: [172.16.0.0/12]}}}}
components:
  users: {{kind: actor, title: Users, calls: {{wall: {{protocol: https}}}}}}
  wall: {{kind: waf, title: Wall, product: aws-waf}}
  cluster: {{kind: kubernetes-cluster, title: Cluster, product: eks, version: "1.35", endpoint: {endpoint}}}
  database: {{kind: postgresql, title: Database, product: rds-postgresql, engine_version: "17", size: db.t4g.small, storage_gib: 20,
             placement: {tier}, backup: {{retention_days: 30}}}}
{rest}
"""
WAY = "  way: {{kind: remote-access, title: Way, product: {product}, form: {form}, endpoint_in: [app], calls: {{{calls}}}}}\n"
BOTH = "cluster: {kind: control, protocol: https}, database: {kind: control, protocol: postgresql}"


def judged(
    folder: Path, rest: str, *, endpoint: str = "private", tier: str = "app", production: str = "true"
) -> Judgment:
    text = MODEL.format(rest=rest, endpoint=endpoint, tier=tier, production=production)
    (folder / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(folder / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return check(loaded.project, "2026-11-25").judgment


def found(judgment: Judgment, code: str) -> list[str]:
    return [d.message for d in judgment.findings if d.code == code]


def way(calls: str, product: str = "session-manager", form: str = "session") -> str:
    return WAY.format(calls=calls, product=product, form=form)


def test_what_is_private_in_production_needs_a_way_in(tmp_path: Path) -> None:
    assert found(judged(tmp_path, ""), "SEC507") == [
        "the API server of 'cluster' is private in production, and no way in for people leads there",
        "'database' is private in production, and no way in for people leads there",
    ]
    some = judged(tmp_path, way("cluster: {kind: control, protocol: https}"))
    assert found(some, "SEC507") == ["'database' is private in production, and no way in for people leads there"]
    assert not found(judged(tmp_path, way(BOTH)), "SEC507")


def test_what_people_reach_directly_needs_no_way_in(tmp_path: Path) -> None:
    assert not found(judged(tmp_path, "", endpoint="allowlist", tier="front"), "SEC507")
    assert not found(judged(tmp_path, "", production="false"), "SEC507")
    staff = f"  staff: {{kind: actor, title: Staff, placement: office, calls: {{{BOTH}}}}}\n"
    assert not found(judged(tmp_path, staff), "SEC507")


@pytest.mark.parametrize("code", ["NET107", "NET108"])
def test_a_way_in_is_no_entrance_that_a_web_firewall_has_to_protect(tmp_path: Path, code: str) -> None:
    staff = "  staff: {kind: actor, title: Staff, calls: {way: {protocol: https}}}\n"
    assert not found(judged(tmp_path, way(BOTH) + staff), code)


@pytest.mark.parametrize(
    ("form", "product", "messages"),
    [
        ("vpn", "client-vpn", []),
        ("bastion", "openssh", ["'way' is open to the internet on port 4000"]),
    ],
)
def test_the_port_of_a_vpn_may_be_open_and_that_of_a_jump_host_may_not(
    tmp_path: Path, form: str, product: str, messages: list[str]
) -> None:
    staff = "  staff: {kind: actor, title: Staff, calls: {way: {kind: control, port: 4000}}}\n"
    assert found(judged(tmp_path, way(BOTH, product, form) + staff), "NET112") == messages
