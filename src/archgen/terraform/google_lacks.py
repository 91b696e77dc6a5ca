"""What stacks on Google Cloud leave out because the model does not state it, with the help that resolves it."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds._on_demand import DocumentDatabase, Function
from archgen.model.architecture import Architecture
from archgen.terraform.aws_lacks import not_delivered
from archgen.terraform.built import builds
from archgen.terraform.google_balancing import MODULES, unchecked, unrouted, unused
from archgen.terraform.google_events import untriggered
from archgen.terraform.google_machines import needs_probe, needs_signal, without_image
from archgen.terraform.google_messages import undelivered, unread
from archgen.terraform.google_schedules import unstarted
from archgen.terraform.left_out import is_made

# What a model does not state and a module needs: its inputs, of which one is enough; what it is, with what follows; and help.
_UNSTATED: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    (
        "api-gateway",
        ("openapi",),
        "the OpenAPI document of its APIs, so the plan fails",
        "set openapi of api-gateway under `set`; an expression can use component_name",
    ),
    (
        "cloud-functions",
        ("storage_source", "repo_source"),
        "where the code of its functions is, so the apply fails",
        "set storage_source and entrypoint of cloud-functions under `set`; an expression can use component_name",
    ),
    (
        "cloud-run",
        ("containers",),
        "which version of the images of its services runs, so an apply runs the tag latest",
        "set containers of cloud-run under `set`, such as [run_container(component_name, 'v1.2.0')]",
    ),
    (
        "workflows",
        ("source",),
        "the steps of its workflows, so the plan fails",
        "set source of workflows under `set`; an expression can use component_name",
    ),
    (
        "vpn",
        ("peer",),
        "the addresses and the number of the other end of its VPN, so the plan fails",
        "set peer, router_asn and sessions of vpn under `set`; an expression can use component_name",
    ),
)


def lacks(a: Architecture) -> Iterator[Diagnostic]:
    """What no stack delivers, and modules without the code that they need."""
    if a.document.terraform:
        yield from not_delivered(a, (*undelivered(a), *unstarted(a), *untriggered(a)))
        yield from _unread(a)
        yield from _without_code(a)
        yield from _not_asked(a)
        yield from _not_routed(a)


def _not_routed(a: Architecture) -> Iterator[Diagnostic]:
    """A finding for each load balancer that is made without the backends that the model states."""
    for balancer in (name for name in unused(a) if is_made(a, name)):
        message = (
            f"no stack applies `backends` of '{balancer}': none of them is a group of machines or runs on Cloud Run"
        )
        help_ = "set backends, create_url_map and url_map of lb-http under `set`"
        path = ("components", balancer, "backends")
        yield Diagnostic("ARC-F027", message, help_, path, severity="info", where=(str(a.coordinate),))


def _not_asked(a: Architecture) -> Iterator[Diagnostic]:
    """A finding for what the model states about the health of services on Cloud Run behind a load balancer."""
    for balancer, key, setting in unchecked(a) if builds(a, "lb-http-run") else ():
        message = (
            f"no stack applies `{setting}` of the backend '{key}' of '{balancer}': lb-http-run makes no health checks"
        )
        help_ = "state `health` of the service, which Cloud Run asks when a copy starts"
        path = ("components", balancer, "backends", key, setting)
        yield Diagnostic("ARC-F027", message, help_, path, severity="info", where=(str(a.coordinate),))


def _unread(a: Architecture) -> Iterator[Diagnostic]:
    for queue, reader, path, reason, help_ in unread(a):
        message = f"no stack makes what '{queue}' delivers to '{reader}': {reason}"
        yield Diagnostic("ARC-F025", message, help_, path, severity="warning", where=(str(a.coordinate),))


def _without_code(a: Architecture) -> Iterator[Diagnostic]:
    stacks = a.document.terraform.stacks if a.document.terraform else {}
    for id_, stack in stacks.items():
        listed = {reference.partition("@")[0] for reference in stack.modules}
        for module, inputs, what, help_ in (*_UNSTATED, *_connectors(a), *_paths(a), *_machines(a), *_databases(a)):
            if module in listed and not any(name in stack.set.get(module, {}) for name in inputs):
                message = f"the stack '{id_}' does not state {what}"
                path = ("terraform", "stacks", id_, "modules")
                yield Diagnostic("ARC-F026", message, help_, path, severity="warning", where=(str(a.coordinate),))


def _connectors(a: Architecture) -> Iterator[tuple[str, tuple[str, ...], str, str]]:
    """What a stack states for functions that are placed in a tier: the module takes no subnet, but a connector."""
    if any(f.product == "cloud-run-functions" and a.place(f) in a.tiers for _name, f in a.of_kind(Function)):
        what = "how its functions reach the network, so they do not"
        help_ = "set service_config of cloud-functions under `set`, with vpc_connector and the values of function_config(component_name)"
        yield "cloud-functions", ("service_config",), what, help_


def _paths(a: Architecture) -> Iterator[tuple[str, tuple[str, ...], str, str]]:
    """What a stack states for load balancers with several services, if the model does not say which requests go to which."""
    for module in MODULES:
        if unrouted(a, module):
            what = "which paths go to which service of its load balancers, so all of them go to the first"
            help_ = f"state `backends` of the load balancer, or set create_url_map to false and url_map of {module} under `set`"
            yield module, ("url_map",), what, help_


def _machines(a: Architecture) -> Iterator[tuple[str, tuple[str, ...], str, str]]:
    """What a stack states for virtual machines whose images, metrics or checks the model does not state."""
    if without_image(a):
        what = "which image the disks of its machines are made from, so the plan fails"
        help_ = "set source_image and source_image_project of instance-template under `set`, or state `image`"
        yield "instance-template", ("source_image",), what, help_
    if needs_signal(a):
        inputs = ("autoscaling_cpu", "autoscaling_lb", "autoscaling_metric", "scaling_schedules")
        what = "which metric determines the number of machines of its groups, so the plan fails"
        help_ = f"set {inputs[2]} or {inputs[3]} of mig under `set`, or state `scale_by: cpu` or `requests`"
        yield "mig", inputs, what, help_
    if needs_probe(a):
        what = "how machines without a load balancer are checked, so only those that stop are replaced"
        help_ = "set health_check of mig under `set`, and let the firewall pass its probes"
        yield "mig", ("health_check",), what, help_


def _databases(a: Architecture) -> Iterator[tuple[str, tuple[str, ...], str, str]]:
    """What a stack states for databases of Firestore in several regions, of which the model has one."""
    databases = [d for _name, d in a.of_kind(DocumentDatabase) if d.product == "firestore"]
    if any(database.disaster_recovery == "multi-region" for database in databases):
        what = "which regions its databases are in, so the plan fails"
        yield "firestore", ("location",), what, "set location of firestore under `set`, such as eur3"
