"""Records what a comparison covered, so that pages can say when the model was last compared."""

from __future__ import annotations

from archgen.analysis.past_comparisons import PastComparison, PastComparisons, comparisons_text
from archgen.drifting.findings import DriftReport
from archgen.model.resolve import Resolved


def text_with_report(resolved: Resolved, known: PastComparisons, report: DriftReport, on: str) -> str:
    """The text of the file with the comparisons, in which this one replaces the earlier one of its environment.

    `on` is the day of the comparison (ISO 8601). Comparisons of environments that the model no longer has are left out.
    """
    homes = {(c.cloud, c.environment) for c in resolved.axes.all}
    by_home = {home: one for home, one in known.by_home.items() if home in homes}
    at = report.coordinate
    by_home[at.cloud, at.environment] = PastComparison(
        on=on,
        phase=at.phase,
        files=len(report.sources),
        resources=sum(len(source.resources) for source in report.sources),
        components=report.components,
        compared=len(report.coverage.compared),
        values=len(report.coverage.values),
        differences=len(report.findings),
        accepted=len(report.waived) + len(report.known),
    )
    return comparisons_text(by_home)
