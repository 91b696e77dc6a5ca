"""When lines of files were changed, and the latest commits that changed them, as Git knows it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from archgen.records import dataclass
from archgen.system.git import GitError, ask

LATEST = 5  # commits
_HEAD = re.compile(rb"(?P<commit>[0-9a-f]{40,64}) \d+ (?P<line>\d+)(?: \d+)?")
_TIME = b"committer-time "


class NoHistoryError(Exception):
    """The history cannot be read, or is not complete; the text says why."""


@dataclass(frozen=True, slots=True)
class History:
    """The day of the last change of each line, by file; None for a line that is not committed, or whose commit has no valid time.

    The latest commits are those with a valid time, newest first. Days are ISO 8601 dates in UTC. A commit is its day and the first line
    of its message, with the replacement character in place of what is not UTF-8.
    """

    days: Mapping[str, tuple[str | None, ...]]
    latest: tuple[tuple[str, str], ...]

    def last_change(self, file: str, first: int, last: int) -> str | None:
        """The day on which one of the lines was changed last; None if it is not known, or one of them is not committed."""
        days = self.days.get(file, ())[first - 1 : last]
        known = [day for day in days if day is not None]
        return max(known) if known and len(known) == len(days) else None


def read_history(root: Path, files: Iterable[str]) -> History:
    """The history of files, whose names are relative to the folder `root`. Raises NoHistoryError."""
    names = list(files)
    try:
        shallow = ask(root, "rev-parse", "--is-shallow-repository")
        if not shallow.ok:
            raise NoHistoryError(shallow.complaint or "the folder is not in a Git repository")
        if shallow.text != "false":
            raise NoHistoryError("the clone is shallow, so that the days of older changes are not known")
        days = {name: _days(root, name) for name in names}
        log = ask(root, "log", f"-{LATEST}", "--no-show-signature", "--format=%ct %s", "-z", "--", *names)
    except GitError as error:
        raise NoHistoryError(str(error)) from None
    if not log.ok:
        raise NoHistoryError(log.complaint or "the repository has no commit")
    commits = (entry.partition(" ") for entry in log.out.decode(errors="replace").split("\0") if entry)
    return History(days, tuple((day, subject) for time, _, subject in commits if (day := _day(time))))


def _days(root: Path, name: str) -> tuple[str | None, ...]:
    """The day of the last change of each line of a file as it is in the folder; empty if Git does not know the file."""
    answer = ask(root, "blame", "--line-porcelain", "--", name)
    days: dict[int, str | None] = {}
    line, committed = 0, False
    for text in answer.out.split(b"\n") if answer.ok else ():
        if head := _HEAD.fullmatch(text):
            line, committed = int(head["line"]), bool(head["commit"].strip(b"0"))
        elif text.startswith(_TIME) and line not in days:
            days[line] = _day(text.removeprefix(_TIME)) if committed else None
    return tuple(days.get(number) for number in range(1, max(days, default=0) + 1))


def _day(seconds: bytes | str) -> str | None:
    """The day of a time; None if there is none, or if no calendar has it, both of which Git permits."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return None
