"""Runbooks: reads their templates, and fills in the steps with the real names of each environment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from archgen.diagnostics.diagnostic import Diagnostic, Span, did_you_mean
from archgen.model.architecture import Architecture
from archgen.model.document import RunbookFacts
from archgen.model.resolve import Resolved
from archgen.records import dataclass
from archgen.runbooks.here import RunbookHome, facts_for
from archgen.runbooks.stated import RunbookHead, StatedFile, StepsFile, read_file, read_head
from archgen.runbooks.steps import SHARED, FilledStep, duration_text, fill_in, happy_minutes_of
from archgen.system.kept import DATA, key_of
from archgen.templating.render import TemplateFailure, Templates

FOLDER = "runbooks"


@dataclass(frozen=True, slots=True)
class Template:
    """A runbook that has templates: its ID and its head."""

    id: str
    front: RunbookHead


@dataclass(frozen=True, slots=True)
class Procedure:
    """What to do at one coordinate: how to get in, then the steps, which begin with a check of the place."""

    preparation: tuple[FilledStep, ...]
    steps: tuple[FilledStep, ...]


@dataclass(frozen=True, slots=True)
class FoundStart:
    """Where one begins for an aim: the number of the step among `Procedure.steps`, counted from 1, and the step.

    `way` says what comes first: getting in, and the check of the account or project, if they are in front of the step.
    """

    to: str
    number: int
    step: FilledStep
    way: str


def starts(head: RunbookHead, procedure: Procedure) -> list[FoundStart]:
    """Where to begin for the aims that a head states, in its order; each step once, and no aim of which the procedure has no step."""
    numbered = {step.id: (number, step) for number, step in enumerate(procedure.steps, 1)}
    checks = [n for n, step in numbered.values() if step.source.startswith(f"{FOLDER}/{SHARED}/place-")]
    aims: dict[str, str] = {}
    for start in head.starts:
        if step := next((id_ for id_ in start.at if id_ in numbered), None):
            aims.setdefault(step, start.to)
    return [
        FoundStart(to, number, step, _way(procedure, max((n for n in checks if n < number), default=None)))
        for to, (number, step) in ((to, numbered[id_]) for id_, to in aims.items())
    ]


def ways_in(procedure: Procedure, cloud: str) -> frozenset[str]:
    """The IDs of the steps after the preparation whose commands only lead to a cluster or a database, as those of the preparation do."""
    sources = {f"{FOLDER}/{SHARED}/{way}-{cloud}.yaml" for way in ("cluster", "database")}
    return frozenset(step.id for step in procedure.steps if step.run and step.source in sources)


def _way(procedure: Procedure, check: int | None) -> str:
    """What one does before a step, as the beginning of `… with step 13`; `check` is the number of the check that comes first."""
    first = ["get in"] * bool(procedure.preparation) + ([f"do step {check}"] if check else [])
    return f"{', '.join(first)}, then go on" if first else "begin"


def runbooks_of(resolved: Resolved) -> dict[str, RunbookFacts]:
    """The runbooks that any environment has in its current phase, by id, in the order of the model."""
    by_id: dict[str, RunbookFacts] = {}
    for architecture in resolved.today():
        for name, facts in architecture.document.runbooks.items():
            by_id.setdefault(name, facts)
    return by_id


def known(templates: Templates) -> list[str]:
    """The ids of all runbooks that have templates, sorted."""
    heads = (name.split("/") for name in templates.names(FOLDER))
    return sorted(parts[1] for parts in heads if parts[2:] == ["runbook.yaml"])


def read(templates: Templates, name: str, at: Span | None = None) -> Template:
    """The template of a runbook, with its head validated. `at` is where the model names it. Raises TemplateFailure."""
    path = f"{FOLDER}/{name}/runbook.yaml"
    if not templates.has(path):
        help_ = did_you_mean(name, known(templates))
        raise TemplateFailure(Diagnostic("ARC-R001", f"the runbook '{name}' does not exist", help_, span=at))
    return Template(name, read_head(templates, path).stated)


def procedures(
    templates: Templates, template: Template, resolved: Resolved, cloud: str
) -> Iterator[tuple[Architecture, Procedure]]:
    """The steps for every environment of a cloud that has the runbook today. The last environment, usually production, comes first.

    A runbook of the whole organization has them once.
    """
    for environment in reversed(resolved.axes.environments):
        architecture = resolved.standing(cloud, environment)
        if template.id in architecture.document.runbooks:
            yield architecture, steps(templates, template, architecture)
            if template.front.scope == "organization":
                return


def steps(templates: Templates, template: Template, architecture: Architecture) -> Procedure:
    """The steps at a coordinate: for the component's product, or else for the cloud. Raises TemplateFailure.

    They are filled in once for an architecture, and several pages show them.
    """
    known: dict[tuple[Templates, str], Procedure] = architecture.derived.setdefault(steps, {})
    key = templates, template.id
    if key not in known:
        known[key] = _filled(templates, template, architecture)
    return known[key]


def _filled(templates: Templates, template: Template, architecture: Architecture) -> Procedure:
    path = _procedure(templates, template, architecture)
    facts = facts_for(architecture, architecture.document.runbooks[template.id])
    duty = template.front.duty
    # What depends on the home region may be lost with it, so recoveries and emergencies begin in the other one.
    if duty in ("recover", "emergency") and facts["recovery_region"]:
        facts["answering_region"] = facts["recovery_region"]
    # A role that ends in the middle of a recovery stops it, so long runbooks ask for more than an hour.
    takes_hours = duty == "recover" or re.search(r"\b(hours|day)\b", template.front.duration, re.IGNORECASE) is not None
    facts |= {"duty": duty, "runbook": template.id, "takes_hours": takes_hours}
    filled = fill_in(templates, path, facts)
    cloud = architecture.coordinate.cloud
    return Procedure(
        tuple(_prepared(templates, template.front, cloud, facts)),
        tuple(_guarded(templates, filled, _guard(templates, duty, cloud), facts)),
    )


def _prepared(templates: Templates, head: RunbookHead, cloud: str, facts: dict[str, Any]) -> Iterator[FilledStep]:
    """How to get in: signing in, and the ways to what the runbook reaches."""
    for way in ("way-in", *head.ways):
        name = f"{FOLDER}/{SHARED}/{way}-{cloud}.yaml"
        if templates.has(name):
            filled = fill_in(templates, name, facts)
            yield from (replace(step, id=f"{way}-{step.id}") for step in filled)


def _guard(templates: Templates, duty: str, cloud: str) -> str:
    """The template with the check of the account or project; where a duty has a separate one, its own."""
    own = f"{FOLDER}/{SHARED}/place-{duty}-{cloud}.yaml"
    return own if templates.has(own) else f"{FOLDER}/{SHARED}/place-{cloud}.yaml"


# What a step can act on without being in an account.
_ANYWHERE = ("people", "repository", "workstation")


def _guarded(
    templates: Templates, filled: Iterable[FilledStep], guard: str, facts: dict[str, Any]
) -> Iterator[FilledStep]:
    """The steps, with a check of the account or project in front of the first one, and wherever another one begins."""
    proven: RunbookHome | None = None
    for step in filled:
        if step.home != proven and step.acts_on not in _ANYWHERE and templates.has(guard):
            proven = step.home
            there = {**facts, "home": proven.id, "home_title": proven.title, "account": proven.number}
            for check in fill_in(templates, guard, there):
                yield replace(check, id=f"{step.id}-{check.id}", home=proven, region=facts["answering_region"] or "")
        yield step


def _procedure(templates: Templates, template: Template, architecture: Architecture) -> str:
    """The name of the template with the steps at a coordinate. Raises TemplateFailure."""
    component = architecture.components[architecture.document.runbooks[template.id].component]
    head = f"{FOLDER}/{template.id}/runbook.yaml"
    another = component.kind in architecture.catalog.replaced_kinds and templates.is_from_archgen(head)
    if component.kind not in template.front.component or another:
        span = architecture.span(("runbooks", template.id, "component"))
        message = f"the runbook '{template.id}' is not for a component of kind '{component.kind}'"
        help_ = f"it is for {', '.join(template.front.component)}"
        raise TemplateFailure(Diagnostic("ARC-R001", message, help_, span=span))
    cloud = architecture.coordinate.cloud
    names = [f"{FOLDER}/{template.id}/{name}.yaml" for name in (component.product, cloud)]
    if component.product in architecture.catalog.replaced_products and templates.has(names[0]):
        names = names[
            templates.is_from_archgen(names[0]) :
        ]  # archgen's steps are for the product that the model replaces
    path = next((name for name in names if templates.has(name)), None)
    if path is None:
        available = [n.rsplit("/", 1)[1].removesuffix(".yaml") for n in templates.names(f"{FOLDER}/{template.id}")]
        message = f"the runbook '{template.id}' has no procedure for {component.product}"
        help_ = (
            f"add templates/{names[0]}; there are procedures for {', '.join(n for n in available if n != 'runbook')}"
        )
        span = architecture.span(("runbooks", template.id))
        raise TemplateFailure(Diagnostic("ARC-T003", message, help_, span=span))
    return path


def unusable(templates: Templates, resolved: Resolved) -> Iterator[Diagnostic]:
    """A diagnostic for each runbook of today's environments without text, without steps for the product in use, or with steps that fail.

    Each runbook is reported once, for the last environment in which it fails.
    """
    texts: dict[str, Template] = {}
    needs: dict[str, frozenset[str] | None] = {}
    failed: set[str] = set()
    for name in runbooks_of(resolved):
        if wrong := list(_own_problems(templates, f"{FOLDER}/{name}")):
            failed.add(name)
            yield from wrong
    yield from _own_problems(templates, f"{FOLDER}/{SHARED}")
    today = [resolved.standing(c, e) for c in resolved.axes.clouds for e in reversed(resolved.axes.environments)]
    for architecture in today:
        kinds = {component.kind for component in architecture.components.values()}
        for name in (name for name in architecture.document.runbooks if name not in failed):
            at = architecture.stated_at("runbooks", name)
            try:
                if name not in texts:
                    texts[name] = read(templates, name, at)
                path = _procedure(templates, texts[name], architecture)
                if path not in needs:
                    needs[path] = _kinds_needed(templates, path)
                needed = needs[path]
                if needed is None or not needed <= kinds:
                    steps(templates, texts[name], architecture)
            except TemplateFailure as failure:
                failed.add(name)
                packaged = failure.diagnostic.code == "ARC-T001" and templates.is_from_archgen(
                    failure.diagnostic.subject
                )
                yield _at_model(name, failure.diagnostic, at) if packaged else failure.diagnostic


def late(templates: Templates, resolved: Resolved) -> Iterator[Diagnostic]:
    """A warning for each runbook of production whose steps may take longer than its recovery time objective, today or in another phase."""
    slow: dict[tuple[str, str, float, int], list[Architecture]] = {}
    for architecture in (a for a in resolved.architectures.values() if a.environment.production):
        for name, facts in architecture.document.runbooks.items():
            if facts.rto_minutes is None:
                continue
            try:
                path = _procedure(templates, read(templates, name), architecture)
                total = happy_minutes_of(templates, path, facts_for(architecture, facts))
            except (
                TemplateFailure
            ):  # in a later phase, whose runbooks no one uses yet; `unusable` reports those of today
                continue
            if total is not None and total > facts.rto_minutes:
                cloud = architecture.coordinate.cloud
                slow.setdefault((name, cloud, total, facts.rto_minutes), []).append(architecture)
    for (name, _cloud, total, objective), at in slow.items():
        message = (
            f"the steps of the runbook '{name}' may take {duration_text(total)} on {at[0].facts.name}, "
            f"but its recovery time objective is {duration_text(objective)}"
        )
        help_ = "shorten the limits of its steps, do some of them at the same time, or state a longer objective"
        span = at[0].span(("runbooks", name, "rto_minutes"))
        where = tuple(str(architecture.coordinate) for architecture in at)
        yield Diagnostic("ARC-T004", message, help_, severity="warning", span=span, where=where)


def _own_problems(templates: Templates, folder: str) -> Iterator[Diagnostic]:
    """All problems in the files of a runbook that are a project's or a package's. Those of archgen are checked by tests."""
    if templates.only_archgens:
        return
    for file in (name for name in templates.names(folder) if not templates.is_from_archgen(name)):
        if not file.endswith(".yaml"):
            message = f"{file.rsplit('/', 1)[1]} is not read: the head and the steps of a runbook are files of YAML"
            help_ = "state them in files that end with .yaml, with the keys of the guide's page on runbooks"
            yield Diagnostic("ARC-T002", message, help_, span=Span(templates.place(file), 1, 1, 1, 2))
            continue
        result = (
            read_file(templates, file, RunbookHead)
            if file.endswith("/runbook.yaml")
            else read_file(templates, file, StepsFile)
        )
        yield from result if isinstance(result, list) else _unknown_starts(templates, folder, file, result)


def _unknown_starts(
    templates: Templates, folder: str, name: str, file: StatedFile[RunbookHead] | StatedFile[StepsFile]
) -> Iterator[Diagnostic]:
    """The steps at which a head says to begin that no product and no cloud has."""
    if not isinstance(file.stated, RunbookHead) or not file.stated.starts:
        return
    others = (other for other in templates.names(folder) if other.endswith(".yaml") and other != name)
    read_ = [read_file(templates, other, StepsFile) for other in others]
    known = {
        id_
        for found in read_
        if not isinstance(found, list)
        for id_, step in found.stated.steps.items()
        if not step.use
    }
    for number, start in enumerate(file.stated.starts):
        for position, id_ in enumerate(start.at):
            if id_ not in known:
                line = file.line("starts", number, "at", position)
                span = Span(templates.place(name), line, 1, line, 2)
                yield Diagnostic(
                    "ARC-T002", f"no file of this runbook has a step '{id_}'", did_you_mean(id_, known), span=span
                )


def _at_model(name: str, failure: Diagnostic, at: Span) -> Diagnostic:
    """A failure in a template of archgen, located at the runbook in the model, which lacks something; the template is related."""
    related = (("needed here", failure.span),) if failure.span else ()
    message = f"the steps of the runbook '{name}' cannot be filled in: {failure.message}"
    help_ = f"add what is missing, or remove the runbook, or write your own {failure.subject}, which replaces archgen's"
    return Diagnostic("ARC-T001", message, help_, span=at, related=related)


_PART = re.compile(r"""(?:here\.part|account_of)\(["']([a-z0-9-]+)["']\)|^\s+account: ([a-z0-9-]+)$""", re.MULTILINE)
_INCLUDE = re.compile(r"""{%-?\s*include\s+["']([^"']+)["']|^\s+use: ([a-z0-9-]+)$""", re.MULTILINE)


def _kinds_needed(templates: Templates, path: str) -> frozenset[str] | None:
    """The kinds of components without which archgen's steps fail; None for other steps, which may fail in other ways."""
    if not templates.is_from_archgen(path):
        return None
    text = templates.source(path)
    parts, includes = DATA.get(key_of(text, __name__), lambda: (_PART.findall(text), _INCLUDE.findall(text)))
    kinds = {called or stated for called, stated in parts}
    for name, shared in includes:
        included = _kinds_needed(templates, name or f"{FOLDER}/{SHARED}/{shared}.yaml")
        if included is None:
            return None
        kinds |= included
    return frozenset(kinds)
