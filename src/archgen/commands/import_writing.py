"""What `archgen import --into` writes: a new project, or environments that are added to a model."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from archgen.commands.shared import CLEAN, FINDINGS, UNUSABLE, say, show
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.diagnostics.places import for_people
from archgen.diagnostics.report import render, visible
from archgen.importing.folding import CONFLICT, fold
from archgen.importing.importing import Import
from archgen.importing.modeling import in_usual_order, with_severities
from archgen.importing.terraform_json import TerraformFile
from archgen.model.wording import counted
from archgen.pipeline import check
from archgen.project import Loaded, load
from archgen.publishing.new_project import new_import, start
from archgen.reading.edits import ModelFiles
from archgen.system.outfile import UnwritableError


@dataclass(slots=True)
class Added:
    """What was imported, and the texts of the model with it. `problems` says why nothing can be written, if so.

    `loaded` is the model that the problems are about, and `files` the files of a model that existed before. `today` (ISO 8601) is the
    day of the rules about dates; without one, they are not looked at.
    """

    imports: list[Import]
    target: Path = Path()
    texts: Mapping[str, str] = field(default_factory=dict)
    loaded: Loaded | None = None
    before: Loaded | None = None
    problems: list[Diagnostic] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: ModelFiles | None = None
    today: str | None = None

    def write(self) -> int:
        """Write the model; returns an exit code other than 0 if that is not possible."""
        if self.problems:
            return self._refuse()
        return self._write_new() if self.files is None else self._write_existing(self.files)

    @property
    def has_no_component(self) -> bool:
        """Whether a new model cannot be written because the files of its first environment have no component."""
        return self.files is None and bool(self.imports) and not self.imports[0].model["components"]

    def _refuse(self) -> int:
        """Print why nothing is written; returns the exit code."""
        assert self.loaded is not None
        conflicts = all(problem.code == CONFLICT for problem in self.problems)
        if conflicts:
            why = "the files contradict the model"
        elif self.imports:
            why = "archgen could not use the model with what the files say"
        else:
            why = "the model has errors"
        say(f"nothing is written, because {why}:\n")
        show(self.problems, self.loaded)
        return FINDINGS if conflicts else UNUSABLE

    def _write_new(self) -> int:
        """Write a project that can be built at once."""
        target, text = self.target, self.texts[self.target.name]
        errors = {finding.code for finding in _errors(self.loaded, self.today)}
        written, problems = start(target.parent, new_import(target.parent, with_severities(text, errors)))
        if problems:
            say(render(for_people(target.parent).diagnostics(problems), {}))
            return UNUSABLE
        if errors:
            what = f"{counted(len(errors), 'rule')} would stop a build of the system as it is ({', '.join(sorted(errors))})"
            say(f"{what}; the model has them as warnings, under rules.severities")
        say("\n".join(visible(str(target.parent / name)) for name in written))
        where = "" if target.parent == Path() else f"cd {shlex.quote(str(target.parent))}; "
        checks = f"{where}archgen validate; archgen build"
        say(f"Next: check what is `assumed`, then: {checks}")
        say("When the site is built, say which environment is production: more rules apply to it")
        return CLEAN

    def _write_existing(self, files: ModelFiles) -> int:
        """Write the files of the model that change."""
        files.replace_all(lambda _text, name: self.texts[name])
        if not files.changed:
            say("the model says already what the files say")
            return CLEAN
        try:
            files.write()
        except (OSError, UnwritableError) as error:
            say(f"archgen: the model cannot be written: {visible(str(error))}")
            return UNUSABLE
        for note in self.notes:
            say(f"note: {visible(note)}")
        names = for_people(self.target.parent)
        say("\n".join(visible(names.of(name)) for name in files.changed))
        if new := _new_errors(self.before, self.loaded, self.today):
            what = f"{counted(len(new), 'rule')} would stop a build of the system as it is: {', '.join(new)}"
            say(f"{what}; fix what they are about, or set them to warning under rules.severities")
        return CLEAN


def add_environments(
    target: Path,
    sources: Mapping[tuple[str, str], Sequence[TerraformFile]],
    accept: Iterable[str],
    name: str,
    existing: Loaded | None = None,
    today: str | None = None,
) -> Added:
    """The environments that files are of, added to a model in memory; to a new one if it does not exist.

    They are added one after the other in the usual order of environments, so that the order of arguments makes no difference.
    `existing` is the model if it was loaded already.
    """
    places = list(in_usual_order(sources).items())
    added = Added([], target, today=today)
    if target.exists():
        before = existing or load(target)
        if before.project is None:
            return Added([], target, loaded=before, problems=before.diagnostics)
        files = ModelFiles(target.parent, [source.file for source in before.files.sources])
        added.texts, added.files, added.before, added.loaded = files.texts, files, before, before
    else:
        (at, first), *places = places
        found = Import(first, *at, tuple(accept), name)
        further = [source for _at, more in places for source in more]
        added.imports.append(found)
        added.texts = {target.name: found.text(further)}
        added.loaded = load(target, texts=added.texts)
        added.problems = added.loaded.diagnostics
    for at, more in places:
        if not added.problems:
            folded = fold(target, added.texts, more, at, accept)
            added.imports.append(folded.found)
            added.texts, added.loaded, added.problems = folded.texts, folded.loaded, folded.problems
            added.notes += folded.notes
    return added


def _errors(loaded: Loaded | None, today: str | None) -> list[Diagnostic]:
    found = check(loaded.project, today).findings if loaded and loaded.project else []
    return [finding for finding in found if finding.severity == "error"]


def _new_errors(before: Loaded | None, after: Loaded | None, today: str | None) -> list[str]:
    """The codes of the rules that report errors about a model that they did not report before."""
    known = Counter((finding.code, finding.path) for finding in _errors(before, today))
    return sorted({finding.code for finding in _errors(after, today) if not known[finding.code, finding.path]})
