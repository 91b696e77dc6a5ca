"""What is around the component of a runbook: the services that use it, and the Terraform module that makes it."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.kinds.cluster_add_on import ClusterAddOn
from archgen.kinds.database_proxy import DatabaseProxy
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture
from archgen.model.remembered import remembered
from archgen.records import dataclass


@dataclass(frozen=True, slots=True)
class RunbookStack:
    """The stack that makes a component: its folder, the address of the module in its state, and its file of values."""

    folder: str
    module: str
    values: str


def callers(a: Architecture, component: str) -> Iterator[str]:
    """The IDs of the services on clusters that use a component, in the order of the model.

    They call it directly, through a proxy of a database, or get what an add-on of the cluster reads there, such as secrets.
    """
    tails = {connection.tail for connection in a.traffic_to(component)}
    for proxy, _settings in a.of_kind(DatabaseProxy):
        if proxy in tails:
            tails |= {connection.tail for connection in a.traffic_to(proxy)}
    for add_on, _add_on in a.of_kind(ClusterAddOn):
        if add_on in tails:
            tails |= {*a.called_by(add_on)}
    return (name for name, service in a.of_kind(Service) if name in tails and service.runs_on)


@remembered
def stack_of(a: Architecture, component: str) -> RunbookStack | None:
    """The first of `stacks_of`; None if there is none."""
    return next(stacks_of(a, component), None)


def stacks_of(a: Architecture, component: str) -> Iterator[RunbookStack]:
    """Each module that makes a component, with its stack, in the order of the model; none if the code is not archgen's."""
    from archgen.terraform.bindings import find, makes, variable_name
    from archgen.terraform.instances import instances_of

    terraform = a.document.terraform
    for name, stack in terraform.stacks.items() if terraform else ():
        for id_ in stack.modules:
            binding = find(a, id_)
            if binding and binding.module and not isinstance(binding.binds, str) and makes(binding, a, component):
                assert terraform is not None
                own = instances_of([a], name)[0].name
                folder = terraform.folder(a.coordinate.cloud, name)
                yield RunbookStack(folder, f"module.{variable_name(binding, component)}", terraform.values_file(own))
