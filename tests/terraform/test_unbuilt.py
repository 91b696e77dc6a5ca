"""What stacks do not make: modules and stacks without effect, components without a stack, controls without code."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.pipeline import check, load

MODEL = """\
version: 1
name: Shop
clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b]}}
environments: {dev: {name: Dev, aws: {account: main, cidr: 10.10.0.0/16}}, prod: {name: Prod, aws: {account: main, cidr: 10.20.0.0/16}}}
phases: {now: {name: Now}, later: {name: Later}}
network:
  tiers:
    public: {name: Public, internet: both, prefix_length: 24, netnum: 0}
    data: {name: Data, role: database, prefix_length: 24, netnum: 10}
components:
  web: {kind: service, title: Web, calls: {sessions: {protocol: redis}}}
  sessions: {kind: cache, title: Sessions, product: elasticache, size: cache.t4g.small, engine_version: "7.1", placement: data}
  orders: {in: [prod & later], kind: postgresql, title: Orders, product: rds-postgresql, engine_version: "17", size: db.t4g.small,
           storage_gib: 20, placement: data, backup: {retention_days: 7}}
controls:
  tls: {title: TLS, area: encryption, statement: Caches take TLS only., aws: {text: TLS}, proven_by: [PROVEN]}
terraform: {path: "infra/{stack}", stacks: {STACKS}}
"""
NETWORK = "network: {purpose: Network., modules: [vpc, security-groups]}"


def found(tmp_path: Path, stacks: str, proven: str = "components.sessions.encrypted_in_transit") -> list[Diagnostic]:
    file = tmp_path / "architecture.yaml"
    file.write_text(MODEL.replace("STACKS", stacks).replace("PROVEN", proven), encoding="utf-8")
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    return [d for d in check(loaded.project).findings if d.code.startswith("TF")]


def said(findings: list[Diagnostic]) -> list[str]:
    return [f"{d.severity} {d.code}: {d.message}" for d in findings]


def test_nothing_is_said_about_stacks_that_make_everything(tmp_path: Path) -> None:
    assert found(tmp_path, f"{NETWORK}, data: {{purpose: Data., after: [network], modules: [elasticache, rds]}}") == []


def test_a_module_that_makes_something_only_later_and_in_one_environment_is_no_finding(tmp_path: Path) -> None:
    findings = found(tmp_path, f"{NETWORK}, data: {{purpose: Data., after: [network], modules: [elasticache, rds]}}")
    assert [d for d in findings if d.code == "TF101"] == []


@pytest.mark.parametrize(
    ("module", "help_"),
    [
        ("rds-aurora", "remove it, or add a component with the product aurora-postgresql"),
        ("cdn-records", 'remove it; it is used only where this holds: domain is not none and builds("acm")'),
    ],
)
def test_a_module_that_makes_nothing_says_what_it_applies_to(tmp_path: Path, module: str, help_: str) -> None:
    (finding,) = (
        d
        for d in found(
            tmp_path, f"{NETWORK}, data: {{purpose: Data., after: [network], modules: [elasticache, rds, {module}]}}"
        )
        if d.code == "TF101"
    )
    assert said([finding]) == [f"warning TF101: the module '{module}' of the stack 'data' makes nothing on AWS"]
    assert finding.help == help_
    assert finding.span
    assert len(finding.where) == 4


def test_a_stack_without_modules_makes_nothing(tmp_path: Path) -> None:
    stacks = (
        f"{NETWORK}, data: {{purpose: Data., after: [network], modules: [elasticache, rds]}}, more: {{purpose: More.}}"
    )
    assert said(found(tmp_path, stacks)) == [
        "warning TF101: the stack 'more' makes nothing on AWS: it lists no modules"
    ]


def test_components_that_no_stack_makes_name_the_modules_that_would(tmp_path: Path) -> None:
    findings = found(tmp_path, f"{NETWORK}, data: {{purpose: Data., after: [network], modules: [elasticache]}}")
    assert said(findings) == ["info TF102: no stack makes 'orders' on AWS"]
    assert "add the module 'rds' to a stack" in (findings[0].help or "")
    assert findings[0].where == ("aws, prod, later",)


def test_nothing_is_said_of_components_where_a_team_maintains_the_code(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/main.tf").write_text('variable "x" {\n  default = 1\n}\n', encoding="utf-8")
    stacks = f"{NETWORK}, data: {{purpose: Data., after: [network], modules: [elasticache]}}, own: {{purpose: Ours., directory: own}}"
    assert found(tmp_path, stacks, "components.web.title") == []


def test_a_control_whose_components_no_stack_makes(tmp_path: Path) -> None:
    stacks = f"{NETWORK}, data: {{purpose: Data., after: [network], modules: [elasticache, rds]}}"
    findings = found(tmp_path, stacks, "components.web.title")
    assert said(findings) == ["info TF103: on AWS, no stack makes what implements the control 'TLS': 'web'"]
    assert found(tmp_path, stacks, "components.web.title, components.sessions.encrypted_in_transit") == []


IDENTITIES = """\
version: 2
name: Shop
clouds:
  aws: {region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b]}
  gcp: {region: europe-west1, availability_zones: [europe-west1-b, europe-west1-c]}
environments: {prod: {name: Prod, aws: {account: main, cidr: 10.20.0.0/16}, gcp: {project: main-prod, cidr: 10.20.0.0/16}}}
components:
  cluster: {kind: kubernetes-cluster, title: Cluster, version: "1.35", endpoint: private, when: {aws: {product: eks}, gcp: {product: gke}}}
  api: {kind: service, title: API, runs_on: cluster, calls: {files: {protocol: https}}}
  idle: {kind: service, title: Idle, runs_on: cluster}
  reader: {kind: cluster-add-on, title: Reader, runs_on: cluster, run_by: us, product: external-secrets, calls: {tokens: {protocol: https}}}
  files: {kind: object-store, title: Files, when: {aws: {product: s3}, gcp: {product: cloud-storage}}}
  tokens: {kind: secret-store, title: Tokens, when: {aws: {product: secrets-manager}, gcp: {product: secret-manager}}}
terraform:
  path: "infra/{cloud}/{stack}"
  stacks:
    eks: {purpose: The cluster., in: [aws], modules: [AWS]}
    gke: {purpose: The cluster., in: [gcp], modules: [GCP]}
"""


def identities(tmp_path: Path, aws: str, gcp: str) -> list[str]:
    file = tmp_path / "architecture.yaml"
    file.write_text(IDENTITIES.replace("[AWS]", f"[{aws}]").replace("[GCP]", f"[{gcp}]"), encoding="utf-8")
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    findings = [d for d in check(loaded.project).findings if d.code == "TF105"]
    assert all(f.path and f.path[0] == "components" for f in findings)
    return [f"{d.message}: {(d.help or '').split(chr(39))[1]}" for d in findings]


def test_components_whose_identity_no_stack_makes(tmp_path: Path) -> None:
    nothing = "no stack on {} gives '{}' the permissions that its calls need: {}"
    assert identities(tmp_path, "eks", "gke") == [
        nothing.format("AWS", "api", "pod-identities"),
        nothing.format("GCP", "api", "workload-identity"),
        nothing.format("AWS", "reader", "eks-addons"),
    ]
    assert identities(tmp_path, "eks, eks-addons", "gke, workload-identity") == [
        nothing.format("AWS", "api", "pod-identities")
    ]
    assert identities(tmp_path, "eks, eks-addons, pod-identities", "gke, workload-identity") == []


def test_identities_on_a_cluster_that_no_stack_makes_are_not_missing(tmp_path: Path) -> None:
    assert identities(tmp_path, "secrets-manager", "secret-manager") == []
