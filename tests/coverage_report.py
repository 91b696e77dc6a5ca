"""Prints how much of archgen the tests have run, and fails if it is too little: `python coverage_report.py FOLDER`.

The folder contains the notes of measuring.py. Only lines with code count, not comments, docstrings and blank lines.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from measuring import SOURCE

WHOLE, MODULE = 90, 75  # required percentage of lines: of all code, and of each module
SHOWN = 15  # modules
# Programs that rehearsals start with interpreters of other environments, so that what they run is not noted; `make rehearse` runs them.
PROGRAMS = ("rehearsal/aws_cli.py", "rehearsal/aws_client.py", "rehearsal/emulator.py")

Lines = Mapping[str, set[int]]


def lines_of(source: Path) -> dict[str, set[int]]:
    """The lines of every module below a folder that could run, by the module's path below it."""
    import slipcover  # part of the test dependencies; `report` works without it

    files = slipcover.Slipcover(source=[str(source)]).get_coverage()["files"]
    return {_below(source, name): set(found["missing_lines"]) for name, found in files.items()}


def _below(source: Path, name: str) -> str:
    return Path(name).resolve().relative_to(source.resolve()).as_posix()


def lines_run(notes: Path) -> dict[str, set[int]]:
    """The lines that have run in any process, from every note in a folder."""
    ran: dict[str, set[int]] = {}
    for file in notes.glob("*.json"):
        for name, lines in json.loads(file.read_text(encoding="utf-8")).items():
            ran.setdefault(name, set()).update(lines)
    return ran


def report(there: Lines, ran: Lines) -> tuple[list[str], list[str]]:
    """The lines to print, which list the modules with the lowest coverage and the total; and the requirements that are not met."""
    counts = {name: (len(lines & ran.get(name, set())), len(lines)) for name, lines in there.items() if lines}
    parts = {name: 100 * done / lines for name, (done, lines) in counts.items()}
    least = sorted(parts, key=lambda name: (parts[name], name))
    shown = [name for name in least if parts[name] < 100][:SHOWN]
    lines = [f"{parts[name]:6.1f} %  {name}: not {_ranges(there[name] - ran.get(name, set()))}" for name in shown]
    done, every = (sum(count[side] for count in counts.values()) for side in (0, 1))
    whole = 100 * done / every if every else 0.0
    lines.append(f"{whole:6.1f} %  of {every} lines in {len(counts)} modules")
    little = [
        f"{name}: {parts[name]:.1f}% of its lines ran; at least {MODULE}% are required"
        for name in least
        if parts[name] < MODULE
    ]
    if whole < WHOLE:
        little.append(f"{whole:.1f}% of all lines ran; at least {WHOLE}% are required")
    return lines, little


def _ranges(lines: set[int]) -> str:
    """Numbers of lines as people write them: 3-5, 9."""
    found: list[list[int]] = []
    for line in sorted(lines):
        if found and line == found[-1][1] + 1:
            found[-1][1] = line
        else:
            found.append([line, line])
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in found]
    return ", ".join(shown[:12]) + (f" and {len(shown) - 12} more" if len(shown) > 12 else "")


def main(notes: Path) -> int:
    """Print the report; returns 1 if a requirement is not met."""
    there = {name: lines for name, lines in lines_of(SOURCE).items() if name not in PROGRAMS}
    lines, little = report(there, lines_run(notes))
    print("Lines that the tests have run, least first:", *lines, *little, sep="\n")
    return 1 if little else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
