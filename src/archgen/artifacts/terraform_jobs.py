"""The work of `archgen terraform check`: which variable files to check, and checking them in parallel."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from archgen.artifacts.base import Context
from archgen.artifacts.terraform_files import stack_folder, values_text
from archgen.diagnostics.diagnostic import Diagnostic, did_you_mean
from archgen.model.architecture import Architecture
from archgen.model.coordinate import Coordinate
from archgen.project import Project
from archgen.terraform.binding import ModuleCall
from archgen.terraform.bindings import MissingFactError, calls
from archgen.terraform.check import Job, check_job
from archgen.terraform.code import FolderCode
from archgen.terraform.files import variables, variables_tf
from archgen.terraform.hcl import HclSyntaxError
from archgen.terraform.instances import StackInstance, instances_of
from archgen.terraform.own_folders import FolderError, read_code, read_files, real_folder
from archgen.terraform.own_stacks import InputError
from archgen.terraform.run import TerraformError, version
from archgen.terraform.target import with_target
from archgen.terraform.team_values import team_values
from archgen.terraform.values_file import is_automatic, read_values
from archgen.views._graphs import Graphs


class _StopError(Exception):
    """A problem that leaves nothing to check."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


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
    try:
        for cloud in (coordinate.cloud,) if coordinate else context.axes.clouds:
            where = [resolved.architectures[coordinate]] if coordinate else list(context.today(cloud))
            for name in sorted(known) if stack is None else [stack]:
                jobs += _jobs_of_team_stack(context, name, where)
                jobs += _jobs_of_stack(context, cloud, name, where, today=coordinate is None)
    except _StopError as stop:
        return [], [stop.diagnostic]
    return jobs, []


def _jobs_of_stack(context: Context, cloud: str, name: str, where: list[Architecture], *, today: bool) -> Iterator[Job]:
    """Jobs for a stack that archgen generates: one for each instance of it. Raises _StopError."""
    terraform = where[-1].document.terraform
    if terraform is None or name not in terraform.stacks:
        return
    instances, made = _planned(context, cloud, name, where, today=today)
    declared = variables(made)
    if not declared:
        return
    folder = stack_folder(context, cloud, name)
    code = FolderCode(folder, {"variables.tf": variables_tf(declared, context.model_file)})
    for instance, each in zip(instances, made, strict=True):
        text = values_text(terraform, each, declared, instance, context.model_file)
        yield Job(f"{folder}/{terraform.values_file(instance.name)}", text, code)


def _planned(
    context: Context, cloud: str, name: str, where: list[Architecture], *, today: bool
) -> tuple[list[StackInstance], list[list[ModuleCall]]]:
    """The instances of a stack with their calls. Raises _StopError for a fact that the model does not state."""
    plan = context.project.plans.of.get(cloud)
    if today and plan is not None:
        return plan.instances.get(name, []), list(plan.calls.get(name, []))
    instances = instances_of(where, name)
    try:
        made = [list(calls(instance.architecture, name)) for instance in instances]
    except MissingFactError as error:
        message = f"the Terraform module '{error.binding.id}' needs a value that is missing from the model"
        raise _StopError(Diagnostic("ARC-F002", message, str(error), subject=name)) from None
    return instances, with_target(made, instances, name)


def _jobs_of_team_stack(context: Context, name: str, where: list[Architecture]) -> Iterator[Job]:
    """Jobs for a stack whose code a team wrote itself: its values, and the variables that the code declares. Raises _StopError."""
    for a in where:
        terraform = a.document.terraform
        stack = terraform.stacks.get(name) if terraform else None
        if terraform is None or stack is None or stack.directory is None:
            continue
        folder = terraform.own_folder(a.coordinate.cloud, a.coordinate.environment, name) or ""
        file = terraform.variable_file(a.coordinate.cloud, a.coordinate.environment, name)
        try:
            real = real_folder(context.project.root, folder)
            code = read_code(real, folder)
            text = team_values(a, name, context.model_file)
        except FolderError as error:
            raise _StopError(Diagnostic(error.code, str(error), error.help, subject=name)) from None
        except InputError as error:
            help_ = "refer to a value that exists in the model"
            raise _StopError(Diagnostic("ARC-F002", str(error), help_, subject=name)) from None
        others = {n: t for n, t in read_files(real, folder).items() if is_automatic(n) and f"{folder}/{n}" != file}
        job = job_of_file(code, file.removeprefix(f"{folder}/"), text, others)
        yield replace(job, elsewhere=job.elsewhere | frozenset(stack.supplied))


def jobs_of_folder(folder: Path) -> tuple[list[Job], list[Diagnostic]]:
    """A job for every variable file in a folder and in its folder `env`, checked against the variables that the folder's code declares."""
    shown = "" if folder == Path() else folder.as_posix()
    try:
        return list(_jobs_of_files(folder, read_code(folder, shown))), []
    except FolderError as error:
        return [], [Diagnostic(error.code, str(error), error.help, subject=shown or ".")]
    except _StopError as stop:
        return [], [stop.diagnostic]


def _jobs_of_files(folder: Path, code: FolderCode) -> Iterator[Job]:
    files, subject = read_files(folder, code.folder), code.folder or "."
    if not files:
        message = "the folder has no variable files (*.tfvars or *.tfvars.json)"
        raise _StopError(Diagnostic("ARC-F109", message, "", subject=subject))
    automatic = {name: text for name, text in files.items() if is_automatic(name)}
    for name, text in files.items():
        others = {other: of for other, of in automatic.items() if other != name}
        yield job_of_file(code, name, text, others, partial=name in automatic and len(files) > len(automatic))


def job_of_file(code: FolderCode, name: str, text: str, others: dict[str, str], *, partial: bool = False) -> Job:
    """The job for one variable file in the folder of its code. `others` has the texts of files that Terraform loads by itself."""
    values: dict[str, object] = {}
    computed: set[str] = set()
    # Their order is Terraform's: terraform.tfvars, terraform.tfvars.json, then *.auto.tfvars and *.auto.tfvars.json by name.
    for other in sorted(others, key=lambda file: (not file.startswith("terraform.tfvars"), file)):
        try:
            found = read_values(other, others[other])
        except HclSyntaxError:
            continue  # the job of that file reports it
        values |= found.values
        computed |= set(found.computed)
    known = {variable: value for variable, value in values.items() if variable not in computed}
    return Job(code.path(name), text, code, frozenset(computed), known, partial, by_people=True)


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
