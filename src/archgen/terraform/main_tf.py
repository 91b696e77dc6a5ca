"""The text of a stack's `main.tf`, which calls modules, of `needs.tf` with variables for outputs of other stacks, and of `outputs.tf`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archgen.terraform.files import HEADER, Variable, quoted
from archgen.terraform.made import RESOURCE
from archgen.terraform.references import Need, fill
from archgen.terraform.root_facts import root_facts
from archgen.terraform.types import aligned, parse
from archgen.terraform.wiring import OutputSource, Wiring, stack_variable


def main_tf(wiring: Wiring, stack: str, model: str) -> str:
    """The text of `main.tf`, formatted like `terraform fmt` does."""
    blocks = [f"# {HEADER.format(model=model)}\n"]
    for variable in wiring.stacks[stack]:
        code = Code(wiring, stack, variable)
        blocks += [_module(code)] if variable.binding.module else []
        blocks += _resources(code)
    return "\n".join(blocks)


class Code:
    """The Terraform code of one variable's module or resources: its expressions, with references to other modules filled in."""

    def __init__(self, wiring: Wiring, stack: str, variable: Variable) -> None:
        self.wiring, self.stack, self.variable = wiring, stack, variable

    def expression(self, text: str, *, made: bool = False) -> str | None:
        """A text with its references filled in; None if one refers to an output that does not exist.

        `made` says that the text is evaluated only where the module exists.
        """

        def own(name: str) -> str:
            # `[*]` refers to all outputs of a module. If one of them depends on a resource that refers to another, this would be a cycle.
            return (
                f"module.{self.variable.name}[0].{name}"
                if made and self.variable.optional
                else _of_module(self.variable, name)
            )

        try:
            return fill(text, self.variable.name, self._lines(), self._output, own)
        except LookupError:
            return None

    @property
    def provider(self) -> str:
        """The line of a resource that selects its provider; empty for the stack's own."""
        cloud = self.variable.binding.cloud
        return f"provider = {_provider(cloud)}.{self.variable.provider}" if self.variable.provider else ""

    def inputs(self) -> dict[str, str]:
        """The expression of each input of the module."""
        binding = self.variable.binding
        plain = {
            name: f"var.{self.variable.name}.{name}" for name in self.variable.attributes if name not in binding.extra
        }
        wired = {name: self.expression(text) for name, text in binding.wires().items()}
        stated = self.variable.stated
        return {**plain, **{name: text for name, text in wired.items() if text is not None and name not in stated}}

    @property
    def depends_on(self) -> str:
        """The line with the addresses in the same stack that must be applied before it; empty if there are none."""
        wanted = self.variable.binding.depends_on
        found = [address for v in self.wiring.stacks[self.stack] if v.binding.id in wanted for address in _addresses(v)]
        return f"depends_on = [{', '.join(sorted(found))}]" if found else ""

    def _lines(self) -> dict[str, str]:
        return {"provider": self.provider, "depends_on": self.depends_on}

    def _output(self, need: Need) -> str | None:
        if need.of_all:
            pairs = [
                f"{quoted(s.variable.component or '')} = {self._expression(s)}" for s in self.wiring.all_sources(need)
            ]
            return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
        found = self.wiring.source(self.stack, self.variable, need)
        return self._expression(found[0]) if len(found) == 1 else None

    def _expression(self, source: OutputSource) -> str:
        """The output of a module of this stack, or of the variable with the outputs of its stack."""
        return output(source) if source.stack == self.stack else f"var.{stack_variable(source.stack)}.{source.name}"


def _addresses(variable: Variable) -> list[str]:
    """The addresses of a variable's module, or of its resources."""
    if variable.binding.module:
        return [f"module.{variable.name}"]
    found = [RESOURCE.match(block.strip()) for block in variable.binding.resources]
    return [f"{match[1]}.{match[2].replace('@label', variable.name)}" for match in found if match]


def _provider(cloud: str) -> str:
    """The name of a cloud's provider."""
    facts = root_facts(cloud)
    return facts.provider if facts else cloud


def _module(code: Code) -> str:
    variable, module = code.variable, code.variable.binding.module
    assert module is not None
    head = [("source", quoted(module.address)), ("version", quoted(module.version.removeprefix("v")))]
    if variable.optional:
        head.append(("count", f"var.{variable.name} == null ? 0 : 1"))
    if variable.provider:
        provider = _provider(variable.binding.cloud)
        head.append(("providers", f"{{ {provider} = {provider}.{variable.provider} }}"))
    lines = [f'module "{variable.name}" {{', *(f"  {line}" for line in aligned(head)), ""]
    lines += [f"  {line}" for text in aligned(sorted(code.inputs().items())) for line in text.split("\n")]
    if code.depends_on:
        lines += ["", f"  {code.depends_on}"]
    return "\n".join([*lines, "}", ""])


def _resources(code: Code) -> Iterator[str]:
    """The blocks of a binding, and the values that others refer to; without blocks that lack an output."""
    for block in code.variable.binding.resources:
        if (text := code.expression(block, made=True)) is not None:
            lines = "\n".join(line.rstrip() for line in text.strip().split("\n"))
            yield re.sub(r"\n\n(\s*})", r"\n\1", re.sub(r"\n{3,}", "\n\n", lines)) + "\n"
    rows = [
        (f"{code.variable.name}_{name}", code.expression(o["value"]))
        for name, o in code.variable.binding.outputs.items()
    ]
    known = [(name, text) for name, text in rows if text is not None]
    if known:
        yield "\n".join(["locals {", *(f"  {line}" for line in aligned(sorted(known))), "}", ""])


def output(source: OutputSource) -> str:
    """A reference to an output of a module; null in an environment without the module."""
    if source.output in source.variable.binding.outputs:
        return f"local.{source.name}"
    return _of_module(source.variable, source.output)


def _of_module(variable: Variable, name: str) -> str:
    """A reference to an output of the module of a variable; null in an environment without the module."""
    return f"one(module.{variable.name}[*].{name})" if variable.optional else f"module.{variable.name}.{name}"


def needs_tf(wiring: Wiring, stack: str, model: str) -> str | None:
    """The text of `needs.tf`: a variable for each stack whose outputs this one takes; None if it takes none.

    No variable file has values for them, because only the cloud knows them: ids of networks, subnets and keys.
    """
    needed = wiring.needed_from(stack)
    if not needed:
        return None
    blocks = [f"# {HEADER.format(model=model)}\n"]
    for other, wires in needed.items():
        # Terraform leaves an output that is null out of `terraform output`, such as that of a module that an environment does not have.
        attributes = {w.source.name: f"optional({parse(w.source.type).render(4)})" for w in wires if w.source}
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
        body = aligned([("description", quoted(_about(source))), ("value", output(source))])
        blocks.append("\n".join([f'output "{source.name}" {{', *(f"  {line}" for line in body), "}", ""]))
    return "\n".join(blocks)


def _about(source: OutputSource) -> str:
    module = source.variable.binding.module
    return f"{source.output} of {module.address if module else source.variable.name}, for other stacks."
