"""SEC514: only a bucket has permissions, and not each object in it."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import has_product, judge, with_key

CODE = "SEC514"
TITLE = "Single objects can be shared past the permissions of their bucket"
SEVERITY = "warning"

PRODUCTS = ("cloud-storage", "s3")


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each bucket of Amazon S3 or Cloud Storage whose objects can have access lists."""
    for name, where in with_key(architecture, "permissions"):
        if not has_product(architecture, name, *PRODUCTS):
            continue
        message = f"objects in '{name}' can have permissions that its bucket does not have"
        help_ = "set permissions: bucket, and share single objects with signed addresses"
        path = ("components", name, "permissions")
        problem = Diagnostic(CODE, message, help_, path) if where == "object" else None
        yield judge(architecture, name, "permissions", where, problem)
