"""Wiring modules: which inputs take the output of another module, in the same stack or in an earlier one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from archgen.records import dataclass
from archgen.terraform.files import Variable
from archgen.terraform.references import Need


@dataclass(frozen=True, slots=True)
class OutputSource:
    """The source of an input: an output, with the stack and the variable of its module."""

    stack: str
    variable: Variable
    output: str

    @property
    def name(self) -> str:
        """The name of the output of the stack."""
        return f"{self.variable.name}_{self.output}"

    @property
    def type(self) -> str:
        """Its type as a Terraform type expression; `any` if the binding does not state it."""
        binding = self.variable.binding
        return binding.offers.get(self.output) or binding.outputs[self.output]["type"]


@dataclass(frozen=True, slots=True)
class Wire:
    """An input of a module that refers to the output of another module; `source` is None if no stack offers it, or more than one module.

    `input` is empty for a reference in `resources`.
    """

    stack: str
    variable: Variable
    input: str
    need: Need
    source: OutputSource | None
    ambiguous: bool = False

    @property
    def within(self) -> bool:
        """Whether both modules are in the same stack."""
        return self.source is not None and self.source.stack == self.stack


@dataclass(frozen=True)
class Wiring:
    """All stacks of one cloud: their variables by stack, and the wires between modules.

    `mentioned` has the components that the settings of each component name, by its id; it decides between several modules.
    """

    stacks: Mapping[str, Sequence[Variable]]
    mentioned: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def wires(self, stack: str) -> Iterator[Wire]:
        """The references of a stack's modules to outputs of other modules, in the order of its variables."""
        for variable in self.stacks[stack]:
            for name, need in variable.binding.needs_of():
                if need.of_all:
                    yield from (Wire(stack, variable, name, need, source) for source in self.all_sources(need))
                    continue
                found = self.source(stack, variable, need)
                yield Wire(stack, variable, name, need, found[0] if len(found) == 1 else None, len(found) > 1)

    def needed_from(self, stack: str) -> dict[str, list[Wire]]:
        """The references of a stack to outputs of other stacks, by the id of the other stack."""
        by_stack: dict[str, list[Wire]] = {}
        for wire in self.wires(stack):
            if wire.source and not wire.within:
                by_stack.setdefault(wire.source.stack, []).append(wire)
        return dict(sorted(by_stack.items()))

    def offered_by(self, stack: str) -> list[OutputSource]:
        """The outputs of a stack that other stacks need, sorted."""
        sources = {
            wire.source.name: wire.source
            for other in self.stacks
            if other != stack
            for wire in self.wires(other)
            if wire.source and wire.source.stack == stack
        }
        return [sources[name] for name in sorted(sources)]

    def source(self, stack: str, variable: Variable, need: Need) -> list[OutputSource]:
        """The output that a module refers to, as a list of one; empty if no stack has it, and longer if it could be several.

        Of several modules with that binding, it is the one in the same stack whose component is mentioned by this module's component,
        or mentions it.
        """
        for place in (stack, *(other for other in self.stacks if other != stack)):
            made = [v for v in self.stacks[place] if _offers(v, need) and not _is_of_sibling(variable, v)]
            if made:
                return [OutputSource(place, chosen, need.output) for chosen in self._related(variable, made)]
        return []

    def all_sources(self, need: Need) -> list[OutputSource]:
        """The output of all modules of a binding, in all stacks, sorted by the names of their variables."""
        made = [(v.name, stack, v) for stack, found in self.stacks.items() for v in found if _offers(v, need)]
        return [OutputSource(stack, v, need.output) for _name, stack, v in sorted(made, key=lambda each: each[:2])]

    def _related(self, variable: Variable, made: list[Variable]) -> list[Variable]:
        if len(made) == 1 or variable.component is None:
            return made
        here = self.mentioned.get(variable.component, frozenset())
        for chosen in (
            [v for v in made if v.component == variable.component],
            [v for v in made if v.component in here],
            [v for v in made if variable.component in self.mentioned.get(v.component or "", ())],
        ):
            if chosen:
                return chosen
        return made


def _is_of_sibling(variable: Variable, other: Variable) -> bool:
    """Whether another module is for a component like that of this one, such as the password of another database."""
    ours, theirs = variable.binding.binds, other.binding.binds
    alike = not isinstance(ours, str) and not isinstance(theirs, str) and bool(set(ours) & set(theirs))
    return alike and variable.component != other.component


def _offers(variable: Variable, need: Need) -> bool:
    binding = variable.binding
    return binding.id == need.module and need.output in (*binding.offers, *binding.outputs)


def stack_variable(stack: str) -> str:
    """The name of the variable with the outputs of another stack, such as `stack_01_base_infra`."""
    return f"stack_{stack.replace('-', '_')}"
