"""Services and functions on Cloud Run: their containers, who may reach them, their identities, and how they get into the network."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archgen.project import Project
from conftest import missing, project_of
from terraforming import stack_fixtures
from tools.check_google_roots import check

MODEL = """\
version: 2
name: Shop
project: shop
clouds: {gcp: {region: europe-west1, availability_zones: [europe-west1-b, europe-west1-c]}}
environments: {prod: {name: Prod, gcp: {project: shop-prod, cidr: 10.0.0.0/16}}}
network:
  name: main
  tiers:
    app: {name: App, internet: outbound, prefix_length: 20, netnum: 1}
components:
  shoppers: {kind: actor, title: Shoppers, calls: {firewall: {protocol: https}, open: {protocol: https}}}
  dns: {kind: dns, title: DNS, product: cloud-dns, domains: [shop.example]}
  firewall: {kind: waf, title: Firewall, product: cloud-armor, rules: [rate-limit], calls: {balancer: {protocol: https}}}
  balancer: {kind: load-balancer, title: Balancer, product: cloud-load-balancing, access_logs: true, calls: {page: {protocol: https}}}
  page:
    kind: container-service
    title: Page
    product: cloud-run
    image: europe-west1-docker.pkg.dev/shop-prod/shop/page
    port: 8081
    cpu: 0.5
    memory_mib: 512
    concurrency: 80
    timeout_seconds: 30
    health: /healthz
    scaling: {min: 1, max: 9}
    calls: {open: {protocol: https}, work: {data: sent}, files: {data: received}}
  open: {kind: container-service, title: Open, product: cloud-run, placement: managed, image: "example.com/open"}
  resize:
    kind: function
    title: Resize
    product: cloud-run-functions
    runtime: python313
    memory_mib: 8192
    timeout_seconds: 120
    max_instances: 7
    calls: {files: {data: both}, open: {protocol: https}}
  small: {kind: function, title: Small, product: cloud-run-functions, runtime: nodejs22, min_instances: 1, calls: {resize: {data: both}}}
  work: {kind: queue, title: Work, product: pub-sub}
  files: {kind: object-store, title: Files, product: cloud-storage}
terraform:
  path: "infra/{cloud}/{stack}"
  stacks:
    made:
      purpose: All.
      modules: [network, pubsub, service-accounts, cloud-run, cloud-functions, cloud-armor, lb-http-run, lb-http]
      set:
        cloud-run: {containers: {expression: "[run_container(component_name, 'v1.2.0')]"}}
        cloud-functions: {storage_source: {expression: "{'bucket': 'code', 'object': component_name ~ '.zip'}"}}
"""


project, root, made = stack_fixtures(MODEL, "infra/gcp/made")


def test_a_service_has_what_the_model_states_and_the_version_of_the_stack(made: dict[str, Any]) -> None:
    page = made["cloud_run_page"]
    assert page["containers"] == [
        {
            "container_image": "europe-west1-docker.pkg.dev/shop-prod/shop/page:v1.2.0",
            "ports": {"container_port": 8081},
            "resources": {"limits": {"cpu": "0.5", "memory": "512Mi"}},
            "startup_probe": {"http_get": {"path": "/healthz"}},
        }
    ]
    assert page["template_scaling"] == {"min_instance_count": 1, "max_instance_count": 9}
    assert (page["timeout"], page["max_instance_request_concurrency"]) == ("30s", "80")


def test_what_the_model_does_not_state_is_left_to_cloud_run(made: dict[str, Any]) -> None:
    service = made["cloud_run_open"]
    assert service["containers"] == [{"container_image": "example.com/open:v1.2.0"}]
    assert not service.keys() & {"template_scaling", "timeout", "max_instance_request_concurrency"}


def test_only_a_service_behind_load_balancers_is_open_to_all(made: dict[str, Any]) -> None:
    page, other = made["cloud_run_page"], made["cloud_run_open"]
    assert (page["ingress"], page["members"]) == ("INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", ["allUsers"])
    assert (other["ingress"], other["members"]) == ("INGRESS_TRAFFIC_ALL", [])


def test_a_service_has_an_identity_with_the_roles_of_its_calls(made: dict[str, Any], root: Path) -> None:
    account = made["service_account_page"]
    assert account["account_id"] == "shop-prod-page"
    assert account["roles"] == ["roles/pubsub.publisher", "roles/run.invoker"]
    (limited,) = account["limited_roles"].values()
    assert limited["role"] == "roles/storage.objectViewer"
    assert limited["title"].startswith("only shop-prod-")
    assert "resource.name.startsWith('projects/_/buckets/shop-prod-" in limited["expression"]
    assert made["service_account_open"]["roles"] == []
    main = (root / "main.tf").read_text()
    assert "google_service_account.service_account_page" in main
    only = main[main.index('"google_project_iam_member" "limited_service_account_page"') :].split("\n}\n")[0]
    assert "expression = each.value.expression" in only
    assert "service_account = local.service_account_page_email" in " ".join(main.split())


def test_a_load_balancer_has_the_services_that_it_calls_as_backends(made: dict[str, Any], root: Path) -> None:
    balancer = made["lb_http_run_balancer"]
    assert balancer["backends"] == {
        "balancer-page": {
            "enable_cdn": False,
            "groups": [],
            "log_config": {"enable": True, "sample_rate": 1},
            "serverless_neg_backends": [{"region": "europe-west1", "type": "cloud-run", "service": {"name": "page"}}],
        }
    }
    assert (balancer["ssl"], balancer["managed_ssl_certificate_domains"]) == (True, ["shop.example"])
    assert balancer["load_balancing_scheme"] == "EXTERNAL_MANAGED"
    assert not [name for name in made if name.startswith("lb_http_balancer")]
    main = (root / "main.tf").read_text()
    assert '"page" = module.cloud_run_page.service_name' in main
    assert '{ "firewall" = module.cloud_armor_firewall.policy }[var.lb_http_run_balancer.firewall].self_link' in main


def test_a_load_balancer_with_several_services_needs_paths(tmp_path: Path) -> None:
    both = MODEL.replace(
        "calls: {page: {protocol: https}}}", "calls: {page: {protocol: https}, open: {protocol: https}}}"
    )
    (problem,) = (p for p in project_of(tmp_path, both).plans.problems if p.code == "ARC-F026")
    assert "which paths go to which service of its load balancers" in problem.message


def test_a_function_has_what_the_model_states_and_enough_processors_for_its_memory(
    made: dict[str, Any], root: Path
) -> None:
    resize = made["cloud_function_resize"]
    assert (resize["runtime"], resize["storage_source"]) == ("python313", {"bucket": "code", "object": "resize.zip"})
    assert resize["service_config"] == {
        "available_cpu": "2",
        "available_memory": "8192Mi",
        "max_instance_count": "7",
        "min_instance_count": "0",
        "timeout_seconds": "120",
    }
    assert made["cloud_function_small"]["service_config"] == {"min_instance_count": "1"}
    assert made["service_account_small"]["roles"] == ["roles/run.invoker"]
    assert "service_account_email = local.service_account_small_email" in " ".join(
        (root / "main.tf").read_text().split()
    )


def test_a_function_without_a_runtime_is_an_error(tmp_path: Path) -> None:
    project = project_of(tmp_path, MODEL.replace(", runtime: nodejs22", ""))
    (problem,) = (p for p in project.plans.problems if p.code == "ARC-F002")
    assert problem.path[:2] == ("components", "small")
    assert "the model does not state the `runtime` of the component" in (problem.help or "")


def test_a_service_in_a_tier_reaches_the_network_from_its_subnet(made: dict[str, Any], root: Path) -> None:
    assert made["cloud_run_page"]["subnetwork"] == "shop-prod-main-app"
    assert made["cloud_run_open"]["subnetwork"] is None
    assert "ingress_rules" not in made["network"]  # Cloud Run gets requests outside of the network
    names = [subnet["subnet_name"] for subnet in made["network"]["subnets"]]
    assert names == ["shop-prod-main-app"]
    assert "network = module.network.network_name" in (root / "main.tf").read_text()


def test_the_root_of_services_fits_its_modules(root: Path, record_property: Callable[[str, str], None]) -> None:
    if shutil.which("terraform") is None:
        missing("terraform")
    checkouts = os.environ.get("ARCHGEN_MODULES")
    record_property("checks", "gcp kinds/run plan")
    record_property("how", f"read: variable blocks{', validations' if checkouts else ''} and references, as a plan")
    (result,) = check(root, Path(checkouts) if checkouts else None)
    assert result.errors == ""
    assert result.modules == 8


def test_a_public_service_that_is_open_to_all_is_refused(root: Path, tmp_path: Path) -> None:
    if shutil.which("terraform") is None:
        missing("terraform")
    shutil.copytree(root, tmp_path / "made")
    wrong = json.loads((root / "prod.tfvars.json").read_text())
    wrong["cloud_run_open"]["members"] = ["allUsers"]
    (tmp_path / "made/prod.tfvars.json").write_text(json.dumps(wrong))
    (result,) = check(tmp_path / "made", None)
    assert "must not accept callers who do not sign" in result.errors


def test_a_function_in_the_network_without_a_connector_is_reported(project: Project, tmp_path: Path) -> None:
    assert not [p for p in project.plans.problems if p.code == "ARC-F026"]
    found = project_of(
        tmp_path, MODEL.replace("    runtime: python313\n", "    runtime: python313\n    placement: app\n")
    )
    (problem,) = (p for p in found.plans.problems if p.code == "ARC-F026")
    assert problem.message == "the stack 'made' does not state how its functions reach the network, so they do not"


def test_a_service_without_an_image_is_an_error(tmp_path: Path) -> None:
    project = project_of(tmp_path, MODEL.replace(', image: "example.com/open"', ""))
    (problem,) = (p for p in project.plans.problems if p.code == "ARC-F002")
    assert problem.path[:2] == ("components", "open")
    assert "the model does not state the `image` of the service" in (problem.help or "")


def test_a_stack_without_a_version_is_reported(tmp_path: Path) -> None:
    project = project_of(tmp_path, "".join(line for line in MODEL.splitlines(True) if "cloud-run: {" not in line))
    (problem,) = (p for p in project.plans.problems if p.code == "ARC-F026")
    assert problem.message == (
        "the stack 'made' does not state which version of the images of its services runs, so an apply runs the tag latest"
    )
