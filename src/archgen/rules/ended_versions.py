"""OPS912: engines and runtimes are versions that their vendor still supports. The rule depends on today's date."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.model.resolve import Resolved
from archgen.rules._stated import unsaid, with_key

CODE = "OPS912"
TITLE = "The vendor no longer supports the version of an engine or runtime"
SEVERITY = "error"

SETTINGS = ("engine_version", "runtime")


def check_on(resolved: Resolved, today: str) -> Iterator[Outcome]:
    """A finding for each database or function, in the current phase of its environment, whose version is no longer supported."""
    for architecture in resolved.today():
        for setting in SETTINGS:
            for name, version in with_key(architecture, setting):
                yield from _component(architecture, name, setting, version, today)


def _component(a: Architecture, name: str, setting: str, version: str | None, today: str) -> Iterator[Outcome]:
    product = a.product(a.components[name])
    if product is None or not product.supported_until:
        return  # the catalog has no days for it
    path = ("components", name, setting)
    if version is None:
        yield unsaid(*path)
        return
    parts = version.split(".")
    known = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    end = next((product.supported_until[v] for v in known if v in product.supported_until), None)
    if end is None:
        what = f"until when {product.short} supports {version}, which '{name}' uses"
        yield Unsaid(path, Lack(path, what, "use a version that archgen's catalog knows, or update archgen"))
    elif end < today:
        message = f"'{name}' uses {version}, for which standard support of {product.short} ended on {end}"
        yield Diagnostic(CODE, message, "plan the upgrade, in test environments first", path)
    else:
        yield Passed(path)
