"""CI703: images are signed, their contents are listed, and clusters refuse those that are not."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.ci_pipeline import CiPipeline
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.model.architecture import Architecture

CODE = "CI703"
TITLE = "Images are not signed, have no bill of materials, or are not verified"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every pipeline, and every cluster of production."""
    for name, pipeline in architecture.of_kind(CiPipeline):
        missing = [key for key in ("sbom", "signing") if getattr(pipeline.supply_chain, key) is None]
        if missing:
            message = f"images of '{name}' have no {' and no '.join(missing)}"
            help_ = f"say under supply_chain what makes them: {', '.join(missing)}"
            yield Diagnostic(CODE, message, help_, ("components", name, "supply_chain"))
    for name, cluster in architecture.of_kind(KubernetesCluster) if architecture.environment.production else ():
        if not cluster.signed_images_only:
            message = f"'{name}' runs images that nobody has signed, in production"
            path = ("components", name, "signed_images_only")
            yield Diagnostic(CODE, message, "set signed_images_only to true", path)
