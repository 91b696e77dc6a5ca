"""Places within a project in; the same out with the names that their readers have for its files.

Inside of archgen a file is named from the folder of its model. People read names from where they work, so that a click in a terminal
opens the file; other programs read them from the top of the repository, whatever folder archgen was called from.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from archgen.diagnostics.diagnostic import Diagnostic, Span

# Codes whose subject is no file of the project: an option, a path of the model, a revision, a stack, a folder as it was given, a program.
NO_FILE = frozenset({"ARC-C004", "ARC-C006", "ARC-C007", "ARC-F002", "ARC-F109", "ARC-F110", "ARC-V005", "ARC-W005"})


OWN_TEMPLATES = "templates/"  # how a place in a template of archgen's own is named, too


@dataclass(frozen=True, slots=True)
class Names:
    """What the files of a project are called: `folder` is what its own folder is called, seen from `base`."""

    root: Path
    base: Path
    folder: str

    def of(self, file: str) -> str:
        """The name of a file, which need not be there."""
        name = posixpath.normpath(posixpath.join(self.folder, file))
        inside = Path(name).is_absolute() and Path(name).is_relative_to(self.base)
        return Path(name).relative_to(self.base).as_posix() if inside else name

    def lines(self, sources: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
        """The lines of files, by these names."""
        return {self.of(name): lines for name, lines in sources.items()}

    def span(self, span: Span) -> Span:
        """A place in a file of the project; one in a template of archgen's own stays as it is."""
        own = span.file.startswith(OWN_TEMPLATES) and not (self.root / span.file).exists()
        return span if own else replace(span, file=self.of(span.file))

    def diagnostics(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """The same problems with these names."""
        return [self._diagnostic(diagnostic) for diagnostic in found]

    def _diagnostic(self, d: Diagnostic) -> Diagnostic:
        return replace(
            d,
            span=self.span(d.span) if d.span else None,
            related=tuple((note, self.span(span)) for note, span in d.related),
            subject=self.of(d.subject) if d.subject and d.code not in NO_FILE else d.subject,
        )


def for_people(root: Path) -> Names:
    """Names from the working directory; those of a project elsewhere begin as its folder was given."""
    return Names(root, Path.cwd(), root.as_posix())


def for_programs(root: Path) -> Names:
    """Names from the top of the repository: Git's work tree, else what GitHub has checked out, else the working directory.

    A workflow may check a repository out into a folder of its workspace; GitHub shows annotations by paths in the repository.
    """
    here = root.resolve()
    top = next((top for top in _tops(root) if here.is_relative_to(top)), here)
    return Names(root, top, here.as_posix())


def _tops(root: Path) -> Iterator[Path]:
    from archgen.system.git import top_of  # people need not wait for it

    top = top_of(root) if root.is_dir() else None
    if top:
        yield top.resolve()
    workspace = os.environ.get("GITHUB_WORKSPACE")
    if workspace:
        yield Path(workspace).resolve()
    yield Path.cwd().resolve()
