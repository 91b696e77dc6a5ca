"""Runbooks: templates and a resolved architecture in; out come the procedures with the real names of each environment."""

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
    """What is true of a runbook in any such system: the head of `runbooks/ID/runbook.md`. Text without a language is for people."""

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
    """How to practise it without harm."""


@dataclass(frozen=True, slots=True)
class Template:
    """A runbook's head, and what its file says below that."""

    id: str
    front: FrontMatter
    body: str
    head_lines: int


class MissingPartError(ValueError):
    """A step needs a kind of component that the architecture does not have at this coordinate."""


@dataclass(frozen=True, slots=True)
class RunbookPart:
    """A component for a procedure: its id in the model, the name that its resources carry, and its settings."""

    id: str
    name: str
    component: Component


class Here:
    """The architecture that a procedure is written for. Templates ask it for further components by their kind."""

    def __init__(self, architecture: Architecture) -> None:
        self.a = architecture

    def has(self, kind: str) -> bool:
        """Whether there is a component of this kind."""
        return any(component.kind == kind for component in self.a.components.values())

    def part(self, kind: str) -> RunbookPart:
        """The first component of this kind. Raises MissingPartError."""
        for name, component in self.a.components.items():
            if component.kind == kind:
                return RunbookPart(name, self.a.identifier(name), component)
        raise MissingPartError(f"there is no component of kind '{kind}' at {self.a.coordinate}")

    def named(self, id_: str) -> str:
        """The name that the resources of a component carry. Raises MissingPartError."""
        if id_ not in self.a.components:
            raise MissingPartError(f"there is no component '{id_}' at {self.a.coordinate}")
        return self.a.identifier(id_)


def runbooks_of(resolved: Resolved) -> dict[str, RunbookFacts]:
    """The runbooks that any environment has as it stands today, in the order of the model."""
    found: dict[str, RunbookFacts] = {}
    for architecture in resolved.today():
        for name, facts in architecture.document.runbooks.items():
            found.setdefault(name, facts)
    return found


def known(templates: Templates) -> list[str]:
    """The ids of all runbooks that there are templates for."""
    return sorted({name.split("/")[1] for name in templates.names(FOLDER) if name.split("/")[1] != SHARED})


def read(templates: Templates, name: str, at: Span | None = None) -> Template:
    """A runbook's template, its head checked; `at` is where the model names it. Raises TemplateFailure."""
    path = f"{FOLDER}/{name}/runbook.md"
    shown = templates.place(path)
    if not templates.has(path):
        help_ = did_you_mean(name, known(templates))
        raise TemplateFailure(Diagnostic("ARC-R001", f"there is no runbook '{name}'", help_, span=at))
    parts = templates.source(path).split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        span = Span(shown, 1, 1, 1, 2)
        help_ = "start the file with `---`"
        raise TemplateFailure(Diagnostic("ARC-T002", "the front matter is missing", help_, span=span))
    try:
        front = FrontMatter.model_validate(yaml.load(parts[1], getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.YAMLError as error:
        raise TemplateFailure(_bad_front(shown, parts[1], "", f"broken YAML: {error.__class__.__name__}")) from None
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
    """The steps for every environment of a cloud that has the runbook today, the last environment first: the one that is burning."""
    for environment in reversed(resolved.axes.environments):
        architecture = resolved.standing(cloud, environment)
        if template.id in architecture.document.runbooks:
            yield architecture, steps(templates, template, architecture)


def steps(templates: Templates, template: Template, architecture: Architecture) -> Safe:
    """The procedure at a coordinate: that of the component's product, or else that of the cloud. Raises TemplateFailure."""
    path = _procedure(templates, template, architecture)
    return templates.render(path, **_facts(architecture, architecture.document.runbooks[template.id]))


def _procedure(templates: Templates, template: Template, architecture: Architecture) -> str:
    """The file with the steps at a coordinate. Raises TemplateFailure."""
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
        there = [n.rsplit("/", 1)[1].removesuffix(".md") for n in templates.names(f"{FOLDER}/{template.id}")]
        message = f"the runbook '{template.id}' has no procedure for {component.product}"
        help_ = f"add templates/{names[0]}; there are procedures for {', '.join(n for n in there if n != 'runbook')}"
        span = architecture.span(("runbooks", template.id))
        raise TemplateFailure(Diagnostic("ARC-T003", message, help_, span=span))
    return path


def unusable(templates: Templates, resolved: Resolved) -> Iterator[Diagnostic]:
    """Each runbook of an environment as it stands that has no text, no steps for the product in use, or steps that cannot be filled.

    Said once for each, of the environment that counts most.
    """
    texts: dict[str, Template] = {}
    asks: dict[str, frozenset[str] | None] = {}
    failed: set[str] = set()
    standing = [resolved.standing(c, e) for c in resolved.axes.clouds for e in reversed(resolved.axes.environments)]
    for architecture in standing:
        kinds = {component.kind for component in architecture.components.values()}
        for name in (name for name in architecture.document.runbooks if name not in failed):
            at = architecture.stated_at("runbooks", name)
            try:
                if name not in texts:
                    texts[name] = read(templates, name, at)
                path = _procedure(templates, texts[name], architecture)
                if path not in asks:
                    asks[path] = _asks_for(templates, path)
                asked = asks[path]
                if asked is None or not asked <= kinds:
                    steps(templates, texts[name], architecture)
            except TemplateFailure as failure:
                failed.add(name)
                ours = failure.diagnostic.code == "ARC-T001" and not templates.is_own(failure.diagnostic.subject)
                yield _unfilled(name, failure.diagnostic, at) if ours else failure.diagnostic


def _unfilled(name: str, found: Diagnostic, at: Span) -> Diagnostic:
    """Steps of archgen's own that the model cannot fill, at the runbook of the model; the line of the template beside it."""
    related = (("asked for here", found.span),) if found.span else ()
    message = f"the steps of the runbook '{name}' cannot be filled in: {found.message}"
    help_ = f"add what is missing, or remove the runbook; a {found.subject} of your own comes before archgen's"
    return Diagnostic("ARC-T001", message, help_, span=at, related=related)


_PART = re.compile(r"""here\.part\(["']([a-z0-9-]+)["']\)""")
_INCLUDE = re.compile(r"""{%-?\s*include\s+["']([^"']+)["']""")


def _asks_for(templates: Templates, path: str) -> frozenset[str] | None:
    """The kinds of components that steps of archgen's own ask for, all of which they can be filled with; None for a project's own."""
    if templates.is_own(path):
        return None
    text = templates.source(path)
    found = set(_PART.findall(text))
    for name in _INCLUDE.findall(text):
        inside = _asks_for(templates, name)
        if inside is None:
            return None
        found |= inside
    return frozenset(found)


def _facts(a: Architecture, facts: RunbookFacts) -> dict[str, Any]:
    """What procedures may use: the same facts as variable files."""
    return {
        "here": Here(a),
        "component": a.components[facts.component],
        "id": a.identifier(facts.component),
        "region": a.cloud.region,
        "recovery_region": a.cloud.recovery_region,
        "account": a.account_id,
        "home": a.home,
        "home_title": a.home_title,
        "environment": a.environment.name,
        "env": a.coordinate.environment,
        "project": a.document.project,
        "network": a.network_identifier,
        "zones": a.zones,
        "domains": [domain for _name, dns in a.of_kind(Dns) for domain in dns.domains],
    }


# -- for a terminal ------------------------------------------------------------------------------------


def as_text(templates: Templates, template: Template, architecture: Architecture) -> str:
    """A runbook at one coordinate as Markdown that reads well as it is: no entities, no HTML, steps numbered in order."""
    front, facts = template.front, architecture.document.runbooks[template.id]
    teams = architecture.document.teams
    parts = [
        f"# {front.title}",
        f"{architecture.facts.name}, {architecture.environment.name}. {front.impact}",
        f"Severity: {front.severity}. Takes: {front.duration} Approval: {front.approvals}",
        _listed("## Use it when", front.triggers),
        _listed("## Do not use it when", front.when_not),
        f"## Do this\n\n{_numbered(_bare(steps(templates, template, architecture)))}",
        _listed("## If it does not work", front.otherwise, numbered=True),
        f"## How to go back\n\n{front.reversible[:1].upper()}{front.reversible[1:]}",
        _listed("## Tell people", front.communicate),
        _listed("## Escalate", [_team(teams[id_]) for id_ in (facts.owner, *facts.escalation)], numbered=True),
        _listed("## Afterwards", front.follow_up),
    ]
    return "\n\n".join(parts) + "\n"


def _team(team: Any) -> str:
    return f"{team.name} ({team.contact})" if team.contact else str(team.name)


def _listed(head: str, texts: Iterable[str], *, numbered: bool = False) -> str:
    marks = (f"{n}." if numbered else "-" for n in itertools.count(1))
    return f"{head}\n\n" + "\n".join(f"{mark} {text}" for mark, text in zip(marks, texts, strict=False))


def _bare(text: str) -> str:
    """Text that was escaped for a page, without that; what stands in a block of code is as it was."""
    plain = []
    for position, piece in enumerate(re.split(r"(```.*?```)", text, flags=re.DOTALL)):
        plain.append(piece if position % 2 else unescape(re.sub(r"</?code>", "`", piece)))
    return "\n".join(visible(line) for line in "".join(plain).strip().splitlines())


def _numbered(text: str) -> str:
    numbers = itertools.count(1)
    return re.sub(r"(?m)^1\.  ", lambda _match: f"{next(numbers)}.  ", text)
