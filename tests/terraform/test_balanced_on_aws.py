"""Variable files of load balancers on AWS, and of what they pass requests on to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from archgen.pipeline import check, load
from archgen.project import Project
from conftest import ROOT
from terraforming import all_values_of, problems_of

MODEL = (ROOT / "tests/data/models/balanced-on-aws.yaml").read_text(encoding="utf-8")


def read(folder: Path, text: str) -> Project:
    (folder / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(folder / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return loaded.project


def changed(*pairs: str) -> str:
    """The model with texts replaced, which must be there: each old text is followed by the new one."""
    text = MODEL
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = read(tmp_path_factory.mktemp("balanced"), MODEL)
    assert not problems_of(project, "ARC-F002", "ARC-F003", "ARC-F005", "ARC-F026", "ARC-F041")
    return all_values_of(project)


# -- what the model states ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("reports: {paths", "report: {paths", "'front' has a backend 'report', but no call with that key"),
        ("shop: {default: true}", "shop: {}", "the model does not state which requests of 'front' go to 'shop'"),
        ("shop: {default: true}", "shop: {}", "which backend of 'front' gets all other requests"),
        ("/reports/*], priority: 20}", "/reports/*], default: true, priority: 20}", "several default backends"),
        ("priority: 20", "priority: 10", "the backends 'reports' and 'licenses' of 'front' have the same priority"),
        (", priority: 20", "", "the backend 'reports' of 'front' has no place in the order of requests"),
    ],
)
def test_backends_that_do_not_determine_where_requests_go_are_errors(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    judgment = check(read(tmp_path, changed(old, new)), "2026-11-25").judgment
    found = [d for d in judgment.findings if d.code == "ARC-M013"]
    assert said in str([d.message for d in found])
    assert {d.severity for d in found} == {"error"}


# -- load balancers ----------------------------------------------------------------------------------------


def test_each_backend_has_a_target_group(made: dict[str, Any]) -> None:
    groups = made["alb_front"]["backends"]
    assert groups == {
        "desk": {"name_prefix": "desk-", "port": 8000, "protocol": "HTTP", "target_type": "instance"},
        "licenses": {
            "health_path": "/alive",
            "health_port": 8081,
            "name_prefix": "licen-",
            "port": 8443,
            "protocol": "HTTPS",
            "target_type": "instance",
        },
        "reports": {"function": "reports", "name_prefix": "repor-", "target_type": "lambda"},
        "shop": {
            "health_path": "/healthz",
            "name_prefix": "shop-",
            "port": 8080,
            "protocol": "HTTP",
            "target_type": "ip",
        },
    }


def test_requests_go_where_the_model_states(made: dict[str, Any]) -> None:
    front, inner = made["alb_front"], made["alb_inner"]
    assert front["default_backend"] == "shop"
    assert front["requests"] == {
        "desk": {"hosts": [], "paths": ["/desk", "/desk/*"], "priority": 30},
        "licenses": {"hosts": ["licenses.shop.example"], "paths": ["/check"], "priority": 10},
        "reports": {"hosts": [], "paths": ["/reports", "/reports/*"], "priority": 20},
    }
    assert (inner["default_backend"], inner["requests"]) == ("stock", {})


def test_a_load_balancer_for_people_redirects_plain_requests(made: dict[str, Any]) -> None:
    assert made["alb_front"]["listening"] == {
        "http": {"port": 80, "protocol": "HTTP", "redirects": True},
        "https": {"port": 443, "protocol": "HTTPS", "redirects": False},
    }
    assert made["alb_inner"]["listening"] == {"http": {"port": 80, "protocol": "HTTP", "redirects": False}}
    ingress = made["security_groups"]["ingress"]
    assert {name for name in ingress if name.startswith("front-")} == {
        "front-443-tcp-from-0.0.0.0/0",
        "front-80-tcp-from-0.0.0.0/0",
    }


def test_a_load_balancer_may_ask_for_health_at_another_port(made: dict[str, Any]) -> None:
    groups = made["security_groups"]
    assert groups["ingress"]["licenses-8081-tcp-from-front"]["other_group"] == "front"
    assert groups["egress"]["front-8081-tcp-to-licenses"]["port"] == 8081


def test_a_load_balancer_has_the_settings_of_the_model(made: dict[str, Any]) -> None:
    front, inner = made["alb_front"], made["alb_inner"]
    assert (front["internal"], inner["internal"]) == (False, True)
    assert (front["enable_deletion_protection"], inner["enable_deletion_protection"]) == (True, False)
    assert (front["certificate"], inner["certificate"]) == ("acm", None)
    assert (front["web_acl"], inner["web_acl"]) == ("firewall", None)
    assert (front["records"], inner["records"]) == (["licenses.shop.example", "shop.example"], [])
    assert front["subnets_in"] == {"positions": [0, 1, 2], "role": "public"}
    # The tier `more` has the first private subnets, whose addresses are lower than those of `app`.
    assert inner["subnets_in"] == {"positions": [0, 1, 2], "role": "private"}


def test_behind_a_cdn_a_load_balancer_accepts_only_its_requests(tmp_path: Path) -> None:
    cdn = "  cdn: {kind: cdn, title: CDN, product: cloudfront, calls: {front: {protocol: https}}}\n  names:"
    text = changed("calls: {front: {protocol: https}}}\n  names:", f"calls: {{cdn: {{protocol: https}}}}}}\n{cdn}")
    made = all_values_of(read(tmp_path, text.replace("[route53, acm]", "[route53, acm-regional]")))
    front = made["alb_front"]
    assert set(front["listening"]) == {"https"}
    assert (front["certificate"], front["web_acl"]) == ("acm-regional", None)
    assert front["records"] == ["origin.shop.example"]
    ingress = [rule for rule in made["security_groups"]["ingress"].values() if rule["group"] == "front"]
    assert [rule.get("prefix_list") for rule in ingress] == ["com.amazonaws.global.cloudfront.origin-facing"]


def test_backends_on_a_cluster_are_left_to_the_controller(tmp_path: Path) -> None:
    settings = (
        "kind: kubernetes-cluster, title: Cluster, product: eks, endpoint: private, node_pools: {}, nodes_in: app"
    )
    cluster = f"  kubernetes: {{{settings}}}\n  inner:"
    text = changed(
        "kind: container-service, title: Stock, product: ecs-service, runs_on: cluster",
        "kind: service, title: Stock, runs_on: kubernetes",
    )
    text = text.replace(
        "image: registry.example/stock, port: 9090, cpu: 1, memory_mib: 2048, scaling: {min: 3, max: 3}", "port: 9090"
    )
    made = all_values_of(read(tmp_path, text.replace("  inner:", cluster, 1)))
    assert "alb_inner" not in made
    assert "alb_front" in made


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{stock: {protocol: http, ", "{licenses: {data: both}, stock: {", "does not state the port of 'licenses'"),
        ("{stock: {protocol: http, ", "{stock: {protocol: amqp, port: 5672, ", "does not speak amqp with 'stock'"),
        (
            "{stock: {protocol: http, data: both}}",
            "{stock: {protocol: http}, licenses: {protocol: http, port: 8000}}",
            "the model does not state which requests go to stock, licenses: state `backends`",
        ),
        ("[/reports, /reports/*]", "[/a, /b, /c, /d, /e, /f]", "a rule has at most 5 hosts and paths"),
        ("placement: more, ", "placement: managed, ", "the component is not in a tier of the network"),
    ],
)
def test_a_load_balancer_that_cannot_be_made_as_stated_is_an_error(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert said in str(problems_of(read(tmp_path, changed(old, new)), "ARC-F002"))


def test_a_backend_that_no_stack_registers_is_reported(tmp_path: Path) -> None:
    (found,) = problems_of(read(tmp_path, changed("[autoscaling, ec2-instance]", "[autoscaling]")), "ARC-F025")
    assert "no stack makes what 'front' delivers to 'licenses'" in found
    assert "add the module 'ec2-instance' to a stack" in found
    assert not problems_of(read(tmp_path, MODEL), "ARC-F025")
    without = changed("after: [network, names, functions], modules: [waf, alb]", "after: [network, names], modules: []")
    assert not problems_of(read(tmp_path, without), "ARC-F025")


def test_a_load_balancer_without_a_certificate_is_reported(tmp_path: Path) -> None:
    project = read(tmp_path, changed("[route53, acm]", "[route53]"))
    (problem,) = problems_of(project, "ARC-F026")
    assert "does not state the certificate of its load balancers, so the plan fails" in problem
    assert all_values_of(project)["alb_front"]["certificate"] is None


def test_access_logs_without_a_bucket_are_reported(tmp_path: Path) -> None:
    text = changed("drops_invalid_headers: true", "access_logs: true")
    (problem,) = problems_of(read(tmp_path, text), "ARC-F026")
    assert "the bucket for the access logs of its load balancers, so they have none" in problem
    stated = text.replace(
        "modules: [waf, alb]", "modules: [waf, alb], set: {alb: {access_logs: {value: {bucket: logs}}}}"
    )
    assert not problems_of(read(tmp_path, stated), "ARC-F026")


# -- services on Fargate -----------------------------------------------------------------------------------


def test_a_service_runs_in_the_cluster_that_it_names_or_that_starts_it(made: dict[str, Any]) -> None:
    assert made["ecs_cluster"]["capacity"] == ["FARGATE"]
    assert made["ecs_cluster"]["container_insights"] == "enabled"
    for name in ("shop", "stock"):
        assert made[f"ecs_service_{name}"]["task"]["cluster"] == "cluster"


def test_a_task_has_the_size_ports_and_number_of_the_model(made: dict[str, Any]) -> None:
    shop, stock = made["ecs_service_shop"]["task"], made["ecs_service_stock"]["task"]
    assert (shop["cpu"], shop["memory"], shop["ports"]) == (512, 1024, [8080])
    assert (shop["least"], shop["most"], shop["scale_by"]) == (3, 9, "ECSServiceAverageCPUUtilization")
    assert made["ecs_service_shop"]["scale_at_percent"] == 60
    assert (stock["least"], stock["most"]) == (3, 3)
    assert shop["target_groups"] == {"front--shop": {"balancer": "front", "key": "shop", "port": 8080}}


def test_a_task_gets_its_secrets_with_one_role_and_calls_with_another(made: dict[str, Any]) -> None:
    shop, stock = made["ecs_service_shop"], made["ecs_service_stock"]
    assert shop["roles"] == {"execution": "balanced-prod-shop-execution", "task": "balanced-prod-shop-task"}
    assert set(shop["task"]["read_secrets"]) == {"secrets", "secrets-key"}
    assert shop["secrets"].keys() == {"DATABASE_PASSWORD"}
    assert (stock["task"]["permissions"], stock["task"]["read_secrets"], stock["secrets"]) == ({}, {}, {})


def test_each_service_has_a_group_that_lets_its_tasks_start(made: dict[str, Any]) -> None:
    groups = made["security_groups"]
    assert {"shop", "stock"} <= groups["groups"].keys()
    assert groups["ingress"]["stock-9090-tcp-from-inner"]["other_group"] == "inner"
    for name in ("shop", "stock"):
        assert groups["egress"][f"{name}-443-tcp-to-0.0.0.0/0"]["range"] == "0.0.0.0/0"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cpu: 1, ", "cpu: 3, ", "a task on Fargate has 0.25, 0.5, 1, 2, 4, 8, 16 virtual processors, not 3"),
        ("memory_mib: 2048", "memory_mib: 1024", "a task on Fargate with `cpu: 1` has 2048, 3072, 4096 … 8192 MiB"),
        (", cpu: 1", "", "the model does not state `cpu` and `memory_mib` of the service"),
        ("image: registry.example/stock, ", "", "the model does not state the `image` of the service"),
        ("image: registry.example/stock, ", "image: 'registry.example:5000/stock:1.2', ", "`image` names a version"),
        (", scaling: {min: 3, max: 3}", "", "the model does not state the number of copies: state `scaling`"),
    ],
)
def test_a_service_that_cannot_be_made_as_stated_is_an_error(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in str(problems_of(read(tmp_path, changed(old, new)), "ARC-F002"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("image_version: {value: v1.2.0}, ", "", "which version of their images its services run, so the plan fails"),
        (", target_percent: 60", "", "at which utilization its services scale, so they do not scale"),
        (
            "max: 9, by: cpu",
            "max: 9, by: requests",
            "what scales its services by requests or events, so they do not scale",
        ),
        ("detailed_metrics: true", "service_discovery_domain: shop.internal", "what makes the private domain"),
    ],
)
def test_what_a_service_needs_and_the_model_does_not_state_is_reported(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    (problem,) = problems_of(read(tmp_path, changed(old, new)), "ARC-F026")
    assert said in problem


def test_services_on_machines_are_reported_and_not_made(tmp_path: Path) -> None:
    project = read(tmp_path, changed("capacity: [serverless]", "capacity: [machines]"))
    found = str(problems_of(project, "ARC-F026"))
    assert "what makes clusters with capacity of machines, so they are left out" in found
    assert "what makes services that are not in a cluster with `capacity: [serverless]`, so they are left out" in found
    assert "'stock' is not in a cluster with `capacity: [serverless]`" in str(problems_of(project, "ARC-F025"))
    assert "ecs_service_stock" not in all_values_of(project)


def test_services_whose_cluster_is_left_out_are_left_out_too(tmp_path: Path) -> None:
    project = read(tmp_path, changed("capacity: [serverless]", "capacity: [serverless, machines]"))
    made = all_values_of(project)
    assert not {"ecs_cluster", "ecs_service_shop", "ecs_service_stock"} & made.keys()
    assert "'shop' is not in a cluster with `capacity: [serverless]`" in str(problems_of(project, "ARC-F025"))
    assert "shop" in made["security_groups"]["groups"]  # its tasks have addresses, whoever makes them


# -- groups of machines ------------------------------------------------------------------------------------


def test_a_group_has_the_number_health_and_updates_of_the_model(made: dict[str, Any]) -> None:
    desk, batch = made["autoscaling_desk"]["group"], made["autoscaling_batch"]["group"]
    assert (desk["least"], desk["desired"], desk["most"], desk["scaled"]) == (3, 4, 6, True)
    assert (desk["scale_by"], made["autoscaling_desk"]["scale_at_percent"]) == ("ASGAverageCPUUtilization", 50)
    assert (desk["health_check"], desk["repairs"], desk["spot"]) == ("ELB", True, False)
    assert desk["refresh"] == {"least_percent": 83, "most_percent": None}
    assert desk["target_groups"] == {"front--desk": {"balancer": "front", "key": "desk", "port": 8000}}
    assert (batch["least"], batch["desired"], batch["most"], batch["scaled"]) == (0, 0, 2, False)
    assert (batch["health_check"], batch["repairs"], batch["spot"], batch["refresh"]) == ("EC2", False, True, None)


@pytest.mark.parametrize(
    ("scaling", "missing", "machines", "absent"),
    [
        ("max: 6\n    desired: 4\n    scale_by: cpu", 0, 6, 0),
        ("max: 6\n    desired: 4\n    scale_by: cpu", 1, 6, 1),
        ("max: 6\n    desired: 4\n    scale_by: none", 1, 4, 1),
        ("max: 6\n    desired: 4\n    scale_by: cpu", 3, 6, 3),
        ("max: 6\n    desired: 4\n    scale_by: cpu", 9, 6, 6),
        ("max: 250\n    desired: 200\n    scale_by: none", 1, 200, 0),  # a percent would be two of them
        ("max: 250\n    desired: 3\n    scale_by: cpu", 2, 250, 2),
    ],
)
def test_no_more_machines_are_missing_while_all_are_replaced_than_the_model_allows(
    tmp_path: Path, scaling: str, missing: int, machines: int, absent: int
) -> None:
    text = changed("max: 6\n    desired: 4\n    scale_by: cpu", scaling)
    text = text.replace("max_unavailable: 1", f"max_unavailable: {missing}")
    refresh = all_values_of(read(tmp_path, text))["autoscaling_desk"]["group"]["refresh"]
    assert refresh["most_percent"] == (None if absent else 100)
    in_service = {n: -(-n * refresh["least_percent"] // 100) for n in range(1, machines + 1)}  # AWS rounds up
    assert max(n - least for n, least in in_service.items()) == absent


def test_a_group_is_in_the_subnets_of_its_tier_and_zones(made: dict[str, Any]) -> None:
    assert made["autoscaling_desk"]["subnets_in"] == {"positions": [3, 4, 5], "role": "private"}
    assert made["autoscaling_batch"]["subnets_in"] == {"positions": [0, 1], "role": "private"}
    assert made["security_groups"]["ingress"]["desk-8000-tcp-from-front"]["other_group"] == "front"


def test_groups_of_machines_may_use_the_key_that_encrypts_their_disks(tmp_path: Path, made: dict[str, Any]) -> None:
    assert made["autoscaling_desk"]["encrypted_with_own_key"]
    assert not made["autoscaling_batch"]["encrypted_with_own_key"]
    statements = {statement["sid"]: statement for statement in made["kms_keys"]["key_statements"]}
    role = "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    for sid in ("AutoScalingUses", "AutoScalingGrants"):
        assert statements[sid]["condition"][0]["values"] == [role]
    assert statements["AutoScalingGrants"]["condition"][1]["variable"] == "kms:GrantIsForAWSResource"
    without = all_values_of(read(tmp_path, changed(', id: "123456789012"', "")))
    assert not {s["sid"] for s in without["kms_keys"]["key_statements"]} & {"AutoScalingUses", "AutoScalingGrants"}


def test_a_key_whose_policy_cannot_name_the_role_of_auto_scaling_is_reported(tmp_path: Path) -> None:
    found = str(problems_of(read(tmp_path, changed(', id: "123456789012"', "")), "ARC-F026"))
    assert "the number of the account whose Auto Scaling may use the key of its disks" in found
    text = changed(', id: "123456789012"', "", "protects: [secrets, licenses, desk]", "protects: [secrets, licenses]")
    assert not problems_of(read(tmp_path, text), "ARC-F026")


def test_a_group_without_a_machine_type_is_an_error(tmp_path: Path) -> None:
    found = problems_of(read(tmp_path, changed("size: m7i.large", "disk_gib: 30", "disk_gib: 40", "")), "ARC-F002")
    assert "the model does not state the machine type: state `size`" in str(found)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("image: ami-1e749f67\n", "\n", "the image of its machines, so the plan fails"),
        ("scale_at_percent: {expression: \"50 if component_name == 'desk' else none\"}, ", "", "at which utilization"),
        ("scale_by: cpu", "scale_by: queue", "what scales its groups of machines, so they do not scale"),
        (", modules: [waf, alb]", ", modules: [waf]", "which load balancer tells that its machines must be replaced"),
    ],
)
def test_what_a_group_needs_and_the_model_does_not_state_is_reported(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    (problem,) = problems_of(read(tmp_path, changed(old, new)), "ARC-F026")
    assert said in problem


# -- single machines ---------------------------------------------------------------------------------------


def test_a_machine_has_what_the_model_states(made: dict[str, Any]) -> None:
    licenses = made["ec2_instance_licenses"]
    assert (licenses["image_id"], licenses["disk_gib"], licenses["disk_type"]) == ("ami-1e749f67", 30, "gp3")
    machine = licenses["machine"]
    assert (machine["count"], machine["size"], machine["spot"], machine["public_address"]) == (
        2,
        "t3.small",
        False,
        False,
    )
    assert machine["tokens"] == "required"
    assert machine["target_groups"] == {"front--licenses": {"balancer": "front", "key": "licenses", "port": 8443}}
    assert set(machine["permissions"]) == {"secrets", "secrets-key"}
    assert licenses["encrypted_with_own_key"]
    assert licenses["subnets_in"]["role"] == "private"


def test_a_machine_without_an_image_is_reported(tmp_path: Path) -> None:
    without = changed("size: t3.small, image: ami-1e749f67,", "size: t3.small,")
    (problem,) = problems_of(read(tmp_path, without), "ARC-F026")
    assert "the stack 'machines' does not state the image of its machines" in problem


def test_a_machine_without_a_type_is_an_error(tmp_path: Path) -> None:
    found = problems_of(read(tmp_path, changed("size: t3.small, ", "")), "ARC-F002")
    assert "the model does not state the machine type" in str(found)
