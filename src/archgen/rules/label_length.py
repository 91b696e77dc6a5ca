"""ARC-V004: labels in diagrams fit on two lines."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.architecture import Architecture

# Characters on two lines of a label's width; the second line of a longer text would run into its neighbors.
MOST = 40


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """A finding for each title of a component or an alert, or name of a tier, that is too long."""
    document = architecture.document
    labels: list[tuple[Path, str]] = [(("components", n, "title"), c.title) for n, c in architecture.components.items()]
    labels += [(("observability", "alerts", n, "title"), a.title) for n, a in document.observability.alerts.items()]
    labels += [(("network", "tiers", n, "name"), tier.name) for n, tier in architecture.tiers.items()]
    for path, text in labels:
        if len(text) > MOST:
            message = f"this label has {len(text)} characters; diagrams have room for {MOST}"
            yield Diagnostic("ARC-V004", message, "shorten it, and move details to `purpose`", path, severity="warning")
