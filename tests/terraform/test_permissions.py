"""What identities in a cluster may do follows from what they call."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archgen.model.architecture import Architecture
from archgen.project import load
from archgen.terraform.facts import facts_of
from conftest import ROOT

MODEL = """\
version: 1
name: Shop
clouds:
  aws: {region: eu-west-1, availability_zones: [eu-west-1a]}
  gcp: {region: europe-west1, availability_zones: [europe-west1-b]}
environments:
  prod: {name: Prod, aws: {account: main, cidr: 10.0.0.0/16}, gcp: {project: main-prod, cidr: 10.0.0.0/16}}
components:
  cluster: {kind: kubernetes-cluster, title: Cluster, endpoint: private, when: {aws: {product: eks}, gcp: {product: gke}}}
  facts: {kind: data-warehouse, title: Facts, when: {aws: {product: redshift}, gcp: {product: bigquery}}}
  carts: {kind: document-database, title: Carts, when: {aws: {product: dynamodb}, gcp: {product: firestore}}}
  cache: {kind: cache, title: Cache, when: {aws: {product: elasticache}, gcp: {product: memorystore}}}
  files: {kind: object-store, title: Files, when: {aws: {product: s3}, gcp: {product: cloud-storage}}}
  site: {kind: static-site, title: Site, when: {aws: {product: s3}, gcp: {product: cloud-storage}}}
  tokens: {kind: secret-store, title: Tokens, when: {aws: {product: secrets-manager}, gcp: {product: secret-manager}}}
  administrators: {kind: secret-store, title: Admins, when: {aws: {product: secrets-manager}, gcp: {product: secret-manager}}}
  metrics:
    kind: observability
    title: Metrics
    when: {aws: {product: cloudwatch}, gcp: {product: cloud-monitoring, supporting_products: [cloud-logging, cloud-trace]}}
  names: {kind: dns, title: Names, domains: [shop.example], when: {aws: {product: route-53}, gcp: {product: cloud-dns}}}
  keys: {kind: key-management, title: Keys, protects: [administrators], when: {aws: {product: kms}, gcp: {product: cloud-kms}}}
  tokens-reader: {kind: cluster-add-on, title: A, runs_on: cluster, run_by: us, product: external-secrets, calls: {tokens: {}}}
  records: {kind: cluster-add-on, title: B, runs_on: cluster, run_by: us, product: external-dns, calls: {names: {}}}
  issuer: {kind: cluster-add-on, title: C, runs_on: cluster, run_by: us, product: cert-manager}
  passwords: {kind: cluster-add-on, title: D, runs_on: cluster, run_by: us, product: fluent-bit, calls: {administrators: {}}}
  copied: {kind: secret-store, title: Copied, when: {aws: {product: secrets-manager}, gcp: {product: secret-manager}}}
  copier: {kind: cluster-add-on, title: E, runs_on: cluster, run_by: us, product: keda, calls: {copied: {}}}
  accounts:
    kind: postgresql
    title: Accounts
    engine_version: "17"
    size: small
    storage_gib: 20
    backup: {retention_days: 7}
    credentials_in: copied
    when: {aws: {product: rds-postgresql, disaster_recovery: {strategy: read-replica}}, gcp: {product: cloud-sql}}
"""
DATABASE = """\
  {name}:
    kind: postgresql
    title: {name}
    engine_version: "17"
    size: small
    storage_gib: 20
    backup: {{retention_days: 7}}
    credentials_in: administrators
    when: {{aws: {{product: rds-postgresql}}, gcp: {{product: cloud-sql, {settings}}}}}
"""
DATABASES = {
    "orders": "client_connection: connector",
    "reports": "client_connection: auth-proxy",
    "ledger": "iam_authentication: true",
    "stock": "client_connection: direct",
}
CALLERS = {
    "idle": ([], []),
    "cached": (["cache"], []),
    "direct": (["stock"], []),
    "connected": (["orders"], ["roles/cloudsql.client"]),
    "proxied": (["reports"], ["roles/cloudsql.client"]),
    "signed-in": (["ledger"], ["roles/cloudsql.instanceUser"]),
    "several": (
        ["orders", "ledger", "tokens"],
        ["roles/cloudsql.client", "roles/cloudsql.instanceUser", "roles/secretmanager.secretAccessor"],
    ),
    "either": (["files"], ["roles/storage.objectUser", "roles/storage.objectViewer"]),
    "uploader": (["files: {data: sent}"], ["roles/storage.objectUser"]),
    "downloader": (["files: {data: received}"], ["roles/storage.objectViewer"]),
    "visitor": (["site"], []),
    "analyst": (["facts: {data: received}"], ["roles/bigquery.dataViewer", "roles/bigquery.jobUser"]),
    "shopper": (["carts: {data: sent}"], ["roles/datastore.user"]),
    "encryptor": (["keys"], ["roles/cloudkms.cryptoKeyEncrypterDecrypter"]),
    "measured": (["metrics"], ["roles/cloudtrace.agent", "roles/logging.logWriter", "roles/monitoring.metricWriter"]),
}


@pytest.fixture(scope="module")
def architectures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Architecture]:
    """The model with all callers, by cloud."""
    databases = [DATABASE.format(name=name, settings=settings) for name, settings in DATABASES.items()]
    calls_of = {
        name: ", ".join(c if ":" in c else f"{c}: {{}}" for c in calls) for name, (calls, _r) in CALLERS.items()
    }
    services = [
        f"  {name}: {{kind: service, title: {name}, runs_on: cluster, calls: {{{calls}}}}}\n"
        for name, calls in calls_of.items()
    ]
    file = tmp_path_factory.mktemp("permissions") / "architecture.yaml"
    file.write_text(MODEL + "".join([*databases, *services]))
    loaded = load(Path(file))
    assert loaded.project, loaded.diagnostics
    return {coordinate.cloud: a for coordinate, a in loaded.project.resolved.architectures.items()}


def test_no_binding_grants_anything_by_name() -> None:
    for file in (ROOT / "src/archgen/terraform/bindings").glob("*.yaml"):
        assert not re.search(r"roles/|\barn:aws|AdministratorAccess", file.read_text(encoding="utf-8")), file.name


@pytest.mark.parametrize("caller", CALLERS)
def test_a_service_gets_the_roles_of_what_it_calls_and_no_others(
    architectures: dict[str, Architecture], caller: str
) -> None:
    assert facts_of(architectures["gcp"], caller)["caller_roles"](caller) == CALLERS[caller][1]


def test_what_a_service_may_do_with_objects_follows_from_the_direction_of_its_data(
    architectures: dict[str, Architecture],
) -> None:
    made = facts_of(architectures["aws"], None)["pod_identities"]("cluster")
    assert {name: made[name]["statements"]["files"]["actions"] for name in ("either", "uploader", "downloader")} == {
        "either": ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"],
        "uploader": ["s3:DeleteObject", "s3:ListBucket", "s3:PutObject"],
        "downloader": ["s3:GetObject", "s3:ListBucket"],
    }


def test_roles_on_google_cloud_are_limited_to_the_resource_that_a_condition_can_name(
    architectures: dict[str, Architecture],
) -> None:
    facts = facts_of(architectures["gcp"], None)
    for caller, (_calls, roles) in CALLERS.items():
        limited = {entry["role"] for entry in facts["limited_roles"](caller).values()}
        assert {*facts["project_roles"](caller)} | limited == {*roles}
        assert limited == {role for role in roles if re.search("secret|storage|dataViewer|datastore", role)}
    several = facts["limited_roles"]("several")
    assert several == {
        "roles/secretmanager.secretAccessor tokens": {
            "role": "roles/secretmanager.secretAccessor",
            "title": "only main-prod-tokens",
            "expression": "resource.name.extract('/secrets/{name}/versions/') == 'main-prod-tokens'",
        }
    }
    conditions = {c: [e["expression"] for e in facts["limited_roles"](c).values()] for c in ("analyst", "shopper")}
    dataset = "projects/main-prod/datasets/main_prod_facts"
    assert conditions == {
        "analyst": [f"resource.name == '{dataset}' || resource.name.startsWith('{dataset}/')"],
        "shopper": ["resource.name == 'projects/main-prod/databases/main-prod-carts'"],
    }


PIPELINES = """\
  way-in:
    kind: workload-federation
    title: Way in
    supporting_products: [github-oidc]
    when: {aws: {product: iam-roles}, gcp: {product: workload-identity-federation}}
  ci:
    kind: ci-pipeline
    title: Pipeline
    when: {aws: {product: github-actions}, gcp: {product: cloud-build}}
    calls: {way-in: {}, builds: {}, bases: {data: received}, fixtures: {data: received}, releases: {data: sent}}
  builds: {kind: registry, title: Images, when: {aws: {product: ecr}, gcp: {product: artifact-registry}}}
  bases: {kind: registry, title: Bases, when: {aws: {product: ecr}, gcp: {product: artifact-registry}}}
  fixtures: {kind: object-store, title: Fixtures, when: {aws: {product: s3}, gcp: {product: cloud-storage}}}
  releases: {kind: object-store, title: Releases, when: {aws: {product: s3}, gcp: {product: cloud-storage}}}
"""


def test_a_pipeline_may_not_write_to_what_it_only_reads(tmp_path: Path) -> None:
    file = tmp_path / "architecture.yaml"
    file.write_text(MODEL + PIPELINES)
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    made = {at.cloud: facts_of(a, None) for at, a in loaded.project.resolved.architectures.items()}
    allowed = made["aws"]["pipeline_permissions"]("way-in")
    ends = {key: [arn.rpartition(":")[2] for arn in found["resources"]] for key, found in allowed.items()}
    assert ends == {
        "login": ["*"],
        "push": ["repository/main-prod-builds"],
        "pull": ["repository/main-prod-bases"],
        "list": ["main-prod-fixtures", "main-prod-releases"],
        "write": ["main-prod-releases/*"],
        "read": ["main-prod-fixtures/*"],
    }
    assert not {"ecr:PutImage", "s3:PutObject"} & {*allowed["pull"]["actions"], *allowed["read"]["actions"]}
    assert made["gcp"]["publisher_roles"]("way-in") == [
        "roles/artifactregistry.reader",
        "roles/artifactregistry.writer",
    ]
    limited = made["gcp"]["limited_publisher_roles"]("way-in")
    assert {key: entry["title"] for key, entry in limited.items()} == {
        "roles/storage.objectUser releases": "only main-prod-releases",
        "roles/storage.objectViewer fixtures": "only main-prod-fixtures",
    }


def test_an_operator_reads_the_secrets_and_keys_of_the_stores_that_it_calls(
    architectures: dict[str, Architecture],
) -> None:
    known = facts_of(architectures["aws"], None)
    store = "arn:aws:secretsmanager:eu-west-1:*:secret:"
    assert known["secret_arns"]("external-secrets") == [f"{store}main-prod-tokens-??????"]
    assert known["secret_key_arns"]("external-secrets") == []
    # A store with the credentials of databases: RDS names those itself and encrypts them with a key of the model.
    assert known["secret_arns"]("fluent-bit") == [f"{store}main-prod-administrators-??????", f"{store}rds!*"]
    assert known["secret_key_arns"]("fluent-bit") == ["arn:aws:kms:eu-west-1:*:key/*"]
    assert known["secret_arns"]("cert-manager") == []
    # The password of a database with a replica is in a secret that a stack names.
    assert known["secret_arns"]("keda") == [
        f"{store}main-prod-accounts-administrator-??????",
        f"{store}main-prod-copied-??????",
    ]


def test_only_an_add_on_that_calls_dns_may_change_zones(architectures: dict[str, Architecture]) -> None:
    known = facts_of(architectures["aws"], None)
    assert known["zone_arns"]("external-dns") == ["arn:aws:route53:::hostedzone/*"]
    assert known["zone_arns"]("cert-manager") == []
