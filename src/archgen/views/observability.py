"""Observability: from the sources of signals through collectors to their stores, and on to alerts and the teams that get them."""

from __future__ import annotations

from archgen.analysis.grouping import by_runtime
from archgen.analysis.reached import reached
from archgen.draw.graph import Edge, Graph, Group, Icon, Node
from archgen.kinds.observability import Observability
from archgen.model.architecture import Architecture
from archgen.model.component import OUTSIDE
from archgen.views._groups import calls_between, everything, grouped, picture
from archgen.views._left_out import with_left_out
from archgen.views._parts import component_page, icon_of

TITLE = "Observability"
QUESTION = "Where do metrics, logs and traces go, and who is alerted when something is wrong?"
ORDER = 80
PART = ("observability",)


def view(architecture: Architecture, horizon: Architecture) -> Graph:
    """Everything that sends signals, the products that store them, and the alerts with their teams."""
    a = architecture
    sources = everything(a, horizon)
    stores = [name for name, component in a.components.items() if isinstance(component, Observability)]
    senders = _senders(horizon, stores)
    names = [name for name in sources if name in senders]
    parts: list[Group | Node] = grouped(a, horizon, names, by_runtime)
    parts += [_store(a, horizon, name) for name in stores]
    calls = calls_between(a, horizon, [*names, *stores], why=True)
    edges = [e for e in calls if e.head in {*senders, *stores} and e.tail in senders]
    edges = [
        Edge(
            e.id,
            e.tail,
            f"store-{e.head}" if e.head in stores else e.head,
            e.label,
            planned=e.planned,
            caller=e.caller,
            meaning=e.meaning,
        )
        for e in edges
    ]
    people, alerting = _people(a, stores)
    described = (
        f"Signals on {a.facts.full_name}: what sends them, where they are stored, and who gets the alerts. "
        "Only components with a connection to a store of signals, or to one that passes signals on, are drawn."
    )
    whole = [*parts, *people] if stores else []
    graph = picture("observability", TITLE, described, a, whole, [*edges, *alerting] if stores else [])
    return with_left_out(graph, sources, _reasons(a, stores))


def _reasons(a: Architecture, stores: list[str]) -> dict[str, str]:
    """Why the picture may not show what requests and events reach in the cloud."""
    lines = {c.tail for c in a.connections if c.from_segment and c.head in stores}
    reasons = {}
    for name in a.components:
        component = a.components[name]
        segment = a.segment_of(a.place(component))
        if name not in reached(a) or a.place(component) == OUTSIDE or a.site_of(component):
            continue
        if segment in lines and a.document.network:
            whole = a.document.network.segments[segment].name
            reasons[name] = f"the model states one line for all of {whole}, which the high-level view shows"
        else:
            reasons[name] = "the model does not say where the signals go"
    return reasons


def _senders(a: Architecture, stores: list[str]) -> set[str]:
    """The ids of the components that call a store, and of those that call these."""
    others = [c for c in a.traffic if c.tail != c.head]
    direct = {c.tail for c in others if c.head in stores}
    return direct | {c.tail for c in others if c.head in direct}


def _store(a: Architecture, horizon: Architecture, name: str) -> Group:
    """A group with every product that a store consists of; products of later phases are planned."""
    today = a.products_of(a.components[name])
    later = horizon.products_of(horizon.components[name]) if name in horizon.components else ()
    nodes = tuple(
        Node(
            f"{name}-{product}",
            a.catalog.products[product].short,
            icon_of(a, product),
            page=component_page(name),
            planned=product not in today,
            leaving=product not in later,
        )
        for product in dict.fromkeys([*today, *later])
    )
    return Group(f"store-{name}", a.components[name].title, "generic", nodes)


def _people(a: Architecture, stores: list[str]) -> tuple[list[Group | Node], list[Edge]]:
    """Alerts and the teams that they reach as groups of nodes, and the edges between them."""
    alerts = a.document.observability.alerts
    if not alerts or not stores:
        return [], []
    nodes = tuple(
        Node(f"alert-{id_}", alert.title, Icon(tile="!", category="security"), alert.severity, "observability")
        for id_, alert in alerts.items()
    )
    teams = dict.fromkeys(alert.team for alert in alerts.values())
    icon = Icon("onprem.client.Users")
    people = tuple(Node(f"team-{id_}", a.document.teams[id_].name, icon, page="observability") for id_ in teams)
    edges = [Edge(f"{stores[0]}--alerts", f"store-{stores[0]}", "alerts", "thresholds")]
    edges += [Edge(f"alert-{id_}--{alert.team}", f"alert-{id_}", f"team-{alert.team}") for id_, alert in alerts.items()]
    return [Group("alerts", "Alerts", "generic", nodes), Group("teams", "On call", "outside", people)], edges
