"""Other processes that help to build a site, once it is clear that there is enough to do."""

from __future__ import annotations

from collections.abc import Callable

from archgen.system.meanwhile import start_helpers

MOST = 7  # more would wait for each other
MADE_ALONE = 4  # a copy of this process takes about as long as making so many pages


class Help:
    """Helpers that start when this process has to make more than a few pages. If few have changed, they would only take time."""

    def __init__(self, work: Callable[[int, int], None] | None) -> None:
        self._work = work
        self._made = 0
        self._stop: Callable[[], None] = lambda: None

    def count(self) -> None:
        """Count a page that this process has to make, and start the helpers if that is one too many. They never start helpers."""
        self._made += 1
        if self._work is not None and self._made > MADE_ALONE:
            work, self._work = self._work, None
            self._stop = start_helpers(work, MOST)

    def stop(self) -> None:
        """End the helpers, which have usually finished, and start none from now on."""
        self._work = None
        self._stop()
