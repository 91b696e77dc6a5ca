"""`archgen drift`: the differences between a model and what Terraform knows."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from archgen.checking.judgment import reason_of
from archgen.commands.drift_inputs import is_comparable, read_known_differences, read_stack_files
from archgen.commands.shared import (
    CLEAN,
    FINDINGS,
    UNUSABLE,
    print_or_write,
    project_at,
    say,
    say_what_was_not_checked,
    show,
    today_of,
    usage,
)
from archgen.diagnostics.places import for_people, for_programs
from archgen.diagnostics.report import visible
from archgen.project import Project

if TYPE_CHECKING:
    from archgen.drifting.findings import Drift, DriftReport


def run(options: argparse.Namespace) -> int:
    """Print the differences, or write a baseline; returns the exit code."""
    from archgen.commands.project_types import types_in
    from archgen.drifting.formats import FORMATS, PrintedReport
    from archgen.drifting.reporting import make_report
    from archgen.importing.resource_types import using_types

    if options.only and (options.write_baseline or options.record):
        what, option = ("baseline", "--write-baseline") if options.write_baseline else ("record", "--record")
        return usage(f"--only would leave differences out of the {what}", f"omit --only, or omit {option}")
    if options.write_baseline and options.record:
        return usage(
            "--write-baseline and --record cannot be combined", "write the baseline, then record with --baseline"
        )
    there = project_at(options)
    if there is None:
        return UNUSABLE
    loaded, project, coordinate = there
    a = project.resolved.architectures[coordinate]
    if not is_comparable(a):
        return UNUSABLE
    if options.record and project.comparisons.problems:
        show(project.comparisons.problems, loaded)
        return UNUSABLE
    baseline = read_known_differences(options.baseline)
    sources = read_stack_files(options.files)
    types = types_in(project.root, project.resolved)
    if sources is None or baseline is None or types is None:
        return UNUSABLE
    with using_types(types[0]):
        report = make_report(
            project.resolved,
            coordinate,
            sources,
            today_of(options),
            only=options.only,
            partial=options.partial,
            baseline=baseline,
        )
    if options.write_baseline:
        return _write_baseline(options.write_baseline, [*report.findings, *report.known])
    names = (for_people if options.format == "text" else for_programs)(loaded.root)
    waivers = {n: (reason_of(w, project.resolved), w.until) for n, w in a.document.rules.waivers.items()}
    printed = PrintedReport(report.moved(names.span), names.span(a.stated_at("components")), waivers)
    print_or_write(FORMATS[options.format](printed), options.output)
    if options.record:
        _record(project, report, today_of(options))
    say_what_was_not_checked(project)
    return FINDINGS if report.findings or report.empty else CLEAN


def _write_baseline(file: str, drifts: Sequence[Drift]) -> int:
    from archgen.drifting.accepting import baseline_text

    print_or_write(baseline_text(drifts), file)
    say(f"{visible(file)}: {len(drifts)} {'difference' if len(drifts) == 1 else 'differences'}")
    return CLEAN


def _record(project: Project, report: DriftReport, on: str) -> None:
    """Write what was compared next to the model; a comparison of nothing does not count."""
    from archgen.analysis.past_comparisons import FILE
    from archgen.drifting.recording import text_with_report
    from archgen.system.outfile import write_in_project

    if report.empty:
        say("Nothing was compared, so nothing is recorded.")
    else:
        text = text_with_report(project.resolved, project.comparisons, report, on)
        write_in_project(project.root, FILE, text.encode())
