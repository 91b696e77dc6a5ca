"""A variable file and the variables that it is for in; everything that is wrong between them out.

Terraform is asked without `init`, providers or credentials, in a folder that holds the `variable` blocks alone. A name that nothing
declares is only a warning to it, and an attribute that an object does not have is dropped without a word: both are found here by
comparing what went in with what came out.
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

ROUNDS = 40  # Terraform stops at the first kind of problem; each round takes the offenders out


@dataclass(frozen=True, slots=True)
class Job:
    """One file to check: its name as people know it, its text, and the variables of its stack."""

    file: str
    text: str
    blocks: tuple[Block, ...]

    @property
    def is_json(self) -> bool:
        return self.file.endswith(".json")


def check_job(job: Job, *, terraform: bool = True, partial: bool = False) -> list[Diagnostic]:
    """Everything that is wrong with one file. `partial` allows required variables without a value.

    Without `terraform` only what needs none is checked. Raises TerraformError where it fails to answer.
    """
    declared = {block.name: block for block in job.blocks}
    values = _values(job, declared) if job.is_json or terraform else None
    if isinstance(values, Diagnostic):
        return [values]
    if values is None:
        return []
    found = list(_names(job, declared, values, partial=partial))
    if terraform:
        found += _asked(job, declared, {name: value for name, value in values.items() if name in declared})
    return found


def _values(job: Job, declared: dict[str, Block]) -> dict[str, Any] | Diagnostic:
    """What the file says, before any variable's type has had a say."""
    if job.is_json:
        try:
            data = json.loads(job.text, object_pairs_hook=_without_doubles)
        except ValueError as error:
            line = getattr(error, "lineno", 1)
            return Diagnostic("ARC-F103", f"no JSON: {error}", span=Span(job.file, line, 1, line, 2))
        if not isinstance(data, dict):
            return Diagnostic("ARC-F103", "the file is no object", span=Span(job.file, 1, 1, 1, 2))
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


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen = dict(pairs)
    if len(seen) != len(pairs):
        twice = next(key for key, _value in pairs if [k for k, _v in pairs].count(key) > 1)
        raise ValueError(f"'{twice}' stands twice")
    return seen


def _names(job: Job, declared: dict[str, Block], values: dict[str, Any], *, partial: bool) -> Iterator[Diagnostic]:
    """Names that nothing declares or nobody gives, secrets in files, and types that check nothing."""
    for name in values:
        if name not in declared:
            yield _at(job, "ARC-F101", f"no variable '{name}' is declared", did_you_mean(name, declared), name)
    for name, block in declared.items():
        if block.required and name not in values and not partial:
            help_ = "add it to the file, or give the variable a default"
            yield Diagnostic("ARC-F102", f"the variable '{name}' has no value", help_, span=Span(job.file, 1, 1, 1, 2))
        if block.sensitive and name in values:
            help_ = "leave it out of every file; Terraform takes it from the environment or a secret store"
            yield _at(job, "ARC-F107", f"'{name}' is sensitive and has a value in a file", help_, name)
        if block.untyped and name in values:
            message = f"the type of '{name}' is any, at least in part: nothing is checked there"
            yield _at(job, "ARC-F108", message, "write its type out", name, severity="warning")


def _asked(job: Job, declared: dict[str, Block], values: dict[str, Any]) -> list[Diagnostic]:
    """What Terraform says, round by round without the variables that it has complained about; then what it has dropped."""
    found: list[Diagnostic] = []
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
            found += [
                d
                for name in left
                if not declared[name].sensitive
                for d in _compared(job, name, left[name], outputs.get(name))
            ]
            break
        named = {c.variable for c in errors if c.variable in left}
        for complaint in errors:
            code = "ARC-F104" if "validation rule" in complaint.detail else "ARC-F103"
            found.append(_at(job, code, _message(complaint), "", complaint.variable or ""))
        if not named:
            break
        left = {name: value for name, value in left.items() if name not in named}
    return found


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
    except OSError as error:  # a full disk names no file
        raise OSError(error.errno, error.strerror, str(path)) from None


def _compared(job: Job, path: str, given: Any, taken: Any) -> Iterator[Diagnostic]:
    """Attributes that went in and did not come out, and values that changed their type on the way."""
    if isinstance(given, dict) and isinstance(taken, dict):
        for key, value in given.items():
            if key not in taken:
                message = f"{path} has no attribute '{key}': Terraform drops it without a word"
                yield _at(job, "ARC-F105", message, did_you_mean(key, taken), path, key)
            else:
                yield from _compared(job, f"{path}.{key}", value, taken[key])
    elif isinstance(given, list) and isinstance(taken, list):
        for n, (one, other) in enumerate(zip(given, taken, strict=False)):
            yield from _compared(job, f"{path}[{n}]", one, other)
    elif given is not None and taken is not None and type(given) is not type(taken) and not _both_numbers(given, taken):
        message = f"{path}: {json.dumps(given)} becomes {json.dumps(taken)}"
        yield _at(job, "ARC-F106", message, "write it as the type wants it", path, severity="warning")


def _both_numbers(one: Any, other: Any) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in (one, other))


def _at(job: Job, code: str, message: str, help_: str, path: str, key: str = "", severity: Any = "error") -> Diagnostic:
    """A diagnostic at the line of a variable, or of the key below it."""
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
