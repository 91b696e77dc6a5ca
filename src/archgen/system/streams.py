"""Prepares the standard streams: any text can be printed, as UTF-8 unless to a terminal, and closed streams do no harm."""

from __future__ import annotations

import io
import os
import sys


def prepare() -> None:
    """Make the standard streams accept any text, whatever the locale, and even if they were closed before the start."""
    _reopen_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        if stream.isatty():  # keep the terminal's encoding
            stream.reconfigure(errors="backslashreplace")
        else:  # the same bytes on all systems
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _reopen_closed_streams() -> None:
    """Open the null device for closed standard streams; otherwise the next file that is opened would get their number."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            from pathlib import Path  # importing it takes a third of the time of `archgen --version`

            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # for as long as the process lives
