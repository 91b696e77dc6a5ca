"""Checking a variable file against the variables of its stack.

Terraform runs without `init`, providers or credentials, in a folder that only contains the `variable` blocks. It only warns about
names that are not declared, and silently drops attributes that an object type does not have; both are found by comparing its outputs
with the values in the file.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archgen.diagnostics.diagnostic import Diagnostic, Span, did_you_mean
from archgen.terraform.hcl import Block
from archgen.terraform.run import TerraformComplaint, TerraformError, plan

ROUNDS = 40  # Terraform stops at the first type of problem, so each round removes the variables that it has reported


@dataclass(frozen=True, slots=True)
class Job:
    """One file to check: its name in diagnostics, its text, and the variables of its stack."""

    file: str
    text: str
    blocks: tuple[Block, ...]

    @property
    def is_json(self) -> bool:
        return self.file.endswith(".json")


def check_job(job: Job, *, terraform: bool = True, partial: bool = False) -> list[Diagnostic]:
    """The problems of one file. `partial` allows required variables without a value.

    Without `terraform`, only checks that do not need it are made. Raises TerraformError if Terraform fails.
    """
    declared = {block.name: block for block in job.blocks}
    values = _values(job, declared) if job.is_json or terraform else None
    if isinstance(values, Diagnostic):
        return [values]
    if values is None:
        return []
    problems = list(_names(job, declared, values, partial=partial))
    if terraform:
        problems += _check_with_terraform(job, declared, {n: value for n, value in values.items() if n in declared})
    return problems


def _values(job: Job, declared: dict[str, Block]) -> dict[str, Any] | Diagnostic:
    """The values in the file before conversion to the types of variables, or a diagnostic if it cannot be read."""
    if job.is_json:
        try:
            data = json.loads(job.text, object_pairs_hook=_unique_keys)
        except ValueError as error:
            line = getattr(error, "lineno", 1)
            return Diagnostic("ARC-F103", f"the file is not valid JSON: {error}", span=Span(job.file, line, 1, line, 2))
        if not isinstance(data, dict):
            return Diagnostic("ARC-F103", "the file must contain a JSON object", span=Span(job.file, 1, 1, 1, 2))
        return {name: value for name, value in data.items() if name != "//"}
    names = set(re.findall(r"(?m)^([A-Za-z_][\w-]*)\s*=", job.text)) | set(declared)
    text = "".join(
        f'variable "{n}" {{\n  type    = any\n  default = null\n}}\noutput "{n}" {{\n  value = var.{n}\n}}\n'
        for n in names
    )
    complaints, outputs = _plan(text, job.file, job.text)
    if outputs is None:
        first = next((c for c in complaints if c.severity == "error"), None)
        what = f"{first.summary}. {first.detail}" if first else "Terraform cannot read it"
        return Diagnostic("ARC-F103", what, span=Span(job.file, 1, 1, 1, 2))
    return {name: value for name, value in outputs.items() if value is not None}


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The pairs as a dict. Raises ValueError for duplicate keys."""
    seen = dict(pairs)
    if len(seen) != len(pairs):
        twice = next(key for key, _value in pairs if [k for k, _v in pairs].count(key) > 1)
        raise ValueError(f"duplicate key '{twice}'")
    return seen


def _names(job: Job, declared: dict[str, Block], values: dict[str, Any], *, partial: bool) -> Iterator[Diagnostic]:
    """Diagnostics for undeclared variables, missing values, secrets in files, and types that are not checked."""
    for name in values:
        if name not in declared:
            help_ = did_you_mean(name, declared)
            yield _at(job, "ARC-F101", f"the variable '{name}' is not declared", help_, name)
    for name, block in declared.items():
        if block.required and name not in values and not partial:
            help_ = "add it to the file, or give the variable a default"
            yield Diagnostic("ARC-F102", f"the variable '{name}' has no value", help_, span=Span(job.file, 1, 1, 1, 2))
        if block.sensitive and name in values:
            help_ = "remove it from the file, and pass it in the environment or from a secret store"
            yield _at(job, "ARC-F107", f"the sensitive variable '{name}' has a value in a file", help_, name)
        if block.untyped and name in values:
            message = f"the type of '{name}' is `any`, at least in part, so that its value is not checked"
            yield _at(job, "ARC-F108", message, "declare its full type", name, severity="warning")


def _check_with_terraform(job: Job, declared: dict[str, Block], values: dict[str, Any]) -> list[Diagnostic]:
    """Problems that Terraform reports, and values that it drops or converts. Each round leaves out the variables reported so far."""
    problems: list[Diagnostic] = []
    left = dict(values)
    for _round in range(ROUNDS):
        blocks = [declared[name] for name in left]
        text = "\n".join(block.text for block in blocks)
        text += "".join(
            f'\noutput "{b.name}" {{\n  value     = var.{b.name}\n  sensitive = {str(b.sensitive).lower()}\n}}\n'
            for b in blocks
        )
        complaints, outputs = _plan(text, "values.tfvars.json", json.dumps(left))
        errors = [c for c in complaints if c.severity == "error"]
        if outputs is not None:
            problems += [
                d
                for name in left
                if not declared[name].sensitive
                for d in _changes(job, name, left[name], outputs.get(name))
            ]
            break
        named = {c.variable for c in errors if c.variable in left}
        for complaint in errors:
            code = "ARC-F104" if "validation rule" in complaint.detail else "ARC-F103"
            problems.append(_at(job, code, _message(complaint), "", complaint.variable or ""))
        if not named:
            break
        left = {name: value for name, value in left.items() if name not in named}
    return problems


def _message(complaint: TerraformComplaint) -> str:
    detail = " ".join(complaint.detail.split())
    detail = re.sub(r" This was checked by the validation rule at [^ ]+\.$", "", detail)
    return f"{complaint.variable}: {detail}" if complaint.variable else f"{complaint.summary}: {detail}"


def _plan(text: str, file: str, values: str) -> tuple[list[TerraformComplaint], Any]:
    with tempfile.TemporaryDirectory(prefix="archgen-") as name:
        folder = Path(name)
        given = "given.tfvars.json" if file.endswith(".json") else "given.tfvars"
        _put(folder / "check.tf", text)
        _put(folder / given, values)
        return plan(folder, given)


def _put(path: Path, text: str) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:  # the error for a full disk has no file name
        raise OSError(error.errno, error.strerror, str(path)) from None


def _changes(job: Job, path: str, given: Any, taken: Any) -> Iterator[Diagnostic]:
    """Diagnostics for attributes that Terraform drops, and for values that it converts to another type."""
    if isinstance(given, dict) and isinstance(taken, dict):
        for key, value in given.items():
            if key not in taken:
                message = f"the type of {path} has no attribute '{key}', so Terraform silently drops it"
                yield _at(job, "ARC-F105", message, did_you_mean(key, taken), path, key)
            else:
                yield from _changes(job, f"{path}.{key}", value, taken[key])
    elif isinstance(given, list) and isinstance(taken, list):
        for n, (one, other) in enumerate(zip(given, taken, strict=False)):
            yield from _changes(job, f"{path}[{n}]", one, other)
    elif given is not None and taken is not None and type(given) is not type(taken) and not _both_numbers(given, taken):
        message = f"{path}: Terraform converts {json.dumps(given)} to {json.dumps(taken)}"
        yield _at(job, "ARC-F106", message, "write the value in the type of the variable", path, severity="warning")


def _both_numbers(one: Any, other: Any) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in (one, other))


def _at(job: Job, code: str, message: str, help_: str, path: str, key: str = "", severity: Any = "error") -> Diagnostic:
    """A diagnostic at the line of a variable, or of a key inside its value."""
    lines = job.text.splitlines()
    first = re.split(r"[.\[]", path)[0]
    number = _line(lines, first, 0)
    if number is not None and key:
        number = _line(lines, key, number) or number
    line = (number or 0) + 1
    return Diagnostic(code, message, help_, severity=severity, span=Span(job.file, line, 1, line, 2))


def _line(lines: list[str], name: str, start: int) -> int | None:
    pattern = re.compile(rf'^\s*"?{re.escape(name)}"?\s*[=:]')
    return next((n for n in range(start, len(lines)) if name and pattern.match(lines[n])), None)


__all__ = ["Job", "TerraformError", "check_job"]
