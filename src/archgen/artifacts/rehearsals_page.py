"""The page of rehearsals: which commands of runbooks were run against an emulator, which were only read, and why."""

from __future__ import annotations

from typing import Any

from archgen.artifacts._families import LAST
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.rehearsal.record import Record, Recorded, read_record, recorded
from archgen.runbooks.procedures import Procedure, read, runbooks_of
from archgen.runbooks.steps import FilledStep
from archgen.templating.render import TemplateFailure, Templates

WITHOUT_PICTURES = True  # so these files can be made while pictures are drawn

RESULTS = ("executed", "parsed", "reviewed", "failed")


def emit(context: Context) -> Emitted:
    """One page; nothing if no runbook of the model was rehearsed. Templates that fail are reported by the pages of runbooks."""
    record = read_record(context.templates)
    rows = [row for name in runbooks_of(context.resolved) if (row := _row(context, record, name))]
    if not rows:
        return [], []
    counts = {result: sum(row["counts"][result] for row in rows) for result in RESULTS}
    page = context.page(
        "runbooks/rehearsals", "rehearsals.md", Nav("Operate", "Rehearsals", LAST - 1, "Runbooks"), ("runbooks",),
        rows=rows, counts=counts, lines=record.lines, executed=record.executed,
    )  # fmt: skip
    return [page], []


def rehearsed_texts(templates: Templates, runbook: str, procedure: Procedure) -> dict[str, str]:
    """What the record says of steps, for people, by ID. Steps without commands, and those that were not rehearsed, have none."""
    record = read_record(templates)
    found = ((step, recorded(record, runbook, step)) for step in procedure.steps if step.run)
    return {
        step.id: f"rehearsed: {known[0].result} {known[0].date}{', changed since' if known[1] else ''}"
        for step, known in found
        if known
    }


def _row(context: Context, record: Record, name: str) -> dict[str, Any] | None:
    """The steps of a runbook in any environment, with what the record says of them; None without any."""
    steps: dict[tuple[str, str], tuple[FilledStep, Recorded, bool, str]] = {}
    try:
        template = read(context.templates, name)
        for cloud in context.axes.clouds:
            for a, found in context.procedures(template, cloud):
                for step in found.steps:
                    if step.run and (known := recorded(record, name, step)):
                        steps.setdefault((step.source, step.id), (step, *known, a.facts.name))
    except TemplateFailure:
        return None
    if not steps:
        return None
    counts = {result: sum(known.result == result for _s, known, _c, _n in steps.values()) for result in RESULTS}
    others = [
        {"title": step.title, "cloud": cloud, "result": known.result, "why": known.why, "changed": changed}
        for step, known, changed, cloud in steps.values()
        if known.result != "executed" or changed
    ]
    return {"id": name, "title": template.front.title, "counts": counts, "others": others}
