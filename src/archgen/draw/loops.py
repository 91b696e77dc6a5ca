"""A node's box in, the way from the node back to itself out: a small loop around a corner of its icon, always the same.

It is laid before all other routes, which keep clear of it, since a search would find another shape at each node.
"""

from __future__ import annotations

from archgen.draw.graph import Node
from archgen.draw.measure import ICON, LOOP_OUT, OUTLINE, Rect
from archgen.draw.tracks import Point

ABOVE = 11  # how far above the icon; titles of groups are 13 above it
INSIDE = 12  # from the icon's corner to where the loop begins, on its top
BELOW_TOP = 10  # from the icon's top to where it ends, on its side
NEAR = 3
FURTHER = 8  # what every second further loop of a node stands off more


def loop(node: Node, box: Rect, number: int) -> tuple[Point, ...]:
    """The corners of a node's loop of this number, from 0: around the right corner of its icon, then the left one, then around these."""
    off = NEAR + (OUTLINE if node.planned or node.change else 0)
    middle, more = box.x + box.width / 2, number // 2
    side = -1 if number % 2 else 1
    edge, out = middle + side * ICON / 2, FURTHER * more
    start, beyond = edge - side * (INSIDE + out), edge + side * (LOOP_OUT + out)
    top, end = box.y - ABOVE - out, box.y + BELOW_TOP + out
    return (start, box.y - off), (start, top), (beyond, top), (beyond, end), (edge + side * off, end)
