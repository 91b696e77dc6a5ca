"""The health page: findings, waivers with their end dates, evidence for each control, effects of failures, and due dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil, floor
from typing import Any

from archgen.analysis.availability import Promise, of_flow
from archgen.analysis.failure import Impact, of_region, zone_impacts
from archgen.analysis.regions import is_in_several_regions
from archgen.artifacts._due_dates import due_dates
from archgen.artifacts._families import LAST
from archgen.artifacts._tables import subject
from archgen.artifacts._where import where_in_words
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.checking.controls import Result, result_at, verdict
from archgen.checking.coverage import Missing
from archgen.checking.judgment import Waived
from archgen.checking.python_rules import python_rules
from archgen.checking.rulebook import Rule, rulebook
from archgen.diagnostics.codes import title_of
from archgen.diagnostics.diagnostic import SEVERITIES, Diagnostic
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.document import Control
from archgen.model.paths import parse_path, walk
from archgen.model.wording import MISSING, value_text

LONGEST_VALUE = 80  # characters of a cell; a longer value is read in the model
CELLS: dict[Result, str] = {
    "ok": "✓",
    "found": "✗",
    "waived": "waived",
    "unknown": "could not be checked",
    "not-applicable": "not applicable",
    "silent": "no findings",
    "off": "off",
    "not-asked": "depends on the date",
}


def emit(context: Context) -> Emitted:
    """One page. It has due dates and no ages, so that it does not change from day to day."""
    judged = context.judgment
    book = rulebook(context.resolved, python_rules(context.project.rules_folder)[0], judged)
    by_code = {rule.code: rule for rule in book}
    page = context.page(
        "health",
        "health.md",
        Nav("Operate", "Health", LAST + 10),
        ("rules",),
        findings=[_finding(context, d) for d in _worst_first(judged.findings)],
        waivers=_waivers(context, judged.waived),
        accepted=len(judged.waived),
        controls=[_control(context, name, c, by_code) for name, c in context.document.controls.items()],
        places=[_column_head(a) for a in _current_architectures(context)],
        zones=[_zones(context, cloud) for cloud in context.axes.clouds],
        regions=[_regions(context, cloud) for cloud in context.axes.clouds],
        promises=[_promises(context, cloud) for cloud in context.axes.clouds],
        due=due_dates(context),
        missing=[_missing(context, m) for m in judged.missing],
        rules=book,
    )
    return [page], []


def _current_architectures(context: Context) -> list[Architecture]:
    return [a for cloud in context.axes.clouds for a in context.today(cloud)]


def _column_head(a: Architecture) -> str:
    return f"{a.facts.name} {a.environment.name}"


# -- findings and waivers ------------------------------------------------------------------------------


def _worst_first(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Findings by severity, the most severe first; those of the same severity keep their order."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def _finding(context: Context, d: Diagnostic) -> dict[str, Any]:
    return {
        "code": d.code,
        "known": title_of(d.code) is not None,
        "severity": d.severity,
        "message": d.message,
        "help": d.help,
        "where": "; ".join(_in_words(context, d)),
        "line": d.span.line if d.span else None,
        "edit": context.edit_link(d.span) if d.span else "",
    }


def _missing(context: Context, missing: Missing) -> dict[str, Any]:
    fact = missing.fact
    return {
        "what": missing.what,
        "help": fact.help,
        "rules": list(missing.about),
        "where": "; ".join(_in_words(context, fact)),
        "line": fact.span.line if fact.span else None,
        "edit": context.edit_link(fact.span) if fact.span else "",
    }


def _in_words(context: Context, d: Diagnostic) -> list[str]:
    """Where a finding holds; empty if it says nothing about that."""
    axes = context.axes
    mask = sum(axes.bit(coordinate) for coordinate in axes.all if str(coordinate) in d.where)
    return where_in_words(context, mask) if mask else []


def _waivers(context: Context, waived: Iterable[Waived]) -> list[dict[str, Any]]:
    """A row for each waiver, with the findings that it accepts."""
    rows: dict[str, dict[str, Any]] = {}
    facts = {n: w for a in context.resolved.architectures.values() for n, w in a.document.rules.waivers.items()}
    for one in waived:
        waiver = facts[one.waiver]
        team = context.document.teams[waiver.owner]
        row = rows.setdefault(
            one.waiver,
            {
                "id": one.waiver,
                "code": waiver.rule,
                "known": title_of(waiver.rule) is not None,
                "path": subject(waiver.path),
                "reason": one.reason,
                "decision": waiver.decision,
                "owner": team.name,
                "until": waiver.until,
                "accepts": [],
            },
        )
        row["accepts"].append(one.finding.message)
    return list(rows.values())


# -- controls ------------------------------------------------------------------------------------------


def _control(context: Context, name: str, control: Control, book: Mapping[str, Rule]) -> dict[str, Any]:
    """The evidence for a control in each environment: whether it is met, settings with their values, and rules with their results."""
    standing = _current_architectures(context)
    judged = context.judgment
    settings = [
        {"subject": subject(text), "cells": [_value(a, text) for a in standing]}
        for text in control.proven_by
        if any(walk(a, parse_path(text))[1] for a in context.resolved.architectures.values())
    ]
    rules = [
        {
            "code": code,
            "known": title_of(code) is not None,
            "cells": [CELLS[result_at(book[code], judged, str(a.coordinate))] for a in standing],
        }
        for code in control.checked_by
        if code in book
    ]
    verdicts = [verdict(control, book, judged, str(a.coordinate)) for a in standing]
    return {"id": name, "c": control, "settings": settings, "rules": rules, "verdicts": verdicts}


def _value(a: Architecture, text: str) -> str:
    value, there = walk(a, parse_path(text))
    if not there:
        return MISSING
    if text.endswith(".product"):
        return a.catalog.products[value].short
    text = value_text(value)
    return text if len(text) <= LONGEST_VALUE else "stated"


# -- failures and promises -----------------------------------------------------------------------------


def _zones(context: Context, cloud: str) -> dict[str, Any]:
    """A row for each zone: what its loss does to the last environment in its current phase."""
    a = context.resolved.standing(cloud, context.axes.environments[-1])
    return {
        "name": context.resolved.clouds[cloud].name,
        "at": a.environment.name,
        "rows": [_zone(a, z, i) for z, i in zone_impacts(a)],
        "lacks": _lacks(impact for _zone_name, impact in zone_impacts(a)),
    }


def _regions(context: Context, cloud: str) -> dict[str, Any]:
    """A row for each region, as `_zones` has them; none if everything is in the usual region."""
    a = context.resolved.standing(cloud, context.axes.environments[-1])
    impacts = {region: of_region(a, id_) for id_, region in a.regions.items()} if is_in_several_regions(a) else {}
    return {
        "name": context.resolved.clouds[cloud].name,
        "at": a.environment.name,
        "rows": [_zone(a, f"{region.name} ({region.id})", impact) for region, impact in impacts.items()],
        "lacks": _lacks(impacts.values()),
    }


def _lacks(impacts: Iterable[Impact]) -> list[dict[str, Any]]:
    """What the model does not state about these losses, the facts that settle most components first."""
    missing: dict[Lack, set[str]] = {}
    for impact in impacts:
        for name, lacks in impact.unknown.items():
            for lack in lacks:
                missing.setdefault(lack, set()).add(name)
    return [
        {"what": lack.what, "help": lack.help, "page": f"components/{lack.path[1]}"}
        for lack, _names in sorted(missing.items(), key=lambda pair: -len(pair[1]))
    ]


def _zone(a: Architecture, zone: str, impact: Impact) -> dict[str, Any]:
    return {
        "zone": zone,
        "most": False,
        "stops": [a.components[name].title for name in impact.stays_down],
        "waits": [a.components[name].title for name in impact.after_failover],
        "goes_on": [f"{a.components[name].title} ({why})" for name, why in impact.degraded.items()],
        "flows": [
            *(a.document.flows[name].title for name in impact.flows),
            *(f"{a.document.flows[name].title} (late)" for name in impact.late),
        ],
        "cut_off": [a.components[name].title for name in impact.cut_off],
        "unknown": [a.components[name].title for name in impact.unknown],
        "may_break": [a.document.flows[name].title for name in impact.may_break],
        "may_stop": [a.components[name].title for name in impact.may_stop],
    }


def _promises(context: Context, cloud: str) -> dict[str, Any]:
    a = context.resolved.standing(cloud, context.axes.environments[-1])
    rows = [{"title": flow.title, **_promise(a, of_flow(a, name))} for name, flow in a.document.flows.items()]
    return {"name": context.resolved.clouds[cloud].name, "rows": rows}


def _promise(a: Architecture, promise: Promise) -> dict[str, Any]:
    parts = [
        {
            "title": a.components[p.component].title,
            "percent": f"{p.percent:g}%",
            "url": p.level.url,
            "read": p.level.read,
        }
        for p in promise.parts
    ]
    unknown = [a.components[name].title for name in promise.unknown]
    return {
        "percent": promise.amount,
        "minutes": None
        if promise.minutes is None
        else f"{'at least ' if promise.bound else ''}{floor(promise.minutes) if promise.bound else ceil(promise.minutes)}",
        "extent": promise.extent,
        "parts": parts,
        "unknown": unknown,
    }
