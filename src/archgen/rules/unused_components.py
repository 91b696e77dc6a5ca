"""REF003: every component is connected to or mentioned by another part of the model."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.model.resolve import Resolved

CODE = "REF003"
TITLE = "A component is not connected to anything"
SEVERITY = "warning"
ABSENCE = {
    "network": "Without `network`, it refers to no component.",
    "routed_by": "A network without `routed_by` refers to no component.",
}


def check_all(resolved: Resolved) -> Iterator[Outcome]:
    """A finding for each component that nothing mentions at any coordinate, unless its kind can work alone."""
    mentioned: set[str] = set()
    every: dict[str, bool] = {}
    for architecture in resolved.architectures.values():
        mentioned |= _mentioned_components(architecture)
        for name, component in architecture.components.items():
            every[name] = component.alone or every.get(name, False)
    if not mentioned:
        return  # skip models that are still nearly empty
    for name, alone in every.items():
        if name in mentioned:
            yield Passed(("components", name))
        elif not alone:
            message = f"'{name}' is not used: it has no connections and no runbook, and no component refers to it"
            help_ = "add `calls` to it or to its callers, or remove it"
            yield Diagnostic(CODE, message, help_, ("components", name))


def _mentioned_components(a: Architecture) -> set[str]:
    """The ids of components that a part of the model names, or that name another component."""
    document = a.document
    others = (c for c in a.connections if c.tail != c.head)
    mentioned = {end for c in others for end in (c.head, *(() if c.from_segment else (c.tail,)))}
    mentioned |= {name for facts in document.runbooks.values() for name in (facts.component, *facts.also)}
    mentioned |= {image.component for image in document.images.values()}
    mentioned |= {network.routed_by for network in document.networks.values() if network.routed_by}
    mentioned |= {document.network.routed_by} if document.network and document.network.routed_by else set()
    for name, component in a.components.items():
        named = {m.id for m in component.references if m.what == "component" and m.id != name}
        mentioned |= {name, *named} if named else set()
    return mentioned
