"""The state of the builds of `archgen serve`, which the server tells open pages, and the pages that are being looked at."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from archgen.artifacts.addresses import GENERATED, differences_file

_LOOKED_AT = 30.0  # seconds after which a page that has not asked again counts as closed
_MOST = 16  # paths that are remembered
_DECISIVE = (".css", ".js")  # a page must be loaded again if one of these files has changed
_DATA = f"{GENERATED}/{differences_file('*')}"  # scripts that pages load when they need them


class Live:
    """What has been built: `builds` counts all builds and `site` the successful ones; `problems` is the output of the last one.

    `early` counts how often files were ready before the rest of their site; these are in `files`, by their paths below the site. `look`
    identifies the style sheets and scripts of the site.
    """

    def __init__(self) -> None:
        self.site = 0
        self.problems = ""
        self.builds = 0
        self.early = 0
        self.look = ""
        self.files: Mapping[str, bytes] = {}
        self._changed = threading.Condition()
        self._looked_at: dict[str, float] = {}

    def publish(self, *, good: bool, problems: str, look: str = "") -> None:
        """Record a finished build, and answer every page that waits for one. The site has all files now, or is the last good one."""
        with self._changed:
            self.site += good
            self.problems = problems
            self.builds += 1
            self.look = look if good else self.look
            if self.files:
                self.files = {}
                self.early += not good  # pages that show these files go back to the last good site
            self._changed.notify_all()

    def publish_early(self, files: Mapping[str, bytes]) -> None:
        """Answer pages that wait for some files of the next site, before the rest of it is made. These replace earlier ones."""
        with self._changed:
            if not files and not self.files:
                return
            self.files = dict(files)
            self.early += 1
            self._changed.notify_all()

    def wait(self, seen: int, early: int, patience: float) -> dict[str, Any]:
        """The state, as soon as it differs from the one in which there were so many builds and early files, or after `patience` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self.builds > seen or self.early != early, patience)
            return {"builds": self.builds, "site": self.site, "early": self.early, "problems": self.problems}

    def look_at(self, paths: Iterable[str]) -> None:
        """Note which files of the site are being looked at."""
        now = time.monotonic()
        with self._changed:
            for path in paths:
                self._looked_at.pop(path, None)
                self._looked_at[path] = now
            while len(self._looked_at) > _MOST:
                self._looked_at.pop(next(iter(self._looked_at)))

    def looked_at(self) -> list[str]:
        """The files of the site that are being looked at, by their paths below it."""
        since = time.monotonic() - _LOOKED_AT
        with self._changed:
            return [path for path, when in self._looked_at.items() if when > since]


def look_of(site: Path) -> str:
    """The checksum of the style sheets and scripts of a site, without scripts that are data of the model."""
    digest = hashlib.sha256()
    for file in sorted(site.rglob("*")):
        path = file.relative_to(site).as_posix()
        if file.suffix in _DECISIVE and not fnmatch(path, _DATA) and file.is_file():
            digest.update(path.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
