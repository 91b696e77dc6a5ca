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
from archgen.diagnostics.diagnostic import Diagnostic, Span
from archgen.diagnostics.places import Names, for_people, for_programs
from archgen.diagnostics.report import render, visible

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
    sources = _read(options.files)
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


def _read(files: Sequence[str]) -> list[TerraformFile] | None:
    """What the files say; None after printing a diagnostic for each file that cannot be used."""
    from archgen.importing.terraform_json import UnusableError, read

    sources, problems = [], []
    for file in files:
        try:
            source = read(file)
        except UnusableError as error:
            problems.append(_problem("ARC-I001", visible(str(error)), error.help, file, error.line, error.column))
            continue
        if not source.resources:
            help_ = "a plan of a system that is up to date has none in old formats; give its state instead"
            problems.append(_problem("ARC-I002", "it contains no resources", help_, file))
        sources.append(source)
    problems += _twice(sources)
    if problems:
        say(render(problems, {}))
        return None
    return sources


def _twice(sources: Sequence[TerraformFile]) -> list[Diagnostic]:
    """A diagnostic for each state of a stack of which there is another state, and for each such plan."""
    from archgen.drifting.comparing import are_of_one_stack

    found = []
    for number, source in enumerate(sources):
        for earlier in sources[:number]:
            if source.form == earlier.form and are_of_one_stack(source, earlier):
                what = f"it has mostly the same resources as {earlier.file}, so both are of one stack"
                help_ = "give one state, one plan, or one of each for each stack"
                found.append(_problem("ARC-I003", what, help_, source.file))
                break
    return found


def _problem(code: str, message: str, help_: str, file: str, line: int = 1, column: int = 1) -> Diagnostic:
    return Diagnostic(code, message, help=help_, span=Span(file, line, column, line, column))


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
