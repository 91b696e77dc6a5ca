"""The console script, also run by `python -m archgen`. It handles Ctrl-C even while modules are being imported."""

from __future__ import annotations

import atexit
import gc
import os
import sys

from archgen import __version__
from archgen.system.streams import prepare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

INTERRUPTED = 130  # the exit code that shells expect after Ctrl-C
UNFLUSHED = 120  # the exit code of Python if output cannot be written at its end


def main() -> int:
    """Run one command; returns the exit code."""
    # Disable garbage collection: start-up allocates almost only long-lived objects, and collecting costs about 20 % of the run.
    gc.disable()
    prepare()
    if sys.argv[1:] == ["--version"] and _print_version():
        return 0
    try:
        from archgen.commands import main as cli

        code = cli.main()
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted. No file was partially written; run the same command again to finish.\n")
        code = INTERRUPTED
    import signal  # here, because it takes a third of the time of `archgen --version`

    # All is done. While Python ends, an interrupt would only print the traceback of a library.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return code


def run() -> NoReturn:
    """Run one command and end the process with its exit code.

    Python would first free each object, which takes a tenth of a run, and which the end of the process does anyway. What is registered
    for the end of Python runs; if a thread still does, Python waits for it as it always does.
    """
    code = main()
    threading = sys.modules.get("threading")
    if threading is not None and threading.active_count() > 1:
        sys.exit(code)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # as when Python ends: the reader has closed it, or the disk is full
            code = code or UNFLUSHED
    os._exit(code)


def _print_version() -> bool:
    """Print the version without importing the command line; returns whether that worked. If not, the command line treats it as always."""
    try:
        sys.stdout.write(f"archgen {__version__}\n")
        sys.stdout.flush()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    run()
