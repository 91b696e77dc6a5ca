"""Kubernetes manifests: what they contain, that Kubernetes' own schemas accept them, and that kubectl builds them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from archgen.artifacts import kubernetes_manifests
from archgen.kubernetes.manifests import manifests, objects_of
from archgen.kubernetes.policies import network_policies
from archgen.model.architecture import Architecture
from archgen.project import Project, load
from archgen.terraform.applying import steps
from archgen.terraform.bindings import calls
from conftest import ROOT, emitted, missing
from tools.recorded import KARPENTER_SCHEMAS, KUBERNETES

STACK = "04-k8s"
CLOUDS = ("aws", "gcp")
SIGN_IN = {
    "aws": "aws eks update-kubeconfig --region eu-west-1 --name innovate-prod-cluster",
    "gcp": "gcloud container clusters get-credentials innovate-prod-cluster --region europe-west1 --project innovate-prod"
    " --dns-endpoint",
}
RECORDED = json.loads(KUBERNETES.read_text(encoding="utf-8"))
KARPENTER = json.loads(KARPENTER_SCHEMAS.read_text(encoding="utf-8"))


def objects(a: Architecture) -> Iterator[dict[str, Any]]:
    for file, text in manifests(a, STACK, "architecture.yaml").items():
        if not file.endswith("kustomization.yaml"):
            yield from yaml.safe_load_all(text)


def of_kind(a: Architecture, kind: str) -> dict[str, dict[str, Any]]:
    return {f"{o['metadata'].get('namespace')}/{o['metadata']['name']}": o for o in objects(a) if o["kind"] == kind}


def policy(a: Architecture, name: str) -> dict[str, Any]:
    (found,) = (p for p in network_policies(a, "cluster") if p["metadata"]["name"] == name)
    return found


def rules(found: dict[str, Any], direction: str, port: int) -> list[dict[str, Any]]:
    """The other ends that a policy allows on a port."""
    key = "from" if direction == "ingress" else "to"
    return [
        peer
        for rule in found["spec"].get(direction, ())
        if any(p["port"] == port for p in rule.get("ports", ()))
        for peer in rule[key]
    ]


def pods(component: str, namespace: str) -> dict[str, Any]:
    return {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
        "podSelector": {"matchLabels": {"app.kubernetes.io/instance": component}},
    }


def block(range_: str) -> dict[str, Any]:
    return {"ipBlock": {"cidr": range_}}


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_the_schemas_of_kubernetes_accept_every_object(reference: Project, cloud: str, environment: str) -> None:
    made = list(objects(reference.resolved.standing(cloud, environment)))
    assert {f"{o['apiVersion']} {o['kind']}" for o in made} <= RECORDED["kinds"].keys()
    for o in made:
        name = RECORDED["kinds"][f"{o['apiVersion']} {o['kind']}"]
        schema = {"$ref": f"#/definitions/{name}", "definitions": RECORDED["definitions"]}
        assert [e.message for e in Draft7Validator(schema).iter_errors(o)] == [], o
    names = [(o["kind"], o["metadata"].get("namespace"), o["metadata"]["name"]) for o in made]
    assert len(set(names)) == len(names)


def test_the_schemas_refuse_what_kubernetes_does_not_know() -> None:
    name = RECORDED["kinds"]["networking.k8s.io/v1 NetworkPolicy"]
    schema = {"$ref": f"#/definitions/{name}", "definitions": RECORDED["definitions"]}
    wrong = {"spec": {"podSelector": {}, "ingress": [{"form": []}]}}
    assert not Draft7Validator(schema).is_valid(wrong)


@pytest.mark.slow
def test_kubectl_builds_every_folder_of_the_reference(
    reference: Project, tmp_path: Path, record_property: Callable[[str, str], None]
) -> None:
    if shutil.which("kubectl") is None:
        missing("kubectl")
    for cloud in CLOUDS:
        record_property("checks", f"{cloud} {STACK} plan")
    record_property("how", "run: kubectl kustomize, and the schemas of Kubernetes")
    artifacts = emitted(reference, kubernetes_manifests)
    for artifact in artifacts:
        file = tmp_path / artifact.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(artifact.content)
    folders = sorted({Path(a.path).parent for a in artifacts})
    there = {"aws": "prod-eu-central-1", "gcp": "prod-europe-west4"}
    assert [str(f) for f in folders] == [
        f"infra/{c}/{STACK}/{e}" for c in CLOUDS for e in ("dev", "prod", there[c], "stg")
    ]
    for folder in folders:
        done = subprocess.run(
            ["kubectl", "kustomize", str(folder)], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        built = list(yaml.safe_load_all(done.stdout))
        assert built
        assert all(o["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "archgen" for o in built)
        assert not any(o["kind"] == "Deployment" for o in built)


def test_namespaces_have_their_standard_quota_and_limits(reference: Project) -> None:
    a = reference.resolved.standing("aws", "prod")
    app = of_kind(a, "Namespace")["None/app"]["metadata"]["labels"]
    assert app["pod-security.kubernetes.io/enforce"] == "restricted"
    assert app["pod-security.kubernetes.io/enforce-version"] == "v1.35"
    hard = of_kind(a, "ResourceQuota")["app/quota"]["spec"]["hard"]
    assert hard == {"requests.cpu": "8", "requests.memory": "16Gi", "limits.memory": "24Gi", "pods": "40"}
    (limits,) = of_kind(a, "LimitRange")["app/limits"]["spec"]["limits"]
    assert limits["default"] == {"memory": "256Mi"}
    assert limits["defaultRequest"] == {"cpu": "100m", "memory": "128Mi"}


def test_services_have_accounts_autoscalers_and_budgets(reference: Project) -> None:
    a = reference.resolved.standing("gcp", "prod")
    account = of_kind(a, "ServiceAccount")["app/api"]
    assert account["metadata"]["annotations"] == {
        "iam.gke.io/gcp-service-account": "innovate-prod-api@innovate-prod.iam.gserviceaccount.com"
    }
    spec = of_kind(a, "HorizontalPodAutoscaler")["app/api"]["spec"]
    assert (spec["scaleTargetRef"]["name"], spec["minReplicas"], spec["maxReplicas"]) == ("api", 2, 6)
    assert of_kind(a, "PodDisruptionBudget")["app/api"]["spec"]["minAvailable"] == 1
    # A budget of no pods would say nothing.
    assert of_kind(reference.resolved.standing("gcp", "dev"), "PodDisruptionBudget") == {}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_everything_is_denied_that_the_model_does_not_state(reference: Project, cloud: str) -> None:
    policies = of_kind(reference.resolved.standing(cloud, "prod"), "NetworkPolicy")
    for namespace in ("app", "platform"):
        spec = policies[f"{namespace}/default.deny"]["spec"]
        assert spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
        assert all(p["port"] == 53 for r in policies[f"{namespace}/default.dns"]["spec"]["egress"] for p in r["ports"])


@pytest.mark.parametrize(
    ("cloud", "ranges"),
    [("aws", ["10.30.0.0/24", "10.30.1.0/24", "10.30.2.0/24"]), ("gcp", ["35.191.0.0/16", "130.211.0.0/22"])],
)
def test_a_load_balancer_may_reach_pods_from_its_addresses_only(
    reference: Project, cloud: str, ranges: list[str]
) -> None:
    api = policy(reference.resolved.standing(cloud, "prod"), "api")
    assert rules(api, "ingress", 8080) == [block(range_) for range_ in ranges]
    assert api["metadata"]["annotations"]["archgen/ingress"] == "load-balancer--api"


@pytest.mark.parametrize(
    ("cloud", "port", "ranges"),
    [
        ("aws", 5432, ["10.30.100.0/24", "10.30.101.0/24", "10.30.102.0/24"]),
        ("gcp", 3307, ["10.130.16.0/20"]),  # the port of Cloud SQL's connectors
    ],
)
def test_a_service_may_reach_its_database_in_the_subnets_of_its_tier(
    reference: Project, cloud: str, port: int, ranges: list[str]
) -> None:
    a = reference.resolved.standing(cloud, "prod")
    assert rules(policy(a, "api"), "egress", port) == [block(range_) for range_ in ranges]
    assert rules(policy(a, "cert-manager"), "egress", port) == []


def test_a_connector_of_cloud_sql_reaches_the_api_of_the_cloud(reference: Project) -> None:
    api = policy(reference.resolved.standing("gcp", "prod"), "api")
    assert rules(api, "egress", 443) == [block("10.255.0.2/32")]
    assert rules(policy(reference.resolved.standing("aws", "prod"), "api"), "egress", 443) == []


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_connection_between_pods_is_allowed_at_both_ends(reference: Project, cloud: str) -> None:
    a = reference.resolved.standing(cloud, "prod")
    assert rules(policy(a, "api"), "egress", 4317) == [pods("traces", "platform")]
    assert rules(policy(a, "traces"), "ingress", 4317) == [pods("api", "app")]
    assert "api--traces" in policy(a, "traces")["metadata"]["annotations"]["archgen/ingress"]


def test_the_cluster_may_call_the_webhooks_of_add_ons(reference: Project) -> None:
    a = reference.resolved.standing("aws", "prod")
    assert block(a.subnets_of("app")[0]) in rules(policy(a, "ingress"), "ingress", 9443)
    assert rules(policy(a, "cert-manager"), "ingress", 10250)
    assert rules(policy(a, "traces"), "ingress", 10250) == []


def test_pods_with_an_identity_may_fetch_its_credentials(reference: Project) -> None:
    api = policy(reference.resolved.standing("gcp", "prod"), "api")
    assert rules(api, "egress", 988) == [block("169.254.169.252/32")]


def test_a_cluster_that_allows_everything_has_no_policies(reference: Project) -> None:
    a = reference.resolved.standing("aws", "prod")
    cluster = a.components["cluster"].model_copy(update={"network_policies": "allow-by-default"})
    made = replace(a, components={**a.components, "cluster": cluster})
    assert list(network_policies(made, "cluster")) == []


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_order_of_stacks_has_the_manifests(reference: Project, cloud: str) -> None:
    terraform = reference.resolved.standing(cloud, "prod").document.terraform
    assert terraform
    found = {step.stack: step.commands for step in steps(reference.plans.of[cloud], terraform, "prod")}
    tunnel = ("MACHINE=", "kubectl config set-cluster", "kill ")
    assert [command for _why, command in found[STACK] if not command.startswith(tunnel)] == [
        SIGN_IN[cloud],
        f"kubectl apply --server-side -f infra/{cloud}/{STACK}/prod/namespaces.yaml",
        f"kubectl diff -k infra/{cloud}/{STACK}/prod",
        f"kubectl apply --server-side -k infra/{cloud}/{STACK}/prod",
    ]


def test_karpenter_may_add_nodes_of_the_pools_without_a_fixed_size(reference: Project) -> None:
    a = reference.resolved.horizon(reference.resolved.standing("aws", "prod").coordinate)
    files = manifests(a, "03-karpenter", "architecture.yaml")
    assert set(files) == {"kustomization.yaml", "node-pools.yaml"}
    made = list(yaml.safe_load_all(files["node-pools.yaml"]))
    for o in made:
        schema = KARPENTER["definitions"][KARPENTER["kinds"][f"{o['apiVersion']} {o['kind']}"]]
        assert [e.message for e in Draft7Validator(schema).iter_errors(o)] == [], o
    class_, *pools = made
    assert class_["spec"]["role"] == "innovate-prod-autoscaler-node"
    assert {pool["metadata"]["name"] for pool in pools} == {"burst", "x86"}
    for pool in pools:
        assert pool["spec"]["template"]["spec"]["nodeClassRef"]["name"] == class_["metadata"]["name"]
    (burst,) = (pool for pool in pools if pool["metadata"]["name"] == "burst")
    wanted = {r["key"]: r["values"] for r in burst["spec"]["template"]["spec"]["requirements"]}
    assert wanted["karpenter.sh/capacity-type"] == ["spot", "on-demand"]
    assert wanted["kubernetes.io/arch"] == ["arm64"]


def test_karpenter_finds_the_subnets_and_the_role_that_terraform_makes(reference: Project) -> None:
    a = reference.resolved.horizon(reference.resolved.standing("aws", "prod").coordinate)
    (class_,) = (o for o in objects_of(a, "03-karpenter") if o["kind"] == "EC2NodeClass")
    vpc = next(call.values for call in calls(a, "01-base-infra") if call.variable == "vpc")
    for tag, value in class_["spec"]["subnetSelectorTerms"][0]["tags"].items():
        assert vpc["private_subnet_tags"][tag] == value
    karpenter = next(call.values for call in calls(a, "03-karpenter") if call.variable == "karpenter_autoscaler")
    assert class_["spec"]["role"] == karpenter["node_iam_role_name"]


@pytest.mark.parametrize(("cloud", "port"), [("aws", 6379), ("gcp", 6378)])
def test_only_the_service_that_calls_the_boutiques_cart_store_may_reach_it(cloud: str, port: int) -> None:
    project = load(ROOT / "examples/boutique/architecture.yaml").project
    assert project
    made = objects_of(project.resolved.standing(cloud, "prod"), "cluster")
    policies = {o["metadata"]["name"]: o["spec"] for o in made if o["kind"] == "NetworkPolicy"}
    assert policies["default.deny"]["policyTypes"] == ["Ingress", "Egress"]
    opened = {
        name: [allowed["port"] for rule in spec.get("egress", ()) for allowed in rule.get("ports", ())]
        for name, spec in policies.items()
    }
    assert [name for name, ports in opened.items() if port in ports] == ["cart"]
