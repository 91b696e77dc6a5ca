"""ARC-M013: what a load balancer states about its backends determines where each request goes."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Path, did_you_mean
from archgen.kinds.load_balancer import BACKEND_KINDS, LoadBalancer
from archgen.model.architecture import Architecture


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """A finding for each backend that is not called or gets no requests, and for a default or an order that is not clear."""
    for name, balancer in architecture.of_kind(LoadBalancer):
        if balancer.backends:
            path: Path = ("components", name, "backends")
            called = {c.key for c in architecture.traffic_from(name)}
            serving = {c.key for c in architecture.traffic_from(name) if _serves(architecture, c.head)}
            for key in (key for key in balancer.backends if key not in called):
                message = f"'{name}' has a backend '{key}', but no call with that key"
                yield Diagnostic("ARC-M013", message, did_you_mean(key, called), (*path, key))
            yield from _check_order(name, balancer, path)
            if len(serving) > 1:
                yield from _check_default(name, balancer, path)


def _serves(a: Architecture, name: str) -> bool:
    return name in a.components and a.components[name].kind in BACKEND_KINDS


def _check_order(name: str, balancer: LoadBalancer, path: Path) -> Iterator[Diagnostic]:
    """A finding for each backend whose hosts and paths have no place in the order, or that of another backend."""
    seen: dict[int, str] = {}
    for key, backend in balancer.backends.items():
        if not (backend.hosts or backend.paths):
            continue
        if backend.priority is None:
            message = f"the backend '{key}' of '{name}' has no place in the order of requests"
            help_ = "state `priority`; the load balancer compares the lowest first"
            yield Diagnostic("ARC-M013", message, help_, (*path, key))
        elif backend.priority in seen:
            message = f"the backends '{seen[backend.priority]}' and '{key}' of '{name}' have the same priority"
            yield Diagnostic("ARC-M013", message, "state another `priority`", (*path, key, "priority"))
        else:
            seen[backend.priority] = key


def _check_default(name: str, balancer: LoadBalancer, path: Path) -> Iterator[Diagnostic]:
    """A finding for each of several backends that gets no requests, and unless one of them is the default."""
    for key, backend in balancer.backends.items():
        if not (backend.hosts or backend.paths or backend.default):
            message = f"the model does not state which requests of '{name}' go to '{key}'"
            help_ = "state `hosts` or `paths`, or `default: true`"
            yield Diagnostic("ARC-M013", message, help_, (*path, key))
    defaults = [key for key, backend in balancer.backends.items() if backend.default]
    if len(defaults) != 1:
        message = f"'{name}' has several default backends: {', '.join(defaults)}"
        if not defaults:
            message = f"the model does not state which backend of '{name}' gets all other requests"
        yield Diagnostic("ARC-M013", message, "state `default: true` of one of them", path)
