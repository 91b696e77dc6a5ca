"""Makes the report about files at one coordinate: what differs, what is accepted, and which coordinate fits better."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from archgen.drifting.accepting import apply_baseline, apply_waivers
from archgen.drifting.comparing import ModelComparison, merge_sides, sides_of
from archgen.drifting.findings import DriftReport
from archgen.importing.object_namespaces import with_namespaces
from archgen.importing.terraform_json import TerraformFile
from archgen.model.architecture import Architecture
from archgen.model.coordinate import Coordinate
from archgen.model.resolve import Resolved


def make_report(
    resolved: Resolved,
    coordinate: Coordinate,
    sources: Sequence[TerraformFile],
    today: str,
    *,
    only: Collection[str] = (),
    partial: bool = False,
    baseline: Sequence[Mapping[str, Any]] = (),
) -> DriftReport:
    """The report about these files on a day (ISO 8601); `only` has the kinds of differences to report, all if it is empty."""
    a = resolved.architectures[coordinate]
    actual, planned = sides_of(with_namespaces(sources))
    partial = partial or _is_partial(a, actual) or _is_partial(a, planned)
    comparison = ModelComparison(resolved, actual, a.facts.base, partial=partial)
    coverage, drifts = comparison.at(coordinate)
    if actual != planned:
        other = ModelComparison(resolved, planned, a.facts.base, partial=partial)
        covered, further = other.at(coordinate)
        drifts = merge_sides(
            drifts, further, lambda d: comparison.tells(d, coverage), lambda d: other.tells(d, covered)
        )
    counted, waived = apply_waivers(a, [drift for drift in drifts if not only or drift.kind in only], today)
    new, known, outdated = apply_baseline(counted, waived, baseline)
    return DriftReport(
        coordinate=coordinate,
        sources=sources,
        components=len(a.components),
        coverage=coverage,
        findings=new,
        waived=waived,
        known=known,
        outdated=0 if only else outdated,
        fit=comparison.better_fit(coordinate),
    )


def _is_partial(a: Architecture, sources: Sequence[TerraformFile]) -> bool:
    """Whether there are files of Terraform, but fewer than the model has stacks."""
    files = sum(not source.is_kubernetes for source in sources)
    return a.document.terraform is not None and 0 < files < len(a.document.terraform.stacks)
