"""A folder and a question in, Git's answer out: the only place that starts Git.

A hook runs with variables that say which repository Git is at work in. A question of ours is about the folder that it names, so none of
these is handed on. What a person configures for Git in the environment, such as `safe.directory`, is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SECONDS = 60  # a revision of a large repository takes a few
# What `git rev-parse --local-env-vars` names, without the variables that only carry configuration.
LOCAL = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
# These bend what a path or an attribute means, or mix a trace into Git's own words.
BENDING = ("GIT_NAMESPACE", "GIT_ATTR_SOURCE", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS")


# What a folder would have to say to be taken for a repository without a work tree, and what no question of ours needs.
SAFELY = ("-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
BARE = ("HEAD", "objects", "refs")


class GitError(Exception):
    """Git that is missing, cannot be started, or does not answer; the text says which, `help` what to do."""

    def __init__(self, message: str, help_: str) -> None:
        super().__init__(message)
        self.help = help_


@dataclass(frozen=True, slots=True)
class Answer:
    """What Git printed, what it complained about, and whether it did what it was asked."""

    ok: bool
    out: bytes
    said: str

    @property
    def text(self) -> str:
        """What it printed, as text without the last line end."""
        return os.fsdecode(self.out).rstrip("\n")

    @property
    def complaint(self) -> str:
        """The first sentence of what it complained about, without `fatal:`; empty where it said nothing."""
        first = next((line for line in self.said.splitlines() if line.startswith(("fatal: ", "error: "))), "")
        return first.partition(": ")[2].strip()

    @property
    def advice(self) -> str:
        """The command that Git itself recommends; empty where it recommends none."""
        lines = (line.strip() for line in self.said.splitlines())
        return next((line for line in lines if line.startswith("git ")), "")


def environment() -> dict[str, str]:
    """The environment for a question about the folder that it names, in English, without any lock."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in LOCAL and name not in BENDING and not name.startswith("GIT_TRACE")
    }
    return inherited | {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def ask(folder: Path, *arguments: str, given: bytes = b"") -> Answer:
    """What Git answers in a folder; `given` is what it reads from standard input. Raises GitError."""
    if not shutil.which("git"):
        raise GitError("git is not installed", "install git")
    _refuse_planted(folder)
    try:
        done = subprocess.run(
            ["git", *SAFELY, *arguments], cwd=folder, input=given, capture_output=True, timeout=SECONDS, check=False,
            env=environment(),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise GitError(f"git {arguments[0]} took longer than {SECONDS} s", "try again") from None
    except OSError as error:
        raise GitError(f"git cannot be started: {error.strerror or error}", "repair the installation of Git") from None
    return Answer(done.returncode == 0, done.stdout, done.stderr.decode(errors="replace"))


def _refuse_planted(folder: Path) -> None:
    """Raises GitError for a folder in which Git would find a repository that is part of what somebody has committed.

    Any project can hold files that make one of its folders look like a repository without a work tree, with a configuration that
    names programs to run. Git of 2.38 and later can be told to pass such folders over; earlier ones cannot.
    """
    place = Path(os.path.realpath(folder))
    for here in (place, *place.parents):
        if os.path.lexists(here / ".git"):
            return
        if all(os.path.lexists(here / name) for name in BARE):
            raise GitError(
                f"the folder {here.name} looks like a bare Git repository, which Git is not asked in",
                "delete HEAD, objects and refs from it if it is part of a project",
            )


def top_of(folder: Path) -> Path | None:
    """The top of the work tree that a folder lies in; None where there is none, or Git does not say."""
    try:
        answer = ask(folder, "rev-parse", "--show-toplevel")
    except GitError:
        return None
    return Path(answer.text) if answer.ok and answer.text else None


def ignored(root: Path, paths: list[str]) -> dict[str, str]:
    """Which of these files Git would keep out of the repository, with the rule that says so; none where Git cannot tell."""
    if not paths:
        return {}
    try:
        answer = ask(root, "check-ignore", "--verbose", "--no-index", "--stdin", "-z", given="\0".join(paths).encode())
    except GitError:
        return {}
    parts = os.fsdecode(answer.out).split("\0")
    found = {}
    for source, line, pattern, path in zip(*(parts[n::4] for n in range(4)), strict=False):
        if not pattern.startswith("!"):
            found[path] = f"{source}:{line}: {pattern}"
    return found
