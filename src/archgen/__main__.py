"""The console script, also run by `python -m archgen`. It handles Ctrl-C even while modules are being imported."""

from __future__ import annotations

import gc
import sys

from archgen.system.streams import prepare

INTERRUPTED = 130  # the exit code that shells expect after Ctrl-C


def main() -> int:
    """Run one command; returns the exit code."""
    # Disable garbage collection: start-up allocates almost only long-lived objects, and collecting costs about 20 % of the run.
    gc.disable()
    prepare()
    try:
        from archgen.commands import main as cli

        return cli.main()
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted. Existing files were not changed.\n")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
