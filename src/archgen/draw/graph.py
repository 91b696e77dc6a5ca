"""The content of a picture without positions: nodes in nested groups, and edges between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Literal, get_args

from archgen.records import dataclass


@dataclass(frozen=True, slots=True)
class Icon:
    """A class of the diagrams package, or letters on a tile in the color of a category."""

    image: str | None = None
    tile: str = ""
    category: str = "general"


Change = Literal["", "added", "removed", "changed", "stopped", "degraded", "unknown", "leaving"]
"""How a node or edge is marked in a picture of a difference or a failure, or if it leaves; empty if it is unaffected."""
Meaning = Literal["", "event", "control", "instead", "copy", "key", "route"]
"""What an edge stands for: a request if empty; an event, one component managing another, other connections, copies of data, encryption."""
SIGNS: Mapping[Change, str] = {
    "added": "+",
    "removed": "\u2212",
    "changed": "~",
    "stopped": "\u00d7",
    "degraded": "!",
    "unknown": "?",
    "leaving": "\u2192",
}


@dataclass(frozen=True, slots=True)
class Node:
    """One node, drawn as an icon with text. `page` is the page it links to.

    `planned` nodes do not exist yet at the coordinate; `leaving` nodes no longer exist in the last phase.
    """

    id: str
    label: str
    icon: Icon
    note: str = ""
    page: str | None = None
    planned: bool = False
    change: Change = ""
    leaving: bool = False
    stands_for: int = 0  # how many nodes it sums up
    context: bool = False  # not the subject of the picture, but connected with it: drawn paler

    @property
    def mark(self) -> Change:
        """How the node is marked: its change, or `leaving`."""
        return self.change or ("leaving" if self.leaving else "")

    @property
    def pale(self) -> bool:
        """Whether its picture is paler than those of others."""
        return self.planned or self.context or self.change == "removed"

    @property
    def signed(self) -> str:
        """The label with the sign of its mark, for formats that have no badges."""
        return f"{SIGNS[self.mark]} {self.label}" if self.mark else self.label


Arrangement = Literal["row", "column"] | int
"""How the children of a box are arranged; a number means columns."""


@dataclass(frozen=True, slots=True)
class Group:
    """A box around nodes and groups. `style` names a look; `arrange` is how its children are arranged.

    Groups with the same `peer` get the same size, so that zones line up. A `closed` box has contents that the picture does not show.
    """

    id: str
    label: str
    style: str
    children: tuple[Node | Group, ...]
    arrange: Arrangement = "row"
    peer: str = ""
    closed: bool = False

    @property
    def signed(self) -> str:
        """The label with dots if it is closed, for formats that do not draw them."""
        return f"{self.label} …" if self.closed else self.label

    def nodes(self) -> Iterator[Node]:
        """All nodes in it, at any depth, in order."""
        for child in self.children:
            if isinstance(child, Group):
                yield from child.nodes()
            else:
                yield child

    def groups(self) -> Iterator[Group]:
        """This group and all groups in it, outer ones first."""
        yield self
        for child in self.children:
            if isinstance(child, Group):
                yield from child.groups()


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow between two nodes or groups, given by id."""

    id: str
    tail: str
    head: str
    label: str = ""
    detail: str = ""  # what the label abbreviates, for the table
    both: bool = False
    dashed: bool = False
    planned: bool = False
    against: bool = False  # runs against the reading order: layouts place its ends as if it ran the other way
    change: Change = ""
    leaving: bool = False
    caller: Literal["", "tail", "head"] = ""  # which end calls the other, if the edge is a call
    meaning: Meaning = ""

    @property
    def mark(self) -> Change:
        """How the edge is marked: its change, or `leaving`."""
        return self.change or ("leaving" if self.leaving else "")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Components that a picture does not show, by their titles, and why, in words that follow the titles."""

    titles: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Graph:
    """One picture. `name` is its slug, `theme` the cloud whose style it uses; `root` itself is not drawn.

    `layout` is `grid`, in which groups determine positions, or a free graph, left to right (`flow`) or downwards (`down`). A graph
    that `turns` is drawn downwards if it would be too tall from left to right; a `dense` one has less space between nodes.
    """

    name: str
    title: str
    description: str
    theme: str
    layout: Literal["grid", "flow", "down"]
    root: Group
    edges: tuple[Edge, ...]
    left_out: tuple[LeftOut, ...] = field(default=(), compare=False, repr=False)  # no part of the picture itself
    turns: bool = False
    dense: bool = False

    def nodes(self) -> dict[str, Node]:
        """All nodes by id."""
        return {node.id: node for node in self.root.nodes()}

    def changes(self) -> tuple[Change, ...]:
        """The marks that the picture shows, in the order of its legend."""
        shown = {node.mark for node in self.root.nodes()} | {edge.mark for edge in self.edges}
        return tuple(change for change in get_args(Change) if change and change in shown)

    def groups(self) -> dict[str, Group]:
        """All groups by id, without the root."""
        return {group.id: group for group in self.root.groups() if group is not self.root}

    def shape(self) -> Graph:
        """The graph without what no place in a picture depends on: icons, pages, what labels abbreviate, and the text beside it. Pictures
        of the same shape have the same layout and routes.
        """
        edges = tuple(replace(edge, detail="") if edge.detail else edge for edge in self.edges)
        return replace(self, name="", title="", description="", root=_plain(self.root), edges=edges, left_out=())


_NO_ICON = Icon()


def _plain(group: Group) -> Group:
    children = tuple(
        _plain(child) if isinstance(child, Group) else replace(child, icon=_NO_ICON, page=None)
        for child in group.children
    )
    return replace(group, children=children)
