"""What stacks on AWS leave out because the model does not state it, with the help that resolves it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Path, Severity
from archgen.kinds._on_demand import ExternalSystem
from archgen.kinds.actor import Actor
from archgen.kinds.postgresql import Postgresql
from archgen.kinds.relational_database import RelationalDatabase
from archgen.kinds.secret_store import SecretStore
from archgen.model.architecture import Architecture
from archgen.records import dataclass
from archgen.terraform.aws_apis import lacks_authorizer, lacks_domain
from archgen.terraform.aws_audit import budget_readers
from archgen.terraform.aws_balancing import lacks_certificate, lacks_log_bucket, unregistered
from archgen.terraform.aws_clusters import lacks_capacity, lacks_machines
from archgen.terraform.aws_containers import lacks_domain_of_services, lacks_metric, lacks_utilization
from archgen.terraform.aws_databases import lacks_administrator, lacks_name_of_administrator, lacks_replicas
from archgen.terraform.aws_deliveries import undelivered
from archgen.terraform.aws_files import lacks_backup_plan
from archgen.terraform.aws_groups import groups
from archgen.terraform.aws_machines import (
    lacks_balancer,
    lacks_image,
    lacks_image_of_machine,
    lacks_key_user,
    lacks_machine_metric,
    lacks_machine_utilization,
)
from archgen.terraform.aws_transit import lacks_attachment, lacks_route_tables, lacks_scope
from archgen.terraform.built import builds

# The modules whose security groups come from the binding `security-groups`, and the products that they are for.
_GROUPED = {
    "alb": ("alb",),
    "efs": ("efs",),
    "elasticache": ("elasticache",),
    "rds": ("rds-postgresql", "rds-mysql"),
    "rds-aurora": ("aurora-postgresql",),
    "rds-proxy": ("rds-proxy",),
}


def lacks(a: Architecture) -> Iterator[Diagnostic]:
    """What stacks leave out: a budget without readers, a secret that nothing rotates, a component that nothing may connect to, something
    that is not delivered, and a function or workflow without code.
    """
    if not a.document.terraform:
        return
    if builds(a, "budgets") and a.environment.monthly_budget_usd and not budget_readers(a):
        path = ("environments", a.coordinate.environment, "monthly_budget_usd")
        message = f"no one is told when the budget of {a.environment.name} is nearly spent"
        help_ = "state the e-mail address of a team as its contact"
        yield Diagnostic("ARC-F021", message, help_, path, severity="warning", where=(str(a.coordinate),))
    yield from _not_rotated(a)
    yield from _not_reached(a)
    yield from not_delivered(a, undelivered(a))
    yield from not_delivered(a, unregistered(a))
    yield from _without_code(a)


def _not_rotated(a: Architecture) -> Iterator[Diagnostic]:
    databases = [database for _name, database in a.of_kind(RelationalDatabase)]
    administrators = {d.credentials_in for d in databases if isinstance(d, Postgresql) or d.product == "rds-mysql"}
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
    made = {product for module, products in _GROUPED.items() if builds(a, module) for product in products}
    for name, component in groups(a).items():
        if component.product in made and any(connection.call.port for connection in a.traffic_to(name)):
            message = f"no security group lets anything connect to '{name}'"
            help_ = "add the module security-groups to the stack of the network"
            path = ("components", name)
            yield Diagnostic("ARC-F023", message, help_, path, severity="warning", where=(str(a.coordinate),))


def not_delivered(a: Architecture, found: Iterable[tuple[Path, str, str]]) -> Iterator[Diagnostic]:
    """A finding for each delivery that no stack makes, from its place in the model, the reason, and help."""
    for path, reason, help_ in found:
        _components, name, *rest = path
        what = f"to '{rest[-1]}'" if rest[0] == "calls" else "to its dead letters"
        message = f"no stack makes what '{name}' delivers {what}: {reason}"
        head = (
            a.components.get(a.components[str(name)].calls[str(rest[-1])].to or str(rest[-1]))
            if rest[0] == "calls"
            else None
        )
        outside = isinstance(head, Actor | ExternalSystem)  # no stack can make a delivery to people
        severity: Severity = "info" if outside else "warning"
        yield Diagnostic("ARC-F025", message, help_, path, severity=severity, where=(str(a.coordinate),))


@dataclass(frozen=True, slots=True)
class _Unstated:
    """What a model does not state and a module needs: the inputs of which one is enough, what it is, what follows, help, and
    whether a model needs it.
    """

    module: str
    inputs: tuple[str, ...]
    what: str
    follows: str
    help: str
    needed: Callable[[Architecture], bool] = lambda _a: True


_UNSTATED = (
    _Unstated(
        "lambda",
        ("image_uri", "local_existing_package", "s3_existing_package", "source_path"),
        "where the code of its functions is",
        "the apply fails",
        "set s3_existing_package or image_uri, handler and runtime of lambda under `set`; an expression can use component_name",
    ),
    _Unstated(
        "step-functions",
        ("definition",),
        "the steps of its workflows",
        "the apply fails",
        "set definition of step-functions under `set`; an expression can use component_name",
    ),
    _Unstated(
        "apigateway-v2",
        ("authorizers",),
        "what checks the callers of its APIs",
        "the plan fails",
        "set authorizers of apigateway-v2 under `set`, with the key jwt or custom; an expression can use component_name",
        lacks_authorizer,
    ),
    _Unstated(
        "apigateway-v2",
        ("create_domain_name",),
        "the certificate of the domains of its APIs",
        "they do not have these domains",
        "set create_domain_name, domain_name and domain_name_certificate_arn of apigateway-v2 under `set`",
        lacks_domain,
    ),
    _Unstated(
        "alb",
        ("listeners",),
        "the certificate of its load balancers",
        "the plan fails",
        "let a stack make it with acm or acm-regional, or set listeners of alb under `set`",
        lacks_certificate,
    ),
    _Unstated(
        "alb",
        ("access_logs",),
        "the bucket for the access logs of its load balancers",
        "they have none",
        "set access_logs of alb under `set`, with a bucket that Elastic Load Balancing may write to",
        lacks_log_bucket,
    ),
    _Unstated(
        "ecs-service",
        ("image_version",),
        "which version of their images its services run",
        "the plan fails",
        "set image_version of ecs-service under `set`; an expression can use component_name",
    ),
    _Unstated(
        "ecs-service",
        ("scale_at_percent",),
        "at which utilization its services scale",
        "they do not scale",
        "state `target_percent` under `scaling`, or set scale_at_percent of ecs-service under `set`",
        lacks_utilization,
    ),
    _Unstated(
        "ecs-service",
        (),
        "what scales its services by requests or events",
        "they do not scale",
        "state `by: cpu` or `by: memory` under `scaling`, or make a policy for the scalable target by hand",
        lacks_metric,
    ),
    _Unstated(
        "ecs-service",
        (),
        "what makes services that are not in a cluster with `capacity: [serverless]`",
        "they are left out",
        "state `capacity: [serverless]` of their cluster, or make them by hand",
        lacks_capacity,
    ),
    _Unstated(
        "ecs",
        (),
        "what makes clusters with capacity of machines",
        "they are left out",
        "state `capacity: [serverless]`, or make them by hand",
        lacks_machines,
    ),
    _Unstated(
        "ecs",
        (),
        "what makes the private domain of the services of its clusters",
        "they do not find each other by name",
        "make the namespace of Cloud Map by hand, or remove `service_discovery_domain`",
        lacks_domain_of_services,
    ),
    _Unstated(
        "ec2-instance",
        ("image_id",),
        "the image of its machines",
        "the plan fails",
        "state `image`, or set image_id of ec2-instance under `set`; an expression can use component_name",
        lacks_image_of_machine,
    ),
    _Unstated(
        "autoscaling",
        ("image_id",),
        "the image of its machines",
        "the plan fails",
        "state `image`, or set image_id of autoscaling under `set`; an expression can use component_name",
        lacks_image,
    ),
    _Unstated(
        "autoscaling",
        ("scale_at_percent",),
        "at which utilization its groups of machines scale",
        "they do not scale",
        "set scale_at_percent of autoscaling under `set`; an expression can use component_name",
        lacks_machine_utilization,
    ),
    _Unstated(
        "autoscaling",
        (),
        "what scales its groups of machines",
        "they do not scale",
        "state `scale_by: cpu` or `scale_by: none`, or make a policy for the group by hand",
        lacks_machine_metric,
    ),
    _Unstated(
        "autoscaling",
        (),
        "which load balancer tells that its machines must be replaced",
        "only the state of the machine counts",
        "let a load balancer that a stack makes call the group, or state `health_check: machine`",
        lacks_balancer,
    ),
    _Unstated(
        "autoscaling",
        (),
        "the number of the account whose Auto Scaling may use the key of its disks",
        "its machines with such disks do not start",
        "state the `id` of the account, or let the policy of the key allow it by hand",
        lacks_key_user,
    ),
    _Unstated(
        "efs",
        ("enable_backup_policy",),
        "what keeps backups of its file systems for another time than 35 days",
        "they have none",
        "set enable_backup_policy of efs under `set`: true for backups of 35 days, false if a plan of AWS Backup makes them",
        lacks_backup_plan,
    ),
    _Unstated(
        "transit-gateway",
        (),
        "route tables of transit gateways that keep only some environments apart or inspect traffic",
        "they are left out",
        "make them by hand, or name all environments in `apart` and remove `via`",
        lacks_route_tables,
    ),
    _Unstated(
        "transit-gateway",
        (),
        "that it is applied once",
        "each environment would make another gateway",
        "state `scope: organization`, and the account of the gateway as `home`",
        lacks_scope,
    ),
    _Unstated(
        "transit-gateway",
        (),
        "what attaches the network of this environment",
        "nothing reaches it through the gateway",
        "add the module transit-attachments to the stack of the network, or to one after it",
        lacks_attachment,
    ),
    _Unstated(
        "rds",
        ("username",),
        "the administrator of its MySQL databases",
        "the apply fails",
        "set username of rds under `set`; an expression can use component_name",
        lacks_administrator,
    ),
    _Unstated(
        "rds",
        (),
        "the password of databases with read replicas, which RDS must not manage",
        "they have no replicas",
        "add the module database-password to the stack, with rds 7, or remove `read_replicas`",
        lacks_replicas,
    ),
    _Unstated(
        "database-password",
        ("username",),
        "the administrator of its MySQL databases",
        "the plan fails",
        "set username of database-password under `set`, as that of rds; an expression can use component_name",
        lacks_name_of_administrator,
    ),
)


def _without_code(a: Architecture) -> Iterator[Diagnostic]:
    stacks = a.document.terraform.stacks if a.document.terraform else {}
    for id_, stack in stacks.items():
        listed = {reference.partition("@")[0] for reference in stack.modules}
        for lack in _UNSTATED:
            stated = any(name in stack.set.get(lack.module, {}) for name in lack.inputs)
            if lack.module in listed and not stated and lack.needed(a):
                message = f"the stack '{id_}' does not state {lack.what}, so {lack.follows}"
                path = ("terraform", "stacks", id_, "modules")
                yield Diagnostic("ARC-F026", message, lack.help, path, severity="warning", where=(str(a.coordinate),))
