"""A project's folder in, the rules that it has written itself in Python out: the files of `rules/` beside the model.

Such a file is a rule: its docstring's first line is the statement, `check(architecture)` yields a Finding for each thing that is
wrong. It is code of the project, trusted like its templates, and runs with the rights of whoever calls archgen.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from types import ModuleType

from archgen.diagnostics.diagnostic import OWN, Diagnostic, Path, Severity, Span
from archgen.model.architecture import Architecture
from archgen.model.paths import parse_path
from archgen.model.resolve import Resolved

FOLDER = "rules"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule of a project says: where in the model (`components.database.size`), what is wrong, what to do."""

    path: str
    message: str
    help: str = ""
    severity: Severity = "warning"


@dataclass
class PythonRule:
    """One file. `failures` fills while it is asked."""

    code: str
    statement: str
    file: str
    check: Callable[[Architecture], Iterable[Finding]]
    failures: list[Diagnostic] = field(default_factory=list)

    def ask(self, resolved: Resolved) -> Iterator[tuple[Architecture, list[Diagnostic]]]:
        """What it finds at each coordinate; a rule that raises is a finding of its own, and is asked no more."""
        for architecture in resolved.architectures.values():
            try:
                found = [self._diagnostic(finding) for finding in self.check(architecture)]
            except Exception as error:  # whatever somebody else's code raises
                self.failures.append(_failed(self.file, error, f"at {architecture.coordinate}"))
                return
            yield architecture, found

    def _diagnostic(self, finding: Finding) -> Diagnostic:
        path: Path = parse_path(finding.path)
        return Diagnostic(self.code, finding.message, finding.help, path, severity=finding.severity)


def python_rules(folder: FilePath | None) -> tuple[list[PythonRule], list[Diagnostic]]:
    """The rules of a folder in order of file name, and a diagnostic for each file that is not a rule; nothing without a folder."""
    rules: list[PythonRule] = []
    problems: list[Diagnostic] = []
    for file in sorted(folder.glob("*.py")) if folder and folder.is_dir() else ():
        name = f"{FOLDER}/{file.name}"
        if file.name.startswith("_"):
            continue
        try:
            module = _imported(file)
            check = module.check
        except Exception as error:  # whatever somebody else's code raises while it is read
            problems.append(_failed(name, error, "when it was read"))
            continue
        statement = (module.__doc__ or file.stem).strip().splitlines()[0]
        rules.append(PythonRule(f"{OWN}{file.stem.replace('_', '-')}", statement, name, check))
    return rules, problems


def _imported(file: FilePath) -> ModuleType:
    """The module of a file, under a name that no other module has; nothing is written beside the file."""
    module = ModuleType(f"archgen_own_rules.{file.stem}")
    exec(compile(file.read_bytes(), str(file), "exec"), module.__dict__)  # the project's own code, as its templates are
    return module


def _failed(file: str, error: Exception, when: str) -> Diagnostic:
    """Where in the file it went wrong, as far as that is known."""
    line = 1
    if isinstance(error, SyntaxError) and error.lineno:
        line = error.lineno
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.endswith(file) and frame.lineno:
            line = frame.lineno
    message = f"the rule failed {when}: {type(error).__name__}: {error}"
    help_ = f"mend it, or take it out of {FOLDER}/; archgen explain ARC-X003 shows how a rule looks"
    return Diagnostic("ARC-X003", message, help_, span=Span(file, line, 1, line, 1))
