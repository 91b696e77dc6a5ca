"""TF101: every module of a stack, and every stack, makes something on each cloud that has it."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.model.resolve import locate
from archgen.project import Project
from archgen.terraform import binding_ids

CODE = "TF101"
TITLE = "A stack or one of its modules makes nothing"
SEVERITY = "warning"
ABSENCE = {
    "directory": "A stack without a folder has no code of the project.",
    "terraform": "Without `terraform`, no stack makes anything.",
}


def check_project(project: Project) -> Iterator[Outcome]:
    """A finding for each module that applies to nothing at any coordinate of a cloud, and for each stack without modules."""
    resolved = project.resolved
    for cloud in resolved.axes.clouds:
        present = [a for at, a in resolved.architectures.items() if at.cloud == cloud and a.document.terraform]
        if not present or not binding_ids(cloud, present[0].bindings):
            continue
        for (stack, reference), makes in project.made[cloud].modules.items():
            listing = [a for a in present if reference in _modules(a, stack)]
            path = ("terraform", "stacks", stack, "modules", _modules(listing[0], stack).index(reference))
            if makes:
                yield Passed(path)
                continue
            message = f"the module '{reference}' of the stack '{stack}' makes nothing on {listing[0].facts.name}"
            finding = Diagnostic(CODE, message, _help(reference, listing[0]), path, where=_where(listing))
            yield locate(finding, listing[0].tree)
        yield from _empty_stacks(present)


def _modules(a: Architecture, stack: str) -> tuple[str, ...]:
    terraform = a.document.terraform
    return terraform.stacks[stack].modules if terraform and stack in terraform.stacks else ()


def _where(listing: list[Architecture]) -> tuple[str, ...]:
    return tuple(str(a.coordinate) for a in listing)


def _help(reference: str, a: Architecture) -> str:
    """What the module applies to, and that it can be removed."""
    from archgen.terraform.bindings import find

    binding = find(a, reference)
    assert binding is not None  # only modules with a binding can make nothing
    if binding.binds == "network":
        needed = "state `network`"
    elif binding.when:
        needed = f"it is used only where this holds: {binding.when}"
    elif isinstance(binding.binds, str):
        needed = f"add a component of the kind {' or '.join(binding.kinds)}" if binding.kinds else "add a component"
    else:
        needed = f"add a component with the product {' or '.join(binding.binds)}"
    return f"remove it, or {needed}" if not binding.when or binding.binds == "network" else f"remove it; {needed}"


def _empty_stacks(present: list[Architecture]) -> Iterator[Outcome]:
    """A finding for each stack that lists no module at any coordinate of a cloud where other stacks do."""
    stacks = {name for a in present for name in (a.document.terraform.stacks if a.document.terraform else ())}
    if not any(_modules(a, name) for a in present for name in stacks):
        return
    for name in sorted(stacks):
        having = [a for a in present if a.document.terraform and name in a.document.terraform.stacks]
        stated = [a.document.terraform.stacks[name] for a in having if a.document.terraform]
        if any(stack.modules or stack.directory is not None for stack in stated):
            continue
        message = f"the stack '{name}' makes nothing on {having[0].facts.name}: it lists no modules"
        help_ = "list modules (archgen terraform modules shows them), name the folder of your own code with `directory`, or use `in`"
        yield locate(
            Diagnostic(CODE, message, help_, ("terraform", "stacks", name), where=_where(having)), having[0].tree
        )
