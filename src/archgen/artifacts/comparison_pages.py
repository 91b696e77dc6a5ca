"""Three pages of differences: environments side by side, the roadmap from phase to phase, and one cloud beside the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from archgen.analysis.changes import ChangedSetting, Item, is_documentation
from archgen.analysis.phase_promises import BuiltPlace, promises
from archgen.artifacts.base import Artifact, Context, Emitted, Nav
from archgen.comparing.comparison import Comparison, Difference
from archgen.diagnostics.diagnostic import Path, dotted
from archgen.model.architecture import Architecture
from archgen.model.coordinate import Coordinate
from archgen.model.wording import value_text
from archgen.runbooks.procedures import runbooks_of

# Words of settings by which people compare environments: how long data is kept, how many copies run, how large they are, and where.
_COMPARED_FIRST = {
    *("account", "copies", "deletion", "domain", "domains", "endpoint", "max", "min"),
    *("multi", "nodes", "replicas", "retention", "size", "strategy", "zones"),
}
_DERIVED = ("environment", "subnets")  # archgen computes these addresses from the range of the network


def emit(context: Context) -> Emitted:
    """Up to three pages: each is made if the model has at least two environments, phases or clouds to compare."""
    comparison = Comparison(context.resolved)
    axes = context.axes
    artifacts: list[Artifact] = []
    if len(axes.environments) > 1:
        nav = Nav("Compare", "Environments side by side", 1)
        clouds = [_environments(context, comparison, cloud) for cloud in axes.clouds]
        artifacts.append(context.page("side-by-side", "side_by_side.md", nav, ("environments",), clouds=clouds))
    if len(axes.phases) > 1:
        nav = Nav("Change", "Roadmap", 1)
        clouds = [_road(context, comparison, cloud) for cloud in axes.clouds]
        environment = context.document.environments[axes.environments[-1]].name
        artifacts.append(context.page("road", "road.md", nav, ("phases",), clouds=clouds, environment=environment))
    others = [cloud for cloud in axes.clouds if cloud != axes.primary]
    if others:
        nav = Nav("Compare", "Clouds side by side", 2)
        pairs = [_clouds(context, comparison, other, env) for other in others for env in axes.environments]
        artifacts.append(context.page("clouds", "clouds.md", nav, ("clouds",), pairs=pairs))
    return artifacts, []


# -- environments ----------------------------------------------------------------------------------------


def _environments(context: Context, comparison: Comparison, cloud: str) -> dict[str, Any]:
    """Rows for one cloud: every setting that differs between environments in their current phases, with its value in each."""
    every = list(context.today(cloud))
    differences = [comparison.of(every[0].coordinate, a.coordinate) for a in every[1:]]
    values: dict[Path, list[str]] = {}
    lines: dict[Path, Any] = {}
    for position, difference in enumerate(differences, 1):
        for setting in _all_settings(difference):
            row = values.setdefault(setting.path, [value_text(setting.old)] * len(every))
            row[position] = value_text(setting.new)
            lines[setting.path] = setting.new_at or setting.old_at
    paths = sorted(values, key=lambda path: _order(every, path))
    rows = {path: _setting(context, path) | {"values": values[path]} | _line(context, lines[path]) for path in paths}
    return {
        "name": every[0].facts.name,
        "environments": [a.environment.name for a in every],
        "rows": [row for path, row in rows.items() if path[:2] != _DERIVED],
        "derived": [row for path, row in rows.items() if path[:2] == _DERIVED],
        "only": _presence(every),
        "same": _same_rows(context, comparison, every, set(values)),
    }


def _same_rows(
    context: Context, comparison: Comparison, every: list[Architecture], different: set[Path]
) -> list[dict[str, Any]]:
    """Rows of the other settings: equal in all environments that have the component."""
    found: dict[Path, dict[str, str]] = {}
    for a in every:
        for path, value in comparison.settings(a.coordinate).items():
            if path not in different and value not in ((), {}):
                found.setdefault(path, {})[value_text(value)] = ""
    rows = [_setting(context, path) | {"values": list(values)} for path, values in found.items()]
    return sorted(rows, key=lambda row: row["whose"] != "Environment")


def _all_settings(difference: Difference) -> Iterable[ChangedSetting]:
    for item in (*difference.components, *difference.connections):
        yield from item.settings
    yield from difference.settings


def _order(every: list[Architecture], path: Path) -> tuple[bool, bool, int]:
    """Sort key: what people compare first, then facts about environments, then components in the order of the model."""
    names = _names_in(every)
    words = {word for part in path[2 if path[0] == "components" else 1 :] for word in str(part).split("_")}
    component = path[0] == "components"
    return not words & _COMPARED_FIRST, component, names.index(str(path[1])) if component else 0


def _names_in(every: list[Architecture]) -> list[str]:
    """The ids of all components of these architectures."""
    return list(dict.fromkeys(name for a in every for name in a.components))


def _presence(every: list[Architecture]) -> list[dict[str, Any]]:
    """A row for each component that some environments lack, with the names of the environments that have it."""
    rows = []
    for name in _names_in(every):
        having = [a for a in every if name in a.components]
        if len(having) < len(every):
            names = [a.environment.name for a in having]
            rows.append({"id": name, "title": having[-1].components[name].title, "environments": names})
    return rows


# -- phases ----------------------------------------------------------------------------------------------


def _road(context: Context, comparison: Comparison, cloud: str) -> dict[str, Any]:
    """The phases of the last environment: what the first one starts with, and the steps from each phase to the next."""
    standing = context.resolved.standing(cloud, context.axes.environments[-1])
    phases = context.axes.phases
    at = [replace(standing.coordinate, phase=phase) for phase in phases]
    reached = phases.index(standing.coordinate.phase)
    steps = [
        {
            "id": phase,
            "phase": context.document.phases[phase],
            "past": position < reached,
            "here": position == reached,
            "first": position == 0,
            "promises": _promise_rows(context, at[position - 1] if position else None, at[position]),
            "picture": _road_picture(context, at[position]),
            **_difference_rows(context, comparison.of(at[max(position - 1, 0)], at[position])),
        }
        for position, phase in enumerate(phases)
    ]
    return {"id": cloud, "name": standing.facts.name, "steps": steps}


def _road_picture(context: Context, after: Coordinate) -> dict[str, Any]:
    """The picture of the step to a phase; its `svg` is None if nothing differs, as in the first phase."""
    graph = context.graph("road", after)
    shown = context.inline_svg(graph, "road") if graph.nodes() else None
    return {"svg": shown, "title": graph.title, "description": graph.description}


def _promise_rows(context: Context, one: Coordinate | None, other: Coordinate) -> list[dict[str, Any]]:
    """A row for each item that the phase of `other` brings: its text, and what of it the model contains there.

    `one` is the coordinate in the phase before, and None for the first phase.
    """
    before = context.resolved.architectures[one] if one else None
    after = context.resolved.architectures[other]
    assert after.phase
    return [
        {
            "text": promise.text,
            "parts": [
                {
                    "says": part.says,
                    "because": part.because,
                    "places": [_place(context, place) for place in part.places],
                }
                for part in promise.parts
            ],
        }
        for promise in promises(after.phase, before, after)
    ]


def _place(context: Context, place: BuiltPlace) -> dict[str, Any]:
    return _setting(context, place.path) | {"built": place.built}


# -- clouds ----------------------------------------------------------------------------------------------


def _clouds(context: Context, comparison: Comparison, other: str, environment: str) -> dict[str, Any]:
    one, two = (context.axes.stands(cloud, environment) for cloud in (context.axes.primary, other))
    heads = [context.resolved.architectures[c].facts.name for c in (one, two)]
    several = len(context.axes.clouds) > 2
    rows = _difference_rows(context, comparison.of(one, two))
    # The table of products already shows these.
    rows |= {"added": [], "removed": [], "changes": [c for c in rows["changes"] if c["name"] != "product"]}
    name = context.document.environments[environment].name
    return {
        "tab": f"{name}, {heads[1]}" if several else name,
        "heads": heads,
        **rows,
        "products": _products(context, one, two),
    }


def _products(context: Context, one: Coordinate, other: Coordinate) -> list[dict[str, Any]]:
    """A row for each component whose product differs between the two clouds, or that one of them lacks."""
    a, b = (context.resolved.architectures[c] for c in (one, other))
    rows = []
    for name in dict.fromkeys([*a.components, *b.components]):
        sides = [x.components.get(name) for x in (a, b)]
        products = [x.product(side) if side else None for x, side in zip((a, b), sides, strict=True)]
        component = sides[0] or sides[1]
        if component and (products[0] != products[1] or None in sides):
            rows.append({"id": name, "title": component.title, "products": products})
    return rows


# -- a difference in rows ---------------------------------------------------------------------------------


def _difference_rows(context: Context, difference: Difference) -> dict[str, Any]:
    """A difference for the templates: `added` and `removed` components, `connections`, `changes` of settings, `files`, `runbooks`.

    `written` has the changes of settings that are only documentation, and `subnets` those of ranges that follow from the range of the
    environment and the tiers; neither are in `changes`.
    """
    rows = [
        _setting(context, s.path)
        | {"old": value_text(s.old), "new": value_text(s.new), "list": _list_of(s.path)}
        | _line(context, s.new_at or s.old_at)
        for s in _all_settings(difference)
        if s.path[0] != "terraform"
    ]
    return {
        "added": [_item(context, item) for item in difference.components if item.what == "added"],
        "removed": [_item(context, item) for item in difference.components if item.what == "removed"],
        "connections": [_item(context, item) for item in difference.connections if item.what != "changed"],
        **{name: [row for row in rows if row["list"] == name] for name in ("changes", "subnets", "written")},
        "files": [c for c in difference.consequences if c.kind in ("variable file", "manifest")],
        "runbooks": [
            # A runbook that no environment has yet has no page.
            {"name": c.name, "page": f"runbooks/{c.name}" if c.name in runbooks_of(context.resolved) else ""}
            for c in difference.consequences
            if c.kind == "runbook"
        ],
    }


def _list_of(path: Path) -> str:
    """The list of a difference that the change of a setting is in."""
    return "written" if is_documentation(path) else "subnets" if path[:2] == ("environment", "subnets") else "changes"


def _item(context: Context, item: Item) -> dict[str, Any]:
    mark = {"added": "+", "removed": "−", "changed": "~"}[item.what]
    return {"id": item.id, "title": item.title, "mark": mark} | _line(context, item.at)


def _setting(context: Context, path: Path) -> dict[str, Any]:
    """The title and page of the component that a setting belongs to, and the name of the setting."""
    if path[0] == "environment":
        return {"whose": "Environment", "page": "environments", "name": dotted(path[1:])}
    if len(path) < 2:
        return {"whose": "", "page": "", "name": dotted(path)}
    if path[0] != "components":
        return {"whose": str(path[0]).capitalize(), "page": "", "name": dotted(path[1:])}
    titles = (
        a.components[str(path[1])].title for a in context.resolved.architectures.values() if path[1] in a.components
    )
    return {"whose": next(titles, str(path[1])), "page": f"components/{path[1]}", "name": dotted(path[2:])}


def _line(context: Context, at: Any) -> dict[str, Any]:
    return {"line": at.line if at else None, "edit": context.edit_link(at) if at else ""}
