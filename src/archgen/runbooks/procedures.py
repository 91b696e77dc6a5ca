"""Runbooks: reads their templates, and fills in the steps with the real names of each environment."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any, Literal

import yaml
from pydantic import ValidationError

from archgen.diagnostics.diagnostic import Diagnostic, Span, did_you_mean
from archgen.diagnostics.report import visible
from archgen.kinds.dns import Dns
from archgen.model.architecture import Architecture
from archgen.model.base import Entity, Id, Listed, Text
from archgen.model.component import Component
from archgen.model.document import RunbookFacts
from archgen.model.resolve import Resolved
from archgen.templating.escape import Safe
from archgen.templating.render import TemplateFailure, Templates

FOLDER = "runbooks"
SHARED = "_shared"  # templates that procedures include


class FrontMatter(Entity):
    """The head of `runbooks/ID/runbook.md`: facts about a runbook that do not depend on the project. Texts are for people."""

    title: Text
    kind: Literal["incident", "routine", "disaster-recovery"]
    severity: Literal["critical", "high", "medium", "low"]
    component: Listed[Id]
    """Kinds of components that the runbook is for."""
    triggers: Listed[Text]
    """What makes someone open it."""
    impact: Text
    when_not: Listed[Text]
    access: Text
    approvals: Text
    destructive: bool
    reversible: Text
    """How to get back, or why there is no way back."""
    duration: Text
    tools: Listed[Text]
    otherwise: Listed[Text]
    """What to do when it does not work, in order."""
    communicate: Listed[Text]
    """What to tell people, and when."""
    follow_up: Listed[Text]
    """What remains to be done when it is over."""
    drill: Text
    """How to practice it without harm."""


@dataclass(frozen=True, slots=True)
class Template:
    """The head of a runbook, and the body below it, which starts after `head_lines` lines."""

    id: str
    front: FrontMatter
    body: str
    head_lines: int


class MissingPartError(ValueError):
    """A step needs a kind of component that the architecture does not have at this coordinate."""


@dataclass(frozen=True, slots=True)
class RunbookPart:
    """A component for a procedure: its id in the model, the name of its resources in the cloud, and its settings."""

    id: str
    name: str
    component: Component


class Here:
    """The architecture that a procedure is rendered for, as `here` in templates, with which they find other components."""

    def __init__(self, architecture: Architecture) -> None:
        self.a = architecture

    def has(self, kind: str) -> bool:
        """Whether the architecture has a component of a kind."""
        return any(component.kind == kind for component in self.a.components.values())

    def part(self, kind: str) -> RunbookPart:
        """The first component of a kind. Raises MissingPartError."""
        for name, component in self.a.components.items():
            if component.kind == kind:
                return RunbookPart(name, self.a.identifier(name), component)
        raise MissingPartError(f"there is no component of kind '{kind}' at {self.a.coordinate}")

    def named(self, id_: str) -> str:
        """The name of a component's resources in the cloud. Raises MissingPartError."""
        if id_ not in self.a.components:
            raise MissingPartError(f"the component '{id_}' does not exist at {self.a.coordinate}")
        return self.a.identifier(id_)


def runbooks_of(resolved: Resolved) -> dict[str, RunbookFacts]:
    """The runbooks that any environment has in its current phase, by id, in the order of the model."""
    by_id: dict[str, RunbookFacts] = {}
    for architecture in resolved.today():
        for name, facts in architecture.document.runbooks.items():
            by_id.setdefault(name, facts)
    return by_id


def known(templates: Templates) -> list[str]:
    """The ids of all runbooks that have templates, sorted."""
    return sorted({name.split("/")[1] for name in templates.names(FOLDER) if name.split("/")[1] != SHARED})


def read(templates: Templates, name: str, at: Span | None = None) -> Template:
    """The template of a runbook, with its head validated. `at` is where the model names it. Raises TemplateFailure."""
    path = f"{FOLDER}/{name}/runbook.md"
    shown = templates.place(path)
    if not templates.has(path):
        help_ = did_you_mean(name, known(templates))
        raise TemplateFailure(Diagnostic("ARC-R001", f"the runbook '{name}' does not exist", help_, span=at))
    parts = templates.source(path).split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        span = Span(shown, 1, 1, 1, 2)
        help_ = "start the file with `---`"
        raise TemplateFailure(Diagnostic("ARC-T002", "the front matter is missing", help_, span=span))
    try:
        front = FrontMatter.model_validate(yaml.load(parts[1], getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.YAMLError as error:
        raise TemplateFailure(_bad_front(shown, parts[1], "", f"invalid YAML: {error.__class__.__name__}")) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        raise TemplateFailure(_bad_front(shown, parts[1], key, f"`{key}`: {first['msg']}")) from None
    return Template(name, front, parts[2], parts[1].count("\n") + 2)


def _bad_front(shown: str, head: str, key: str, message: str) -> Diagnostic:
    line = next((n for n, text in enumerate(head.splitlines(), 2) if key and text.startswith(f"{key}:")), 1)
    return Diagnostic("ARC-T002", message, "correct the front matter", span=Span(shown, line, 1, line, len(key) + 2))


def procedures(
    templates: Templates, template: Template, resolved: Resolved, cloud: str
) -> Iterator[tuple[Architecture, Safe]]:
    """The steps for every environment of a cloud that has the runbook today. The last environment, usually production, comes first."""
    for environment in reversed(resolved.axes.environments):
        architecture = resolved.standing(cloud, environment)
        if template.id in architecture.document.runbooks:
            yield architecture, steps(templates, template, architecture)


def steps(templates: Templates, template: Template, architecture: Architecture) -> Safe:
    """The steps at a coordinate: for the component's product, or else for the cloud. Raises TemplateFailure."""
    path = _procedure(templates, template, architecture)
    return templates.render(path, **_facts(architecture, architecture.document.runbooks[template.id]))


def _procedure(templates: Templates, template: Template, architecture: Architecture) -> str:
    """The name of the template with the steps at a coordinate. Raises TemplateFailure."""
    component = architecture.components[architecture.document.runbooks[template.id].component]
    if component.kind not in template.front.component:
        span = architecture.span(("runbooks", template.id, "component"))
        message = f"the runbook '{template.id}' is not for a component of kind '{component.kind}'"
        help_ = f"it is for {', '.join(template.front.component)}"
        raise TemplateFailure(Diagnostic("ARC-R001", message, help_, span=span))
    cloud = architecture.coordinate.cloud
    names = [f"{FOLDER}/{template.id}/{name}.md" for name in (component.product, cloud)]
    path = next((name for name in names if templates.has(name)), None)
    if path is None:
        available = [n.rsplit("/", 1)[1].removesuffix(".md") for n in templates.names(f"{FOLDER}/{template.id}")]
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


def _at_model(name: str, failure: Diagnostic, at: Span) -> Diagnostic:
    """A failure in a template of archgen, located at the runbook in the model, which lacks something; the template is related."""
    related = (("needed here", failure.span),) if failure.span else ()
    message = f"the steps of the runbook '{name}' cannot be filled in: {failure.message}"
    help_ = f"add what is missing, or remove the runbook, or write your own {failure.subject}, which replaces archgen's"
    return Diagnostic("ARC-T001", message, help_, span=at, related=related)


_PART = re.compile(r"""here\.part\(["']([a-z0-9-]+)["']\)""")
_INCLUDE = re.compile(r"""{%-?\s*include\s+["']([^"']+)["']""")


def _kinds_needed(templates: Templates, path: str) -> frozenset[str] | None:
    """The kinds of components without which archgen's steps fail; None for other steps, which may fail in other ways."""
    if not templates.is_from_archgen(path):
        return None
    text = templates.source(path)
    kinds = set(_PART.findall(text))
    for name in _INCLUDE.findall(text):
        included = _kinds_needed(templates, name)
        if included is None:
            return None
        kinds |= included
    return frozenset(kinds)


def _facts(a: Architecture, facts: RunbookFacts) -> dict[str, Any]:
    """The variables that templates of steps may use: the same facts as in variable files."""
    return {
        "here": Here(a),
        "component": a.components[facts.component],
        "id": a.identifier(facts.component),
        "region": a.cloud.region,
        "recovery_region": a.recovery_region,
        "recovery_stacks": _recovery_stacks(a),
        "at": f"{a.coordinate.cloud},{a.coordinate.environment}",
        "account": a.home_number,
        "home": a.home,
        "home_title": a.home_title,
        "environment": a.environment.name,
        "env": a.coordinate.environment,
        "project": a.document.project,
        "network": a.network_identifier,
        "zones": a.zones,
        "domains": [domain for _name, dns in a.of_kind(Dns) for domain in dns.domains],
    }


def _recovery_stacks(a: Architecture) -> list[str]:
    """The Terraform stacks that are applied in the recovery region, too, in order; empty if the environment cannot recover there."""
    terraform = a.document.terraform
    if terraform is None or a.in_recovery_region() is None:
        return []
    from archgen.terraform.stack_order import in_order

    return [name for name in in_order(terraform.stacks) if terraform.stacks[name].recovery]


# -- in a terminal -------------------------------------------------------------------------------------


def as_text(templates: Templates, template: Template, architecture: Architecture) -> str:
    """A runbook at one coordinate as Markdown that reads well in a terminal: no entities, no HTML, steps numbered in order."""
    front, facts = template.front, architecture.document.runbooks[template.id]
    teams = architecture.document.teams
    parts = [
        f"# {front.title}",
        f"{architecture.facts.name}, {architecture.environment.name}. {front.impact}",
        f"Severity: {front.severity}. Duration: {front.duration} Approval: {front.approvals}",
        _list("## Use it when", front.triggers),
        _list("## Do not use it when", front.when_not),
        f"## Do this\n\n{_numbered(_unescaped(steps(templates, template, architecture)))}",
        _list("## If it does not work", front.otherwise, numbered=True),
        f"## Roll back\n\n{front.reversible[:1].upper()}{front.reversible[1:]}",
        _list("## Notify", front.communicate),
        _list("## Escalate", [_team(teams[id_]) for id_ in (facts.owner, *facts.escalation)], numbered=True),
        _list("## Follow up", front.follow_up),
    ]
    return "\n\n".join(parts) + "\n"


def _team(team: Any) -> str:
    return f"{team.name} ({team.contact})" if team.contact else str(team.name)


def _list(head: str, texts: Iterable[str], *, numbered: bool = False) -> str:
    marks = (f"{n}." if numbered else "-" for n in itertools.count(1))
    return f"{head}\n\n" + "\n".join(f"{mark} {text}" for mark, text in zip(marks, texts, strict=False))


def _unescaped(text: str) -> str:
    """Text of a page without its escapes. Blocks of code have none, and are kept."""
    plain = []
    for position, piece in enumerate(re.split(r"(```.*?```)", text, flags=re.DOTALL)):
        plain.append(piece if position % 2 else unescape(re.sub(r"</?code>", "`", piece)))
    return "\n".join(visible(line) for line in "".join(plain).strip().splitlines())


def _numbered(text: str) -> str:
    numbers = itertools.count(1)
    return re.sub(r"(?m)^1\.  ", lambda _match: f"{next(numbers)}.  ", text)
