"""ARC-F001: archgen has a binding for every module that a stack names."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, did_you_mean
from archgen.model.architecture import Architecture
from archgen.terraform import binding_ids


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """A finding for each unknown module. For a cloud without any bindings, modules of the model's other clouds are left out."""
    terraform, cloud = architecture.document.terraform, architecture.coordinate.cloud
    if not terraform or not terraform.stacks:
        return
    known = binding_ids(cloud, architecture.bindings)
    known = known or frozenset(id_ for other in architecture.document.clouds for id_ in binding_ids(other))
    for name, stack in terraform.stacks.items():
        for position, module in enumerate(stack.modules):
            if module not in known:
                path = ("terraform", "stacks", name, "modules", position)
                help_ = (
                    did_you_mean(module, {id_ for id_ in known if "@" not in id_ or "@" in module})
                    if known
                    else "remove it; a stack with a `directory` gets its values"
                )
                message = f"archgen has no binding for the Terraform module '{module}' on {architecture.facts.name}"
                yield Diagnostic("ARC-F001", message, help_, path)
