"""Reading a model at a Git revision, and the name of the Git user.

A revision is read blob by blob, so that settings in `.gitattributes` for exports, line endings and filters have no effect.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.records import dataclass
from archgen.system.git import GitError, GitOutput, ask

LARGEST = 16 * 1024 * 1024  # bytes; archgen does not read larger files
FILE, LINK = "100", "120000"  # prefixes of the modes of files and of symbolic links


class RevisionError(Exception):
    """The model at a revision cannot be read; `diagnostic` has the reason."""

    def __init__(self, message: str, help_: str, revision: str) -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic("ARC-C007", message, help_, subject=revision)


@contextmanager
def at_revision(model: Path, revision: str) -> Iterator[Path]:
    """The path of the model at a commit, branch or tag, in a temporary folder. Raises RevisionError.

    The temporary folder also has everything next to the model and in subfolders, because a model includes files and names documents.
    The working tree and the repository are not changed.
    """
    folder = model.parent.resolve()
    if not folder.is_dir():
        raise RevisionError(f"the folder {model.parent} does not exist", "specify the model with -m FILE", revision)
    try:
        commit = _commit(folder, revision)
        tree = ask(folder, "rev-parse", "--verify", "--quiet", f"{commit}:./")
        entries = _entries(folder, tree.text) if tree.ok else []
        if model.name not in (entry.path for entry in entries):
            message = f"{model.name} does not exist at '{revision}'"
            raise RevisionError(message, "specify the model with -m FILE", revision)
        with tempfile.TemporaryDirectory(prefix="archgen-") as there:
            try:
                _write_entries(folder, entries, Path(there))
            except OSError as error:
                message = f"the revision cannot be copied: {error.strerror or error}"
                raise RevisionError(message, f"free some space in {tempfile.gettempdir()}", revision) from None
            yield Path(there) / model.name
    except GitError as error:
        raise RevisionError(str(error), error.help, revision) from None


def author(folder: Path) -> str | None:
    """The author of commits in a folder, from Git's settings; None if it is not set."""
    try:
        answer = ask(folder, "config", "user.name")
    except GitError:
        return None
    return answer.text.strip() or None if answer.ok else None


# -- finding the commit ----------------------------------------------------------------------------------


def _commit(folder: Path, revision: str) -> str:
    """The hash of the commit that a revision names. Raises RevisionError."""
    answer = ask(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if answer.ok:
        return answer.text
    inside = ask(folder, "rev-parse", "--is-inside-work-tree")
    if not inside.ok:
        raise _no_repository(inside, revision)
    # Without --quiet, Git prints the reason, such as a missing object.
    loud = ask(folder, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    usual = loud.complaint in ("", "Needed a single revision")
    message = f"unknown revision '{revision}'" + ("" if usual else f': Git reports "{loud.complaint}"')
    raise RevisionError(message, _nearest(folder, revision), revision)


def _no_repository(answer: GitOutput, revision: str) -> RevisionError:
    """The error for a model outside a repository, or in one that Git refuses to read, with the reason and advice that Git prints."""
    if not answer.complaint or answer.complaint.startswith("not a git repository"):
        message = f"unknown revision '{revision}': the model is not in a Git repository"
        return RevisionError(message, "run git init and commit the model, or compare coordinates instead", revision)
    help_ = f"Git recommends: {answer.advice}" if answer.advice else "run git status in the model's folder for details"
    return RevisionError(f"Git cannot read the repository: {answer.complaint}", help_, revision)


def _nearest(folder: Path, revision: str) -> str:
    """A help text for an unknown revision: the same branch of a remote, how to deepen a shallow clone, or how to list revisions."""
    listed = ask(folder, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/remotes")
    same = [name for name in listed.text.splitlines() if name.partition("/")[2] == revision]
    if revision and same:
        return f"did you mean '{same[0]}'?"
    if ask(folder, "rev-parse", "--is-shallow-repository").text == "true":
        branch = f", or git fetch origin {revision} for one branch" if revision.replace("-", "").isalnum() else ""
        return (
            "this is a shallow clone without older history: run git fetch --unshallow"
            f"{branch} (in GitHub Actions, use actions/checkout with fetch-depth: 0)"
        )
    return "git log --oneline --all lists revisions"


# -- copying its files -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file or a symbolic link of a commit: its path relative to the model's folder, and its blob."""

    path: str
    mode: str
    blob: str


def _entries(folder: Path, tree: str) -> list[_Entry]:
    """The files and links of a tree, without submodules and without files larger than LARGEST."""
    listed = ask(folder, "ls-tree", "-r", "-l", "-z", "--full-tree", tree)
    entries = []
    for line in listed.out.decode(errors="surrogateescape").split("\0"):
        about, _, path = line.partition("\t")
        mode, _kind, blob, size = about.split() if path else ("", "", "", "")
        inside = not {"..", ".git"} & set(PurePosixPath(path).parts) and not path.startswith("/")
        if mode.startswith((FILE, LINK)) and inside and int(size) <= LARGEST:
            entries.append(_Entry(path, mode, blob))
    return entries


def _write_entries(folder: Path, entries: list[_Entry], there: Path) -> None:
    """Write the entries into a folder, files before links, so that no file is written through a link. Raises OSError."""
    contents = _blobs(folder, [entry.blob for entry in entries])
    for entry in entries:
        (there / entry.path).parent.mkdir(parents=True, exist_ok=True)
        if entry.mode != LINK:
            with (there / entry.path).open("wb") as stream:
                stream.write(contents.get(entry.blob, b""))
    for entry in entries:
        if entry.mode == LINK:
            with suppress(OSError, ValueError):  # a system without links, or an invalid target
                (there / entry.path).symlink_to(os.fsdecode(contents.get(entry.blob, b"")))
    _remove_links_out(there, [there / entry.path for entry in entries if entry.mode == LINK])


def _remove_links_out(there: Path, links: list[Path]) -> None:
    """Remove the links that lead out of a folder. They can lead through each other, so this must run after all are written."""
    top = os.path.realpath(there)
    for link in [link for link in links if not Path(os.path.realpath(link)).is_relative_to(top)]:
        link.unlink(missing_ok=True)


def _blobs(folder: Path, names: list[str]) -> dict[str, bytes]:
    """The contents of blobs by their hash, without missing ones. Raises GitError."""
    answer = ask(folder, "cat-file", "--batch", given="".join(f"{name}\n" for name in dict.fromkeys(names)).encode())
    if not answer.ok:
        raise GitError(f"Git cannot read the revision: {answer.complaint or 'unknown reason'}", "run git fsck")
    contents: dict[str, bytes] = {}
    position = 0
    while position < len(answer.out):
        end = answer.out.index(b"\n", position)
        name, *about = answer.out[position:end].decode().split()
        position = end + 1
        if len(about) == 2:  # otherwise the blob is missing
            size = int(about[1])
            contents[name] = answer.out[position : position + size]
            position += size + 1
    return contents
