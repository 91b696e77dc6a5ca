"""The route of an edge from a node to itself: a small loop around a corner of the icon, with a fixed shape.

Loops are placed before all other routes, which then avoid them. A search would find a different shape for each node.
"""

from __future__ import annotations

from archgen.draw.graph import Node
from archgen.draw.measure import ICON, LOOP_OUT, OUTLINE, Rect
from archgen.draw.tracks import Point

ABOVE = 11  # height of the loop above the icon; titles of groups are 13 above it
INSIDE = 12  # from the icon's corner to the start of the loop on its top
BELOW_TOP = 10  # from the icon's top to the end of the loop on its side
NEAR = 3  # between the icon and the ends of the loop
FURTHER = 8  # additional distance for each further loop on the same side


def loop(node: Node, box: Rect, number: int) -> tuple[Point, ...]:
    """The corners of the loop with this number, from 0. Loops alternate between the right and the left corner of the icon."""
    off = NEAR + (OUTLINE if node.planned or node.mark else 0)
    middle, more = box.x + box.width / 2, number // 2
    side = -1 if number % 2 else 1
    edge, out = middle + side * ICON / 2, FURTHER * more
    start, beyond = edge - side * (INSIDE + out), edge + side * (LOOP_OUT + out)
    top, end = box.y - ABOVE - out, box.y + BELOW_TOP + out
    return (start, box.y - off), (start, top), (beyond, top), (beyond, end), (edge + side * off, end)
