"""What an import makes of single resources: small states, each with one question."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archgen.importing.importing import Import
from archgen.importing.report import as_json, as_text
from archgen.importing.terraform_json import read_content
from archgen.importing.titles import title_of
from imports import imported, read_files, state_of


@pytest.mark.parametrize(
    ("access", "endpoint", "ranges"),
    [
        ({"endpoint_public_access": True, "public_access_cidrs": ["0.0.0.0/0"]}, "public", None),
        (
            {"endpoint_public_access": True, "public_access_cidrs": ["198.51.100.0/24"]},
            "allowlist",
            ["198.51.100.0/24"],
        ),
        ({"endpoint_public_access": False, "public_access_cidrs": ["0.0.0.0/0"]}, "private", None),
    ],
)
def test_who_reaches_a_cluster_is_what_its_ranges_say(
    access: dict[str, Any], endpoint: str, ranges: list[str] | None, tmp_path: Path
) -> None:
    file = state_of(
        ("aws_eks_cluster.shop", {"name": "shop", "version": "1.33", "vpc_config": [access]}), folder=tmp_path
    )
    shop = imported(file)["components"]["shop"]
    assert (shop["endpoint"], shop.get("endpoint_ranges")) == (endpoint, ranges)


def test_a_component_without_what_a_model_needs_is_left_out_and_named(tmp_path: Path) -> None:
    file = state_of(
        ("aws_ec2_transit_gateway.hub", {"id": "tgw-1"}), ("aws_sqs_queue.jobs", {"name": "jobs"}), folder=tmp_path
    )
    found = read_files(file)
    assert set(imported(file)["components"]) == {"jobs"}
    assert "the files do not state what a model needs (joins)" in as_text(found.coverage)
    assert not found.coverage.complete


def test_what_is_usual_where_nothing_is_stated_is_assumed(tmp_path: Path) -> None:
    file = state_of(
        ("aws_eks_cluster.shop", {"name": "shop"}),
        ("aws_lb.entry", {"name": "entry"}),
        ("aws_ecs_service.web", {"name": "web"}),
        folder=tmp_path,
    )
    components = imported(file)["components"]
    assert components["shop"]["endpoint"] == "public"
    assert "endpoint" in components["shop"]["assumed"]
    for name, product in (("entry", "alb"), ("web", "ecs-service")):
        assert components[name]["product"] == product
        assert "product" in components[name]["assumed"]


def test_the_capacity_of_a_service_without_a_launch_type_says_its_product(tmp_path: Path) -> None:
    def service(name: str, provider: str) -> tuple[str, dict[str, Any]]:
        return f"aws_ecs_service.{name}", {
            "name": name,
            "capacity_provider_strategy": [{"capacity_provider": provider}],
        }

    file = state_of(service("spot", "FARGATE_SPOT"), service("machines", "our-machines"), folder=tmp_path)
    products = {c.id: c.product for c in read_files(file).placed.components}
    assert products == {"spot": "fargate", "machines": "ecs-service"}


def test_a_classic_load_balancer_uses_tls_if_one_of_its_listeners_does(tmp_path: Path) -> None:
    listeners = [{"lb_protocol": "http"}, {"lb_protocol": "https"}]
    file = state_of(
        ("aws_elb.both", {"name": "both", "internal": False, "listener": listeners, "instances": ["i-0123456789"]}),
        ("aws_elb.plain", {"name": "plain", "internal": True, "listener": listeners[:1]}),
        ("aws_instance.web", {"id": "i-0123456789", "instance_type": "t3.micro"}),
        folder=tmp_path,
    )
    components = imported(file)["components"]
    assert components["both"]["product"] == "classic-load-balancer"
    assert (components["both"]["tls"], components["plain"]["tls"]) == (True, False)
    assert (components["both"]["scheme"], components["plain"]["scheme"]) == ("internet-facing", "internal")
    assert set(components["both"]["calls"]) == {"web"}


def test_a_member_of_a_replication_group_is_a_part_of_it(tmp_path: Path) -> None:
    file = state_of(
        (
            "aws_elasticache_replication_group.cache",
            {"id": "sessions", "replication_group_id": "sessions", "engine": "redis"},
        ),
        ("aws_elasticache_cluster.cache", {"cluster_id": "sessions-001", "replication_group_id": "sessions"}),
        ("aws_elasticache_cluster.alone", {"cluster_id": "alone", "engine": "memcached", "replication_group_id": None}),
        folder=tmp_path,
    )
    assert {c.id: c.product for c in read_files(file).placed.components} == {
        "alone": "elasticache-memcached",
        "cache": "elasticache",
    }


def test_what_exists_only_for_terraform_is_known_and_left_out(tmp_path: Path) -> None:
    file = state_of(
        ("random_id.suffix", {"hex": "a1"}),
        ("null_resource.wait", {}),
        ("google_pubsub_topic.other", {"name": "other"}),
        folder=tmp_path,
    )
    found = read_files(file)
    assert [r.type for r in found.placed.by_role["content"]] == ["random_id", "null_resource"]
    assert [r.type for r in found.placed.foreign] == ["google_pubsub_topic"]
    assert found.placed.unknown == []


def test_what_scales_a_service_says_its_limits(tmp_path: Path) -> None:
    cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/shop"
    file = state_of(
        ("aws_ecs_cluster.shop", {"name": "shop", "arn": cluster, "id": cluster}),
        ("aws_ecs_service.web", {"name": "web", "cluster": cluster, "desired_count": 3, "launch_type": "FARGATE"}),
        ("aws_appautoscaling_target.web", {"resource_id": "service/shop/web", "min_capacity": 2, "max_capacity": 9}),
        folder=tmp_path,
    )
    assert imported(file)["components"]["web"]["scaling"] == {"min": 2, "max": 9}


def test_gateways_that_are_not_one_for_each_zone_are_assumed(tmp_path: Path) -> None:
    subnets = [
        (
            f"aws_subnet.app{i}",
            {"id": f"subnet-000{i}", "vpc_id": "vpc-0001", "cidr_block": f"10.0.{i}.0/24", "availability_zone": zone},
        )
        for i, zone in enumerate(("eu-west-1a", "eu-west-1b", "eu-west-1c"))
    ]
    gateways = [(f"aws_nat_gateway.way{i}", {"id": f"nat-000{i}", "subnet_id": f"subnet-000{i}"}) for i in (0, 1)]
    network = ("aws_vpc.main", {"id": "vpc-0001", "cidr_block": "10.0.0.0/16"})
    assert imported(state_of(network, *subnets, *gateways, folder=tmp_path))["network"]["aws"]["assumed"] == [
        "nat_gateways"
    ]


def test_networks_and_subnets_that_the_model_does_not_get_are_named(tmp_path: Path) -> None:
    resources = [
        ("aws_vpc.main", {"id": "vpc-0001", "cidr_block": "10.0.0.0/16"}),
        (
            "aws_subnet.app",
            {"id": "subnet-1", "vpc_id": "vpc-0001", "cidr_block": "10.0.1.0/24", "availability_zone": "eu-west-1a"},
        ),
        (
            "aws_subnet.odd",
            {"id": "subnet-2", "vpc_id": "vpc-0001", "cidr_block": "not a range", "availability_zone": "eu-west-1a"},
        ),
        ("aws_vpc.other", {"id": "vpc-0002", "cidr_block": "10.1.0.0/16"}),
    ]
    coverage = read_files(state_of(*resources, folder=tmp_path)).coverage
    assert sorted(r.address for r in coverage.networks) == ["aws_subnet.odd", "aws_vpc.other"]
    assert "networks and subnets that the model does not get" in as_text(coverage)


def test_a_component_in_a_subnet_that_the_model_does_not_get_is_named(tmp_path: Path) -> None:
    zones = ("eu-west-1a", "eu-west-1b")
    resources = [("aws_vpc.main", {"id": "vpc-0001", "cidr_block": "10.0.0.0/16"})]
    for cidr, name, count in (("10.0", "app", 2), ("10.1", "shared", 1)):
        for number in range(count):
            values = {"id": f"subnet-{name}{number}", "vpc_id": "vpc-0001", "cidr_block": f"{cidr}.{number}.0/24"}
            resources.append((f"aws_subnet.{name}{number}", values | {"availability_zone": zones[number]}))
    for name in ("app", "shared"):
        values = {"name": name, "internal": True, "load_balancer_type": "network", "subnets": [f"subnet-{name}0"]}
        resources.append((f"aws_lb.{name}", {**values, "arn": f"arn:aws:elasticloadbalancing:eu-west-1:1:{name}"}))
    found = read_files(state_of(*resources, folder=tmp_path))
    assert found.coverage.elsewhere == {"shared": ["aws_subnet.shared0"]}
    assert "does not state their place:\n    shared: aws_subnet.shared0" in as_text(found.coverage)
    assert json.loads(as_json(found.coverage))["in_other_networks"] == {"shared": ["aws_subnet.shared0"]}
    components = found.model["components"]
    assert components["app"]["placement"] == "app"
    assert "placement" in components["shared"]["assumed"]


def test_dead_letters_of_a_function_are_where_failures_go_and_not_successes(tmp_path: Path) -> None:
    arn = "arn:aws:sqs:eu-west-1:123456789012"
    function = {
        "function_name": "charge",
        "runtime": "python3.13",
        "arn": "arn:aws:lambda:eu-west-1:123456789012:function:charge",
    }
    queues = [(f"aws_sqs_queue.{name}", {"name": name, "arn": f"{arn}:{name}"}) for name in ("done", "failed")]
    for stated, expected in (({"on_failure": [{"destination": f"{arn}:failed"}]}, "failed"), ({}, None)):
        block = [{"on_success": [{"destination": f"{arn}:done"}], **stated}]
        config = (
            "aws_lambda_function_event_invoke_config.charge",
            {"function_name": "charge", "destination_config": block},
        )
        model = imported(state_of(("aws_lambda_function.charge", function), *queues, config, folder=tmp_path))
        assert model["components"]["charge"].get("dead_letters") == expected


def test_a_rule_of_a_bus_is_a_way_from_the_bus_and_one_of_the_default_bus_is_not(tmp_path: Path) -> None:
    bus = {"name": "shop", "arn": "arn:aws:events:eu-west-1:123456789012:event-bus/shop"}
    queue = {"name": "jobs", "arn": "arn:aws:sqs:eu-west-1:123456789012:jobs"}
    resources = [("aws_cloudwatch_event_bus.shop", bus), ("aws_sqs_queue.jobs", queue)]
    for name, on in (("own", "shop"), ("common", "default"), ("full", f"{bus['arn'][:-4]}default")):
        resources.append(
            (f"aws_cloudwatch_event_rule.{name}", {"name": f"rule-{name}", "event_bus_name": on, "event_pattern": "{}"})
        )
    resources.append(
        ("aws_cloudwatch_event_target.own", {"rule": "rule-own", "arn": queue["arn"], "event_bus_name": "shop"})
    )
    model = imported(state_of(*resources, folder=tmp_path))
    assert sorted(model["components"]) == ["common", "full", "jobs", "shop"]
    assert model["components"]["shop"]["calls"] == {"jobs": {"kind": "event", "data": "sent"}}


@pytest.mark.parametrize(
    ("main", "relation", "states"),
    [
        (
            ("aws_cloudwatch_event_rule.main", {"name": "nightly", "schedule_expression": "rate(1 day)"}),
            (
                "aws_cloudwatch_event_target.one",
                {"rule": "nightly", "dead_letter_config": [{"arn": "arn:aws:sqs:eu-west-1:1:work"}]},
            ),
            {"data": "sent", "required": False, "purpose": "failures"},
        ),
        (
            ("aws_sns_topic.main", {"name": "news", "arn": "arn:aws:sns:eu-west-1:1:news"}),
            (
                "aws_sns_topic_subscription.one",
                {
                    "topic_arn": "arn:aws:sns:eu-west-1:1:news",
                    "redrive_policy": '{"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:1:work"}',
                },
            ),
            {"data": "sent", "required": False, "purpose": "failures"},
        ),
        (
            ("aws_apigatewayv2_api.main", {"id": "a1b2c3d4e5", "name": "front", "protocol_type": "HTTP"}),
            (
                "aws_apigatewayv2_integration.one",
                {
                    "api_id": "a1b2c3d4e5",
                    "request_parameters": {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/work"},
                },
            ),
            {},
        ),
    ],
    ids=lambda value: value[0].partition(".")[0] if isinstance(value, tuple) else None,
)
def test_where_failures_and_requests_go_is_a_connection(
    main: tuple[str, dict[str, Any]], relation: tuple[str, dict[str, Any]], states: dict[str, Any], tmp_path: Path
) -> None:
    url = "https://sqs.eu-west-1.amazonaws.com/1/work"
    work = ("aws_sqs_queue.work", {"name": "work", "url": url, "arn": "arn:aws:sqs:eu-west-1:1:work"})
    calls = imported(state_of(main, relation, work, folder=tmp_path))["components"]
    (found,) = (facts["calls"] for facts in calls.values() if facts["kind"] != "queue")
    assert found == {"work": states}


def test_what_a_web_firewall_does_with_other_requests_is_read(tmp_path: Path) -> None:
    actions = {
        "open": [{"allow": [{"custom_request_handling": []}], "block": []}],
        "closed": [{"allow": [], "block": [{"custom_response": []}]}],
    }
    firewalls = [
        (f"aws_wafv2_web_acl.{name}", {"name": name, "default_action": action}) for name, action in actions.items()
    ]
    components = imported(state_of(*firewalls, folder=tmp_path))["components"]
    assert {name: facts["default_action"] for name, facts in components.items()} == {"open": "allow", "closed": "block"}


def test_the_domain_of_a_certificate_is_not_the_certificate(tmp_path: Path) -> None:
    certificate = (
        "aws_acm_certificate.site",
        {"arn": "arn:aws:acm:eu-west-1:1:certificate/1", "domain_name": "origin.example.com"},
    )
    distribution = (
        "aws_cloudfront_distribution.site",
        {"origin": [{"domain_name": "origin.example.com", "origin_id": "o"}]},
    )
    assert "calls" not in imported(state_of(certificate, distribution, folder=tmp_path))["components"]["site-cdn"]


@pytest.mark.parametrize(
    ("type_", "complete"), [("aws_elasticache_subnet_group", True), ("aws_s3_bucket_versioning", False)]
)
def test_a_part_that_states_nothing_is_named_and_needs_no_component(type_: str, complete: bool, tmp_path: Path) -> None:
    state = state_of(("aws_sqs_queue.jobs", {"name": "jobs"}), (f"{type_}.other", {"name": "main"}), folder=tmp_path)
    coverage = read_files(state).coverage
    assert coverage.complete == complete
    why = "used by none of these components, and without a setting" if complete else "none of the files contains"
    assert f"{why}:\n    {type_} ×1\n" in as_text(coverage)
    key = "not_used" if complete else "no_component"
    found = json.loads(as_json(coverage))
    assert [f"{type_}.other"] in (found["not_placed"].get(key), found.get(key))


@pytest.mark.parametrize(
    ("id_", "title"),
    [("waf-waf", "WAF"), ("rds-database", "RDS database"), ("orders", "Orders"), ("route53-dns", "Route 53 DNS")],
)
def test_titles_spell_abbreviations_and_repeat_no_word(id_: str, title: str) -> None:
    assert title_of(id_) == title


@pytest.mark.parametrize(
    ("modules", "id_"),
    [
        ("module.orders.module.db_instance", "orders"),
        ("module.shop.module.orders", "orders"),
        ("module.db_instance", "db-instance"),
    ],
)
def test_a_resource_is_called_after_the_module_that_says_the_most(modules: str, id_: str) -> None:
    entry = {"mode": "managed", "type": "aws_db_instance", "name": "this", "address": f"{modules}.aws_db_instance.this"}
    entry["values"] = {
        "engine": "postgres",
        "engine_version": "17",
        "instance_class": "db.t4g.small",
        "allocated_storage": 20,
    }
    root = {"child_modules": [{"address": modules, "resources": [entry]}]}
    source = read_content(json.dumps({"format_version": "1.0", "values": {"root_module": root}}).encode(), "state.json")
    (found,) = Import([source], "aws", "prod").placed.components
    assert found.id == id_
