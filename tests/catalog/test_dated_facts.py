"""Each fact of the catalog names its page and the day on which it was read; those that no one has read yet are listed here."""

from __future__ import annotations

from datetime import date

from archgen.catalog import catalog

PRODUCTS = tuple(catalog().products.values())

# Name and definition have not been compared with the vendor's or project's pages.
UNREAD_PRODUCTS = """
    activity-log artifact-registry audit-logs azure-monitor blob-storage cloud-dns cloud-interconnect cloud-kms cloud-logging
    cloud-monitoring cloud-profiler cloud-storage cloud-trace cloud-vpn cluster-autoscaler gcp-vpc gke-nodes kube-proxy memorystore
    network-connectivity-center openssh openvpn postgresql redis resource-manager secret-manager shield
"""
# The agreements could not be opened; pages say so beside the figure.
UNREAD_LEVELS = """
    artifact-registry cloud-cdn cloudwatch cloudwatch-logs cognito ec2 ecr ecs elasticache-valkey eventbridge fargate lambda route-53
    secret-manager secrets-manager sns sqs step-functions x-ray
"""
UNREAD_REDUNDANCY = """
    artifact-registry audit-logs binary-authorization cloud-armor cloud-asset-inventory cloud-cdn cloud-deploy cloud-dns cloud-iam
    cloud-kms cloud-monitoring secret-manager step-functions
"""
UNSOURCED_LIMITS = "cloud-sql"


def test_names_and_definitions_have_a_day() -> None:
    assert {p.id for p in PRODUCTS if p.read is None} == {*UNREAD_PRODUCTS.split()}


def test_service_levels_have_a_page_and_a_day() -> None:
    assert {p.id for p in PRODUCTS if p.sla and p.sla.read is None} == {*UNREAD_LEVELS.split()}
    assert all(p.sla.url.startswith("https://") for p in PRODUCTS if p.sla)


def test_redundancy_has_a_day() -> None:
    assert {p.id for p in PRODUCTS if p.redundancy and p.redundancy.read is None} == {*UNREAD_REDUNDANCY.split()}


def test_limits_have_a_page_and_a_day() -> None:
    assert {p.id for p in PRODUCTS if p.limits and p.limits_source is None} == {*UNSOURCED_LIMITS.split()}


def test_no_day_is_in_the_future() -> None:
    days = [p.read for p in PRODUCTS] + [p.sla.read for p in PRODUCTS if p.sla]
    days += [p.redundancy.read for p in PRODUCTS if p.redundancy] + [
        p.limits_source.read for p in PRODUCTS if p.limits_source
    ]
    assert all(date(2026, 1, 1) <= date.fromisoformat(day) <= date.today() for day in days if day)  # noqa: DTZ011
