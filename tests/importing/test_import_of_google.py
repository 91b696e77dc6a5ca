"""`archgen import` and `archgen drift` of a system on Google Cloud, whose attributes have the names of the provider's schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from archgen.catalog.terraform_types import recorded_types
from archgen.drifting.findings import Drift
from archgen.drifting.reporting import make_report
from archgen.importing.connections import GRADES
from archgen.importing.importing import Import
from archgen.importing.report import as_json, as_text
from archgen.importing.terraform_json import TerraformFile, read, read_content
from archgen.pipeline import check, load
from archgen.reading.formatting import formatted
from conftest import DATA

FOLDER = DATA / "imports" / "google-shop"
SCHEMA = recorded_types("google")
MODEL = Path("nowhere/architecture.yaml")
PLANTED = "planted-secret"


@cache
def state(environment: str = "prod") -> TerraformFile:
    return read(str(FOLDER / f"{environment}.state.json"))


def found_in(*resources: Mapping[str, Any], accept: tuple[str, ...] = ()) -> Import:
    """What an import of resources finds, of which each has an address and values."""
    entries = [
        {**r, "type": r["address"].partition(".")[0], "name": r["address"].partition(".")[2], "mode": "managed"}
        for r in resources
    ]
    document = {"format_version": "1.0", "values": {"root_module": {"resources": entries}}}
    return Import([read_content(json.dumps(document).encode(), "x.json")], "gcp", "prod", accept)


def resource(address: str, **values: Any) -> dict[str, Any]:
    return {"address": address, "values": values}


@cache
def imported() -> dict[str, Any]:
    """The model of production with all proposals, as plain data."""
    return dict(yaml.safe_load(Import([state()], "gcp", "prod", GRADES).text()))


def paths(value: Any, path: str = "") -> Iterator[str]:
    """The paths of the attributes in a value of a state; the keys of a mapping that is no block are not among them."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        for item in value:
            yield from (p for key, child in item.items() for p in paths(child, f"{path}.{key}"))
    else:
        yield path


def test_the_states_of_the_tests_have_the_attributes_of_the_provider() -> None:
    for environment in ("dev", "prod"):
        document = json.loads((FOLDER / f"{environment}.state.json").read_text(encoding="utf-8"))
        for entry in document["values"]["root_module"]["resources"]:
            known = {"id", *SCHEMA[entry["type"]]["arguments"], *SCHEMA[entry["type"]]["attributes"]}
            for name, value in entry["values"].items():
                for path in paths(value, name):
                    blocks = any(argument.startswith(f"{path}.") for argument in known)
                    assert path in known or (blocks and value in ([], None)) or _is_cut(path, known), (
                        entry["type"],
                        path,
                    )


def _is_cut(path: str, known: set[str]) -> bool:
    """Whether a path is in a block that the record does not enter, because it is too deep, or is an empty block."""
    steps = path.split(".")
    above = any(".".join(steps[:n]) in known for n in range(4, len(steps)))
    return above or any(argument.startswith(f"{path}.") for argument in known)


def test_settings_are_those_of_the_resources_with_their_units() -> None:
    components = imported()["components"]
    assert components["shop"] | {"calls": {}} == {
        "kind": "container-service",
        "title": "Shop",
        "product": "cloud-run",
        "placement": "app",
        "image": "europe-west3-docker.pkg.dev/market-prod/market-prod-images/shop:1.4.2",
        "port": 8080,
        "memory_mib": 1024,
        "cpu": 2,
        "scaling": {"min": 2, "max": 20},
        "concurrency": 80,
        "timeout_seconds": 300,
        "terraform_addresses": ["google_cloud_run_v2_service.shop"],
        "calls": {},
    }
    orders = components["orders"]
    assert (orders["product"], orders["engine"], orders["engine_version"]) == ("cloud-sql", "postgresql", "15")
    assert orders["backup"] == {"retention_days": 30, "point_in_time_recovery": True}
    assert (orders["multi_zone"], orders["require_tls"], orders["max_storage_gib"]) == (True, True, 200)
    assert (components["sessions"]["engine_version"], components["sessions"]["replicas"]) == ("7.2", 1)
    billing = components["billing"]
    assert (billing["retention_days"], billing["dead_letters"], billing["max_receives"]) == (4, "failed", 5)
    assert (components["keys"]["rotation_days"], components["keys"]["protects"]) == (90, ["orders", "tools"])
    tools = components["tools"]
    assert (tools["endpoint"], tools["endpoint_ranges"], tools["nodes_in"]) == ("allowlist", ["198.51.100.0/24"], "app")
    assert components["public"]["domains"] == ["market.example"]  # without the dot at the end


def test_the_network_has_its_tiers_and_what_only_this_cloud_has() -> None:
    model = imported()
    assert model["environments"]["prod"]["gcp"] == {
        "project": "market-prod",
        "cidr": "10.60.0.0/16",
        "assumed": ["cidr"],
    }
    assert model["clouds"]["gcp"]["availability_zones"] == [f"europe-west3-{zone}" for zone in "abc"]
    network = model["network"]
    assert {id_: (t["internet"], t["prefix_length"], t["netnum"]) for id_, t in network["tiers"].items()} == {
        "app": ("outbound", 20, 0),
        "proxies": ("none", 24, 16),
        "managed-tier": ("none", 20, 8),  # "managed" is the word for a place outside of tiers
    }
    assert network["gcp"] == {
        "secondary_ranges": {
            "pods": {"prefix_length": 18, "netnum": 1},
            "services": {"prefix_length": 20, "netnum": 2},
        },
        "secondary_ranges_tier": "app",
        "proxy_tier": "proxies",
        "private_services_tier": "managed-tier",
        "private_service_connect": {"target": "all-apis", "address": "10.60.255.2"},
    }
    places = {id_: component.get("placement") for id_, component in model["components"].items()}
    assert (places["orders"], places["sessions"], places["bastion"]) == ("managed-tier", "managed-tier", "app")
    assert (places["web-load-balancer"], places["assets"]) == ("edge", None)


def test_connections_follow_from_load_balancers_subscriptions_roles_and_tags() -> None:
    found = {c.id: c for c in Import([state()], "gcp", "prod").connections}
    assert {id_: c.grade for id_, c in found.items()} == {
        "billing:worker": "declared",
        "edge:web-load-balancer": "declared",
        "nightly:worker": "declared",
        "placed:billing": "declared",
        "web-load-balancer:assets": "declared",
        "web-load-balancer:shop": "declared",
        "bastion:tools": "permitted",
        "shop:database": "permitted",
        "shop:placed": "permitted",
    }
    assert found["bastion:tools"].states == {"port": 8443}
    assert (found["shop:database"].states, found["shop:placed"].states) == ({"data": "received"}, {"data": "sent"})
    shop = found["web-load-balancer:shop"]
    assert shop.evidence[-1] == "google_compute_region_network_endpoint_group.shop"


def test_rules_of_one_address_are_one_load_balancer() -> None:
    component = imported()["components"]["web-load-balancer"]
    assert component["terraform_addresses"] == [
        "google_compute_global_forwarding_rule.redirect",
        "google_compute_global_forwarding_rule.web",
    ]
    assert (component["tls"], component["access_logs"], component["scheme"]) == (True, True, "internet-facing")


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_the_model_can_be_built_and_nothing_drifts(environment: str) -> None:
    text = Import([state(environment)], "gcp", environment, GRADES).text()
    assert formatted(text, "x.yaml") == (text, [])
    loaded = load(MODEL, texts={MODEL.name: text})
    assert loaded.project, loaded.diagnostics
    assert not [d for d in check(loaded.project).findings if d.code.startswith("ARC-")]
    assert drift_of(text, state(environment), environment) == []


def drift_of(text: str, file: TerraformFile, environment: str = "prod") -> list[Drift]:
    loaded = load(MODEL, texts={MODEL.name: text})
    assert loaded.project, loaded.diagnostics
    resolved = loaded.project.resolved
    return list(make_report(resolved, resolved.axes.parse_at(f"gcp,{environment}"), [file], "2026-11-27").findings)


def changed(address: str, **values: Any) -> TerraformFile:
    resources = [replace(r, values={**r.values, **values}) if r.address == address else r for r in state().resources]
    return replace(state(), resources=tuple(resources))


@pytest.mark.parametrize(
    ("address", "values", "path"),
    [
        ("google_pubsub_subscription.billing", {"ack_deadline_seconds": 90}, "components.billing.visibility_timeout_seconds"),
        ("google_redis_instance.sessions", {"memory_size_gb": 8}, "components.sessions.memory_gib"),
        ("google_compute_subnetwork.app", {"ip_cidr_range": "10.60.48.0/20"}, "network.tiers.app"),
        ("google_compute_router_nat.main", {"source_subnetwork_ip_ranges_to_nat": "LIST_OF_SUBNETWORKS"}, "network.tiers.app.internet"),
        ("google_compute_firewall.iap", {"source_ranges": ["0.0.0.0/0"]}, "components.bastion"),
    ],
)  # fmt: skip
def test_a_planted_change_is_found(address: str, values: dict[str, Any], path: str) -> None:
    text = Import([state()], "gcp", "prod", GRADES).text()
    assert path in {".".join(map(str, drift.path)) for drift in drift_of(text, changed(address, **values))}


def test_default_routes_error_pages_and_firewalls_at_the_edge_are_connections() -> None:
    by_address = {r.address: r.values for r in state().resources}
    bucket = by_address["google_compute_backend_bucket.assets"]["self_link"]
    firewall = by_address["google_compute_security_policy.edge"]["self_link"]
    route = {"weighted_backend_services": [{"backend_service": bucket, "weight": 100}]}
    variants = [
        ("google_compute_url_map.web", {"path_matcher": [], "default_route_action": [route]}),
        (
            "google_compute_url_map.web",
            {"path_matcher": [], "default_custom_error_response_policy": [{"error_service": bucket}]},
        ),
        ("google_compute_backend_service.shop", {"security_policy": "", "edge_security_policy": firewall}),
    ]
    expected = {c.id for c in Import([state()], "gcp", "prod").connections}
    for address, values in variants:
        assert {c.id for c in Import([changed(address, **values)], "gcp", "prod").connections} == expected


def test_what_the_file_of_one_of_several_stacks_lacks_is_no_difference() -> None:
    text = (
        Import([state()], "gcp", "prod", GRADES)
        .text()
        .replace("  gcp:\n    secondary", "  gcp:\n    cloud_nat: true\n    secondary")
    )
    resources = tuple(r for r in state().resources if r.type != "google_compute_router_nat")
    loaded = load(MODEL, texts={MODEL.name: text})
    assert loaded.project, loaded.diagnostics
    resolved = loaded.project.resolved
    at = resolved.axes.parse_at("gcp,prod")
    source = replace(state(), resources=resources)
    found = {
        p: {d.path for d in make_report(resolved, at, [source], "2026-11-27", partial=p).findings}
        for p in (False, True)
    }
    assert found == {False: {("network", "gcp", "cloud_nat"), ("network", "tiers", "app", "internet")}, True: set()}


def test_another_region_is_found() -> None:
    text = Import([state()], "gcp", "prod", GRADES).text().replace("europe-west3", "europe-west1")
    assert ("clouds", "gcp", "region") in {drift.path for drift in drift_of(text, state())}


def test_the_zones_of_a_machine_are_not_compared_with_the_region_of_its_subnet() -> None:
    text = Import([state()], "gcp", "prod", GRADES).text()
    zoned = text.replace("    title: Bastion\n", "    title: Bastion\n    zones: [europe-west3-a]\n")
    assert zoned != text
    assert drift_of(zoned, state()) == []


def settings_of(*resources: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of the only component of resources that a model gets."""
    (component,) = found_in(*resources).model["components"].values()
    return dict(component)


@pytest.mark.parametrize("enabled", [True, False])
def test_backups_that_are_off_are_not_kept_for_days(enabled: bool) -> None:
    kept = {
        "enabled": enabled,
        "point_in_time_recovery_enabled": enabled,
        "backup_retention_settings": [{"retained_backups": 7}],
    }
    values = {
        "name": "db-1",
        "database_version": "POSTGRES_15",
        "settings": [{"tier": "t", "backup_configuration": [kept]}],
    }
    database = settings_of(resource("google_sql_database_instance.db", **values))
    assert database.get("backup") == ({"retention_days": 7, "point_in_time_recovery": True} if enabled else None)


def test_an_allowlist_without_ranges_is_not_open_to_anyone() -> None:
    cluster = settings_of(
        resource("google_container_cluster.c", name="c", master_authorized_networks_config=[{"cidr_blocks": []}])
    )
    assert cluster["endpoint"] == "allowlist"
    assert "nodes_in" not in cluster  # the files have no network
    assert settings_of(resource("google_container_cluster.c", name="c"))["endpoint"] == "public"


def test_a_rule_of_a_vpn_gateway_is_not_a_load_balancer() -> None:
    target = "https://www.googleapis.com/compute/v1/projects/p/regions/r/targetVpnGateways/main"
    found = found_in(
        resource("google_compute_forwarding_rule.esp", name="esp", target=target, load_balancing_scheme="EXTERNAL")
    )
    assert found.model["components"] == {}
    assert [r.name for r in found.placed.by_role["network"]] == ["esp"]


def test_an_account_that_only_a_variable_names_is_not_the_one_that_a_service_runs_as() -> None:
    own, other = (f"{name}@p-prod.iam.gserviceaccount.com" for name in ("web", "other"))
    template = {"service_account": own, "containers": [{"env": [{"name": "ACT_AS", "value": other}]}]}
    grants = [
        resource(
            f"google_pubsub_topic_iam_member.{name}",
            topic="placed",
            role="roles/pubsub.publisher",
            member=f"serviceAccount:{account}",
        )
        for name, account in (("own", own), ("other", other))
    ]
    found = found_in(
        resource("google_cloud_run_v2_service.web", name="web-service", template=[template]),
        resource("google_service_account.web", email=own),
        resource("google_service_account.other", email=other),
        resource("google_pubsub_topic.placed", name="placed"),
        *grants,
    )
    (connection,) = found.connections
    assert (connection.id, connection.evidence) == ("web:placed", ("google_pubsub_topic_iam_member.own",))


def test_equal_tags_in_two_networks_mean_nothing() -> None:
    link = "projects/p-prod/global/networks/"
    networks = [
        resource(f"google_compute_network.{name}", id=link + name, name=f"{name}-network") for name in ("one", "two")
    ]
    machines = [
        resource(
            f"google_compute_instance.{name}", name=name, tags=[tag], network_interface=[{"network": link + network}]
        )
        for name, tag, network in (("from-here", "from", "one"), ("to-here", "to", "one"), ("elsewhere", "to", "two"))
    ]
    allow = [{"protocol": "tcp", "ports": ["5432"]}]
    rule = resource(
        "google_compute_firewall.r", network=link + "one", allow=allow, source_tags=["from"], target_tags=["to"]
    )
    assert [c.id for c in found_in(*networks, *machines, rule).connections] == ["from-here:to-here"]
    closed = {"deny": [{"protocol": "all"}], "source_ranges": ["0.0.0.0/0"], "priority": 900}
    here, there = (resource("google_compute_firewall.d", network=link + name, **closed) for name in ("one", "two"))
    assert [c.id for c in found_in(*networks, *machines, rule, here).connections] == []
    assert [c.id for c in found_in(*networks, *machines, rule, there).connections] == ["from-here:to-here"]


def test_another_project_is_found() -> None:
    text = Import([state()], "gcp", "prod", GRADES).text()
    other = replace(
        state(), resources=tuple(replace(r, values={**r.values, "project": "other-prod"}) for r in state().resources)
    )
    (drift,) = drift_of(text, other)
    assert (drift.path[-1], drift.model, drift.file) == ("project", "market-prod", "other-prod")


def test_no_secret_is_written_or_shown() -> None:
    found = Import([state()], "gcp", "prod", GRADES)
    assert PLANTED in (FOLDER / "prod.state.json").read_text(encoding="utf-8")
    assert PLANTED not in found.text() + as_text(found.coverage) + as_json(found.coverage)


def test_every_resource_is_placed() -> None:
    coverage = Import([state()], "gcp", "prod").coverage
    assert coverage.complete, as_text(coverage)


def test_resources_of_another_cloud_are_reported_and_not_written() -> None:
    found = found_in(
        resource("google_pubsub_topic.placed", name="placed"), resource("aws_sqs_queue.orders", name="orders")
    )
    assert [*yaml.safe_load(found.text())["components"]] == ["placed"]
    assert "resources of another cloud:\n    aws_sqs_queue ×1" in as_text(found.coverage)
    assert not found.coverage.complete


def test_a_component_whose_product_is_not_known_is_left_out_with_the_reason() -> None:
    found = found_in(
        resource("google_pubsub_topic.placed", name="placed"),
        resource("google_sql_database_instance.old", name="old", database_version="ORACLE_19"),
    )
    assert [*yaml.safe_load(found.text())["components"]] == ["placed"]
    assert "what a model needs (product)" in as_text(found.coverage)


def test_subnets_of_other_regions_and_other_ranges_are_reported() -> None:
    network = resource("google_compute_network.main", id="projects/p-prod/global/networks/main", name="main-network")
    link = "projects/p-prod/global/networks/main"
    subnets = [
        resource(f"google_compute_subnetwork.{name}", network=link, ip_cidr_range=range_, region=region)
        for name, range_, region in (
            ("app", "10.1.0.0/20", "us-central1"),
            ("data", "10.1.16.0/24", "us-central1"),
            ("far", "10.1.32.0/20", "us-east1"),
            ("odd", "192.168.0.0/24", "us-central1"),
        )
    ]
    found = found_in(network, *subnets, resource("google_pubsub_topic.placed", name="placed"))
    model = yaml.safe_load(found.text())
    assert [*model["network"]["tiers"]] == ["app", "data"]
    assert model["clouds"]["gcp"]["assumed"] == ["availability_zones"]
    assert [r.address for r in found.coverage.networks] == [
        "google_compute_subnetwork.far",
        "google_compute_subnetwork.odd",
    ]


def test_routes_of_a_service_mesh_are_no_load_balancers() -> None:
    mesh = resource("google_compute_global_forwarding_rule.mesh", load_balancing_scheme="INTERNAL_SELF_MANAGED")
    inner = resource("google_compute_global_forwarding_rule.inner", load_balancing_scheme="INTERNAL_MANAGED")
    found = found_in(mesh, inner)
    assert [component.id for component in found.placed.components] == ["inner"]
    assert [r.name for r in found.placed.by_role["relation"]] == ["mesh"]


def test_flags_of_a_database_say_who_signs_in_and_how_many() -> None:
    flags = [{"name": "cloudsql.iam_authentication", "value": "on"}, {"name": "max_connections", "value": "400"}]
    values = {"database_version": "POSTGRES_17", "settings": [{"tier": "db-custom-2-8192", "database_flags": flags}]}
    found = found_in(resource("google_sql_database_instance.orders", **values))
    settings = found.placed.components[0].settings
    assert (settings["iam_authentication"][0], settings["max_connections"][0]) == (True, 400)


def test_the_number_of_copies_that_a_service_has_at_least_comes_before_that_of_its_revisions() -> None:
    def least(service: int, revisions: int) -> Any:
        scaling = {"scaling": [{"min_instance_count": service}]}
        template = {"scaling": [{"min_instance_count": revisions, "max_instance_count": 9}]}
        found = found_in(resource("google_cloud_run_v2_service.web", name="web", template=[template], **scaling))
        return found.placed.components[0].settings["scaling.min"][0]

    assert (least(2, 0), least(0, 1), least(0, 0)) == (2, 1, 0)


def test_a_preemptible_machine_is_spot_capacity_whatever_its_provisioning_model_says() -> None:
    def is_spot(**scheduling: Any) -> Any:
        found = found_in(resource("google_compute_instance.one", name="one", scheduling=[scheduling]))
        return found.placed.components[0].settings["spot"][0]

    assert is_spot(preemptible=True, provisioning_model="STANDARD") is True
    assert is_spot(preemptible=False, provisioning_model="STANDARD") is False
    assert is_spot(preemptible=None, provisioning_model="SPOT") is True


def test_an_autopilot_cluster_always_gives_identities_to_workloads() -> None:
    found = found_in(resource("google_container_cluster.one", name="one", enable_autopilot=True))
    assert found.placed.components[0].settings["workload_identity"][0] is True


@pytest.mark.parametrize(("count", "duration", "attempts"), [(0, "0s", 1), (2, "0s", 3), (0, "600s", None)])
def test_a_schedule_without_retries_tries_once_unless_it_retries_for_some_time(
    count: int, duration: str, attempts: int | None
) -> None:
    retries = [{"retry_count": count, "max_retry_duration": duration}]
    job = resource("google_cloud_scheduler_job.nightly", name="nightly", schedule="0 3 * * *", retry_config=retries)
    found = found_in(job)
    assert found.model["components"]["nightly"].get("max_attempts") == attempts
    assert found.placed.unread == {}
