"""CI701: pipelines use short-lived credentials, and only one repository can assume their identity."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.ci_pipeline import CiPipeline
from archgen.kinds.workload_federation import WorkloadFederation
from archgen.model.architecture import Architecture
from archgen.model.component import OUTSIDE
from archgen.model.outcome import Outcome, Passed
from archgen.rules._stated import passed_if_stated, unsaid

CODE = "CI701"
TITLE = "A pipeline uses long-lived keys, or others can take over its identity"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each pipeline with stored keys, and for each federation that accepts more than named subjects."""
    for name, pipeline in architecture.of_kind(CiPipeline):
        targets = [architecture.components[target] for target in architecture.called_by(name)]
        inside = [t for t in targets if architecture.place(t) != OUTSIDE]
        own = architecture.is_own_product(pipeline)  # it runs with an identity of the cloud
        if inside and not own and not any(isinstance(target, WorkloadFederation) for target in targets):
            message = f"'{name}' accesses the cloud, but the model states no short-lived credentials for it"
            help_ = "add a call to a component of the kind workload-federation, which exchanges tokens for them"
            yield Diagnostic(CODE, message, help_, ("components", name, "calls"))
        elif inside:
            yield Passed(("components", name, "calls"))
    for name, federation in architecture.of_kind(WorkloadFederation):
        for position, subject in enumerate(federation.subjects):
            if "*" in subject or "?" in subject:
                message = f"'{name}' accepts tokens of '{subject}', which matches more than one subject"
                help_ = "restrict it to one repository, and to one branch or environment"
                yield Diagnostic(CODE, message, help_, ("components", name, "subjects", position))
        if not any("*" in subject or "?" in subject for subject in federation.subjects):
            path = ("components", name, "subjects")
            yield passed_if_stated(architecture, *path) if federation.subjects else unsaid(*path)
