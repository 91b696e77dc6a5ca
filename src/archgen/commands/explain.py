"""`archgen explain`: what a diagnostic code means, with a bad and a good example."""

from __future__ import annotations

import argparse

from archgen.commands.shared import CLEAN, print_out, usage
from archgen.diagnostics.codes import titles
from archgen.diagnostics.diagnostic import did_you_mean
from archgen.diagnostics.explain import as_text, explain

_ELSEWHERE = (
    "write the code in brackets after error, warning or info, such as ARC-M002; for all rules, run: archgen rules"
)


def run(options: argparse.Namespace) -> int:
    """Print the explanation; returns the exit code."""
    code = options.code.upper()
    if code not in titles():
        return usage(f"unknown code '{options.code}'", did_you_mean(code, titles(), otherwise=_ELSEWHERE))
    print_out(as_text(explain(code)))
    return CLEAN
