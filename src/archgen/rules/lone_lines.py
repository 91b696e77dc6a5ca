"""HA221: a site of production that a private line reaches can also be reached in another way."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._stated import with_key

CODE = "HA221"
TITLE = "A private line is the only way to a site"
SEVERITY = "warning"
ABSENCE = {"copies": "A line counts as one connection unless the model states that it consists of several."}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each site of production that a single private line joins, and no other link."""
    links = (
        [(n, ends or ()) for n, ends in with_key(architecture, "joins")] if architecture.environment.production else []
    )
    for name, joined in links:
        line = architecture.components[name]
        if getattr(line, "form", None) != "private-line":
            continue
        copies = architecture.traits(name).copies
        doubled = isinstance(copies, int) and copies > 1
        for site in (end for end in joined if end in architecture.document.sites):
            path = ("components", name)
            if doubled or any(site in ends for other, ends in links if other != name):
                yield Passed(path)
            else:
                message = f"'{name}' is the only link to {architecture.place_name(site)} that the model states"
                help_ = (
                    "add a second line or a VPN, or state `traits: {copies: 2}` if it consists of several connections"
                )
                yield Diagnostic(CODE, message, help_, path)
