"""The options of `archgen format`."""

from __future__ import annotations

from typing import Any

from archgen.commands.options import add_command, add_model


def add_format(commands: Any) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "format",
        "bring the files of the model into one canonical layout, with all comments",
        "Values do not change. If one file cannot be read, no file is written.",
    )
    add_model(command)
    check = "write nothing; list the files that are not formatted and exit with 3 if there are any"
    command.add_argument("--check", action="store_true", help=check)
    command.add_argument("--diff", action="store_true", help="write nothing; print what would change")
