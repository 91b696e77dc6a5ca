"""Facts about clusters for bindings, in the units of each cloud."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archgen.kinds.kubernetes_cluster import KubernetesCluster, NodePool
from archgen.kinds.remote_access import RemoteAccess
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.terraform.google import disk_type, gcp_apis

# https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html, amiType
AMI_TYPES = {"arm64": "AL2023_ARM_64_STANDARD", "amd64": "AL2023_x86_64_STANDARD"}


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about clusters that expressions can use."""
    run_by_us = {component.product for component in a.components.values() if component.run_by == "us"}
    return {
        "eks_node_groups": lambda cluster: eks_node_groups(cluster, len(a.zones)),
        "eks_add_ons": lambda cluster: eks_add_ons(a, cluster),
        "gke_node_pools": gke_node_pools,
        "discovery_tags": _discovery_tags(a),
        "burst_pool": _burst_pool(a),
        "runs": lambda product: product in run_by_us,
        "authorized_networks": authorized_networks,
        "let_in_by": lambda component, product: let_in_by(a, component, product),
        "gcp_apis": gcp_apis(a),
    }


# What the facts are that no function of the same name describes.
ABOUT: Mapping[str, str] = {
    "burst_pool": "The first pool that starts empty; none if there is none.",
    "gcp_apis": "The APIs of Google Cloud that the products of the components need.",
    "discovery_tags": "The tag by which Karpenter finds the subnets of nodes; empty without Karpenter.",
    "runs": "Whether the team itself runs a product, given its ID.",
}

# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "eks_node_groups": (KubernetesCluster,),
    "eks_add_ons": (str,),
    "gke_node_pools": (KubernetesCluster,),
    "runs": (str,),
    "authorized_networks": (KubernetesCluster,),
    "let_in_by": (str, str),
}


def _of_fixed_size(cluster: KubernetesCluster) -> Iterator[tuple[str, NodePool]]:
    """Pairs of name and pool for on-demand pools with a minimum number of nodes; an autoscaler manages the others."""
    for name, pool in sorted(cluster.node_pools.items()):
        if pool.capacity == "on-demand" and pool.nodes_per_zone and pool.nodes_per_zone.min > 0:
            yield name, pool


def eks_node_groups(cluster: KubernetesCluster, zones: int) -> dict[str, dict[str, Any]]:
    """Managed node groups by name. EKS counts the nodes of all zones together."""
    groups = {}
    for name, pool in _of_fixed_size(cluster):
        assert pool.nodes_per_zone
        groups[name] = {
            "ami_type": AMI_TYPES[pool.architecture],
            "capacity_type": "ON_DEMAND",
            "instance_types": list(pool.sizes),
            "min_size": pool.nodes_per_zone.min * zones,
            "max_size": pool.nodes_per_zone.max * zones,
            "desired_size": pool.nodes_per_zone.min * zones,
            "labels": {"pool": name},
        }
    return groups


def gke_node_pools(cluster: KubernetesCluster) -> list[dict[str, Any]]:
    """Node pools of the cluster itself. GKE counts the nodes of each zone separately."""
    pools = []
    for name, pool in _of_fixed_size(cluster):
        assert pool.nodes_per_zone
        size = pool.sizes[0] if pool.sizes else "e2-medium"
        pools.append(
            {
                "name": name,
                "machine_type": size,
                "disk_type": disk_type(size),
                "image_type": "COS_CONTAINERD",
                "initial_node_count": pool.nodes_per_zone.min,
                "min_count": pool.nodes_per_zone.min,
                "max_count": pool.nodes_per_zone.max,
                "spot": False,
            }
        )
    return pools


def _clusters(a: Architecture) -> Iterator[tuple[str, KubernetesCluster]]:
    for name, component in sorted(a.components.items()):
        if isinstance(component, KubernetesCluster):
            yield name, component


def karpenter_node_pools(cluster: KubernetesCluster, zones: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The pools of a cluster from which Karpenter adds nodes, by name."""
    fixed = {name for name, _pool in _of_fixed_size(cluster)}
    return {
        name: {
            "architecture": pool.architecture,
            "capacity_types": ["spot", "on-demand"] if pool.capacity == "spot" else ["on-demand"],
            "consolidation_policy": "WhenEmptyOrUnderutilized",
            "instance_types": list(pool.sizes),
            "zones": list(zones),
        }
        for name, pool in cluster.node_pools.items()
        if name not in fixed
    }


def _discovery_tags(a: Architecture) -> dict[str, str]:
    """The tag by which Karpenter finds the subnets of nodes; empty without it."""
    hosts = sorted({c.runs_on for c in a.components.values() if c.product == "karpenter" and c.runs_on})
    return {"karpenter.sh/discovery": a.identifier(hosts[0])} if hosts else {}


def _burst_pool(a: Architecture) -> dict[str, Any] | None:
    """The first Spot pool with a number of nodes and a size, for a cloud that has a module for pools; None if there is none."""
    for _name, cluster in _clusters(a):
        for name, pool in sorted(cluster.node_pools.items()):
            if pool.capacity == "spot" and pool.nodes_per_zone and pool.sizes:
                return {
                    "name": name,
                    "size": pool.sizes[0],
                    "disk_type": disk_type(pool.sizes[0]),
                    "min": pool.nodes_per_zone.min,
                    "max": pool.nodes_per_zone.max,
                }
    return None


# What a node needs to become ready, and what gives pods their names, Services and identities. EKS installs none of them by itself if
# it is created by the Terraform module. https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
_EKS_ADD_ONS = ("coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni")
# Add-ons that must be installed before the first node.
_BEFORE_NODES = ("eks-pod-identity-agent", "vpc-cni")


def eks_add_ons(a: Architecture, cluster: str) -> dict[str, dict[str, Any]]:
    """The add-ons that EKS installs, by name: those that every cluster needs unless the model runs them itself, and those of the model.

    Their versions are AWS's default for the version of the cluster, so that another apply does not upgrade them unasked.
    """
    guests = [guest for _name, guest in a.guests(cluster)]
    ours = {guest.product for guest in guests if guest.run_by == "us"}
    stated = {g.product for g in guests if g.kind == "cluster-add-on" and g.run_by == "cloud" and g.product}
    names = sorted(({*_EKS_ADD_ONS} - ours) | stated)
    return {name: _eks_add_on(a.components[cluster], name) for name in names}


def _eks_add_on(cluster: Component, name: str) -> dict[str, Any]:
    add_on: dict[str, Any] = {"most_recent": False, "before_compute": name in _BEFORE_NODES}
    if name == "vpc-cni" and isinstance(cluster, KubernetesCluster) and cluster.network_policies == "deny-by-default":
        # https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html
        add_on["configuration_values"] = json.dumps({"enableNetworkPolicy": "true"})
    return add_on


def authorized_networks(cluster: KubernetesCluster) -> list[dict[str, str]]:
    """The address ranges of a cluster's allowlist, each with a name."""
    return [{"cidr_block": cidr, "display_name": f"range-{n}"} for n, cidr in enumerate(cluster.endpoint_ranges, 1)]


def let_in_by(a: Architecture, component: str, product: str) -> bool:
    """Whether a way in for people that uses a product leads to a component, given their IDs."""
    ways = {name for name, way in a.of_kind(RemoteAccess) if product in a.products_of(way)}
    return any(connection.tail in ways for connection in a.traffic_to(component))
