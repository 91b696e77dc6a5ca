"""What archgen asks Git: the folder of a model as it was at a revision, and who works here."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archgen.diagnostic import Diagnostic

SECONDS = 60  # a revision of a large repository takes a few


class RevisionError(Exception):
    """The model at a revision cannot be had; `diagnostic` says why."""

    def __init__(self, message: str, help_: str, revision: str) -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic("ARC-C007", message, help_, subject=revision)


@contextmanager
def at_revision(model: Path, revision: str) -> Iterator[Path]:
    """The model as it was at a commit, branch or tag, in a folder of its own. Raises RevisionError.

    What lies beside and below the model is there too, since a model includes files and names documents. The working tree and the
    repository stay as they are.
    """
    folder = model.resolve().parent
    if not shutil.which("git"):
        raise RevisionError("revisions are read with git, which is not installed", "install git", revision)
    commit = _git(folder, revision, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        inside = _git(folder, revision, "rev-parse", "--is-inside-work-tree")
        help_ = "git log --oneline lists them" if inside else "the model is in no Git repository"
        raise RevisionError(f"there is no revision '{revision}'", help_, revision)
    name = commit.decode().strip()
    if _git(folder, revision, "cat-file", "-e", f"{name}:./{model.name}") is None:
        raise RevisionError(f"there is no {model.name} at '{revision}'", "give the model's path with -m", revision)
    packed = _git(folder, revision, "archive", "--format=tar", name, "--", ".")
    with tempfile.TemporaryDirectory(prefix="archgen-") as there:
        with tarfile.open(fileobj=io.BytesIO(packed or b"")) as archive:
            archive.extractall(there, filter="data")
        yield Path(there) / model.name


def author(folder: Path) -> str | None:
    """The name that Git puts on commits made in a folder; None where it knows none."""
    if not shutil.which("git"):
        return None
    try:
        found = _git(folder, "", "config", "user.name")
    except RevisionError:
        return None
    return (found or b"").decode(errors="replace").strip() or None


def _git(folder: Path, revision: str, *arguments: str) -> bytes | None:
    """What Git prints; None where it refuses."""
    quiet = os.environ | {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, timeout=SECONDS, check=False, env=quiet
        )
    except subprocess.TimeoutExpired:
        raise RevisionError(f"git {arguments[0]} took longer than {SECONDS} s", "try again", revision) from None
    except OSError as error:
        raise RevisionError(f"git cannot be started: {error.strerror or error}", "mend git", revision) from None
    return done.stdout if done.returncode == 0 else None
