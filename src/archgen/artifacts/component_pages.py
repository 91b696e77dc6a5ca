"""A page for each component: its purpose, its product and settings on each cloud and environment, and its connections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from archgen.analysis.crossings import passing
from archgen.analysis.failure import of_component
from archgen.artifacts._dashboards import dashboard_links
from archgen.artifacts._families import Family, task_of
from archgen.artifacts._tables import (
    failure_facts,
    names_anywhere,
    place_name,
    region_facts,
    settings,
    variables_of,
    ways_between,
)
from archgen.artifacts.addresses import component_pages, page_of
from archgen.artifacts.base import Artifact, Context, Emitted
from archgen.catalog.product import Product
from archgen.diagnostics.diagnostic import Path
from archgen.model.architecture import Architecture
from archgen.model.component import OUTSIDE, Component
from archgen.model.paths import parse_path
from archgen.model.wording import MISSING, setting_label
from archgen.runbooks.procedures import runbooks_of
from archgen.terraform.makers import makers_of, resource_name
from archgen.views._neighborhood import neighborhood

NO_PRODUCT = "no product"
PEOPLE = "people"  # instead of a product


def emit(context: Context) -> Emitted:
    """The list of all components that exist at any coordinate, and one page for each."""
    names = names_anywhere(context)
    rows = [_row(context, name) for name in names]
    tasks = {name: task_of(_component_anywhere(context, name)[1]) for name in names}
    family = Family("Architecture", "Components", tasks.values())
    index = family.index("All components")
    artifacts: list[Artifact] = [context.page("components/index", "components.md", index, ("components",), rows=rows)]
    for address, row in zip(component_pages(context.resolved), rows, strict=True):
        if not context.makes(address.file):
            continue
        sides = [_cloud(context, row["id"], cloud) for cloud in context.axes.clouds]
        artifacts.append(
            context.page(
                page_of(address.file),
                "component.md",
                family.nav(f"{row['title']}{' (planned)' if row['planned'] else ''}", tasks[row["id"]]),
                ("components", row["id"]),
                row["also"],
                c=row,
                about=_about(context, row["id"]),
                sides=sides,
                needs=_other_ends(sides, "out"),
                users=_other_ends(sides, "into"),
            )
        )
    return artifacts, []


def _is_planned(context: Context, name: str) -> bool:
    """Whether no environment has a component today."""
    return not any(name in a.components for a in context.resolved.today())


def _other_ends(sides: list[dict[str, Any]], way: str) -> list[dict[str, Any]]:
    """The components at the other ends of a component's connections on all clouds, each once."""
    return list({end["id"]: end for side in sides if side["exists"] for end in side[way]}.values())


def _component_anywhere(context: Context, name: str) -> tuple[Architecture, Component]:
    """A component and the architecture it is taken from: one of today if any has it, else one of another phase."""
    candidates = (context.default, *context.resolved.today(), *context.resolved.architectures.values())
    architecture = next(a for a in candidates if name in a.components)
    return architecture, architecture.components[name]


def _places(context: Context, name: str) -> str:
    """The place of a component, or its places on the clouds that have it if they differ."""
    places: dict[str, str] = {}
    for a in (*context.resolved.today(), *context.resolved.architectures.values()):
        if name in a.components:
            places.setdefault(a.coordinate.cloud, place_name(a, a.components[name]))
    if len({*places.values()}) == 1:
        return next(iter(places.values()))
    clouds = [cloud for cloud in context.axes.clouds if cloud in places]
    return ", ".join(f"{places[cloud]} ({context.resolved.clouds[cloud].name})" for cloud in clouds)


def _row(context: Context, name: str) -> dict[str, Any]:
    architecture, component = _component_anywhere(context, name)
    document = context.document
    team = document.teams.get(component.owner or "")
    products = [_product(context, name, cloud) for cloud in context.axes.clouds]
    return {
        "id": name,
        "title": component.title,
        "planned": _is_planned(context, name),
        "kind": component.label,
        "kind_id": component.kind,
        "purpose": component.purpose,
        "owner": team,
        "place": _places(context, name),
        "rebuilt_from": [_id_and_title(context, source) for source in component.rebuilt_from],
        "runs_on": _id_and_title(context, component.runs_on) if component.runs_on else None,
        "also": _main_names(context, name, component),
        "searched": _other_names(context, name, component),
        "capabilities": [{"id": id_, "name": c.name} for id_, c in architecture.capabilities(component).items()],
        "no_capability": component.no_capability,
        "products": products,
        "product_names": [
            f"{product} ({context.resolved.clouds[cloud].name})" if len(products) > 1 else product
            for cloud, product in zip(context.axes.clouds, products, strict=True)
            if product not in (NO_PRODUCT, PEOPLE, MISSING)
        ],
        "runbooks": [id_ for id_, f in runbooks_of(context.resolved).items() if name in (f.component, *f.also)],
    }


def _about(context: Context, name: str) -> dict[str, Any]:
    """Everything else in the model that refers to a component: alerts, dashboards, objectives, controls, costs, decisions, waivers."""
    document = context.document
    watched = document.observability
    waivers = {n: w for a in context.resolved.architectures.values() for n, w in a.document.rules.waivers.items()}
    return {
        "alerts": [alert.title for alert in watched.alerts.values() if alert.component == name],
        "dashboards": [
            {"title": dashboard.title, "links": dashboard_links(context, id_)}
            for id_, dashboard in watched.dashboards.items()
            if dashboard.component == name
        ],
        "objectives": [objective.title for objective in watched.objectives.values() if objective.component == name],
        "controls": [
            {"id": id_, "title": control.title}
            for id_, control in document.controls.items()
            if _mentions(control.proven_by, name)
        ],
        "costs": [
            {"id": id_, "title": item.title} for id_, item in document.costs.items() if _mentions(item.about, name)
        ],
        "decisions": [
            {"id": id_, "title": d.title} for id_, d in document.decisions.items() if _mentions(d.about, name)
        ],
        "waivers": [waiver.rule for waiver in waivers.values() if _mentions((waiver.path,), name)],
    }


def _mentions(paths: Iterable[str], name: str) -> bool:
    """Whether any of the model paths is that of a component or of one of its settings."""
    return any(parse_path(path)[:2] == ("components", name) for path in paths)


def _neighborhood(context: Context, a: Architecture, name: str, page: str) -> dict[str, Any] | None:
    """The picture of a component with what it calls and what calls it; None if it has no connections."""
    graph = neighborhood(a, name)
    if len(graph.nodes()) < 2:
        return None
    where = f"{a.environment.name}{f', {a.phase.name}' if a.phase else ''}"
    return {
        "svg": context.inline_svg(graph, page),
        "title": graph.title,
        "where": where,
        "left_out": graph.left_out,
        "map": "{}",
        "switches": [],
    }


def _other_names(context: Context, name: str, component: Component) -> list[str]:
    """Other names for a component, so that search finds it by them: aliases of its kind, and names of its products."""
    words = dict.fromkeys([*component.aliases, *(w for p in _products(context, name) for w in (p.short, *p.aliases))])
    return [word for word in words if word.casefold() != component.title.casefold()]


def _main_names(context: Context, name: str, component: Component) -> list[str]:
    """The names next to the title: those of its products, then those of its kind that say more than the title and the kind's label."""
    said = f"{component.title} {component.label}".casefold()
    words = [*(product.short for product in _products(context, name)), *component.aliases]
    return [word for word in dict.fromkeys(words) if word.casefold() not in said]


def _products(context: Context, name: str) -> Iterator[Product]:
    """A component's products at all coordinates, each at least once."""
    for architecture in context.resolved.architectures.values():
        component = architecture.components.get(name)
        for id_ in architecture.products_of(component) if component else ():
            yield context.catalog.products[id_]


def _id_and_title(context: Context, name: str) -> dict[str, str]:
    return {"id": name, "title": _component_anywhere(context, name)[1].title}


def _product(context: Context, name: str, cloud: str) -> str:
    """The short name of a component's product on a cloud: today's, else the planned one, else a dash."""
    for architecture in (*context.today(cloud), *context.resolved.architectures.values()):
        if architecture.coordinate.cloud == cloud and name in architecture.components:
            product = architecture.product(architecture.components[name])
            return product.short if product else PEOPLE if architecture.components[name].person else NO_PRODUCT
    return MISSING


def _cloud(context: Context, name: str, cloud: str) -> dict[str, Any]:
    """Everything about a component on one cloud, for the template."""
    facts = context.resolved.clouds[cloud]
    architecture = context.home_of(name, cloud)
    if architecture is None:
        return {"name": facts.name, "exists": False}
    present = [a for a in context.today(cloud) if name in a.components]
    component = architecture.components[name]
    return {
        "name": facts.name,
        "exists": True,
        "arrives": None if present else (architecture.phase.name if architecture.phase else None),
        "leaves": _leaves_with(context, name, architecture),
        "products": [context.catalog.products[id_] for id_ in architecture.products_of(component)],
        "environments": [a.environment.name for a in present] or [architecture.environment.name],
        "rows": _settings_rows(name, present or [architecture], context),
        "out": [_connection(context, c.head, c.call) for c in architecture.traffic_from(name)],
        "into": [_connection(context, c.tail, c.call) for c in architecture.traffic if c.head == name],
        "passing": list(ways_between(architecture, passing(architecture, name))),
        "variables": variables_of(context.project, architecture, name),
        "failure": _failure(architecture, name),
        "near": _neighborhood(context, architecture, name, f"components/{name}"),
    }


def _leaves_with(context: Context, name: str, a: Architecture) -> str | None:
    """The name of the first later phase without the component; None if all later phases have it."""
    phases = context.axes.phases
    for phase in phases[phases.index(a.coordinate.phase) + 1 :]:
        if name not in context.resolved.architectures[replace(a.coordinate, phase=phase)].components:
            return a.document.phases[phase].name
    return None


def _failure(a: Architecture, name: str) -> dict[str, Any]:
    """What stops and what goes on when a component fails, and the flows that break."""
    impact = of_component(a, name)
    return {
        "stops": [{"id": other, "title": a.components[other].title} for other in impact.stopped],
        "goes_on": [{"id": other, "title": a.components[other].title} for other in impact.degraded],
        "cut_off": [{"id": other, "title": a.components[other].title} for other in impact.cut_off],
        "stale": [{"id": other, "title": a.components[other].title} for other in impact.stale],
        "may_be_stale": [{"id": other, "title": a.components[other].title} for other in impact.may_be_stale],
        "unknown": [lack.what for lack in impact.lacks],
        "flows": [{"id": flow, "title": a.document.flows[flow].title} for flow in impact.flows],
        "late": [{"id": flow, "title": a.document.flows[flow].title} for flow in impact.late],
    }


def _name_there(a: Architecture, name: str) -> dict[str, str]:
    """The name of a component's resources, as the stacks that make them give it.

    Nothing for people and what is outside of the cloud, nor for what is in a home that environments share and that no stack makes:
    how many of these exist is not known.
    """
    component = a.components[name]
    shared = a.other_home(component) not in (None, a.home)
    if a.place(component) == OUTSIDE or (shared and component.identifier is None and not makers_of(a, name)):
        return {}
    return {"identifier": resource_name(a, name)}


def _settings_rows(name: str, architectures: list[Architecture], context: Context) -> list[dict[str, Any]]:
    """A row for the name in the cloud and for every setting, with a value for each environment."""
    columns = [
        _name_there(a, name) | settings(a.components[name]) | region_facts(a, name) | failure_facts(a.components[name])
        for a in architectures
    ]
    references = [dict(_references(a.components[name], name)) for a in architectures]
    keys = list(dict.fromkeys(key for column in columns for key in column))
    rows = []
    for key in keys:
        values = [column.get(key, MISSING) for column in columns]
        path: Path = ("components", name, *key.split("."))
        stated = architectures[-1].tree.get(path) is not None
        if key == "identifier" and not stated:
            path, stated = ("naming",), True
        place = architectures[-1].stated_at(*path)
        rows.append(
            {
                "key": setting_label(key),
                "values": [
                    {"text": value, "component": named.get(path)}
                    for value, named in zip(values, references, strict=True)
                ],
                "varies": len(set(values)) > 1,
                "line": place.line if stated else None,
                "edit": context.edit_link(place) if stated else "",
            }
        )
    return rows


def _references(component: Component, name: str) -> Iterator[tuple[Path, str]]:
    """The path of each setting that refers to a component, and its ID."""
    for mention in component.references:
        if mention.what == "component":
            yield ("components", name, *mention.path), mention.id


def _connection(context: Context, other: str, call: Any) -> dict[str, Any]:
    how = " ".join(part for part in (call.protocol or "", str(call.port or "")) if part)
    return {**_id_and_title(context, other), "how": how, "purpose": call.purpose or "", "both": call.answers}
