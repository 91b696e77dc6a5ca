"""What commands share: exit codes, where a coordinate comes from, and how findings are shown."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from archgen.checking.judgment import Waived
from archgen.commands.arguments import USAGE
from archgen.diagnostics.diagnostic import SEVERITIES, Diagnostic, Severity
from archgen.diagnostics.places import for_people, for_programs
from archgen.diagnostics.report import render, summary, visible
from archgen.model.coordinate import BadConditionError, Coordinate
from archgen.project import Loaded, Project, load

CLEAN, FINDINGS, UNUSABLE, STALE, INTERNAL = 0, 1, USAGE, 3, 70


def print_or_write(content: str | bytes, output: str | None) -> int:
    """To a file if one is named, else to standard output."""
    if output:
        from archgen.system.outfile import write_one

        write_one(Path(output), content.encode() if isinstance(content, str) else content)
    else:
        print_out(content if isinstance(content, str) else content.decode())
    return CLEAN


def print_out(text: str) -> None:
    """To standard output, at once. Raises UnwritableError where it takes no more, and BrokenPipeError where nobody reads any more."""
    from archgen.system.outfile import UnwritableError

    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        if os.name == "nt" and error.errno == errno.EINVAL:  # how Windows says that the reader has left
            raise BrokenPipeError from None
        drop_output()
        raise UnwritableError("to standard output", error.strerror or str(error)) from None


def drop_output() -> None:
    """What is still to be printed would be tried once more when the process ends, with a traceback."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Progress:
    """What is being done: one line that changes on a terminal, plain lines elsewhere, always on standard error."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()

    def __call__(self, text: str) -> None:
        if self.terminal:
            sys.stderr.write(f"\r\x1b[K{text} …")
        else:
            sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def done(self) -> None:
        """Clear the line."""
        if self.terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def unusable(loaded: Loaded) -> int:
    """Say why a model cannot be used."""
    show(loaded.diagnostics, loaded)
    return UNUSABLE


def exit_code(findings: Sequence[Diagnostic], fail_on: Severity = "error") -> int:
    """1 if any finding is at least as severe."""
    least = SEVERITIES.index(fail_on)
    return FINDINGS if any(SEVERITIES.index(finding.severity) <= least for finding in findings) else CLEAN


def usage(message: str, help_: str) -> int:
    """Say what was wrong with the command line, and what would be right."""
    say(f"archgen: {visible(message)}\n  help: {visible(help_)}")
    return UNUSABLE


def show(diagnostics: Sequence[Diagnostic], loaded: Loaded) -> None:
    """Findings for people, on standard error."""
    names = for_people(loaded.root)
    say(render(names.diagnostics(diagnostics), names.lines(loaded.files.lines)))
    say(f"\n{summary(diagnostics)}; archgen explain {diagnostics[0].code} says more")


def say(text: str) -> None:
    """A line on standard error; where that takes no more, nobody can be told."""
    try:
        print(text, file=sys.stderr, flush=True)
    except BrokenPipeError:
        raise
    except OSError:
        return


def for_machines(format_: str, root: Path, findings: Sequence[Diagnostic], waived: Sequence[Waived] = ()) -> None:
    """Findings for other programs, on standard output; `root` is the folder that their places are named from."""
    from archgen.diagnostics.machine_report import FORMATS

    names = for_programs(root)
    moved = [replace(w, finding=names.diagnostics([w.finding])[0]) for w in waived]
    print_out(FORMATS[format_](names.diagnostics(findings), moved))


def read_model(options: argparse.Namespace) -> Loaded:
    """The model that the options name."""
    return load(Path(options.model), trusted=not options.no_project_code)


def say_what_was_not_checked(project: Project) -> None:
    """A line on standard error for each sort of code that a project brings and that was not used."""
    if not project.trusted:
        from archgen.publishing.untrusted_site import not_checked

        for line in not_checked(project):
            say(f"not checked: {visible(line)}")


def load_at(options: argparse.Namespace, revision: str | None) -> Loaded | None:
    """The model that the options name, as it was at a revision if one is named; None after saying why there is none."""
    from archgen.reading.git_revision import RevisionError, at_revision

    try:
        model = Path(options.model)
        with at_revision(model, revision) if revision is not None else nullcontext(model) as there:
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
    """The coordinate that an option names, the default without it; None after saying what is wrong with it."""
    assert loaded.project is not None
    axes = loaded.project.resolved.axes
    try:
        return axes.parse_at(at) if at else axes.default
    except BadConditionError as error:
        show([Diagnostic("ARC-C004", str(error), error.help, subject=option)], loaded)
        return None


def project_at(options: argparse.Namespace) -> tuple[Loaded, Project, Coordinate] | None:
    """The model that the options name, and the coordinate; None after saying why there is none."""
    loaded = read_model(options)
    if loaded.project is None:
        unusable(loaded)
        return None
    coordinate = coordinate_of(loaded, options.at)
    return None if coordinate is None else (loaded, loaded.project, coordinate)


def today_of(options: argparse.Namespace) -> str:
    """The day that rules about dates ask about."""
    given: str | None = options.today
    return given or datetime.now().astimezone().date().isoformat()
