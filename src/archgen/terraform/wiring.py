"""Wiring modules: which inputs take the output of another module, in the same stack or in an earlier one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archgen.terraform.bindings import Need
from archgen.terraform.files import Variable


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


@dataclass(frozen=True, slots=True)
class Wire:
    """An input of a module that takes the output of another module; `source` is None if no stack offers it."""

    stack: str
    variable: Variable
    input: str
    need: Need
    source: OutputSource | None

    @property
    def within(self) -> bool:
        """Whether both modules are in the same stack."""
        return self.source is not None and self.source.stack == self.stack

    @property
    def type(self) -> str:
        """The type of the input as a Terraform type expression."""
        return self.variable.binding.type_of(self.input)


@dataclass(frozen=True)
class Wiring:
    """All stacks of one cloud: their variables by stack, and the wires between modules."""

    stacks: Mapping[str, Sequence[Variable]]

    def wires(self, stack: str) -> Iterator[Wire]:
        """The inputs that modules of a stack take from other modules, in the order of its variables."""
        for variable in self.stacks[stack]:
            for name, need in sorted(variable.binding.needs.items()):
                yield Wire(stack, variable, name, need, self._source(stack, need))

    def needed_from(self, stack: str) -> dict[str, list[Wire]]:
        """The inputs that a stack takes from other stacks, by the id of the other stack."""
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

    def _source(self, stack: str, need: Need) -> OutputSource | None:
        """The output of the only module with that binding, first in this stack, then in others; None if there is none or several."""
        for place in (stack, *(other for other in self.stacks if other != stack)):
            made = [v for v in self.stacks[place] if v.binding.id == need.module and need.output in v.binding.offers]
            if made:
                return OutputSource(place, made[0], need.output) if len(made) == 1 else None
        return None


def stack_variable(stack: str) -> str:
    """The name of the variable with the outputs of another stack, such as `stack_01_base_infra`."""
    return f"stack_{stack.replace('-', '_')}"
