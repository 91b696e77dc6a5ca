"""The data platform: from the sources of data through pipelines to stores for analysis, and on to those that use them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from archgen.draw.graph import Edge, Graph
from archgen.model.architecture import Architecture
from archgen.model.connections import Connection
from archgen.views._groups import calls_between, everything, grouped, noted, picture
from archgen.views._kinds import is_like
from archgen.views._left_out import with_left_out

TITLE = "Data platform"
QUESTION = "Where does data for analysis come from, what changes it on its way, where is it kept, and who uses it?"
ORDER = 55
PART = ("components",)

PIPELINES, QUERIES, CATALOGS = ("data-pipeline",), ("query-engine",), ("data-catalog",)
WAREHOUSES, REPORTS = ("data-warehouse",), ("business-intelligence",)
_CORE = (*PIPELINES, *WAREHOUSES, *QUERIES, *CATALOGS, *REPORTS)
# Kinds whose connections carry no data for analysis: other views have them as their subject.
_SUPPORT = (
    "audit-log",
    "authorization",
    "certificates",
    "configuration-store",
    "key-management",
    "observability",
    "registry",
    "secret-store",
    "single-sign-on",
    "user-directory",
    "workload-federation",
)
# The groups by role, in the order of the data.
_ROLES = {
    "sources": "Sources",
    "starters": "Schedules and workflows",
    "pipelines": "Pipelines",
    "stores": "Stores for analysis",
    "queries": "Catalogs and queries",
    "users": "Reports and users",
}


def view(architecture: Architecture, horizon: Architecture) -> Graph:
    """Pipelines, warehouses, catalogs, query engines and reports, in groups by role with what gives them data and what uses it."""
    a, sources = architecture, everything(architecture, horizon)
    roles = _Roles(a, horizon)
    lines = list(calls_between(a, horizon, sources, why=True, keep=roles.is_drawn))
    lines += _stated_lines(a, horizon, lines)
    ends = {end for line in lines for end in (line.tail, line.head)}
    by_role = {name: roles.role(name) for name in sources if name in ends}

    def order(name: str) -> int:
        return list(_ROLES).index(by_role[name])

    names = sorted(by_role, key=order)
    parts = grouped(a, horizon, names, lambda _a, name: (f"role-{by_role[name]}", _ROLES[by_role[name]], "generic"))
    described = (
        f"Data for analysis on {a.facts.full_name}: its sources, the pipelines that move it, its stores, and who uses it. "
        "Only pipelines, warehouses, catalogs, query engines and reports are drawn, with what they exchange data with, "
        "and what fills the streams and buckets among these."
    )
    shown = noted(parts, lambda name: _mode(sources[name], name)) if roles.core else []
    lines = [replace(line, against=order(line.tail) > order(line.head)) for line in lines]
    graph = picture("data-platform", TITLE, described, a, shown, lines if roles.core else [])
    return with_left_out(graph, sources, _reasons(roles) if roles.core else {})


class _Roles:
    """What each component does in the data platform, as far as its kind, its traits and its connections say."""

    def __init__(self, a: Architecture, horizon: Architecture) -> None:
        self.sources = everything(a, horizon)
        self.core = [name for name in self.sources if self.is_like(name, _CORE)]
        known = {c.id: c for c in chain(horizon.traffic, a.traffic)}
        self.near = [c for c in known.values() if self._is_near(c)]
        self.described = {name for source in (a, horizon) for name in _described(source)}
        neighbors = {end for c in self.near for end in (c.tail, c.head)} - {*self.core}
        self.fed = {name for name in neighbors if self._is_filled_by_others(name)}

    def is_like(self, name: str, kinds: Iterable[str]) -> bool:
        """Whether the kind of a component is one of these, or like one of them."""
        return is_like(self.sources[name], name, tuple(kinds))

    def _is_near(self, c: Connection) -> bool:
        """Whether a connection carries data to or from the platform, or starts a part of it."""
        ends = {c.tail, c.head}
        return bool(ends & {*self.core}) and c.kind != "control" and not any(self.is_like(e, _SUPPORT) for e in ends)

    def _is_filled_by_others(self, name: str) -> bool:
        """Whether what fills a component is a source, too: of a stream or a bucket it is, of the database of an application it is not."""
        return self.sources[name].traits(name).carrier or self.is_like(name, ("object-store",))

    def is_drawn(self, c: Connection) -> bool:
        """Whether a connection belongs to the picture: one of the platform, or one that fills a stream or a bucket that it uses."""
        return self._is_near(c) or (self._fills(c) and not self.is_like(c.tail, _SUPPORT))

    def _fills(self, c: Connection) -> bool:
        return c.head in self.fed and c.kind != "control" and c.data != "received"

    def role(self, name: str) -> str:
        """The role of a component that is drawn, as a key of `_ROLES`."""
        for role, kinds in (
            ("pipelines", PIPELINES),
            ("stores", WAREHOUSES),
            ("queries", (*QUERIES, *CATALOGS)),
            ("users", REPORTS),
            ("starters", ("schedule", "workflow")),
        ):
            if self.is_like(name, kinds):
                return role
        source = self.sources[name]
        if source.components[name].person:
            return "users"
        if source.traits(name).starts:
            return "starters"
        return self._role_by_data(name)

    def _role_by_data(self, name: str) -> str:
        """The role of a component of any other kind, by the ways that its data goes."""
        if name in self.described:
            return "stores"
        gives, gets = self._directions(name)
        keeps = bool(self.sources[name].traits(name).keeps_data)
        if gets and (keeps or not gives):
            return "stores" if keeps else "users"
        return "sources"

    def _directions(self, name: str) -> tuple[bool, bool]:
        """Whether a component gives data to the platform, and whether it gets data from it.

        The caller gets the data of a connection for both ways, or without a stated one, unless it calls a pipeline.
        """
        gives = gets = False
        for c in self.near:
            if name in (c.tail, c.head):
                out = c.data == "sent" or (c.data != "received" and self.is_like(c.head, PIPELINES))
                from_name = out == (name == c.tail)
                gives, gets = gives or from_name, gets or not from_name
        return gives, gets


def _described(a: Architecture) -> Iterator[str]:
    """The components that catalogs describe, that query engines read, and in which they store results."""
    for name, component in a.components.items():
        yield from _stated(component, "describes")
        yield from _stated(component, "results_in") if is_like(a, name, QUERIES) else ()
        if is_like(a, name, QUERIES):
            yield from (c.head for c in a.traffic_from(name) if c.data != "sent" and a.traits(c.head).keeps_data)


# Settings that name other components, with the words on the line from the component to each of these.
_RELATIONS: Mapping[str, str] = {"describes": "describes", "catalog": "looks up tables", "results_in": "results"}


def _stated_lines(a: Architecture, horizon: Architecture, lines: Iterable[Edge]) -> Iterator[Edge]:
    """A line for each component that a setting of a catalog or a query engine names, unless a connection leads there."""
    joined = {(line.tail, line.head) for line in lines}
    for source in (a, horizon):
        for name, component in source.components.items():
            if not is_like(source, name, (*QUERIES, *CATALOGS)):
                continue
            for setting, words in _RELATIONS.items():
                for target in _stated(component, setting):
                    if target in source.components and (name, target) not in joined:
                        joined.add((name, target))
                        yield Edge(f"{name}--{setting}-{target}", name, target, words, planned=source is not a)


def _stated(component: object, setting: str) -> tuple[str, ...]:
    """The IDs that a setting names; a kind that is like another one may declare the setting as something else."""
    value = getattr(component, setting, None)
    return tuple(id_ for id_ in (value if isinstance(value, tuple) else (value,)) if isinstance(id_, str))


def _mode(a: Architecture, name: str) -> str:
    """How a pipeline runs; empty for other components, and if the model does not state it."""
    mode = getattr(a.components[name], "mode", None)
    return mode if isinstance(mode, str) and is_like(a, name, PIPELINES) else ""


def _reasons(roles: _Roles) -> dict[str, str]:
    """Why the picture may not show a part of the platform, or what a part of it has a connection to."""
    reasons = dict.fromkeys(roles.core, "the model does not say which data they get or give")
    for name, source in roles.sources.items():
        if roles.is_like(name, _SUPPORT):
            ends = {c.tail for c in source.traffic_to(name)} | {c.head for c in source.traffic_from(name)}
            if ends & {*roles.core}:
                reasons[name] = "they support the platform and carry no data for analysis"
    return reasons
