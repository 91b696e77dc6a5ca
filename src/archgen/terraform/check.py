"""Checking a variable file against the variables of its stack.

Terraform runs without `init`, providers or credentials, in a folder with a copy of the code that has only the variables and what their
validations need. It only warns about names that are not declared, and silently drops attributes that an object type does not have; both
are found by comparing its outputs with the values in the file.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from archgen.diagnostics.diagnostic import Diagnostic, Span, did_you_mean
from archgen.records import dataclass
from archgen.terraform.code import CodePart, FolderCode
from archgen.terraform.hcl import HclSyntaxError
from archgen.terraform.run import TerraformComplaint, TerraformError, plan
from archgen.terraform.values_file import read_values, value_lines

ROUNDS = 40  # Terraform stops at the first type of problem, so each round leaves out what it has reported
_ECHO, _GIVEN = "archgen-outputs.tf", "archgen-given"
_RULE = re.compile(r"\s*This was checked by the validation rule at (?P<file>.+):(?P<line>\d+),[\d,-]+\.\s*$")

Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class Job:
    """One file to check: its name in diagnostics, its text, and the code of its stack.

    `elsewhere` has the names of variables whose values come from somewhere else, `automatic` the values of other files of the folder
    that Terraform loads by itself. `partial` allows other required variables without a value. `by_people` is whether people wrote the file,
    who may leave it to Terraform to read a text as the number that it is.
    """

    file: str
    text: str
    code: FolderCode
    elsewhere: frozenset[str] = frozenset()
    automatic: Mapping[str, Any] = field(default_factory=dict)
    partial: bool = False
    by_people: bool = False

    @cached_property
    def may_have_secrets(self) -> bool:
        """Whether the file mentions a variable whose value must not be shown."""
        hidden = (name for name, variable in self.code.variables.items() if variable.sensitive or variable.ephemeral)
        return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", self.text) for name in hidden)

    @cached_property
    def lines(self) -> Mapping[Steps, int]:
        """The line of each value by its path; empty if the file cannot be read."""
        try:
            return value_lines(self.file, self.text)
        except HclSyntaxError:
            return {}


def check_job(job: Job, *, terraform: bool = True, partial: bool = False) -> list[Diagnostic]:
    """The problems of one file. `partial` allows required variables without a value.

    Without `terraform`, only checks that do not need it are made. Raises TerraformError if Terraform fails.
    """
    try:
        return _check(job, terraform=terraform, partial=partial)
    except RecursionError:
        return [_problem("the file is nested too deeply", Span(job.file, 1, 1, 1, 2))]


def _check(job: Job, *, terraform: bool, partial: bool) -> list[Diagnostic]:
    try:
        given = read_values(job.file, job.text)
        values, computed = dict(given.values), given.computed
    except HclSyntaxError as error:
        # Terraform's own message is better, and it may understand code that the parser does not.
        if job.file.endswith(".json") or not terraform:
            reason = error.reason if job.file.endswith(".json") else "the file is not valid HCL"
            return [_problem(reason, Span(job.file, error.line, error.column, error.line, error.column + 1))]
        values, computed = {}, tuple(re.findall(r"(?m)^([A-Za-z_][\w-]*)\s*=", job.text))
    if computed and terraform:
        evaluated = _evaluated(job, computed)
        if isinstance(evaluated, list):
            return evaluated
        values |= evaluated
    problems = list(_names(job, {**values, **dict.fromkeys(computed)}, partial=partial or job.partial))
    if terraform:
        problems += _check_with_terraform(job, values, frozenset(computed) - values.keys())
    return problems


def _evaluated(job: Job, names: tuple[str, ...]) -> dict[str, Any] | list[Diagnostic]:
    """The values of names that are expressions, or the reasons why Terraform cannot evaluate them."""
    text = "".join(
        f'variable "{n}" {{\n  type    = any\n  default = null\n}}\noutput "{n}" {{\n  value = var.{n}\n}}\n'
        for n in dict.fromkeys(names)
    )
    complaints, outputs = _plan({_ECHO: text}, f"{_GIVEN}.tfvars", job.text)
    if outputs is not None:
        return {name: value for name, value in outputs.items() if value is not None}
    errors = [c for c in complaints if c.severity == "error"]
    return [
        _problem(
            f"{complaint.summary}: {' '.join(complaint.detail.split())}",
            Span(job.file, complaint.line, complaint.column, complaint.line, complaint.column + 1),
        )
        for complaint in errors
    ] or [_problem("Terraform cannot read the file", Span(job.file, 1, 1, 1, 2))]


def _problem(message: str, span: Span) -> Diagnostic:
    return Diagnostic("ARC-F103", message, span=span)


def _names(job: Job, values: Mapping[str, Any], *, partial: bool) -> Iterator[Diagnostic]:
    """Diagnostics for undeclared variables, missing values, secrets in files, and types that are not checked."""
    declared = job.code.variables
    for name in values:
        if name not in declared:
            yield _at(job, "ARC-F101", f"the variable '{name}' is not declared", did_you_mean(name, declared), (name,))
    for name, variable in declared.items():
        missing = name not in values and name not in job.automatic and name not in job.elsewhere
        secret = variable.sensitive or variable.ephemeral  # its value comes from a secret store or the environment
        if variable.required and missing and not (partial or secret):
            help_ = "add it to the file, or give the variable a default"
            yield Diagnostic("ARC-F102", f"the variable '{name}' has no value", help_, span=Span(job.file, 1, 1, 1, 2))
        if variable.sensitive and name in values:
            help_ = "remove it from the file, and pass it in the environment or from a secret store"
            yield _at(job, "ARC-F107", f"the sensitive variable '{name}' has a value in a file", help_, (name,))
        elif variable.is_open and name in values:
            message = f"the type of '{name}' is `any`, at least in part, so that its value is not checked"
            yield _at(job, "ARC-F108", message, "declare its full type", (name,), severity="warning")


def _check_with_terraform(job: Job, values: Mapping[str, Any], uncertain: frozenset[str]) -> list[Diagnostic]:
    """Problems that Terraform reports, and values that it drops or converts.

    Each round leaves out the values and the validations reported so far. `uncertain` has the variables whose values are not known.
    """
    declared = job.code.variables
    left = {name: value for name, value in values.items() if name in declared}
    inherited = {name: value for name, value in job.automatic.items() if name in declared and name not in left}
    wrong: set[str] = set(uncertain)
    unvalidated: set[str] = set()
    silent: set[str] = set()  # variables whose values are not read back
    problems: list[Diagnostic] = []
    for round_ in range(ROUNDS):
        known = left.keys() | inherited.keys()
        unknown = wrong | {name for name, v in declared.items() if v.required and name not in known}
        evaluable = job.code.evaluable(frozenset(unknown), frozenset(unvalidated))
        if round_ == 0:
            problems += _skipped(job, evaluable.skipped)
        echoed = [n for n in left if not (declared[n].sensitive or declared[n].ephemeral or n in silent)]
        files = {**evaluable.files, _ECHO: "".join(f'output "{n}" {{\n  value = var.{n}\n}}\n' for n in echoed)}
        complaints, outputs = _plan(files, f"{_GIVEN}.tfvars.json", json.dumps({**inherited, **left}))
        if outputs is not None:
            problems += [d for n in echoed for d in _changes(job, (n,), left[n], outputs.get(n))]
            break
        before = (len(wrong), len(unvalidated), len(silent))
        for complaint in (c for c in complaints if c.severity == "error"):
            if complaint.file == _ECHO:  # not about the user's code
                silent |= {complaint.variable} if complaint.variable in left else set(left)
                continue
            rule = _RULE.search(complaint.detail)
            name = job.code.variable_at(rule["file"], int(rule["line"])) if rule else None
            name = name or complaint.variable or job.code.variable_at(complaint.file, complaint.line)
            if name not in inherited or rule:
                problems.append(_complaint(job, complaint, name, left))
            if rule and name:
                unvalidated.add(name)
            elif name in declared:
                wrong.add(str(name))
                left.pop(str(name), None)
                inherited.pop(str(name), None)
        if before == (len(wrong), len(unvalidated), len(silent)):
            break
    return problems


def _skipped(job: Job, skipped: tuple[tuple[CodePart, str], ...]) -> Iterator[Diagnostic]:
    """A note for each validation that cannot be evaluated without providers or other files."""
    for part, foreign in skipped:
        message = f"a validation of '{part.name}' was not checked, because it refers to {foreign}"
        help_ = "terraform plan checks it"
        span = Span(job.code.path(part.file), part.line or 1, 1, part.line or 1, 2)
        yield Diagnostic("ARC-F112", message, help_, severity="info", span=span)


def _complaint(job: Job, complaint: TerraformComplaint, name: str | None, left: Mapping[str, Any]) -> Diagnostic:
    """An error of Terraform as a diagnostic: at the value if the file has it, otherwise at the code."""
    rule = _RULE.search(complaint.detail)
    detail = " ".join(_RULE.sub("", complaint.detail).split())
    if rule:
        at = name if name in left else next(_named_in(job, rule, left), None)
        help_ = f"the validation rule is at {job.code.path(rule['file'])}:{rule['line']}"
        return _at(job, "ARC-F104", f"{name}: {detail}", help_, (at,) if at else ())
    if not complaint.file or complaint.file.startswith(_GIVEN):
        return _at(
            job, "ARC-F103", f"{name}: {detail}" if name else f"{complaint.summary}: {detail}", "", (name or "",)
        )
    span = Span(job.code.path(complaint.file), complaint.line, complaint.column, complaint.line, complaint.column + 1)
    message = f"{complaint.summary}: {detail}"
    return Diagnostic("ARC-F103", message, "correct the Terraform code", span=span)


def _named_in(job: Job, rule: re.Match[str], left: Mapping[str, Any]) -> Iterator[str]:
    """The variables with values in the file that a validation rule refers to."""
    for part in job.code.parts:
        if part.kind == "validation" and part.file == rule["file"] and part.line == int(rule["line"]):
            yield from sorted(name for root, name in part.refers.names if root == "var" and name in left)


def _plan(files: Mapping[str, str], given: str, values: str) -> tuple[list[TerraformComplaint], Any]:
    with tempfile.TemporaryDirectory(prefix="archgen-") as name:
        folder = Path(name)
        for file, text in files.items():
            _put(folder / PurePosixPath(file).name, text)
        _put(folder / given, values)
        return plan(folder, given)


def _put(path: Path, text: str) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:  # the error for a full disk has no file name
        raise OSError(error.errno, error.strerror, str(path)) from None


def _changes(job: Job, path: Steps, given: Any, taken: Any) -> Iterator[Diagnostic]:
    """Diagnostics for attributes that Terraform drops, and for values that it converts to another type."""
    if isinstance(given, dict) and isinstance(taken, dict):
        for key, value in given.items():
            if key not in taken:
                message = f"the type of {_shown(path)} has no attribute '{key}', so Terraform silently drops it"
                yield _at(job, "ARC-F105", message, did_you_mean(key, taken), (*path, key))
            else:
                yield from _changes(job, (*path, key), value, taken[key])
    elif isinstance(given, list) and isinstance(taken, list):
        for n, (one, other) in enumerate(zip(given, taken, strict=False)):
            yield from _changes(job, (*path, n), one, other)
    elif job.by_people and isinstance(given, str) and given == json.dumps(taken):
        return  # the same value, as in TF_VAR_port=80
    elif given is not None and taken is not None and type(given) is not type(taken) and not _both_numbers(given, taken):
        message = f"{_shown(path)}: Terraform converts {json.dumps(given)} to {json.dumps(taken)}"
        yield _at(job, "ARC-F106", message, "write the value in the type of the variable", path, severity="warning")


def _shown(path: Steps) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _both_numbers(one: Any, other: Any) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in (one, other))


def _at(job: Job, code: str, message: str, help_: str, path: Steps, severity: Any = "error") -> Diagnostic:
    """A diagnostic at the line of a value, or of the nearest value around it."""
    line = next((job.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in job.lines), 1)
    return Diagnostic(code, message, help_, severity=severity, span=Span(job.file, line, 1, line, 2))


__all__ = ["Job", "TerraformError", "check_job"]
