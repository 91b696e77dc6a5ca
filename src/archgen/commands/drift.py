"""`archgen drift`: the differences between a model and what Terraform knows."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archgen.checking.judgment import reason_of
from archgen.commands.shared import (
    CLEAN,
    FINDINGS,
    UNUSABLE,
    print_or_write,
    project_at,
    say,
    say_what_was_not_checked,
    today_of,
    usage,
)
from archgen.commands.terraform_files import read_files
from archgen.diagnostics.places import Names, for_people, for_programs
from archgen.diagnostics.report import visible

if TYPE_CHECKING:
    from archgen.drifting.findings import Drift, DriftReport
    from archgen.importing.terraform_json import TerraformFile


def run(options: argparse.Namespace) -> int:
    """Print the differences, or write a baseline; returns the exit code."""
    from archgen.drifting.formats import FORMATS, PrintedReport
    from archgen.drifting.reporting import make_report
    from archgen.importing.mappings import clouds_with_mappings

    there = project_at(options)
    if there is None:
        return UNUSABLE
    loaded, project, coordinate = there
    a = project.resolved.architectures[coordinate]
    if a.facts.base not in clouds_with_mappings():
        what = f"archgen cannot compare files of {a.facts.full_name} yet"
        return usage(what, f"name a coordinate on one of these clouds with --at: {', '.join(clouds_with_mappings())}")
    baseline = _read_baseline(options.baseline)
    sources = read_files(options.files, _are_alike, "give one state, one plan, or one of each for each stack")
    if sources is None or baseline is None:
        return UNUSABLE
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
    printed = PrintedReport(_moved(report, names), names.span(a.stated_at("components")), waivers)
    print_or_write(FORMATS[options.format](printed), options.output)
    say_what_was_not_checked(project)
    return FINDINGS if report.findings or report.empty else CLEAN


def _moved(report: DriftReport, names: Names) -> DriftReport:
    """A copy of a report with the names of files that its readers need."""

    def moved(drift: Drift) -> Drift:
        return replace(drift, at=names.span(drift.at)) if drift.at else drift

    return replace(
        report,
        findings=tuple(map(moved, report.findings)),
        waived=tuple(map(moved, report.waived)),
        known=tuple(map(moved, report.known)),
    )


# -- files ---------------------------------------------------------------------------------------------------


def _are_alike(source: TerraformFile, earlier: TerraformFile) -> bool:
    """Whether two files are states of one stack, or plans of one."""
    from archgen.drifting.comparing import are_of_one_stack

    return source.form == earlier.form and are_of_one_stack(source, earlier)


def _read_baseline(file: str | None) -> list[Any] | None:
    """The differences in a baseline; None after printing why it cannot be used."""
    from archgen.drifting.accepting import BaselineError, read_baseline

    if file is None:
        return []
    try:
        return [*read_baseline(Path(file).read_text(encoding="utf-8"))]
    except OSError as error:
        why = error.strerror or str(error)
    except (BaselineError, UnicodeDecodeError) as error:
        why = str(error)
    usage(f"the baseline {visible(file)} cannot be used: {visible(why)}", "write one with --write-baseline")
    return None


def _write_baseline(file: str, drifts: Sequence[Drift]) -> int:
    from archgen.drifting.accepting import baseline_text

    print_or_write(baseline_text(drifts), file)
    say(f"{visible(file)}: {len(drifts)} {'difference' if len(drifts) == 1 else 'differences'}")
    return CLEAN
