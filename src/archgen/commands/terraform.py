"""`archgen terraform`: its commands, each in a separate module."""

from __future__ import annotations

import argparse
import importlib


def run(options: argparse.Namespace) -> int:
    """Run one of the commands about Terraform; returns the exit code."""
    run_command = importlib.import_module(f"archgen.commands.terraform_{options.action}").run
    code: int = run_command(options)
    return code
