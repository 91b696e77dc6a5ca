"""What follows from a change for Terraform and Kubernetes: files to apply, addresses, and what identities and networks may do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archgen.comparing.comparison import Difference
from archgen.comparing.effects import Effect
from archgen.comparing.renames import renamed
from archgen.comparing.words import Words, code, listed_code
from archgen.model.architecture import Architecture
from archgen.model.coordinate import Coordinate
from archgen.model.paths import leaves
from archgen.model.resolve import Resolved
from archgen.records import dataclass
from archgen.terraform.moved_tf import all_moves, entry_addresses, resource_addresses
from archgen.terraform.network_rules import INTERNET, NetworkRule, network_rules
from archgen.terraform.permissions import roles_for
from archgen.terraform.plans import CloudPlan, Plans

_MOST_VALUES = 6
# Levels of statements about addresses that a reviewer confirms.
DESTROYED, REFUSED, MOVED, DROPPED = "destroyed", "refused", "moved", "dropped"
Place = tuple[str, str]  # the ID of a stack and the name of one of its instances


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A variable file or a folder of manifests that differs, with the names of what differs in it.

    `phase` is the phase with whose beginning it does; empty if it differs today.
    """

    name: str
    values: tuple[str, ...]
    at: Coordinate
    phase: str = ""

    @property
    def folder(self) -> str:
        """The folder of its stack."""
        return self.name.rpartition("/")[0]


def changed_files(difference: Difference, at: Coordinate, *, later: bool) -> Iterator[ChangedFile]:
    """The variable files and folders of manifests that differ at a coordinate."""
    for c in difference.consequences:
        if c.kind in ("variable file", "manifest"):
            yield ChangedFile(c.name, tuple(c.details), at, at.phase if later else "")


def file_effects(files: Iterable[ChangedFile]) -> Iterator[Effect]:
    """One statement for each stack: its files that differ, and which values do. Files of a later phase only if other values differ."""
    every = list(files)
    today = {(f.name, f.values) for f in every if not f.phase}
    groups: dict[tuple[str, str], list[ChangedFile]] = {}
    for file in every:
        if not file.phase or (file.name, file.values) not in today:
            groups.setdefault((file.folder, file.phase), []).append(file)
    for (folder, phase), group in groups.items():
        values = dict.fromkeys(_short(value) for file in group for value in file.values)
        names = dict.fromkeys(file.name.rpartition("/")[2] for file in group)
        when: Words = ("when ", code(phase), " begins: ") if phase else ()
        words = (
            *when,
            code(folder),
            ": ",
            *listed_code(values, _MOST_VALUES),
            " in ",
            *listed_code(names, _MOST_VALUES),
        )
        about = () if phase else tuple(dict.fromkeys(file.name for file in group))
        yield Effect("apply", words, at=frozenset(file.at for file in group), about=about)


def _short(value: str) -> str:
    """The name of a variable with its first attribute, which is enough to find what differs."""
    return value if " " in value else ".".join(value.split(".")[:2])


# -- addresses -------------------------------------------------------------------------------------------


def address_effects(old: Plans, new: Plans, sides: tuple[Resolved, Resolved]) -> Iterator[Effect]:
    """The addresses that Terraform would create, move or destroy with the next apply of each environment.

    A cloud that cannot be planned on one side is said to be unknown.
    """
    for cloud in dict.fromkeys([*sides[0].axes.clouds, *sides[1].axes.clouds]):
        here = [r for r in sides if cloud in r.axes.clouds]
        plans = [p.of.get(cloud) for p, r in zip((old, new), sides, strict=True) if cloud in r.axes.clouds]
        if any(r.default.document.terraform for r in here) and None in plans:
            yield Effect("address", ("not known for ", code(cloud), ": its stacks cannot be planned"), "worse")
        elif len(plans) == 2 and plans[0] and plans[1]:
            yield from _of_cloud(plans[0], plans[1])


def _of_cloud(old: CloudPlan, new: CloudPlan) -> Iterator[Effect]:
    before, after = _addresses(old), _addresses(new)
    for place in {**before, **after}:
        stack = place[0]
        entries = _lost_entries(old, new, place)
        for what_, level in (("destroyed: ", DESTROYED), ("to be destroyed, which Terraform refuses: ", REFUSED)):
            if lost := [address for address, protected in entries.items() if protected is (level == REFUSED)]:
                yield _address(new, place, (what_, *listed_code(lost)), level, lost)
        one, other = before.get(place, {}), after.get(place, {})
        if place not in after:
            what: Words = (
                "no longer generated: ",
                *listed_code(one),
                "; an apply of other stacks does not destroy them",
            )
            yield _address(old, place, what, DROPPED, one)
            continue
        moves = [(a, b) for a, b in _moves(new, stack) if a in one and a not in other and b in other and b not in one]
        gone = [a for a in one if a not in other and a not in {old_ for old_, _new in moves}]
        made = [a for a in other if a not in one and a not in {new_ for _old, new_ in moves}]
        if gone:
            yield _address(new, place, ("destroyed: ", *listed_code(gone)), DESTROYED, gone)
        for a, b in moves:
            others = [name for name in {**one[a], **other[b]} if one[a].get(name) != other[b].get(name)]
            words: Words = ("moved: ", code(a), " → ", code(b))
            if others:
                words = (*words, "; other values, which may replace what it created: ", *listed_code(others))
            yield _address(new, place, words, MOVED if others else "", (b,))
        if made:
            yield _address(new, place, ("created: ", *listed_code(made)), "", made)


def _address(plan: CloudPlan, place: Place, what: Words, level: str, about: Iterable[str]) -> Effect:
    stack, instance = place
    at = next(i.architecture.coordinate for i in plan.instances[stack] if i.name == instance)
    words = (*what, " in ", code(f"{plan.cloud}/{stack}"))
    return Effect("address", words, "worse" if level else "neutral", frozenset((at,)), tuple(about), level)


def _addresses(plan: CloudPlan) -> dict[Place, dict[str, Mapping[str, Any]]]:
    """The addresses of modules, and of resources without a module, of each instance of each stack, with the values of their inputs."""
    found: dict[Place, dict[str, Mapping[str, Any]]] = {}
    for stack, declared in plan.wiring.stacks.items():
        for instance, calls in zip(plan.instances[stack], plan.calls[stack], strict=True):
            called = {c.variable: {".".join(path): v for path, v in leaves(c.values).items()} for c in calls}
            found[stack, instance.name] = {
                address: called[v.name] for v in declared if v.name in called for address in resource_addresses(v)
            }
    return found


def _lost_entries(old: CloudPlan, new: CloudPlan, place: Place) -> dict[str, bool]:
    """The addresses of resources that are made for each of several components, and that a change leaves without their component.

    The value tells whether the code tells Terraform not to destroy it.
    """
    stack, name = place
    sides = []
    for plan in (old, new):
        index = next((n for n, i in enumerate(plan.instances.get(stack, ())) if i.name == name), None)
        if index is None:
            return {}
        values = {c.variable: c.values for c in plan.calls[stack][index]}
        declared = [v for v in plan.wiring.stacks[stack] if v.name in values]
        entries = {e[0]: e[1:] for v in declared for e in entry_addresses(v, values[v.name])}
        sides.append((entries, plan.instances[stack][index].architecture))
    (before, a), (after, b) = sides
    moved = renamed(a, b)
    gone = {address: found for address, found in before.items() if address not in after}
    return {
        address: protected for address, (key, protected) in gone.items() if key in a.components and key not in moved
    }


def _moves(plan: CloudPlan, stack: str) -> Iterator[tuple[str, str]]:
    """Pairs of an earlier address and the present one, also over several steps."""
    return present_addresses(dict(all_moves(plan.wiring.stacks[stack])))


def present_addresses(steps: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each address that is moved, with the one that its steps lead to; without those that move in a circle."""
    for first, step in steps.items():
        last, seen = step, {first}
        while last in steps and last not in seen:
            seen.add(last)
            last = steps[last]
        if last not in steps:
            yield first, last


# -- permissions -----------------------------------------------------------------------------------------


def permission_effects(a: Architecture, b: Architecture, names: Mapping[str, str]) -> Iterator[Effect]:
    """The network connections and the roles in the cloud that a change opens or closes."""
    at = frozenset((b.coordinate,))
    before, after = _network(a, names), _network(b, {})
    for key in {**before, **after}:
        wire: Words = (code(key[0]), " → ", code(key[1]), f" {key[3]} {key[2]}")
        if key not in before:
            yield Effect("permission", ("opened: ", *wire, *_from_anywhere(after[key])), "worse", at, key[:2])
        elif key not in after:
            yield Effect("permission", ("closed: ", *wire), "better", at)
        elif before[key] != after[key]:
            what = ("other address ranges: ", *wire, *_from_anywhere(after[key]))
            yield Effect("permission", what, "worse" if _is_wider(before[key], after[key]) else "neutral", at, key[:2])
    old, new = _roles(a, names), _roles(b, {})
    for caller in {**old, **new}:
        one, other = old.get(caller, {}), new.get(caller, {})
        if granted := [role for role in other if role not in one]:
            words = ("granted to ", code(caller), ": ", *listed_code(granted))
            yield Effect("permission", words, "worse", at, (caller, *granted))
        if withdrawn := [role for role in one if role not in other]:
            yield Effect("permission", ("withdrawn from ", code(caller), ": ", *listed_code(withdrawn)), "better", at)


_Wire = tuple[str, str, str, str]
_Ranges = tuple[frozenset[str], frozenset[str]]


def _network(a: Architecture, names: Mapping[str, str]) -> dict[_Wire, _Ranges]:
    """The address ranges of both ends of each permitted connection, by the ends, the ports and the transport."""

    def wire(rule: NetworkRule) -> _Wire:
        ports = ", ".join(map(str, rule.ports))
        return names.get(rule.tail, rule.tail), names.get(rule.head, rule.head), ports, rule.transport

    return {wire(rule): (frozenset(rule.sources), frozenset(rule.targets)) for rule in network_rules(a)}


def _from_anywhere(found: _Ranges) -> Words:
    """Says so if the connection is open to every address."""
    return (" from any address",) if INTERNET in found[0] else ()


def _is_wider(one: _Ranges, other: _Ranges) -> bool:
    return bool(other[0] - one[0] or other[1] - one[1])


def _roles(a: Architecture, names: Mapping[str, str]) -> dict[str, dict[str, None]]:
    """The roles, or on AWS the actions, that the identity of each component has."""
    return {
        names.get(name, name): {
            role: None for target in dict.fromkeys(a.called_by(name)) for role in sorted(roles_for(a, name, target))
        }
        for name in a.components
    }
