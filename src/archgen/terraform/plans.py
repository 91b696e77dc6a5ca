"""Planning the Terraform stacks of each cloud: the modules that they call in every environment, or why that is not possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.coordinate import Coordinate
from archgen.model.resolve import Resolved, locate
from archgen.model.stacks import Stack
from archgen.model.wording import listed
from archgen.records import dataclass
from archgen.terraform import aws_lacks, google_lacks
from archgen.terraform.binding import ModuleCall
from archgen.terraform.bindings import MissingFactError, applies, bindings, calls
from archgen.terraform.facts import shared_facts
from archgen.terraform.files import variables
from archgen.terraform.instances import StackInstance, instances_of, recovering
from archgen.terraform.left_out import unapplied
from archgen.terraform.stack_order import stacks_before
from archgen.terraform.target import with_target
from archgen.terraform.wiring import Wire, Wiring


@dataclass(frozen=True, slots=True)
class CloudPlan:
    """The stacks of one cloud: the calls of each stack for every instance of it, and the wiring between stacks.

    `later` has the calls of the last environment in each later phase, by stack.
    """

    cloud: str
    instances: Mapping[str, list[StackInstance]]
    calls: Mapping[str, list[list[ModuleCall]]]
    later: Mapping[Coordinate, Mapping[str, list[ModuleCall]]]
    wiring: Wiring


@dataclass
class Plans:
    """The plans by cloud, and the problems; a cloud has no plan if the model does not state all facts that it needs."""

    of: dict[str, CloudPlan] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)


def plans(resolved: Resolved) -> Plans:
    """The plans of all clouds. Missing facts are returned as problems."""
    result = Plans()
    for cloud in resolved.axes.clouds:
        today = [resolved.standing(cloud, environment) for environment in resolved.axes.environments]
        missing: list[Diagnostic] = []
        stacks = _stacks(today[-1])
        made = {(a.coordinate, ""): _calls(a, stacks, missing) for a in (*today, *_later(resolved, today[-1]))}
        recovery = [stack for stack in stacks if _stated(today[-1], stack).recovery]
        if unable := list(_no_recovery(today, recovery)):
            result.problems += [locate(problem, today[-1].tree) for problem in unable]
            continue
        there = [instance.architecture for instance in recovering(today)] if recovery else []
        made |= {(a.coordinate, a.elsewhere): _calls(a, recovery, missing) for a in there}
        if missing:
            result.problems += missing
            continue
        instances = {stack: instances_of(today, stack) for stack in stacks}
        by_stack = {
            stack: with_target([made[_place(i.architecture)].get(stack, []) for i in each], each, stack)
            for stack, each in instances.items()
        }
        wiring = Wiring({stack: variables(each) for stack, each in by_stack.items()}, _mentioned(today))
        later = {a.coordinate: made[_place(a)] for a in _later(resolved, today[-1])}
        result.of[cloud] = CloudPlan(cloud, instances, by_stack, later, wiring)
        found = (
            *_wrong_order(wiring, today[-1]),
            *_ambiguous(wiring, today[-1]),
            *_not_built(wiring, today[-1]),
            *aws_lacks.lacks(today[-1]),
            *google_lacks.lacks(today[-1]),
            *unapplied(today[-1]),
        )
        result.problems += [locate(problem, today[-1].tree) for problem in found]
    return result


def _later(resolved: Resolved, standing: Architecture) -> list[Architecture]:
    """The architectures of the same environment in each later phase."""
    phases = resolved.axes.phases
    position = phases.index(standing.coordinate.phase)
    return [resolved.architectures[replace(standing.coordinate, phase=phase)] for phase in phases[position + 1 :]]


def _mentioned(today: list[Architecture]) -> dict[str, frozenset[str]]:
    """The components that the settings of each component name in any environment, by its id."""
    found: dict[str, set[str]] = {}
    for a in today:
        for name, component in a.components.items():
            ids = {mention.id for mention in component.references if mention.what == "component"}
            found.setdefault(name, set()).update(ids)
    return {name: frozenset(ids) for name, ids in found.items()}


def _place(a: Architecture) -> tuple[Coordinate, str]:
    return a.coordinate, a.elsewhere


def _stated(a: Architecture, stack: str) -> Stack:
    assert a.document.terraform is not None
    return a.document.terraform.stacks[stack]


def _no_recovery(today: list[Architecture], stacks: list[str]) -> Iterator[Diagnostic]:
    """An error for each stack that no environment can apply in a recovery region, and for zones that are not stated."""
    a, there = today[-1], recovering(today)
    for stack in stacks:
        path = ("terraform", "stacks", stack, "recovery")
        if not there:
            message = f"on {a.facts.name}, no environment can recover, so the stack '{stack}' cannot be applied in a recovery region"
            help_ = f"state `recovery_region` of {a.facts.name}" + (
                ", and `recovery_cidr` of the environments that recover there" if a.document.network else ""
            )
            yield Diagnostic("ARC-F042", message, help_, path)
        elif a.zones and not there[-1].architecture.zones:
            elsewhere = there[-1].architecture.elsewhere
            message = f"the zones of {elsewhere} are not stated, so the stack '{stack}' cannot be applied there"
            help_ = "state the region under `regions`, with `availability_zones`"
            yield Diagnostic("ARC-F042", message, help_, path)


def _stacks(a: Architecture) -> list[str]:
    return list(a.document.terraform.stacks) if a.document.terraform else []


def _calls(a: Architecture, stacks: list[str], problems: list[Diagnostic]) -> dict[str, list[ModuleCall]]:
    """The calls of each of some stacks at one coordinate. Missing facts are added to `problems`."""
    made: dict[str, list[ModuleCall]] = {}
    shared = shared_facts(a) if stacks else None
    for stack in stacks:
        try:
            made[stack] = list(calls(a, stack, shared))
        except MissingFactError as error:
            path = ("components", error.component) if error.component else ("network",)
            message = f"the Terraform module '{error.binding.id}' needs a value that is missing from the model"
            where = (str(a.coordinate),)
            problems.append(locate(Diagnostic("ARC-F002", message, str(error), path, where=where), a.tree))
    return made


def _wrong_order(wiring: Wiring, standing: Architecture) -> Iterator[Diagnostic]:
    """A diagnostic for each stack that needs outputs of a stack that is not applied before it."""
    terraform = standing.document.terraform
    for name in wiring.stacks if terraform else ():
        assert terraform is not None
        for other, wires in wiring.needed_from(name).items():
            if other not in stacks_before(terraform.stacks, name):
                wanted = ", ".join(sorted({wire.need.output for wire in wires}))
                message = f"on {standing.facts.name}, the stack '{name}' needs {wanted} from '{other}', but does not come after it"
                yield Diagnostic("ARC-F003", message, f"add after: [{other}]", ("terraform", "stacks", name))


def _ambiguous(wiring: Wiring, standing: Architecture) -> Iterator[Diagnostic]:
    """A warning for each input of a module that could take an output of several other modules."""
    for stack in wiring.stacks:
        for wire in wiring.wires(stack):
            if not wire.ambiguous:
                continue
            component = wire.variable.component
            path = ("components", component) if component else ("terraform", "stacks", stack)
            what = f"{wire.variable.name}.{wire.input}" if wire.input else wire.variable.name
            message = f"on {standing.facts.name}, it is not known which module '{wire.need.module}' {what} refers to, so it is left out"
            help_ = "name the right component in its settings, or set the input under `set` of the stack"
            yield Diagnostic("ARC-F006", message, help_, path, severity="warning")


def _not_built(wiring: Wiring, standing: Architecture) -> Iterator[Diagnostic]:
    """A warning for each module that no stack calls, although what the model states would give others its outputs."""
    known = bindings(standing.coordinate.cloud, standing.bindings)
    shared = shared_facts(standing)
    lacking: dict[str, list[Wire]] = {}
    for stack in wiring.stacks:
        for wire in wiring.wires(stack):
            if wire.source is None and not wire.ambiguous:
                lacking.setdefault(wire.need.module, []).append(wire)
    called = {variable.binding.id for declared in wiring.stacks.values() for variable in declared}
    for id_, wires in sorted(lacking.items()):
        if id_ in called or id_ not in known or not applies(known[id_], standing, shared):
            continue
        takers = sorted({f"{wire.variable.name}.{wire.input}" if wire.input else wire.variable.name for wire in wires})
        lack = "lacks" if len(takers) == 1 else "lack"
        message = (
            f"on {standing.facts.name}, no stack calls the module '{id_}', so {listed(takers)} {lack} what it offers"
        )
        help_ = f"add {id_} to the modules of a stack that is applied before it"
        yield Diagnostic("ARC-F041", message, help_, ("terraform", "stacks", wires[0].stack), severity="warning")
