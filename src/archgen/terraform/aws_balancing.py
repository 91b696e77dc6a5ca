"""Facts about Application Load Balancers: which requests go to which backends, what listens, and what no stack can do for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archgen.diagnostics.diagnostic import Path
from archgen.kinds._on_demand import ContainerService
from archgen.kinds.cdn import Cdn
from archgen.kinds.dns import Dns
from archgen.kinds.load_balancer import BACKEND_KINDS, Backend, LoadBalancer
from archgen.kinds.waf import Waf
from archgen.model.architecture import Architecture
from archgen.model.connections import Connection, listening_port
from archgen.model.regions import HOME
from archgen.terraform.aws_clusters import in_fargate_cluster
from archgen.terraform.aws_edge import balanced_domains
from archgen.terraform.built import builds
from archgen.terraform.network_rules import INTERNET, NetworkRule, network_rules, source_ranges

# What a target group has for each product, and the module that registers it there.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-type
_TARGETS: Mapping[str, tuple[str, str]] = {
    "ec2": ("instance", "ec2-instance"),
    "ec2-auto-scaling": ("instance", "autoscaling"),
    "ecs-service": ("ip", "ecs-service"),
    "fargate": ("ip", "ecs-service"),
    "lambda": ("lambda", "lambda"),
}
# How a target group speaks to its targets: its protocol, and the version of HTTP if it is not the usual one.
_PROTOCOLS: Mapping[str | None, tuple[str, str | None]] = {
    None: ("HTTP", None),
    "http": ("HTTP", None),
    "https": ("HTTPS", None),
    "grpc": ("HTTP", "GRPC"),
}
# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
_PREFIX = 5
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
_MOST_CONDITIONS = 5


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about load balancers that expressions can use."""
    return {
        "is_balanced": lambda balancer: is_balanced(a, balancer),
        "target_groups": lambda balancer: target_groups(a, balancer),
        "default_backend": lambda balancer: default_backend(a, balancer),
        "balanced_requests": lambda balancer: balanced_requests(a, balancer),
        "listeners": lambda balancer: listeners(a, balancer),
        "certificate_from": lambda balancer: certificate_from(a, balancer),
        "balanced_records": lambda balancer: balanced_records(a, balancer),
        "web_acl_of": lambda balancer: web_acl_of(a, balancer),
    }


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "is_balanced": (str,),
    "target_groups": (str,),
    "default_backend": (str,),
    "balanced_requests": (str,),
    "listeners": (str,),
    "certificate_from": (str,),
    "balanced_records": (str,),
    "web_acl_of": (str,),
}


# -- backends --------------------------------------------------------------------------------------------


def backends(a: Architecture, balancer: str) -> list[Connection]:
    """The connections over which a load balancer passes requests on, in the order of the file."""
    found = (c for c in a.traffic_from(balancer) if c.kind != "control")
    return [c for c in found if a.components[c.head].kind in BACKEND_KINDS]


def is_balanced(a: Architecture, balancer: str) -> bool:
    """Whether a load balancer has a backend that can be in a target group of Terraform.

    If all backends run on a cluster, the controller there makes the load balancer.
    """
    return any(_product(a, c) in _TARGETS for c in backends(a, balancer))


def is_made(a: Architecture, balancer: str) -> bool:
    """Whether a stack makes a load balancer, in this account and region."""
    component = a.components[balancer]
    here = component.home in (None, a.home) and HOME in (a.regions_of(component) or (HOME,))
    return here and component.product == "alb" and builds(a, "alb") and is_balanced(a, balancer)


def _product(a: Architecture, connection: Connection) -> str:
    return a.components[connection.head].product or ""


def _stated(a: Architecture, balancer: str) -> LoadBalancer:
    component = a.components[balancer]
    assert isinstance(component, LoadBalancer)
    return component


def target_groups(a: Architecture, balancer: str) -> dict[str, dict[str, Any]]:
    """The target groups of a load balancer by the key of the call: where requests go, and what answers whether it is healthy.

    Raises ValueError for a backend without a port, or with a protocol that target groups do not have.
    """
    return {c.key: _target_group(a, balancer, c) for c in backends(a, balancer) if _product(a, c) in _TARGETS}


def _target_group(a: Architecture, balancer: str, c: Connection) -> dict[str, Any]:
    type_, _module = _TARGETS[_product(a, c)]
    group: dict[str, Any] = {"name_prefix": f"{c.key[:_PREFIX].rstrip('-')}-", "target_type": type_}
    backend = _stated(a, balancer).backends.get(c.key, Backend())
    if type_ == "lambda":
        return {**group, "function": c.head}
    if c.call.protocol not in _PROTOCOLS:
        raise ValueError(f"an Application Load Balancer does not speak {c.call.protocol} with '{c.key}'")
    head = a.components[c.head]
    port = c.call.port or listening_port(head, a.traits(c.head))
    if not port:
        raise ValueError(
            f"the model does not state the port of '{c.key}'; state `port` of the component or of the call"
        )
    protocol, version = _PROTOCOLS[c.call.protocol]
    health = backend.health or (head.health if isinstance(head, ContainerService) else None)
    stated = {"health_path": health, "health_port": backend.health_port, "protocol_version": version}
    return {**group, "port": port, "protocol": protocol, **{key: value for key, value in stated.items() if value}}


def target_groups_of(a: Architecture, component: str) -> dict[str, dict[str, Any]]:
    """The target groups of a component, by the ID of the connection: the load balancer, the key there, and the port."""
    found: dict[str, dict[str, Any]] = {}
    for balancer, _stated in a.of_kind(LoadBalancer):
        if not is_made(a, balancer):
            continue
        for connection in backends(a, balancer):
            if connection.head == component:
                port = target_groups(a, balancer)[connection.key]["port"]
                found[connection.id] = {"balancer": balancer, "key": connection.key, "port": port}
    return dict(sorted(found.items()))


def health_ports(a: Architecture) -> Iterator[tuple[str, str, int]]:
    """The ports at which load balancers that stacks make ask only for health: the load balancer, the component, and the port."""
    for name, _balancer in a.of_kind(LoadBalancer):
        for connection in backends(a, name) if is_made(a, name) else ():
            backend = _stated(a, name).backends.get(connection.key)
            if backend and backend.health_port and backend.health_port != connection.call.port:
                yield name, connection.head, backend.health_port


def default_backend(a: Architecture, balancer: str) -> str:
    """The key of the backend that gets the requests that no other one gets: the only one, or the stated one.

    Raises ValueError if the model does not state it, or if it cannot be in a target group.
    """
    found, stated = backends(a, balancer), _stated(a, balancer).backends
    defaults = [c for c in found if len(found) == 1 or (c.key in stated and stated[c.key].default)]
    if len(defaults) != 1:
        raise ValueError(
            f"the model does not state which requests go to {', '.join(c.key for c in found)}: state `backends`"
        )
    if _product(a, defaults[0]) not in _TARGETS:
        raise ValueError(f"the default backend '{defaults[0].key}' cannot be in a target group")
    return defaults[0].key


def balanced_requests(a: Architecture, balancer: str) -> dict[str, dict[str, Any]]:
    """The hosts, paths and priority of the requests of each backend that has them, by the key of the call.

    Raises ValueError for one of several backends whose requests the model does not state, and for too many hosts and paths.
    """
    stated, default = _stated(a, balancer).backends, default_backend(a, balancer)
    requests: dict[str, dict[str, Any]] = {}
    for key in target_groups(a, balancer):
        backend = stated.get(key, Backend())
        if not (backend.hosts or backend.paths):
            if key != default:
                raise ValueError(f"the model does not state which requests go to '{key}': state it under `backends`")
            continue
        if len(backend.hosts) + len(backend.paths) > _MOST_CONDITIONS:
            raise ValueError(f"a rule has at most {_MOST_CONDITIONS} hosts and paths, but the backend '{key}' has more")
        if backend.priority is None:
            raise ValueError(f"the model does not state the `priority` of the backend '{key}'")
        requests[key] = {"hosts": list(backend.hosts), "paths": list(backend.paths), "priority": backend.priority}
    return dict(sorted(requests.items()))


# -- listeners -------------------------------------------------------------------------------------------


def listeners(a: Architecture, balancer: str) -> dict[str, dict[str, Any]]:
    """The listeners of a load balancer by name, on the ports of its callers: those with TLS, and one that redirects plain requests."""
    component = _stated(a, balancer)
    ports = {c.call.port for c in a.traffic_to(balancer) if c.call.port}
    plain = ports & {80} if component.tls else ports or {80}
    secure = (ports - {80} or {443}) if component.tls else set()
    found = {_name("https", 443, port): _listener(port, "HTTPS") for port in sorted(secure)}
    found |= {_name("http", 80, port): _listener(port, "HTTP", component.tls) for port in sorted(plain)}
    if redirects(a, balancer):
        found["http"] = _listener(80, "HTTP", redirects_=True)
    return found


def _name(protocol: str, usual: int, port: int) -> str:
    return protocol if port == usual else f"{protocol}-{port}"


def _listener(port: int, protocol: str, redirects_: bool = False) -> dict[str, Any]:
    return {"port": port, "protocol": protocol, "redirects": redirects_}


def redirects(a: Architecture, balancer: str) -> bool:
    """Whether a load balancer with TLS that a stack makes redirects plain requests: if people on the internet call it, not only a CDN."""
    component = a.components[balancer]
    if not isinstance(component, LoadBalancer) or not component.tls or component.scheme != "internet-facing":
        return False
    called = (rule for rule in network_rules(a) if rule.head == balancer and not behind_edge(a, rule.tail))
    return is_made(a, balancer) and any(INTERNET in caller_ranges(a, rule) for rule in called)


def behind_edge(a: Architecture, caller: str) -> bool:
    """Whether requests of a caller come from the edge locations of a CDN: of the CDN itself, or of its firewall."""
    component = a.components[caller]
    return isinstance(component, Cdn) or (isinstance(component, Waf) and _has_cdn(a))


def caller_ranges(a: Architecture, rule: NetworkRule) -> tuple[str, ...]:
    """The address ranges from which requests come. A web ACL forwards nothing itself, so for a firewall, it is those of its callers."""
    if not isinstance(a.components[rule.tail], Waf):
        return rule.sources
    return tuple(sorted({range_ for c in a.traffic_to(rule.tail) for range_ in source_ranges(a, c.tail)}))


def _has_cdn(a: Architecture) -> bool:
    return any(True for _cdn in a.of_kind(Cdn))


def certificate_from(a: Architecture, balancer: str) -> str | None:
    """The module that makes the certificate of a load balancer with TLS; None if it needs none, or if no stack makes one."""
    made = any(c.product == "acm" for c in a.components.values()) and bool(balanced_domains(a))
    if not _stated(a, balancer).tls or not made:
        return None
    module = "acm-regional" if _has_cdn(a) else "acm"
    return module if builds(a, module) else None


def balanced_records(a: Architecture, balancer: str) -> list[str]:
    """The names that lead to a load balancer: that of the origin behind a CDN, or that of the site with the hosts of its backends.

    None in the recovery region, for an internal load balancer, and if several load balancers could have them.
    """
    component = _stated(a, balancer)
    public = [n for n, c in a.of_kind(LoadBalancer) if c.scheme == "internet-facing" and is_made(a, n)]
    zone = next((c.domains[0] for _n, c in sorted(a.of_kind(Dns), key=lambda pair: pair[0]) if c.domains), None)
    if public != [balancer] or not zone or not builds(a, "route53") or a.elsewhere:
        return []
    names = balanced_domains(a)[:1]
    if _has_cdn(a):
        return [name for name in names if name != zone]
    hosts = {host for backend in component.backends.values() for host in backend.hosts}
    return sorted({*names, *(host for host in hosts if host.endswith(f".{zone}") and not {*host} & {*"*?"})})


def web_acl_of(a: Architecture, balancer: str) -> str | None:
    """The firewall whose web ACL a load balancer has: one that calls it, without a CDN that would have it; None if there is none."""
    if _has_cdn(a) or not builds(a, "waf"):
        return None
    callers = sorted({c.tail for c in a.traffic_to(balancer)})
    return next((name for name in callers if a.components[name].product == "aws-waf"), None)


# -- what no stack does ----------------------------------------------------------------------------------


def lacks_certificate(a: Architecture) -> bool:
    """Whether a load balancer that a stack makes needs a certificate that no stack makes."""
    return any(c.tls and is_made(a, n) and not certificate_from(a, n) for n, c in a.of_kind(LoadBalancer))


def lacks_log_bucket(a: Architecture) -> bool:
    """Whether a load balancer that a stack makes logs requests; its bucket needs a policy that only the team can state."""
    return any(c.access_logs and is_made(a, n) for n, c in a.of_kind(LoadBalancer))


def unregistered(a: Architecture) -> Iterator[tuple[Path, str, str]]:
    """The backends that no stack registers with a load balancer that it makes: the place in the model, the reason, and help."""
    for name, _balancer in a.of_kind(LoadBalancer):
        for connection in backends(a, name) if is_made(a, name) else ():
            if problem := _why_not_registered(a, connection):
                yield connection.path, *problem


def _why_not_registered(a: Architecture, connection: Connection) -> tuple[str, str] | None:
    head, product = a.components[connection.head], _product(a, connection)
    if product not in _TARGETS:
        if head.runs_on:
            return (
                "what runs on a cluster is registered by a controller there",
                "bind it to a target group with the AWS Load Balancer Controller, or let the controller make the load balancer",
            )
        return f"archgen has no target group for the kind {head.kind}", "make the target group by hand"
    _type, module = _TARGETS[product]
    if module == "ecs-service" and builds(a, module) and not in_fargate_cluster(a, connection.head):
        reason = f"'{connection.head}' is not in a cluster with `capacity: [serverless]`"
        return reason, "register it in the target group by hand"
    if not builds(a, module) or head.home not in (None, a.home):
        return f"no stack makes '{connection.head}' in this account and region", f"add the module '{module}' to a stack"
    return None
