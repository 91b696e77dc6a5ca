"""For packages that extend archgen: the classes and functions that kinds, rules, views and outputs need (docs/guide/extending.md).

Everything else, apart from the classes of archgen's kinds (`from archgen.kinds.cache import Cache`), is private and may change in any
release. Each name is imported when it is first used, so that a package with a kind does not load what draws pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archgen.analysis.grouping import by_owner, by_place, by_runtime, together
    from archgen.artifacts.base import Artifact, Context, Emitted, Nav
    from archgen.diagnostics.diagnostic import Diagnostic, did_you_mean
    from archgen.draw.graph import Edge, Graph, Group, Icon, Node
    from archgen.model.answer import Lack
    from archgen.model.architecture import Architecture
    from archgen.model.base import (
        AccountRef,
        CapabilityId,
        ComponentId,
        Cpu,
        Date,
        Domain,
        Entity,
        HomeId,
        Id,
        Line,
        Listed,
        Memory,
        PhaseId,
        PlaceId,
        Port,
        ProductId,
        TeamId,
        Text,
        TierId,
        Version,
        WebAddress,
    )
    from archgen.model.component import Component, Member
    from archgen.model.coordinate import Coordinate
    from archgen.model.outcome import Outcome, Passed, Unsaid
    from archgen.model.resolve import Resolved
    from archgen.model.traits import Traits
    from archgen.project import Project
    from archgen.views._groups import calls_between, everything, grouped, picture
    from archgen.views._left_out import with_left_out
    from archgen.views._parts import call_label, component_page, edge_of, icon_of, member_node, node_of, product_node

_HOMES = {
    "archgen.artifacts.base": "Artifact Context Emitted Nav",
    "archgen.diagnostics.diagnostic": "Diagnostic did_you_mean",
    "archgen.draw.graph": "Edge Graph Group Icon Node",
    "archgen.model.answer": "Lack",
    "archgen.model.architecture": "Architecture",
    "archgen.model.base": (
        "AccountRef CapabilityId ComponentId Cpu Date Domain Entity HomeId Id Line Listed Memory "
        "PhaseId PlaceId Port ProductId TeamId Text TierId Version WebAddress"
    ),
    "archgen.model.component": "Component Member",
    "archgen.model.coordinate": "Coordinate",
    "archgen.model.outcome": "Outcome Passed Unsaid",
    "archgen.model.resolve": "Resolved",
    "archgen.model.traits": "Traits",
    "archgen.project": "Project",
    "archgen.analysis.grouping": "by_owner by_place by_runtime together",
    "archgen.views._groups": "calls_between everything grouped picture",
    "archgen.views._left_out": "with_left_out",
    "archgen.views._parts": "call_label component_page edge_of icon_of member_node node_of product_node",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "AccountRef",
    "Architecture",
    "Artifact",
    "CapabilityId",
    "Component",
    "ComponentId",
    "Context",
    "Coordinate",
    "Cpu",
    "Date",
    "Diagnostic",
    "Domain",
    "Edge",
    "Emitted",
    "Entity",
    "Graph",
    "Group",
    "HomeId",
    "Icon",
    "Id",
    "Lack",
    "Line",
    "Listed",
    "Member",
    "Memory",
    "Nav",
    "Node",
    "Outcome",
    "Passed",
    "PhaseId",
    "PlaceId",
    "Port",
    "ProductId",
    "Project",
    "Resolved",
    "TeamId",
    "Text",
    "TierId",
    "Traits",
    "Unsaid",
    "Version",
    "WebAddress",
    "by_owner",
    "by_place",
    "by_runtime",
    "call_label",
    "calls_between",
    "component_page",
    "did_you_mean",
    "edge_of",
    "everything",
    "grouped",
    "icon_of",
    "member_node",
    "node_of",
    "picture",
    "product_node",
    "together",
    "with_left_out",
]

if not TYPE_CHECKING:  # a type checker would take any name for a public one

    def __getattr__(name: str) -> object:
        """A public name, imported now."""
        if name not in _HOME_OF:
            raise AttributeError(f"module 'archgen.extending' has no attribute '{name}'")
        from importlib import import_module

        return getattr(import_module(_HOME_OF[name]), name)
