"""What archgen asks Git about a model: its folder as it was at a revision, and who works here.

A revision is read blob by blob: what `.gitattributes` says about exports, line ends and filters changes nothing of what is compared.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.system.git import Answer, GitError, ask

LARGEST = 16 * 1024 * 1024  # bytes; archgen reads nothing that is larger
FILE, LINK = "100", "120000"  # how the modes of files and of links begin


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
    folder = model.parent.resolve()
    if not folder.is_dir():
        raise RevisionError(f"there is no folder {model.parent}", "give the model's path with -m", revision)
    try:
        commit = _commit(folder, revision)
        tree = ask(folder, "rev-parse", "--verify", "--quiet", f"{commit}:./")
        entries = _entries(folder, tree.text) if tree.ok else []
        if model.name not in (entry.path for entry in entries):
            raise RevisionError(f"there is no {model.name} at '{revision}'", "give the model's path with -m", revision)
        with tempfile.TemporaryDirectory(prefix="archgen-") as there:
            try:
                _put(folder, entries, Path(there))
            except OSError as error:
                message = f"no copy of the revision can be written: {error.strerror or error}"
                raise RevisionError(message, f"make room in {tempfile.gettempdir()}", revision) from None
            yield Path(there) / model.name
    except GitError as error:
        raise RevisionError(str(error), error.help, revision) from None


def author(folder: Path) -> str | None:
    """The name that Git puts on commits made in a folder; None where it knows none."""
    try:
        found = ask(folder, "config", "user.name")
    except GitError:
        return None
    return found.text.strip() or None if found.ok else None


# -- which commit is meant -------------------------------------------------------------------------------


def _commit(folder: Path, revision: str) -> str:
    found = ask(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found.ok:
        return found.text
    inside = ask(folder, "rev-parse", "--is-inside-work-tree")
    if not inside.ok:
        raise _no_repository(inside, revision)
    # Asked again without --quiet, Git says what is the matter, such as an object that is not there.
    loud = ask(folder, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    usual = loud.complaint in ("", "Needed a single revision")
    message = f"there is no revision '{revision}'" + ("" if usual else f': Git says "{loud.complaint}"')
    raise RevisionError(message, _nearest(folder, revision), revision)


def _no_repository(answer: Answer, revision: str) -> RevisionError:
    """No repository at all is the usual case; otherwise Git has a reason, and often the command that helps."""
    if not answer.complaint or answer.complaint.startswith("not a git repository"):
        return RevisionError(f"there is no revision '{revision}'", "the model is in no Git repository", revision)
    help_ = f"Git recommends: {answer.advice}" if answer.advice else "git status in the model's folder says more"
    return RevisionError(f"Git does not read the repository: {answer.complaint}", help_, revision)


def _nearest(folder: Path, revision: str) -> str:
    """What may help: the same branch of a remote, the history that a shallow clone lacks, or the list of revisions."""
    listed = ask(folder, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/remotes")
    same = [name for name in listed.text.splitlines() if name.partition("/")[2] == revision]
    if revision and same:
        return f"did you mean '{same[0]}'?"
    if ask(folder, "rev-parse", "--is-shallow-repository").text == "true":
        branch = f"; git fetch origin {revision} brings one branch" if revision.replace("-", "").isalnum() else ""
        return (
            "this clone is shallow, it lacks the older history: git fetch --unshallow brings it"
            f"{branch} (in GitHub Actions: actions/checkout with fetch-depth: 0)"
        )
    return "git log --oneline --all lists them"


# -- what it holds ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file or a link of a commit: its path below the model's folder, and the blob that holds it."""

    path: str
    mode: str
    blob: str


def _entries(folder: Path, tree: str) -> list[_Entry]:
    """The files and links of a tree, without submodules and without what is too large for archgen to read."""
    listed = ask(folder, "ls-tree", "-r", "-l", "-z", "--full-tree", tree)
    found = []
    for line in listed.out.decode(errors="surrogateescape").split("\0"):
        about, _, path = line.partition("\t")
        mode, _kind, blob, size = about.split() if path else ("", "", "", "")
        inside = not {"..", ".git"} & set(PurePosixPath(path).parts) and not path.startswith("/")
        if mode.startswith((FILE, LINK)) and inside and int(size) <= LARGEST:
            found.append(_Entry(path, mode, blob))
    return found


def _put(folder: Path, entries: list[_Entry], there: Path) -> None:
    """Write the entries into a folder: files first, so that nothing is ever written through a link. Raises OSError."""
    contents = _blobs(folder, [entry.blob for entry in entries])
    for entry in entries:
        (there / entry.path).parent.mkdir(parents=True, exist_ok=True)
        if entry.mode != LINK:
            with (there / entry.path).open("wb") as stream:
                stream.write(contents.get(entry.blob, b""))
    for entry in entries:
        if entry.mode == LINK:
            with suppress(OSError, ValueError):  # a system without links, a target that no file can have
                (there / entry.path).symlink_to(os.fsdecode(contents.get(entry.blob, b"")))
    _remove_links_out(there, [there / entry.path for entry in entries if entry.mode == LINK])


def _remove_links_out(there: Path, links: list[Path]) -> None:
    """Remove the links that lead out of a folder, by way of each other, too: only once all are there is it known where each one leads."""
    top = os.path.realpath(there)
    for link in [link for link in links if not Path(os.path.realpath(link)).is_relative_to(top)]:
        link.unlink(missing_ok=True)


def _blobs(folder: Path, names: list[str]) -> dict[str, bytes]:
    """The content of blobs by name."""
    answer = ask(folder, "cat-file", "--batch", given="".join(f"{name}\n" for name in dict.fromkeys(names)).encode())
    if not answer.ok:
        raise GitError(f"Git cannot read the revision: {answer.complaint or 'it does not say why'}", "try git fsck")
    found: dict[str, bytes] = {}
    position = 0
    while position < len(answer.out):
        end = answer.out.index(b"\n", position)
        name, *about = answer.out[position:end].decode().split()
        position = end + 1
        if len(about) == 2:  # otherwise the blob is missing
            size = int(about[1])
            found[name] = answer.out[position : position + size]
            position += size + 1
    return found
