"""The phases: what each one adds and what it changes, side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from archgen.analysis.changes import Item, components, connections
from archgen.analysis.reached import reached
from archgen.diagnostics.diagnostic import Path
from archgen.draw.graph import Graph, Group, Node
from archgen.kinds.cluster_add_on import ClusterAddOn
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.model.wording import setting_label
from archgen.views._groups import picture
from archgen.views._left_out import with_left_out
from archgen.views._parts import component_page, icon_of, node_of

TITLE = "Phases"
QUESTION = "What does each growth phase add, and what does it change?"
ORDER = 90
PART = ("phases",)
ALL_PHASES = True  # needs the architectures of every phase


def view(architecture: Architecture, horizon: Architecture, road: tuple[Architecture, ...] = ()) -> Graph:
    """A group for each phase: the path of a request in the first, then what each one adds and changes. `road` has every phase."""
    a = architecture
    steps = road if len(road) > 1 else ()
    current = a.coordinate.phase
    groups: list[Group | Node] = []
    planned = False
    for position, step in enumerate(steps):
        nodes = _first_phase(step) if position == 0 else _later_phase(steps[position - 1], step)
        nodes = [replace(node, planned=planned, id=f"{step.coordinate.phase}-{node.id}") for node in nodes]
        assert step.phase
        today = " (today)" if step.coordinate.phase == current else ""
        label = f"{step.phase.name}{today}"
        columns: Literal["row"] | int = 5 if len(nodes) > 3 else "row"
        groups.append(Group(f"phase-{step.coordinate.phase}", label, "generic", tuple(nodes), columns))
        planned = planned or step.coordinate.phase == current
    described = (
        f"What each phase adds and changes on {a.facts.full_name} in {a.environment.name.lower()}. "
        "Of the first phase, only the path of a request is drawn."
    )
    parts = [Group("phases", "", "none", tuple(groups), "column")] if groups else []
    graph = picture("phases", TITLE, described, a, parts, [], "grid")
    first = road[0] if road else a
    reason = "in the first phase already, outside the path of a request, and unchanged later"
    return with_left_out(graph, dict.fromkeys(first.components, first), dict.fromkeys(first.components, reason))


def _first_phase(a: Architecture) -> list[Node]:
    """The components on the path of a request. All components would be too many, and other views show them."""
    return [node_of(a, name) for name in a.components if name in reached(a)]


def _later_phase(before: Architecture, after: Architecture) -> list[Node]:
    """The components that a phase adds, removes or changes; the note says what changes."""
    changes = {item.id: item for item in components(before, after)}
    calls: dict[str, list[str]] = {}
    for item in connections(before, after):
        tail, _, head = item.id.partition("--")
        calls.setdefault(tail, []).append(f"calls {head}")
    nodes = [
        node_of(after, n, note=f"new: {_product_name(after, n)}") for n, item in changes.items() if item.what == "added"
    ]
    nodes += [node_of(before, n, note="removed") for n, item in changes.items() if item.what == "removed"]
    for name, component in after.components.items():
        changed = _settings(component, changes[name]) if name in changes else []
        changed = list(dict.fromkeys([*changed, *sorted(calls.get(name, ()))]))
        if name in before.components and changed:
            product = after.product(component)
            note = f"now: {product.short}" if product and "product" in changed else ", ".join(changed[:3])
            icon = icon_of(after, component.product, component)
            nodes.append(Node(name, component.title, icon, note, component_page(name)))
    return nodes


def _settings(component: Component, item: Item) -> list[str]:
    """The names of the settings that changed, in the order of the kind's fields."""
    fields = {name: position for position, name in enumerate(type(component).model_fields)}
    names = {(fields.get(str(s.path[2]), len(fields)), _setting_name(s.path[2:])) for s in item.settings}
    return [name for _position, name in sorted(names)]


def _product_name(a: Architecture, name: str) -> str:
    component = a.components[name]
    product = a.product(component)
    return product.short if product else ("add-on" if isinstance(component, ClusterAddOn) else component.label)


def _setting_name(path: Path) -> str:
    """The name of a setting for people: its first key, or the pool or namespace that it belongs to."""
    if path[0] == "node_pools" and len(path) > 1:
        return f"{path[1]} pool"
    if path[0] == "namespaces" and len(path) > 2:
        return f"{str(path[2]).replace('_', ' ')} of {path[1]}"
    if path[0] == "supporting_products":
        return "additional products"
    return setting_label(path[:1])
