"""Where something holds, in words for readers of pages: with the names of clouds, environments and phases instead of conditions."""

from __future__ import annotations

from archgen.artifacts.base import Context
from archgen.model.resolve import Resolved


def where_in_words(context: Context, mask: int, *, on: str = "") -> list[str]:
    """Coordinates as places such as "AWS, Development or Staging, before Phase 2: Scale"; `everywhere` for all of them.

    `on` is a cloud that readers know to be meant; a place that is all of it is empty.
    """
    covers = context.axes.cover(mask)
    conditions = [text.removeprefix(on).removeprefix(" & ") for text in covers] if on else covers
    return [", ".join(_alternatives(context.resolved, term) for term in text.split(" & ")) for text in conditions]


def _alternatives(resolved: Resolved, term: str) -> str:
    return " or ".join(_name(resolved, id_) for id_ in term.split(" | "))


def _name(resolved: Resolved, id_: str) -> str:
    """The name of a cloud, an environment or a time; other words as they are."""
    document = resolved.default.document
    if id_ in resolved.clouds:
        return resolved.clouds[id_].name
    if id_ in document.environments:
        return document.environments[id_].name
    phase = document.phases.get(id_.removeprefix("before "))
    if phase is None:
        return id_
    return f"before {phase.name}" if id_.startswith("before ") else f"from {phase.name} on"
