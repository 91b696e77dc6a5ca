"""K8S602: a cluster runs a Kubernetes version that somebody still mends. It reads today's date."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.catalog import kubernetes_versions
from archgen.diagnostics.diagnostic import Diagnostic, Severity
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.model.architecture import Architecture
from archgen.model.resolve import Resolved

CODE = "K8S602"
TITLE = "A Kubernetes version is no longer supported, or soon will not be"
SEVERITY = "error"


def check_on(resolved: Resolved, today: str) -> Iterator[Diagnostic]:
    """Every cluster whose version is stated, on the clouds as they stand."""
    for architecture in resolved.today():
        for name, cluster in architecture.of_kind(KubernetesCluster):
            found = _ended(architecture, cluster, today)
            if found:
                severity, message = found
                help_ = "plan the upgrade: one minor version at a time, staging first"
                path = ("components", name, "version")
                yield Diagnostic(CODE, f"'{name}' runs {message}", help_, path, severity=severity)


def _ended(a: Architecture, cluster: KubernetesCluster, today: str) -> tuple[Severity, str] | None:
    """What has ended, if anything has: the vendor's standard support weighs more than the project's patches."""
    if cluster.version is None:
        return None
    product = a.product(cluster)
    minor = ".".join(cluster.version.split(".")[:2])
    supported = product.supported_until.get(minor) if product else None
    if supported and supported < today:
        return (
            "error",
            f"{minor}, which {product.short if product else ''} supports at its normal price until {supported}",
        )
    known = kubernetes_versions()
    patched = known.get(minor)
    if patched is None and _number(minor) < min(_number(version) for version in known):
        return "error", f"{minor}, which nobody has mended for years"
    if patched and patched < today:
        return "warning", f"{minor}, which the Kubernetes project mended until {patched}"
    return None


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
