"""Security and audit: what records and monitors every account, and where the records are protected from changes."""

from __future__ import annotations

from archgen.analysis.grouping import by_place
from archgen.draw.graph import Edge, Graph, Group, Icon, Node
from archgen.kinds.audit_log import AuditLog
from archgen.kinds.configuration_history import ConfigurationHistory
from archgen.kinds.object_store import ObjectStore
from archgen.kinds.observability import Observability
from archgen.kinds.threat_detection import ThreatDetection
from archgen.model.architecture import Architecture
from archgen.views._groups import calls_between, grouped, picture
from archgen.views._left_out import with_left_out

TITLE = "Security and audit"
QUESTION = "What is recorded and monitored in every {home}, and who could change the records?"
ORDER = 75
PART = ("controls",)
WATCHERS = (AuditLog, ConfigurationHistory, ThreatDetection)


def view(architecture: Architecture, horizon: Architecture) -> Graph:
    """The services that record and monitor, what they write to, and the accounts or projects that they cover."""
    a = architecture
    watchers = [name for name, component in a.components.items() if isinstance(component, WATCHERS)]
    written = {target for name in watchers for target in a.called_by(name)}
    archives = [n for n, c in a.components.items() if n in written or (isinstance(c, ObjectStore) and c.immutable)]
    names = list(dict.fromkeys([*watchers, *archives]))
    parts: list[Group | Node] = grouped(a, a, names, by_place)
    edges: list[Edge] = []
    homes = a.homes
    if watchers and homes:
        icon = Icon(a.facts.home_icon, tile=a.facts.home_label[:4])
        tiles = [Node(f"covered-{id_}", label, icon, page="environments") for id_, label in homes.items()]
        parts.insert(0, Group("covered", f"Every {a.facts.home}", "generic", tuple(tiles)))
        edges = [
            Edge(f"covered--{name}", "covered", name, _recorded(a, name)) for name in watchers if _covers_all(a, name)
        ]
    edges += calls_between(a, a, names)
    described = (
        f"What records and monitors every {a.facts.home} on {a.facts.full_name}, and where the records are stored. "
        "Only records of what happens to the system are drawn, not the signals that it sends itself."
    )
    graph = picture("audit", TITLE, described, a, parts if watchers else [], edges if watchers else [])
    logs = [name for name, component in a.components.items() if isinstance(component, Observability)]
    reason = "drawn in the picture of observability"
    return with_left_out(graph, dict.fromkeys(a.components, a), dict.fromkeys(logs, reason))


def _covers_all(a: Architecture, name: str) -> bool:
    component = a.components[name]
    return not isinstance(component, WATCHERS) or component.organization_wide


def _recorded(a: Architecture, name: str) -> str:
    component = a.components[name]
    if isinstance(component, AuditLog):
        return "calls"
    return "settings" if isinstance(component, ConfigurationHistory) else "findings"
