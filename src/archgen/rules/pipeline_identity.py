"""CI701: a pipeline has no key, and its identity can be taken from one place only."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.ci_pipeline import CiPipeline
from archgen.kinds.workload_federation import WorkloadFederation
from archgen.model.architecture import Architecture
from archgen.model.component import OUTSIDE

CODE = "CI701"
TITLE = "A pipeline uses long-lived keys, or others can take over its identity"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every pipeline that reaches into the cloud, and every federation that lets one in."""
    for name, pipeline in architecture.of_kind(CiPipeline):
        targets = [architecture.components[target] for target in pipeline.calls]
        inside = [t for t in targets if architecture.place(t) != OUTSIDE]
        if inside and not any(isinstance(target, WorkloadFederation) for target in targets):
            message = f"'{name}' reaches into the cloud, with keys that somebody must keep"
            help_ = "let it call a component of kind workload-federation, for short-lived credentials"
            yield Diagnostic(CODE, message, help_, ("components", name, "calls"))
    for name, federation in architecture.of_kind(WorkloadFederation):
        for position, subject in enumerate(federation.subjects):
            if "*" in subject or "?" in subject:
                message = f"'{name}' takes tokens of '{subject}', which is more than one"
                help_ = "name the repository, and a branch or an environment"
                yield Diagnostic(CODE, message, help_, ("components", name, "subjects", position))
        if not federation.subjects:
            message = f"'{name}' does not say whose tokens it takes"
            yield Diagnostic(CODE, message, "name them in subjects", ("components", name, "subjects"))
