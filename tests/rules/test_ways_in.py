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
        "the API server of 'cluster' is private in production, and the model states no way in for people that leads there",
        "'database' is private in production, and the model states no way in for people that leads there",
    ]
    some = judged(tmp_path, way("cluster: {kind: control, protocol: https}"))
    assert found(some, "SEC507") == [
        "'database' is private in production, and the model states no way in for people that leads there"
    ]
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


SIGN_ON = "  sign-on: {{kind: single-sign-on, title: Sign-on, product: iam-identity-center{more}}}\n"
ROLE = ", roles: {emergency: {name: break-glass, may: Everything.}}"
PREPARED = (
    ", emergency: {accounts: [one, two], credentials: In two safes., factors: Two keys each., alarm: Pages security.}"
)


def test_production_with_sign_on_needs_a_prepared_way_in_while_it_is_down(tmp_path: Path) -> None:
    silent = judged(tmp_path, SIGN_ON.format(more=""))
    assert found(silent, "SEC508") == [
        "the model does not state how people get into production while 'sign-on' is down"
    ]
    assert not found(judged(tmp_path, SIGN_ON.format(more=ROLE + PREPARED)), "SEC508")
    assert not found(judged(tmp_path, SIGN_ON.format(more=""), production="false"), "SEC508")


@pytest.mark.parametrize(
    ("more", "missing"),
    [
        (PREPARED, "`roles.emergency`"),
        (ROLE + PREPARED.replace(", alarm: Pages security.", ""), "`emergency.alarm`"),
        (ROLE + ", emergency: {accounts: [one]}", "`emergency.credentials`, `emergency.factors`, `emergency.alarm`"),
    ],
)
def test_what_the_runbook_of_emergency_access_needs_is_named(tmp_path: Path, more: str, missing: str) -> None:
    assert found(judged(tmp_path, SIGN_ON.format(more=more)), "SEC508") == [
        f"the emergency access of 'sign-on' is not complete: {missing} not stated"
    ]


def test_sign_on_without_emergency_access_is_found_by_one_rule(tmp_path: Path) -> None:
    judgment = judged(tmp_path, SIGN_ON.format(more=", break_glass: false"))
    assert found(judgment, "SEC506")
    assert not found(judgment, "SEC508")


def test_without_any_sign_on_it_is_not_known_whether_private_production_can_be_reached(tmp_path: Path) -> None:
    judgment = judged(tmp_path, way(BOTH))
    assert not found(judgment, "SEC508")
    assert {missing.what for missing in judgment.missing if "SEC508" in missing.about} == {
        "how people sign in to reach 'database', and how while that is down",
        "how people sign in to reach the API server of 'cluster', and how while that is down",
    }
    nothing_private = judged(tmp_path, "", endpoint="allowlist", tier="front")
    assert not [missing for missing in nothing_private.missing if "SEC508" in missing.about]
