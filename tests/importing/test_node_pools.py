"""Node pools of clusters: what resources and objects state about them, and what is assumed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from archgen.drifting.reporting import make_report
from archgen.importing.folding import fold
from archgen.importing.found_network import FoundNetwork, FoundTier
from archgen.importing.importing import Import
from archgen.importing.node_pools import architecture_of, find_node_pools, id_of_pool
from archgen.importing.report import as_json
from archgen.importing.terraform_json import TerraformFile, read_content
from archgen.model.coordinate import ALWAYS, Coordinate
from archgen.pipeline import load
from archgen.views.network import view

MODEL = Path("nowhere/architecture.yaml")
ZONES = "abc"


def state(**resources: Mapping[str, Any]) -> TerraformFile:
    """A state of resources, of which each is named by its address with `__` for the dot."""
    entries = [
        {
            "address": name.replace("__", "."),
            "mode": "managed",
            "type": name.split("__")[0],
            "name": name.split("__")[1],
        }
        | {"values": values}
        for name, values in resources.items()
    ]
    document = {"format_version": "1.0", "values": {"root_module": {"resources": entries}}}
    return read_content(json.dumps(document).encode(), "x.json")


def eks(zones: str = ZONES, **groups: Mapping[str, Any]) -> TerraformFile:
    """An EKS cluster in a network with these zones, and its node groups."""
    subnets = {
        f"aws_subnet__app_{zone}": {
            "id": f"subnet-{zone}",
            "vpc_id": "vpc-1",
            "cidr_block": f"10.0.{ZONES.index(zone)}.0/24",
            "availability_zone": f"eu-west-1{zone}",
        }
        for zone in zones
    }
    usual = {"cluster_name": "shop", "subnet_ids": [f"subnet-{zone}" for zone in zones]}
    return state(
        aws_vpc__main={"id": "vpc-1", "cidr_block": "10.0.0.0/16"},
        aws_eks_cluster__shop={"name": "shop", "version": "1.35", "vpc_config": [{"subnet_ids": usual["subnet_ids"]}]},
        aws_launch_template__nodes={"id": "lt-0001", "instance_type": "m7g.large", "image_id": "ami-1"},
        **subnets,
        **{f"aws_eks_node_group__{name}": usual | group for name, group in groups.items()},
    )


def size(least: int, most: int) -> dict[str, Any]:
    return {"scaling_config": [{"min_size": least, "max_size": most, "desired_size": least}]}


def pools_in(source: TerraformFile, cloud: str = "aws", environment: str = "prod") -> dict[str, Any]:
    """The node pools of the only cluster of an import, and the model as it would be written."""
    components = yaml.safe_load(Import([source], cloud, environment).text())["components"]
    (cluster,) = [facts for facts in components.values() if facts["kind"] == "kubernetes-cluster"]
    pools: dict[str, Any] = cluster.get("node_pools", {})
    return pools


def test_a_node_group_states_capacity_processors_machine_types_and_limits() -> None:
    spot = {"capacity_type": "SPOT", "ami_type": "AL2023_x86_64_STANDARD", "instance_types": ["m6i.large", "m5.large"]}
    template = {"capacity_type": "ON_DEMAND", "ami_type": "CUSTOM", "launch_template": [{"id": "lt-0001"}]}
    assert pools_in(eks(jobs=spot | size(0, 6), workers=template | size(3, 6))) == {
        "jobs": {
            "capacity": "spot",
            "architecture": "amd64",
            "sizes": ["m5.large", "m6i.large"],
            "nodes_per_zone": {"min": 0, "max": 2},
        },
        "workers": {
            "capacity": "on-demand",
            "architecture": "arm64",
            "sizes": ["m7g.large"],
            "nodes_per_zone": {"min": 1, "max": 2},
        },
    }


def test_what_a_node_group_does_not_state_is_assumed() -> None:
    (pool,) = pools_in(eks(plain={"instance_types": ["p6e-gb200.36xlarge"]} | size(4, 6))).values()
    assert pool == {
        "capacity": "on-demand",
        "architecture": "amd64",
        "sizes": ["p6e-gb200.36xlarge"],
        "nodes_per_zone": {"min": 1, "max": 2},
        "assumed": ["architecture", "capacity", "nodes_per_zone"],  # four nodes are not spread evenly over three zones
    }


def test_a_group_with_fewer_nodes_than_zones_does_not_say_where_they_are() -> None:
    source = eks(one={"capacity_type": "ON_DEMAND", "ami_type": "AL2_ARM_64"} | size(1, 3), none=size(0, 0))
    assert pools_in(source) == {"one": {"capacity": "on-demand", "architecture": "arm64"}}
    coverage = Import([source], "aws", "prod").coverage
    assert coverage.placed.unread == {"aws_eks_node_group.scaling_config.min_size": 1}
    settings = json.loads(as_json(coverage))["components"][0]["settings"]
    assert settings["node_pools.one.architecture"] == {"value": "arm64", "from": "aws_eks_node_group.one: ami_type"}


def test_limits_of_a_pool_in_some_zones_only_are_assumed_because_a_model_has_it_in_all() -> None:
    part = {"subnet_ids": [f"subnet-{zone}" for zone in ZONES[:2]]}
    pool = pools_in(eks(part=part | size(2, 4)))["part"]
    assert (pool["nodes_per_zone"], "nodes_per_zone" in pool["assumed"]) == ({"min": 1, "max": 2}, True)


def gke(**further: Any) -> dict[str, Any]:
    return {"name": "market-prod", "location": "europe-west3", "initial_node_count": 1, **further}


def node_pool(name: str, **further: Any) -> dict[str, Any]:
    return {"name": name, "cluster": "market-prod", **further}


def test_pools_of_google_are_resources_blocks_or_the_one_that_a_cluster_has_by_itself() -> None:
    limits = {"min_node_count": 1, "max_node_count": 3, "total_min_node_count": 0, "total_max_node_count": 0}
    arm = node_pool(
        "market-prod-arm",
        node_config=[{"machine_type": "c4a-standard-4", "spot": True}],
        autoscaling=[limits],
        node_count=2,
    )
    block = node_pool("web", node_config=[{"machine_type": "e2-standard-4", "spot": False}], node_count=2)
    both = state(
        google_container_cluster__main=gke(node_pool=[arm, block], remove_default_node_pool=True),
        google_container_node_pool__arm=arm,
    )
    web = {"capacity": "on-demand", "architecture": "amd64", "sizes": ["e2-standard-4"]}
    assert pools_in(both, "gcp") == {
        "arm": {
            "capacity": "spot",
            "architecture": "arm64",
            "sizes": ["c4a-standard-4"],
            "nodes_per_zone": {"min": 1, "max": 3},
        },
        "web": {**web, "nodes_per_zone": {"min": 2, "max": 2}},
    }
    config = [{"machine_type": "e2-standard-4", "preemptible": False}]
    assert pools_in(state(google_container_cluster__main=gke(node_config=config)), "gcp") == {
        "default-pool": {**web, "nodes_per_zone": {"min": 1, "max": 1}}
    }
    assert pools_in(state(google_container_cluster__main=gke(enable_autopilot=True)), "gcp") == {}
    assert pools_in(state(google_container_cluster__main=gke(remove_default_node_pool=True)), "gcp") == {}


def test_limits_of_a_whole_pool_are_those_of_each_of_its_zones() -> None:
    limits = [{"total_min_node_count": 2, "total_max_node_count": 8}]
    pool = node_pool("all", autoscaling=limits, node_locations=["europe-west3-a", "europe-west3-b"])
    source = state(google_container_cluster__main=gke(node_pool=[pool]))
    assert pools_in(source, "gcp")["all"]["nodes_per_zone"] == {"min": 1, "max": 4}


@pytest.mark.parametrize(("zones", "assumed"), [(("a",), True), (("a", "b"), False)])
def test_limits_of_each_zone_are_assumed_if_the_network_has_more_zones(zones: tuple[str, ...], assumed: bool) -> None:
    limits = [{"min_node_count": 1, "max_node_count": 2}]
    pool = node_pool("part", autoscaling=limits, node_locations=[f"europe-west3-{zone}" for zone in zones])
    source = state(google_container_cluster__main=gke(node_pool=[pool]))
    tier = FoundTier("nodes", {}, 24, 0, None)
    network = FoundNetwork(source.resources[0], "", ("europe-west3-a", "europe-west3-b"), [tier], has_range=False)
    (pools,) = find_node_pools(Import([source], "gcp", "prod").placed, [network], "prod").values()
    facts = pools["part"].facts
    assert facts["nodes_per_zone"] == {"min": 1, "max": 2}
    assert ("nodes_per_zone" in facts["assumed"]) == assumed


KARPENTER = """
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: spot}
spec:
  template:
    spec:
      requirements:
        - {key: karpenter.sh/capacity-type, operator: In, values: [on-demand, spot]}
        - {key: kubernetes.io/arch, operator: In, values: [arm64]}
---
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: any}
spec: {template: {spec: {requirements: [{key: node.kubernetes.io/instance-type, operator: NotIn, values: [m5.large]}]}}}
---
apiVersion: other.example/v1
kind: NodePool
metadata: {name: other}
"""


def test_pools_of_an_autoscaler_have_no_limits_and_join_those_of_the_cluster() -> None:
    objects = read_content(KARPENTER.encode(), "pools.yaml")
    spot = {"capacity": "spot", "architecture": "arm64"}
    any_ = {"capacity": "on-demand", "architecture": "amd64", "assumed": ["architecture", "capacity"]}
    assert pools_in(objects) == {"any": any_, "spot": spot}
    group = eks(base={"capacity_type": "ON_DEMAND", "ami_type": "AL2_ARM_64"} | size(3, 3))
    components = Import([group, objects], "aws", "prod").model["components"]
    assert sorted(components["shop"]["node_pools"]) == ["any", "base", "spot"]


def test_an_environment_with_other_pools_and_limits_is_folded_and_has_no_drift() -> None:
    base = {"capacity_type": "ON_DEMAND", "ami_type": "AL2_ARM_64", "instance_types": ["m7g.large"]}
    prod = eks(workers=base | size(6, 9), jobs=base | {"capacity_type": "SPOT"} | size(0, 3))
    dev = eks(workers=base | size(3, 3))
    text = Import([prod], "aws", "prod", name="Shop").text()
    folded = fold(MODEL, {MODEL.name: text}, [dev], ("aws", "dev"))
    assert folded.problems == []
    cluster = yaml.safe_load(folded.texts[MODEL.name])["components"]["shop"]
    assert [*cluster["node_pools"]] == ["workers"]
    assert cluster["when"]["prod"]["node_pools"]["jobs"]["nodes_per_zone"] == {"min": 0, "max": 1}
    project = load(MODEL, texts=folded.texts).project
    assert project is not None
    graph = view(*[project.resolved.architectures[Coordinate("aws", "prod", ALWAYS)]] * 2)
    assert {"shop-workers-1", "shop-workers-2", "shop-workers-3"} <= {node.id for node in graph.nodes().values()}
    desired = eks(workers=base | {"scaling_config": [{"min_size": 6, "max_size": 9, "desired_size": 8}]}, jobs=base)
    for environment, source in (("dev", dev), ("prod", prod)):
        report = make_report(project.resolved, Coordinate("aws", environment, ALWAYS), [source], "2026-11-27")
        assert [d.message for d in report.findings if "node_pools" in d.message] == []
    report = make_report(project.resolved, Coordinate("aws", "prod", ALWAYS), [desired], "2026-11-27")
    assert [d.message for d in report.findings if "node_pools" in d.message] == [
        "shop.node_pools.jobs.capacity is spot in the model, and on-demand in the file"
    ]


@pytest.mark.parametrize(
    ("types", "architecture"),
    [
        (["m7g.large", "c6gn.xlarge", "a1.large"], "arm64"),
        (["g4dn.xlarge", "g6e.xlarge", "m7i-flex.large", "t3a.micro"], "amd64"),
        (["im4gn.large"], "arm64"),
        (["m7g.large", "m7i.large"], ""),
        (["p6e-gb200.36xlarge"], ""),
        (["t2a-standard-4"], "arm64"),
        (["e2-standard-4", "n2d-custom-4-8192"], "amd64"),
        ([], ""),
    ],
)
def test_the_architecture_follows_from_names_of_machine_types_that_are_known(
    types: list[str], architecture: str
) -> None:
    assert architecture_of(types) == architecture


def test_a_pool_is_called_what_tells_it_from_its_cluster() -> None:
    assert id_of_pool("shop-prod-workers", "shop-prod-eks", "prod") == "workers"
    assert id_of_pool("workers-prod", "shop", "prod") == "workers"
    assert id_of_pool("shop", "shop", "prod") == "shop"
    assert id_of_pool("prod", "shop", "prod") == "prod"
