"""The Terraform stacks in the order in which they are applied, with the number of modules in each."""

from __future__ import annotations

from archgen.draw.graph import Edge, Graph, Icon, Node
from archgen.model.architecture import Architecture
from archgen.views._groups import picture

TITLE = "Terraform stacks"
QUESTION = "In which order is the infrastructure built, and what does each stack need?"
ORDER = 95
PART = ("terraform",)


def view(architecture: Architecture, horizon: Architecture) -> Graph:
    """A node for each stack; an arrow points from a stack to one that needs it."""
    a = architecture
    terraform = a.document.terraform
    stacks = terraform.stacks if terraform else {}
    nodes = [
        Node(
            f"stack-{name}",
            name,
            Icon("onprem.iac.Terraform"),
            f"{len(stack.modules)} module{'' if len(stack.modules) == 1 else 's'}" if stack.modules else "",
            f"terraform/{name}",
        )
        for name, stack in stacks.items()
    ]
    edges = [
        Edge(f"stack-{before}--{name}", f"stack-{before}", f"stack-{name}")
        for name, stack in stacks.items()
        for before in stack.after
        if before in stacks
    ]
    described = f"The Terraform stacks on {a.facts.full_name}, in the order in which they are applied."
    return picture("stacks", TITLE, described, a, nodes, edges)
