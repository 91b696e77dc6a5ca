"""The resource types of the project that a command is about, with its own table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archgen.commands.shared import CLEAN, UNUSABLE, more_about, say
from archgen.diagnostics.places import for_people
from archgen.diagnostics.report import render, visible
from archgen.importing.own_types import FILE, OwnTypes, can_be_stated
from archgen.importing.resource_types import ResourceTypes, known_types, types_of_project
from archgen.importing.type_stubs import with_stubs
from archgen.model.resolve import Resolved
from archgen.model.wording import counted
from archgen.project import Loaded, load
from archgen.reading.changes import ChangeError
from archgen.system.outfile import UnwritableError, write_in_project

if TYPE_CHECKING:
    from archgen.importing.importing import Import


@dataclass(frozen=True, slots=True)
class ProjectTypes:
    """The resource types of a project in `folder`, what its own table states, and its model, if there is one."""

    folder: Path
    types: ResourceTypes
    own: OwnTypes
    model: Loaded | None = None

    def write_stubs(self, imports: Iterable[Import]) -> int:
        """Write entries for the types that are not known to the table of the project; returns an exit code other than 0 if that fails."""
        try:
            text = with_stubs(self.own, [found.placed.unknown for found in imports])
            if text == self.own.text:
                return CLEAN
            write_in_project(self.folder, FILE, text.encode())
        except (ChangeError, OSError, UnwritableError) as error:
            say(f"archgen: {FILE} cannot be written: {visible(str(error))}")
            return UNUSABLE
        say(visible(str(self.folder / FILE)))
        names = {r.type for found in imports for r in found.placed.unknown if can_be_stated(r.type)}
        say(
            f"It lists {counted(len(names), 'resource type')} that archgen does not know: say what they are, then import again"
        )
        return CLEAN


def types_for(model: Path | None) -> ProjectTypes | None:
    """The resource types of the project of a model, which may not exist yet; None after printing what is wrong with its table."""
    if model is None:
        return ProjectTypes(Path(), known_types(), OwnTypes())
    loaded = load(model) if model.exists() else None
    read = types_in(model.parent, loaded.project.resolved if loaded and loaded.project else None)
    return None if read is None else ProjectTypes(model.parent, *read, loaded)


def types_in(folder: Path, resolved: Resolved | None) -> tuple[ResourceTypes, OwnTypes] | None:
    """The resource types of a project, and what its table states; None after printing what is wrong with the table."""
    types, own, problems = types_of_project(folder, resolved)
    if not problems:
        return types, own
    names = for_people(folder)
    lines = {FILE: own.text.splitlines()}
    say(render(names.diagnostics(problems), names.lines(lines)))
    say(more_about(problems))
    return None
