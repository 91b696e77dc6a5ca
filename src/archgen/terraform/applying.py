"""The commands that apply the stacks of a cloud, in order, and that hand the outputs of a stack to those that need them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace

from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.model.architecture import Architecture
from archgen.model.stacks import Terraform
from archgen.records import dataclass
from archgen.terraform.backend_tf import backend_file, has_backend
from archgen.terraform.instances import StackInstance
from archgen.terraform.plans import CloudPlan
from archgen.terraform.platform import let_in_by
from archgen.terraform.role import role_of
from archgen.terraform.root_facts import root_facts
from archgen.terraform.stack_order import in_order, stacks_before
from archgen.terraform.state import state_bucket, state_component
from archgen.terraform.target import RECOVERY
from archgen.terraform.tunnels import close_way, cluster_modules, open_way, private_cluster
from archgen.terraform.wiring import stack_variable

# What stands for a value of a binding's variable in the commands that a person runs.
_WORD = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)*)\}")


@dataclass(frozen=True, slots=True)
class StackStep:
    """One stack to apply: its id, the instance of it, and the commands to run from the project's folder, each with what it does."""

    stack: str
    instance: str
    purpose: str
    commands: tuple[tuple[str, str], ...]


def steps(
    plan: CloudPlan, terraform: Terraform, environment: str, *, recovery: bool = False, first: bool = False
) -> Iterator[StackStep]:
    """What to run, in order, to apply all stacks that archgen generates and that the environment needs.

    With `recovery`, it is what to run in its recovery region: only the stacks that are applied there. Without it, what a stack copies to
    that region comes after the stacks there that are applied before it. With `first`, states are kept in files until the bucket for
    them exists, and are then moved into it.
    """
    done: set[str] = set()
    for name in in_order(terraform.stacks):
        if name not in plan.instances or (recovery and not terraform.stacks[name].recovery):
            continue
        instance = _instance_for(plan.instances[name], environment, recovery)
        if instance is None:
            continue
        if not recovery and _copies(plan, name, instance):
            before = [other for other in in_order(terraform.stacks) if other in stacks_before(terraform.stacks, name)]
            for other in (stack for stack in before if stack not in done and terraform.stacks[stack].recovery):
                done.add(other)
                yield from _there(plan, terraform, other, environment, first)
        yield from _step(plan, terraform, name, instance, environment, first)


def _copies(plan: CloudPlan, stack: str, instance: StackInstance) -> bool:
    """Whether a stack makes something in the recovery region, which needs the stacks there."""
    calls = plan.calls[stack][plan.instances[stack].index(instance)]
    return any(call.provider == RECOVERY for call in calls)


def _there(plan: CloudPlan, terraform: Terraform, stack: str, environment: str, first: bool) -> Iterator[StackStep]:
    """The step of a stack in the recovery region, among those of the home region: it uses another folder for what Terraform keeps."""
    instance = _instance_for(plan.instances[stack], environment, recovery=True)
    for step in _step(plan, terraform, stack, instance, environment, first) if instance else ():
        there = data_folder(environment, instance.architecture.elsewhere) if instance else ""
        begin = ("the recovery region has a separate folder", f"export TF_DATA_DIR={there}")
        yield replace(step, commands=(begin, *step.commands, ("", f"export TF_DATA_DIR={data_folder(environment)}")))


def _step(
    plan: CloudPlan, terraform: Terraform, stack: str, instance: StackInstance, environment: str, first: bool
) -> Iterator[StackStep]:
    """The step of one instance of a stack; none if there is nothing to run."""
    commands = (
        tuple(_commands(plan, terraform, stack, instance, environment, first)) if plan.wiring.stacks[stack] else ()
    )
    commands += tuple(_manifest_commands(plan, terraform, stack, instance))
    if commands:
        yield StackStep(stack, instance.name, terraform.stacks[stack].purpose, commands)


def _manifest_commands(
    plan: CloudPlan, terraform: Terraform, stack: str, instance: StackInstance
) -> Iterator[tuple[str, str]]:
    """The commands that apply the manifests of a stack, each after signing in to its cluster."""
    each = plan.calls[stack][plan.instances[stack].index(instance)]
    calls = [(call.component, instance.architecture) for call in each if call.binding.manifests and call.component]
    clusters = dict(calls)
    for component, a in clusters.items():
        private = isinstance(cluster := a.components[component], KubernetesCluster) and cluster.endpoint == "private"
        way = list(open_way(a, component, for_kubectl=True)) if private else []
        why = "sign in to the cluster"
        yield (
            why + (", from where its private API server can be reached" if private and not way else ""),
            sign_in(a, component),
        )
        yield from way
        folder = f"{terraform.folder(plan.cloud, stack)}/{instance.name}"
        made = shlex.quote(f"{folder}/{component}" if len(clusters) > 1 else folder)
        if any(call.binding.id == "namespaces" for call in each):
            yield (
                "make the namespaces, without which nothing can be compared",
                f"kubectl apply --server-side -f {made}/namespaces.yaml",
            )
        yield f"see what changes in {a.identifier(component)}", f"kubectl diff -k {made}"
        yield "apply it", f"kubectl apply --server-side -k {made}"
        yield from close_way(a, component) if private else ()


def sign_in(a: Architecture, cluster: str) -> str:
    """The command that lets kubectl talk to a cluster of an environment, so that manifests never go to the one that was used last."""
    facts = root_facts(a.coordinate.cloud)
    assert facts is not None
    values = {"name": a.identifier(cluster), "region": a.cloud.region, "home": a.components[cluster].home or a.home}
    command = facts.sign_in.format(**{key: shlex.quote(value) for key, value in values.items()})
    options = [option for product, option in facts.sign_in_options.items() if let_in_by(a, cluster, product)]
    return " ".join([command, *options])


def data_folder(environment: str, region: str = "") -> str:
    """The folder in which Terraform keeps what it needs for one environment, so that preparing one never changes another."""
    return f".terraform-{'-'.join(filter(None, (environment, region)))}"


def _instance_for(instances: Sequence[StackInstance], environment: str, recovery: bool) -> StackInstance | None:
    """The instance of a stack that an environment needs: its own, that of its account, or the only one; None if it has none.

    With `recovery`, it is the environment's instance in its recovery region, or the same as without if the stack has none there.
    """
    of_environment = [i for i in instances if i.architecture.coordinate.environment == environment]
    if recovery and (there := [i for i in of_environment if i.architecture.elsewhere]):
        return there[0]
    own = [i for i in of_environment if i.name == environment]
    accounts = [i for i in instances if i.architecture.home_of(environment) == i.name]
    only = list(instances) if len(instances) == 1 else []
    return next(iter((*own, *accounts, *only)), None)


def _commands(
    plan: CloudPlan, terraform: Terraform, stack: str, instance: StackInstance, environment: str, first: bool
) -> Iterator[tuple[str, str]]:
    folder, files = terraform.folder(plan.cloud, stack), [terraform.values_file(instance.name)]
    in_folder = f"terraform -chdir={shlex.quote(folder)}"
    for other in plan.wiring.needed_from(stack):
        source = _instance_for(plan.instances[other], environment, bool(instance.architecture.elsewhere))
        assert source is not None
        file = f"{instance.name}.from-{other}.tfvars.json"
        files.append(file)
        command = _hand_over(terraform, plan.cloud, other, f"{folder}/{file}")
        if source.architecture.elsewhere != instance.architecture.elsewhere:
            command = f"TF_DATA_DIR={shlex.quote(data_folder(environment))} {command}"
        yield f"take the outputs of {other}", command
    for word in _asked(plan, stack, instance):
        file = f"{instance.name}.{word}.tfvars.json"
        files.append(file)
        yield f"write {file} first: what the database is restored from", f"test -s {shlex.quote(f'{folder}/{file}')}"
    yield from _by_hand(plan, stack, instance, "beforehand")
    known = has_backend(plan.cloud)
    bucket = state_bucket(instance.architecture) if known and first else None
    settings = backend_file(instance)
    makes = bool(bucket) and _makes_the_bucket(plan, stack, instance)
    abroad = bool(instance.architecture.elsewhere)
    earlier = _before_the_bucket(plan, terraform, environment, abroad) if bucket else []
    if makes or stack in earlier:
        # A file for each instance, so that none reads the state of another one in the same folder.
        local = f'terraform {{\\n  backend "local" {{\\n    path = "{instance.name}.tfstate"\\n  }}\\n}}\\n'
        yield (
            "keep the state in a file, because the bucket for it does not exist yet",
            f"printf {shlex.quote(local)} > {shlex.quote(f'{folder}/first_override.tf')}",
        )
        yield "", f"{in_folder} init"
    else:
        yield (
            f"prepare the folder{_other_credentials(terraform, stack, instance)}",
            f"{in_folder} init{f' -backend-config={shlex.quote(settings)}' if known else ''}",
        )
    given = " ".join(f"-var-file={shlex.quote(file)}" for file in files)
    a, calls = instance.architecture, plan.calls[stack][plan.instances[stack].index(instance)]
    cluster = private_cluster(a, calls)
    if cluster and (made := cluster_modules(a, plan.wiring.stacks[stack])):
        only = " ".join(f"-target=module.{name}" for name in made)
        file = shlex.quote(f"{instance.name}-cluster.plan")
        yield (
            "make the cluster first, because charts reach it through its private API server",
            (f"{in_folder} plan {given} {only} -out={file}"),
        )
        yield "", f"{in_folder} apply {file}"
    yield from open_way(a, cluster, for_kubectl=False) if cluster else ()
    yield "see what changes", f"{in_folder} plan {given} -out={shlex.quote(f'{instance.name}.plan')}"
    yield "apply exactly that", f"{in_folder} apply {shlex.quote(f'{instance.name}.plan')}"
    yield from close_way(a, cluster) if cluster else ()
    yield from _by_hand(plan, stack, instance, "afterwards")
    for moved in (*earlier, stack) if makes else ():
        there = _instance_for(plan.instances[moved], environment, abroad)
        if there and state_bucket(there.architecture) == bucket:
            yield from _move_state(terraform.folder(plan.cloud, moved), there)


def _other_credentials(terraform: Terraform, stack: str, instance: StackInstance) -> str:
    """A note if a stack is applied in one account and its state is in another, and no role is stated that reaches both."""
    a = instance.architecture
    home, facts = terraform.stacks[stack].home or a.home, root_facts(a.coordinate.cloud)
    if home == a.home or role_of(a) or not state_bucket(a) or not (facts and facts.account):
        return ""
    return (
        f", with credentials for {a.home_name(home)}; its state is in {a.home_name(a.home)}, so add "
        "-backend-config=profile=NAME with a profile for that account"
    )


def _by_hand(plan: CloudPlan, stack: str, instance: StackInstance, when: str) -> Iterator[tuple[str, str]]:
    """What a person does before or after an apply (`when` is the key of the binding), because no stack can do it.

    In the command, `{name}` is the value `name` of the binding's variable, and `{a.b}` the value `b` in its value `a`. Without such a
    value, there is nothing to do.
    """
    for call in plan.calls[stack][plan.instances[stack].index(instance)]:
        if entry := getattr(call.binding, when):
            words = {word: _value_at(call.values, word.split(".")) for word in _WORD.findall(entry["run"])}
            command = entry["run"]
            for word, value in words.items():
                command = command.replace(f"{{{word}}}", shlex.quote(value))
            if all(words.values()):
                yield entry["why"], command


def _value_at(values: object, path: Sequence[str]) -> str:
    """The text or whole number at a path in the values of a variable, as text; empty if there is none."""
    for step in path:
        values = values.get(step) if isinstance(values, dict) else None
    return str(values) if isinstance(values, str | int) and not isinstance(values, bool) else ""


def _asked(plan: CloudPlan, stack: str, instance: StackInstance) -> list[str]:
    """The words of the further variable files that a person writes for an instance, because the model cannot have the values."""
    calls = plan.calls[stack][plan.instances[stack].index(instance)]
    return sorted({call.binding.asks for call in calls if call.binding.asks and not call.values})


def _move_state(folder: str, instance: StackInstance) -> Iterator[tuple[str, str]]:
    """The commands that move the state of a stack from a file into the bucket."""
    yield "move the state into the bucket", f"rm {shlex.quote(f'{folder}/first_override.tf')}"
    settings = shlex.quote(backend_file(instance))
    yield "", f"terraform -chdir={shlex.quote(folder)} init -migrate-state -backend-config={settings}"


def makes_a_bucket(plan: CloudPlan, terraform: Terraform, environment: str) -> bool:
    """Whether one of the stacks makes the bucket for the states, so that the first apply differs from all later ones."""
    instances = ((name, _instance_for(each, environment, recovery=False)) for name, each in plan.instances.items())
    return any(instance and _makes_the_bucket(plan, name, instance) for name, instance in instances)


def _before_the_bucket(plan: CloudPlan, terraform: Terraform, environment: str, recovery: bool) -> list[str]:
    """The stacks that are applied before the one that makes the bucket for the states, so that their states are in files at first."""
    for name in in_order(terraform.stacks):
        made = plan.wiring.stacks.get(name)
        instance = _instance_for(plan.instances[name], environment, recovery) if made else None
        if instance and _makes_the_bucket(plan, name, instance):
            before = stacks_before(terraform.stacks, name)
            stored = [
                other
                for other in in_order(terraform.stacks)
                if other in before
                and plan.wiring.stacks.get(other)
                # The state of what exists once can be in the bucket of another environment, which must be there already.
                and (its := _instance_for(plan.instances[other], environment, recovery))
                and state_bucket(its.architecture) == state_bucket(instance.architecture)
            ]
            return [other for other in stored if not recovery or terraform.stacks[other].recovery]
    return []


def _makes_the_bucket(plan: CloudPlan, stack: str, instance: StackInstance) -> bool:
    """Whether the stack has the module of the bucket for the states."""
    component = state_component(instance.architecture)
    return any(variable.component == component for variable in plan.wiring.stacks[stack])


def _hand_over(terraform: Terraform, cloud: str, other: str, file: str) -> str:
    """The command that writes the outputs of another stack as a variable file."""
    folder, name = terraform.folder(cloud, other), stack_variable(other)
    taken = f"terraform -chdir={shlex.quote(folder)} output -json"
    new = shlex.quote(f"{file}.new")  # an earlier file stays if the outputs cannot be read
    return f"{taken} | jq '{{{name}: map_values(.value)}}' > {new} && test -s {new} && mv {new} {shlex.quote(file)}"
