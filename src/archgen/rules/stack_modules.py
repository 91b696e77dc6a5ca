"""ARC-F001, ARC-F002: every module that a stack names has a binding, and the model has the facts that it needs."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostic import Diagnostic, did_you_mean
from archgen.model.architecture import Architecture
from archgen.model.resolve import Resolved
from archgen.terraform import binding_ids


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """The names of modules, at every coordinate."""
    terraform, cloud = architecture.document.terraform, architecture.coordinate.cloud
    for name, stack in terraform.stacks.items() if terraform else ():
        for position, module in enumerate(stack.modules):
            if module not in binding_ids(cloud):
                path = ("terraform", "stacks", name, "modules", position)
                help_ = did_you_mean(module, binding_ids(cloud))
                yield Diagnostic("ARC-F001", f"there is no binding '{module}' for {cloud}", help_, path)


def missing_facts(resolved: Resolved) -> Iterator[Diagnostic]:
    """The facts, where variable files are made: every environment as it stands today."""
    from archgen.terraform.bindings import MissingFactError, calls

    for architecture in resolved.today():
        terraform = architecture.document.terraform
        for name in terraform.stacks if terraform else ():
            try:
                list(calls(architecture, name))
            except MissingFactError as error:
                path = ("components", error.component) if error.component else ("network",)
                message = f"the module {error.binding.id} needs a fact that is not stated"
                yield Diagnostic("ARC-F002", message, str(error), path, where=(str(architecture.coordinate),))
