"""Load balancers on Google Cloud with several backends: which requests go to which, and what answers whether they are healthy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import missing, project_of
from terraforming import all_values_of, problems_of, stack_fixtures, terraform
from tools.check_google_roots import check

MODEL = """\
version: 2
name: Shop
project: shop
clouds: {gcp: {region: europe-west1, availability_zones: [europe-west1-b, europe-west1-c]}}
environments:
  dev: {name: Dev, gcp: {project: shop-dev, cidr: 10.1.0.0/16}}
  prod: {name: Prod, gcp: {project: shop-prod, cidr: 10.0.0.0/16}}
network:
  name: main
  tiers:
    app: {name: App, internet: outbound, prefix_length: 20, netnum: 1}
defaults:
  kinds:
    virtual-machine-group: {product: managed-instance-group, size: c4-standard-4, image: debian-cloud/debian-12, min: 1, max: 1}
components:
  shoppers: {kind: actor, title: Shoppers, calls: {front: {protocol: https}, desk: {protocol: https, in: [prod]}}}
  dns: {kind: dns, title: DNS, product: cloud-dns, domains: [shop.example]}
  front:
    kind: load-balancer
    title: Front
    product: cloud-load-balancing
    calls: {page: {protocol: https}, orders: {protocol: https}, partners: {protocol: https}}
    backends:
      page: {default: true}
      orders: {paths: [/orders, /orders/*], priority: 20}
      partners: {hosts: [partners.shop.example, "*.partners.example"], priority: 10}
  desk:
    kind: load-balancer
    title: Desk
    product: cloud-load-balancing
    in: [prod]
    calls: {web: {protocol: http, port: 8080}, reports: {protocol: http, port: 8081}}
    backends:
      web: {default: true, health: /healthz, health_port: 9000}
      reports: {hosts: ["reports*"], paths: [/daily/*], priority: 5}
  page: {kind: container-service, title: Page, product: cloud-run, image: "example.com/page"}
  orders: {kind: container-service, title: Orders, product: cloud-run, image: "example.com/orders"}
  partners: {kind: container-service, title: Partners, product: cloud-run, image: "example.com/partners"}
  web: {kind: virtual-machine-group, title: Web}
  reports: {kind: virtual-machine-group, title: Reports}
terraform:
  path: "infra/{cloud}/{stack}"
  stacks:
    made:
      purpose: All.
      modules: [network, service-accounts, cloud-run, instance-template, mig, lb-http-run, lb-http]
      set: {cloud-run: {containers: {expression: "[run_container(component_name, 'v1')]"}}}
"""


project, root, made = stack_fixtures(MODEL, "infra/gcp/made")


def test_requests_go_to_the_backends_that_the_model_states(made: dict[str, Any]) -> None:
    front = made["lb_http_run_front"]
    assert front["create_url_map"] is False
    assert front["routes"] == {
        "default_backend": "front-page",
        "rules": [
            {
                "backend": "front-partners",
                "matches": [
                    {"host": "partners.shop.example", "path_prefix": "/"},
                    {"host_suffix": ".partners.example", "path_prefix": "/"},
                ],
                "priority": 10,
            },
            {
                "backend": "front-orders",
                "matches": [{"path": "/orders"}, {"path_prefix": "/orders/"}],
                "priority": 20,
            },
        ],
    }
    assert front["routes"]["default_backend"] in front["backends"]
    (rule,) = made["lb_http_desk"]["routes"]["rules"]
    assert rule["matches"] == [{"host_prefix": "reports", "path_prefix": "/daily/"}]


def test_a_group_of_machines_is_asked_at_the_path_and_port_of_the_model(made: dict[str, Any]) -> None:
    backends = made["lb_http_desk"]["backends"]
    assert backends["desk-web"]["health_check"] == {"port": 9000, "protocol": "HTTP", "request_path": "/healthz"}
    assert backends["desk-reports"]["health_check"] == {"port": 8081, "protocol": "TCP"}
    allowed = {
        rule["name"]: [p for a in rule["allow"] for p in a["ports"]] for rule in made["network"]["ingress_rules"]
    }
    (ports,) = (ports for name, ports in allowed.items() if "web" in name)
    assert ports == ["8080", "9000"]


def test_the_map_and_the_module_refer_to_each_other_without_a_cycle(root: Path) -> None:
    main = (root / "main.tf").read_text()
    assert "one([for map in google_compute_url_map.lb_http_desk : map.self_link])" in main
    # dev has no desk; `module.lb_http_desk[*]` would refer to all outputs, and so to the proxy that refers to the map
    assert "module.lb_http_desk[0].backend_services[" in main
    assert "module.lb_http_run_front.backend_services[" in main
    assert "module.lb_http_desk[*]" not in main


@pytest.mark.slow
def test_the_root_of_load_balancers_fits_its_modules(root: Path, record_property: Callable[[str, str], None]) -> None:
    if shutil.which("terraform") is None:
        missing("terraform")
    checkouts = os.environ.get("ARCHGEN_MODULES")
    record_property("checks", "gcp kinds/balancing plan")
    record_property("how", f"read: variable blocks{', validations' if checkouts else ''} and references, as a plan")
    for result in check(root, Path(checkouts) if checkouts else None, ["prod.tfvars.json"]):
        assert result.errors == ""
    assert terraform("fmt", "-check", "-diff", ".", cwd=root).returncode == 0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("hosts: [partners.shop.example,", "hosts: [part*ners.example,", "no rule for the host 'part*ners.example'"),
        ("[/orders, /orders/*]", "[/orders/?]", "no rule for the path '/orders/?'"),
        ("page: {default: true}", "page: {paths: [/], priority: 1}", "state `default: true` of one"),
        ("partners.example\"], priority: 10}", "partners.example\"]}", "does not state the `priority` of the backend 'partners'"),
        ("title: Partners, product: cloud-run", "title: Partners, product: app-engine", "cannot pass requests on to 'partners'"),
    ],
)  # fmt: skip
def test_requests_that_no_rule_describes_are_an_error(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in MODEL
    found = problems_of(project_of(tmp_path, MODEL.replace(old, new)), "ARC-F002")
    assert [text for text in found if message in text]


def test_a_map_under_set_replaces_the_one_of_archgen(tmp_path: Path) -> None:
    own = "set: {lb-http-run: {create_url_map: {value: false}, url_map: {value: global/urlMaps/ours}}, "
    values = all_values_of(project_of(tmp_path, MODEL.replace("set: {", own)))
    assert values["lb_http_run_front"]["url_map"] == "global/urlMaps/ours"
    assert values["lb_http_run_front"]["routes"] is None
    assert values["lb_http_desk"]["routes"]


def test_what_no_load_balancer_asks_is_reported(tmp_path: Path) -> None:
    asked = MODEL.replace("page: {default: true}", "page: {default: true, health: /up}")
    (found,) = problems_of(project_of(tmp_path, asked), "ARC-F027")
    assert "no stack applies `health` of the backend 'page' of 'front'" in found


def test_backends_that_no_module_makes_are_reported(tmp_path: Path) -> None:
    machine = "kind: virtual-machine, product: compute-engine, size: c4-standard-4, image: debian-cloud/debian-12,"
    text = MODEL.replace("web: {kind: virtual-machine-group,", f"web: {{{machine}")
    text = text.replace("reports: {kind: virtual-machine-group,", f"reports: {{{machine}")
    assert text.count(machine) == 2
    found = problems_of(project_of(tmp_path, text), "ARC-F027")
    assert [text for text in found if "no stack applies `backends` of 'desk'" in text]
