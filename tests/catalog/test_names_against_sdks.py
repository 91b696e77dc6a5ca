"""Names of products against the names in the clouds' SDKs: service models of botocore for AWS, discovery documents for Google Cloud.

A service that AWS or Google removes or renames disappears from a newer SDK, and fails here.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from typing import Any, NamedTuple

import pytest

from archgen.catalog import catalog, endpoints
from archgen.catalog.product import Product
from conftest import ROOT
from tools.recorded import GOOGLE_APIS, read_recorded

botocore_session = pytest.importorskip("botocore.session", reason="botocore is not installed")

PRODUCTS = catalog().products
APIS: dict[str, str] = read_recorded(GOOGLE_APIS)["apis"]
# Products whose API has another title than they have, with the reason.
OTHER_TITLES = {
    "cloud-asset-inventory": "the API is called Cloud Asset",
    "cloud-endpoints": "its proxy is configured through Service Management",
    "cloud-iam": "the title spells the name out",
    "cloud-kms": "the title spells the name out",
    "cloud-ngfw": "a part of Network Security",
    "cloud-router": "a part of Compute Engine",
    "cloud-run-jobs": "a part of Cloud Run",
    "cloud-run-worker-pools": "a part of Cloud Run",
    "cloud-storage": "the title adds the format, JSON",
    "conversational-agents": "the API also serves Dialogflow ES",
    "firebase-auth": "the API is called Identity Toolkit",
    "hyperdisk": "a part of Compute Engine",
    "identity-platform": "the API is called Identity Toolkit",
    "internal-load-balancer": "a part of Compute Engine",
    "managed-instance-group": "a part of Compute Engine",
    "media-cdn": "a part of Network Services",
    "memorystore-redis-cluster": "a part of Memorystore for Redis",
    "netapp-volumes": "the title leaves out Volumes",
    "network-load-balancer": "a part of Compute Engine",
    "persistent-disk": "a part of Compute Engine",
    "secure-web-proxy": "a part of Network Security",
    "sensitive-data-protection": "the title adds the former name, DLP",
    "vector-search": "a part of the Agent Platform",
    "vpc-service-controls": "its perimeters are configured through Access Context Manager",
    "workforce-identity-federation": "a part of IAM",
    "workload-identity-federation": "credentials are exchanged through IAM Service Account Credentials",
}
# Hosts without a discovery document in the client library, which other clients of Google call.
NOT_IN_LIBRARY = {
    "chronicle.googleapis.com",
    "connectgateway.googleapis.com",
    "memorystore.googleapis.com",
    "translate.googleapis.com",  # the document of Cloud Translation has the host translation.googleapis.com
    "vectorsearch.googleapis.com",
}
# VPC endpoints that are not named like an API: these serve data, agents or other protocols.
OTHER_ENDPOINTS = {
    "codeartifact-api",
    "codeartifact-repositories",
    "codecommit-git",
    "cloud-map-data",
    "data-firehose",
    "ec2-messages",
    "ecr-api",
    "ecr-dkr",
    "ecs-agent",
    "ecs-telemetry",
    "iot-data",
    "kinesis",
    "sagemaker-runtime",
    "ses-smtp",
    "ssm-messages",
    "transcribe-streaming",
}


class Row(NamedTuple):
    """What botocore calls a product: its service; an operation, `Enum=value` or `Shape.member` if it is only a part of that; a reason."""

    product: str
    service: str
    member: str
    reason: str


with (ROOT / "tests/data/aws_services.csv").open(encoding="utf-8", newline="") as file:
    ROWS = [Row(**row) for row in csv.DictReader(file)]


def plain(name: str) -> str:
    """A name without the vendor, the word service, and everything but letters and digits."""
    lowered = re.sub(r"^(amazon|aws)", "", name.casefold())
    return re.sub(r"\b(amazon|aws|google|cloud|api|admin|services?|for|the)\b|[^a-z0-9]", "", lowered)


def names_of(product: Product) -> set[str]:
    """The names of a product, as `plain` gives them."""
    return {plain(name) for name in (product.name, product.short, *product.aliases)}


@cache
def model(service: str) -> dict[str, Any]:
    """The model of an AWS service, as botocore has it."""
    loaded: dict[str, Any] = (
        botocore_session.get_session().get_component("data_loader").load_service_model(service, "service-2")
    )
    return loaded


def service_names(service: str) -> set[str]:
    """The names that botocore gives a service, as `plain` gives them."""
    metadata = model(service)["metadata"]
    keys = ("serviceId", "serviceFullName", "serviceAbbreviation")
    return {plain(name) for name in (service, *(metadata.get(key, "") for key in keys)) if name}


def has_member(service: str, member: str) -> bool:
    """Whether a service has this operation, this value of an enumeration, or this member of a shape."""
    name, equals, value = member.partition("=")
    if equals:
        return value in model(service)["shapes"].get(name, {}).get("enum", ())
    shape, dot, field = member.partition(".")
    if dot:
        return field in model(service)["shapes"].get(shape, {}).get("members", ())
    return member in model(service)["operations"]


def test_every_product_of_aws_is_compared() -> None:
    assert [row.product for row in ROWS] == sorted(id_ for id_, p in PRODUCTS.items() if p.cloud == "aws")


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.product)
def test_a_product_of_aws_is_a_service_or_a_part_of_one(row: Row) -> None:
    if not row.service:
        assert row.reason
        return
    if row.member:
        assert has_member(row.service, row.member), f"{row.service} has no {row.member}"
        return
    fits = bool(service_names(row.service) & names_of(PRODUCTS[row.product]))
    # A reason that is no longer needed is refused as well.
    assert fits != bool(row.reason), f"botocore calls {row.product} {service_names(row.service)}"


def test_a_part_that_a_service_does_not_have_is_noticed() -> None:
    assert has_member("elbv2", "LoadBalancerTypeEnum=network")
    assert not has_member("elbv2", "LoadBalancerTypeEnum=classic")
    assert not has_member("ec2", "CreateBastion")
    assert not has_member("eks", "ComputeConfigRequest.zones")


@pytest.mark.slow
def test_vpc_endpoints_have_the_names_of_apis() -> None:
    services = botocore_session.get_session().get_available_services()
    prefixes = {model(service)["metadata"]["endpointPrefix"] for service in services}
    model.cache_clear()  # the models of all services are large
    assert {id_ for id_, endpoint in endpoints().items() if endpoint.service not in prefixes} == OTHER_ENDPOINTS


@pytest.mark.parametrize(
    ("product", "limit", "service", "shape"),
    [
        ("step-functions", "definition_kib", "stepfunctions", "Definition"),
        ("step-functions", "input_kib", "stepfunctions", "SensitiveData"),
    ],
)
def test_limits_of_aws_are_those_of_the_service_model(product: str, limit: str, service: str, shape: str) -> None:
    assert PRODUCTS[product].limits[limit] * 1024 == model(service)["shapes"][shape]["max"]


@pytest.mark.parametrize("product", [p for p in PRODUCTS.values() if p.api], ids=lambda product: product.id)
def test_an_api_of_google_cloud_has_the_name_of_the_product(product: Product) -> None:
    assert product.api
    if product.api in NOT_IN_LIBRARY:
        assert product.api not in APIS
        return
    fits = plain(APIS[product.api]) in names_of(product)
    assert fits != (product.id in OTHER_TITLES), f"Google calls the API of {product.id} '{APIS[product.api]}'"


def test_no_exception_is_left_over() -> None:
    named = {p.api for p in PRODUCTS.values() if p.api}
    assert named >= NOT_IN_LIBRARY
    assert {id_ for id_, p in PRODUCTS.items() if p.api} >= OTHER_TITLES.keys()
