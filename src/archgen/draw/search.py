"""Finds the cheapest route between ports on the tracks, with A*."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from heapq import heappop, heappush, heappushpop

from archgen.draw.measure import Rect
from archgen.draw.ports import Port
from archgen.draw.tracks import Tracks

BEND = 36.0  # cost of a corner, in pixels

_Entry = tuple[
    float, float, int
]  # of the queue: the least cost of a complete route, the negative cost so far, and the state


def cheapest(
    tracks: Tracks, starts: list[Port], goals: list[Port], ahead: Sequence[float]
) -> tuple[Port, Port, list[int]] | None:
    """The two ports of the cheapest route, and the vertices between them; None if there is no route.

    `ahead` are the `lower_bounds` for an area with all goals. state = 2 * vertex + (1 if the last segment was vertical).
    """
    width, level, upright = tracks.width, tracks.level, tracks.upright
    ends = _ends(goals)
    best = [math.inf] * (2 * (len(level) + width + 1))  # also for what is below the last row
    came = [-1] * len(best)
    first: dict[int, Port] = {}
    queue: list[_Entry] = []
    for port in starts:
        state = 2 * port.vertex + (not port.level)
        if port.price < best[state]:
            best[state] = port.price
            first[state] = port
            heappush(queue, (port.price + ahead[port.vertex], -port.price, state))
    next_: _Entry | None = None  # an entry that is most often the first of the queue, and never gets into it
    while queue or next_:
        if next_:
            _estimate, paid, state = heappushpop(queue, next_)
            next_ = None
        else:
            _estimate, paid, state = heappop(queue)
        # Of equal estimates, this is the one that is closest to its end.
        if state < 0:  # a complete route, which was queued again with the price of its port added
            return _result(-1 - state, came, first, ends)
        price = -paid
        if price > best[state]:
            continue
        if state in ends:
            total = price + ends[state][0]
            next_ = (total, -total, -1 - state)
        vertex = state >> 1
        side, along = (price + BEND, price) if state & 1 else (price, price + BEND)
        # Closed segments and those beyond the border cost infinity, so indices that are beyond the border do no harm.
        for at, cost in (
            (2 * vertex + 2, level[vertex] + side),
            (2 * vertex - 2, level[vertex - 1] + side),
            (2 * (vertex + width) + 1, upright[vertex] + along),
            (2 * (vertex - width) + 1, upright[vertex - width] + along),
        ):
            if cost < best[at]:
                best[at] = cost
                came[at] = state
                if next_:
                    heappush(queue, next_)
                next_ = (cost + ahead[at >> 1], -cost, at)
    return None


def lower_bounds(tracks: Tracks, target: Rect) -> list[float]:
    """A lower bound of the cost from each vertex to the target, in pixels, whatever routes there are."""
    across = [max(target.x - x, x - target.right, 0.0) for x in tracks.xs]
    bent = [dx + BEND if dx else 0.0 for dx in across]
    ahead: list[float] = []
    for y in tracks.ys:
        dy = max(target.y - y, y - target.bottom, 0.0)
        ahead += [dx + dy for dx in bent] if dy else across
    return ahead


def _ends(goals: list[Port]) -> dict[int, tuple[float, Port]]:
    """The cheapest port for each state in which a route can end, and its price, which includes a bend if the route turns into it."""
    ends: dict[int, tuple[float, Port]] = {}
    for port in goals:
        for upright_before in (0, 1):
            price = port.price + (BEND if port.level == bool(upright_before) else 0.0)
            state = 2 * port.vertex + upright_before
            if state not in ends or price < ends[state][0]:
                ends[state] = (price, port)
    return ends


def _result(
    state: int, came: list[int], first: Mapping[int, Port], ends: Mapping[int, tuple[float, Port]]
) -> tuple[Port, Port, list[int]]:
    """The two ports and the vertices of a route, followed back from its last state."""
    goal = ends[state][1]
    vertices = [state // 2]
    while came[state] >= 0:
        state = came[state]
        vertices.append(state // 2)
    return first[state], goal, vertices[::-1]
