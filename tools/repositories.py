"""Git repositories of other people: files and dates at a revision, from a checkout or a bare repository."""

from __future__ import annotations

import argparse
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

    def names(self, commit: str, folder: str) -> list[str]:
        """The names of everything directly in a folder ("" is the root), sorted. Raises RepositoryError."""
        try:
            printed = self._git("ls-tree", "-z", "--name-only", f"{commit}:{folder}")
        except RepositoryError:
            raise RepositoryError(f"{self.path} has no folder {folder or '.'} at {commit}") from None
        return [name for name in printed.split("\0") if name]

    def files(self, commit: str) -> list[str]:
        """The paths of all files at a commit, sorted. Raises RepositoryError."""
        printed = self._git("ls-tree", "-r", "-z", "--name-only", commit)
        return [path for path in printed.split("\0") if path]

    def text(self, commit: str, folder: str, name: str) -> str:
        """The text of a file; a symbolic link is followed within the repository. Raises RepositoryError."""
        path = f"{folder}/{name}" if folder else name
        printed = self._git("cat-file", "--batch", "--follow-symlinks", told=f"{commit}:{path}\n")
        header, _, text = printed.partition("\n")
        if " blob " not in header:
            raise RepositoryError(f"{self.path} has no file {path} at {commit}")
        return text.removesuffix("\n")

    def releases(self, series: str) -> list[str]:
        """Release tags of a series such as "6" or "0.8", oldest first; "" means all. Prereleases are left out."""
        found = []
        for tag in self._git("tag", "--list").split():
            match = _RELEASE.fullmatch(tag)
            if match and f"{match[1]}.".startswith(f"{series}." if series else ""):
                found.append((tuple(map(int, match[1].split("."))), tag))
        return [tag for _numbers, tag in sorted(found)]

    def _git(self, *arguments: str, told: str = "") -> str:
        bare = (self.path / "HEAD").is_file() and (self.path / "objects").is_dir()
        where = f"--git-dir={self.path}" if bare else f"--git-dir={self.path / '.git'}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or "CONFIG" in name}
        done = subprocess.run(
            ["git", where, *arguments],
            env={**kept, "TZ": "UTC", "LC_ALL": "C"},
            input=told,
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

    With `clone`, one that is missing is cloned from GitHub, and an earlier clone is brought up to date. Raises RepositoryError.
    """
    flat = folder / source.replace("/", "+")
    for place in (flat, flat / "repo", folder / source, folder / source.split("/")[1]):
        if (place / ".git").exists() or (place / "objects").is_dir():
            if clone and place == flat:
                _fetch("--git-dir", str(flat), "fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/heads/*")
            return Repository(place)
    if not clone:
        raise RepositoryError(f"{folder} has no checkout of {source}; --clone makes one")
    address = f"https://github.com/{source}.git"
    _fetch("clone", "--quiet", "--bare", "--filter=blob:none", address, str(flat))
    return Repository(flat)


def _fetch(*arguments: str) -> None:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RepositoryError(f"git {' '.join(arguments)}: {done.stderr.strip()}")


# -- the options of scripts that record facts of one repository -------------------------------------------


def recording_parser(script: str, about: str | None, source: str, into: Path) -> argparse.ArgumentParser:
    """The options of a script that records facts of one repository: where it is, which commit to read, and what to write."""
    parser = argparse.ArgumentParser(prog=f"python -m tools.{script}", description=about)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--checkouts", type=Path, help="folder with repositories, as owner+name, owner/name or name")
    where.add_argument("--repository", type=Path, help=f"checkout or bare repository of {source}")
    parser.add_argument("--clone", action="store_true", help="clone the repository if it is missing")
    parser.add_argument("--revision", help="commit to read; the recorded one")
    parser.add_argument("--latest", action="store_true", help="read the newest commit")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the record would change")
    parser.add_argument("--into", type=Path, default=into, help=argparse.SUPPRESS)
    return parser


def chosen_repository(options: argparse.Namespace, source: str) -> Repository:
    """The repository that these options name. Raises RepositoryError."""
    if options.repository:
        return Repository(options.repository)
    return find_repository(options.checkouts, source, clone=options.clone)


def chosen_revision(options: argparse.Namespace, recorded: str) -> str:
    """The revision to read that these options name; `recorded` is the one of the present record."""
    return "HEAD" if options.latest else options.revision or recorded
