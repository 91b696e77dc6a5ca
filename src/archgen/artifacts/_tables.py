"""Rows for the tables of pages: graphs as text, and settings of components side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from archgen.analysis.crossings import Crossing, crossings
from archgen.draw.graph import Edge, Graph, Group, Node
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, MANAGED, OUTSIDE, Component
from archgen.model.paths import parse_path
from archgen.model.regions import HOME
from archgen.model.stacks import Stack
from archgen.model.wording import value_text
from archgen.terraform.bindings import find, makes, variable_name

if TYPE_CHECKING:
    from archgen.artifacts.base import Context
    from archgen.project import Project


def parts(graph: Graph) -> Iterator[dict[str, Any]]:
    """A row for every node; `where` names the groups around it, outermost first."""

    def walk(group: Group, around: tuple[str, ...]) -> Iterator[dict[str, Any]]:
        inside = (*around, group.label) if group.label else around
        for child in group.children:
            if isinstance(child, Group):
                yield from walk(child, inside)
            else:
                yield _part(child, inside)

    yield from walk(graph.root, ())


def _part(node: Node, around: tuple[str, ...]) -> dict[str, Any]:
    where = " › ".join(around)
    time = "planned" if node.planned else "leaving" if node.leaving else ""
    return {"label": node.label, "note": node.note, "where": where, "page": node.page, "time": time}


def connections(graph: Graph) -> Iterator[dict[str, Any]]:
    """A row for every edge, with the labels of its ends."""
    nodes = graph.nodes()
    groups = graph.groups()
    for edge in graph.edges:
        ends = [_end_label(end, nodes, groups) for end in (edge.tail, edge.head)]
        what = ", ".join(dict.fromkeys(part for part in (edge.label, edge.detail, *_marks(edge)) if part))
        yield {"tail": ends[0], "head": ends[1], "both": edge.both, "what": what}


def _marks(edge: Edge) -> list[str]:
    """What the line of an edge shows in a picture, in words; some may be empty."""
    meanings = {"event": "an event", "control": "manages the other", "instead": "stands for other connections"}
    time = "planned" if edge.planned else "leaving" if edge.leaving else ""
    return [meanings.get(edge.meaning, ""), time]


def _end_label(id_: str, nodes: Mapping[str, Node], groups: Mapping[str, Group]) -> str:
    if id_ in groups:
        return groups[id_].label
    node = nodes[id_]
    return f"{node.label} ({node.note})" if node.note else node.label


def settings(component: Component) -> dict[str, str]:
    """Dotted key to text, for every setting that a component's kind adds to those that all components have."""
    shared = set(Component.model_fields) - {"placement"}
    return dict(
        _flatten({name: getattr(component, name) for name in type(component).model_fields if name not in shared})
    )


def region_facts(a: Architecture, name: str) -> dict[str, str]:
    """The regions that a component is in with its roles there, if it is not just in the usual one; otherwise nothing."""
    uses = a.regions_of(a.components[name])
    if uses.keys() <= {HOME}:
        return {}
    return {"regions": ", ".join(f"{a.regions[id_].name} ({role})" for id_, role in uses.items())}


def failure_facts(component: Component) -> dict[str, str]:
    """Dotted key to text, for the zones and traits that a component states itself, on which answers about failures depend."""
    stated = {name: getattr(component.traits, name) for name in sorted(component.traits.model_fields_set)}
    return dict(_flatten({"zones": component.zones, "traits": stated}))


def _flatten(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        key = f"{prefix}{name}"
        if isinstance(value, BaseModel):
            yield from _flatten({n: getattr(value, n) for n in type(value).model_fields}, f"{key}.")
        elif isinstance(value, dict):
            yield from _flatten(value, f"{key}.")
        elif value is not None and value != ():
            yield key, value_text(value)


# The page that shows each part of the model; {} is the id of an entry.
_PAGES = {
    "summary": "",
    "teams": "start/teams",
    "clouds": "environments#{}",
    "environments": "environments",
    "organization": "environments#organization",
    "phases": "environments#{}",
    "network": "connections",
    "networks": "environments#networks",
    "sites": "environments#sites",
    "capabilities": "parity/{}",
    "components": "components/{}",
    "flows": "flow-{}",
    "images": "delivery#images",
    "observability": "observability",
    "runbooks": "runbooks/{}",
    "terraform": "terraform/index",
    "controls": "security",
    "costs": "costs#{}",
    "rules": "health",
    "decisions": "decisions#{}",
}


def subject(text: str) -> dict[str, str | None]:
    """A path of the model as text, with the page that shows it, or None if no page does."""
    path = parse_path(text)
    page = _PAGES.get(str(path[0])) if path else None
    if page is not None and "{}" in page:
        page = (
            page.format(path[1]) if len(path) > 1 else page.partition("#")[0].replace("-{}", "s").replace("{}", "index")
        )
    if path[:2] == ("terraform", "stacks") and len(path) > 2:
        page = f"terraform/{path[2]}"
    return {"text": text, "page": page}


PLACES = {OUTSIDE: "Outside", EDGE: "At the edge", MANAGED: "Regional service"}


def place_name(architecture: Architecture, component: Component) -> str:
    """The name of the place a component is in: a tier, a site, a further network, outside, at the edge, or a regional or global service."""
    document, place = architecture.document, architecture.place(component)
    if site := architecture.site_of(component):
        return document.sites[site].name
    if id_ := architecture.network_of(component):
        network = document.networks[id_]
        inner = network.tiers.get(place.partition("/")[2])
        return f"{network.name}, {inner.name}" if inner else network.name
    if architecture.is_global(component):
        return "Global service"
    tier = architecture.tiers.get(place)
    return tier.name if tier else PLACES.get(place, place)


def names_anywhere(context: Context) -> list[str]:
    """The ids of all components that exist at any coordinate."""
    return list(dict.fromkeys(name for a in context.resolved.architectures.values() for name in a.components))


def titles(context: Context) -> dict[str, str]:
    """The title of every component that exists at any coordinate, by id."""
    by_id: dict[str, str] = {}
    for architecture in (context.default, *context.resolved.architectures.values()):
        for name, component in architecture.components.items():
            by_id.setdefault(name, component.title)
    return by_id


def stacks(context: Context) -> dict[str, Stack]:
    """The Terraform stacks of all clouds, sorted by name."""
    by_name: dict[str, Stack] = {}
    for architecture in context.resolved.architectures.values():
        terraform = architecture.document.terraform
        for name, stack in terraform.stacks.items() if terraform else ():
            by_name.setdefault(name, stack)
    return dict(sorted(by_name.items()))


def variables_of(project: Project, architecture: Architecture, name: str) -> list[dict[str, str]]:
    """A row for each Terraform variable that holds settings of a component, with its stack."""
    terraform = architecture.document.terraform
    plan = project.plans.of.get(architecture.coordinate.cloud)
    declared = plan.wiring.stacks if plan else {}
    rows = []
    for stack_name, stack in terraform.stacks.items() if terraform else ():
        for id_ in stack.modules:
            binding = find(architecture, id_)
            if not binding or isinstance(binding.binds, str) or binding.manifests:
                continue  # objects of Kubernetes have no variable
            variable = variable_name(binding, name)
            known = declared.get(stack_name)
            if makes(binding, architecture, name) and (known is None or any(v.name == variable for v in known)):
                rows.append({"stack": stack_name, "variable": variable})
    return rows


def ways_between(a: Architecture, crossing: Iterable[Crossing] | None = None) -> Iterator[dict[str, Any]]:
    """The connections between networks and sites, all or some: their ends, their ways in words, and what all of these pass."""
    for found in crossings(a).values() if crossing is None else crossing:
        c = found.connection
        ways = [[a.components[name].title for name in found.passed(way)] for way in found.ways]
        yield {
            "tail": {"id": c.tail, "title": a.components[c.tail].title},
            "head": {"id": c.head, "title": a.components[c.head].title},
            "ways": ways,
            "internet": found.perhaps_over_internet,
            "essential": [a.components[name].title for name in found.essential] if len(ways) > 1 else [],
        }
