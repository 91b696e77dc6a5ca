"""What services on a cluster have besides their Deployments: service accounts, autoscalers and disruption budgets."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.kinds.service import Scaling, Service
from archgen.kubernetes.objects import Object, instance, kubernetes_object, namespace_of, pods_of
from archgen.model.architecture import Architecture
from archgen.terraform.google import is_google, service_account
from archgen.terraform.permissions import caller_roles


def workloads(a: Architecture, cluster: str) -> Iterator[Object]:
    """A ServiceAccount for each service, and a HorizontalPodAutoscaler and a PodDisruptionBudget if the model states their values.

    The autoscaler refers to a Deployment with the ID of the service, which GitOps delivers.
    """
    for name, service in pods_of(a, cluster).items():
        if not isinstance(service, Service):
            continue
        yield _service_account(a, cluster, name, service)
        if service.scaling and (metric := _metric(service.scaling)):
            yield _autoscaler(name, service, service.scaling, metric)
        budget = service.disruption_budget
        if budget and budget.min_available:
            spec = {"minAvailable": budget.min_available, "selector": instance(name)}
            yield {
                **kubernetes_object("policy/v1", "PodDisruptionBudget", name, namespace_of(service)),
                "spec": spec,
            }


def _service_account(a: Architecture, cluster: str, name: str, service: Service) -> Object:
    """The account of a service, with its identity in the cloud if its calls need one; pods get no token for the Kubernetes API."""
    component = a.components[cluster]
    annotations = {}
    identified = isinstance(component, KubernetesCluster) and component.workload_identity
    if identified and is_google(a) and caller_roles(a, name):
        annotations["iam.gke.io/gcp-service-account"] = service_account(a, name)
    account = kubernetes_object("v1", "ServiceAccount", name, namespace_of(service), annotations)
    return {**account, "automountServiceAccountToken": False}


def _metric(scaling: Scaling) -> Object | None:
    """The metric of an autoscaler; None for metrics that need more than the Metrics Server."""
    if scaling.by not in ("cpu", "memory") or scaling.target_percent is None:
        return None
    target = {"type": "Utilization", "averageUtilization": scaling.target_percent}
    return {"type": "Resource", "resource": {"name": scaling.by, "target": target}}


def _autoscaler(name: str, service: Service, scaling: Scaling, metric: Object) -> Object:
    made = kubernetes_object("autoscaling/v2", "HorizontalPodAutoscaler", name, namespace_of(service))
    return {
        **made,
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": max(scaling.min, 1),
            "maxReplicas": scaling.max,
            "metrics": [metric],
        },
    }
