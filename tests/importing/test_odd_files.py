"""Files that are valid for Terraform, but rare, and files that contradict themselves: the model that is written is valid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from archgen.importing import configuration
from archgen.importing.folding import fold
from archgen.importing.importing import Import
from archgen.importing.report import as_json, as_text
from archgen.importing.resource import Resource
from archgen.importing.terraform_json import TerraformFile, read_content
from archgen.project import load
from drifted import report_of, resolved_of, state_of

MODEL = Path("architecture.yaml")
SECRET = "AKIA" + "IOSFODNN7EXAMPLE"
Stated = tuple[str, dict[str, Any]]
ZONES = ("eu-west-1a", "eu-west-1b")
VPC: Stated = ("aws_vpc.shop", {"id": "vpc-0001", "cidr_block": "10.1.0.0/16"})


def found(*resources: Stated, cloud: str = "aws") -> Import:
    return Import([state_of("x.json", *resources)], cloud, "prod")


def model(*resources: Stated, cloud: str = "aws") -> dict[str, Any]:
    """The model of resources, which is valid."""
    text = found(*resources, cloud=cloud).text()
    assert load(MODEL, texts={MODEL.name: text}).diagnostics == []
    return dict(yaml.safe_load(text))


def subnet(name: str, number: int, zone: str = "") -> Stated:
    stated = {"id": f"subnet-{number}", "vpc_id": "vpc-0001", "cidr_block": f"10.1.{number}.0/24"}
    return f"aws_subnet.{name}", stated | ({"availability_zone": zone} if zone else {})


def queue(label: str, **values: Any) -> Stated:
    return f"aws_sqs_queue.{label}", {"name": label[:70], **values}


# -- IDs -----------------------------------------------------------------------------------------------------


def test_long_names_and_names_of_devices_become_ids() -> None:
    long = "orders_of_customers_that_wait_for_their_delivery"
    topic = (f"aws_sns_topic.{long}", {"name": "topic"})
    written = model(queue(long), queue(f"{long}_today"), queue("aux"), topic)
    assert sorted(written["components"]) == [
        "orders-of-customers-that-wait-for-thei-2",
        "orders-of-customers-that-wait-for-their",
        "orders-of-customers-that-wait-for-topic",
        "x-aux",
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_of_resources_with_one_name_the_first_component_has_it(order: int) -> None:
    files = [
        state_of("a.json", queue("jobs", fifo_queue=False), ("aws_sqs_queue.again", {"name": "jobs"})),
        state_of("b.json", ("aws_sns_topic.jobs", {"name": "jobs"}), queue("other")),
    ]
    imported = Import(files[::order], "aws", "prod")
    text = imported.text()
    assert load(MODEL, texts={MODEL.name: text}).diagnostics == []
    names = {id_: facts.get("identifier") for id_, facts in yaml.safe_load(text)["components"].items()}
    assert names == {"again": "jobs", "jobs-queue": None, "jobs-topic": "jobs", "other": "other"}
    assert "    jobs-queue: that of again\n" in as_text(imported.coverage)
    assert json.loads(as_json(imported.coverage))["same_named"] == {"jobs-queue": "again"}
    assert report_of(resolved_of(text), *files).findings == []
    assert fold(MODEL, {MODEL.name: text}, files, ("aws", "prod")).texts == {MODEL.name: text}


# -- values --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", ["345600", True, float("inf"), float("nan"), [345600], {}])
def test_a_value_of_another_type_is_not_written(days: Any) -> None:
    imported = found(queue("jobs", message_retention_seconds=days, delay_seconds=days, max_message_size=days))
    written = imported.model["components"]["jobs"]
    assert load(MODEL, texts={MODEL.name: imported.text()}).diagnostics == []
    assert written.get("retention_days") in (None, 4)  # some providers state numbers as texts


def test_what_looks_like_a_secret_or_is_invisible_is_not_written() -> None:
    network = (VPC[0], VPC[1] | {"tags": {"Name": SECRET}})
    server = ("aws_instance.ci", {"instance_type": "t3.small", "ami": SECRET, "subnet_id": "subnet-1"})
    odd = ('aws_sns_topic.one["\u202e"]', {"name": "one"})
    imported = found(network, subnet("app", 1, ZONES[0]), server, odd)
    assert load(MODEL, texts={MODEL.name: imported.text()}).diagnostics == []
    for text in (imported.text(), as_text(imported.coverage), as_json(imported.coverage)):
        assert SECRET not in text
        assert "<U+202E>" in text or text == as_text(imported.coverage)
    assert "image" not in imported.model["components"]["ci"]


def test_a_subnet_without_a_zone_gives_no_zone() -> None:
    server = ("aws_instance.ci", {"instance_type": "t3.small", "subnet_id": "subnet-2"})
    written = model(VPC, subnet("app", 1, ZONES[0]), subnet("data", 2), server)
    assert written["components"]["ci"]["placement"] == "data"
    assert "zones" not in written["components"]["ci"]


@pytest.mark.parametrize("zone", ["us-west-2-lax-1a", "nowhere", True, ["eu-west-1b"], "\u202e"])
def test_a_zone_that_no_model_can_state_is_not_written(zone: Any) -> None:
    odd = ("aws_subnet.edge", subnet("edge", 3)[1] | {"availability_zone": zone})
    server = ("aws_instance.ci", {"instance_type": "t3.small", "subnet_id": "subnet-3"})
    written = model(VPC, subnet("app", 1, ZONES[0]), odd, server)
    assert written["clouds"]["aws"]["availability_zones"] == [ZONES[0]]
    assert written["components"]["ci"]["placement"] == "edge-tier"


def test_the_region_is_that_of_a_provider_of_the_cloud() -> None:
    providers = {
        name: {"expressions": {"region": {"constant_value": region}}}
        for name, region in (("google", "europe-west1"), ("zaws", "eu-north-1"))
    }
    document = {"format_version": "1.2", "planned_values": {}, "configuration": {"provider_config": providers}}
    file = read_content(json.dumps(document).encode(), "x.json")
    assert Import([file], "aws", "prod").model["clouds"]["aws"]["region"] == "eu-north-1"


def test_a_project_that_no_model_can_state_is_not_written() -> None:
    topic = ("google_pubsub_topic.jobs", {"name": "jobs", "project": "example.com:shop"})
    assert model(topic, cloud="gcp")["environments"]["prod"]["gcp"] == {"project": "imported-system-prod"}


# -- addresses -----------------------------------------------------------------------------------------------


def test_a_key_may_contain_brackets() -> None:
    resource = Resource("x", 'module.a["x[1]"].aws_sqs_queue.q["b[0]"]', "aws_sqs_queue", "q", ("a",), "b[0]", {})
    assert resource.block == 'module.a["x[1]"].aws_sqs_queue.q'


def test_what_a_new_object_has_replaced_is_left_out() -> None:
    entry = {"address": "aws_sqs_queue.jobs", "type": "aws_sqs_queue", "name": "jobs", "mode": "managed"}
    entries = [{**entry, "values": {"name": "jobs"}}, {**entry, "values": {"name": "old"}, "deposed_key": "0a1b2c3d"}]
    document = {"format_version": "1.0", "values": {"root_module": {"resources": entries}}}
    assert [r.values["name"] for r in read_content(json.dumps(document).encode(), "x.json").resources] == ["jobs"]


def test_two_resources_at_one_address_are_one() -> None:
    hub = ("aws_ec2_transit_gateway.hub", {"id": "tgw-0001"})
    imported = found(hub, hub, queue("jobs"), queue("jobs"))
    assert [*imported.model["components"]] == ["jobs"]
    assert [one.id for one, _lacking in imported.placed.incomplete] == ["hub"]


def test_a_deposed_object_does_not_say_what_is_known_after_apply() -> None:
    entry = {"address": "aws_sqs_queue.jobs", "type": "aws_sqs_queue", "name": "jobs", "mode": "managed", "values": {}}
    changes = [
        {"address": entry["address"], "change": {"after_unknown": {"arn": True}}},
        {"address": entry["address"], "deposed": "0a1b2c3d", "change": {"after_unknown": {}}},
    ]
    document = {"format_version": "1.2", "planned_values": {"root_module": {"resources": [entry]}}}
    file = read_content(json.dumps({**document, "resource_changes": changes}).encode(), "x.json")
    assert file.resources[0].unknown == {"arn"}


def test_references_that_lead_in_circles_are_followed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    followed = 0
    resolved = configuration._resolved

    def counting(*arguments: Any) -> Any:
        nonlocal followed
        followed += 1
        assert followed < 100
        return resolved(*arguments)

    monkeypatch.setattr(configuration, "_resolved", counting)
    names = ("one", "two", "three")
    ways = [f"module.inner.{name}" for name in names]
    inner = {
        "outputs": {name: {"expression": {"references": [f"var.{other}" for other in names]}} for name in names},
        "resources": [
            {"address": "aws_sqs_queue.q", "expressions": {"kms_master_key_id": {"references": ["var.one"]}}}
        ],
    }
    call = {"module": inner, "expressions": {name: {"references": [*ways, "aws_kms_key.k"]} for name in names}}
    found_ = configuration.references_in({"root_module": {"module_calls": {"inner": call}}})
    assert found_ == {"module.inner.aws_sqs_queue.q": {"kms_master_key_id": ("aws_kms_key.k",)}}


# -- networks ------------------------------------------------------------------------------------------------


def test_a_tier_in_some_zones_only_is_assumed_and_nothing_of_it_is_missing() -> None:
    resources = (VPC, subnet("app_a", 1, ZONES[0]), subnet("app_b", 2, ZONES[1]), subnet("data_a", 11, ZONES[0]))
    server = ("aws_instance.ci", {"instance_type": "t3.small", "subnet_id": "subnet-11"})
    written = model(*resources, server)
    assert written["network"]["tiers"]["data"]["assumed"] == ["internet", "netnum"]
    assert "netnum" not in written["network"]["tiers"]["app"]["assumed"]
    files = state_of("x.json", *resources, server)
    assert report_of(resolved_of(found(*resources, server).text()), files).findings == []


def google(name: str, *others: Stated) -> TerraformFile:
    link = f"projects/p-{name}/global/networks/shop"
    number = {"dev": 1, "prod": 2}[name]
    subnets = {"network": link, "ip_cidr_range": f"10.{number}.0.0/20", "region": "europe-west1", "name": "app"}
    return state_of(
        f"{name}.json",
        ("google_compute_network.shop", {"id": link, "name": "shop"}),
        ("google_compute_subnetwork.app", subnets),
        ("google_pubsub_topic.jobs", {"name": "jobs", "project": f"shop-{name}"}),
        *others,
    )


def test_a_tier_for_managed_services_may_exist_in_one_environment_only() -> None:
    stated = {"address": "10.2.240.0", "prefix_length": 20, "purpose": "VPC_PEERING", "name": "services"}
    link = "projects/p-prod/global/networks/shop"
    prod = google("prod", ("google_compute_global_address.services", {**stated, "network": link}))
    texts = {MODEL.name: Import([prod], "gcp", "prod").text()}
    after = fold(MODEL, texts, [google("dev")], ("gcp", "dev"))
    assert [problem.message for problem in after.problems] == []
    network = yaml.safe_load(after.texts[MODEL.name])["network"]
    assert network["tiers"]["services"]["in"] == ["prod"]
    assert network["when"]["prod"]["gcp"]["private_services_tier"] == "services"
    assert fold(MODEL, after.texts, [google("dev")], ("gcp", "dev")).texts == after.texts
