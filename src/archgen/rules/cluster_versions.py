"""K8S602: clusters run a Kubernetes version that still gets patches. The rule depends on today's date."""

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
    """A finding for each cluster, in the current phase of its environment, whose version is no longer supported."""
    for architecture in resolved.today():
        for name, cluster in architecture.of_kind(KubernetesCluster):
            ended = _ended_support(architecture, cluster, today)
            if ended:
                severity, message = ended
                help_ = "plan the upgrade: one minor version at a time, staging first"
                path = ("components", name, "version")
                yield Diagnostic(CODE, f"'{name}' runs {message}", help_, path, severity=severity)


def _ended_support(a: Architecture, cluster: KubernetesCluster, today: str) -> tuple[Severity, str] | None:
    """Severity and message if support has ended: an error for the vendor's standard support, a warning for upstream patches only."""
    if cluster.version is None:
        return None
    product = a.product(cluster)
    minor = ".".join(cluster.version.split(".")[:2])
    supported = product.supported_until.get(minor) if product else None
    if supported and supported < today:
        return (
            "error",
            f"{minor}, for which standard support of {product.short if product else ''} ended on {supported}",
        )
    known = kubernetes_versions()
    patched = known.get(minor)
    if patched is None and _number(minor) < min(_number(version) for version in known):
        return "error", f"{minor}, which has not been patched for years"
    if patched and patched < today:
        return "warning", f"{minor}, for which patches of the Kubernetes project ended on {patched}"
    return None


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
