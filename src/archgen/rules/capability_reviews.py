"""PAR803: both sides of every capability were compared as they are now, in a project that keeps reviews."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, did_you_mean
from archgen.parity.reviews import Known, state
from archgen.project import Project

CODE = "PAR803"
TITLE = "The review of a capability is missing or out of date"
SEVERITY = "warning"


def check_project(project: Project) -> Iterator[Diagnostic]:
    """Capabilities whose sides nobody has compared as they are now, and reviews of capabilities that do not exist."""
    resolved, reviews = project.resolved, project.reviews
    if reviews.text is None:
        return
    capabilities = resolved.default.document.capabilities
    known: Known = {}
    for name, capability in capabilities.items():
        found = state(resolved, reviews, name, known)
        if found.current:
            continue
        message = f"'{capability.name}' has never been reviewed"
        if found.stamp:
            clouds = " and ".join(found.changed)
            message = (
                f"'{capability.name}' has changed on {clouds} since {found.stamp.by} reviewed it on {found.stamp.on}"
            )
        help_ = f"compare both sides, then run: archgen parity review {name}"
        yield Diagnostic(CODE, message, help_, ("capabilities", name))
    for name, stamp in reviews.stamps.items():
        if name not in capabilities:
            message, help_ = f"'{name}' is reviewed, but is not a capability", did_you_mean(name, capabilities)
            yield Diagnostic(CODE, message, help_ or "remove the line", span=stamp.at)
