"""`archgen terraform check`: check variable files against the variables of their stack."""

from __future__ import annotations

import argparse
from pathlib import Path

from archgen.commands.shared import (
    UNUSABLE,
    coordinate_of,
    exit_code,
    for_machines,
    more_about,
    read_model,
    say,
    unusable,
)
from archgen.diagnostics.diagnostic import in_order
from archgen.diagnostics.places import for_people
from archgen.diagnostics.report import render


def run(options: argparse.Namespace) -> int:
    """Check a folder or the stacks of a model; returns the exit code."""
    from archgen.artifacts.terraform_jobs import check_all, jobs_of_folder, jobs_of_stacks

    root = Path()  # the folder that paths of variable files are relative to
    if options.what and any(f for pattern in ("*.tf", "*.tf.json") for f in Path(options.what).glob(pattern)):
        jobs, problems = jobs_of_folder(Path(options.what))
    else:
        loaded = read_model(options)
        if loaded.project is None:
            return unusable(loaded)
        coordinate = coordinate_of(loaded, options.at) if options.at else None
        if options.at and coordinate is None:
            return UNUSABLE
        root = loaded.root
        jobs, problems = jobs_of_stacks(loaded.project, options.what, coordinate)
    findings = problems or in_order(check_all(jobs, partial=options.partial))
    if options.format != "text":
        for_machines(options.format, root, findings)
    elif findings:
        names = for_people(root)
        lines = names.lines({job.file: job.text.splitlines() for job in jobs if not job.may_have_secrets})
        say(render(names.diagnostics(findings), lines))
        say(more_about(findings))
    elif jobs:
        one = len(jobs) == 1
        print("1 variable file matches its variables." if one else f"{len(jobs)} variable files match their variables.")
    else:
        print("There is nothing to check, because no stack of the model has variable files.")
    return UNUSABLE if problems else exit_code(findings)
