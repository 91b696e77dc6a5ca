"""Options that several commands share, and the types of their values."""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

from archgen.diagnostics.diagnostic import SEVERITIES, Severity
from archgen.diagnostics.report import visible


class FailOn(NamedTuple):
    """What makes a command fail: findings of at least a severity and, if `unknown`, rules that could not be checked.

    With `drift`, also differences between a plan and the model.
    """

    severity: Severity
    unknown: bool
    drift: bool = False


def fail_on(text: str) -> FailOn:
    """A severity, `unknown`, or both, separated by a comma. Raises argparse.ArgumentTypeError."""
    return _fail_on(text, ("unknown",))


def fail_on_in_review(text: str) -> FailOn:
    """Like `fail_on`, and `drift` as well. Raises argparse.ArgumentTypeError."""
    return _fail_on(text, ("unknown", "drift"))


def _fail_on(text: str, further: tuple[str, ...]) -> FailOn:
    words = text.split(",")
    severities = [severity for severity in SEVERITIES if severity in words]
    if len(severities) > 1 or set(words) - {*SEVERITIES, *further}:
        with_ = " or ".join(f",{word}" for word in further)
        raise argparse.ArgumentTypeError(
            f"'{visible(text)}' is not error, warning, info, {', '.join(further)}, or one of the first three with {with_}"
        )
    return FailOn(severities[0] if severities else "error", "unknown" in words, "drift" in words)


def date(text: str) -> str:
    """A day as ISO 8601. Raises argparse.ArgumentTypeError."""

    from archgen.model.base import calendar_day

    try:
        return calendar_day(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def duration(text: str) -> str:
    """A duration such as `12m`. Raises argparse.ArgumentTypeError."""
    from archgen.runbooks.stated import checked_duration

    try:
        return checked_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def one_line(text: str) -> str:
    """Text on one line that is not blank. Raises argparse.ArgumentTypeError."""
    if not text.strip() or not text.isprintable():
        raise argparse.ArgumentTypeError("the text must be one line, and must not be blank")
    return text


def add_today(command: argparse.ArgumentParser) -> None:
    """Add `--today`, the date for rules that depend on it."""

    day = "the date used to check waivers, drills and versions (default: today); generated files do not depend on it"
    command.add_argument("--today", metavar="DATE", type=date, help=day)


def add_timings(command: argparse.ArgumentParser, where: str) -> None:
    """Add `--timings`."""
    command.add_argument("--timings", action="store_true", help=f"print how many seconds each stage took, {where}")


def port(text: str) -> int:
    """A port. Raises argparse.ArgumentTypeError."""

    number = int(text) if text.isdecimal() and len(text) < 6 else -1
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port; specify a number from 0 to 65535")
    return number


def number_of_jobs(text: str) -> int:
    """A number of processor cores. Raises argparse.ArgumentTypeError."""

    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"'{visible(text)}' is not a number of processor cores; specify 1 or more")
    return number


def percent(text: str) -> int:
    """A whole number from 0 to 100. Raises argparse.ArgumentTypeError."""

    if text.isascii() and text.isdigit() and int(text) <= 100:
        return int(text)
    raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 0 to 100")


def add_model(command: argparse.ArgumentParser) -> None:
    """Add the options of every command that reads a model."""

    what = "the model (default: %(default)s)"
    command.add_argument("-m", "--model", default="architecture.yaml", metavar="FILE", help=what)
    without = "for projects you do not trust: ignore their templates, rules/*.py, bindings, fonts, hand-written pages and mkdocs.yml"
    command.add_argument("--no-project-code", action="store_true", help=without)


def add_at(command: argparse.ArgumentParser, what: str = "cloud, environment and phase, separated by commas") -> None:
    """Add `--at`, a coordinate."""

    command.add_argument("--at", metavar="COORDINATE", help=what)


def add_theme(command: argparse.ArgumentParser) -> None:
    """Add `--theme`, the background of a picture."""

    what = "colors for a light or a dark background, for SVG, PNG and PDF (default: light)"
    command.add_argument("--theme", choices=("light", "dark"), default="light", help=what)


def add_output(command: argparse.ArgumentParser, what: str) -> None:
    """Add `-o`; `what` is its help text."""

    command.add_argument("-o", "--output", metavar="FILE", help=what)


def add_command(commands: Any, name: str, help_: str, more: str = "", epilog: str = "") -> argparse.ArgumentParser:
    """The parser of one command; `help_` is its line in the list of commands, and `more` is added to its own help."""
    added: argparse.ArgumentParser = commands.add_parser(
        name,
        help=help_,
        description=f"{help_[0].upper()}{help_[1:]}. {more}".strip(),
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return added
