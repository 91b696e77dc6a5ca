"""A page for each runbook, with a tab for each cloud and environment, and their index.

The text comes from templates, names and numbers come from the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from archgen.artifacts._environment_colors import color_classes
from archgen.artifacts._families import Family
from archgen.artifacts._tables import variables_of
from archgen.artifacts.addresses import page_of, runbook_pages
from archgen.artifacts.base import Artifact, Context, Emitted
from archgen.artifacts.rehearsals_page import rehearsed_texts
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.document import RunbookFacts
from archgen.model.operations import Alert
from archgen.model.resolve import Resolved
from archgen.rehearsal.record import read_record
from archgen.runbooks.escalation import people_to_call
from archgen.runbooks.here import Here
from archgen.runbooks.procedures import Procedure, Template, read, runbooks_of, starts, ways_in
from archgen.runbooks.steps import duration_text, happy_minutes
from archgen.templating.render import TemplateFailure

WITHOUT_PICTURES = True  # so these files can be made while pictures are drawn

# The groups of "What do you see?", in order, by the symptom in the head of a runbook.
SYMPTOMS = {
    "errors": "Users see errors, or have to wait",
    "data": "Data is lost, wrong or unreachable",
    "capacity": "Something is full or overloaded",
    "outage": "A zone, a region or a provider fails",
    "security": "Something looks like an attack",
    "access": "Someone cannot get in, or should not be able to",
    "delivery": "A release or a change went wrong",
    "cost": "The bill grows",
    "planned": "Nothing is wrong: routine work",
}
SEVERITIES = ("critical", "high", "medium", "low")
# Views to which a component on a runbook's page links: the first one that shows it.
VIEWS = ("context", "edge", "platform", "identity", "delivery", "audit", "observability")


def emit(context: Context) -> Emitted:
    """The index, and a page for each runbook that an environment has today. A template that fails does not stop the others."""
    artifacts: list[Artifact] = []
    problems: list[Diagnostic] = []
    rows: list[dict[str, Any]] = []
    every = runbooks_of(context.resolved)
    templates = {}
    for name in every:
        try:
            templates[name] = read(context.templates, name, context.default.stated_at("runbooks", name))
        except TemplateFailure as failure:
            problems.append(failure.diagnostic)
    titles = {name: template.front.title for name, template in templates.items()}
    family = Family("Operate", "Runbooks", [t.front.symptom for t in templates.values()], SYMPTOMS)
    for address in runbook_pages(context.resolved):
        if address.id not in templates:
            continue
        try:
            page, row = _page(context, page_of(address.file), every[address.id], templates[address.id], family, titles)
        except TemplateFailure as failure:
            problems.append(failure.diagnostic)
            continue
        artifacts.append(page)
        rows.append(row)
    if rows:
        artifacts.append(_index(context, rows, family))
    return artifacts, problems


def _index(context: Context, rows: list[dict[str, Any]], family: Family) -> Artifact:
    due = sorted((row for row in rows if row["facts"].due), key=lambda row: (row["facts"].due, row["id"]))
    by_severity = sorted(rows, key=lambda row: SEVERITIES.index(row["front"].severity))
    return context.page(
        "runbooks/index",
        "runbooks.md",
        family.index("All runbooks"),
        ("runbooks",),
        rows=by_severity,
        alerts=_alerts(context.resolved, by_severity),
        symptoms=_symptoms(by_severity),
        rehearsed=bool(read_record(context.templates).steps),
        due=due,
        calendar=_calendar(due),
        never=[row for row in rows if row["facts"].last_tested is None],
    )


def _alerts(resolved: Resolved, rows: list[dict[str, Any]]) -> list[tuple[Alert, dict[str, Any]]]:
    """The alerts of today's environments that name a runbook, with its row, in the order of the rows; each one once."""
    by_id = {id_: alert for a in resolved.today() for id_, alert in a.document.observability.alerts.items()}
    return [(alert, row) for row in rows for alert in by_id.values() if alert.runbook == row["id"]]


def _symptoms(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The triggers of all runbooks in groups of symptoms, in the order of the rows; groups without any are left out."""
    groups: list[dict[str, Any]] = []
    for symptom, title in SYMPTOMS.items():
        of_group = [(t, row) for row in rows if row["front"].symptom == symptom for t in row["front"].triggers]
        if of_group:
            groups.append({"id": symptom, "title": title, "triggers": of_group})
    return groups


def _calendar(due: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The drills of one year from the first due date, by month; each repeats every `drill_every_days`."""
    months: dict[str, list[tuple[str, str]]] = {}
    if not due:
        return []
    end = date.fromisoformat(due[0]["facts"].due) + timedelta(days=365)
    for row in due:
        day = date.fromisoformat(row["facts"].due)
        while day < end:
            months.setdefault(f"{day:%Y-%m}", []).append((day.isoformat(), row["id"]))
            if row["facts"].drill_every_days is None:
                break
            day += timedelta(days=row["facts"].drill_every_days)
    titles = {row["id"]: row["front"].title for row in due}
    return [
        {"month": month, "drills": [{"day": day, "id": id_, "title": titles[id_]} for day, id_ in sorted(drills)]}
        for month, drills in sorted(months.items())
    ]


def _page(
    context: Context,
    page: str,
    facts: RunbookFacts,
    template: Template,
    family: Family,
    titles: Mapping[str, str],
) -> tuple[Artifact, dict[str, Any]]:
    name = template.id
    clouds = [cloud for c in context.axes.clouds if (cloud := _cloud(context, template, c))]
    teams = context.document.teams
    about = [_about(context, id_) for id_ in (facts.component, *facts.also)]
    alerts = context.document.observability.alerts
    artifact = context.page(
        page,
        "runbook.md",
        family.nav(template.front.title, template.front.symptom),
        ("runbooks", name),
        template.front.also,
        front=template.front,
        facts=facts,
        owner=teams[facts.owner],
        escalation=people_to_call(context.document, facts),
        about=about,
        alerts=[alert.title for alert in alerts.values() if alert.runbook == name],
        decisions=[
            {"id": id_, "title": decision.title}
            for id_, decision in context.document.decisions.items()
            if any(path.split(".")[:2] == ["components", facts.component] for path in decision.about)
        ],
        clouds=clouds,
        titles=titles,
    )
    row = {"id": name, "front": template.front, "facts": facts, "owner": teams[facts.owner], "about": about}
    return artifact, row


def _about(context: Context, id_: str) -> dict[str, Any]:
    """A component's title, its place in a picture, and its Terraform variables."""
    architectures = (context.default, *context.resolved.today())
    title = next(a.components[id_].title for a in architectures if id_ in a.components)
    at = context.default.coordinate
    view = next((v for v in VIEWS if v in context.views and id_ in context.graph(v, at).nodes()), None)
    picture = f"{view}#{view}-{at.cloud}-{id_}" if view else None
    variables = variables_of(context.project, context.default, id_) if id_ in context.default.components else []
    return {"id": id_, "title": title, "picture": picture, "variables": variables}


def _cloud(context: Context, template: Template, cloud: str) -> dict[str, Any] | None:
    environments = [
        _environment(context, architecture, found, template)
        for architecture, found in context.procedures(template, cloud)
    ]
    name = context.resolved.standing(cloud, context.axes.environments[-1]).facts.name
    return {"id": cloud, "name": name, "environments": environments} if environments else None


def _environment(context: Context, a: Architecture, found: Procedure, template: Template) -> dict[str, Any]:
    """What a tab shows: the steps of a runbook, and where they act."""
    objective = a.document.runbooks[template.id].rto_minutes
    return {
        "name": a.environment.name,
        "id": a.coordinate.environment,
        "cloud": a.facts.name,
        "place": ", ".join(filter(None, (f"{a.facts.home} {Here(a).home().shown}", a.cloud.region))),
        "production": a.environment.production,
        "color": color_classes(context.document.environments)[a.coordinate.environment],
        "procedure": found,
        "starts": starts(template.front, found),
        "ways_in": ways_in(found, a.coordinate.cloud),
        "rehearsed": rehearsed_texts(context.templates, template.id, found),
        "entry": _limit(happy_minutes(list(found.preparation))),
        "total": _limit(happy_minutes(list(found.steps))),
        "later": any(step.later for step in found.steps),
        "objective": None if objective is None else duration_text(objective),
    }


def _limit(minutes: float | None) -> str | None:
    """A sum of limits for people; None if no step states one."""
    return None if minutes is None else duration_text(minutes)
