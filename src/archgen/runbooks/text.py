"""A runbook at one coordinate as Markdown that reads well in a terminal: no entities, no HTML, and steps that are numbered in order."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterable, Iterator
from typing import Any

from archgen.diagnostics.report import visible
from archgen.model.architecture import Architecture
from archgen.runbooks.escalation import people_to_call
from archgen.runbooks.procedures import FoundStart, Procedure, Template, starts, steps
from archgen.runbooks.stated import Seen
from archgen.runbooks.steps import FilledStep, Otherwise
from archgen.templating.render import Templates

SET_FIRST = "Set first, between the quotes (a ' in the value is written as '\\''):"


def as_text(templates: Templates, template: Template, architecture: Architecture) -> str:
    """The text. Raises TemplateFailure."""
    front, facts = template.front, architecture.document.runbooks[template.id]
    found = steps(templates, template, architecture)
    known = architecture.document.runbooks
    otherwise = [f"{o.see.rstrip('.')}: {o.do}{_leads_to(o, known)}" for o in front.otherwise]
    parts = [
        f"# {front.title}",
        f"{architecture.facts.name}, {architecture.environment.name}. {front.impact}",
        f"Severity: {front.severity}. Duration: {front.duration} Approval: {front.approvals}",
        _list("## Use it when", front.triggers),
        _list("## Do not use it when", front.when_not),
        *_procedure(found, known, [_start(s) for s in starts(front, found)]),
        _list("## If it does not work", otherwise, numbered=True),
        f"## Roll back\n\n{front.reversible[:1].upper()}{front.reversible[1:]}",
        _list("## Notify", front.communicate),
        _list(
            "## Escalate",
            [f"{_team(team)}, {why}" for team, why in people_to_call(architecture.document, facts)],
            numbered=True,
        ),
        _list("## Follow up", front.follow_up),
    ]
    return "\n\n".join(parts) + "\n"


def _procedure(procedure: Procedure, known: Container[str], starts_: list[str]) -> Iterator[str]:
    """The parts with the steps; `known` has the runbooks of the model, and `starts_` says where else to begin."""
    for head, of_part in (("## Get in", procedure.preparation), ("## Do this", procedure.steps)):
        if of_part:
            yield head
            yield from starts_ if of_part is procedure.steps else ()
            yield from (_step(number, step, known) for number, step in enumerate(of_part, 1))


def _start(start: FoundStart) -> str:
    return f"To {start.to}, {start.way} with step {start.number}: {start.step.title}."


def _step(number: int, step: FilledStep, known: Container[str]) -> str:
    """A step as an item of a numbered list."""
    margin = " " * 4
    blocks = [" ".join([step.title + ".", f"[{_place(step)}]", *_notes(step)])]
    blocks += [step.text] if step.text else []
    blocks += ["\n".join([SET_FIRST, *(f"- {a.name}: {a.what}, for example {a.completed}" for a in step.asks)])] * bool(
        step.asks
    )
    blocks += [f"```bash\n{step.commands}\n```"] if step.commands else []
    blocks += [step.do] if step.do else []
    blocks += ["Expect " + ", ".join(_expected(e.shows, e.means) for e in step.expect) + "."] if step.expect else []
    blocks += ["\n".join(f"- {o.see.rstrip('.')}: {o.do}{_leads_to(o, known)}" for o in step.otherwise)] * bool(
        step.otherwise
    )
    if step.undo:
        blocks.append(f"{'No way back' if step.changes == 'destructive' else 'Way back'}: {step.undo}")
        blocks += [f"```bash\n{step.undo_run}\n```"] if step.undo_run else []
    text = "\n\n".join(visible_lines(block) for block in blocks)
    return f"{number}.".ljust(4) + "\n".join(margin + line if line else "" for line in text.splitlines()).lstrip()


def _place(step: FilledStep) -> str:
    if step.acts_on in ("people", "repository"):
        return step.acts_on
    if step.acts_on == "workstation":
        return "your machine"
    inside = "" if step.acts_on == "cloud" else f"{step.acts_on} in "
    return inside + ", ".join(filter(None, (step.home.shown, step.region)))


def _notes(step: FilledStep) -> Iterator[str]:
    if step.limit:
        yield f"[at most {step.limit}]"
    if step.changes != "nothing":
        yield "[destructive]" if step.changes == "destructive" else "[changes something]"


def _expected(shows: str, means: str | None) -> str:
    return f"`{shows}` ({means})" if means else f"`{shows}`"


def _leads_to(seen: Seen | Otherwise, known: Container[str]) -> str:
    """The runbook with which one goes on, if the model has it: pages link to no other either."""
    return f" Runbook: {seen.open}." if seen.open and seen.open in known else ""


def visible_lines(text: str) -> str:
    """Text of several lines whose control characters are shown."""
    return "\n".join(visible(line) for line in text.splitlines())


def _team(team: Any) -> str:
    return f"{team.name} ({team.contact})" if team.contact else str(team.name)


def _list(head: str, texts: Iterable[str], *, numbered: bool = False) -> str:
    marks = (f"{n}." if numbered else "-" for n in itertools.count(1))
    return f"{head}\n\n" + "\n".join(f"{mark} {text}" for mark, text in zip(marks, texts, strict=False))
