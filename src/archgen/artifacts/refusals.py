"""Everything in a model and its hand-written pages that would stop a build, found without building.

`archgen validate` reports it, and a build checks it first: a project without refusals can be built. Two processes can share the work:
one calls `of_pages`, the other one `of_stacks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.resolve import locate
from archgen.model.stacks import Stack

if TYPE_CHECKING:
    from archgen.artifacts.addresses import Address
    from archgen.artifacts.base import Context
    from archgen.project import Project


def of_pages(project: Project) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """Every address that two files have, and everything that is wrong with hand-written pages, in no particular order."""
    from archgen.artifacts.addresses import all_addresses, collisions  # of two processes, only one needs them

    listed = list(all_addresses(project.resolved))
    return list(collisions(project.resolved, listed)), list(_pages(project, listed))


def of_stacks(project: Project) -> Iterator[Diagnostic]:
    """Every other reason not to build the project: in its stacks and runbooks, in no particular order."""
    yield from project.plans.problems
    yield from _stacks_of_teams(project)
    yield from _runbooks(project)


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
    from archgen.artifacts.embed_markers import fill
    from archgen.artifacts.written_pages import written_texts

    texts, problems = written_texts(project.root, listed)
    yield from problems
    context = cache(partial(_context, project))
    for name, text in texts.items():
        if "archgen:" in text:
            yield from fill(name, text, partial(_content, project, context, name))[1]


def _context(project: Project) -> Context:
    from archgen.artifacts.base import Context
    from archgen.views._graphs import Graphs

    return Context(project, Graphs(project.resolved))


def _content(project: Project, context: Callable[[], Context], name: str, said: str) -> str:
    """What an embed of a page is filled in with, where that tells whether it can be. Raises BadEmbedError."""
    from archgen.artifacts.embed_markers import VALUE, arguments, value

    if said.split()[:1] == [VALUE]:
        return value(project.resolved, *arguments(project.resolved.axes, said))
    from archgen.artifacts.embeds import content  # with all that pictures and tables need

    return content(context(), name, said)
