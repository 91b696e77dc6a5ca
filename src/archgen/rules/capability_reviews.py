"""PAR803: every capability has a current review of both clouds, in a project that keeps reviews."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, did_you_mean
from archgen.model.outcome import Outcome, Passed
from archgen.parity.reviews import Known, state
from archgen.project import Project

CODE = "PAR803"
TITLE = "The review of a capability is missing or out of date"
SEVERITY = "warning"
ABSENCE = {"text": "Without a file of reviews, the project keeps none."}


def check_project(project: Project) -> Iterator[Outcome]:
    """A finding for each capability without a current review, and for each review of an unknown capability."""
    resolved, reviews = project.resolved, project.reviews
    if reviews.text is None:
        return
    capabilities = resolved.default.document.capabilities
    known: Known = {}
    for name, capability in capabilities.items():
        if capability.proposed:  # cannot be reviewed before a person confirms it, which PAR805 asks for
            continue
        review = state(resolved, reviews, name, known)
        if review.current:
            yield Passed(("capabilities", name))
            continue
        message = f"'{capability.name}' has never been reviewed"
        if review.stamp:
            clouds = " and ".join(review.changed)
            message = (
                f"'{capability.name}' has changed on {clouds} since {review.stamp.by} reviewed it on {review.stamp.on}"
            )
        help_ = f"compare both clouds, then run: archgen parity review {name}"
        yield Diagnostic(CODE, message, help_, ("capabilities", name))
    for name, stamp in reviews.stamps.items():
        if name not in capabilities:
            message, help_ = f"review of the unknown capability '{name}'", did_you_mean(name, capabilities)
            yield Diagnostic(CODE, message, help_ or "remove the line", span=stamp.at)
