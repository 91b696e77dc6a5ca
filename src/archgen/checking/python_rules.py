"""Rules that a project writes in Python: the files in `rules/` next to the model.

Each file is a rule: the first line of its docstring is the statement, and `check(architecture)` yields a Finding for each
violation. It is code of the project, trusted like its templates, and runs with the permissions of the user of archgen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from pathlib import Path as FilePath
from types import ModuleType

from archgen.diagnostics.diagnostic import OWN, Diagnostic, Path, Severity, Span
from archgen.model.architecture import Architecture
from archgen.model.paths import parse_path
from archgen.model.resolve import Resolved
from archgen.records import dataclass

FOLDER = "rules"


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding of a project's rule: its path in the model (`components.database.size`), what is wrong, and how to fix it."""

    path: str
    message: str
    help: str = ""
    severity: Severity = "warning"


@dataclass
class PythonRule:
    """A rule in one file. `ask` adds to `failures` if the rule raises an exception."""

    code: str
    statement: str
    file: str
    check: Callable[[Architecture], Iterable[Finding]]
    failures: list[Diagnostic] = field(default_factory=list)

    def ask(self, resolved: Resolved) -> Iterator[tuple[Architecture, list[Diagnostic]]]:
        """Its findings at each coordinate, up to the first exception, which is added to `failures`."""
        for architecture in resolved.architectures.values():
            try:
                findings = [self._diagnostic(finding) for finding in self.check(architecture)]
            except Exception as error:  # code of the project may raise anything
                self.failures.append(_failure(self.file, error, f"at {architecture.coordinate}"))
                return
            yield architecture, findings

    def _diagnostic(self, finding: Finding) -> Diagnostic:
        path: Path = parse_path(finding.path)
        return Diagnostic(self.code, finding.message, finding.help, path, severity=finding.severity)


def python_rules(folder: FilePath | None) -> tuple[list[PythonRule], list[Diagnostic]]:
    """The rules of a folder in the order of file names, and a diagnostic for each file that is not a rule; empty without a folder."""
    rules: list[PythonRule] = []
    problems: list[Diagnostic] = []
    for file in sorted(folder.glob("*.py")) if folder and folder.is_dir() else ():
        name = f"{FOLDER}/{file.name}"
        if file.name.startswith("_"):
            continue
        try:
            module = _imported(file)
            check = module.check
        except Exception as error:  # code of the project may raise anything
            problems.append(_failure(name, error, "when it was loaded"))
            continue
        statement = (module.__doc__ or file.stem).strip().splitlines()[0]
        rules.append(PythonRule(f"{OWN}{file.stem.replace('_', '-')}", statement, name, check))
    return rules, problems


def _imported(file: FilePath) -> ModuleType:
    """The module of a file, under a unique name. No bytecode is written next to the file."""
    module = ModuleType(f"archgen_own_rules.{file.stem}")
    exec(compile(file.read_bytes(), str(file), "exec"), module.__dict__)  # trusted code of the project, like templates
    return module


def _failure(file: str, error: Exception, when: str) -> Diagnostic:
    """A diagnostic for an exception, at the last line of the file that it passed through, or at line 1."""
    import traceback

    line = 1
    if isinstance(error, SyntaxError) and error.lineno:
        line = error.lineno
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.endswith(file) and frame.lineno:
            line = frame.lineno
    message = f"the rule failed {when}: {type(error).__name__}: {error}"
    help_ = f"fix the rule, or remove it from {FOLDER}/; archgen explain ARC-X003 shows an example"
    return Diagnostic("ARC-X003", message, help_, span=Span(file, line, 1, line, 1))
