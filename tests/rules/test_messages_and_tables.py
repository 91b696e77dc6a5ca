"""Rules about queues, tables, functions, APIs and systems of others, which are in no network."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from archgen.checking.asking import ask
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.pipeline import load

MODEL = """version: 2
name: T
clouds: {aws: {region: eu-west-1, recovery_region: eu-central-1}}
environments: {prod: {name: Prod, production: true, aws: {account: p}}}
teams: {t: {name: T}}
sites: {bank: {name: Bank, form: partner}}
defaults: {kinds: {external-system: {placement: bank}}}
components:
  guests: {kind: actor, title: Guests, calls: {api: {protocol: https}, upload: {protocol: sftp}}}
  api: {kind: api-gateway, title: API, owner: t, product: api-gateway, calls: {work: {}}}
  balancer: {kind: load-balancer, title: LB, owner: t, product: alb, placement: managed, scheme: internal, tls: true, calls: {work: {}}}
  upload: {kind: file-transfer, title: Upload, owner: t, product: transfer-family}
  work: {kind: function, title: Work, owner: t, product: lambda, calls: {orders: {data: both}, jobs: {data: sent}, payments: {data: both}}}
  orders: {kind: document-database, title: Orders, owner: t, product: dynamodb}
  jobs: {kind: queue, title: Jobs, owner: t, product: sqs}
  payments: {kind: external-system, title: Payments, owner: t}
runbooks:
  restart: {component: api, owner: t}
"""


def resolved(tmp_path: Path, name: str = "", stated: str = "") -> Architecture:
    """The model, in which a component states something more."""
    lines = [
        f"{line[:-1]}, {stated}}}" if name and line.startswith(f"  {name}:") else line for line in MODEL.split("\n")
    ]
    file = tmp_path / "architecture.yaml"
    file.write_text("\n".join(lines), encoding="utf-8")
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    return loaded.project.resolved.default


@pytest.mark.parametrize(
    ("code", "name", "stated", "type_"),
    [
        ("NET107", "api", "", Unsaid),
        ("NET107", "api", "endpoint: private", None),
        ("NET107", "api", "endpoint: regional", Diagnostic),
        ("NET107", "upload", "", Unsaid),
        ("NET107", "upload", "endpoint: public", Diagnostic),
        ("NET107", "upload", "endpoint: private", None),
        ("DR302", "jobs", "", Unsaid),
        ("DR303", "jobs", "", Unsaid),
        ("DR303", "jobs", "traits: {redundancy: global}", Passed),
        ("DR303", "orders", "", Unsaid),
        ("DR303", "orders", "disaster_recovery: backup-copy", Passed),
        ("DR303", "work", "", None),
        ("DR303", "payments", "", None),
        ("DATA402", "orders", "", Unsaid),
        ("DATA402", "orders", "point_in_time_recovery: false", Diagnostic),
        ("DATA402", "orders", "point_in_time_recovery: true", Passed),
        ("DATA405", "orders", "", Unsaid),
        ("DATA405", "orders", "deletion_protection: false", Diagnostic),
        ("DATA405", "balancer", "", None),
        ("DATA405", "balancer", "deletion_protection: false", None),
        ("OPS901", "orders", "", Diagnostic),
        ("OPS901", "jobs", "", Diagnostic),
        ("OPS901", "work", "", None),
        ("OPS901", "payments", "", None),
        ("OPS901", "payments", "traits: {stateful: true}", Diagnostic),
    ],
)
def test_a_rule_says_what_the_settings_of_a_kind_mean(
    tmp_path: Path, code: str, name: str, stated: str, type_: type[Outcome] | None
) -> None:
    outcomes = ask("check", resolved(tmp_path, name, stated))
    found = {type(outcome) for asked, outcome in outcomes if asked == code and name in outcome.path}
    assert found == ({type_} if type_ else set())


@pytest.mark.parametrize(
    ("name", "stated", "help_"),
    [
        ("jobs", "", "add `dead-letters` or `queue-backlog` with this `component` to `runbooks`, or list it under"),
        ("jobs", "runbooks", "list it under `also` of `dead-letters` or `queue-backlog`"),
        (
            "payments",
            "traits: {stateful: true}",
            "write a runbook for it in templates/runbooks/ and add it to `runbooks`",
        ),
    ],
)
def test_a_component_without_a_runbook_learns_which_ones_there_are(
    tmp_path: Path, name: str, stated: str, help_: str
) -> None:
    architecture = resolved(tmp_path, name, "" if stated == "runbooks" else stated)
    if stated == "runbooks":  # they are for another queue
        facts = architecture.document.runbooks["restart"]
        cast(dict[str, object], architecture.document.runbooks).update({"queue-backlog": facts, "dead-letters": facts})
    (finding,) = [o for code, o in ask("check", architecture) if code == "OPS901" and name in o.path]
    assert isinstance(finding, Diagnostic)
    assert finding.help.startswith(help_)


def test_the_traits_of_a_component_win_over_what_its_settings_mean(tmp_path: Path) -> None:
    a = resolved(tmp_path, "api", "endpoint: regional, traits: {entrance: false}")
    assert a.traits("api").entrance is False
    assert a.traits("upload").entrance is None


def test_a_firewall_on_the_way_of_people_does_not_guard_an_api_with_a_public_address(tmp_path: Path) -> None:
    text = MODEL.replace("calls: {api:", "calls: {guard:")
    text = text.replace(
        "  work: {", "  guard: {kind: waf, title: Guard, owner: t, product: aws-waf, calls: {front: {}}}\n  work: {"
    )
    text = text.replace(
        "  upload: {kind",
        "  front: {kind: cdn, title: Front, owner: t, product: cloudfront, calls: {api: {}}}\n  upload: {kind",
    )
    for endpoint, guarded in (("regional", False), ("private", True)):
        file = tmp_path / "architecture.yaml"
        file.write_text(text.replace("product: api-gateway", f"product: api-gateway, endpoint: {endpoint}"))
        project = load(file).project
        assert project
        said = [o for code, o in ask("check", project.resolved.default) if code == "NET107" and "api" in o.path]
        assert all(isinstance(outcome, Passed) for outcome in said) is guarded
