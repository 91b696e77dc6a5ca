"""`archgen build`: generate everything."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from archgen.commands.shared import (
    CLEAN,
    FINDINGS,
    STALE,
    UNUSABLE,
    Progress,
    read_model,
    say,
    say_what_was_not_checked,
    show,
    today_of,
    unusable,
)
from archgen.commands.timings import TimedProgress
from archgen.diagnostics.diagnostic import Diagnostic, in_order
from archgen.pipeline import check, make, make_some, publish, write
from archgen.project import Loaded, Project
from archgen.system.meanwhile import limit_cores, usable_cores

if TYPE_CHECKING:
    from archgen.artifacts.base import Artifact
    from archgen.pipeline import Checked
    from archgen.publishing.early import EarlyFiles
    from archgen.system.git_history import History


def run(options: argparse.Namespace) -> int:
    """Check the model, generate all files and publish the site; returns the exit code."""
    if not options.timings:
        return build(options, Progress())
    progress = TimedProgress()
    code = build(options, progress)
    say(progress.timings.table())
    return code


def build(options: argparse.Namespace, progress: Progress, early: EarlyFiles | None = None) -> int:
    """Build as `run` does. With `early`, the files that are being looked at are made first."""
    from archgen.publishing import state_folder as state
    from archgen.publishing.write import stale

    limit_cores(options.jobs)
    progress("reading the model")
    loaded = read_model(options)
    if loaded.project is None:
        progress.done()
        return unusable(loaded)
    project = loaded.project
    progress.begin("checking the model")
    checked = check(project, today_of(options))
    history, lacking = _history(project) if options.history else (None, "")
    if early is not None and not checked.refused and not _has_lasting_error(checked):
        early.make(lambda last, paths: make_some(checked, last, paths, history))
    artifacts, problems = make(checked, progress, history, usable_cores())
    progress.done()
    progress.begin("reporting")
    if lacking:
        say(f"The pages do not say when they were changed: {lacking}.")
    say_what_was_not_checked(project)
    if checked.findings or problems:
        show(in_order([*checked.findings, *problems]), loaded)
    # Findings about dates do not stop a build, because generated files do not depend on the date.
    lasting = _has_lasting_error(checked)
    wrong = any(problem.severity == "error" for problem in problems)
    if checked.refused or lasting or wrong:
        say("Nothing was written, because there are errors.")
        return UNUSABLE if wrong and not checked.refused else FINDINGS
    if options.check:
        return _check(stale(project.root, artifacts))
    try:
        with state.alone(project.root):
            code = _publish(options, loaded, artifacts, progress, early)
            if early is not None:
                early.remember(artifacts)
            return code
    except state.BusyError as busy:
        help_ = "wait until it finishes; the lock is released when that process ends"
        show([Diagnostic("ARC-W004", f"another build is running here: {busy}", help_, subject=state.STATE)], loaded)
    except state.StateError as error:
        show([Diagnostic("ARC-W002", str(error), "", subject=error.subject)], loaded)
    return UNUSABLE


def _history(project: Project) -> tuple[History | None, str]:
    """The history of the model's files, or None and the reason why it is left out."""
    from archgen.system.git_history import NoHistoryError, read_history

    if not project.trusted:
        return None, "Git does not run for a project whose code must not run"
    try:
        return read_history(project.root, [source.file for source in project.files.sources]), ""
    except NoHistoryError as error:
        return None, str(error)


def _has_lasting_error(checked: Checked) -> bool:
    return any(finding.severity == "error" for finding in checked.lasting.findings)


def _publish(
    options: argparse.Namespace,
    loaded: Loaded,
    artifacts: list[Artifact],
    progress: Progress,
    early: EarlyFiles | None,
) -> int:
    """Write the artifacts and build the site; returns the exit code. The caller holds the project's lock."""
    project = loaded.project
    assert project is not None
    if options.profile == "public":
        from archgen.commands.public_site import publish_edition

        return publish_edition(loaded, project, progress)
    progress.begin("writing files")
    written = write(project, artifacts, _forced_paths(project.root, options.force))
    if written.problems:
        show(written.problems, loaded)
        return UNUSABLE
    print(f"{len(written.write)} files written, {written.unchanged} unchanged, {len(written.remove)} removed.")
    return (
        CLEAN if options.no_site else _site(project, loaded, artifacts, progress, offline=options.offline, early=early)
    )


def _forced_paths(root: Path, given: list[str]) -> list[str]:
    """The paths given with --force, both as they are and, if relative to the working directory, relative to the project's folder."""
    top = root.resolve()
    here = [Path(name).resolve() for name in given]
    return [*given, *(path.relative_to(top).as_posix() for path in here if path.is_relative_to(top))]


def _site(
    project: Project,
    loaded: Loaded,
    artifacts: list[Artifact],
    progress: Progress,
    *,
    offline: bool,
    early: EarlyFiles | None,
) -> int:
    from archgen.publishing.offline import ARCHIVE

    problems = publish(project, artifacts, progress, offline=offline, warm=early.site if early else None)
    progress.done()
    if problems:
        show(problems, loaded)
        return FINDINGS
    print(f"The site is in {project.root / 'site' / 'index.html'}.")
    if offline:
        print(f"It is also in {project.root / ARCHIVE}: unpack it and open site/index.html.")
    return CLEAN


def _check(stale: list[tuple[str, str]]) -> int:
    if not stale:
        print("All generated files are up to date.")
        return CLEAN
    for path, why in stale:
        print(f"{path}: {why}")
    print(f"{len(stale)} stale files. Run archgen build and commit the result.")
    return STALE
