"""Kubernetes objects: manifests as `helm template` and `kustomize build` print them, and what `kubectl get -o json` prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from archgen.catalog.kubernetes_types import kubernetes_types, limits_of
from archgen.commands.main import main
from archgen.importing.connections import GRADES
from archgen.importing.importing import Import
from archgen.importing.pods import as_memory, as_processors, quantity
from archgen.importing.report import as_json, as_text
from archgen.importing.resource_types import all_mappings
from archgen.importing.terraform_json import TerraformFile, UnusableError, read, read_content
from archgen.kinds.kubernetes_cluster import Namespace
from archgen.model.component import all_kinds
from conftest import DATA
from drifted import report_of, resolved_of

RENDERED, LIVE = DATA / "kubernetes/rendered.yaml", DATA / "kubernetes/cluster.json"
PLANTED = ("planted-secret", "cGxhbnRlZC1zZWNyZXQ")


def imported(source: TerraformFile) -> Import:
    return Import([source], "aws", "prod", GRADES)


@pytest.fixture(scope="module")
def rendered() -> TerraformFile:
    return read(str(RENDERED))


@pytest.fixture(scope="module")
def model(rendered: TerraformFile) -> dict[str, Any]:
    return dict(yaml.safe_load(imported(rendered).text()))


def manifests(*documents: dict[str, Any]) -> TerraformFile:
    return read_content(yaml.safe_dump_all(documents).encode(), "m.yaml")


def workload(name: str, kind: str = "Deployment", **pod: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": name, **pod}]}}
    metadata = {"name": name, "namespace": "shop"}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": {"template": template}}


def test_workloads_are_services_with_what_their_other_objects_state(model: dict[str, Any]) -> None:
    web = model["components"]["web"]
    assert (web["kind"], web["runs_on"], web["namespace"], web["port"]) == ("service", "cluster", "shop", 8000)
    assert web["scaling"] == {"min": 2, "max": 10, "by": "cpu", "target_percent": 70}
    assert web["disruption_budget"] == {"min_available": 1}
    assert web["resources"] == {"requests": {"cpu": "500m", "memory": "512Mi"}, "limits": {"memory": "1Gi"}}
    assert "terraform_addresses" not in web
    assert model["components"]["cache"]["scaling"] == {"min": 1, "max": 1}


def test_connections_follow_from_ingresses_environment_variables_and_policies(rendered: TerraformFile) -> None:
    found = {c.id: (c.grade, c.states) for c in imported(rendered).connections}
    assert found == {
        "ingress-alb:web": ("declared", {}),
        "orders:cache": ("permitted", {"port": 6379}),
        "web:orders": ("configured", {}),
    }


def test_a_cluster_that_no_file_has_is_assumed_and_gets_the_namespaces(model: dict[str, Any]) -> None:
    cluster = model["components"]["cluster"]
    assert {"product", "endpoint", "network_policies"} <= {*cluster["assumed"]}
    assert cluster["namespaces"] == {
        "shop": {
            "pod_security": "restricted",
            "quota": {"requests_cpu": "8", "requests_memory": "16Gi", "pods": 40},
            "limit_range": {
                "default_request_cpu": "100m",
                "default_request_memory": "128Mi",
                "default_limit_memory": "256Mi",
            },
        }
    }


def test_a_cluster_that_a_state_has_is_the_one_that_they_run_on(rendered: TerraformFile) -> None:
    values = {"name": "main", "version": "1.33", "vpc_config": [{"endpoint_public_access": False}]}
    entry = {"mode": "managed", "type": "aws_eks_cluster", "name": "main", "address": "aws_eks_cluster.main"}
    content = {"format_version": "1.0", "values": {"root_module": {"resources": [entry | {"values": values}]}}}
    state = read_content(json.dumps(content).encode(), "state.json")
    components = yaml.safe_load(Import([state, rendered], "aws", "prod").text())["components"]
    (cluster,) = [id_ for id_, c in components.items() if c["kind"] == "kubernetes-cluster"]
    assert [*components[cluster]["namespaces"]] == ["shop"]
    assert components["web"]["runs_on"] == cluster


@pytest.mark.parametrize("file", [RENDERED, LIVE])
def test_no_secret_is_kept_or_shown(file: Path) -> None:
    source = read(str(file))
    kept = repr([(r.values, r.references) for r in source.resources])
    found = imported(source)
    report = report_of(resolved_of(found.text()), source)
    for text in (kept, found.text(), as_text(found.coverage), as_json(found.coverage), repr(report)):
        assert not any(secret in text for secret in PLANTED)


def test_the_cluster_and_its_manifests_give_the_same_model(model: dict[str, Any]) -> None:
    live = read(str(LIVE))
    assert (live.form, live.what) == ("state", "objects of a Kubernetes cluster")
    assert yaml.safe_load(imported(live).text()) == model  # an autoscaler's number of now is not its minimum


def test_a_model_does_not_differ_from_its_manifests_and_changes_are_found(rendered: TerraformFile) -> None:
    text = imported(rendered).text()
    report = report_of(resolved_of(text), rendered)
    assert list(report.findings) == []
    assert {*report.coverage.compared} == {"web", "orders", "cache", "ingress-alb"}
    changed = (
        text.replace("max: 10", "max: 12").replace('requests_cpu: "8"', 'requests_cpu: "6"').replace("500m", '"0.5"')
    )
    found = report_of(resolved_of(changed), rendered).findings
    assert {(".".join(map(str, d.path)), d.model, d.file, d.addresses) for d in found} == {
        ("components.web.scaling.max", "12", "10", ("shop/HorizontalPodAutoscaler/web",)),
        ("components.cluster.namespaces.shop.quota.requests_cpu", "6", "8", ("shop/ResourceQuota/quota",)),
    }


def test_what_is_missing_not_modeled_or_permitted_is_found(rendered: TerraformFile) -> None:
    resolved = resolved_of(imported(rendered).text())
    others = tuple(r for r in rendered.resources if r.address not in ("shop/Deployment/orders", "shop/Service/orders"))
    added = manifests(workload("reports")).resources
    source = TerraformFile("m.yaml", "plan", "", "kubernetes", (*others, *added), 0, ())
    found = report_of(resolved, source).findings
    assert [(d.kind, d.path, d.addresses) for d in found] == [
        ("missing", ("components", "orders"), ()),
        ("not-modeled", (), ("shop/Deployment/reports",)),
    ]
    assert [d.kind for d in report_of(resolved, source, partial=True).findings] == ["not-modeled"]
    unconnected = resolved_of(Import([rendered], "aws", "prod").text())
    assert [d.path for d in report_of(unconnected, rendered).findings] == [("components", "orders", "calls", "cache")]


def test_a_model_with_one_ingress_of_another_name_is_about_the_same_one(rendered: TerraformFile) -> None:
    resolved = resolved_of(imported(rendered).text().replace("ingress-alb:", "entry:"))
    report = report_of(resolved, rendered)
    assert (list(report.findings), report.coverage.compared["entry"]) == ([], "kind")


def test_manifests_and_the_cluster_say_who_is_ahead(rendered: TerraformFile) -> None:
    live = json.loads(LIVE.read_text(encoding="utf-8"))
    scaling = next(item for item in live["items"] if item["kind"] == "HorizontalPodAutoscaler")
    scaling["spec"]["maxReplicas"] = 20
    cluster = read_content(json.dumps(live).encode(), "cluster.json")
    (drift,) = report_of(resolved_of(imported(rendered).text()), rendered, cluster).findings
    assert (drift.file, drift.ahead) == ("20", "the plan agrees with the model: the state is behind both")


def test_manifests_without_a_namespace_are_compared_with_the_one_of_the_same_objects(rendered: TerraformFile) -> None:
    stated = list(yaml.safe_load_all(RENDERED.read_text(encoding="utf-8")))
    for document in stated:
        document["metadata"].pop("namespace", None)
    report = report_of(resolved_of(imported(rendered).text()), manifests(*stated), read(str(LIVE)))
    assert list(report.findings) == []
    assert {*report.coverage.compared} == {"web", "orders", "cache", "ingress-alb"}


def test_what_no_kind_is_about_is_named_and_system_namespaces_are_left_out() -> None:
    system = workload("dns") | {"metadata": {"name": "dns", "namespace": "kube-system"}}
    found = imported(manifests(workload("agent", "DaemonSet"), workload("web"), system, _moon("base")))
    assert [r.address for r in found.placed.unfit] == ["shop/DaemonSet/agent"]
    assert [r.type for r in found.placed.unknown] == ["k8s_moon_base"]
    assert [*found.model["components"]["cluster"]["namespaces"]] == ["shop"]
    assert resolved_of(found.text()).default.components["dns"].namespace is None


def _moon(name: str) -> dict[str, Any]:
    return {"apiVersion": "example.com/v1", "kind": "MoonBase", "metadata": {"name": name}, "spec": {"key": "planted"}}


def object_of(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "shop"}, "spec": spec}


def test_a_service_belongs_to_what_it_selects_and_not_to_what_uses_it() -> None:
    web = workload("web", env=[{"name": "URL", "value": "http://orders:80"}])
    service = object_of("Service", "orders", selector={"app": "orders"})
    entry = object_of("Ingress", "i", ingressClassName="alb", defaultBackend={"service": {"name": "orders"}})
    found = imported(manifests(web, workload("orders", "StatefulSet"), service, entry))
    assert {c.id: c.grade for c in found.connections} == {
        "ingress-alb:orders": "declared",
        "web:orders": "configured",
    }
    unknown = imported(manifests(web, service, entry))  # nothing that the service selects
    assert [c.id for c in unknown.connections] == []


@pytest.mark.parametrize(
    ("kind", "spec", "scaling"),
    [
        ("HorizontalPodAutoscaler", {"maxReplicas": 9}, {"min": 1, "max": 9}),
        ("ScaledObject", {}, {"min": 0, "max": 100, "by": "events"}),
        ("ScaledObject", {"minReplicaCount": 2, "maxReplicaCount": 4}, {"min": 2, "max": 4, "by": "events"}),
    ],
)
def test_what_an_autoscaler_leaves_out_has_its_default(
    kind: str, spec: dict[str, Any], scaling: dict[str, Any]
) -> None:
    web = workload("web")
    web["spec"]["replicas"] = 7  # the number of now
    made = object_of(
        "HorizontalPodAutoscaler", "keda-hpa", scaleTargetRef={"name": "web"}, minReplicas=1, maxReplicas=4
    )
    scaler = object_of(kind, "web", scaleTargetRef={"name": "web"}, **spec)
    source = manifests(web, *([made] if kind == "ScaledObject" else []), scaler)
    assert imported(source).model["components"]["web"]["scaling"] == scaling


def test_a_model_gets_no_setting_of_which_objects_state_too_little() -> None:
    budget = object_of("PodDisruptionBudget", "b", minAvailable="50%", selector={"matchLabels": {"app": "web"}})
    requests = {"requests": {"memory": "100M"}, "limits": {"memory": "1Gi"}}
    found = imported(manifests(workload("web", resources=requests), budget))
    components = found.model["components"]
    assert not {"disruption_budget", "resources"} & {*components["web"]}
    assert resolved_of(found.text())
    report = as_text(found.coverage)
    assert "k8s_pod_disruption_budget.spec.minAvailable ×1" in report
    assert "k8s_deployment: resources ×1" in report


def test_a_container_with_only_a_limit_requests_it() -> None:
    found = imported(manifests(workload("web", resources={"limits": {"cpu": "1", "memory": "1Gi"}})))
    amounts = {"cpu": "1", "memory": "1Gi"}
    assert found.model["components"]["web"]["resources"] == {"requests": amounts, "limits": amounts}


def test_limits_of_some_pods_only_are_not_those_of_a_namespace() -> None:
    limits = [{"type": "Pod", "max": {"cpu": "8"}}, {"type": "Container", "max": {"cpu": "2"}}]
    few = object_of("ResourceQuota", "few", hard={"pods": "1"}, scopes=["BestEffort"])
    found = imported(manifests(workload("web"), object_of("LimitRange", "l", limits=limits), few))
    assert found.model["components"]["cluster"]["namespaces"]["shop"] == {
        "limit_range": {"max_cpu": "2"},
        "pod_security": "restricted",
        "assumed": ["pod_security"],
    }


@pytest.mark.parametrize("order", [1, -1])
def test_the_tightest_of_several_quotas_counts(order: int) -> None:
    large = object_of("ResourceQuota", "large", hard={"pods": "40", "requests.cpu": "500m", "limits.memory": "8Gi"})
    small = object_of("ResourceQuota", "small", hard={"pods": "9", "requests.cpu": "2", "limits.memory": "9000M"})
    found = imported(manifests(workload("web"), *[large, small][::order]))
    quota = found.model["components"]["cluster"]["namespaces"]["shop"]["quota"]
    assert quota == {"pods": 9, "requests_cpu": "500m", "limits_memory": "8Gi"}


def test_objects_in_lists_of_lists_are_counted_and_odd_ports_are_not_kept() -> None:
    inner = {"apiVersion": "v1", "kind": "List", "items": [workload("web", ports=[{"containerPort": [1]}])]}
    source = manifests({"apiVersion": "v1", "kind": "List", "items": [inner]})
    assert [r.address for r in source.resources] == ["shop/Deployment/web"]
    assert "port" not in imported(source).model["components"]["web"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"apiVersion: v1\nkind: [\n", "not YAML"),
        (b"apiVersion: v1\nkind: Service\n---\nname: x\n", "not Kubernetes objects"),
        (b"apiVersion: v1\nkind: \xff\n", "not text"),
        (b"apiVersion: v1\nkind: Service\nspec: &a [*a]\n", "refers to what it is in"),
        (b"apiVersion: v1\nkind: Service\nspec: " + b"[" * 5000, "not YAML"),
    ],
)
def test_other_texts_are_refused(content: bytes, why: str) -> None:
    with pytest.raises(UnusableError, match=why):
        read_content(content, "m.yaml")


@pytest.mark.parametrize(
    "tag", ["!!int", "!!bool", "!!float", "!!timestamp", "!!binary", "!!seq", "!vault", "!planted-secret"]
)
def test_a_secret_with_another_tag_is_not_shown(tag: str) -> None:
    text = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData: {{key: {tag} planted-secret}}\n"
    with pytest.raises(UnusableError) as raised:
        read_content(text.encode(), "m.yaml")
    assert "planted" not in str(raised.value)


def test_merges_of_merges_are_refused_before_they_are_endless() -> None:
    lines = [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 9)]
    text = "\n".join(["apiVersion: v1", "kind: ConfigMap", "metadata: {name: a}", "a0: &a0 {x: 1, y: 2}", *lines])
    with pytest.raises(UnusableError, match="keys"):
        read_content(text.encode(), "m.yaml")


@pytest.mark.parametrize("odd", [None, [], "x", 7, {"a": [None]}, [{"name": 1}], True])
@pytest.mark.parametrize(
    "path", ["spec", "spec.template", "spec.template.spec", "spec.template.spec.containers", "metadata"]
)
def test_no_value_of_an_object_is_too_odd(path: str, odd: Any) -> None:
    document = workload("web", resources={"requests": {"cpu": "1"}})
    *outer, last = path.split(".")
    holder = document
    for step in outer:
        holder = holder[step]
    holder[last] = odd
    for kind in ("Deployment", "Service", "Ingress", "NetworkPolicy", "ResourceQuota", "Namespace", "ScaledObject"):
        found = imported(manifests(workload("api"), document | {"kind": kind}))
        assert found.text()
        assert as_json(found.coverage)


@pytest.mark.parametrize(
    ("text", "processors", "memory"),
    [
        ("250m", "250m", ""),
        ("2", "2", ""),
        (1.5, "1500m", ""),
        ("1Gi", "1073741824", "1Gi"),
        ("1.5Gi", "1610612736", "1536Mi"),
        ("1G", "1000000000", ""),
    ],
)
def test_quantities_have_the_units_of_a_model(text: Any, processors: str, memory: str) -> None:
    amount = quantity(text)
    assert amount is not None
    assert (as_processors(amount), as_memory(amount)) == (processors, memory)


def test_each_entry_of_the_table_leads_to_something_that_exists() -> None:
    for name, type_ in kubernetes_types().items():
        assert type_.kind in ("", *all_kinds())
        assert type_.part_of in ("", *kubernetes_types())
        for rule in all_mappings()[name].settings:
            kind = all_kinds()[type_.kind or "service"]
            assert rule.setting.partition(".")[0] in kind.model_fields
        for setting in limits_of(name):
            outer, _, inner = setting.partition(".")
            field = Namespace.model_fields[outer]
            assert not inner or inner in str(getattr(field.annotation, "__args__", (None,))[0].model_fields)


def test_the_command_imports_a_new_model_and_adds_an_environment_to_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = str(tmp_path / "shop" / "architecture.yaml")
    assert main(["import", str(RENDERED), "--at", "aws,prod", "--into", target]) == 0
    assert "manifests of Kubernetes, 15 objects" in capsys.readouterr().out
    assert main(["import", str(RENDERED), "--at", "aws,dev", "--into", target]) == 0
    assert main(["validate", "-m", target]) == 0
