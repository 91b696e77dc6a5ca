"""Rules about single settings of stores, machines, APIs, directories and senders: what is found, passed and unknown."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_message_rules import outcomes

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.outcome import Outcome, Passed, Unsaid

MODEL = """version: 2
name: T
clouds: {aws: {region: eu-west-1}, gcp: {region: europe-west1}}
environments: {prod: {name: Prod, production: true, aws: {account: p}, gcp: {project: prod-project}}}
sites: {bank: {name: Bank, form: partner}, cellar: {name: Cellar, form: data-center}}
kinds:
  host: {like: virtual-machine, label: Host, definition: A host., needs_product: false, placement: managed}
components:
  %s
"""

# A component of each kind, as the settings of `CASES` are added to it.
COMPONENTS = {
    "api": "kind: api-gateway, title: API, product: api-gateway",
    "balancer": "kind: load-balancer, title: Balancer, product: alb, placement: managed",
    "box": "kind: host, title: Box",
    "bucket": "kind: object-store, title: Bucket, product: s3",
    "certificates": "kind: certificates, title: Certificates, product: acm",
    "mail": "kind: email, title: Mail, product: ses",
    "machine": "kind: virtual-machine, title: Machine, product: ec2, placement: managed",
    "refund": "kind: workflow, title: Refund, product: step-functions",
    "search": "kind: search-engine, title: Search, product: opensearch",
    "upload": "kind: file-transfer, title: Upload, product: transfer-family",
    "users": "kind: user-directory, title: Users, product: cognito",
    "warehouse": "kind: data-warehouse, title: Warehouse, product: redshift",
}

Found, Lacks, Unasked = Diagnostic, Unsaid, None

# The rule, the component, its settings, and what the rule says about it.
CASES: tuple[tuple[str, str, str, type[Outcome] | None], ...] = (
    ("NET118", "bucket", "", Lacks),
    ("NET118", "bucket", "public_access: true", Found),
    ("NET118", "bucket", "public_access: false", Passed),
    ("NET118", "search", "public_access: true", Found),
    ("NET118", "warehouse", "public_access: false", Passed),
    ("NET118", "machine", "", Unasked),
    ("NET119", "machine", "", Lacks),
    ("NET119", "machine", "public_address: true", Found),
    ("NET119", "machine", "public_address: false", Passed),
    ("NET119", "box", "public_address: true", Found),
    ("NET119", "box", "placement: bank, public_address: true", Unasked),
    ("NET119", "box", "placement: cellar, public_address: true", Found),
    ("NET120", "api", "", Unasked),
    ("NET120", "api", "domains: [api.example.com]", Lacks),
    ("NET120", "api", "domains: [api.example.com], default_domain: true", Found),
    ("NET120", "api", "domains: [api.example.com], default_domain: false", Passed),
    ("NET120", "api", "default_domain: true", Unasked),
    ("NET121", "upload", "", Unasked),
    ("NET121", "upload", "endpoint: public", Lacks),
    ("NET121", "upload", "accepts: [ftp]", Found),
    ("NET121", "upload", "accepts: [sftp, ftps]", Passed),
    ("NET121", "api", "endpoint: regional", Unasked),
    ("SEC509", "api", "", Lacks),
    ("SEC509", "api", "authorization: none", Found),
    ("SEC509", "api", "authorization: jwt", Passed),
    ("SEC510", "machine", "", Lacks),
    ("SEC510", "machine", "protected_metadata: false", Found),
    ("SEC510", "machine", "protected_metadata: true", Passed),
    ("SEC511", "users", "", Lacks),
    ("SEC511", "users", 'mfa: "off"', Found),
    ("SEC511", "users", "mfa: optional", Passed),
    ("SEC512", "users", "", Lacks),
    ("SEC512", "users", "password_min_length: 7, mfa: required", Found),
    ("SEC512", "users", "password_min_length: 8, mfa: required", Passed),
    ("SEC512", "users", "password_min_length: 8", Lacks),
    ("SEC512", "users", "password_min_length: 7", Found),
    ("SEC512", "users", "password_min_length: 14, mfa: optional", Found),
    ("SEC512", "users", "password_min_length: 15", Passed),
    ("SEC512", "users", "sign_in_with: [passkey, social]", Unasked),
    ("SEC512", "users", "sign_in_with: [passkey, email]", Lacks),
    ("SEC513", "mail", "", Lacks),
    ("SEC513", "mail", "signs_with_dkim: true, dmarc_policy: quarantine", Passed),
    ("SEC513", "mail", "signs_with_dkim: false, dmarc_policy: none", Found),
    ("SEC514", "bucket", "", Lacks),
    ("SEC514", "bucket", "permissions: object", Found),
    ("SEC514", "bucket", "permissions: bucket", Passed),
    ("OPS907", "api", "", Lacks),
    ("OPS907", "api", "access_logs: false", Found),
    ("OPS907", "balancer", "access_logs: false", Found),
    ("OPS907", "balancer", "access_logs: true", Passed),
    ("OPS908", "refund", "", Lacks),
    ("OPS908", "refund", 'logging: "off"', Found),
    ("OPS908", "refund", "logging: error", Passed),
    ("OPS909", "certificates", "", Lacks),
    ("OPS909", "certificates", "validated_by: e-mail", Found),
    ("OPS909", "certificates", "validated_by: dns", Passed),
    ("OPS910", "mail", "", Found),
    ("OPS910", "mail", "feedback_to: bounces", Passed),
    ("OPS911", "machine", "", Lacks),
    ("OPS911", "machine", "patched_every_days: 31", Found),
    ("OPS911", "machine", "patched_every_days: 30", Passed),
)


def model(name: str, settings: str) -> str:
    text = f"{name}: {{{COMPONENTS[name]}{settings and ', '}{settings}}}"
    return MODEL % f"{text}\n  bounces: {{kind: topic, title: Bounces, product: sns}}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} {case[1]} {case[2]}")
def test_what_a_rule_says(tmp_path: Path, case: tuple[str, str, str, type[Outcome] | None]) -> None:
    code, name, settings, expected = case
    aws = (
        model(name, settings).replace(", gcp: {region: europe-west1}", "").replace(", gcp: {project: prod-project}", "")
    )
    assert {type(o) for o in outcomes(tmp_path, aws, code, name)} == ({expected} if expected else set())


def test_a_rule_of_one_cloud_says_nothing_about_products_of_others(tmp_path: Path) -> None:
    """AWS is the authority of these rules."""
    for code, name, product, settings in (
        ("NET120", "api", "api-gateway-gcp", "domains: [api.example.com], default_domain: true"),
        ("SEC510", "machine", "compute-engine", "protected_metadata: false"),
        ("OPS909", "certificates", "certificate-manager", "validated_by: e-mail"),
    ):
        text = model(name, settings).replace("aws: {region: eu-west-1}, ", "").replace("aws: {account: p}, ", "")
        text = text.partition("\n  bounces")[0]
        text = text.replace(
            f"product: {COMPONENTS[name].partition('product: ')[2].partition(',')[0]}", f"product: {product}"
        )
        assert outcomes(tmp_path, text + "\n", code, name) == []


def test_an_open_api_in_a_network_is_less_severe(tmp_path: Path) -> None:
    for endpoint, severity in (("regional", "warning"), ("private", "info")):
        text = model("api", f"authorization: none, endpoint: {endpoint}").replace(", gcp: {region: europe-west1}", "")
        (found,) = outcomes(tmp_path, text.replace(", gcp: {project: prod-project}", ""), "SEC509", "api")
        assert isinstance(found, Diagnostic)
        assert found.severity == severity
