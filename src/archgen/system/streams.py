"""The standard streams of this process in; the same out, fit for any text: UTF-8 where a program reads, and never closed."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path


def prepare() -> None:
    """Make the standard streams take what archgen prints, whatever the locale, and whoever has closed them."""
    _open_closed_ones()
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        if stream.isatty():  # a terminal says itself which letters it has
            stream.reconfigure(errors="backslashreplace")
        else:  # the same bytes on every system
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _open_closed_ones() -> None:
    """Nobody reads what goes to a closed stream, and no file of ours may get its number."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # for as long as the process lives
