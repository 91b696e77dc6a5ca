"""Folders of Terraform code that a team maintains itself: where they are, their code, and what is wrong with a stack's inputs for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from archgen.diagnostics.diagnostic import Diagnostic, Severity, did_you_mean
from archgen.model.architecture import Architecture
from archgen.model.resolve import Resolved, locate
from archgen.model.stacks import Stack
from archgen.system.textfile import UnreadableError, read_below
from archgen.terraform.code import FolderCode
from archgen.terraform.hcl import HclSyntaxError
from archgen.terraform.module_source import is_code
from archgen.terraform.own_stacks import InputError, inputs_of
from archgen.terraform.settings import mismatch
from archgen.terraform.types import TypeSyntaxError, parse


class FolderError(ValueError):
    """A folder whose code cannot be used; `code` is the code of the diagnostic."""

    def __init__(self, code: str, reason: str, help_: str = "") -> None:
        super().__init__(reason)
        self.code, self.help = code, help_


class MissingFolderError(FolderError):
    """A folder that does not exist, perhaps because its code is still to be written."""


def real_folder(root: Path, folder: str) -> Path:
    """The folder of a stack, which may be outside of the project, but not through a symbolic link. Raises FolderError."""
    path = root / folder
    if not path.is_dir():
        message, help_ = f"the folder {folder} does not exist", "create it, or correct `directory`"
        raise MissingFolderError("ARC-F013", message, help_)
    expected = os.path.normpath(Path(os.path.realpath(root), folder))
    if os.path.realpath(path) != expected:
        help_ = "name the real folder; with `outside: true`, it can be outside of the project"
        raise FolderError("ARC-F013", f"the folder {folder} leads through a symbolic link", help_)
    return Path(expected)


def read_code(folder: Path, shown: str) -> FolderCode:
    """The Terraform code of a folder; `shown` is its name in messages. Raises FolderError if it cannot be read or has no variables."""
    try:
        names = sorted(file.name for file in folder.iterdir() if is_code(file.name)) if folder.is_dir() else []
        code = FolderCode(shown, {name: read_below(folder, name) for name in names})
        declared = code.variables
    except (UnreadableError, HclSyntaxError, OSError) as error:
        raise FolderError("ARC-F109", f"the Terraform code cannot be read: {error}") from None
    if not declared:
        help_ = "choose a folder that contains the Terraform code of a stack"
        raise FolderError("ARC-F109", "the folder declares no Terraform variables", help_)
    return code


def read_files(folder: Path, shown: str) -> dict[str, str]:
    """The texts of the variable files in a folder and in its folder `env`, by name. Raises FolderError."""
    names = sorted(
        file.relative_to(folder).as_posix()
        for pattern in ("*.tfvars", "*.tfvars.json", "env/*.tfvars", "env/*.tfvars.json")
        for file in folder.glob(pattern)
    )
    try:
        return {name: read_below(folder, name) for name in names}
    except UnreadableError as error:
        raise FolderError("ARC-F109", f"a variable file in {shown or '.'} cannot be read: {error}") from None


def problems(root: Path, resolved: Resolved) -> Iterator[Diagnostic]:
    """What is wrong with the folders and inputs of stacks with hand-written code, in the current phase of every environment."""
    codes: dict[str, FolderCode | FolderError] = {}
    for a in resolved.today():
        terraform = a.document.terraform
        for name, stack in terraform.stacks.items() if terraform else ():
            folder = terraform.own_folder(a.coordinate.cloud, a.coordinate.environment, name) if terraform else None
            if folder is None:
                continue
            if folder not in codes:
                codes[folder] = _code_or_error(root, folder)
            code = codes[folder]
            part = ("terraform", "stacks", name)
            if isinstance(code, FolderError):
                later = isinstance(code, MissingFolderError) and not stack.outside
                severity: Severity = "warning" if later else "error"
                message = f"{code} (stack '{name}')"
                found = [Diagnostic(code.code, message, code.help, (*part, "directory"), severity=severity)]
            else:
                found = list(_wrong_inputs(a, name, stack, code))
            yield from (locate(problem, a.tree) for problem in found)


def _code_or_error(root: Path, folder: str) -> FolderCode | FolderError:
    try:
        return read_code(real_folder(root, folder), folder)
    except FolderError as error:
        return error


def _wrong_inputs(a: Architecture, name: str, stack: Stack, code: FolderCode) -> Iterator[Diagnostic]:
    part, declared = ("terraform", "stacks", name), code.variables
    for number, supplied in enumerate(stack.supplied):
        if supplied not in declared:
            message = f"{code.folder} does not declare the variable '{supplied}'"
            yield Diagnostic("ARC-F101", message, did_you_mean(supplied, declared), (*part, "supplied", number))
    for variable, value in inputs_of(a, stack).items():
        path = (*part, "inputs", variable)
        if variable not in declared:
            message = f"{code.folder} does not declare the variable '{variable}'"
            yield Diagnostic("ARC-F101", message, did_you_mean(variable, declared), path)
            continue
        facts = declared[variable]
        if facts.sensitive or facts.ephemeral:
            help_ = "remove it here, list the variable under `supplied`, and pass its value in the environment or from a secret store"
            message = f"the variable '{variable}' of {code.folder} is secret, so the model must not state its value"
            yield Diagnostic("ARC-F107", message, help_, path)
            continue
        if isinstance(value, InputError):
            continue  # ARC-F004 reports it
        try:
            wrong = mismatch(parse(facts.type), value, variable)
        except TypeSyntaxError:
            continue  # Terraform reports it
        if value is None and not facts.nullable:
            wrong = f"{variable} must not be null" if facts.required else None
        if wrong:
            where = code.path(f"{facts.file}:{facts.line}" if facts.line else facts.file)
            yield Diagnostic(
                "ARC-F103", wrong, f"{where} declares the type {facts.type}", (*path, _key(stack, variable))
            )


def _key(stack: Stack, variable: str) -> str:
    return "value" if stack.inputs[variable].expression is None else "expression"
