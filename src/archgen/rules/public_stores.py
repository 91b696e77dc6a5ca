"""NET118: stored data cannot be read from the internet."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import judge, with_key

CODE = "NET118"
TITLE = "Stored data can be read from the internet"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each bucket, search engine or warehouse that is open to everyone."""
    for name, public in with_key(architecture, "public_access"):
        message = f"'{name}' can be reached from the internet by everyone"
        help_ = "set public_access: false; files of a web site are a component of the kind static-site"
        problem = Diagnostic(CODE, message, help_, ("components", name, "public_access")) if public else None
        yield judge(architecture, name, "public_access", public, problem)
