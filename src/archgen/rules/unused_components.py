"""REF003: every component has to do with something."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.key_management import KeyManagement
from archgen.kinds.postgresql import Postgresql
from archgen.model.architecture import Architecture
from archgen.model.resolve import Resolved

CODE = "REF003"
TITLE = "A component is not connected to anything"
SEVERITY = "warning"


def check_all(resolved: Resolved) -> Iterator[Diagnostic]:
    """Each component that nothing speaks of at any coordinate, and that needs others to be of use."""
    spoken: set[str] = set()
    every: dict[str, bool] = {}
    for architecture in resolved.architectures.values():
        spoken |= _spoken_of(architecture)
        for name, component in architecture.components.items():
            every[name] = component.alone or every.get(name, False)
    if not spoken:
        return  # a model that has only begun
    for name, alone in every.items():
        if name not in spoken and not alone:
            message = f"nothing has to do with '{name}': no connection, no flow, no runbook, no other component"
            help_ = "say under calls who calls it or what it calls, or remove it"
            yield Diagnostic(CODE, message, help_, ("components", name))


def _spoken_of(a: Architecture) -> set[str]:
    """The components that a part of the model names, themselves included where they name another."""
    document = a.document
    others = (c for c in a.connections if c.tail != c.head)
    found = {end for c in others for end in (c.head, *(() if c.from_segment else (c.tail,)))}
    found |= {name for facts in document.runbooks.values() for name in (facts.component, *facts.also)}
    found |= {image.component for image in document.images.values()}
    for name, component in a.components.items():
        if component.runs_on:
            found |= {name, component.runs_on}
        if isinstance(component, KeyManagement) and component.protects:
            found |= {name, *component.protects}
        if isinstance(component, Postgresql) and component.credentials_in:
            found |= {name, component.credentials_in}
    return found
