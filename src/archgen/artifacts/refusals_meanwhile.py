"""Finding what would stop a build in two processes, while this one also runs the rules.

A build and a check in one process take the same way, so that nothing depends on the number of processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING

from archgen.artifacts.refusals import of_pages, of_stacks
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.lazy import LazyMapping
from archgen.registry import ExtensionError
from archgen.system.meanwhile import computed_meanwhile

if TYPE_CHECKING:
    from archgen.project import Project
    from archgen.terraform.unbuilt import Made


@contextmanager
def refusals_meanwhile(project: Project, jobs: int) -> Iterator[Callable[[], tuple[Diagnostic, ...]]]:
    """A function that returns what would stop a build. Stacks and runbooks are another process's, if there are several.

    What the stacks make is found there, too: it takes most of what is known about stacks, and only the last rules ask for it.
    """
    if jobs > 1:
        _load_what_both_need(project)
    made = vars(project).get("made")
    with computed_meanwhile(lambda: _find_in_stacks(project, made), jobs) as there:
        found = _Refusals(project, there)
        if made is None:
            project.expect(LazyMapping({cloud: partial(found.made, cloud) for cloud in project.resolved.axes.clouds}))
        try:
            yield found.all
        finally:
            if made is None and not found.known:
                project.expect(None)


InStacks = tuple[tuple[Diagnostic, ...], Mapping[str, "Made"]]


def _find_in_stacks(project: Project, made: Mapping[str, Made] | None) -> InStacks:
    project.expect(made)  # not from another process, if this one does the work itself
    return tuple(of_stacks(project)), project.made


class _Refusals:
    """What would stop a build. What is wrong with pages is found here first, so that this process waits for `there` as late as it can."""

    def __init__(self, project: Project, there: Callable[[], InStacks]) -> None:
        self._project = project
        self._there = there
        self._begun = False
        self.known = False  # whether the other process has answered

    @cached_property
    def _here(self) -> tuple[list[Diagnostic], list[Diagnostic]]:
        self._begun = True
        return of_pages(self._project)

    def _in_stacks(self) -> InStacks:
        found = self._there()
        self.known = True
        return found

    def all(self) -> tuple[Diagnostic, ...]:
        """Every reason not to build the project."""
        collisions, pages = self._here
        return (*collisions, *self._in_stacks()[0], *pages)

    def made(self, cloud: str) -> Made:
        """What the stacks of a cloud make."""
        if not self._begun:  # a page may ask for it, too
            _ = self._here
        return self._in_stacks()[1][cloud]


def _load_what_both_need(project: Project) -> None:
    """Load the bindings, which both processes need, before there are two. Only the first one needs the rules."""
    from archgen.terraform.bindings import bindings

    with suppress(ExtensionError):  # reported where they are used
        for a in project.resolved.today():
            if a.document.terraform:
                bindings(a.coordinate.cloud, a.bindings)
