"""Running Terraform without providers, network or credentials. Only this module starts it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archgen.records import dataclass

SECONDS = 60
# Total seconds that Terraform has run for this process, for the benchmark.
spent = 0.0
_lock = threading.Lock()
OLDEST = (1, 9)  # validations across variables, optional attributes


class TerraformError(Exception):
    """Terraform is missing, too old, or does not respond; the message has the reason."""


@dataclass(frozen=True, slots=True)
class TerraformComplaint:
    """One error or warning of Terraform: summary, detail, the variable that it names, if any, and its place (1-based)."""

    severity: str
    summary: str
    detail: str
    variable: str | None
    file: str
    line: int = 1
    column: int = 1


def version() -> str:
    """The version of Terraform on the PATH. Raises TerraformError."""
    if not shutil.which("terraform"):
        raise TerraformError("terraform was not found on the PATH")
    installed = str(json.loads(_run(["version", "-json"], Path.cwd())[1] or "{}").get("terraform_version", ""))
    numbers = tuple(int(n) for n in re.findall(r"\d+", installed)[:2])
    if numbers < OLDEST:
        raise TerraformError(
            f"terraform {installed or 'of an unknown version'} is too old; {'.'.join(map(str, OLDEST))} or later is required"
        )
    return installed


def plan(
    folder: Path, var_file: str, variables: Mapping[str, str] | None = None
) -> tuple[list[TerraformComplaint], Any]:
    """The complaints of `terraform plan` for a folder and a variable file, and the values of outputs by name; None if it fails.

    Raises TerraformError.
    """
    command = ["plan", "-json", "-input=false", "-refresh=false", f"-var-file={var_file}", "-out=plan.bin"]
    code, out = _run([*command, *(f"-var={name}={value}" for name, value in (variables or {}).items())], folder)
    complaints = [c for line in out.splitlines() if (c := _complaint(line))]
    if code:
        return complaints, None
    shown = json.loads(_run(["show", "-json", "plan.bin"], folder)[1])
    outputs = shown.get("planned_values", {}).get("outputs", {})
    return complaints, {name: entry.get("value") for name, entry in outputs.items()}


def _complaint(line: str) -> TerraformComplaint | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    diagnostic = entry.get("diagnostic") if isinstance(entry, dict) else None
    if not diagnostic:
        return None
    detail = diagnostic.get("detail") or ""
    place = diagnostic.get("range") or {}
    start = place.get("start") or {}
    return TerraformComplaint(
        diagnostic.get("severity", "error"),
        diagnostic.get("summary", ""),
        detail,
        _variable(diagnostic, detail),
        place.get("filename", ""),
        start.get("line", 1),
        start.get("column", 1),
    )


_IN_CONTEXT = re.compile(r'variable "([^"]+)"')
_IN_TEXT = re.compile(r'var\.([A-Za-z_][\w-]*)|variable "([A-Za-z_][\w-]*)"|named "([A-Za-z_][\w-]*)"')


def _variable(diagnostic: Mapping[str, Any], detail: str) -> str | None:
    """The variable that a message is about: the one whose block has the error, otherwise the first that the text names."""
    snippet = diagnostic.get("snippet") or {}
    if context := _IN_CONTEXT.search(snippet.get("context") or ""):
        return context[1]
    traversals = " ".join(value.get("traversal", "") for value in snippet.get("values") or ())
    text = " ".join((diagnostic.get("summary", ""), detail, traversals, snippet.get("code") or ""))
    name = _IN_TEXT.search(text)
    return next((group for group in name.groups() if group), None) if name else None


def _run(arguments: list[str], folder: Path) -> tuple[int, str]:
    # Remove the user's TF_ settings, such as TF_VAR_ variables that would fill in missing values, and disable telemetry.
    env = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    env |= {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    global spent  # noqa: PLW0603  # one number for the benchmark, not worth a parameter on every call
    started = time.perf_counter()
    try:
        done = subprocess.run(
            ["terraform", *arguments], cwd=folder, env=env, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise TerraformError(f"terraform {arguments[0]} did not finish within {SECONDS} seconds") from None
    except OSError as error:
        raise TerraformError(f"terraform cannot be started: {error.strerror or error}") from None
    with _lock:
        spent += time.perf_counter() - started
    return done.returncode, done.stdout.decode(errors="replace")  # it writes UTF-8 on every system
