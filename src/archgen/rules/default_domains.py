"""NET120: an API with domains answers only there."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import has_product, judge, with_key

CODE = "NET120"
TITLE = "An API can be called around its domain"
SEVERITY = "warning"

PRODUCTS = ("api-gateway",)


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each API of Amazon API Gateway with domains that also answers at the domain of AWS."""
    for name, answers in with_key(architecture, "default_domain"):
        if not getattr(architecture.components[name], "domains", ()) or not has_product(architecture, name, *PRODUCTS):
            continue
        message = f"'{name}' also answers at the domain that the cloud gave it, around what protects its domains"
        path = ("components", name, "default_domain")
        problem = Diagnostic(CODE, message, "set default_domain: false", path) if answers else None
        yield judge(architecture, name, "default_domain", answers, problem)
