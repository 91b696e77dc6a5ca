"""The console script, and `python -m archgen`: starts the command line, so that Ctrl-C is quiet even while modules load."""

from __future__ import annotations

import gc
import sys

from archgen.system.streams import prepare

INTERRUPTED = 130  # what shells expect of a program that Ctrl-C ended


def main() -> int:
    """Run one command; returns the exit code."""
    # Nothing that is made while modules load and the model is read becomes garbage soon: looking for some costs a fifth.
    gc.disable()
    prepare()
    try:
        from archgen.commands import main as cli

        return cli.main()
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted. What was there before is whole.\n")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
