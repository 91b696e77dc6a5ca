"""Facts about load balancers on Google Cloud: which requests go to which backends, and what answers whether these are healthy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archgen.kinds.load_balancer import BACKEND_KINDS, Backend, LoadBalancer
from archgen.model.architecture import Architecture
from archgen.model.connections import Connection
from archgen.terraform.google_machines import group_backends, group_calls
from archgen.terraform.google_run import run_backends

PRODUCT = "cloud-load-balancing"
_WILDCARDS = frozenset("*?")
# The modules for load balancers, each with what can be behind it.
MODULES = {"lb-http-run": run_backends, "lb-http": group_backends}


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about load balancers that expressions can use."""
    return {"balanced_routes": lambda balancer: balanced_routes(a, balancer)}


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {"balanced_routes": (str,)}


def calls_to_backends(a: Architecture, balancer: str) -> list[Connection]:
    """The connections over which a load balancer passes requests on, in the order of the file."""
    found = (c for c in a.traffic_from(balancer) if c.kind != "control")
    return [c for c in found if c.head in a.components and a.components[c.head].kind in BACKEND_KINDS]


def balanced_routes(a: Architecture, balancer: str) -> dict[str, Any] | None:
    """The rules that choose among several backends, lowest priority number first, and the backend of all other requests.

    None if there is one backend, if the model does not state `backends`, or if a stack states its own map. Raises ValueError for
    requests that no rule can describe, and for a backend that the module of the load balancer does not make.
    """
    component = a.components[balancer]
    calls = calls_to_backends(a, balancer)
    made = run_backends(a, balancer) or group_backends(a, balancer)
    if not isinstance(component, LoadBalancer) or not component.backends or len(calls) < 2 or not made:
        return None
    if _has_own_map(a, "lb-http-run" if run_backends(a, balancer) else "lb-http"):
        return None
    names = {c.key: f"{balancer}-{c.head}" for c in calls}
    if other := next((key for key, name in names.items() if name not in made), None):
        raise ValueError(f"the load balancer of this module cannot pass requests on to '{other}'")
    defaults = [key for key in names if component.backends.get(key, Backend()).default]
    if len(defaults) != 1:
        raise ValueError("the model does not state which backend gets all other requests: state `default: true` of one")
    rules = (_rule(key, name, component.backends.get(key, Backend())) for key, name in names.items())
    found = sorted((rule for rule in rules if rule), key=lambda rule: (rule["priority"], rule["backend"]))
    return {"default_backend": names[defaults[0]], "rules": found}


def _has_own_map(a: Architecture, module: str) -> bool:
    stacks = a.document.terraform.stacks.values() if a.document.terraform else ()
    return any("url_map" in stack.set.get(module, {}) for stack in stacks)


def _rule(key: str, name: str, backend: Backend) -> dict[str, Any] | None:
    """The rule for the hosts and paths of a backend; None for the default without any."""
    if not (backend.hosts or backend.paths):
        if backend.default:
            return None
        raise ValueError(f"the model does not state which requests go to '{key}': state it under `backends`")
    if backend.priority is None:
        raise ValueError(f"the model does not state the `priority` of the backend '{key}'")
    hosts = [_host(pattern) for pattern in backend.hosts] or [{}]
    paths = [_path(pattern) for pattern in backend.paths] or [{"path_prefix": "/"}]
    return {
        "backend": name,
        "matches": [{**host, **path} for host in hosts for path in paths],
        "priority": backend.priority,
    }


def _host(pattern: str) -> dict[str, str]:
    """What the name of the host must be, or begin or end with; empty if any host fits."""
    name = pattern.lower()
    if not _WILDCARDS & {*name}:
        return {"host": name}
    if name == "*":
        return {}
    if name.startswith("*") and not _WILDCARDS & {*name[1:]}:
        return {"host_suffix": name[1:]}
    if name.endswith("*") and not _WILDCARDS & {*name[:-1]}:
        return {"host_prefix": name[:-1]}
    raise ValueError(f"a URL map has no rule for the host '{pattern}': write one `*`, at the beginning or at the end")


def _path(pattern: str) -> dict[str, str]:
    """What the path must be, or begin with."""
    if not _WILDCARDS & {*pattern}:
        return {"path": pattern}
    if pattern.endswith("*") and not _WILDCARDS & {*pattern[:-1]}:
        return {"path_prefix": pattern[:-1]}
    raise ValueError(f"a URL map has no rule for the path '{pattern}': write one `*`, at the end")


def health_ports(a: Architecture) -> dict[str, int]:
    """The ports at which load balancers ask groups of machines only for health, by the ID of the connection."""
    found: dict[str, int] = {}
    for name, balancer in a.of_kind(LoadBalancer):
        for connection in group_calls(a, name) if balancer.product == PRODUCT else ():
            backend = balancer.backends.get(connection.key, Backend())
            if backend.health_port and backend.health_port != connection.call.port:
                found[connection.id] = backend.health_port
    return found


def unrouted(a: Architecture, module: str) -> bool:
    """Whether a load balancer that a module makes has several backends, and the model does not state which requests go to which."""
    balancers = [(name, balancer) for name, balancer in a.of_kind(LoadBalancer) if balancer.product == PRODUCT]
    return any(len(MODULES[module](a, name)) > 1 and not balancer.backends for name, balancer in balancers)


def unused(a: Architecture) -> Iterator[str]:
    """The load balancers whose `backends` a model states, but whose module gets none of them from the model."""
    for name, balancer in a.of_kind(LoadBalancer):
        stated = balancer.product == PRODUCT and balancer.backends and not _has_own_map(a, "lb-http")
        if stated and not any(made(a, name) for made in MODULES.values()):
            yield name


def unchecked(a: Architecture) -> Iterator[tuple[str, str, str]]:
    """Settings of the health of services on Cloud Run, for which the module makes no check: the load balancer, the key and the setting."""
    for name, balancer in a.of_kind(LoadBalancer):
        if balancer.product == PRODUCT:
            for c in calls_to_backends(a, name):
                backend = balancer.backends.get(c.key)
                if backend and a.components[c.head].product == "cloud-run":
                    yield from ((name, c.key, s) for s in ("health", "health_port") if getattr(backend, s))
