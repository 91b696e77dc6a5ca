"""The work of `archgen terraform check`: which variable files to check, and checking them in parallel."""

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
    """The variable files that archgen writes for `stack`, or for all stacks, as jobs; and diagnostics, which leave no jobs.

    They are those of every environment in its current phase, or of `coordinate`.
    """
    context = Context(project, Graphs(project.resolved))
    resolved = project.resolved
    known = {n for a in resolved.architectures.values() if a.document.terraform for n in a.document.terraform.stacks}
    if stack is not None and stack not in known:
        message = f"'{stack}' is neither a folder nor a stack of the model"
        return [], [Diagnostic("ARC-F109", message, did_you_mean(stack, known), subject="terraform check")]
    jobs: list[Job] = []
    for cloud in (coordinate.cloud,) if coordinate else context.axes.clouds:
        names = sorted(known) if stack is None else [stack]
        where = [resolved.architectures[coordinate]] if coordinate else list(context.today(cloud))
        for name in names:
            own, problems = _jobs_of_team_stack(project, name, where)
            if problems:
                return [], problems
            jobs += own
            try:
                calls_by_place = [list(calls(a, name)) for a in where]
            except MissingFactError as error:
                message = f"the Terraform module '{error.binding.id}' needs a value that is missing from the model"
                return [], [Diagnostic("ARC-F002", message, str(error), subject=name)]
            declared = variables(calls_by_place)
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
                for a, c in zip(where, calls_by_place, strict=True)
            ]
    return jobs, []


def _jobs_of_team_stack(project: Project, name: str, where: list[Architecture]) -> tuple[list[Job], list[Diagnostic]]:
    """Jobs for a stack whose code a team wrote itself: its values, and the variables that the code declares."""
    jobs = []
    for a in where:
        terraform = a.document.terraform
        stack = terraform.stacks.get(name) if terraform else None
        if stack is None or stack.directory is None:
            continue
        folder = stack.directory.replace("{cloud}", a.coordinate.cloud)
        blocks, problems = _declared_variables(project.root / folder)
        if problems:
            return [], problems
        try:
            text = json.dumps(values_of(a, stack), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        except InputError as error:
            return [], [Diagnostic("ARC-F002", str(error), "refer to a value that exists in the model", subject=name)]
        jobs.append(Job(f"{folder}/{a.coordinate.environment}.tfvars.json", text, tuple(blocks)))
    return jobs, []


def _declared_variables(folder: Path) -> tuple[list[Block], list[Diagnostic]]:
    """The `variable` blocks of a folder's *.tf files, or diagnostics if there are none or they cannot be read."""
    blocks: list[Block] = []
    try:
        for file in sorted(folder.glob("*.tf")):
            blocks += variable_blocks(read_below(folder, file.name))
    except (UnreadableError, UnreadableCodeError) as error:
        return [], [Diagnostic("ARC-F109", f"the Terraform code cannot be read: {error}", "", subject=str(folder))]
    if not blocks:
        help_ = "choose a folder that contains the Terraform code of a stack"
        return [], [Diagnostic("ARC-F109", "the folder declares no Terraform variables", help_, subject=str(folder))]
    return blocks, []


def jobs_of_folder(folder: Path) -> tuple[list[Job], list[Diagnostic]]:
    """A job for every variable file in a folder and in its folder `env`, checked against the variables that the folder's code declares."""
    blocks, problems = _declared_variables(folder)
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
        return [], [
            Diagnostic(
                "ARC-F109", "the folder has no variable files (*.tfvars or *.tfvars.json)", "", subject=str(folder)
            )
        ]
    return [Job((folder / name).as_posix(), text, tuple(blocks)) for name, text in files], []


def check_all(jobs: Sequence[Job], *, partial: bool) -> list[Diagnostic]:
    """The problems of all jobs. Without Terraform there is a warning, and only what does not need Terraform is checked."""
    problems: list[Diagnostic] = []
    try:
        version()
        terraform = True
    except TerraformError as error:
        terraform = False
        problems.append(_without_terraform(error))

    def one(job: Job) -> list[Diagnostic]:
        try:
            return check_job(job, terraform=terraform, partial=partial)
        except TerraformError as error:
            return [_without_terraform(error), *check_job(job, terraform=False, partial=partial)]

    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:  # each thread waits for a Terraform process
        for result in pool.map(one, jobs):
            problems += result
    return problems


def _without_terraform(error: TerraformError) -> Diagnostic:
    help_ = "types and validation rules were not checked; everything else was"
    return Diagnostic("ARC-F110", str(error), help_, severity="warning", subject="terraform")
