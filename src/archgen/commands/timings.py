"""What the stages of a command take, for `--timings`."""

from __future__ import annotations

import time
from typing import Any

from archgen.commands.shared import Progress

STARTING = "starting"


class Timings:
    """Seconds that passed in each stage of a command, in the order in which they began.

    The first stage is what happened before: starting Python and loading modules. It is counted in seconds of the processor.
    """

    def __init__(self) -> None:
        self._seconds = {STARTING: time.process_time()}
        self._stage = ""
        self._since = time.perf_counter()

    def begin(self, stage: str) -> None:
        """End the current stage and begin another one. A stage may begin more than once."""
        now = time.perf_counter()
        if self._stage:
            self._seconds[self._stage] = self._seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = stage, now

    def rows(self) -> list[dict[str, Any]]:
        """The stages that have ended, each with its seconds and its share of all of them."""
        self.begin("")
        total = sum(self._seconds.values()) or 1.0
        return [
            {"stage": stage, "seconds": round(seconds, 3), "share": round(seconds / total, 3)}
            for stage, seconds in self._seconds.items()
        ]

    def table(self) -> str:
        """The stages as text, a line for each and one for all together."""
        rows = self.rows()
        rows.append({"stage": "all", "seconds": sum(row["seconds"] for row in rows), "share": 1.0})
        width = max(len(row["stage"]) for row in rows)
        return "\n".join(f"{row['stage']:{width}}  {row['seconds']:8.3f} s  {row['share']:4.0%}" for row in rows)


class TimedProgress(Progress):
    """Progress of which each step is a stage."""

    def __init__(self) -> None:
        super().__init__()
        self.timings = Timings()

    def __call__(self, text: str) -> None:
        """Print the step and begin its stage."""
        super().__call__(text)
        self.begin(text)

    def begin(self, stage: str) -> None:
        """Begin a stage without printing it."""
        self.timings.begin(stage)
