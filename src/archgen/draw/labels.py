"""Boxes and routes in, a place for every edge's label out: on its longest segment, where nothing else is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from archgen.draw.graphviz import Point, Route
from archgen.draw.measure import EDGE, Rect, text_width
from archgen.graph import Edge

HEIGHT = 13
SPACE = 3  # between line and label


def place_labels(edges: tuple[Edge, ...], routes: Mapping[str, Route], taken: list[Rect]) -> dict[str, Rect]:
    """A box for the label of each edge that has one. `taken` are the boxes that labels must not cover."""
    occupied = list(taken)
    lines = {id_: list(segments(route)) for id_, route in routes.items()}
    placed: dict[str, Rect] = {}
    for edge in edges:
        if not edge.label or edge.id not in routes:
            continue
        width = text_width(edge.label, EDGE)
        others = [segment for id_, segments in lines.items() if id_ != edge.id for segment in segments]
        best = min(
            enumerate(_candidates(lines[edge.id], width)),
            key=lambda pair: (_cost(pair[1], occupied, others, lines[edge.id]), pair[0]),
        )[1]
        placed[edge.id] = best
        occupied.append(best)
    return placed


def segments(route: Route) -> Iterator[tuple[Point, Point]]:
    """Straight pieces of the route; a curve is sampled."""
    points = list(_sampled(route.points)) if route.curved else list(route.points)
    yield from itertools.pairwise(points)


def _sampled(control: tuple[Point, ...], steps: int = 4) -> Iterator[Point]:
    yield control[0]
    for n in range(0, len(control) - 3, 3):
        a, b, c, d = control[n : n + 4]
        for step in range(1, steps + 1):
            t = step / steps
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            yield (
                sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True)),
                sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True)),
            )


def _candidates(segments: list[tuple[Point, Point]], width: float) -> Iterator[Rect]:
    """Places beside the segments, the longest one first, from its middle outwards."""
    by_length = sorted(segments, key=lambda s: -(abs(s[0][0] - s[1][0]) + abs(s[0][1] - s[1][1])))
    for (x1, y1), (x2, y2) in by_length[:6]:
        flat = abs(x1 - x2) >= abs(y1 - y2)
        for share in (0.5, 0.35, 0.65, 0.2, 0.8):
            x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
            if flat:
                lift = abs(y2 - y1) / max(abs(x2 - x1), 1) * width / 2  # a sloping line rises under its label
                yield Rect(x - width / 2, y - HEIGHT - SPACE - lift, width, HEIGHT)
                yield Rect(x - width / 2, y + SPACE + lift, width, HEIGHT)
            else:
                yield Rect(x + SPACE + 1, y - HEIGHT / 2, width, HEIGHT)
                yield Rect(x - width - SPACE - 1, y - HEIGHT / 2, width, HEIGHT)


def _cost(box: Rect, occupied: list[Rect], others: list[tuple[Point, Point]], own: list[tuple[Point, Point]]) -> float:
    """What a place costs: covering things costs most, lines under the text less."""
    cost = 100.0 * sum(box.overlaps(other, 1) for other in occupied)
    cost += 10.0 * sum(touches(box, segment) for segment in others)
    return cost + 20.0 * sum(touches(box, segment) for segment in own) + (50.0 if box.x < 0 or box.y < 0 else 0.0)


def touches(box: Rect, segment: tuple[Point, Point]) -> bool:
    """Whether a straight line passes through the box (by its bounding box, exact for right-angled lines)."""
    (x1, y1), (x2, y2) = segment
    return box.overlaps(Rect(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2)), 1)
