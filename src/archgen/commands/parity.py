"""`archgen parity`: the parity table, its reviews, and proposals for another cloud."""

from __future__ import annotations

import argparse
from datetime import datetime

from archgen.commands import parity_suggest
from archgen.commands.shared import CLEAN, FINDINGS, UNUSABLE, print_or_write, read_model, say, unusable, usage
from archgen.diagnostics.diagnostic import did_you_mean
from archgen.diagnostics.places import for_people
from archgen.diagnostics.report import render, visible
from archgen.project import Project


def run(options: argparse.Namespace) -> int:
    """Print or write the table or proposals, or record reviews; returns the exit code."""
    from archgen.parity.table import FORMATS

    if options.write and options.action != "suggest":
        return usage("--write is only for proposals", "archgen parity suggest --to CLOUD --write")
    loaded = read_model(options)
    if options.action == "suggest":
        return parity_suggest.run(options, loaded)
    if loaded.project is None:
        return unusable(loaded)
    if options.action == "review":
        return _review(options, loaded.project)
    if options.to:
        return usage("--to is only for proposals", "archgen parity suggest --to CLOUD")
    if options.ids or options.all or options.by or options.on:
        return usage("capabilities, --all, --by and --on are only for reviews", "archgen parity review ID")
    print_or_write(FORMATS[options.format](loaded.project.resolved, loaded.project.reviews), options.output)
    return _ready_enough(loaded.project, options.fail_under) if options.fail_under is not None else CLEAN


def _review(options: argparse.Namespace, project: Project) -> int:
    from archgen.parity.reviews import FILE, as_yaml, stamped
    from archgen.reading.git_revision import author
    from archgen.system.outfile import write_in_project

    known = list(project.resolved.default.document.capabilities)
    names = known if options.all else options.ids
    if not names:
        return usage("review needs at least one capability", "list capabilities, or add --all")
    for name in names:
        if name not in known:
            return usage(f"unknown capability '{visible(name)}'", did_you_mean(name, known))
    proposals = [n for n in names if project.resolved.default.document.capabilities[n].proposed]
    if proposals:
        what = f"{visible(', '.join(proposals))} cannot be reviewed, because archgen proposed what it contains"
        return usage(what, "compare both sides, correct the row, and remove `proposed` from it")
    by = options.by or author(project.root)
    if not by:
        return usage("the review has no reviewer", "add --by NAME, or set your name in Git: git config user.name")
    on = options.on or datetime.now().astimezone().date().isoformat()
    if project.reviews.problems:
        names = for_people(project.root)
        say(render(names.diagnostics(project.reviews.problems), names.lines(project.files.lines)))
        return UNUSABLE
    stamps = stamped(project.resolved, project.reviews, names, by, on)
    write_in_project(project.root, FILE, as_yaml(stamps).encode())
    for name in names:
        print(f"{name}: compared by {visible(by)} on {on}")
    return CLEAN


def _ready_enough(project: Project, least: int) -> int:
    """The exit code: FINDINGS if it is not known that a cloud is ready to `least` percent, after printing which and why."""
    from archgen.parity.readiness import applies, readiness
    from archgen.parity.table import shortfalls

    if not applies(project.resolved):
        say("readiness is not applicable, because the model has only one cloud")
    short = [cloud for cloud in readiness(project.resolved, project.reviews) if cloud.low < least]
    for cloud in short:
        below = f"below {least}%" if cloud.high < least else f"so it is not known to be {least}%"
        say(f"the readiness of {cloud.name} is {cloud.percent} ({cloud.basis}), {below}:")
        say("".join(shortfalls(cloud)).rstrip("\n"))
    return FINDINGS if short else CLEAN
