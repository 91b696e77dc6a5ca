"""What a model says at a coordinate, with the line and the condition that decide it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from archgen.diagnostics.diagnostic import Path, Span
from archgen.model.architecture import Architecture
from archgen.model.coordinate import BadConditionError, Coordinate
from archgen.model.paths import walk
from archgen.model.resolve import Resolved


class StatedModel:
    """A model at one coordinate, next to all others."""

    def __init__(self, resolved: Resolved, coordinate: Coordinate) -> None:
        self.resolved, self.coordinate = resolved, coordinate
        self.here: Architecture = resolved.architectures[coordinate]

    def value(self, path: Path) -> tuple[Any, bool]:
        """The validated value at a path, and whether the model itself states it there."""
        stated = self.here.tree.get(path) is not None
        return walk(self.here, path)[0], stated

    def span(self, path: Path) -> Span | None:
        """The key of a value that the model states; None for one that it does not state."""
        node = self.here.tree.get(path)
        return (node.key_span or node.span) if node else None

    def is_assumed(self, path: Path) -> bool:
        """Whether the model marks a value, or something around it, as an assumption."""
        return any(path[: len(assumed)] == assumed for assumed in self.here.assumed)

    def condition(self, path: Path) -> str:
        """The condition under which the line of a value decides it; empty if it does everywhere."""
        span = self.span(path)
        return self._where(lambda a: (node := a.tree.get(path)) is not None and (node.key_span or node.span) == span)

    def presence(self, id_: str) -> str:
        """The condition under which a component exists; empty if it does everywhere."""
        return self._where(lambda a: id_ in a.components)

    def fits_at(self, path: Path, agrees: Callable[[Any], bool]) -> str:
        """The condition under which the model has a value that agrees with another one; empty if it never has.

        Only coordinates of the same cloud and environment count; if none of them has it, those of other environments do.
        """
        axes = self.resolved.axes
        cloud = [c for c in axes.all if c.cloud == self.coordinate.cloud]
        near = [c for c in cloud if c.environment == self.coordinate.environment]
        for candidates in (near, cloud):
            those = [c for c in candidates if agrees(walk(self.resolved.architectures[c], path)[0])]
            if those:
                return str(those[0])
        return ""

    def _where(self, holds: Callable[[Architecture], bool]) -> str:
        axes = self.resolved.axes
        mask = sum(axes.bit(c) for c, a in self.resolved.architectures.items() if holds(a))
        if not mask or mask == axes.everywhere:
            return ""
        return self._narrowest(axes.cover(mask))

    def _narrowest(self, conditions: Sequence[str]) -> str:
        """Of several conditions, the one that the coordinate meets."""
        axes = self.resolved.axes
        for text in conditions if len(conditions) > 1 else ():
            try:
                if axes.condition(text).mask & axes.bit(self.coordinate):
                    return text
            except BadConditionError:
                continue
        return " or ".join(conditions)
