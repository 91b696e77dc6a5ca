"""Terraform files: for each stack and cloud its variables, their values in every environment, and a root that calls the modules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archgen.artifacts.base import Artifact, Context, Emitted
from archgen.terraform.bindings import Call, calls
from archgen.terraform.files import tfvars_json, variables, variables_tf
from archgen.terraform.main_tf import main_tf, needs_tf, outputs_tf
from archgen.terraform.wiring import Wiring


def emit(context: Context) -> Emitted:
    """Committed files, below the path that the model names. Every environment as it stands today."""
    made: list[Artifact] = []
    for cloud in context.axes.clouds if context.document.terraform else ():
        plan = plan_of(context, cloud)
        for stack, declared in plan.wiring.stacks.items():
            if declared:
                made += _stack(context, plan, stack)
    return made, []


@dataclass(frozen=True, slots=True)
class Plan:
    """The stacks of one cloud: the calls of every environment in each, and how they are wired."""

    cloud: str
    calls: Mapping[str, list[list[Call]]]
    wiring: Wiring


def plan_of(context: Context, cloud: str) -> Plan:
    """What the stacks of a cloud hold; made once."""
    if cloud not in context.plans:
        last = context.resolved.standing(cloud, context.axes.environments[-1])
        stacks = last.document.terraform.stacks if last.document.terraform else {}
        made = {stack: [list(calls(a, stack)) for a in context.today(cloud)] for stack in stacks}
        context.plans[cloud] = Plan(cloud, made, Wiring({stack: variables(each) for stack, each in made.items()}))
    plan: Plan = context.plans[cloud]
    return plan


def _stack(context: Context, plan: Plan, stack: str) -> list[Artifact]:
    folder, model = stack_folder(context, plan.cloud, stack), context.model_file
    declared = plan.wiring.stacks[stack]
    texts = {
        "variables.tf": variables_tf(declared, model),
        "main.tf": main_tf(plan.wiring, stack, model),
        "needs.tf": needs_tf(plan.wiring, stack, model),
        "outputs.tf": outputs_tf(plan.wiring, stack, model),
    }
    for name, environment in zip(context.axes.environments, plan.calls[stack], strict=True):
        texts[f"{name}.tfvars.json"] = tfvars_json(environment, declared, model)
    return [Artifact(f"{folder}/{name}", text.encode(), committed=True) for name, text in texts.items() if text]


def stack_folder(context: Context, cloud: str, stack: str) -> str:
    """Where the files of a stack lie."""
    assert context.document.terraform is not None
    return context.document.terraform.path.replace("{cloud}", cloud).replace("{stack}", stack)
