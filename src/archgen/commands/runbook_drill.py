"""`archgen runbook drill`: record that a runbook was practiced."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import TYPE_CHECKING

from archgen.commands.shared import CLEAN, UNUSABLE, say, usage
from archgen.diagnostics.diagnostic import did_you_mean
from archgen.diagnostics.report import visible
from archgen.runbooks.stated import minutes

if TYPE_CHECKING:
    from archgen.model.coordinate import Coordinate
    from archgen.project import Project


def run(options: argparse.Namespace, project: Project, coordinate: Coordinate) -> int:
    """Write the drill into the model, and say whether its objective was met; returns the exit code."""
    from archgen.runbooks.drills import verdict

    known = project.resolved.architectures[coordinate].document.runbooks
    if options.id not in known:
        return usage(
            f"the runbook '{visible(options.id)}' does not exist at {coordinate}", did_you_mean(options.id, known)
        )
    if options.took is None or options.by is None:
        return usage("a drill needs --took and --by", "for example: --took 12m --by Ada")
    day = options.on or datetime.now().astimezone().date().isoformat()
    took = max(1, round(minutes(options.took)))
    met = verdict(known[options.id], took)
    values = {"last_tested": day, "tested_by": options.by, "took_minutes": took}
    values["result"] = options.result or f"{project.resolved.architectures[coordinate].environment.name}: {met}"
    if problem := _write(project, options.id, values):
        say(f"archgen: {problem}")
        return UNUSABLE
    print(f"Recorded the drill of {options.id} on {day}. {met}")
    return CLEAN


def _write(project: Project, name: str, values: dict[str, object]) -> str | None:
    """Change the files of the model; the reason if that is impossible."""
    from archgen.reading.changes import ChangeError
    from archgen.reading.edits import ModelFiles
    from archgen.runbooks.drills import drill_changes

    stated = next((node for s in project.files.sources if s.root and (node := s.root.get(("runbooks", name)))), None)
    if stated is None:
        return f"no file of the model has the runbook '{visible(name)}' as a separate entry, so it cannot be changed"
    try:
        files = ModelFiles(project.root, [source.file for source in project.files.sources])
        files.change(drill_changes(name, stated, values))
        files.write()
    except ChangeError as error:
        return f"the model cannot be changed: {visible(str(error))}"
    except OSError as error:
        return f"the model cannot be written: {visible(str(error))}"
    return None
