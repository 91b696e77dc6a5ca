"""`archgen review`: what a change of the model means, as one text for a pull request."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

from archgen.commands.drift_inputs import is_comparable, read_known_differences, read_stack_files
from archgen.commands.public_profile import leak_in, public_editions
from archgen.commands.shared import (
    CLEAN,
    FINDINGS,
    UNUSABLE,
    coordinate_of,
    load_from,
    print_or_write,
    say_what_was_not_checked,
    show,
    usage,
)
from archgen.diagnostics.places import for_programs
from archgen.pipeline import Project, check
from archgen.project import Loaded

if TYPE_CHECKING:
    from archgen.comparing.review import PlanComparison, Review


def run(options: argparse.Namespace) -> int:
    """Print or write the review; returns the exit code."""
    from archgen.comparing.review import ReviewedSide, in_repository, review
    from archgen.comparing.review_formats import as_json

    if (options.at or options.partial or options.baseline) and not options.plan:
        return usage("--at, --partial and --baseline are about plans", "name a plan with --plan, or omit them")
    with ExitStack() as stack:
        loaded = [load_from(options, revision, stack) for revision in (options.from_rev, options.to_rev)]
        old, new = loaded
        if old is None or new is None or old.project is None or new.project is None:
            return UNUSABLE
        plan = _plan((old.project, new.project), options, new) if options.plan else None
        if options.plan and plan is None:
            return UNUSABLE
        projects, withheld = (old.project, new.project), frozenset[str]()
        if options.profile == "public":
            made = public_editions(projects, stack)
            if isinstance(made, list):
                show(made, new)
                return UNUSABLE
            projects, withheld = made
        sides = [ReviewedSide(project, check(project, options.today).judgment) for project in projects]
        names = for_programs(new.root)
        found = in_repository(review(sides[0], sides[1], plan), names.span)
        text = _text(found, options, names.of(new.files.main.file))
        everything = as_json(
            found, names.of(new.files.main.file), options.from_rev
        )  # which has no escapes that hide a value
        if leaked := leak_in(f"{everything}{text}", withheld, "the review"):
            show([leaked], new)
            return UNUSABLE
        say_what_was_not_checked(new.project)
    print_or_write(text, options.output)
    on = options.fail_on
    fails = on is not None and found.fails(on.severity, unknown=on.unknown, drift=on.drift)
    return FINDINGS if fails or (options.exit_code and found) else CLEAN


def _text(found: Review, options: argparse.Namespace, model: str) -> str:
    from archgen.comparing.review_formats import as_comment, as_json

    if options.format == "json":
        return as_json(found, model, options.from_rev)
    return as_comment(found, options.format, model, options.from_rev, tuple(_other_options(options)))


def _other_options(options: argparse.Namespace) -> Iterator[str]:
    """The options on which the content of the review depends, besides those that every review has."""
    if options.to_rev:
        yield from ("--to-rev", options.to_rev)
    if options.profile != "internal":
        yield from ("--profile", options.profile)
    if options.today:
        yield from ("--today", options.today)
    if options.no_project_code:
        yield "--no-project-code"
    if options.plan and options.profile != "public":  # names of files may identify an organization
        yield from (word for file in options.plan for word in ("--plan", file))
    if options.at:
        yield from ("--at", options.at)
    if options.partial:
        yield "--partial"
    if options.baseline and options.profile != "public":
        yield from ("--baseline", options.baseline)


def _plan(projects: tuple[Project, Project], options: argparse.Namespace, loaded: Loaded) -> PlanComparison | None:
    """How the plans differ from the model; None after printing why they cannot be compared."""
    from archgen.commands.project_types import types_in
    from archgen.drifting.plan_reviews import PlanFiles, compare_plans
    from archgen.importing.resource_types import using_types

    coordinate = coordinate_of(loaded, options.at)
    if coordinate is None or not is_comparable(projects[1].resolved.architectures[coordinate]):
        return None
    baseline, sources = read_known_differences(options.baseline), read_stack_files(options.plan)
    types = types_in(loaded.root, projects[1].resolved)
    if baseline is None or sources is None or types is None:
        return None
    given = PlanFiles(sources, options.at, options.today or "", options.partial, baseline)
    sides = projects[0].resolved, projects[1].resolved
    with using_types(types[0]):
        return compare_plans(sides, given, for_programs(loaded.root).span, public=options.profile == "public")
