"""`archgen import`: three systems that Terraform applied, their states and plans, and files that are neither."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from archgen.importing.connections import GRADES
from archgen.importing.importing import Import
from archgen.importing.references import ResourceIndex
from archgen.importing.report import as_json, as_text
from archgen.importing.resource import Resource
from archgen.importing.terraform_json import UnusableError, read, read_content
from archgen.pipeline import check, load
from conftest import Result
from conftest import archgen as run

DATA = Path(__file__).parents[1] / "data" / "imports"
SYSTEMS = ("containers", "serverless", "three-tier")
PLANTED = "planted-secret"


def archgen(*arguments: str) -> Result:
    return run(*arguments, cwd=DATA)


def report(file: Path) -> dict:
    return json.loads(as_json(read_files(file).coverage))


def read_files(*files: Path, accept: tuple[str, ...] = ()) -> Import:
    return Import([read(str(file)) for file in files], "aws", "prod", accept)


def imported(*files: Path, accept: tuple[str, ...] = ()) -> dict:
    """The model that is written, as plain data."""
    return yaml.safe_load(read_files(*files, accept=accept).text())


@pytest.mark.parametrize("form", ["state", "plan"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_model_that_archgen_can_use_is_written(system: str, form: str, tmp_path: Path) -> None:
    target = tmp_path / "architecture.yaml"
    target.write_text(read_files(DATA / system / f"prod.{form}.json").text(), encoding="utf-8")
    loaded = load(target)
    assert loaded.project, loaded.diagnostics
    assert not [d for d in check(loaded.project).findings if d.code.startswith("ARC-")]


def test_the_command_writes_the_model_and_says_what_is_next(tmp_path: Path) -> None:
    target = tmp_path / "architecture.yaml"
    state = DATA / "serverless" / "prod.state.json"
    done = archgen("import", str(state), "--at", "aws,prod", "--into", str(target), "--name", "Parcel shop")
    assert done.code == 0, done.err
    assert "8 components from 8 resources" in done.out
    assert "archgen validate" in done.err
    assert yaml.safe_load(target.read_text(encoding="utf-8"))["name"] == "Parcel shop"


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_written_can_be_built_at_once(system: str, tmp_path: Path) -> None:
    target = tmp_path / "architecture.yaml"
    assert (
        archgen("import", str(DATA / system / "prod.state.json"), "--at", "aws,prod", "--into", str(target)).code == 0
    )
    loaded = load(target)
    assert loaded.project
    assert {"mkdocs.yml", ".gitignore", "schema"} <= {file.name for file in tmp_path.iterdir()}
    findings = check(loaded.project).findings
    assert [finding for finding in findings if finding.severity == "error"] == []
    tolerated = yaml.safe_load(target.read_text(encoding="utf-8")).get("rules", {}).get("severities", {})
    assert {*tolerated} <= {finding.code for finding in findings}  # and only what is found


def test_settings_are_those_of_the_resources_with_their_units() -> None:
    components = imported(DATA / "serverless" / "prod.state.json")["components"]
    orders = components["orders"]
    assert (orders["retention_days"], orders["visibility_timeout_seconds"], orders["max_message_kib"]) == (4, 180, 256)
    assert (orders["dead_letters"], orders["max_receives"]) == ("failed", 5)
    assert components["worker"]["memory_mib"] == 512
    assert components["parcels"]["point_in_time_recovery"] is True
    assert components["labels"]["versioned"] is True
    assert components["nightly"] == {
        "kind": "schedule",
        "title": "Nightly",
        "product": "eventbridge",
        "expression": "cron(30 2 * * ? *)",
        "terraform_addresses": ["aws_cloudwatch_event_rule.nightly"],
        "calls": {"worker": {"kind": "event", "data": "sent"}},
    }
    assert "reserved_concurrency" not in components["worker"]  # -1 says that there is none


def test_declared_connections_are_written_and_others_proposed() -> None:
    state = DATA / "serverless" / "prod.state.json"
    found = {(c["from"], c["to"]): c for c in report(state)["connections"]}
    assert found["worker", "orders"]["evidence"] == ["aws_lambda_event_source_mapping.orders"]
    assert found["worker", "parcels"]["follows_from"] == "permitted"
    assert {ends for ends, c in found.items() if c["written"]} == {
        ("nightly", "worker"), ("orders", "failed"), ("placed", "orders"), ("worker", "orders"),
    }  # fmt: skip
    assert "parcels" not in imported(state)["components"]["worker"]["calls"]
    assert "parcels" in imported(state, accept=("worker:parcels",))["components"]["worker"]["calls"]


def test_the_network_has_tiers_with_the_ranges_and_ways_of_its_subnets() -> None:
    model = imported(DATA / "three-tier" / "prod.state.json", accept=("permitted",))
    assert model["network"]["tiers"] == {
        "public": {"name": "Public", "internet": "both", "prefix_length": 24, "netnum": 0},
        "app": {"name": "App", "internet": "outbound", "prefix_length": 24, "netnum": 10},
        "data": {"name": "Data", "internet": "none", "prefix_length": 24, "netnum": 20},
    }
    assert model["environments"]["prod"]["aws"]["cidr"] == "10.20.0.0/16"
    components = model["components"]
    assert {id_: c["placement"] for id_, c in components.items() if "placement" in c} == {
        "app": "app", "orders": "data", "sessions": "data", "shop-load-balancer": "public",
    }  # fmt: skip
    assert components["app"]["calls"] == {"orders": {"port": 5432}}
    assert components["shop-load-balancer"]["calls"] == {"app": {"protocol": "http", "port": 8080}}
    assert components["shop-load-balancer"]["tls"] is True
    assert components["data"]["protects"] == ["orders"]


def test_a_range_that_is_not_known_to_reach_the_internet_is_assumed() -> None:
    model = imported(DATA / "containers" / "prod.state.json")
    assert model["network"]["tiers"]["private"]["assumed"] == ["internet"]
    assert model["components"]["encoder"]["memory_mib"] == 2048  # of its task definition, not that of the other service
    assert model["components"]["api-container-service"]["memory_mib"] == 512


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_plan_gives_the_components_and_connections_of_the_state(system: str) -> None:
    reports = [report(DATA / system / f"prod.{form}.json") for form in ("state", "plan")]
    state, plan = ({c["id"]: (c["kind"], c["product"]) for c in one["components"]} for one in reports)
    assert state == plan
    ends = [{(c["from"], c["to"], c["follows_from"]) for c in one["connections"]} for one in reports]
    assert ends[0] == ends[1]


def test_a_raw_state_gives_the_same_model_as_the_shown_one() -> None:
    shown = imported(DATA / "serverless" / "prod.state.json")
    assert imported(DATA / "serverless" / "prod.raw.json") == shown


def test_nothing_that_is_secret_is_written_or_shown() -> None:
    for system in SYSTEMS:
        assert PLANTED in (DATA / system / "prod.state.json").read_text(encoding="utf-8")
        for file in sorted((DATA / system).glob("prod.*")):
            found = read_files(file, accept=("permitted", "configured"))
            assert PLANTED not in found.text() + as_text(found.coverage) + as_json(found.coverage)


def test_values_that_are_marked_as_sensitive_are_dropped_while_reading() -> None:
    state = json.loads((DATA / "three-tier" / "prod.state.json").read_text(encoding="utf-8"))
    database = next(r for r in state["values"]["root_module"]["resources"] if r["type"] == "aws_db_instance")
    assert PLANTED in json.dumps(database)
    source = read_content(json.dumps(state).encode(), "state.json")
    (found,) = (r for r in source.resources if r.type == "aws_db_instance")
    assert PLANTED not in repr(found.values)


@pytest.mark.parametrize("step", [{"a": 1}, ["l"], None, float("nan")])
def test_everything_is_dropped_if_it_is_not_clear_what_is_sensitive(step: Any) -> None:
    state = json.loads((DATA / "serverless" / "prod.raw.json").read_text(encoding="utf-8"))
    block = next(b for b in state["resources"] if b["type"] == "aws_sqs_queue")
    block["instances"][0] |= {"sensitive_attributes": [[{"type": "index", "value": {"value": step}}]]}
    source = read_content(json.dumps(state).encode(), "state.json")
    (found,) = (r for r in source.resources if r.type == "aws_sqs_queue" and not r.values)
    assert found.name == block["name"]


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "1" + "0" * 400])
def test_a_number_that_no_setting_can_have_is_not_read(number: str) -> None:
    text = (DATA / "serverless" / "prod.state.json").read_text(encoding="utf-8")
    assert '"message_retention_seconds":345600' in text.replace(": ", ":")
    content = re.sub(r'("message_retention_seconds":\s*)345600', rf"\g<1>{number}", text)
    found = Import([read_content(content.encode(), "x.json")], "aws", "prod")
    queue = next(c for c in found.placed.components if c.id == "orders")
    assert "retention_days" not in queue.settings
    assert found.placed.unread["aws_sqs_queue.message_retention_seconds"]


def test_a_policy_that_no_reader_understands_permits_nothing() -> None:
    state = json.loads((DATA / "serverless" / "prod.state.json").read_text(encoding="utf-8"))
    for resource in state["values"]["root_module"]["resources"]:
        for name in {"policy", "redrive_policy"} & {*resource["values"]}:
            resource["values"][name] = f'{{"maxReceiveCount": {"9" * 5000}}}'
    found = Import([read_content(json.dumps(state).encode(), "x.json")], "aws", "prod", GRADES)
    assert "max_receives" not in next(c for c in found.placed.components if c.id == "orders").settings
    assert [c for c in found.connections if c.grade == "permitted"] == []


def test_several_stacks_are_one_system_and_the_same_stack_twice_is_refused(tmp_path: Path) -> None:
    model = imported(DATA / "serverless" / "prod.state.json", DATA / "three-tier" / "prod.state.json")
    assert {"worker", "shop-load-balancer", "orders-queue", "orders-relational-database"} <= set(model["components"])
    state, plan = (str(DATA / "serverless" / f"prod.{form}.json") for form in ("state", "plan"))
    done = archgen("import", state, plan, "--at", "aws,prod", "--into", str(tmp_path / "new" / "architecture.yaml"))
    assert done.code == 2
    assert "ARC-I003" in done.err
    assert not (tmp_path / "new").exists()


def test_types_that_archgen_does_not_know_are_counted_and_fail(tmp_path: Path) -> None:
    state = json.loads((DATA / "serverless" / "prod.state.json").read_text(encoding="utf-8"))
    strange = {"mode": "managed", "type": "aws_moon_base", "name": "one", "address": "aws_moon_base.one", "values": {}}
    state["values"]["root_module"]["resources"].append(strange)
    file = tmp_path / "state.json"
    file.write_text(json.dumps(state), encoding="utf-8")
    done = archgen("import", str(file), "--at", "aws,prod")
    assert done.code == 1
    assert "aws_moon_base ×1" in done.out
    assert archgen("import", str(file), "--at", "aws,prod", "--allow-unknown").code == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it is empty"),
        (b"PK\x03\x04plan", "Terraform's binary format"),
        (b"\xff\xfe\x00", "it is not text"),
        (b"resource {}", "it is not JSON"),
        (b'{"format_version": "1.0", "values": {"root_module"', "ends in the middle"),
        (b"[]", "neither a state nor a plan"),
        (b'{"a": 1}', "neither a state nor a plan"),
        (b'{"format_version": "2.0", "values": {}}', "format version 2.0"),
        (b'{"version": 3, "lineage": "x", "modules": []}', "state of version 3"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"format_version": ' + b"9" * 5000 + b"}", "too many digits"),
        (b'{"format_version": "1.0", "values": "\\ud83d"}', "half of a character"),
        (
            b'{"format_version": "1.0", "values": {"root_module": '
            + b'{"child_modules": [' * 480
            + b"]}" * 480
            + b"}}",
            "nested too deeply",
        ),
    ],
)
def test_what_is_no_state_and_no_plan_is_one_diagnostic_with_the_way_out(content: bytes, says: str) -> None:
    with pytest.raises(UnusableError, match=says) as caught:
        read_content(content, "x.json")
    assert "terraform show -json" in caught.value.help or "version of archgen" in caught.value.help


def test_names_cannot_change_the_terminal_or_the_model(tmp_path: Path) -> None:
    state = json.loads((DATA / "serverless" / "prod.state.json").read_text(encoding="utf-8"))
    for resource in state["values"]["root_module"]["resources"]:
        resource["type"] = resource["type"].replace("aws_sqs_queue", "aws_\x1b[31m")
        resource["values"]["name"] = "x\n\x1b]0;{}: [&"
    file = tmp_path / "state.json"
    file.write_text(json.dumps(state), encoding="utf-8")
    found = read_files(file)
    assert "\x1b" not in as_text(found.coverage) + found.text()
    assert {"placed", "worker"} <= set(yaml.safe_load(found.text())["components"])


def test_an_empty_state_and_an_existing_model_are_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text('{"format_version": "1.0", "terraform_version": "1.11.4"}', encoding="utf-8")
    done = archgen("import", str(empty), "--at", "aws,prod")
    assert (done.code, "ARC-I002" in done.err) == (2, True)
    target = tmp_path / "architecture.yaml"
    target.write_text("kept", encoding="utf-8")
    state = DATA / "serverless" / "prod.state.json"
    assert archgen("import", str(state), "--at", "aws,prod", "--into", str(target)).code == 2
    assert target.read_text(encoding="utf-8") == "kept"
    assert archgen("import", str(state), "--at", "azure,prod").code == 2
    assert archgen("import", str(state), "--at", "aws,prod", "--accept", "no:thing").code == 2


# -- what a state says that the three systems do not ---------------------------------------------------------


def state_of(*resources: tuple[str, dict[str, Any]], folder: Path) -> Path:
    """A state with resources, each by its address and its values."""
    entries = [
        {
            "mode": "managed",
            "type": address.split(".")[0],
            "name": address.split(".")[1],
            "address": address,
            "values": values,
        }
        for address, values in resources
    ]
    file = folder / "state.json"
    file.write_text(
        json.dumps({"format_version": "1.0", "values": {"root_module": {"resources": entries}}}), encoding="utf-8"
    )
    return file


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
    assert "the files do not state what a model needs (form, joins)" in as_text(found.coverage)
    assert not found.coverage.complete


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_files_that_shells_of_windows_write_are_read(encoding: str, tmp_path: Path) -> None:
    file = state_of(("aws_sqs_queue.jobs", {"name": "jöbs"}), folder=tmp_path)
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    file.write_bytes(f"{mark}{file.read_text(encoding='utf-8')}".encode(encoding))
    assert [c.named for c in read_files(file).placed.components] == ["jöbs"]


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


# -- anything that is JSON -----------------------------------------------------------------------------------

ODD = [
    None,
    True,
    -1,
    1.5,
    "",
    "x",
    "\x1b[31m\n",
    "999.1.1.1/99",
    [],
    {},
    [1, [2]],
    {"a": {"b": [None]}},
    ["x"],
    "a" * 3000,
    2**70,
]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_value_of_a_file_is_too_odd(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(sorted(DATA.rglob("prod.*.json"))))
    document = json.loads(file.read_text(encoding="utf-8"))
    for _ in range(data.draw(st.integers(1, 6))):
        holder: Any = document
        while True:
            keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
            key = data.draw(st.sampled_from(list(keys)))
            inner = holder[key]
            if not (isinstance(inner, (dict, list)) and inner) or data.draw(st.integers(0, 9)) == 0:
                break
            holder = inner
        holder[key] = deepcopy(data.draw(st.sampled_from(ODD)))
        if not document:
            break
    try:
        found = Import([read_content(json.dumps(document).encode(), "x.json")], "aws", "prod", GRADES)
    except UnusableError:
        return
    report_text = as_text(found.coverage) + as_json(found.coverage)
    assert "\x1b" not in report_text
    assert isinstance(yaml.safe_load(found.text()), dict)


def test_only_a_zone_is_known_by_its_id_so_that_many_records_stay_fast() -> None:
    def found(address: str, **values: Any) -> Resource:
        type_, _, name = address.partition(".")
        return Resource("x.json", address, type_, name, (), None, values)

    zone = found("aws_route53_zone.public", zone_id="Z0123456789ABC", name="example.com")
    records = [found(f"aws_route53_record.r{n}", zone_id="Z0123456789ABC", name=f"r{n}") for n in range(20)]
    index = ResourceIndex([zone, *records])
    assert index.all_from(records[0]) == (zone,)
    assert index.all_to(zone) == tuple(records)


def test_a_component_in_a_further_network_is_named_with_its_subnets(tmp_path: Path) -> None:
    zones = ("eu-west-1a", "eu-west-1b")
    resources = [("aws_vpc.main", {"id": "vpc-0001", "cidr_block": "10.0.0.0/16"})]
    resources += [("aws_vpc.shared", {"id": "vpc-0002", "cidr_block": "10.1.0.0/16"})]
    for vpc, cidr, name, count in (("vpc-0001", "10.0", "app", 2), ("vpc-0002", "10.1", "shared", 1)):
        for number in range(count):
            values = {"id": f"subnet-{name}{number}", "vpc_id": vpc, "cidr_block": f"{cidr}.{number}.0/24"}
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


def test_the_report_has_no_text_that_looks_like_a_secret(tmp_path: Path) -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLE"
    coverage = read_files(state_of((f'aws_sns_topic.one["{key}"]', {"name": "one"}), folder=tmp_path)).coverage
    assert (key in as_json(coverage), "(secret)" in as_json(coverage)) == (False, True)
