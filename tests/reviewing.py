"""Five changes of the reference model, as edits of its text: what reviews are tried with."""

from __future__ import annotations

import re
from pathlib import Path

QUEUE = """\
  orders:
    kind: queue
    title: Orders
    purpose: Orders that wait for processing.
    owner: product
    no_capability: Added by this change; the clouds have not been compared yet.
    when:
      aws: {product: sqs}
      gcp: {product: pub-sub}

  # -- platform services
"""


def change_retention(model: str) -> str:
    """Production keeps backups for a week instead of a month."""
    return _replaced(model, "prod: {backup: {retention_days: 30}}", "prod: {backup: {retention_days: 7}}")


def add_component(model: str) -> str:
    """A queue, to which the API sends orders."""
    called = "      cache: {protocol: redis, purpose: cached reads, data: both, required: false}\n"
    call = "      orders: {kind: event, protocol: https, port: 443, purpose: new orders, data: sent, required: false}\n"
    return _replaced(_replaced(model, "  # -- platform services\n", QUEUE), called, called + call)


def enter_phase(model: str) -> str:
    """Production enters the phase growth."""
    return _replaced(model, "    production: true\n    phase: mvp\n", "    production: true\n    phase: growth\n")


def swap_product(model: str) -> str:
    """The cache on Google Cloud is Memorystore for Valkey."""
    product = 'gcp: {product: memorystore, memory_gib: 2, engine_version: "7.2"}'
    row = "gcp: {text: Memorystore for Redis, products: [memorystore]}"
    stack = "modules: [sql-postgresql, memorystore, secret-rotation, secret-manager]"
    return _replaced(
        _replaced(
            _replaced(
                model, product, 'gcp: {product: memorystore-valkey, size: standard-small, engine_version: "8.0"}'
            ),
            row,
            "gcp: {text: Memorystore for Valkey, products: [memorystore-valkey]}",
        ),
        stack,
        stack.replace(" memorystore,", " valkey,"),
    )


def rename_component(model: str) -> str:
    """The cache has another ID; the model says what it was called before."""
    renamed = re.sub(
        r"(?<![a-z] )(?<=[ \[.{])cache(?=: \{protocol|\.replicas|\.calls|\.encrypted|[,\]])", "session-cache", model
    )
    renamed = _replaced(
        renamed, "\n  cache:\n    kind: cache\n", "\n  session-cache:\n    kind: cache\n    formerly: [cache]\n"
    )
    renamed = renamed.replace("component: cache,", "component: session-cache,").replace(
        "to: cache,", "to: session-cache,"
    )
    return renamed.replace("provides: [session-cache]", "provides: [cache]")


CHANGES = {
    "retention": change_retention,
    "new-component": add_component,
    "phase-step": enter_phase,
    "product-swap": swap_product,
    "renamed-component": rename_component,
}
SOURCES = "architecture/sources.yaml"  # the file of the reference model that maps statements of its design document


def texts_of(name: str, root: Path) -> dict[str, str]:
    """The files of the reference model after one of the changes, by their names."""
    texts = {"architecture.yaml": CHANGES[name]((root / "architecture.yaml").read_text(encoding="utf-8"))}
    if name == "renamed-component":
        sources = (root / SOURCES).read_text(encoding="utf-8")
        texts[SOURCES] = re.sub(r"components\.cache\b", "components.session-cache", sources)
    return texts


def _replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)
