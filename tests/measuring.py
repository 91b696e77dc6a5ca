"""Notes which lines of archgen the tests run, where ARCHGEN_COVERAGE names a folder for the notes; coverage_report.py reads them.

Importing this module begins it, so it has to be imported before archgen: conftest.py and processes.py do that.
SlipCover puts a probe in front of each line and takes it out when the line has run. So the tests take hardly longer, while tracing
(the only way of coverage.py before Python 3.12) makes them take more than twice as long.
"""

from __future__ import annotations

import json
import os
import uuid
from collections import defaultdict
from pathlib import Path
from typing import Any

NOTES = os.environ.get("ARCHGEN_COVERAGE")
SOURCE = Path(__file__).parents[1] / "src" / "archgen"

_measured: list[Any] = []


def start() -> None:
    """Measure every module of archgen that is imported from now on, if this is asked for."""
    if not NOTES or _measured:
        return
    import slipcover

    measured = slipcover.Slipcover(source=[str(SOURCE)], immediate=True)
    slipcover.ImportManager(measured, slipcover.FileMatcher(sources=[str(SOURCE)])).__enter__()
    _measured.append(measured)


def start_again() -> None:
    """Forget what has run, in a process that was forked: the other process notes that."""
    for measured in _measured:
        measured.newly_seen = defaultdict(set)


def note() -> None:
    """Write down the lines that have run in this process: `{"file below archgen": [1, 2, 5]}`."""
    for measured in _measured:
        ran = {Path(file).relative_to(SOURCE).as_posix(): sorted(lines) for file, lines in measured.newly_seen.items()}
        if ran:
            file = Path(str(NOTES)) / f"{uuid.uuid4().hex}.json"
            file.write_text(json.dumps(ran), encoding="utf-8")


start()
