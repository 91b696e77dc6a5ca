"""SEC510: programs need a token to read the credentials of their machine."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import has_product, judge, with_key

CODE = "SEC510"
TITLE = "The credentials of a machine can be read through a web request"
SEVERITY = "error"

PRODUCTS = ("ec2",)


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each machine of Amazon EC2 that allows the first version of the metadata service."""
    for name, protected in with_key(architecture, "protected_metadata"):
        if not has_product(architecture, name, *PRODUCTS):
            continue
        message = f"'{name}' gives its credentials to programs that send no session token"
        path = ("components", name, "protected_metadata")
        problem = None if protected else Diagnostic(CODE, message, "set protected_metadata: true", path)
        yield judge(architecture, name, "protected_metadata", protected, problem)
