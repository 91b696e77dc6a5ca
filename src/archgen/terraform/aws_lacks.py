"""What stacks on AWS leave out because the model does not state it, with the help that resolves it."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.postgresql import Postgresql
from archgen.kinds.secret_store import SecretStore
from archgen.model.architecture import Architecture
from archgen.terraform.aws import builds
from archgen.terraform.aws_audit import budget_readers
from archgen.terraform.aws_groups import groups

# The modules whose security groups come from the binding `security-groups`, and the products that they are for.
_GROUPED = {
    "elasticache": "elasticache",
    "rds": "rds-postgresql",
    "rds-aurora": "aurora-postgresql",
    "rds-proxy": "rds-proxy",
}


def lacks(a: Architecture) -> Iterator[Diagnostic]:
    """A warning for each budget without readers, secret that nothing rotates, and component that nothing may connect to."""
    if not a.document.terraform:
        return
    if builds(a, "budgets") and a.environment.monthly_budget_usd and not budget_readers(a):
        path = ("environments", a.coordinate.environment, "monthly_budget_usd")
        message = f"no one is told when the budget of {a.environment.name} is nearly spent"
        help_ = "state the e-mail address of a team as its contact"
        yield Diagnostic("ARC-F021", message, help_, path, severity="warning", where=(str(a.coordinate),))
    yield from _not_rotated(a)
    yield from _not_reached(a)


def _not_rotated(a: Architecture) -> Iterator[Diagnostic]:
    administrators = {database.credentials_in for _name, database in a.of_kind(Postgresql)}
    for name, store in a.of_kind(SecretStore):
        if store.product != "secrets-manager" or not store.rotation_days or name in administrators:
            continue
        if builds(a, "secrets-manager") and not _has_function(a):
            message = f"nothing rotates the secrets of '{name}': a rotation needs a function, unless RDS creates them"
            help_ = "set enable_rotation, rotation_lambda_arn and rotation_rules of secrets-manager under `set`, or remove rotation_days"
            path = ("components", name, "rotation_days")
            yield Diagnostic("ARC-F022", message, help_, path, severity="warning", where=(str(a.coordinate),))


def _has_function(a: Architecture) -> bool:
    stacks = a.document.terraform.stacks.values() if a.document.terraform else ()
    return any("rotation_lambda_arn" in stack.set.get("secrets-manager", {}) for stack in stacks)


def _not_reached(a: Architecture) -> Iterator[Diagnostic]:
    if builds(a, "security-groups"):
        return
    made = {product for module, product in _GROUPED.items() if builds(a, module)}
    for name, component in groups(a).items():
        if component.product in made and any(connection.call.port for connection in a.traffic_to(name)):
            message = f"no security group lets anything connect to '{name}'"
            help_ = "add the module security-groups to the stack of the network"
            path = ("components", name)
            yield Diagnostic("ARC-F023", message, help_, path, severity="warning", where=(str(a.coordinate),))
