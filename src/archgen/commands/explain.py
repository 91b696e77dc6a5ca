"""`archgen explain`: what a diagnostic code means, with a bad and a good example."""

from __future__ import annotations

import argparse

from archgen.commands.shared import CLEAN, print_out, usage
from archgen.diagnostics.codes import titles
from archgen.diagnostics.diagnostic import did_you_mean
from archgen.diagnostics.explain import as_text, explain


def run(options: argparse.Namespace) -> int:
    """Print the explanation; returns the exit code."""
    code = options.code.upper()
    if code not in titles():
        return usage(f"there is no code '{options.code}'", did_you_mean(code, titles()))
    print_out(as_text(explain(code)))
    return CLEAN
