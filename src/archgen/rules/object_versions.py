"""DATA413: buckets of production keep earlier versions of objects."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._messages import has_setting
from archgen.rules._stated import is_rebuilt, judge, with_key

CODE = "DATA413"
TITLE = "An overwritten object is lost"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each bucket of production without versions, unless its objects can be made again."""
    for name, versioned in with_key(architecture, "versioned") if architecture.environment.production else ():
        if not has_setting(architecture, name, "public_access") or is_rebuilt(architecture, name) is True:
            continue  # a static site is built again
        message = f"'{name}' keeps no earlier versions, so that an overwritten or deleted object is lost"
        help_ = "set versioned: true, or state `rebuilt_from` if its objects can be made again"
        problem = None if versioned else Diagnostic(CODE, message, help_, ("components", name, "versioned"))
        yield judge(architecture, name, "versioned", versioned, problem)
