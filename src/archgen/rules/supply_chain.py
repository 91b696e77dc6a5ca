"""CI703: images are signed and have a bill of materials, and production clusters only run signed images."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.ci_pipeline import CiPipeline
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._stated import found_if_stated

CODE = "CI703"
TITLE = "Images are not signed, have no bill of materials, or are not verified"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each pipeline without signing or a bill of materials, and for each production cluster that runs unsigned images."""
    for name, pipeline in architecture.of_kind(CiPipeline):
        missing = [key for key in ("sbom", "signing") if getattr(pipeline.supply_chain, key) is None]
        if missing:
            message = f"the model states no {' and no '.join(missing)} for images of '{name}'"
            help_ = f"add {' and '.join(missing)} to `supply_chain`, each with the name of the tool"
            yield Diagnostic(CODE, message, help_, ("components", name, "supply_chain"))
        else:
            yield Passed(("components", name, "supply_chain"))
    for name, cluster in architecture.of_kind(KubernetesCluster) if architecture.environment.production else ():
        path = ("components", name, "signed_images_only")
        if not cluster.signed_images_only:
            message = f"'{name}' runs unsigned images in production"
            finding = Diagnostic(CODE, message, "set signed_images_only: true", path)
            yield found_if_stated(architecture, finding, *path)
        else:
            yield Passed(path)
