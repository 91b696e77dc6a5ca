"""The entry point of the command line: runs one command and turns failures into exit codes.

Exit codes: 0 success, 1 findings, 2 invalid input or usage, 3 stale files under --check, 70 internal error.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from archgen.commands.arguments import parser
from archgen.commands.shared import CLEAN, INTERNAL, UNUSABLE, drop_output, print_out, say
from archgen.diagnostics.diagnostic import Diagnostic, Span
from archgen.diagnostics.report import render
from archgen.registry import ExtensionError
from archgen.system.kept import save_all
from archgen.system.outfile import UnwritableError

# Modules of this package with `run(options)`. Each is imported only when it is called, to keep start-up fast.
COMMANDS = (
    "init",
    "validate",
    "format",
    "build",
    "serve",
    "diagram",
    "show",
    "export",
    "compare",
    "review",
    "explain-change",
    "drift",
    "parity",
    "runbook",
    "terraform",
    "links",
    "rules",
    "impact",
    "explain",
    "schema",
    "cache",
)


_MODULES = {"import": "import_", "explain-change": "explain_change"}  # commands whose names cannot be names of modules


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Raises only KeyboardInterrupt and SystemExit."""
    try:
        code = _run(arguments)
        save_all()
        print_out("")
    except BrokenPipeError:
        drop_output()  # the reader of a pipe, such as `head`, has closed it
        return CLEAN
    except UnwritableError as error:
        say(f"archgen: {error}")
        return UNUSABLE
    except ExtensionError as error:
        say(render([_in_words(error)], _lines_of(error.file)))
        return UNUSABLE
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        say(f"archgen: {place}{error.strerror or error}")
        if not _is_part_of_archgen(error.filename):
            return UNUSABLE
        say("  help: this file is part of archgen; reinstall archgen")
        return INTERNAL
    except Exception as error:  # the last line of defense
        if os.environ.get("ARCHGEN_DEBUG"):
            raise
        say(f"archgen: internal error, not caused by your model: {type(error).__name__}: {error}")
        say("Please report it. Set ARCHGEN_DEBUG=1 to see the traceback.")
        return INTERNAL
    return code


def _in_words(error: ExtensionError) -> Diagnostic:
    """The diagnostic for something that a package adds and that cannot be used."""
    span = Span(error.file, error.line, 1, error.line, 1) if error.file else None
    return Diagnostic("ARC-X004", error.message, error.help or "fix the package, or uninstall it", span=span)


def _lines_of(file: str) -> dict[str, list[str]]:
    """The lines of a file by its name; nothing where it cannot be read."""
    try:
        return {file: Path(file).read_text(encoding="utf-8").splitlines()} if file else {}
    except (OSError, ValueError):
        return {}


def _run(arguments: Sequence[str] | None) -> int:
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = parser(given[0] if given else "").parse_args(given)
    module = _MODULES.get(options.command, options.command)
    command: Callable[[argparse.Namespace], int] = importlib.import_module(f"archgen.commands.{module}").run
    return command(options)


def _is_part_of_archgen(file: object) -> bool:
    return isinstance(file, (str, os.PathLike)) and Path(file).is_relative_to(Path(__file__).parents[1])
