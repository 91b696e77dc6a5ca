"""The nodes that Karpenter may add: a NodePool for each pool without a fixed size, and the class that they share."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.kubernetes.objects import Object, kubernetes_object
from archgen.model.architecture import Architecture
from archgen.terraform.platform import karpenter_node_pools
from archgen.terraform.recovery import unique

_GROUP = "karpenter.k8s.aws"
# Karpenter finds subnets and security groups by this tag: https://karpenter.sh/docs/concepts/nodeclasses/
_DISCOVERY = "karpenter.sh/discovery"
# EKS puts this tag on the security group that it makes for the cluster and its nodes.
_CLUSTER = "aws:eks:cluster-name"


def node_pools(a: Architecture, autoscaler: str) -> Iterator[Object]:
    """The EC2NodeClass and the NodePools of an autoscaler's cluster; empty if no pool is left to it."""
    host = a.components[autoscaler].runs_on or ""
    cluster = a.components.get(host)
    if not isinstance(cluster, KubernetesCluster):
        return
    pools = karpenter_node_pools(cluster, a.zones)
    if not pools:
        return
    name = a.identifier(host)
    yield {
        **kubernetes_object(f"{_GROUP}/v1", "EC2NodeClass", host, None),
        "spec": {
            "role": unique(a, f"{a.identifier(autoscaler)}-node"),  # as the Terraform module of Karpenter names it
            "amiSelectorTerms": [{"alias": "al2023@latest"}],
            "subnetSelectorTerms": [{"tags": {_DISCOVERY: name}}],
            "securityGroupSelectorTerms": [{"tags": {_DISCOVERY: name}}, {"tags": {_CLUSTER: name}}],
            "tags": {_DISCOVERY: name},
        },
    }
    for pool, facts in sorted(pools.items()):
        requirements = {
            "kubernetes.io/arch": [facts["architecture"]],
            "karpenter.sh/capacity-type": facts["capacity_types"],
            "node.kubernetes.io/instance-type": facts["instance_types"],
            "topology.kubernetes.io/zone": facts["zones"],
        }
        template = {
            "metadata": {"labels": {"pool": pool}},
            "spec": {
                "nodeClassRef": {"group": _GROUP, "kind": "EC2NodeClass", "name": host},
                "requirements": [
                    {"key": key, "operator": "In", "values": values} for key, values in requirements.items() if values
                ],
            },
        }
        disruption = {"consolidationPolicy": facts["consolidation_policy"], "consolidateAfter": "1m"}
        yield {
            **kubernetes_object("karpenter.sh/v1", "NodePool", pool, None),
            "spec": {"template": template, "disruption": disruption},
        }
