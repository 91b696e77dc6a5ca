"""`archgen import --into` a model that exists, of Kubernetes objects: workloads run on the cluster that the model has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from archgen.importing.connections import GRADES
from archgen.importing.folding import Fold, fold
from archgen.importing.importing import Import
from archgen.importing.terraform_json import TerraformFile, read_content
from conftest import DATA
from drifted import report_of, resolved_of

MODEL = Path("nowhere/architecture.yaml")
RENDERED = (DATA / "kubernetes/rendered.yaml").read_text(encoding="utf-8")

# A model that a person wrote: a cluster, and one service of it.
WRITTEN = """\
version: 2
name: Shop
project: shop
clouds:
  aws: {region: eu-central-1}
environments:
  dev: {name: Development, aws: {account: shop-dev}}
  prod: {name: Production, production: true, aws: {account: shop-prod}}
organization:
  aws:
    accounts:
      shop-dev: {name: Development}
      shop-prod: {name: Production}
components:
  platform:
    kind: kubernetes-cluster
    title: Platform # of all teams
    product: eks
    endpoint: private
    network_policies: deny-by-default
    workload_identity: true
    secrets_encryption: true
    signed_images_only: false
    namespaces:
      shop: {pod_security: restricted}
  orders:
    kind: service
    title: Order service # not what its Deployment is called
    runs_on: platform
    namespace: shop
    port: 8000
    scaling: {min: 2, max: 2}
"""


def objects(*changes: tuple[str, str]) -> TerraformFile:
    text = RENDERED
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return read_content(text.encode(), "shop.yaml")


PROD = objects()
DEV = objects(("maxReplicas: 10", "maxReplicas: 3"), ('requests.cpu: "8"', 'requests.cpu: "2"'))


def without(source: TerraformFile, *addresses: str) -> TerraformFile:
    kept = tuple(r for r in source.resources if r.address not in addresses)
    return TerraformFile(source.file, "plan", "", "kubernetes", kept, 0, ())


def folded(text: str, source: TerraformFile, environment: str) -> Fold:
    return fold(MODEL, {MODEL.name: text}, [source], ("aws", environment), GRADES)


def in_turn(text: str, *steps: tuple[TerraformFile, str]) -> str:
    for source, environment in steps:
        done = folded(text, source, environment)
        assert not done.problems, [(d.message, d.help, d.path) for d in done.problems]
        text = done.texts[MODEL.name]
    return text


def components_of(text: str) -> dict[str, Any]:
    return dict(yaml.safe_load(text)["components"])


@pytest.fixture(scope="module")
def both() -> str:
    return in_turn(WRITTEN, (DEV, "dev"), (PROD, "prod"))


def test_workloads_run_on_the_cluster_of_the_model(both: str) -> None:
    components = components_of(both)
    assert [id_ for id_, c in components.items() if c["kind"] == "kubernetes-cluster"] == ["platform"]
    assert {c["runs_on"] for c in components.values() if "runs_on" in c} == {"platform"}
    assert components["orders"]["title"] == "Order service"
    assert {"web", "cache"} <= {*components}
    assert "title: Platform # of all teams" in both
    assert "title: Order service # not what its Deployment is called" in both


def test_what_differs_between_environments_becomes_a_condition(both: str) -> None:
    components = components_of(both)
    assert components["web"]["scaling"]["max"] == 3
    assert components["web"]["when"] == {"prod": {"scaling": {"max": 10}}}
    assert "in" not in components["web"]
    quota = resolved_of(both)
    for environment, cpu in (("dev", "2"), ("prod", "8")):
        cluster: Any = quota.architectures[quota.axes.parse_at(environment)].components["platform"]
        assert cluster.namespaces["shop"].quota.requests_cpu == cpu


def test_either_order_gives_the_same_facts_and_the_objects_do_not_differ_from_them(both: str) -> None:
    other = in_turn(WRITTEN, (PROD, "prod"), (DEV, "dev"))
    one, two = resolved_of(both), resolved_of(other)
    for source, environment in ((DEV, "dev"), (PROD, "prod")):
        facts = [
            {id_: c.model_dump() for id_, c in r.architectures[r.axes.parse_at(environment)].components.items()}
            for r in (one, two)
        ]
        assert facts[0] == facts[1]
        assert not report_of(one, source, at=environment).findings


def test_importing_the_same_objects_again_changes_nothing(both: str) -> None:
    assert in_turn(both, (PROD, "prod"), (DEV, "dev")) == both


def test_a_workload_and_a_namespace_of_one_environment_are_limited_to_it() -> None:
    jobs = objects(("namespace: shop", "namespace: jobs"), ("name: shop\n", "name: jobs\n"))
    text = in_turn(WRITTEN, (without(DEV, "shop/Deployment/web"), "dev"), (PROD, "prod"))
    assert components_of(text)["web"]["in"] == ["prod"]
    widened = in_turn(text, (DEV, "dev"))
    assert "in" not in components_of(widened)["web"]
    spaces = components_of(in_turn(WRITTEN, (jobs, "prod")))["platform"]["namespaces"]
    assert spaces["jobs"]["in"] == ["prod"]
    assert "in" not in spaces["shop"]


def test_a_new_environment_of_a_model_from_objects_leaves_out_what_its_objects_do_not_have() -> None:
    first = Import([PROD], "aws", "prod", (), "Shop").text()
    text = in_turn(first, (without(DEV, "shop/StatefulSet/cache"), "dev"))
    components = components_of(text)
    assert components["cache"]["in"] == ["prod"]
    assert "in" not in components["web"]
    assert [c["kind"] for c in components.values()].count("kubernetes-cluster") == 1


def test_a_contradiction_is_shown_and_nothing_is_changed() -> None:
    text = WRITTEN.replace("    port: 8000\n", "    when: {prod: {port: 9000}}\n")
    done = folded(text, PROD, "prod")
    assert [(p.code, p.path) for p in done.problems] == [("ARC-I004", ("components", "orders", "port"))]
    assert done.texts[MODEL.name] == text


def test_a_component_of_another_kind_keeps_its_name() -> None:
    text = WRITTEN + "  web:\n    kind: load-balancer\n    title: Entrance\n    product: alb\n    scheme: internal\n"
    once = in_turn(text, (PROD, "prod"))
    assert components_of(once)["web"]["kind"] == "load-balancer"
    assert components_of(once)["web-service"]["kind"] == "service"
    assert in_turn(once, (PROD, "prod")) == once


def test_of_several_clusters_the_one_with_the_namespace_is_meant() -> None:
    block = WRITTEN[WRITTEN.index("  platform:") : WRITTEN.index("  orders:")]
    second = block.replace("platform:", "tools:").replace("      shop:", "      ci:")
    components = components_of(in_turn(WRITTEN + second, (PROD, "prod")))
    assert components["web"]["runs_on"] == "platform"
    other = (WRITTEN + second).replace("      shop:", "      other:").replace("namespace: shop", "namespace: other")
    unclear = folded(other, PROD, "prod")
    assert "runs_on" not in components_of(unclear.texts[MODEL.name])["web"]
    assert any("state it as `runs_on`" in note for note in unclear.notes)


def test_objects_of_a_new_environment_need_its_network() -> None:
    network = "network:\n  tiers:\n    app: {name: App, internet: none, prefix_length: 20, netnum: 0}\n"
    text = WRITTEN.replace("components:\n", f"{network}components:\n").replace(
        "eu-central-1}", "eu-central-1, availability_zones: [eu-central-1a, eu-central-1b]}"
    )
    text = text.replace("account: shop-dev}", "account: shop-dev, cidr: 10.0.0.0/16}").replace(
        "account: shop-prod}", "account: shop-prod, cidr: 10.1.0.0/16}"
    )
    (problem,) = folded(text, PROD, "test").problems
    assert "import the Terraform files of the environment first" in (problem.help or "")
    kept = in_turn(text, (PROD, "prod"))
    assert yaml.safe_load(kept)["network"]["tiers"]["app"] == yaml.safe_load(network)["network"]["tiers"]["app"]
