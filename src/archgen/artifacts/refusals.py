"""Everything in a model and its hand-written pages that would stop a build, found without building.

`archgen validate` reports it, and a build checks it first: a project without refusals can be built.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from archgen.artifacts.addresses import Address, all_addresses, collisions
from archgen.artifacts.written_pages import written_texts
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.resolve import locate
from archgen.model.stacks import Stack

if TYPE_CHECKING:
    from archgen.project import Project


def refusals(project: Project) -> Iterator[Diagnostic]:
    """Every reason not to build the project, in no particular order."""
    listed = list(all_addresses(project.resolved))
    yield from collisions(project.resolved, listed)
    yield from project.plans.problems
    yield from _stacks_of_teams(project)
    yield from _runbooks(project)
    yield from _pages(project, listed)


def _stacks_of_teams(project: Project) -> Iterator[Diagnostic]:
    """What is wrong with stacks whose Terraform code a team maintains itself: their folders, and values that the code does not accept."""
    stated = (a.document.terraform.stacks for a in project.resolved.today() if a.document.terraform)
    stacks = [(name, stack) for each in stated for name, stack in each.items() if stack.directory]
    if not project.trusted:
        yield from _outside(project, dict(stacks))
    elif stacks:
        from archgen.terraform.own_folders import problems  # the parser of HCL, which few models need

        yield from problems(project.root, project.resolved)


def _outside(project: Project, stacks: Mapping[str, Stack]) -> Iterator[Diagnostic]:
    """An error for each stack of an untrusted model that would write outside of the project: the model alone cannot confirm that."""
    for name, stack in stacks.items():
        if stack.outside:
            where = f"the directory {stack.directory} is outside of the project"
            message = f"{where}, and --no-project-code writes only inside (stack '{name}')"
            help_ = "review the model, and build without --no-project-code"
            problem = Diagnostic("ARC-F013", message, help_, ("terraform", "stacks", name, "directory"))
            yield locate(problem, project.resolved.default.tree)


def _runbooks(project: Project) -> Iterator[Diagnostic]:
    """Runbooks without a template, without steps for a product in use, or with steps whose values the model lacks."""
    if not any(a.document.runbooks for a in project.resolved.today()):
        return
    from archgen.runbooks.procedures import late, unusable
    from archgen.templating.render import Templates  # Jinja, which a model without runbooks and stacks does not need

    templates = Templates(project.templates)
    problems = list(unusable(templates, project.resolved))
    yield from problems or late(templates, project.resolved)


def _pages(project: Project, listed: Sequence[Address]) -> Iterator[Diagnostic]:
    """Hand-written pages that cannot be read, have the address of another page, or embed something that does not exist."""
    if not project.trusted:
        return
    texts, problems = written_texts(project.root, listed)
    yield from problems
    embedding = {name: text for name, text in texts.items() if "archgen:" in text}
    if not embedding:
        return
    from archgen.artifacts.base import Context
    from archgen.artifacts.embeds import embed
    from archgen.views._graphs import Graphs

    context = Context(project, Graphs(project.resolved))
    for name, text in embedding.items():
        yield from embed(context, name, text)[1]
