"""The edge and the request path: what is between a browser and the first service, and what protects it."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.analysis.grouping import by_place
from archgen.draw.graph import Graph
from archgen.kinds.certificates import Certificates
from archgen.kinds.ddos_protection import DdosProtection
from archgen.kinds.dns import Dns
from archgen.kinds.network_link import NetworkLink
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, OUTSIDE
from archgen.views._groups import calls_between, grouped, picture
from archgen.views._left_out import with_left_out

TITLE = "Edge and request path"
QUESTION = "What does a request pass through before it reaches our code, and what blocks malicious requests?"
ORDER = 20
PART = ("components",)
GUARDS = (Certificates, DdosProtection, Dns)


def view(architecture: Architecture, horizon: Architecture) -> Graph:
    """What people call, up to the first that do not pass requests on, and everything else at the edge but network links."""
    names = list(dict.fromkeys([*_path(architecture), *_edge_components(architecture)]))
    if not any(architecture.components[name].person for name in names):
        names = []
    described = (
        f"The path of a request on {architecture.facts.full_name}, from outside to the first service. "
        "Only what the requests of people pass through, and everything at the edge, is drawn."
    )
    parts = grouped(architecture, horizon, names, by_place)
    graph = picture("edge", TITLE, described, architecture, parts, calls_between(architecture, architecture, names))
    return with_left_out(graph, dict.fromkeys(architecture.components, architecture), _reasons(architecture))


def _path(a: Architecture) -> Iterator[str]:
    """People, and what their requests reach, up to and including the first that do not pass them on."""
    waiting = [name for name, component in a.components.items() if component.person]
    seen = set(waiting)
    while waiting:
        name = waiting.pop(0)
        yield name
        if a.components[name].person or a.traits(name).proxy:
            fresh = [target for target in a.called_by(name) if target not in seen]
            seen.update(fresh)
            waiting += fresh


def _reasons(a: Architecture) -> dict[str, str]:
    """Why the picture may not show what the internet reaches, what passes requests on, and systems that send requests."""
    reasons = {}
    for name, component in a.components.items():
        traits = a.traits(name)
        if a.place(component) == OUTSIDE or a.site_of(component):
            if any(a.place(a.components[c.head]) != OUTSIDE for c in a.traffic_from(name)):
                reasons[name] = "only the requests of people are followed"
        elif isinstance(component, NetworkLink):
            if a.place(component) == EDGE:
                reasons[name] = "no request of a person passes there"
        elif traits.entrance:
            reasons[name] = "open to the internet, but no request of a person leads there"
        elif traits.proxy or isinstance(component, GUARDS):
            reasons[name] = "no request of a person passes there before the first service"
    return reasons


def _edge_components(a: Architecture) -> Iterator[str]:
    return (
        name
        for name, component in a.components.items()
        if a.place(component) == EDGE and not isinstance(component, NetworkLink)
    )
