"""K8S602: clusters run a Kubernetes version that still gets patches. The rule depends on today's date."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.catalog import kubernetes_versions
from archgen.diagnostics.diagnostic import Diagnostic, Severity
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.model.resolve import Resolved

CODE = "K8S602"
TITLE = "A Kubernetes version is no longer supported, or soon will not be"
SEVERITY = "error"


def check_on(resolved: Resolved, today: str) -> Iterator[Outcome]:
    """A finding for each cluster, in the current phase of its environment, whose version is no longer supported."""
    for architecture in resolved.today():
        for name, cluster in architecture.of_kind(KubernetesCluster):
            path = ("components", name, "version")
            ended = _ended_support(architecture, cluster, today)
            if ended:
                severity, message = ended
                help_ = "plan the upgrade: one minor version at a time, staging first"
                yield Diagnostic(CODE, f"'{name}' runs {message}", help_, path, severity=severity)
            elif cluster.version is None:
                yield Unsaid(path, Lack(path, f"the Kubernetes version of '{name}'", "state `version`"))
            elif _is_known(architecture, cluster):
                yield Passed(path)
            else:
                what = f"until when version {cluster.version} of '{name}' is supported"
                yield Unsaid(path, Lack(path, what, "use a version that archgen's catalog knows, or update archgen"))


def _ended_support(a: Architecture, cluster: KubernetesCluster, today: str) -> tuple[Severity, str] | None:
    """Severity and message if support has ended: an error for the vendor's standard support, a warning for upstream patches only."""
    if cluster.version is None:
        return None
    product = a.product(cluster)
    minor = _minor(cluster.version)
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


def _is_known(a: Architecture, cluster: KubernetesCluster) -> bool:
    """Whether the catalog knows until when the version of a cluster is supported."""
    product, minor = a.product(cluster), _minor(cluster.version or "")
    return minor in kubernetes_versions() or bool(product and minor in product.supported_until)


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
