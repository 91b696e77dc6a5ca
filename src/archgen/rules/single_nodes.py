"""HA219: what runs as a cluster of nodes has several of them in production."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._stated import unsaid, with_key

CODE = "HA219"
TITLE = "A data store runs on a single node in production"
SEVERITY = "warning"

# Kinds with `copies` in their traits, such as search engines, are asked by HA201.
SETTINGS = {"brokers": "brokers", "instances": "instances", "nodes": "nodes"}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each stream, NoSQL database or warehouse of production on one node; zonal products must state the number."""
    for setting, nodes in SETTINGS.items() if architecture.environment.production else ():
        for name, number in with_key(architecture, setting):
            known = architecture.traits(name)
            path = ("components", name, setting)
            if known.copies is not None:
                continue
            if number == 1:
                message = f"'{name}' stops with its only node in production"
                yield Diagnostic(CODE, message, f"use at least two {nodes}, in different zones", path)
            elif number is not None:
                yield Passed(path)
            elif known.redundancy == "zonal":
                yield unsaid(*path)
