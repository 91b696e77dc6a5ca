"""Draws SVG icons of a project as PNG. Runs in a separate process, since a broken picture can crash the renderer, or keep it busy.

Run as a program, with the folder of the renderer's package as its argument. It reads a JSON list of SVG
texts and writes one line for each: the PNG in Base64, or nothing if it cannot be drawn.
"""

from __future__ import annotations

import base64
import json
import sys

COMPUTING_SECONDS = 20  # for all pictures
MEMORY = 2 * 1024 * 1024 * 1024  # bytes of address space


def _limit_resources() -> None:
    """Limit the time and memory of this process, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CPU, (COMPUTING_SECONDS, COMPUTING_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _draw() -> None:
    """Draw the pictures of the standard input."""
    sys.path.append(sys.argv[1])
    from resvg_py import svg_to_bytes

    _limit_resources()
    svgs = json.load(sys.stdin)
    with open(1, "wb", closefd=False) as output:
        for svg in svgs:
            try:
                png = bytes(svg_to_bytes(svg_string=svg, skip_system_fonts=True))
            except ValueError:
                png = b""
            output.write(base64.b64encode(png) + b"\n")
            output.flush()


if __name__ == "__main__":
    _draw()
