"""The site of a project whose code may not run: generated pages only, built in a temporary folder with archgen's configuration."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from archgen.artifacts.addresses import GENERATED
from archgen.artifacts.base import Artifact
from archgen.checking.python_rules import FOLDER
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.project import Project
from archgen.publishing.offline import ARCHIVE
from archgen.publishing.site import CONFIG, build_archive, build_site, put_archive, put_in_place
from archgen.publishing.state_folder import staging
from archgen.publishing.write import write_all
from archgen.templating.render import packaged_templates


def prepare(work: Path) -> None:
    """Put archgen's site configuration into the folder `work`."""
    shutil.copy(packaged_templates() / "init" / CONFIG, work / CONFIG)


def build(root: Path, artifacts: Iterable[Artifact], *, offline: bool) -> list[Diagnostic]:
    """Build `site`, and the archive for a disk if `offline`. Returns the problems; if there are any, nothing has changed."""
    with staging(root) as stage:
        work = stage.resolve() / "project"
        work.mkdir()
        prepare(work)
        write_all(work, [artifact for artifact in artifacts if not artifact.committed and not artifact.embeds])
        problems = build_site(work)
        if offline and not problems:
            problems = build_archive(work, None)
        problems = problems or put_in_place(work / "site", root / "site", stage)
        if offline and not problems:
            problems = put_archive((work / ARCHIVE).read_bytes(), root, stage)
        return problems


# Files of a project besides its model: folder, pattern, and what is reported about them when its code may not run.
_UNTRUSTED = (
    (FOLDER, "*.py", "its rules were not run"),
    ("templates", "**/*", "its templates were not used; archgen's were"),
    ("docs", "**/*.md", "its hand-written pages were neither checked nor published"),
    (".", CONFIG, "its site configuration was not used; archgen's was"),
)


def not_checked(project: Project) -> Iterator[str]:
    """A sentence for each type of file that was ignored because the project's code may not run."""
    root = project.root
    for folder, pattern, what in _UNTRUSTED:
        files = sorted(file.relative_to(root).as_posix() for file in (root / folder).glob(pattern) if file.is_file())
        names = [name for name in files if name != "docs/index.md" and not name.startswith(f"docs/{GENERATED}/")]
        yield from _sentence(what, names)
    yield from _sentence("its fonts were not used", project.resolved.default.document.fonts)


def _sentence(what: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        yield f"{what} ({shown})"
