"""The comparison of a model with files, at one coordinate or at all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from archgen.drifting.connections import Exposure, compare_connections, compare_exposures, find_exposures
from archgen.drifting.findings import CODES, Drift, DriftCoverage, Fit
from archgen.drifting.limits import compare_limits
from archgen.drifting.matching import (
    ADDRESS,
    Matches,
    is_workload,
    match_components,
    modules_of,
    why_not_covered,
)
from archgen.drifting.network import compare_account, compare_network, compare_places, network_of
from archgen.drifting.node_pools import compare_node_pools, compare_pools_of_objects
from archgen.drifting.places import (
    compare_further_networks,
    compare_joined,
    compare_places_elsewhere,
    names_of_places,
)
from archgen.drifting.settings import compare_settings
from archgen.drifting.stated import StatedModel
from archgen.importing.found_network import FoundNetwork
from archgen.importing.found_places import left_out_of
from archgen.importing.importing import Import
from archgen.importing.modeling import home_of
from archgen.importing.placing import FoundComponent
from archgen.importing.resource import Resource
from archgen.importing.same_stack import are_of_one_stack
from archgen.importing.terraform_json import TerraformFile
from archgen.model.coordinate import Coordinate
from archgen.model.resolve import Resolved


class ModelComparison:
    """Compares a model with files. `partial` says that the files are only some of the stacks, so that nothing is missing."""

    def __init__(self, resolved: Resolved, sources: Sequence[TerraformFile], cloud: str, *, partial: bool) -> None:
        self._resolved, self._partial = resolved, partial
        self._found = Import(sources, cloud, "")
        self._at: dict[Coordinate, tuple[DriftCoverage, list[Drift]]] = {}

    @cached_property
    def _exposures(self) -> list[Exposure]:
        return find_exposures(self._found.placed)

    def at(self, coordinate: Coordinate) -> tuple[DriftCoverage, list[Drift]]:
        """How much could be compared at a coordinate, and all differences."""
        if coordinate not in self._at:
            self._at[coordinate] = self._compare(StatedModel(self._resolved, coordinate))
        return self._at[coordinate]

    def better_fit(self, coordinate: Coordinate) -> Fit | None:
        """The coordinate of the same cloud with the fewest differences; None if none has fewer.

        Of several, one in the same environment counts first.
        """
        here = len(self.at(coordinate)[1])
        others = [c for c in self._resolved.axes.all if c.cloud == coordinate.cloud]
        numbers = {c: len(self.at(c)[1]) for c in others if here}
        best = min(numbers, key=lambda c: (numbers[c], c.environment != coordinate.environment), default=coordinate)
        if not numbers or numbers[best] >= here or not self.at(best)[0].compared:
            return None
        return Fit(best, numbers[best], here)

    def _compare(self, model: StatedModel) -> tuple[DriftCoverage, list[Drift]]:
        found, a = self._found, model.here
        matches = match_components(a, found.placed)
        absent = [id_ for id_ in a.components if id_ not in matches.found]
        reasons = {id_: self._why_not_covered(model, id_) for id_ in absent}
        pairs = [(id_, one) for id_, those in matches.found.items() for one in those]
        compared = [
            c
            for id_, one in pairs
            for c in compare_settings(model, id_, one, matches, self._strangers_of(one), partial=self._partial)
        ]
        compared += compare_limits(model, found.placed)
        pools = found.node_pools
        compared += [
            c for id_, one in pairs if one.id in pools for c in compare_node_pools(model, id_, one, pools[one.id])
        ]
        compared += compare_pools_of_objects(model, found.placed)
        network = network_of(model, found.networks)
        names = names_of_places(model, found.places, network)
        links = [
            (id_, one) for id_, one in pairs if "joins" in one.settings and model.value(("components", id_, "joins"))[1]
        ]
        compared += [compare_joined(model, id_, one, matches, names) for id_, one in links]
        drifts = [_missing(model, id_) for id_ in absent if not reasons[id_]]
        drifts += [_not_modeled(one) for one in matches.unmatched]
        drifts += self._instances(model, matches)
        drifts += [c.drift for c in compared if c.drift]
        drifts += compare_connections(model, found.connections, matches)
        drifts += compare_exposures(model, self._exposures, matches)
        drifts += self._surroundings(model, matches, network)
        drifts += compare_further_networks(model, found.places, names)
        drifts += compare_places_elsewhere(model, found.places, found.placed, matches, names)
        coverage = DriftCoverage(
            matches.by,
            {id_: why for id_, why in reasons.items() if why},
            tuple(c.path for c in compared if c.stated and c.unknown is None),
            tuple(c.unknown for c in compared if c.unknown),
            tuple(c.path for c in compared if not c.stated),
            self._unplaced(matches),
            network.resource.address if network else "",
        )
        return coverage, in_report_order(drifts)

    def _why_not_covered(self, model: StatedModel, id_: str) -> str:
        """Why the files do not have to contain a component of the model; empty if they do."""
        a, of_kubernetes = model.here, [source.is_kubernetes for source in self._found.sources]
        if any(of_kubernetes) and not self._partial and is_workload(a.components[id_]):
            return ""
        if of_kubernetes and all(of_kubernetes):
            return "not a Kubernetes object" if not self._partial else "the files are only some of the objects"
        return why_not_covered(a, id_, partial=self._partial)

    def _strangers_of(self, component: FoundComponent) -> list[Resource]:
        """The resources of unknown types that refer to a component."""
        return [other for resource in component.resources for other in self._strangers[resource.key]]

    @cached_property
    def _strangers(self) -> Mapping[tuple[str, str], list[Resource]]:
        """The resources of unknown types by what they refer to."""
        found: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        for resource in self._found.placed.unknown:
            for target in self._found.placed.index.all_from(resource):
                found[target.key].append(resource)
        return found

    def tells(self, drift: Drift, coverage: DriftCoverage) -> bool:
        """Whether these files say something else where others differ from the model, and do not only leave it open."""
        if drift.path in coverage.values:
            return True
        if drift.path[:1] == ("components",) and drift.kind in ("missing", "different"):
            is_setting = drift.attribute and drift.path[2] != "calls"
            if drift.kind == "missing" or is_setting or drift.path[1] not in coverage.compared:
                return drift.kind == "missing" and drift.path[1] in coverage.compared
        resources = self._found.placed.index.resources
        return not any(resource.unknown and resource.address in drift.addresses for resource in resources)

    def _surroundings(self, model: StatedModel, matches: Matches, network: FoundNetwork | None) -> Iterator[Drift]:
        found = self._found
        yield from compare_account(model, home_of(found.cloud, found.environment, found.sources, found.placed))
        if network is not None:
            left_out = left_out_of(found.placed, found.networks, found.places)
            yield from compare_network(model, network, left_out, partial=self._partial)
            yield from compare_places(model, network, found.placed, matches)

    def _instances(self, model: StatedModel, matches: Matches) -> Iterator[Drift]:
        """The addresses that only one side has, of components that both have."""
        every = self._found.placed.index.resources
        there = {a for r in every for a in (r.address, r.block, *modules_of(r))}
        for id_, those in matches.found.items():
            stated = model.here.components[id_].terraform_addresses
            path = ("components", id_, "terraform_addresses")
            if not stated:
                continue
            actual = tuple(address for one in those for address in one.addresses)
            if matches.by[id_] != ADDRESS:
                message = f"the resource of '{id_}' has another address than in the model: {', '.join(actual)}"
                texts = {"model": ", ".join(stated), "file": ", ".join(actual)}
                yield Drift("different", path, actual, message, at=model.span(path), **texts)
                continue
            gone = tuple(address for address in stated if address not in there)
            if gone and not self._partial:
                message = f"the files do not have {', '.join(gone)} of '{id_}'"
                yield Drift("missing", path, gone, message, model=", ".join(gone), at=model.span(path))
            more = tuple(r.address for one in those for r in one.resources if not _is_listed(r, stated))
            if more:
                message = f"the model does not list {', '.join(more)} of '{id_}'"
                yield Drift("not-modeled", path, more, message, file=", ".join(more), at=model.span(path))

    def _unplaced(self, matches: Matches) -> list[tuple[str, list[Resource]]]:
        placed = self._found.placed
        known = {id(one) for those in matches.found.values() for one in those}
        incomplete = [r for one, _lacking in placed.incomplete if id(one) not in known for r in one.resources]
        every = [
            ("archgen does not know the type", placed.unknown),
            ("no kind of component is about the type", placed.unfit),
            ("parts of components that none of the files contains", placed.ownerless),
            ("the files do not state what a component needs", incomplete),
        ]
        return [(why, resources) for why, resources in every if resources]


def _is_listed(resource: Resource, stated: Sequence[str]) -> bool:
    return bool({resource.address, resource.block, *modules_of(resource)} & {*stated})


def _missing(model: StatedModel, id_: str) -> Drift:
    component = model.here.components[id_]
    path = ("components", id_)
    message = f"the files have no resource that is the component '{id_}'"
    return Drift(
        "missing",
        path,
        tuple(component.terraform_addresses),
        message,
        model=component.kind,
        at=model.span(path),
        condition=model.presence(id_),
    )


def _not_modeled(found: FoundComponent) -> Drift:
    what = f"{found.kind}, {found.product}" if found.product else found.kind
    message = f"the model has no component that is {', '.join(found.addresses)} ({what})"
    return Drift("not-modeled", (), found.addresses, message, file=what)


def in_report_order(drifts: Sequence[Drift]) -> list[Drift]:
    """Differences by kind, then by the line of the model, then by address; each only once."""
    kinds = list(CODES)
    unique = {(d.kind, d.path, d.addresses, d.message): d for d in drifts}
    return sorted(
        unique.values(),
        key=lambda d: (kinds.index(d.kind), d.at or ("", 0), [str(step) for step in d.path], d.addresses, d.message),
    )


# -- a plan and a state of the same stacks -------------------------------------------------------------------


def sides_of(sources: Sequence[TerraformFile]) -> tuple[list[TerraformFile], list[TerraformFile]]:
    """The files that say what exists, and those that say what is planned; both are all files if no stack has a plan and a state."""
    states = [source for source in sources if source.form == "state"]
    plans = [source for source in sources if source.form == "plan"]
    replaced = [state for state in states if any(are_of_one_stack(state, plan) for plan in plans)]
    planning = [plan for plan in plans if any(are_of_one_stack(state, plan) for state in states)]
    actual = [source for source in sources if source not in planning]
    planned = [source for source in sources if source not in replaced]
    return actual, planned


def merge_sides(
    actual: Sequence[Drift],
    planned: Sequence[Drift],
    state_tells: Callable[[Drift], bool],
    plan_tells: Callable[[Drift], bool],
) -> list[Drift]:
    """The differences from what exists and from what is planned, each with who is ahead: the model, the plan or the state.

    `state_tells` and `plan_tells` say whether the state and the plan have a value where only the other one differs from the model.
    """
    merged = []
    for state, plan in _pairs(actual, planned):
        if state and not plan:
            merged.append(replace(state, ahead=_STATE_DIFFERS if plan_tells(state) else _PLAN_IS_SILENT))
        elif plan and not state:
            merged.append(replace(plan, ahead=_PLAN_DIFFERS if state_tells(plan) else _STATE_IS_SILENT))
        elif state and plan and state.file == plan.file:
            ahead = "model" if state.kind == "missing" else "plan and state"
            merged.append(replace(plan, addresses=state.addresses, ahead=_AGREED[ahead]))
        elif state and plan:
            merged.append(replace(plan, ahead=f"all three differ: the state has {state.file}"))
    return in_report_order(merged)


def _pairs(actual: Sequence[Drift], planned: Sequence[Drift]) -> Iterator[tuple[Drift | None, Drift | None]]:
    """The differences that are about the same thing; several resources may differ in the same setting of a component."""
    left: dict[tuple[object, ...], list[Drift]] = defaultdict(list)
    for drift in planned:
        left[drift.key].append(drift)
    rest = []
    for state in actual:
        same = left[state.key]
        plan = next((p for p in same if (p.file, p.addresses) == (state.file, state.addresses)), None)
        if plan is None:
            rest.append(state)
        else:
            same.remove(plan)
            yield state, plan
    for state in rest:
        same = left[state.key]
        plan = next((p for p in same if p.addresses == state.addresses), same[0] if same else None)
        if plan is not None:
            same.remove(plan)
        yield state, plan
    yield from ((None, plan) for plans in left.values() for plan in plans)


_STATE_DIFFERS = "the plan agrees with the model: the state is behind both"
_PLAN_DIFFERS = "the state agrees with the model: the plan is ahead of both"
_PLAN_IS_SILENT = "only the state differs from the model; the plan does not say what it will be"
_STATE_IS_SILENT = "only the plan differs from the model; the state does not say what it is"
_AGREED = {
    "model": "neither the plan nor the state has it: the model is ahead",
    "plan and state": "the plan and the state agree: the model differs from both",
}
