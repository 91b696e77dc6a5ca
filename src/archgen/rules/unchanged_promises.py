"""OPS913: what a phase names as the implementation of what it brings is new or different when the phase begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archgen.analysis.phase_promises import built
from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.outcome import Outcome, Passed
from archgen.model.paths import exists, parse_path
from archgen.model.resolve import Resolved

CODE = "OPS913"
TITLE = "A phase does not change what it is said to build"
SEVERITY = "warning"
ABSENCE: dict[str, str] = {}


def check_all(resolved: Resolved) -> Iterator[Outcome]:
    """A finding for each path in `built_by` that the phase neither adds nor changes on any cloud and in any environment."""
    phases = resolved.axes.phases
    for name, phase in resolved.default.document.phases.items():
        before = phases[phases.index(name) - 1] if phases.index(name) else ""
        for position, link in enumerate(phase.built_by):
            for n, text in enumerate(link.at):
                path, place = parse_path(text), ("phases", name, "built_by", position, "at", n)
                if not any(exists(a, path) for a in resolved.architectures.values()):
                    continue  # ARC-R001 reports it
                if _is_built(resolved, path, before, name):
                    yield Passed(place)
                    continue
                message = (
                    f"the phase '{name}' neither adds nor changes '{text}', which is said to implement '{link.says}'"
                )
                help_ = (
                    f"change it with `when: {{{name}: …}}`, name a part that the phase changes, "
                    "or leave out the path and say with `because` why nothing does"
                )
                yield Diagnostic(CODE, message, help_, place)


def _is_built(resolved: Resolved, path: Path, before: str, phase: str) -> bool:
    """Whether a part is new or different in the phase on some cloud and in some environment."""
    for coordinate, after in resolved.architectures.items():
        if coordinate.phase == phase:
            earlier = resolved.architectures[replace(coordinate, phase=before)] if before else None
            if built(path, earlier, after) in ("new", "changed"):
                return True
    return False
