"""`archgen rules`: list the rules of a project, or explain one."""

from __future__ import annotations

import argparse

from archgen.checking.python_rules import python_rules
from archgen.checking.rulebook import FORMATS, rulebook
from archgen.commands.shared import CLEAN, print_or_write, read_model, say, today_of, unusable, usage
from archgen.diagnostics.codes import titles
from archgen.diagnostics.diagnostic import did_you_mean
from archgen.diagnostics.explain import as_text, explain
from archgen.diagnostics.places import for_people
from archgen.diagnostics.report import render, visible
from archgen.pipeline import check


def run(options: argparse.Namespace) -> int:
    """Print or write the rulebook, or one rule with its findings; returns the exit code."""
    loaded = read_model(options)
    if loaded.project is None:
        return unusable(loaded)
    project = loaded.project
    checked = check(project, today_of(options))
    book = rulebook(project.resolved, python_rules(project.rules_folder)[0], checked.judgment)
    if not options.code:
        return print_or_write(FORMATS[options.format](book), options.output)
    wanted = {rule.code.casefold(): rule for rule in book}.get(options.code.casefold())
    if wanted is None:
        return usage(f"unknown rule '{visible(options.code)}'", did_you_mean(options.code, [r.code for r in book]))
    text = as_text(explain(wanted.code)) if wanted.code in titles() else f"{wanted.code}: {visible(wanted.title)}\n"
    if wanted.changed:
        text += f"\nSeverity in this project: {wanted.severity}.\n"
    text += f"\nResult: {visible(wanted.result)}.\n"
    print_or_write(text, options.output)
    names = for_people(loaded.root)
    lines = names.lines(loaded.files.lines)
    findings = names.diagnostics(d for d in checked.findings if d.code == wanted.code)
    if findings:
        say(f"\nFindings:\n\n{render(findings, lines)}")
    lacking = names.diagnostics(m.fact for m in checked.judgment.missing if wanted.code in m.about)
    if lacking:
        say(f"\nWhat could not be checked:\n\n{render(lacking, lines, most=len(lacking))}")
    for waived in (w for w in checked.waived if w.finding.code == wanted.code):
        say(f"\nWaived until {waived.until} ({waived.waiver}): {visible(waived.reason)}")
        say(render(names.diagnostics([waived.finding]), lines))
    return CLEAN
