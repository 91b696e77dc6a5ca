"""Terraform files of each stack and cloud: variables, their values in every environment, and the root module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from archgen.artifacts.base import Artifact, Context, Emitted
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.stacks import Terraform
from archgen.system.git import ignored
from archgen.system.textfile import UnreadableError, read_below
from archgen.terraform.backend_tf import backend_file, backend_settings, backend_tf, has_backend
from archgen.terraform.binding import ModuleCall
from archgen.terraform.files import GENERATED, Variable, tfvars_json, variables_tf
from archgen.terraform.instances import StackInstance
from archgen.terraform.main_tf import main_tf, needs_tf, outputs_tf
from archgen.terraform.moved_tf import destroyed, keys_in, moved_tf, resource_moves
from archgen.terraform.own_stacks import InputError
from archgen.terraform.plans import CloudPlan
from archgen.terraform.providers_tf import providers_tf
from archgen.terraform.state import state_bucket
from archgen.terraform.team_values import team_values
from archgen.terraform.tfvars_hcl import tfvars_hcl


def emit(context: Context) -> Emitted:
    """Committed files in the folders that `terraform.path` names, for every environment in its current phase."""
    artifacts: list[Artifact] = []
    problems: list[Diagnostic] = []
    for cloud in context.axes.clouds if context.document.terraform else ():
        plan = context.project.plans.of[cloud]
        for stack, declared in plan.wiring.stacks.items():
            if declared:
                artifacts += _stack(context, plan, stack)
        artifacts += _team_stack_files(context, cloud)
        problems += _destroyed(context, plan)
    return artifacts, [*problems, *_ignored_warnings(context, artifacts)]


def _team_stack_files(context: Context, cloud: str) -> Iterator[Artifact]:
    """A variable file for each environment, in the folder of every stack whose code a team wrote itself."""
    for a in context.today(cloud):
        terraform = a.document.terraform
        for name, stack in terraform.stacks.items() if terraform else ():
            if terraform is None or stack.directory is None:
                continue
            try:
                text = team_values(a, name, context.model_file)
            except InputError:
                continue  # the rule of ARC-F004 reports it, and a build with errors writes nothing
            file = terraform.variable_file(cloud, a.coordinate.environment, name)
            yield Artifact(file, text.encode(), committed=True, outside=bool(stack.outside))


def _destroyed(context: Context, plan: CloudPlan) -> Iterator[Diagnostic]:
    """A warning for each module that the files on disk call and that the new ones would not, so that Terraform would destroy it."""
    for stack, declared in plan.wiring.stacks.items():
        file = f"{stack_folder(context, plan.cloud, stack)}/main.tf"
        try:
            before = read_below(context.project.root, file)
        except UnreadableError:
            continue  # it does not exist yet, or archgen cannot have written it
        for name in destroyed(before, declared) if before.startswith(GENERATED) else ():
            yield Diagnostic(
                "ARC-F040",
                f"module.{name} is no longer in {file}: the next apply would destroy what it created",
                "if its component was renamed, list the earlier ID under `formerly` of the component; otherwise, nothing is to be done",
                path=("terraform", "stacks", stack),
                severity="warning",
            )


def _ignored_warnings(context: Context, artifacts: list[Artifact]) -> list[Diagnostic]:
    """A warning for each rule of a .gitignore that would keep generated files out of the repository."""
    root = context.project.root
    if not (root / ".git").exists():
        return []
    rules: dict[str, list[str]] = {}
    for path, rule in ignored(root, [artifact.path for artifact in artifacts if not artifact.outside]).items():
        rules.setdefault(rule, []).append(path)
    return [
        Diagnostic(
            "ARC-F111",
            f"Git ignores {len(paths)} generated files because of {rule}",
            f"add a line after that rule: !/{paths[0].partition('/')[0]}/**/*.tfvars.json",
            severity="warning",
            subject=paths[0],
        )
        for rule, paths in rules.items()
    ]


def _stack(context: Context, plan: CloudPlan, stack: str) -> list[Artifact]:
    folder, model = stack_folder(context, plan.cloud, stack), context.model_file
    declared = plan.wiring.stacks[stack]
    texts = {
        "variables.tf": variables_tf(declared, model),
        "main.tf": main_tf(plan.wiring, stack, model),
        "needs.tf": needs_tf(plan.wiring, stack, model),
        "outputs.tf": outputs_tf(plan.wiring, stack, model),
        "moved.tf": moved_tf(declared, model, _moved_resources(plan, stack)),
        **_settings(context, plan, stack),
    }
    terraform = context.document.terraform
    for instance, calls in zip(plan.instances[stack], plan.calls[stack], strict=True):
        assert terraform is not None
        text = values_text(terraform, calls, declared, instance, model)
        texts[terraform.values_file(instance.name)] = text
    return [Artifact(f"{folder}/{name}", text.encode(), committed=True) for name, text in texts.items() if text]


def values_text(
    terraform: Terraform, calls: Iterable[ModuleCall], declared: Sequence[Variable], instance: StackInstance, model: str
) -> str:
    """The text of the variable file of one instance of a stack, in the format that the model states."""
    if terraform.format == "hcl":
        return tfvars_hcl(calls, instance.architecture, model)
    return tfvars_json(calls, declared, model)


def _settings(context: Context, plan: CloudPlan, stack: str) -> dict[str, str]:
    """The files with the providers of a stack, and with its backend, if a stack makes the bucket for the states."""
    model, instances = context.model_file, plan.instances[stack]
    stored = all(state_bucket(instance.architecture) for instance in instances)
    texts = {"providers.tf": providers_tf(plan.wiring, stack, model, locked=stored)}
    if not has_backend(plan.cloud):
        return texts
    texts["backend.tf"] = backend_tf(plan.cloud, model, local=not stored)
    return texts | {backend_file(i): backend_settings(i, stack, model) for i in instances}


def _moved_resources(plan: CloudPlan, stack: str) -> Iterator[tuple[str, str]]:
    """The moves of resources without a module, of components that were renamed."""
    renamed = {
        name: component.formerly
        for instance in plan.instances[stack]
        for name, component in instance.architecture.components.items()
        if component.formerly
    }
    if not renamed:
        return
    keys: dict[str, set[str]] = {}
    for call in (call for calls in plan.calls[stack] for call in calls):
        keys.setdefault(call.variable, set()).update(keys_in(call.values))
    yield from resource_moves(plan.wiring.stacks[stack], renamed, keys)


def stack_folder(context: Context, cloud: str, stack: str) -> str:
    """The folder of a stack's files, from the project's folder."""
    assert context.document.terraform is not None
    return context.document.terraform.folder(cloud, stack)
