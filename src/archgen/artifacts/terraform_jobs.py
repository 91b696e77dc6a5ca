"""A project or a folder in, the variable files to check out, and what is wrong with them, checked on every core."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from archgen.artifacts.base import Context
from archgen.artifacts.terraform_files import stack_folder
from archgen.diagnostics.diagnostic import Diagnostic, did_you_mean
from archgen.model.architecture import Architecture
from archgen.model.coordinate import Coordinate
from archgen.project import Project
from archgen.system.textfile import UnreadableError, read_below
from archgen.terraform.bindings import MissingFactError, calls
from archgen.terraform.check import Job, check_job
from archgen.terraform.files import tfvars_json, variables, variables_tf
from archgen.terraform.hcl import Block, UnreadableCodeError, variable_blocks
from archgen.terraform.own_stacks import InputError, values_of
from archgen.terraform.run import TerraformError, version
from archgen.views._graphs import Graphs


def jobs_of_stacks(
    project: Project, stack: str | None, coordinate: Coordinate | None
) -> tuple[list[Job], list[Diagnostic]]:
    """The files that archgen writes for a stack, or for all; as every environment stands, or at one coordinate."""
    context = Context(project, Graphs(project.resolved))
    resolved = project.resolved
    known = {n for a in resolved.architectures.values() if a.document.terraform for n in a.document.terraform.stacks}
    if stack is not None and stack not in known:
        message = f"'{stack}' is no folder, and no stack of the model"
        return [], [Diagnostic("ARC-F109", message, did_you_mean(stack, known), subject="terraform check")]
    jobs: list[Job] = []
    for cloud in (coordinate.cloud,) if coordinate else context.axes.clouds:
        names = sorted(known) if stack is None else [stack]
        where = [resolved.architectures[coordinate]] if coordinate else list(context.today(cloud))
        for name in names:
            own, problems = _of_their_own(project, name, where)
            if problems:
                return [], problems
            jobs += own
            try:
                made = [list(calls(a, name)) for a in where]
            except MissingFactError as error:
                message = f"the module {error.binding.id} needs a fact that is not stated"
                return [], [Diagnostic("ARC-F002", message, str(error), subject=name)]
            declared = variables(made)
            if not declared:
                continue
            blocks = tuple(variable_blocks(variables_tf(declared, context.model_file)))
            folder = stack_folder(context, cloud, name)
            jobs += [
                Job(
                    f"{folder}/{a.coordinate.environment}.tfvars.json",
                    tfvars_json(c, declared, context.model_file),
                    blocks,
                )
                for a, c in zip(where, made, strict=True)
            ]
    return jobs, []


def _of_their_own(project: Project, name: str, where: list[Architecture]) -> tuple[list[Job], list[Diagnostic]]:
    """The values of a stack whose code a team has written itself, against the variables that this code declares."""
    jobs = []
    for a in where:
        terraform = a.document.terraform
        stack = terraform.stacks.get(name) if terraform else None
        if stack is None or stack.directory is None:
            continue
        folder = stack.directory.replace("{cloud}", a.coordinate.cloud)
        blocks, problems = _declared(project.root / folder)
        if problems:
            return [], problems
        try:
            text = json.dumps(values_of(a, stack), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        except InputError as error:
            return [], [Diagnostic("ARC-F002", str(error), "name a fact of the model", subject=name)]
        jobs.append(Job(f"{folder}/{a.coordinate.environment}.tfvars.json", text, tuple(blocks)))
    return jobs, []


def _declared(folder: Path) -> tuple[list[Block], list[Diagnostic]]:
    """The variables of a folder's code."""
    blocks: list[Block] = []
    try:
        for file in sorted(folder.glob("*.tf")):
            blocks += variable_blocks(read_below(folder, file.name))
    except (UnreadableError, UnreadableCodeError) as error:
        return [], [Diagnostic("ARC-F109", f"its code cannot be read: {error}", "", subject=str(folder))]
    if not blocks:
        help_ = "name the folder of a stack"
        return [], [Diagnostic("ARC-F109", "no variable is declared here", help_, subject=str(folder))]
    return blocks, []


def jobs_of_folder(folder: Path) -> tuple[list[Job], list[Diagnostic]]:
    """Every variable file of a folder, or of its folder `env`, against the variables that the folder's code declares."""
    blocks, problems = _declared(folder)
    if problems:
        return [], problems
    names = sorted(
        file.relative_to(folder).as_posix()
        for pattern in ("*.tfvars", "*.tfvars.json", "env/*.tfvars", "env/*.tfvars.json")
        for file in folder.glob(pattern)
    )
    try:
        files = [(name, read_below(folder, name)) for name in names]
    except UnreadableError as error:
        return [], [Diagnostic("ARC-F109", f"a file cannot be read: {error}", "", subject=str(folder))]
    if not files:
        return [], [Diagnostic("ARC-F109", "there is no variable file here", "", subject=str(folder))]
    return [Job((folder / name).as_posix(), text, tuple(blocks)) for name, text in files], []


def check_all(jobs: Sequence[Job], *, partial: bool) -> list[Diagnostic]:
    """What is wrong with all of them. Without Terraform a warning says so, and what needs none is checked all the same."""
    found: list[Diagnostic] = []
    try:
        version()
        terraform = True
    except TerraformError as error:
        terraform = False
        found.append(_without(error))

    def one(job: Job) -> list[Diagnostic]:
        try:
            return check_job(job, terraform=terraform, partial=partial)
        except TerraformError as error:
            return [_without(error), *check_job(job, terraform=False, partial=partial)]

    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:  # each waits for a process of its own
        for result in pool.map(one, jobs):
            found += result
    return found


def _without(error: TerraformError) -> Diagnostic:
    help_ = "types and validations were not checked; the rest was"
    return Diagnostic("ARC-F110", str(error), help_, severity="warning", subject="terraform")
