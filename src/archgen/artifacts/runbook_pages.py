"""Runbooks: text from templates, names and numbers from the model, a tab for each cloud and environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import yaml
from pydantic import ValidationError

from archgen.artifacts.base import Artifact, Context, Emitted, Nav
from archgen.diagnostic import Diagnostic, Span, did_you_mean
from archgen.escape import Safe
from archgen.model.architecture import Architecture
from archgen.model.base import Entity, Id, Listed, Text
from archgen.model.document import RunbookFacts
from archgen.text import TemplateFailure

SECTION = "Runbooks"


class FrontMatter(Entity):
    """What is true of a runbook in any such system: the head of `runbooks/ID/runbook.md`."""

    title: Text
    kind: Literal["incident", "routine", "disaster-recovery"]
    severity: Literal["critical", "high", "medium", "low"]
    component: Listed[Id]
    """Kinds of components that it is for."""
    triggers: Listed[Text]
    """What makes someone open it."""
    impact: Text
    when_not: Listed[Text]
    access: Text
    approvals: Text
    destructive: bool
    reversible: Text
    duration: Text
    tools: Listed[Text]


@dataclass(frozen=True, slots=True)
class _Template:
    name: str
    front: FrontMatter
    body: str
    head_lines: int


def emit(context: Context) -> Emitted:
    """The index, and a page for each runbook that the model names."""
    made: list[Artifact] = []
    problems: list[Diagnostic] = []
    rows: list[dict[str, Any]] = []
    for name, facts in context.document.runbooks.items():
        try:
            template = _read(context, name)
            page, row = _page(context, name, facts, template, len(rows) + 1)
        except TemplateFailure as failure:
            problems.append(failure.diagnostic)
            continue
        made.append(page)
        rows.append(row)
    if rows:
        index = context.page("runbooks/index", "runbooks.md", Nav(SECTION, "All runbooks", 0), ("runbooks",), rows=rows)
        made.append(index)
    return made, problems


def _read(context: Context, name: str) -> _Template:
    """A runbook's template, its head checked. Raises TemplateFailure."""
    path = f"runbooks/{name}/runbook.md"
    shown = f"templates/{path}"
    if not context.templates.has(path):
        known = {n.split("/")[1] for n in context.templates.names("runbooks")}
        span = context.default.tree.nearest(("runbooks", name))[0].key_span
        message = f"there is no runbook '{name}'"
        raise TemplateFailure(Diagnostic("ARC-R001", message, did_you_mean(name, known), span=span))
    source = context.templates.source(path)
    parts = source.split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        span = Span(shown, 1, 1, 1, 2)
        raise TemplateFailure(
            Diagnostic("ARC-T002", "the front matter is missing", "start the file with `---`", span=span)
        )
    try:
        front = FrontMatter.model_validate(yaml.load(parts[1], getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.YAMLError as error:
        raise TemplateFailure(_bad_front(shown, parts[1], "", f"broken YAML: {error.__class__.__name__}")) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        raise TemplateFailure(_bad_front(shown, parts[1], key, f"`{key}`: {first['msg']}")) from None
    return _Template(path, front, parts[2], parts[1].count("\n") + 2)


def _bad_front(shown: str, head: str, key: str, message: str) -> Diagnostic:
    line = next((n for n, text in enumerate(head.splitlines(), 2) if key and text.startswith(f"{key}:")), 1)
    return Diagnostic("ARC-T002", message, "correct the front matter", span=Span(shown, line, 1, line, len(key) + 2))


def _page(
    context: Context, name: str, facts: RunbookFacts, template: _Template, order: int
) -> tuple[Artifact, dict[str, Any]]:
    page = f"runbooks/{name}"
    component = context.default.components[facts.component]
    if component.kind not in template.front.component:
        span = context.default.span(("runbooks", name, "component"))
        message = f"the runbook '{name}' is not for a component of kind '{component.kind}'"
        help_ = f"it is for {', '.join(template.front.component)}"
        raise TemplateFailure(Diagnostic("ARC-R001", message, help_, span=span))
    clouds = [_cloud(context, name, facts, cloud) for cloud in context.axes.clouds]
    teams = context.document.teams
    about = {"title": component.title, "id": facts.component}
    body = context.templates.render_text(
        template.name, template.body, template.head_lines, facts=facts, component=component
    )
    artifact = context.page(
        page,
        "runbook.md",
        Nav(SECTION, template.front.title, order),
        ("runbooks", name),
        front=template.front,
        facts=facts,
        owner=teams[facts.owner],
        escalation=[teams[team] for team in facts.escalation],
        about=about,
        clouds=clouds,
        body=body,
    )
    row = {"id": name, "front": template.front, "facts": facts, "owner": teams[facts.owner], "about": about}
    return artifact, row


def _cloud(context: Context, name: str, facts: RunbookFacts, cloud: str) -> dict[str, Any]:
    """The procedure for each environment as it stands, the last one first: that is the one that is burning."""
    environments = []
    for architecture in reversed(list(context.today(cloud))):
        environments.append(
            {"name": architecture.environment.name, "steps": _steps(context, name, facts.component, architecture)}
        )
    return {
        "name": context.resolved.standing(cloud, context.axes.environments[-1]).facts.name,
        "environments": environments,
    }


def _steps(context: Context, name: str, component: str, architecture: Architecture) -> Safe:
    """The procedure for the product in use. Raises TemplateFailure where there is none."""
    if component not in architecture.components:
        return Safe(f"There is no {component} here.\n")
    part = architecture.components[component]
    path = f"runbooks/{name}/{part.product}.md"
    if not context.templates.has(path):
        known = [n.rsplit("/", 1)[1].removesuffix(".md") for n in context.templates.names(f"runbooks/{name}")]
        message = f"the runbook '{name}' has no procedure for {part.product}"
        help_ = f"add templates/{path}; there are procedures for {', '.join(k for k in known if k != 'runbook')}"
        raise TemplateFailure(Diagnostic("ARC-T003", message, help_, span=architecture.span(("runbooks", name))))
    return context.templates.render(
        path,
        component=part,
        id=architecture.identifier(component),
        region=architecture.cloud.region,
        account=architecture.account_id,
        home=architecture.home,
        home_title=architecture.home_title,
        environment=architecture.environment.name,
        zones=architecture.zones,
    )
