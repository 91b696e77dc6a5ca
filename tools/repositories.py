"""Git repositories of other people: files and dates at a revision, from a checkout or a bare repository."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

_RELEASE = re.compile(r"v?(\d+(?:\.\d+)+)")


class RepositoryError(Exception):
    """A repository, a revision or a file that cannot be read; the text says which."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on this machine: the folder of a checkout, or a bare repository."""

    path: Path

    def commit(self, revision: str) -> str:
        """The full hash of a tag, a branch or a commit. Raises RepositoryError."""
        try:
            return self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
        except RepositoryError:
            raise RepositoryError(f"{self.path} has no revision {revision}") from None

    def date(self, commit: str) -> str:
        """The day of a commit in UTC, as 2026-01-31."""
        return self._git("log", "-1", "--format=%cd", "--date=format-local:%Y-%m-%d", commit).strip()

    def texts(self, commit: str, folder: str, suffix: str) -> dict[str, str]:
        """The text of each file directly in a folder ("" is the root) whose name ends so, by name. Raises RepositoryError."""
        tree = f"{commit}:{folder}"
        try:
            names = self._git("ls-tree", "-z", "--name-only", tree).split("\0")
        except RepositoryError:
            raise RepositoryError(f"{self.path} has no folder {folder or '.'} at {commit}") from None
        prefix = f"{folder}/" if folder else ""
        return {
            name: self._git("cat-file", "blob", f"{commit}:{prefix}{name}") for name in names if name.endswith(suffix)
        }

    def releases(self, series: str) -> list[str]:
        """Release tags of a series such as "6" or "0.8", oldest first; "" means all. Prereleases are left out."""
        found = []
        for tag in self._git("tag", "--list").split():
            match = _RELEASE.fullmatch(tag)
            if match and f"{match[1]}.".startswith(f"{series}." if series else ""):
                found.append((tuple(map(int, match[1].split("."))), tag))
        return [tag for _numbers, tag in sorted(found)]

    def _git(self, *arguments: str) -> str:
        bare = (self.path / "HEAD").is_file() and (self.path / "objects").is_dir()
        where = f"--git-dir={self.path}" if bare else f"--git-dir={self.path / '.git'}"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        done = subprocess.run(
            ["git", where, *arguments],
            env={**inherited, "TZ": "UTC", "LC_ALL": "C"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            raise RepositoryError(f"{self.path}: {done.stderr.strip() or 'Git found nothing'}")
        return done.stdout


def find_repository(folder: Path, source: str, *, clone: bool = False) -> Repository:
    """The repository `owner/name` under a folder, as `owner+name`, `owner/name` or `name`, bare or checked out.

    With `clone`, one that is missing is cloned from GitHub. Raises RepositoryError.
    """
    flat = source.replace("/", "+")
    for place in (folder / flat, folder / flat / "repo", folder / source, folder / source.split("/")[1]):
        if (place / ".git").exists() or (place / "objects").is_dir():
            return Repository(place)
    if not clone:
        raise RepositoryError(f"{folder} has no checkout of {source}; --clone makes one")
    done = subprocess.run(
        ["git", "clone", "--quiet", "--bare", f"https://github.com/{source}.git", str(folder / flat)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RepositoryError(f"{source} could not be cloned: {done.stderr.strip()}")
    return Repository(folder / flat)
