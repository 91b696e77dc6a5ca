"""`archgen validate`: report what is wrong with a model, and with `--fix` fix what can be fixed safely."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from archgen.commands.shared import (
    FINDINGS,
    UNUSABLE,
    exit_code,
    for_machines,
    read_model,
    say,
    say_what_was_not_checked,
    show,
    today_of,
)
from archgen.commands.timings import Timings
from archgen.diagnostics.places import for_people
from archgen.diagnostics.report import render
from archgen.model.wording import counted
from archgen.pipeline import Checked, check, load_and_check
from archgen.project import Loaded, Project
from archgen.system.meanwhile import usable_cores

if TYPE_CHECKING:
    from archgen.checking.rulebook import Rule

CHECKING = "reading and checking the model"  # at the same time, with two processes


def run(options: argparse.Namespace) -> int:
    """Validate; returns the exit code."""
    timings = Timings()
    timings.begin("fixing" if options.fix else CHECKING)
    if options.fix:
        _fix(options)
        timings.begin(CHECKING)
    trusted = not options.no_project_code
    loaded, checked = load_and_check(Path(options.model), today_of(options), _jobs(options), trusted=trusted)
    timings.begin("reporting")
    _report(options, loaded, checked, timings)
    if options.timings and options.format != "json":
        say(timings.table())
    if loaded.project is None or checked is None:
        return UNUSABLE
    missing = checked.judgment.missing
    say_what_was_not_checked(loaded.project)
    return FINDINGS if missing and options.fail_on.unknown else exit_code(checked.findings, options.fail_on.severity)


def _report(options: argparse.Namespace, loaded: Loaded, checked: Checked | None, timings: Timings) -> None:
    """Print what was found, in the requested format. Reports in JSON say what the stages took, if that is asked for."""
    rows = timings.rows() if options.timings and options.format == "json" else ()
    if loaded.project is None or checked is None:
        if options.format == "text":
            show(loaded.diagnostics, loaded)
        else:
            for_machines(options.format, loaded.root, loaded.diagnostics, timings=rows)
    elif options.format == "text":
        _show(options, loaded, checked)
    else:
        book = _book(loaded.project, checked)
        for_machines(options.format, loaded.root, checked.findings, checked.judgment, book, rows)


def _book(project: Project, checked: Checked) -> list[Rule]:
    # Imported here, because only reports for machines contain the rules, and `validate` has to start fast.
    from archgen.checking.python_rules import python_rules
    from archgen.checking.rulebook import rulebook

    return rulebook(project.resolved, python_rules(project.rules_folder)[0], checked.judgment)


def _show(options: argparse.Namespace, loaded: Loaded, checked: Checked) -> None:
    """Print what was found for people: findings, or that there are none, and what could not be checked."""
    assert loaded.project is not None
    missing = checked.judgment.missing
    if checked.findings:
        show(checked.findings, loaded)
    else:
        resolved = loaded.project.resolved
        size = (
            f"{counted(len(resolved.default.components), 'component')}, {counted(len(resolved.axes.all), 'coordinate')}"
        )
        waived = f", {counted(len(checked.waived), 'finding')} waived" if checked.waived else ""
        print(f"{for_people(loaded.root).of(loaded.files.main.file)} is valid: {size}{waived}.")
    if missing and options.fail_on.unknown:
        names = for_people(loaded.root)
        facts = names.diagnostics(m.fact for m in missing)
        say("" if checked.findings else "What the model does not state:")
        say(render(facts, names.lines(loaded.files.lines), most=len(facts)))
    if missing:
        rules = {code for m in missing for code in m.about}
        details = "" if options.fail_on.unknown else "; for details, run: archgen validate --fail-on unknown"
        subject, lacking = counted(len(rules), "rule"), counted(len(missing), "fact")
        say(f"{subject} could not be checked everywhere, because the model does not state {lacking}{details}")


def _fix(options: argparse.Namespace) -> None:
    """Apply all safe fixes, if the model is valid, and print what was fixed."""
    from archgen.checking.fixes import fix_files

    loaded = read_model(options)
    if loaded.project is None:
        return
    made, failed = fix_files(loaded.project, check(loaded.project, today_of(options), _jobs(options)).findings)
    for word, lines in (("fixed", made), ("not fixed:", failed)):
        for line in lines:
            file, _, what = line.partition(":")
            say(f"{word} {for_people(loaded.root).of(file)}:{what}")


def _jobs(options: argparse.Namespace) -> int:
    """The number of processes to use."""
    return options.jobs or usable_cores()
