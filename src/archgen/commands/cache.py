"""`archgen cache`: the results of earlier builds that are kept in the user's cache folder."""

from __future__ import annotations

import argparse

from archgen.commands.shared import CLEAN
from archgen.model.wording import counted
from archgen.system.results import VARIABLE, Usage, users_results


def run(options: argparse.Namespace) -> int:
    """Print where results are kept and how much they take, or delete them; returns the exit code. Raises OSError."""
    results = users_results()
    if results.folder is None:
        print(f"Nothing is kept between runs, because {VARIABLE} is off or the user has no cache folder.")
    elif options.action == "clear":
        print(f"deleted {_in_words(results.clear())} from {results.folder}")
    else:
        print(f"{_in_words(results.usage())} in {results.folder}")
    return CLEAN


def _in_words(usage: Usage) -> str:
    return f"{counted(usage.results, 'result')}, {usage.size / 2**20:.1f} MiB"
