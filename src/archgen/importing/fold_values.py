"""The changes of a model that state the values of one environment where they differ from what the model says about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from archgen.catalog.kubernetes_types import kubernetes_types
from archgen.diagnostics.diagnostic import Diagnostic, Path, dotted
from archgen.importing.clusters import is_object
from archgen.importing.environment_view import EnvironmentView
from archgen.importing.fold_places import conflict
from archgen.importing.importing import Import
from archgen.importing.known import CLUSTER
from archgen.importing.placing import FoundComponent
from archgen.importing.resource_types import all_mappings, all_types
from archgen.reading.changes import AddKey, Change, DeleteKey, RenameKey, SetValue

# Keys of a component that are compared elsewhere, or that say nothing about the system.
_NOT_COMPARED = frozenset({"kind", "title", "calls", "assumed", "in", "when"})
# What an import reads of every component, in addition to what the table of its types lists.
_POOLS = "node_pools"
_ALWAYS_READ = ("identifier", "placement", "endpoint_in", "nodes_in", "zones", "terraform_addresses")


class ValueChanges:
    """Compares all values of an environment with those of the files.

    `joined` has the components that the model did not have in this environment before. `conflicts` has a diagnostic for each value
    that the model states for this environment only, and that differs. `notes` says what could not be told apart.
    """

    def __init__(self, view: EnvironmentView, found: Import, joined: Iterable[str], *, is_new: bool) -> None:
        self.view, self.found, self.joined = view, found, frozenset(joined)
        self.conflicts: list[Diagnostic] = []
        self.notes: list[str] = []
        self._patches: dict[Path, dict[int, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
        self._base: list[Change] = []
        components = {component.id: component for component in found.placed.components}
        for name, facts in found.model["components"].items():
            if name in components:
                self._component(components[name], facts)
            else:
                self._namespaces(name, facts)
        if "network" in found.model:
            self._network(found.model["network"], is_new)
        for id_, facts in found.model.get("networks", {}).items():
            self._further_network(id_, facts, is_new)

    def changes(self) -> list[Change]:
        """The changes, in the order of the model."""
        return [
            *self._base,
            *(change for root, by_mask in self._patches.items() for change in self._when(root, by_mask)),
        ]

    def _component(self, component: FoundComponent, facts: dict[str, Any]) -> None:
        root: Path = ("components", component.id)
        kind = self.view.tree.get((*root, "kind"))
        if kind is not None and kind.value != component.kind:
            self.conflicts.append(conflict((*root, "kind"), kind, component.kind, component.addresses[0]))
            return
        old = self.view.value(root) or {}
        facts = {key: value for key, value in facts.items() if key not in _NOT_COMPARED} | {
            "assumed": facts.get("assumed", ())
        }
        named = self.found.literal_name(component)
        facts.pop("identifier", None)
        if named and named != (old.get("identifier") or self.view.name_of_resource(str(old.get("name", component.id)))):
            facts = {"identifier": named, **facts}
        elif named and "identifier" in old:
            facts = {"identifier": old["identifier"], **facts}
        joined = component.id in self.joined
        if is_object(component):
            if "runs_on" in old:  # objects do not say in which cluster they are
                facts["runs_on"] = old["runs_on"]
        elif not joined and set(facts["terraform_addresses"]) <= set(old.get("terraform_addresses", ())):
            facts["terraform_addresses"] = old["terraform_addresses"]
        sources = {name: source for name, (_value, source) in component.settings.items()}
        comparison = _Comparison(root, _read_of(component), sources, joined)
        self._merge(comparison, (), facts, old)
        if joined:
            self._limit_missing(comparison, (), facts, old)
            self._merge(comparison, ("calls",), self._shared_calls(component.id), old.get("calls", {}))

    def _namespaces(self, id_: str, facts: Mapping[str, Any]) -> None:
        """Compare the limits of the namespaces of a cluster that only the model has."""
        root: Path = ("components", id_)
        old = self.view.value(root) or {}
        stated = {key: facts[key] for key in ("namespaces", "node_pools") if key in facts}
        self._merge(_Comparison(root, frozenset(), {}, joined=False), (), stated, old)

    def _shared_calls(self, id_: str) -> dict[str, Any]:
        """What connections of a component state here that other environments have, too."""
        calls: dict[str, Any] = self.found.model["components"][id_].get("calls", {})
        now = self.view.value(("components", id_, "calls")) or {}
        return {target: facts for target, facts in calls.items() if target in now}

    def _network(self, facts: dict[str, Any], joined: bool) -> None:
        root: Path = ("network",)
        old = self.view.value(root) or {}
        cloud = self.found.cloud
        if facts.get("identifier", "") == (
            old.get("identifier") or self.view.name_of_resource(str(old.get("name", "network")))
        ):
            facts = {**facts, "identifier": old["identifier"]} if "identifier" in old else _without(facts, "identifier")
        tiers = {
            tier: {key: value for key, value in stated.items() if key != "name"}
            for tier, stated in facts["tiers"].items()
        }
        read = {"identifier", *(f"{cloud}.{key}" for found in self.found.networks[:1] for key in found.own)}
        read |= {f"tiers.{tier}.{key}" for tier, stated in tiers.items() for key in stated}
        gone = {*((self.view.base((*root, "tiers")) or self.view.root).plain())} - {*tiers}
        read |= {
            f"{cloud}.{key}" for key, value in old.get(cloud, {}).items() if isinstance(value, str) and value in gone
        }
        comparison = _Comparison(root, frozenset(read), {}, joined)
        facts = {**facts, "tiers": tiers}
        self._merge(comparison, (), facts, old)
        if joined:
            self._limit_missing(comparison, (), facts, old)

    def _further_network(self, id_: str, facts: Mapping[str, Any], joined: bool) -> None:
        root: Path = ("networks", id_)
        tiers = {
            # The names of tiers that the model has are those that people gave; a new tier needs one.
            tier: _without(stated, "name") if self.view.tree.get((*root, "tiers", tier)) else stated
            for tier, stated in facts.get("tiers", {}).items()
        }
        facts = {**_without(facts, "name"), **({"tiers": tiers} if tiers else {})}
        self._merge(_Comparison(root, frozenset(), {}, joined), (), facts, self.view.value(root) or {})

    # What differs.

    def _merge(self, comparison: _Comparison, path: Path, new: Mapping[str, Any], old: Mapping[str, Any]) -> None:
        """Find what a mapping states differently from the model, at `path` of what is compared."""
        for key, value in new.items():
            now, here = old.get(key), (*path, key)
            if key == "assumed" or _same(value, now):
                continue
            if isinstance(value, Mapping) and isinstance(now, Mapping):
                self._merge(comparison, here, value, now)
            else:
                self._differing(comparison, here, value, now, assumed=key in new.get("assumed", ()))

    def _differing(self, comparison: _Comparison, path: Path, value: Any, now: Any, *, assumed: bool) -> None:
        # What is only usual does not contradict a model, unless a file would have said it, as it does for another environment.
        if assumed and not (comparison.joined and (now is None or comparison.reads(path))):
            return
        full = (*comparison.root, *path)
        existing = self.view.presence(full)
        if now is not None and self._is_stated(full) and not self.view.decided_at(full) & ~self.view.here:
            node = self.view.tree.get(full)
            assert node is not None
            self.conflicts.append(conflict(full, node, value, comparison.sources.get(dotted(path), "")))
        elif now is None and (self._is_address_of_all(full) or not existing & ~self.view.here):
            self._add(comparison.root, path, value)
        else:
            _put(self._patches[comparison.root][self.view.here], path, value, assumed=assumed)

    def _is_address_of_all(self, path: Path) -> bool:
        """Whether addresses that the model does not state yet are those of all environments, which the same code makes."""
        return path[-1] == "terraform_addresses" and self.view.base(path) is None

    def _is_stated(self, path: Path) -> bool:
        return self.view.base(path) is not None or bool(self.view.holding(path))

    def _add(self, root: Path, path: Path, value: Any) -> None:
        """Add a value that the model does not have anywhere."""
        taken = self.view.root.nearest((*root, *path))[1]
        for step in reversed((*root, *path)[len(taken) + 1 :]):
            value = {str(step): value}
        self._base.append(AddKey(taken, str((*root, *path)[len(taken)]), value))

    # What other environments have, and this one does not.

    def _limit_missing(
        self, comparison: _Comparison, path: Path, new: Mapping[str, Any], old: Mapping[str, Any]
    ) -> None:
        """Limit the values that an import would have read, if this environment had them, to the other environments."""
        for key, now in old.items():
            here = (*path, key)
            if key in _NOT_COMPARED and not path:
                continue
            if isinstance(now, Mapping) and isinstance(new.get(key), Mapping):
                self._limit_missing(comparison, here, new[key], now)
            elif key not in new and isinstance(now, Mapping) and not comparison.reads_all(here, now):
                self._limit_missing(comparison, here, {}, now)
            elif key not in new and comparison.reads_all(here, now):
                self._limit(comparison.root, here, now)

    def _limit(self, root: Path, path: Path, now: Any) -> None:
        full = (*root, *path)
        existing = self.view.presence(full)
        name = self.view.name_of(existing & ~self.view.here, existing) if existing & ~self.view.here else None
        if self.view.base(full) is None or self.view.holding(full) or name is None:
            if self._is_stated(full):
                self.notes.append(f"{dotted(full)} stays, although the files of this environment do not state it")
            return
        assumed = self.view.root.get((*full[:-1], "assumed"))
        is_assumed = assumed is not None and isinstance(assumed.value, list) and path[-1] in assumed.plain()
        if is_assumed and assumed is not None:
            left = [key for key in assumed.plain() if key != path[-1]]
            place = (*full[:-1], "assumed")
            self._base.append(SetValue(place, left) if left else DeleteKey(place))
        self._base.append(DeleteKey(full))
        _put(self._patches[root][existing & ~self.view.here], path, now, assumed=is_assumed)

    # How it is written.

    def _when(self, root: Path, by_mask: Mapping[int, dict[str, Any]]) -> Iterator[Change]:
        """The changes that state values under conditions, in those that the model has already if they mean the same."""
        existing = self.view.presence(root)
        node = self.view.root.get((*root, "when"))
        known: dict[str, Any] = node.plain() if node else {}
        new: dict[str, Any] = {}
        for mask, patch in sorted(by_mask.items(), key=lambda pair: pair[0] & -pair[0]):
            same = next((text for text in known if self.view.mask_of(text) & existing == mask & existing), None)
            equal = next((text for text, value in known.items() if value == patch), None)
            joined = self.view.name_of(self.view.mask_of(equal) | mask, existing) if equal else None
            if same is not None:
                yield SetValue((*root, "when", same), _merged(known[same], patch))
            elif equal is not None and joined:
                yield RenameKey((*root, "when", equal), joined)
            else:
                name = self.view.name_of(mask, existing)
                assert name is not None  # the mask is that of environments
                new[name] = patch
        if node is None and new:
            yield AddKey(root, "when", new, self._place_of_when(root))
        else:
            yield from (AddKey((*root, "when"), text, patch) for text, patch in new.items())

    def _place_of_when(self, root: Path) -> str | None:
        """The key after which `when` is added: the last one before the addresses and the connections."""
        node = self.view.root.get(root)
        deleted = {change.path for change in self._base if isinstance(change, DeleteKey)}
        entries = node.value if node and isinstance(node.value, dict) else {}
        keys: Sequence[str] = [key for key in entries if (*root, key) not in deleted]
        before = [key for key in keys if key not in ("terraform_addresses", "calls")]
        return before[-1] if before and keys[: len(before)] == before else None


class _Comparison:
    """What is compared: where it is in the model, the settings that an import would read, and the attributes that state them."""

    def __init__(self, root: Path, read: frozenset[str], sources: Mapping[str, str], joined: bool) -> None:
        self.root, self._read, self.sources, self.joined = root, read, sources, joined

    def reads(self, path: Path) -> bool:
        """Whether an import reads a setting if a file states it."""
        if path[:1] == (_POOLS,):  # of any name
            return f"{_POOLS}." in self._read
        return dotted(path) in self._read

    def reads_all(self, path: Path, value: Any) -> bool:
        """Whether an import reads a setting, or everything in a mapping of settings."""
        if isinstance(value, Mapping):
            return bool(value) and all(self.reads_all((*path, key), child) for key, child in value.items())
        return self.reads(path)


def _read_of(component: FoundComponent) -> frozenset[str]:
    """The settings that an import reads of a component: those of its type and of the types of its parts."""
    if is_object(component):
        return _read_of_object(component)
    types = {resource.type for resource in (*component.resources, *component.parts)}
    types |= {name for name, type_ in all_types().items() if type_.part_of in types}
    types |= {name for name, type_ in all_types().items() if type_.role == "relation"}  # such as listeners
    own = {rule.setting for name in types if name in all_mappings() for rule in all_mappings()[name].settings}
    if component.kind == "key-management":
        own.add("protects")
    if component.kind == CLUSTER:
        own.add(f"{_POOLS}.")
    return frozenset({*own, *_ALWAYS_READ})


def _read_of_object(component: FoundComponent) -> frozenset[str]:
    """The settings that Kubernetes objects state. Rendered manifests often leave the namespace to the command that applies them."""
    types = {resource.type for resource in component.resources}
    types |= {name for name, type_ in kubernetes_types().items() if type_.role == "part"}
    own = {rule.setting for name in types for rule in all_mappings()[name].settings}
    return frozenset(own if "namespace" in component.settings else own - {"namespace"})


def _same(one: Any, other: Any) -> bool:
    """Whether two values are equal; lists and tuples are, truth values and numbers are not."""
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _without(facts: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != key}


def _put(patch: dict[str, Any], path: Path, value: Any, *, assumed: bool) -> None:
    """Put a value into a patch, at a path."""
    for step in path[:-1]:
        patch = patch.setdefault(str(step), {})
    listed = patch.pop("assumed", [])
    patch[str(path[-1])] = value
    if assumed or listed:
        patch["assumed"] = sorted({*listed, *([str(path[-1])] if assumed else [])})


def _merged(one: Any, other: Any) -> Any:
    """A mapping with the entries of another one added; lists of assumed keys are joined."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return other
    merged = {**one}
    for key, value in other.items():
        both = key == "assumed" and isinstance(merged.get(key), list) and isinstance(value, list)
        merged[key] = sorted({*merged[key], *value}) if both else _merged(merged.get(key), value)
    return merged
