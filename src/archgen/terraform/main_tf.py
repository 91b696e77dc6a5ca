"""The text of a stack's `main.tf`, which calls modules, of `needs.tf` with variables for outputs of other stacks, and of `outputs.tf`."""

from __future__ import annotations

from archgen.terraform.files import HEADER, Variable, quoted
from archgen.terraform.types import aligned, parse
from archgen.terraform.wiring import OutputSource, Wire, Wiring, stack_variable

# The minimum for `var.x == null ? true : …` in validations, and for optional attributes in types.
REQUIRED_VERSION = ">= 1.9"


def main_tf(wiring: Wiring, stack: str, model: str) -> str:
    """The text of `main.tf`, formatted like `terraform fmt` does."""
    wires: dict[str, list[Wire]] = {}
    for wire in wiring.wires(stack):
        wires.setdefault(wire.variable.name, []).append(wire)
    blocks = [f"# {HEADER.format(model=model)}\n", f'terraform {{\n  required_version = "{REQUIRED_VERSION}"\n}}\n']
    blocks += [
        _module(variable, wires.get(variable.name, [])) if variable.binding.module else _unused_variable(variable)
        for variable in wiring.stacks[stack]
    ]
    return "\n".join(blocks)


def _unused_variable(variable: Variable) -> str:
    """A comment about a variable that no module takes."""
    return f"# No module takes var.{variable.name}: {variable.binding.description}\n"


def _module(variable: Variable, wires: list[Wire]) -> str:
    module = variable.binding.module
    assert module is not None
    head = [("source", quoted(module.address)), ("version", quoted(module.version.removeprefix("v")))]
    if variable.optional:
        head.append(("count", f"var.{variable.name} == null ? 0 : 1"))
    inputs = [(name, f"var.{variable.name}.{name}") for name in variable.attributes]
    inputs += [(wire.input, _reference(wire)) for wire in wires if wire.source]
    lines = [f'module "{variable.name}" {{', *(f"  {line}" for line in aligned(head)), ""]
    lines += [f"  {line}" for line in aligned(sorted(inputs))]
    return "\n".join([*lines, "}", ""])


def _reference(wire: Wire) -> str:
    assert wire.source is not None
    if wire.within:
        return _output(wire.source)
    return f"var.{stack_variable(wire.source.stack)}.{wire.source.name}"


def _output(source: OutputSource) -> str:
    """A reference to an output of a module; null in an environment without the module."""
    if source.variable.optional:
        return f"one(module.{source.variable.name}[*].{source.output})"
    return f"module.{source.variable.name}.{source.output}"


def needs_tf(wiring: Wiring, stack: str, model: str) -> str | None:
    """The text of `needs.tf`: a variable for each stack whose outputs this one takes; None if it takes none.

    No variable file has values for them, because only the cloud knows them: ids of networks, subnets and keys.
    """
    needed = wiring.needed_from(stack)
    if not needed:
        return None
    blocks = [f"# {HEADER.format(model=model)}\n"]
    for other, wires in needed.items():
        attributes = {wire.source.name: parse(wire.type).render(4) for wire in wires if wire.source}
        rows = aligned(sorted(attributes.items()))
        type_ = "object({\n" + "".join(f"    {row}\n" for row in rows) + "  })"
        about = f"The outputs of the stack {other}, in the format of terraform output -json."
        body = aligned([("description", quoted(about)), ("type", type_), ("default", "null")])
        blocks.append("\n".join([f'variable "{stack_variable(other)}" {{', *(f"  {line}" for line in body), "}", ""]))
    return "\n".join(blocks)


def outputs_tf(wiring: Wiring, stack: str, model: str) -> str | None:
    """The text of `outputs.tf`: the outputs that other stacks need; None if there are none."""
    offered = wiring.offered_by(stack)
    if not offered:
        return None
    blocks = [f"# {HEADER.format(model=model)}\n"]
    for source in offered:
        body = aligned([("description", quoted(_about(source))), ("value", _output(source))])
        blocks.append("\n".join([f'output "{source.name}" {{', *(f"  {line}" for line in body), "}", ""]))
    return "\n".join(blocks)


def _about(source: OutputSource) -> str:
    assert source.variable.binding.module is not None
    return f"{source.output} of {source.variable.binding.module.address}, for other stacks."
