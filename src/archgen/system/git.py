"""Runs Git. The only module that does.

In a Git hook, environment variables name the repository of the hook. archgen asks about folders that it names itself, so these
variables are not passed on. Configuration in the environment, such as `safe.directory`, is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from archgen.records import dataclass

SECONDS = 60  # a revision of a large repository takes a few
# The output of `git rev-parse --local-env-vars`, without the variables that only carry configuration.
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
# Variables that change the meaning of paths and attributes.
BENDING = ("GIT_NAMESPACE", "GIT_ATTR_SOURCE", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS")

# Options against planted repositories: bare ones must be named explicitly, and neither a file system monitor nor hooks are run.
SAFELY = ("-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
BARE = ("HEAD", "objects", "refs")  # a folder with these looks like a bare repository


class GitError(Exception):
    """Git is missing, cannot be started, or does not answer. The text says which; `help` says what to do."""

    def __init__(self, message: str, help_: str) -> None:
        super().__init__(message)
        self.help = help_


@dataclass(frozen=True, slots=True)
class GitOutput:
    """Whether Git succeeded, its standard output, and its error output."""

    ok: bool
    out: bytes
    errors: str

    @property
    def text(self) -> str:
        """The output as text, without the trailing newline."""
        return os.fsdecode(self.out).rstrip("\n")

    @property
    def complaint(self) -> str:
        """The first error message, without `fatal:` or `error:`; empty if there is none."""
        first = next((line for line in self.errors.splitlines() if line.startswith(("fatal: ", "error: "))), "")
        return first.partition(": ")[2].strip()

    @property
    def advice(self) -> str:
        """The command that Git recommends in its error output; empty if there is none."""
        lines = (line.strip() for line in self.errors.splitlines())
        return next((line for line in lines if line.startswith("git ")), "")


def environment() -> dict[str, str]:
    """The environment for Git: no variables of another repository, messages in English, no locks, no prompts."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in LOCAL and name not in BENDING and not name.startswith("GIT_TRACE")
    }
    return inherited | {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def ask(folder: Path, *arguments: str, given: bytes = b"") -> GitOutput:
    """Run a Git command in a folder; `given` is its standard input. Raises GitError."""
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
        raise GitError(f"git cannot be started: {error.strerror or error}", "check the installation of Git") from None
    return GitOutput(done.returncode == 0, done.stdout, done.stderr.decode(errors="replace"))


def _refuse_planted(folder: Path) -> None:
    """Raise GitError if Git would take a folder above `folder` for a bare repository before it finds a real one.

    A project can contain committed files that make a folder look like a bare repository whose configuration names
    programs to run. Git 2.38 and later can be told to ignore such folders; earlier versions cannot.
    """
    real = Path(os.path.realpath(folder))
    for here in (real, *real.parents):
        if os.path.lexists(here / ".git"):
            return
        if all(os.path.lexists(here / name) for name in BARE):
            raise GitError(
                f"the folder {here.name} looks like a bare Git repository, in which archgen does not run Git",
                "if it is part of a project, delete HEAD, objects and refs from it",
            )


def top_of(folder: Path) -> Path | None:
    """The root of the work tree that contains a folder; None if there is none, or Git cannot tell."""
    try:
        answer = ask(folder, "rev-parse", "--show-toplevel")
    except GitError:
        return None
    return Path(answer.text) if answer.ok and answer.text else None


def ignored(root: Path, paths: list[str]) -> dict[str, str]:
    """The paths that Git ignores, each with the rule (`file:line: pattern`); empty if Git cannot tell."""
    if not paths:
        return {}
    try:
        answer = ask(root, "check-ignore", "--verbose", "--no-index", "--stdin", "-z", given="\0".join(paths).encode())
    except GitError:
        return {}
    parts = os.fsdecode(answer.out).split("\0")
    rules = {}
    for source, line, pattern, path in zip(*(parts[n::4] for n in range(4)), strict=False):
        if not pattern.startswith("!"):
            rules[path] = f"{source}:{line}: {pattern}"
    return rules
