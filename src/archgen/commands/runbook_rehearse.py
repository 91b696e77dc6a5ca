"""`archgen runbook rehearse`: runs the commands of runbooks against an emulator, and prints what each step gave."""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from archgen.commands.shared import CLEAN, FINDINGS, UNUSABLE, coordinate_of, print_or_write, say, show, usage
from archgen.diagnostics.diagnostic import did_you_mean
from archgen.diagnostics.report import visible

if TYPE_CHECKING:
    from archgen.project import Loaded
    from archgen.rehearsal.rehearse import Rehearsed


def run(options: argparse.Namespace, loaded: Loaded) -> int:
    """Rehearse one runbook or all of them; returns the exit code, which is 1 if a step does not do what it says."""
    from archgen.rehearsal.rehearse import rehearse
    from archgen.rehearsal.workshop import UnavailableError
    from archgen.runbooks.procedures import runbooks_of
    from archgen.templating.render import TemplateFailure, Templates

    assert loaded.project is not None
    resolved = loaded.project.resolved
    coordinate = coordinate_of(loaded, options.at) if options.at else None
    if options.at and coordinate is None:
        return UNUSABLE
    if options.id and options.id not in runbooks_of(resolved):
        return usage(f"unknown runbook '{visible(options.id)}'", did_you_mean(options.id, runbooks_of(resolved)))
    wanted = [options.id] if options.id else []
    if options.output and (wanted or coordinate):
        return usage("a record needs all runbooks at all coordinates", "leave out the ID and --at, or -o")
    try:
        found = rehearse(Templates(loaded.project.templates), resolved, wanted, coordinate)
    except TemplateFailure as failure:
        show([failure.diagnostic], loaded)
        return UNUSABLE
    except UnavailableError as error:
        return usage(f"nothing was rehearsed: {error}", "a rehearsal needs the AWS CLI, moto and bash")
    if options.output:
        return _report(found) or print_or_write(_record(found, loaded), options.output)
    return _report(found)


def _record(found: list[Rehearsed], loaded: Loaded) -> str:
    """The text of the record of a rehearsal."""
    from archgen.rehearsal.record import read_record, record_of, text_of
    from archgen.templating.render import Templates

    assert loaded.project is not None
    templates = Templates(loaded.project.templates)
    today = datetime.now().astimezone().date().isoformat()
    return text_of(record_of(found, read_record(templates), today))


def _report(found: list[Rehearsed]) -> int:
    """Print a line for each step, with its answer if it failed; returns the exit code."""
    from archgen.rehearsal.rehearse import covered

    for one in found:
        print(f"{one.outcome.result:9} {one.runbook} {one.coordinate.cloud},{one.coordinate.environment} {one.step.id}")
        if one.outcome.why:
            print(f"          {visible(one.outcome.why)}")
        if one.outcome.result == "failed":
            print(f"          {one.step.source}:{one.step.line}")
            print("".join(f"          > {visible(line)}\n" for line in one.outcome.answer.splitlines()), end="")
    results = Counter(one.outcome.result for one in found)
    executed, lines = covered(found)
    say(
        ", ".join(f"{number} {result}" for result, number in sorted(results.items()))
        or "The runbooks have no commands."
    )
    say(f"{len(executed)} of {len(lines)} distinct AWS command lines were executed.")
    return FINDINGS if results["failed"] else CLEAN
