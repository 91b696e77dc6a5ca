"""The command that lists the rules of a project, and explains one."""

from __future__ import annotations

import argparse

from archgen.commands.shared import CLEAN, print_or_write, read_model, say, today_of, unusable, usage
from archgen.diagnostic import CODES, did_you_mean
from archgen.explain import as_text, explain
from archgen.pipeline import judge
from archgen.places import for_people
from archgen.report import render, visible
from archgen.rulebook import FORMATS, rulebook


def rules(options: argparse.Namespace) -> int:
    """`archgen rules`."""
    loaded = read_model(options)
    if loaded.project is None:
        return unusable(loaded)
    project = loaded.project
    judged = judge(project, today_of(options))
    book = rulebook(project.resolved, project.own_rules()[0], judged)
    if not options.code:
        return print_or_write(FORMATS[options.format](book), options.output)
    wanted = {rule.code.casefold(): rule for rule in book}.get(options.code.casefold())
    if wanted is None:
        return usage(f"there is no rule '{visible(options.code)}'", did_you_mean(options.code, [r.code for r in book]))
    text = as_text(explain(wanted.code)) if wanted.code in CODES else f"{wanted.code}: {visible(wanted.title)}\n"
    if wanted.changed:
        text += f"\nIn this project: {wanted.severity}.\n"
    print_or_write(text, options.output)
    names = for_people(loaded.root)
    lines = names.lines(loaded.files.lines)
    found = names.diagnostics(d for d in judged.findings if d.code == wanted.code)
    if found:
        say(f"\nFound here:\n\n{render(found, lines)}")
    for waived in (w for w in judged.waived if w.finding.code == wanted.code):
        say(f"\nWaived until {waived.until} ({waived.waiver}): {visible(waived.reason)}")
        say(render(names.diagnostics([waived.finding]), lines))
    return CLEAN
