"""Finds the cheapest route between ports on the tracks, with A*."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping

from archgen.draw.measure import Rect
from archgen.draw.ports import Port
from archgen.draw.tracks import Tracks

BEND = 36.0  # cost of a corner, in pixels


def cheapest(
    tracks: Tracks, starts: list[Port], goals: list[Port], target: Rect
) -> tuple[Port, Port, list[int]] | None:
    """The two ports of the cheapest route, and the vertices between them; None if there is no route.

    state = 2 * vertex + (1 if the last segment was vertical).
    """
    width, level, upright = tracks.width, tracks.level, tracks.upright
    ahead = _lower_bounds(tracks, target)
    ends = _ends(goals)
    best = [math.inf] * (2 * len(level))
    came = [-1] * len(best)
    first: dict[int, Port] = {}
    queue: list[tuple[float, float, int]] = []
    for port in starts:
        state = 2 * port.vertex + (not port.level)
        if port.price < best[state]:
            best[state] = port.price
            first[state] = port
            heapq.heappush(queue, (port.price + ahead[port.vertex], -port.price, state))
    while queue:
        _estimate, paid, state = heapq.heappop(queue)  # of equal estimates, the one that is closest to its end
        if state < 0:  # a complete route, which was queued again with the price of its port added
            return _result(-1 - state, came, first, ends)
        price = -paid
        if price > best[state]:
            continue
        if state in ends:
            total = price + ends[state][0]
            heapq.heappush(queue, (total, -total, -1 - state))
        vertex = state // 2
        side, along = (price + BEND, price) if state % 2 else (price, price + BEND)
        # Segments beyond the border cost infinity, so indices that wrap around do no harm.
        for next_, new in (
            (vertex + 1, level[vertex] + side),
            (vertex - 1, level[vertex - 1] + side),
        ):
            if new < math.inf and new < best[2 * next_]:
                best[2 * next_] = new
                came[2 * next_] = state
                heapq.heappush(queue, (new + ahead[next_], -new, 2 * next_))
        for next_, new in (
            (vertex + width, upright[vertex] + along),
            (vertex - width, upright[vertex - width] + along),
        ):
            if new < math.inf and new < best[2 * next_ + 1]:
                best[2 * next_ + 1] = new
                came[2 * next_ + 1] = state
                heapq.heappush(queue, (new + ahead[next_], -new, 2 * next_ + 1))
    return None


def _lower_bounds(tracks: Tracks, target: Rect) -> list[float]:
    """A lower bound of the cost from each vertex to the target."""
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
