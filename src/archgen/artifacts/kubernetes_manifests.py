"""Kubernetes manifests of the stacks that have some: a folder for each environment, to be applied with `kubectl apply -k`."""

from __future__ import annotations

from archgen.artifacts.base import Artifact, Context, Emitted
from archgen.kubernetes.manifests import manifests
from archgen.terraform.instances import everywhere


def emit(context: Context) -> Emitted:
    """Committed files in the folders that `terraform.path` names, for every environment and its recovery region."""
    terraform = context.document.terraform
    artifacts: list[Artifact] = []
    for cloud in context.axes.clouds if terraform else ():
        assert terraform is not None
        today = list(context.today(cloud))
        for stack in dict.fromkeys(s for a in today if a.document.terraform for s in a.document.terraform.stacks):
            for instance in everywhere(today, stack):
                folder = f"{terraform.folder(cloud, stack)}/{instance.name}"
                texts = manifests(instance.architecture, stack, context.model_file)
                artifacts += [Artifact(f"{folder}/{n}", text.encode(), committed=True) for n, text in texts.items()]
    return artifacts, []
