"""`archgen drift`: states that Terraform wrote, changed by hand, against the model that was imported from them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archgen.drifting.formats import FORMATS, PrintedReport
from archgen.importing.connections import GRADES
from archgen.importing.folding import fold
from archgen.importing.importing import Import
from archgen.importing.terraform_json import TerraformFile, read, read_content
from drifted import (
    BUCKET,
    IMPORTS,
    PHASES,
    SYSTEMS,
    Edit,
    adding,
    drifts,
    edited,
    imported,
    line_of,
    model_text,
    queue,
    removing,
    report_of,
    resolved_of,
    resource,
    setting,
    state_of,
)

# -- nothing was changed -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["state", "plan"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_model_does_not_differ_from_what_it_was_imported_from(system: str, form: str) -> None:
    resolved = imported(system, form)
    report = report_of(resolved, read(str(IMPORTS / system / f"prod.{form}.json")))
    assert list(report.findings) == []
    assert set(report.coverage.compared) == set(resolved.default.components)
    assert len(report.coverage.values) > 10
    assert report.fit is None


def test_a_raw_state_is_compared_like_the_shown_one() -> None:
    report = report_of(imported("serverless"), read(str(IMPORTS / "serverless/prod.raw.json")))
    assert list(report.findings) == []
    assert len(report.coverage.compared) == 8


def test_a_proposal_that_was_not_accepted_is_a_connection_that_is_not_modeled() -> None:
    source = read(str(IMPORTS / "three-tier/prod.state.json"))
    without = resolved_of(Import([source], "aws", "prod").text())
    (drift,) = report_of(without, source).findings
    assert (drift.kind, drift.path) == ("connection", ("components", "app", "calls", "orders"))
    assert drift.addresses == ("aws_security_group.database",)
    assert "port 5432" in drift.message


# -- one thing was changed -----------------------------------------------------------------------------------


def test_a_changed_size_is_found_with_its_line_and_address() -> None:
    (drift,) = drifts("three-tier", setting("aws_db_instance.orders", instance_class="db.m6g.4xlarge"))
    assert (drift.kind, drift.path) == ("different", ("components", "orders", "size"))
    assert (drift.model, drift.file) == ("db.m6g.large", "db.m6g.4xlarge")
    assert (drift.addresses, drift.attribute) == (("aws_db_instance.orders",), "instance_class")
    assert drift.at
    assert drift.at.line == line_of("three-tier", "size:", "orders:")


@pytest.mark.parametrize(
    ("system", "edit", "path", "model", "file"),
    [
        ("serverless", setting("aws_lambda_function.worker", memory_size=128), "worker.memory_mib", "512", "128"),
        ("serverless", setting("aws_sqs_queue.orders", message_retention_seconds=86400), "orders.retention_days", "4", "1"),
        ("serverless", setting("aws_lambda_function.worker", runtime=""), "worker.runtime", "python3.13", "not set"),
        ("three-tier", setting("aws_db_instance.orders", backup_retention_period=0), "orders.backup.retention_days", "30", "not set"),
        ("three-tier", setting("aws_db_instance.orders", multi_az=False), "orders.multi_zone", "true", "false"),
        ("three-tier", setting("aws_db_instance.orders", engine_version="17.2"), "orders.engine_version", "16.4", "17.2"),
        ("three-tier", setting("aws_lb.shop", internal=True), "shop-load-balancer.scheme", "internet-facing", "internal"),
        ("three-tier", setting("aws_lb.shop", load_balancer_type="network"), "shop-load-balancer.product", "alb", "nlb"),
        ("three-tier", setting("aws_db_instance.orders", identifier="orders-2"), "orders.identifier", "shop-prod-orders", "orders-2"),
    ],
)  # fmt: skip
def test_each_changed_value_is_found_and_nothing_else(
    system: str, edit: Edit, path: str, model: str, file: str
) -> None:
    (drift,) = drifts(system, edit)
    assert (drift.kind, drift.path) == ("different", ("components", *path.split(".")))
    assert (drift.model, drift.file) == (model, file)


def test_dead_letters_that_go_to_another_queue_are_compared_by_component() -> None:
    def edit(resources: list[dict[str, Any]]) -> None:
        other = "arn:aws:sqs:eu-central-1:123456789012:others"
        adding("aws_sqs_queue.others", name="others", arn=other, id=other)(resources)
        values = resource(resources, "aws_sqs_queue.orders")["values"]
        values["redrive_policy"] = json.dumps({"deadLetterTargetArn": other, "maxReceiveCount": 5})

    report = report_of(imported("serverless"), edited("serverless", edit))
    assert [(d.kind, d.addresses) for d in report.findings] == [("not-modeled", ("aws_sqs_queue.others",))]
    reasons = {unknown.path: unknown.reason for unknown in report.coverage.unknown}
    assert "not in the model" in reasons["components", "orders", "dead_letters"]


def test_a_removed_queue_is_missing_at_its_line() -> None:
    found = drifts("serverless", removing("aws_sqs_queue.failed"))
    assert [(d.kind, d.path) for d in found] == [("missing", ("components", "failed"))]
    assert found[0].addresses == ("aws_sqs_queue.failed",)
    assert found[0].at
    assert found[0].at.line == line_of("serverless", "failed:")


def test_a_new_bucket_is_not_modeled_and_its_parts_are_not_reported() -> None:
    def edit(resources: list[dict[str, Any]]) -> None:
        adding("aws_s3_bucket.exports", bucket="shop-exports", id="shop-exports", arn="arn:aws:s3:::shop-exports")(
            resources
        )
        adding("aws_s3_bucket_policy.exports", bucket="shop-exports", policy="{}")(resources)

    (drift,) = drifts("serverless", edit)
    assert (drift.kind, drift.path, drift.addresses) == ("not-modeled", (), ("aws_s3_bucket.exports",))
    assert "object-store" in drift.message


@pytest.mark.parametrize(
    "edit",
    [
        lambda resources: resource(resources, "aws_security_group.database")["values"]["ingress"].append(
            {"from_port": 5432, "to_port": 5432, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"], "security_groups": []}
        ),
        lambda resources: adding(
            "aws_vpc_security_group_ingress_rule.open",
            security_group_id=resource(resources, "aws_security_group.database")["values"]["id"],
            cidr_ipv6="::/0",
            from_port=5432,
            to_port=5432,
        )(resources),
    ],
    ids=["in the group", "as a rule"],
)
def test_an_opened_security_group_of_a_private_component_is_a_connection(edit: Edit) -> None:
    (drift,) = drifts("three-tier", edit)
    assert (drift.kind, drift.path) == ("connection", ("components", "orders"))
    assert "any address to connect to 'orders' on port 5432" in drift.message
    assert drift.at
    assert drift.at.line == line_of("three-tier", "orders:")


def test_messages_that_are_let_in_are_no_connection() -> None:
    ping = {"from_port": 8, "to_port": -1, "protocol": "icmp", "cidr_blocks": ["0.0.0.0/0"], "security_groups": []}
    group = "aws_security_group.database"
    assert drifts("three-tier", lambda rs: resource(rs, group)["values"]["ingress"].append(ping)) == []


def test_a_changed_port_of_a_declared_connection_is_a_difference() -> None:
    found = drifts("three-tier", setting("aws_lb_target_group.app", port=9090))
    path = ("components", "shop-load-balancer", "calls", "app", "port")
    assert [(d.kind, d.path, d.model, d.file) for d in found] == [("different", path, "8080", "9090")]


def test_a_subnet_and_a_way_to_the_internet_are_compared() -> None:
    def edit(resources: list[dict[str, Any]]) -> None:
        vpc = resource(resources, "aws_vpc.this")["values"]["id"]
        values = {"vpc_id": vpc, "cidr_block": "10.20.99.0/24", "availability_zone": "eu-central-1a", "id": "subnet-9"}
        adding("aws_subnet.extra", **values)(resources)

    (drift,) = drifts("three-tier", edit)
    assert (drift.kind, drift.addresses) == ("not-modeled", ("aws_subnet.extra",))
    found = drifts("three-tier", removing("aws_nat_gateway.this"))
    assert ("network", "aws", "nat_gateways") in [d.path for d in found]


def test_a_subnet_in_one_more_zone_is_not_modeled() -> None:
    def edit(resources: list[dict[str, Any]]) -> None:
        first = next(e for e in resources if e["address"] == "aws_subnet.app[0]")
        more = {"availability_zone": "eu-central-1c", "cidr_block": "10.20.12.0/24", "id": "subnet-9", "arn": "arn:9"}
        resources.append(first | {"address": "aws_subnet.app[2]", "index": 2, "values": first["values"] | more})

    assert [(d.kind, d.addresses) for d in drifts("three-tier", edit)] == [("not-modeled", ("aws_subnet.app[2]",))]


def test_the_stack_of_the_network_alone_is_compared() -> None:
    def edit(resources: list[dict[str, Any]]) -> None:
        kept = ("aws_vpc", "aws_subnet", "aws_internet", "aws_nat", "aws_eip", "aws_route_table")
        resources[:] = [e for e in resources if e["type"].startswith(kept)]

    report = report_of(imported("three-tier"), edited("three-tier", edit), partial=True)
    assert (list(report.findings), report.empty, report.coverage.network) == ([], False, "aws_vpc.this")


def test_a_subnet_that_the_files_do_not_have_is_missing_unless_they_are_only_some() -> None:
    source = edited("three-tier", removing("aws_subnet.data[1]"))
    missing = [d for d in report_of(imported("three-tier"), source).findings if d.kind == "missing"]
    assert [(d.path, d.model) for d in missing] == [(("network", "tiers", "data"), "10.20.21.0/24")]
    assert [d for d in report_of(imported("three-tier"), source, partial=True).findings if d.kind == "missing"] == []


def test_files_of_another_account_or_range_differ_in_what_says_so() -> None:
    source = read(str(IMPORTS / "three-tier/prod.state.json"))
    text = model_text("three-tier")
    other = resolved_of(text.replace('"123456789012"', '"210987654321"'))
    assert [(d.path[-1], d.file) for d in report_of(other, source).findings] == [("account", "123456789012")]
    other = resolved_of(text.replace("cidr: 10.20.0.0/16", "cidr: 10.99.0.0/16"))
    assert [(d.path[-1], d.file) for d in report_of(other, source).findings] == [("cidr", "10.20.0.0/16")]
    other = resolved_of(text.replace("cidr: 10.20.0.0/16", "cidr: 10.99.0.0/16, assumed: [cidr]"))
    report = report_of(other, source)
    assert (list(report.findings), report.coverage.network) == ([], "")


def test_a_component_that_moved_to_another_tier_is_a_difference() -> None:
    def edit(resources: list[dict[str, Any]]) -> None:
        public = [e["values"]["id"] for e in resources if e["address"].startswith("aws_subnet.public")]
        resource(resources, "aws_autoscaling_group.app")["values"]["vpc_zone_identifier"] = public

    (drift,) = drifts("three-tier", edit)
    assert (drift.path, drift.model, drift.file) == (("components", "app", "placement"), "app", "public")


# -- what is not known is no difference ----------------------------------------------------------------------


def test_values_that_are_known_after_apply_are_counted_and_not_different() -> None:
    document = json.loads((IMPORTS / "three-tier/prod.plan.json").read_text(encoding="utf-8"))
    planned = resource(document["planned_values"]["root_module"]["resources"], "aws_db_instance.orders")
    planned["values"].pop("instance_class")
    change = next(c for c in document["resource_changes"] if c["address"] == "aws_db_instance.orders")
    change["change"]["after_unknown"]["instance_class"] = True
    report = report_of(imported("three-tier", "plan"), read_content(json.dumps(document).encode(), "plan.json"))
    assert list(report.findings) == []
    assert ("components", "orders", "size") in [
        u.path for u in report.coverage.unknown if u.reason == "known after apply"
    ]


def moving_policy(type_: str, receives: int) -> Edit:
    """Move the policy of a queue to a separate resource."""

    def edit(resources: list[dict[str, Any]]) -> None:
        values = resource(resources, "aws_sqs_queue.orders")["values"]
        policy = json.loads(values["redrive_policy"]) | {"maxReceiveCount": receives}
        values["redrive_policy"] = ""
        adding(f"{type_}.orders", queue_url=values["id"], redrive_policy=json.dumps(policy))(resources)

    return edit


def test_a_setting_that_a_part_states_is_compared_with_that_part() -> None:
    assert drifts("serverless", moving_policy("aws_sqs_queue_redrive_policy", 5)) == []
    (drift,) = drifts("serverless", moving_policy("aws_sqs_queue_redrive_policy", 9))
    assert (drift.path[-1], drift.model, drift.file) == ("max_receives", "5", "9")
    assert drift.addresses == ("aws_sqs_queue_redrive_policy.orders",)


def test_what_a_resource_of_an_unknown_type_may_state_is_not_different() -> None:
    edit = moving_policy("aws_moon_queue_policy", 5)
    report = report_of(imported("serverless"), edited("serverless", edit))
    assert list(report.findings) == []
    assert {u.path[-1] for u in report.coverage.unknown if "another resource" in u.reason} >= {"dead_letters"}
    assert "aws_moon_queue_policy ×1" in FORMATS["text"](PrintedReport(report, None, {}))
    without = setting("aws_sqs_queue.orders", redrive_policy="")
    assert {d.path[-1] for d in drifts("serverless", without)} == {"dead_letters", "max_receives"}


def test_a_setting_that_the_model_does_not_state_is_only_counted() -> None:
    resolved = resolved_of(model_text("serverless").replace("    timeout_seconds: 30\n", ""))
    report = report_of(resolved, edited("serverless", setting("aws_lambda_function.worker", timeout=60)))
    assert list(report.findings) == []
    assert ("components", "worker", "timeout_seconds") in report.coverage.unstated


def test_what_no_file_has_to_contain_is_not_missing() -> None:
    more = (
        "components:\n  buyers: {kind: actor, title: Buyers, calls: {worker: {}}}\n"
        "  ledger: {kind: external-system, title: Ledger}\n"
    )
    resolved = resolved_of(model_text("serverless").replace("components:\n", more))
    report = report_of(resolved, read(str(IMPORTS / "serverless/prod.state.json")))
    assert list(report.findings) == []
    assert set(report.coverage.uncovered) == {"buyers", "ledger"}


def test_of_several_stacks_only_one_makes_nothing_missing() -> None:
    both = [read(str(IMPORTS / system / "prod.state.json")) for system in ("serverless", "three-tier")]
    resolved = resolved_of(Import(both, "aws", "prod", GRADES).text())
    assert list(report_of(resolved, *both).findings) == []
    report = report_of(resolved, both[0], partial=True)
    assert [d for d in report.findings if d.kind == "missing"] == []
    assert set(report.coverage.uncovered.values()) == {"the files are only some of the stacks"}
    assert {d.kind for d in report_of(resolved, both[0]).findings} >= {"missing"}


# -- coordinates, plans and states ---------------------------------------------------------------------------


def test_the_coordinate_that_fits_best_is_named() -> None:
    resolved = resolved_of(PHASES)
    report = report_of(resolved, state_of("s.json", queue(14), BUCKET), at="aws,prod")
    assert report.fit
    assert (str(report.fit.coordinate), report.fit.differences, report.fit.instead_of) == ("aws, prod, growth", 0, 2)
    different = next(d for d in report.findings if d.kind == "different")
    assert (different.fits_at, different.condition) == ("aws, prod, growth", "before growth")
    text = FORMATS["text"](PrintedReport(report, None, {}))
    assert "The files fit aws, prod, growth better than aws, prod, mvp: no differences instead of 2." in text
    assert "which holds for before growth" in text


def test_a_plan_and_a_state_say_who_is_ahead() -> None:
    resolved = resolved_of(PHASES)

    def ahead(at: str, state: int, plan: int) -> list[str]:
        sources = (state_of("s.json", queue(state)), state_of("p.json", queue(plan), form="plan"))
        return [d.ahead for d in report_of(resolved, *sources, at=at).findings if d.kind == "different"]

    assert ahead("aws,prod,mvp", 4, 4) == []
    assert ahead("aws,prod,mvp", 4, 14) == ["the state agrees with the model: the plan is ahead of both"]
    assert ahead("aws,prod,mvp", 14, 4) == ["the plan agrees with the model: the state is behind both"]
    assert ahead("aws,prod,mvp", 14, 14) == ["the plan and the state agree: the model differs from both"]
    assert ahead("aws,prod,mvp", 10, 14) == ["all three differ: the state has 10"]
    report = report_of(
        resolved, state_of("s.json", queue(14)), state_of("p.json", queue(14), form="plan"), at="aws,prod,growth"
    )
    assert [(d.kind, d.ahead) for d in report.findings] == [
        ("missing", "neither the plan nor the state has it: the model is ahead")
    ]


def test_what_a_plan_leaves_open_is_not_said_to_agree() -> None:
    resolved = resolved_of(PHASES)
    nothing = ("aws_sqs_queue.main", {"name": "jobs"})
    sources = (state_of("s.json", queue(10)), state_of("p.json", nothing, form="plan"))
    (found,) = report_of(resolved, *sources, at="aws,prod").findings
    assert found.ahead == "only the state differs from the model; the plan does not say what it will be"
    sources = (state_of("s.json", nothing), state_of("p.json", queue(10), form="plan"))
    (found,) = report_of(resolved, *sources, at="aws,prod").findings
    assert found.ahead == "only the plan differs from the model; the state does not say what it is"
    sources = (state_of("s.json", BUCKET), state_of("p.json", BUCKET, queue(10), form="plan"))
    ahead = {d.kind: d.ahead for d in report_of(resolved, *sources, at="aws,prod,growth").findings}
    assert ahead == {
        "missing": "the plan agrees with the model: the state is behind both",
        "different": "only the plan differs from the model; the state does not say what it is",
    }


def test_two_differences_of_one_component_stay_two_with_a_plan_and_a_state() -> None:
    def opening(*ports: int) -> Edit:
        rules = [{"from_port": p, "to_port": p, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]} for p in ports]
        return lambda rs: resource(rs, "aws_security_group.database")["values"]["ingress"].extend(rules)

    state = edited("three-tier", opening(22, 5432), file="state.json")
    plan = replace(edited("three-tier", opening(5432), file="plan.json"), form="plan")
    found = report_of(imported("three-tier"), state, plan).findings
    assert [(d.file, d.ahead) for d in found] == [
        ("any address on port 22", "the plan agrees with the model: the state is behind both"),
        ("any address on port 5432", "the plan and the state agree: the model differs from both"),
    ]


def test_a_resource_without_an_address_in_the_model_is_recognized_by_its_name_or_id() -> None:
    resolved = resolved_of(PHASES)
    report = report_of(resolved, state_of("s.json", queue(4)), at="aws,prod")
    assert (list(report.findings), dict(report.coverage.compared)) == ([], {"jobs": "name"})
    nameless = ("aws_sqs_queue.jobs", {"message_retention_seconds": 345600})
    report = report_of(resolved, state_of("s.json", nameless), at="aws,prod")
    assert (list(report.findings), dict(report.coverage.compared)) == ([], {"jobs": "ID and kind"})


def test_instances_that_only_one_side_has_are_named() -> None:
    addresses = "terraform_addresses: ['aws_sqs_queue.jobs[0]', 'aws_sqs_queue.jobs[1]']"
    resolved = resolved_of(PHASES.replace("    retention_days: 4\n", f"    retention_days: 4\n    {addresses}\n"))

    def instances(*numbers: int) -> TerraformFile:
        entries: list[dict[str, Any]] = []
        for number in numbers:
            adding("aws_sqs_queue.jobs", message_retention_seconds=345600)(entries)
            entries[-1] |= {"address": f"aws_sqs_queue.jobs[{number}]", "index": number}
        document = {"format_version": "1.0", "values": {"root_module": {"resources": entries}}}
        return read_content(json.dumps(document).encode(), "s.json")

    assert list(report_of(resolved, instances(0, 1), at="aws,prod").findings) == []
    (gone,) = report_of(resolved, instances(0), at="aws,prod").findings
    assert (gone.kind, gone.addresses) == ("missing", ("aws_sqs_queue.jobs[1]",))
    (more,) = report_of(resolved, instances(0, 1, 2), at="aws,prod").findings
    assert (more.kind, more.addresses) == ("not-modeled", ("aws_sqs_queue.jobs[2]",))


# -- two environments in one model ---------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["state", "plan"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_model_with_two_folded_environments_differs_from_neither(system: str, form: str) -> None:
    files = {environment: read(str(IMPORTS / system / f"{environment}.{form}.json")) for environment in ("prod", "dev")}
    model = Path("architecture.yaml")
    result = fold(model, {model.name: model_text(system, form)}, [files["dev"]], ("aws", "dev"), GRADES)
    assert not result.problems
    resolved = resolved_of(result.texts[model.name])
    for environment, source in files.items():
        report = report_of(resolved, source, at=f"aws,{environment}")
        assert [(d.message, d.at) for d in report.findings] == []
        assert set(report.coverage.compared) == set(resolved.architectures[report.coordinate].components)
        assert report.fit is None


def test_files_of_another_environment_fit_that_one() -> None:
    files = {
        environment: read(str(IMPORTS / f"three-tier/{environment}.state.json")) for environment in ("prod", "dev")
    }
    model = Path("architecture.yaml")
    result = fold(model, {model.name: model_text("three-tier")}, [files["dev"]], ("aws", "dev"), GRADES)
    report = report_of(resolved_of(result.texts[model.name]), files["dev"], at="aws,prod")
    assert report.fit
    assert (report.fit.coordinate.environment, report.fit.differences) == ("dev", 0)
    size = next(d for d in report.findings if d.path == ("components", "orders", "size"))
    assert (size.model, size.file, size.condition) == ("db.m6g.large", "db.t4g.small", "prod")
    assert size.fits_at == "aws, dev"
