"""Runs a Python file in a separate process, for work that may crash or never end."""

from __future__ import annotations

import subprocess
import sys


def output_of(file: str, argument: str, given: bytes, seconds: float) -> bytes:
    """What a Python file prints for one argument and an input, up to where it ends, crashes or has run for so many seconds."""
    try:
        # Isolated: neither the environment nor the current folder changes what the file imports.
        command = [sys.executable, "-I", file, argument]
        return subprocess.run(command, input=given, capture_output=True, timeout=seconds, check=False).stdout
    except subprocess.TimeoutExpired as error:
        return error.stdout or b""
