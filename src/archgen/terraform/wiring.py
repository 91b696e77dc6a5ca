"""The variables of every stack in; out comes what each module takes from another, within its stack or from an earlier one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archgen.terraform.bindings import Need
from archgen.terraform.files import Variable


@dataclass(frozen=True, slots=True)
class OutputSource:
    """Where an input comes from: the stack and variable whose module has the output."""

    stack: str
    variable: Variable
    output: str

    @property
    def name(self) -> str:
        """What the output is called once it leaves its stack."""
        return f"{self.variable.name}_{self.output}"


@dataclass(frozen=True, slots=True)
class Wire:
    """An input of a module that another module's output gives; `source` is None where no stack offers it."""

    stack: str
    variable: Variable
    input: str
    need: Need
    source: OutputSource | None

    @property
    def within(self) -> bool:
        """Whether both ends are in one stack."""
        return self.source is not None and self.source.stack == self.stack

    @property
    def type(self) -> str:
        """The type of the input, as Terraform writes it."""
        return self.variable.binding.type_of(self.input)


@dataclass(frozen=True)
class Wiring:
    """All stacks of one cloud: their variables by stack, and the wires between modules."""

    stacks: Mapping[str, Sequence[Variable]]

    def wires(self, stack: str) -> Iterator[Wire]:
        """What the modules of a stack take from others, in the order of its variables."""
        for variable in self.stacks[stack]:
            for name, need in sorted(variable.binding.needs.items()):
                yield Wire(stack, variable, name, need, self._source(stack, need))

    def needed_from(self, stack: str) -> dict[str, list[Wire]]:
        """What a stack takes from each other stack, by that stack."""
        found: dict[str, list[Wire]] = {}
        for wire in self.wires(stack):
            if wire.source and not wire.within:
                found.setdefault(wire.source.stack, []).append(wire)
        return dict(sorted(found.items()))

    def offered_by(self, stack: str) -> list[OutputSource]:
        """The outputs of a stack that other stacks need, sorted."""
        found = {
            wire.source.name: wire.source
            for other in self.stacks
            if other != stack
            for wire in self.wires(other)
            if wire.source and wire.source.stack == stack
        }
        return [found[name] for name in sorted(found)]

    def _source(self, stack: str, need: Need) -> OutputSource | None:
        """The one module of that binding, in this stack before any other; None where there is none, or several."""
        for place in (stack, *(other for other in self.stacks if other != stack)):
            made = [v for v in self.stacks[place] if v.binding.id == need.module and need.output in v.binding.offers]
            if made:
                return OutputSource(place, made[0], need.output) if len(made) == 1 else None
        return None


def stack_variable(stack: str) -> str:
    """The variable of a stack that holds what another one offers: `stack_01_base_infra`."""
    return f"stack_{stack.replace('-', '_')}"
