"""ARC-V004: what labels of pictures show fits on the two lines that they have."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.architecture import Architecture

# Two lines of the width that a label has, at its size; a longer text makes its second line wider than its neighbours.
MOST = 40


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Titles of components and of alerts, names of accounts and tiers."""
    document = architecture.document
    labels: list[tuple[Path, str]] = [(("components", n, "title"), c.title) for n, c in architecture.components.items()]
    labels += [(("observability", "alerts", n, "title"), a.title) for n, a in document.observability.alerts.items()]
    labels += [(("network", "tiers", n, "name"), tier.name) for n, tier in architecture.tiers.items()]
    for path, text in labels:
        if len(text) > MOST:
            message = f"a label of {len(text)} characters is too long for pictures, which have room for {MOST}"
            yield Diagnostic("ARC-V004", message, "shorten it, and say the rest in `purpose`", path, severity="warning")
