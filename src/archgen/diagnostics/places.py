"""Names of files in diagnostics, for people and for programs.

archgen itself names a file relative to the folder of its model. People need names relative to the working directory, so that a click
in a terminal opens the file. Programs need names relative to the top of the repository, regardless of the working directory.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from archgen.diagnostics.diagnostic import Diagnostic, Span
from archgen.records import dataclass

# Codes whose subject is not a file of the project, but an option, a path in the model, a revision, a stack, a given folder, or a program.
NO_FILE = frozenset({"ARC-C004", "ARC-C006", "ARC-C007", "ARC-F002", "ARC-F109", "ARC-F110", "ARC-V005", "ARC-W005"})


OWN_TEMPLATES = "templates/"  # the prefix of templates of a project and of archgen alike


@dataclass(frozen=True, slots=True)
class Names:
    """Names files of the project in `root` relative to `base`; `folder` is the name of the project's folder from there."""

    root: Path
    base: Path
    folder: str

    def of(self, file: str) -> str:
        """The name of a file, which does not have to exist."""
        name = posixpath.normpath(posixpath.join(self.folder, file))
        inside = Path(name).is_absolute() and Path(name).is_relative_to(self.base)
        return Path(name).relative_to(self.base).as_posix() if inside else name

    def lines(self, sources: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
        """The lines of files by their new names."""
        return {self.of(name): lines for name, lines in sources.items()}

    def span(self, span: Span) -> Span:
        """A place with the new name of its file; a place in one of archgen's templates is not changed."""
        own = span.file.startswith(OWN_TEMPLATES) and not (self.root / span.file).exists()
        return span if own else span._replace(file=self.of(span.file))

    def diagnostics(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """The diagnostics with new names of files."""
        return [self._diagnostic(diagnostic) for diagnostic in found]

    def _diagnostic(self, d: Diagnostic) -> Diagnostic:
        return replace(
            d,
            span=self.span(d.span) if d.span else None,
            related=tuple((note, self.span(span)) for note, span in d.related),
            subject=self.of(d.subject) if d.subject and d.code not in NO_FILE else d.subject,
        )


def for_people(root: Path) -> Names:
    """Names relative to the working directory. For a project elsewhere, names begin with its folder as the user wrote it."""
    return Names(root, Path.cwd(), root.as_posix())


def for_programs(root: Path) -> Names:
    """Names relative to the top of the repository: Git's work tree, or else GitHub's workspace, or else the working directory.

    The work tree comes first because a workflow may check out a repository into a folder of its workspace, and GitHub locates
    annotations by their path in the repository.
    """
    here = root.resolve()
    top = next((top for top in _tops(root) if here.is_relative_to(top)), here)
    return Names(root, top, here.as_posix())


def _tops(root: Path) -> Iterator[Path]:
    from archgen.system.git import top_of  # slow to import, and not needed for people

    top = top_of(root) if root.is_dir() else None
    if top:
        yield top.resolve()
    workspace = os.environ.get("GITHUB_WORKSPACE")
    if workspace:
        yield Path(workspace).resolve()
    yield Path.cwd().resolve()
