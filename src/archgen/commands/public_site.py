"""The public edition of a site: built in a separate folder, searched for withheld values, and only then moved into place."""

from __future__ import annotations

import shutil
from pathlib import Path

from archgen.artifacts.addresses import GENERATED
from archgen.commands.shared import CLEAN, FINDINGS, UNUSABLE, Progress, say, show
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.pipeline import check, make
from archgen.project import Loaded, Project
from archgen.publishing import untrusted_site
from archgen.publishing.public_edition import Edition, leaks, mentions, public_edition
from archgen.publishing.site import CONFIG, build_site, put_in_place
from archgen.publishing.state_folder import staging
from archgen.publishing.write import write_all

TARGET = "site-public"


def publish_edition(loaded: Loaded, project: Project, progress: Progress) -> int:
    """Build and publish the public edition, for `archgen build --profile public`; returns the exit code."""
    with staging(project.root) as stage:
        work = stage.resolve() / "project"
        work.mkdir()
        edition, problems = public_edition(project, work)
        if edition is None:
            show(problems, loaded)
            return UNUSABLE
        left_out = _copy_sources(project, edition, work)
        artifacts, problems = make(check(edition.project), progress)
        progress.done()
        if any(problem.severity == "error" for problem in problems):
            show(problems, loaded)
            return UNUSABLE
        write_all(work, [artifact for artifact in artifacts if not artifact.committed])
        problems = _build_and_search(work, edition, progress)
        if problems:
            show(problems, loaded)
            return FINDINGS
        problems = put_in_place(work / "site", project.root / TARGET, stage)
        if problems:
            show(problems, loaded)
            return UNUSABLE
    for name in left_out:
        say(f"{name}: left out of the public site because it contains withheld values")
    print(f"The public site is in {project.root / TARGET / 'index.html'}; {len(edition.withheld)} values are withheld.")
    return CLEAN


def _copy_sources(project: Project, edition: Edition, work: Path) -> list[str]:
    """Copy hand-written files to the folder of the edition, except for pages with withheld values; returns the names of those pages."""
    if not project.trusted:
        untrusted_site.prepare(work)
        return []
    left_out = []
    if (project.root / CONFIG).is_file():
        shutil.copy(project.root / CONFIG, work / CONFIG)
    for folder in ("templates", "rules"):
        if (project.root / folder).is_dir():
            shutil.copytree(project.root / folder, work / folder)
    for name in project.resolved.default.document.fonts:
        if (project.root / name).is_file():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(project.root / name, work / name)
    sources = {source.file for source in project.resolved.default.document.sources.values()}
    docs = project.root / "docs"
    for file in sorted(docs.rglob("*")) if docs.is_dir() else ():
        name = file.relative_to(project.root).as_posix()
        if not file.is_file() or name == "docs/index.md" or name.startswith(f"docs/{GENERATED}/"):
            continue
        leaks_value = file.suffix == ".md" and mentions(
            file.read_text(encoding="utf-8", errors="replace"), edition.withheld
        )
        if name in sources or leaks_value:
            left_out.append(name)
            continue
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, work / name)
    (work / "docs").mkdir(exist_ok=True)
    return left_out


def _build_and_search(work: Path, edition: Edition, progress: Progress) -> list[Diagnostic]:
    """Build the site; returns the problems of the site builder, or else a diagnostic for each withheld value in the site."""
    progress("building the public site")
    problems = build_site(work)
    progress.done()
    return problems or list(leaks(work / "site", edition.withheld))
