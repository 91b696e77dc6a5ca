"""The changes of a model that add an environment, and that say in which environments components, connections and tiers exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archgen.catalog.kubernetes_types import kubernetes_types
from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.importing.environment_view import EnvironmentView
from archgen.importing.importing import Import
from archgen.importing.known import KnownComponent
from archgen.importing.modeling import environment_rank
from archgen.importing.resource_types import all_mappings
from archgen.model.per_cloud import cloud_classes
from archgen.reading.changes import AddKey, Change, DeleteKey, SetValue
from archgen.reading.yaml_tree import YamlNode

CONFLICT = "ARC-I004"


def environment_changes(root: YamlNode, found: Import) -> tuple[list[Change], list[Diagnostic]]:
    """The changes that give the model the environment with its account and network range, and what contradicts the model."""
    changes: list[Change] = []
    problems: list[Diagnostic] = []
    stated = found.model["environments"][found.environment]
    place = dict(stated[found.cloud])
    path: Path = ("environments", found.environment, found.cloud)
    existing = root.get(path)
    if existing is None:
        account, more = _account(root, found, place)
        place |= {cloud_classes()[found.cloud].home.key: account}
        changes += more
        if root.get(path[:-1]) is None:
            changes.append(_placed(root, found, {**stated, found.cloud: place}))
        else:
            changes.append(AddKey(path[:-1], found.cloud, place))
    else:
        changes += _kept_place(root, path, place, found, problems)
    changes += _cloud(root, found, problems)
    return changes, problems


def _placed(root: YamlNode, found: Import, facts: Mapping[str, Any]) -> AddKey:
    """The change that adds the environment: after the last one that usually comes before it."""
    names = list((root.get(("environments",)) or root).plain())
    earlier = [name for name in names if environment_rank(name) < environment_rank(found.environment)]
    after = earlier[-1] if earlier else None
    return AddKey(("environments",), found.environment, dict(facts), after, first=after is None)


def _account(root: YamlNode, found: Import, place: Mapping[str, Any]) -> tuple[str, list[Change]]:
    """The account of a new environment, and the changes that add it. One that no environment uses yet is used if it has the number."""
    classes = cloud_classes()[found.cloud]
    id_ = str(place[classes.home.key])
    facts = found.model["organization"][found.cloud][classes.organization.key][id_]
    path: Path = ("organization", found.cloud, classes.organization.key)
    listed = root.get(path)
    if listed is None:
        return id_, _added(root, path, {id_: facts}, after="environments")
    known: Mapping[str, Any] = listed.plain()
    used = set(_homes(root, found.cloud, classes.home.key))
    for name, stated in known.items():
        if name not in used and (name == id_ or (facts.get("id") and stated.get("id") == facts["id"])):
            return name, []
    free, number = id_, 2
    while free in known:
        free, number = f"{id_}-{number}", number + 1
    before = [home for home in _homes(root, found.cloud, classes.home.key, found.environment) if home in known]
    return free, [AddKey(path, free, facts, before[-1] if before else None, first=not before and bool(used))]


def _homes(root: YamlNode, cloud: str, key: str, before: str | None = None) -> Iterator[str]:
    """The accounts of the environments, or only of those that usually come before another one."""
    environments = root.get(("environments",))
    for name, node in environments.value.items() if environments and isinstance(environments.value, dict) else ():
        home = node.get((cloud, key))
        if home and (before is None or environment_rank(name) < environment_rank(before)):
            yield str(home.value)


def _added(root: YamlNode, path: Path, value: Any, after: str) -> list[Change]:
    """The change that adds a value whose path may not exist yet."""
    taken = root.nearest(path)[1]
    for step in reversed(path[len(taken) + 1 :]):
        value = {str(step): value}
    return [AddKey(taken, str(path[len(taken)]), value, after if not taken and root.get((after,)) else None)]


def _kept_place(
    root: YamlNode, path: Path, place: Mapping[str, Any], found: Import, problems: list[Diagnostic]
) -> Iterator[Change]:
    """The changes of an environment that the model has: its range and the number of its account, if they are not stated."""
    classes = cloud_classes()[found.cloud]
    home = str((root.get((*path, classes.home.key)) or root).plain())
    facts = found.model["organization"][found.cloud][classes.organization.key][place[classes.home.key]]
    account: Path = ("organization", found.cloud, classes.organization.key, home)
    for where, key, value in ((path, "cidr", place.get("cidr")), (account, "id", facts.get("id"))):
        holder, now = root.get(where), root.get((*where, key))
        if value is None or holder is None or (now and now.plain() == value):
            continue
        if now:
            problems.append(conflict((*where, key), now, value))
        else:
            yield AddKey(where, key, value)


def _cloud(root: YamlNode, found: Import, problems: list[Diagnostic]) -> Iterator[Change]:
    """The changes of the zones of a cloud: a model has one list for all environments."""
    path: Path = ("clouds", found.cloud)
    facts = found.model["clouds"][found.cloud]
    region = root.get((*path, "region"))
    if region and "assumed" not in facts and region.value != facts["region"]:
        problems.append(conflict((*path, "region"), region, facts["region"]))
    zones = facts.get("availability_zones", [])
    now = root.get((*path, "availability_zones"))
    if now is None and zones:
        yield AddKey(path, "availability_zones", zones)
    elif now is not None and (more := [zone for zone in zones if zone not in now.plain()]):
        yield SetValue((*path, "availability_zones"), sorted([*now.plain(), *more]))


def conflict(path: Path, node: YamlNode, value: Any, source: str = "") -> Diagnostic:
    """The diagnostic for a value that the model states for the environment, and that differs from that of the files."""
    where = f" ({source})" if source else ""
    message = f"the model states {_short(node.plain())} here for this environment, and the files {_short(value)}{where}"
    help_ = "correct the one that is wrong: the model here, or the system; then import again"
    return Diagnostic(CONFLICT, message, help_, path, span=node.key_span or node.span)


def _short(value: Any) -> str:
    from archgen.reading.written import written

    text = written(value)
    return f"'{text[:60]}…'" if len(text) > 60 else f"'{text}'"


def presence_changes(view: EnvironmentView, found: Import, *, is_new: bool) -> list[Change]:
    """The changes that say which components, connections and tiers this environment has.

    What the files of an environment that the model knows do not contain stays: they may be of one stack of several.
    """
    changes: list[Change] = []
    _Presence(view, found, changes, is_new=is_new).add_all()
    return changes


class _Presence:
    def __init__(self, view: EnvironmentView, found: Import, changes: list[Change], *, is_new: bool) -> None:
        self.view, self.found, self.changes, self.is_new = view, found, changes, is_new
        self.components: Mapping[str, Any] = found.model["components"]
        self.placed = {component.id: component for component in found.placed.components}
        self.leaving = self._leaving()

    def _leaving(self) -> set[str]:
        """The components of other environments that came from Terraform, and that the files of a new environment do not have."""
        if not self.is_new:
            return set()
        known = {c.id for c in self.found.known.components if c.addresses} if self.found.has_terraform else set()
        known |= {c.id for c in self.found.known.components if not c.addresses and self._is_on_cluster(c)}
        return {name for name in known if name not in self.components and self._is_here(("components", name))}

    def _is_on_cluster(self, component: KnownComponent) -> bool:
        """Whether a component of the model may consist of Kubernetes objects of the cluster that the files are about."""
        runs_on = self.view.base(("components", component.id, "runs_on"))
        kinds = {type_.kind for type_ in kubernetes_types().values() if type_.role == "component"}
        return component.kind in kinds and runs_on is not None and runs_on.value == self.found.cluster

    def _is_here(self, path: Path) -> bool:
        return bool(self.view.presence(path) & self.view.here)

    def add_all(self) -> None:
        """Find all changes."""
        self._tiers()
        self._further_places("networks", after="network")
        self._further_places("sites", after="networks")
        for name in sorted(self.leaving):
            self._narrow(("components", name), after="kind")
        before = None
        for name, facts in self.components.items():
            path: Path = ("components", name)
            if self.view.base(path) is None:
                self._component(name, facts, before)
            else:
                if not self._is_here(path):
                    self._widen(path)
                self._namespaces(name, facts.get("namespaces", {}))
                if name in self.placed:
                    self._calls(name, facts.get("calls", {}))
            before = name
        for name in self._present_components():
            self._calls_to_leaving(name)

    def _present_components(self) -> list[str]:
        node = self.view.base(("components",))
        names = list(node.value) if node and isinstance(node.value, dict) else []
        return [name for name in names if name not in self.leaving and name not in self.components]

    def _component(self, name: str, facts: dict[str, Any], before: str | None) -> None:
        """Add a component that only this environment has."""
        limit = self._limit(self.view.axes.everywhere)
        named = self.placed[name].named if name in self.placed else ""
        if facts.get("identifier") == self.view.name_of_resource(name):
            facts = {key: value for key, value in facts.items() if key != "identifier"}
        elif "identifier" not in facts and named and named != self.view.name_of_resource(name):
            facts = {"kind": facts["kind"], "title": facts["title"], "identifier": named} | facts
        entry = {"kind": facts["kind"], **limit, **facts}
        self.changes.append(AddKey(("components",), name, entry, before))

    def _limit(self, existing: int) -> dict[str, Any]:
        """The `in` of what only this environment has, of something that exists at `existing`."""
        if not existing & ~self.view.here:
            return {}
        return {"in": self.view.names_of(self.view.here, existing)}

    def _calls(self, name: str, calls: Mapping[str, Any]) -> None:
        """Add the connections of a component that the model has, and limit those that this environment does not have."""
        path: Path = ("components", name)
        holder = self.view.base((*path, "calls"))
        limit = self._limit(self._after(path))
        new = {}
        for target, facts in calls.items():
            call = (*path, "calls", target)
            if self.view.base(call) is None:
                new[target] = {**limit, **facts}
            elif not self._is_here(call) and not self.view.own_presence(call) & self.view.here:
                self._widen(call)
        if new and holder is None:
            self.changes.append(AddKey(path, "calls", new))
        else:
            self.changes += [AddKey((*path, "calls"), target, facts) for target, facts in new.items()]
        self._calls_to_leaving(name, calls, declared=True)

    def _namespaces(self, name: str, namespaces: Mapping[str, Any]) -> None:
        """Add the namespaces of a cluster that the model has, and limit those that this environment does not have."""
        path: Path = ("components", name, "namespaces")
        holder = self.view.base(path)
        known: Mapping[str, Any] = holder.value if holder and isinstance(holder.value, dict) else {}
        limit = self._limit(self._after(path[:-1]))
        new = {space: {**limit, **facts} for space, facts in namespaces.items() if space not in known}
        if new and holder is None:
            self.changes.append(AddKey(path[:-1], "namespaces", new))
        else:
            self.changes += [AddKey(path, space, facts) for space, facts in new.items()]
        for space in known if namespaces else ():
            here = bool(self.view.own_presence((*path, space)) & self.view.here)
            if space in namespaces and not here:
                self._widen((*path, space))
            elif space not in namespaces and here and self.is_new:
                self._narrow((*path, space))

    def _after(self, path: Path) -> int:
        """The mask of where something exists after the changes: in this environment, and where it exists now."""
        return self.view.presence(path) | self.view.here

    def _calls_to_leaving(self, name: str, calls: Mapping[str, Any] | None = None, *, declared: bool = False) -> None:
        """Limit the connections to components that this environment does not have, and those that it does not declare."""
        if not self.is_new:
            return
        path: Path = ("components", name, "calls")
        node = self.view.base(path)
        shown = {ends for c in self.found.connections for ends in ((c.caller, c.called),)}
        known = {component.id for component in self.found.known.components if component.addresses}
        for target, call in node.value.items() if node and isinstance(node.value, dict) else ():
            if not self._is_here((*path, target)):
                continue
            missing = declared and target in known and (name, target) not in shown and _could_be_declared(call)
            if target in self.leaving or (missing and target not in (calls or {})):
                self._narrow((*path, target))

    def _tiers(self) -> None:
        """Say which tiers of the network this environment has."""
        network = self.found.model.get("network")
        path: Path = ("network", "tiers")
        if network is None:
            if (
                self.found.has_terraform
                and self.is_new
                and self.view.base(("network",)) is not None
                and self._is_here(("network",))
            ):
                self._narrow(("network",))
            return
        if self.view.base(("network",)) is None:
            after = "organization" if self.view.root.get(("organization",)) else None
            self.changes.append(AddKey((), "network", {**self._limit(self.view.axes.everywhere), **network}, after))
            return
        if not self._is_here(("network",)):
            self._widen(("network",))
        now = self.view.base(path)
        known: Mapping[str, Any] = now.value if now and isinstance(now.value, dict) else {}
        before = None
        for tier, facts in network["tiers"].items():
            if tier not in known:
                limit = self._limit(self._after(("network",)))
                self.changes.append(
                    AddKey(path, tier, {**limit, **facts}, before, first=before is None and bool(known))
                )
            elif not self.view.own_presence((*path, tier)) & self.view.here:
                self._widen((*path, tier))
            before = tier
        for tier in known if self.is_new else ():
            if tier not in network["tiers"] and self._is_here((*path, tier)):
                self._narrow((*path, tier))

    def _further_places(self, part: str, after: str) -> None:
        """Add the further networks or the sites that the model does not have. Those that it has stay: they may be in no file."""
        found = self.found.model.get(part, {})
        new = {}
        for id_, facts in found.items():
            if self.view.base((part, id_)) is None:
                new[id_] = {**self._limit(self.view.axes.everywhere), **facts}
            elif not self._is_here((part, id_)):
                self._widen((part, id_))
        if new and self.view.base((part,)) is None:
            before = next((key for key in (after, "network", "organization") if self.view.root.get((key,))), None)
            self.changes.append(AddKey((), part, new, before))
        else:
            self.changes += [AddKey((part,), id_, facts) for id_, facts in new.items()]

    def _widen(self, path: Path) -> None:
        """Let something that other environments have exist in this one, too."""
        self._set_presence(path, self.view.own_presence(path) | self.view.here)

    def _narrow(self, path: Path, after: str | None = None) -> None:
        """Let something exist in the other environments only."""
        self._set_presence(path, self.view.own_presence(path) & ~self.view.here, after)

    def _set_presence(self, path: Path, mask: int, after: str | None = None) -> None:
        around = self.view.presence(path[:-1])
        names = self.view.names_of(mask & around, around) if mask & around else []
        has = self.view.root.get((*path, "in")) is not None
        if not around & ~mask:
            self.changes += [DeleteKey((*path, "in"))] if has else []
        elif has:
            self.changes.append(SetValue((*path, "in"), names))
        elif names:
            inside = after if self.view.root.get((*path, after or "")) is not None else None
            self.changes.append(AddKey(path, "in", names, inside, first=inside is None))


def _could_be_declared(call: YamlNode) -> bool:
    """Whether a connection may be one that Terraform declares, so that a file without the declaration does not have it."""
    facts = call.plain()
    return any(
        rule.states and all(facts.get(key) == value for key, value in rule.states.items())
        for mapping in all_mappings().values()
        for rule in mapping.connections
    ) or {"protocol", "port"} >= {*facts}
