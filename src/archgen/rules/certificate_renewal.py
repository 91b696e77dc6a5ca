"""OPS909: certificates are renewed without the help of people."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import has_product, judge, with_key

CODE = "OPS909"
TITLE = "A certificate expires unless someone answers a mail"
SEVERITY = "warning"

PRODUCTS = ("acm",)


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each service of certificates in ACM that validates domains by mail."""
    for name, way in with_key(architecture, "validated_by"):
        if not has_product(architecture, name, *PRODUCTS):
            continue
        message = f"the certificates of '{name}' are renewed only if the owner of the domain answers a mail"
        help_ = "request certificates that are validated by DNS; the way of an existing certificate cannot be changed"
        problem = Diagnostic(CODE, message, help_, ("components", name, "validated_by")) if way == "e-mail" else None
        yield judge(architecture, name, "validated_by", way, problem)
