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

from archgen.commands.import_writing import add_environments
from archgen.importing.connections import GRADES
from archgen.importing.importing import Import
from archgen.importing.references import ResourceIndex
from archgen.importing.report import as_json, as_text
from archgen.importing.resource import Resource
from archgen.importing.terraform_json import UnusableError, read, read_content
from archgen.pipeline import check, load
from imports import DATA, PLANTED, SYSTEMS, archgen, imported, read_files, report, state_of


@pytest.mark.parametrize("form", ["state", "plan"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_model_that_archgen_can_use_is_written(system: str, form: str, tmp_path: Path) -> None:
    target = tmp_path / "architecture.yaml"
    target.write_text(read_files(DATA / system / f"prod.{form}.json").text(), encoding="utf-8")
    loaded = load(target)
    assert loaded.project, loaded.diagnostics
    assert not [d for d in check(loaded.project).findings if d.code.startswith("ARC-")]


@pytest.mark.slow
def test_the_command_writes_the_model_and_says_what_is_next(tmp_path: Path) -> None:
    target = tmp_path / "architecture.yaml"
    state = DATA / "serverless" / "prod.state.json"
    done = archgen("import", str(state), "--at", "aws,prod", "--into", str(target), "--name", "Parcel shop")
    assert done.code == 0, done.err
    assert "8 components from 8 resources" in done.out
    assert "archgen validate" in done.err
    assert yaml.safe_load(target.read_text(encoding="utf-8"))["name"] == "Parcel shop"


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_written_can_be_built_at_once(system: str, tmp_path: Path) -> None:
    target = tmp_path / "architecture.yaml"
    of_day = ("--today", "2026-12-01")
    assert (
        archgen(
            "import", *of_day, str(DATA / system / "prod.state.json"), "--at", "aws,prod", "--into", str(target)
        ).code
        == 0
    )
    loaded = load(target)
    assert loaded.project
    assert {"mkdocs.yml", ".gitignore", "schema"} <= {file.name for file in tmp_path.iterdir()}
    findings = check(loaded.project, of_day[1]).findings
    assert [finding for finding in findings if finding.severity == "error"] == []
    tolerated = yaml.safe_load(target.read_text(encoding="utf-8")).get("rules", {}).get("severities", {})
    assert {*tolerated} <= {finding.code for finding in findings}  # and only what is found


@pytest.mark.slow
def test_a_version_that_has_lost_its_support_is_a_warning(tmp_path: Path) -> None:
    clusters = state_of(("aws_eks_cluster.main", {"name": "main", "version": "1.29"}), folder=tmp_path)
    for day, rules in (("2024-05-01", None), ("2026-12-01", {"severities": {"K8S602": "warning"}})):
        target = tmp_path / day / "architecture.yaml"
        added = add_environments(target, {("aws", "prod"): [read(str(clusters))]}, (), "", today=day)
        assert added.write() == 0
        assert yaml.safe_load(target.read_text(encoding="utf-8")).get("rules") == rules


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


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_files_that_shells_of_windows_write_are_read(encoding: str, tmp_path: Path) -> None:
    file = state_of(("aws_sqs_queue.jobs", {"name": "jöbs"}), folder=tmp_path)
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    file.write_bytes(f"{mark}{file.read_text(encoding='utf-8')}".encode(encoding))
    assert [c.named for c in read_files(file).placed.components] == ["jöbs"]


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


@pytest.mark.slow
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


def test_no_report_and_no_model_has_a_text_that_looks_like_a_secret(tmp_path: Path) -> None:
    keys = ["AKIA" + "IOSFODNN7EXAMPLE", "AKIA" + "IOSFODNN7EXAMPLF"]
    state = state_of(*((f'aws_sns_topic.one["{key}"]', {"name": key}) for key in keys), folder=tmp_path)
    document = json.loads(state.read_text(encoding="utf-8"))
    for resource, key in zip(document["values"]["root_module"]["resources"], keys, strict=True):
        resource |= {"name": "one", "index": key}
    state.write_text(json.dumps(document), encoding="utf-8")
    found = read_files(state)
    for text in (as_json(found.coverage), found.text()):
        assert not [key for key in keys if key.lower() in text.lower()]
        assert "(secret 1)" in text
        assert "(secret 2)" in text
    assert [c.id for c in found.placed.components] == ["one-secret-1", "one-secret-2"]
