"""Kubernetes manifests of the stacks that have some: a folder for each environment, to be applied with `kubectl apply -k`."""

from __future__ import annotations

from archgen.artifacts.base import Artifact, Context, Emitted
from archgen.kubernetes.manifests import manifests


def emit(context: Context) -> Emitted:
    """Committed files in the folders that `terraform.path` names, for every environment in its current phase."""
    terraform = context.document.terraform
    artifacts: list[Artifact] = []
    for cloud in context.axes.clouds if terraform else ():
        for a in context.today(cloud):
            assert terraform is not None
            for stack in a.document.terraform.stacks if a.document.terraform else ():
                folder = f"{terraform.folder(cloud, stack)}/{a.coordinate.environment}"
                texts = manifests(a, stack, context.model_file)
                artifacts += [Artifact(f"{folder}/{n}", text.encode(), committed=True) for n, text in texts.items()]
    return artifacts, []
