"""Terraform variable files: for each stack and cloud a `variables.tf` and one JSON file for each environment."""

from __future__ import annotations

from archgen.artifacts.base import Artifact, Context, Emitted
from archgen.terraform.bindings import calls
from archgen.terraform.files import tfvars_json, variables, variables_tf


def emit(context: Context) -> Emitted:
    """Committed files, below the path that the model names. Every environment as it stands today."""
    terraform = context.document.terraform
    made: list[Artifact] = []
    for cloud in context.axes.clouds if terraform else ():
        for stack in context.resolved.standing(cloud, context.axes.environments[-1]).document.terraform.stacks:  # type: ignore[union-attr]
            environments = [list(calls(a, stack)) for a in context.today(cloud)]
            declared = variables(environments)
            if not declared:
                continue
            folder = stack_folder(context, cloud, stack)
            text = variables_tf(declared, context.model_file)
            made.append(Artifact(f"{folder}/variables.tf", text.encode(), committed=True))
            for name, environment in zip(context.axes.environments, environments, strict=True):
                values = tfvars_json(environment, declared, context.model_file)
                made.append(Artifact(f"{folder}/{name}.tfvars.json", values.encode(), committed=True))
    return made, []


def stack_folder(context: Context, cloud: str, stack: str) -> str:
    """Where the files of a stack lie."""
    assert context.document.terraform is not None
    return context.document.terraform.path.replace("{cloud}", cloud).replace("{stack}", stack)
