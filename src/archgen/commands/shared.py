"""Functions shared by commands: exit codes, reading the model and the coordinate, and printing findings."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from archgen.checking.judgment import Judgment
from archgen.commands.arguments import USAGE
from archgen.diagnostics.diagnostic import SEVERITIES, Diagnostic, Severity
from archgen.diagnostics.places import for_people, for_programs
from archgen.diagnostics.report import render, summary, visible
from archgen.model.coordinate import BadConditionError, Coordinate
from archgen.project import Loaded, Project, load

if TYPE_CHECKING:
    from archgen.checking.rulebook import Rule

CLEAN, FINDINGS, UNUSABLE, STALE, INTERNAL = 0, 1, USAGE, 3, 70


def print_or_write(content: str | bytes, output: str | None) -> int:
    """Write to a file if one is given, otherwise print to standard output; returns the exit code."""
    if output:
        from archgen.system.outfile import write_one

        write_one(Path(output), content.encode() if isinstance(content, str) else content)
    else:
        print_out(content if isinstance(content, str) else content.decode())
    return CLEAN


def print_out(text: str) -> None:
    """Print to standard output and flush. Raises UnwritableError if that fails, and BrokenPipeError if the reader has closed the pipe."""
    from archgen.system.outfile import UnwritableError

    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        if os.name == "nt" and error.errno == errno.EINVAL:  # Windows reports a closed pipe like this
            raise BrokenPipeError from None
        drop_output()
        raise UnwritableError("to standard output", error.strerror or str(error)) from None


def drop_output() -> None:
    """Discard buffered output, which Python would otherwise try to print at exit, with a traceback."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Progress:
    """Prints progress to standard error: one changing line on a terminal, otherwise a line for each step."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()

    def __call__(self, text: str) -> None:
        if self.terminal:
            sys.stderr.write(f"\r\x1b[K{text} …")
        else:
            sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def begin(self, stage: str) -> None:
        """Begin a stage that takes too little time to be printed."""

    def done(self) -> None:
        """Clear the line."""
        if self.terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def unusable(loaded: Loaded) -> int:
    """Print why a model cannot be used; returns the exit code."""
    show(loaded.diagnostics, loaded)
    return UNUSABLE


def exit_code(findings: Iterable[Diagnostic], fail_on: Severity = "error") -> int:
    """FINDINGS if any finding is at least as severe as `fail_on`, otherwise CLEAN."""
    least = SEVERITIES.index(fail_on)
    return FINDINGS if any(SEVERITIES.index(finding.severity) <= least for finding in findings) else CLEAN


def usage(message: str, help_: str) -> int:
    """Print what is wrong with the command line and how to correct it; returns the exit code."""
    say(f"archgen: {visible(message)}\n  help: {visible(help_)}")
    return UNUSABLE


def show(diagnostics: Sequence[Diagnostic], loaded: Loaded) -> None:
    """Print findings for people, on standard error."""
    names = for_people(loaded.root)
    say(render(names.diagnostics(diagnostics), names.lines(loaded.files.lines)))
    say(more_about(diagnostics))


def more_about(diagnostics: Sequence[Diagnostic]) -> str:
    """The last line after findings: how many there are, and the command that explains the first of the worst."""
    worst = min(diagnostics, key=lambda diagnostic: SEVERITIES.index(diagnostic.severity))
    return f"\n{summary(diagnostics)}; for details, run: archgen explain {worst.code}"


def say(text: str) -> None:
    """Print a line to standard error. Errors are ignored, because there is nowhere left to report them."""
    try:
        print(text, file=sys.stderr, flush=True)
    except BrokenPipeError:
        raise
    except OSError:
        return


def for_machines(
    format_: str,
    root: Path,
    findings: Sequence[Diagnostic],
    judgment: Judgment | None = None,
    book: Sequence[Rule] = (),
    timings: Sequence[Mapping[str, object]] = (),
) -> None:
    """Print findings for programs, on standard output; paths of files are relative to the top of the repository.

    `judgment` has the waived findings and the missing facts, `book` the rules that were asked, and `timings` what the stages took.
    """
    from archgen.diagnostics.machine_report import FORMATS, Report

    names = for_programs(root)
    waived = [replace(w, finding=names.diagnostics([w.finding])[0]) for w in (judgment.waived if judgment else ())]
    missing = [replace(m, fact=names.diagnostics([m.fact])[0]) for m in (judgment.missing if judgment else ())]
    print_out(FORMATS[format_](Report(names.diagnostics(findings), waived, missing, book, timings)))


def read_model(options: argparse.Namespace) -> Loaded:
    """The model given by the options."""
    return load(Path(options.model), trusted=not options.no_project_code)


def say_what_was_not_checked(project: Project) -> None:
    """Print a line for each type of project code that was ignored because of --no-project-code."""
    if not project.trusted:
        from archgen.publishing.untrusted_site import not_checked

        for line in not_checked(project):
            say(f"not checked: {visible(line)}")


def load_at(options: argparse.Namespace, revision: str | None) -> Loaded | None:
    """The model given by the options, at a revision if one is given; None, after printing the reason, if it cannot be read."""
    with ExitStack() as stack:
        return load_from(options, revision, stack)


def load_from(options: argparse.Namespace, revision: str | None, stack: ExitStack) -> Loaded | None:
    """Like `load_at`, with the other files of the revision, such as templates, which exist until `stack` is closed."""
    from archgen.reading.git_revision import RevisionError, at_revision

    try:
        model = Path(options.model)
        there = stack.enter_context(at_revision(model, revision)) if revision is not None else model
        loaded = replace(load(there, trusted=not options.no_project_code), root=model.parent)
    except RevisionError as error:
        say(render([error.diagnostic], {}))
        return None
    if loaded.project is None:
        if revision is not None:
            say(f"The model at revision '{visible(revision)}' cannot be read:\n")
        show(loaded.diagnostics, loaded)
        return None
    return loaded


def coordinate_of(loaded: Loaded, at: str | None, option: str = "--at") -> Coordinate | None:
    """The coordinate given by an option, or the default one; None, after printing the reason, if it does not exist."""
    assert loaded.project is not None
    axes = loaded.project.resolved.axes
    try:
        return axes.parse_at(at) if at else axes.default
    except BadConditionError as error:
        show([Diagnostic("ARC-C004", str(error), error.help, subject=option)], loaded)
        return None


def project_at(options: argparse.Namespace) -> tuple[Loaded, Project, Coordinate] | None:
    """The model and the coordinate given by the options; None, after printing the reason, if one of them is invalid."""
    loaded = read_model(options)
    if loaded.project is None:
        unusable(loaded)
        return None
    coordinate = coordinate_of(loaded, options.at)
    return None if coordinate is None else (loaded, loaded.project, coordinate)


def today_of(options: argparse.Namespace) -> str:
    """The ISO 8601 date given with --today, or today's date."""
    given: str | None = options.today
    return given or datetime.now().astimezone().date().isoformat()
