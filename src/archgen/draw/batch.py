"""Draws many graphs in parallel, in child processes with a time budget for each graph. Graphs of the same shape are drawn once.

Graphviz is a native library that may take minutes for a graph of a few hundred edges, or crash. A child that does either is replaced,
and its graph is drawn without Graphviz. Drawings of earlier runs come from a cache that the caller stores.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import multiprocessing
import os
import signal
import time
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from functools import cache
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from archgen.draw.bundles import label_ids
from archgen.draw.drawing import Drawing, Fonts, draw, draw_simply, titled
from archgen.draw.graph import Graph
from archgen.draw.measure import Rect
from archgen.draw.routes import Route
from archgen.draw.style import looks
from archgen.records import dataclass
from archgen.system.meanwhile import usable_cores

BUDGET = 20.0  # seconds for one picture; the slowest one of a typical model takes 0.2
CORES = 4  # starting more children costs more than it saves
# Limits in CSS pixels for coordinates from the cache: a base, and an amount for each node, group and edge, which need less than that.
BASE, EACH = 2_000, 1_000


@dataclass(slots=True)
class Drawings:
    """The drawings of many graphs. `simplified` are graphs that took too long or crashed; `fresh` is the number of shapes that
    were not cached.
    """

    of: dict[Graph, Drawing] = field(default_factory=dict)
    simplified: list[Graph] = field(default_factory=list)
    fresh: int = 0
    fonts: Fonts = ()


def draw_all(
    graphs: Iterable[Graph], known: Mapping[str, Any] | None = None, budget: float = BUDGET, fonts: Fonts = ()
) -> Drawings:
    """Draw every graph. `known` is the result of `remembered` of an earlier run; `budget` is in seconds for one graph; `fonts` are used
    for letters that the built-in font lacks.
    """
    batch = Drawings(fonts=fonts)
    waiting: dict[Graph, list[Graph]] = {}  # by shape
    for graph in dict.fromkeys(graphs):
        drawing = _from_cache(graph, (known or {}).get(key_of(graph, fonts)), fonts)
        if drawing:
            batch.of[graph] = drawing
        else:
            waiting.setdefault(graph.shape(), []).append(graph)
    batch.fresh = len(waiting)
    if waiting:
        shapes = Drawings(fonts=fonts)
        _Workers(shapes, list(waiting), budget).run()
        for shape, alike in waiting.items():
            batch.of |= {graph: replace(shapes.of[shape], graph=graph) for graph in alike}
            batch.simplified += alike if shape in shapes.simplified else ()
    return batch


def drawn_on_demand(known: Mapping[str, Any] | None = None, fonts: Fonts = ()) -> Drawings:
    """Drawings that are made when they are asked for; otherwise as `draw_all`."""
    drawings = Drawings(fonts=fonts)
    drawings.of = _OnDemand(known or {}, fonts)
    return drawings


class _OnDemand(dict[Graph, Drawing]):
    def __init__(self, known: Mapping[str, Any], fonts: Fonts) -> None:
        super().__init__()
        self._known, self._fonts = known, fonts

    def __missing__(self, graph: Graph) -> Drawing:
        self.update(draw_all([graph], self._known, fonts=self._fonts).of)
        return self[graph]


# -- children ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Worker:
    process: Any
    pipe: Connection
    graph: Graph | None = None
    since: float = 0.0


class _Workers:
    def __init__(self, batch: Drawings, waiting: list[Graph], budget: float) -> None:
        self.batch = batch
        self.waiting = waiting[::-1]
        self.budget = budget
        # A forked child shares all loaded modules; without fork, children import them again.
        self.forks = "fork" in multiprocessing.get_all_start_methods() and os.name == "posix"
        self.context: Any = multiprocessing.get_context("fork" if self.forks else "spawn")
        self.workers: list[_Worker] = []
        for _n in range(min(CORES, usable_cores(), len(waiting))):
            self.workers.append(self._start())

    def run(self) -> None:
        try:
            while any(worker.graph for worker in self.workers) or self.waiting:
                for worker in self.workers:
                    if worker.graph is None and self.waiting:
                        self._give(worker, self.waiting.pop())
                self._collect()
        finally:
            for worker in self.workers:
                _stop(worker)

    def _start(self) -> _Worker:
        ours, theirs = self.context.Pipe()
        # A forked child inherits our ends of all pipes, and must close them: otherwise it never gets EOF when this process dies.
        inherited = [ours, *(worker.pipe for worker in self.workers if not worker.pipe.closed)] if self.forks else []
        process = self.context.Process(
            target=_serve, args=(theirs, inherited, self.budget, self.batch.fonts), daemon=True
        )
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _give(self, worker: _Worker, graph: Graph) -> None:
        worker.graph, worker.since = graph, time.monotonic()
        try:
            worker.pipe.send(graph)
        except OSError:  # it died while it was idle
            self._simplify(worker)

    def _collect(self) -> None:
        """Wait for the next result or time-out; take finished drawings, and replace children that are late or have died."""
        busy = [worker for worker in self.workers if worker.graph]
        left = min(worker.since + self.budget - time.monotonic() for worker in busy)
        ready = wait([worker.pipe for worker in busy], timeout=max(left, 0))
        for worker in busy:
            if worker.pipe in ready:
                self._take(worker)
            elif time.monotonic() - worker.since >= self.budget:
                self._simplify(worker)

    def _take(self, worker: _Worker) -> None:
        assert worker.graph
        try:
            answer = worker.pipe.recv()
        except (EOFError, OSError):  # it died: Graphviz is native code
            answer = None
        if answer is None:
            self._simplify(worker)
            return
        self.batch.of[worker.graph] = Drawing(worker.graph, *(*answer, self.batch.fonts))
        worker.graph = None

    def _simplify(self, worker: _Worker) -> None:
        assert worker.graph
        self.batch.of[worker.graph] = draw_simply(worker.graph, self.batch.fonts)
        self.batch.simplified.append(worker.graph)
        _stop(worker)
        self.workers[self.workers.index(worker)] = self._start()


def _stop(worker: _Worker) -> None:
    worker.process.kill()
    worker.process.join()
    worker.pipe.close()


def _serve(pipe: Connection, inherited: list[Connection], budget: float, fonts: Fonts) -> None:
    """Run in a child process: receive graphs and send back their geometry, until the parent kills it or exits."""
    gc.freeze()  # what the parent has made stays
    for connection in inherited:
        connection.close()
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            graph = pipe.recv()
            if hasattr(signal, "setitimer"):  # ends the child inside of Graphviz, in case the parent has died
                signal.setitimer(signal.ITIMER_REAL, 2 * budget + 1)
            pipe.send(_geometry(graph, fonts))


def _geometry(graph: Graph, fonts: Fonts) -> tuple[Any, ...] | None:
    """The fields of a Drawing without its graph and fonts, which the parent has; None if drawing fails."""
    try:
        d = draw(graph, fonts)
    except Exception:  # whatever it was, the parent draws the graph without Graphviz
        return None
    return d.width, d.height, d.boxes, d.titles, d.routes, d.labels


# -- the cache -----------------------------------------------------------------------------------------


def key_of(graph: Graph, fonts: Fonts = ()) -> str:
    """A hash of everything that a drawing depends on: the shape of the graph, which groups have icons in their titles on its cloud, the
    fonts, and the code of this package.
    """
    used = "".join(font.digest for font in fonts)
    return hashlib.sha256(f"{_code()}{used}{_with_icons(graph.theme)}{graph.shape()!r}".encode()).hexdigest()


def _with_icons(theme: str) -> list[str]:
    """The styles of groups that have an icon in their title; the cloud may be one of an installed package."""
    return sorted(style for style, look in looks(theme).items() if look.icon)


@cache
def _code() -> str:
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for file in (*sorted(folder.glob("*.py")), *sorted(folder.glob("fonts/*.ttf"))):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def remembered(batch: Drawings) -> dict[str, Any]:
    """The geometry of every drawing as plain data, by `key_of` its graph. Simplified drawings are left out, to be tried again."""
    kept = {key_of(g, batch.fonts): _plain(d) for g, d in batch.of.items() if g not in batch.simplified}
    return dict(sorted(kept.items()))


def _plain(d: Drawing) -> dict[str, Any]:
    rects = {name: {id_: _numbers(r) for id_, r in getattr(d, name).items()} for name in ("boxes", "titles", "labels")}
    routes = {id_: [coordinate for point in route for coordinate in point] for id_, route in d.routes.items()}
    return {"size": [d.width, d.height], **rects, "routes": routes}


def _numbers(box: Rect) -> list[float]:
    return [box.x, box.y, box.width, box.height]


def _from_cache(graph: Graph, data: Any, fonts: Fonts) -> Drawing | None:
    """A drawing from plain data; None unless the data fits the graph exactly. It comes from a file, so anything is possible."""
    edges = {edge.id for edge in graph.edges}
    expected = {
        "boxes": {*graph.nodes(), *graph.groups()},
        "titles": {group.id for group in titled(graph)},
        "routes": edges,
        "labels": label_ids(graph),
    }
    most = BASE + EACH * (len(expected["boxes"]) + len(edges))
    try:
        if any(
            set(data[name]) - {graph.root.id} != ids for name, ids in expected.items()
        ):  # some layouts place the root too
            return None
        width, height = data["size"]
        boxes, titles, labels = (
            {id_: _rect(numbers, most) for id_, numbers in data[name].items()} for name in ("boxes", "titles", "labels")
        )
        routes = {id_: _route(numbers, most) for id_, numbers in data["routes"].items()}
        return Drawing(graph, _size(width, most), _size(height, most), boxes, titles, routes, labels, fonts)
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


def _rect(numbers: Any, most: float) -> Rect:
    x, y, width, height = numbers
    return Rect(_number(x, most), _number(y, most), _size(width, most), _size(height, most))


def _route(numbers: Any, most: float) -> Route:
    flat = [_number(value, most) for value in numbers]
    if len(flat) < 4:
        raise ValueError("a route has two ends")
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def _size(value: Any, most: float) -> float:
    size = _number(value, most)
    if size < 0:
        raise ValueError("a size cannot be negative")
    return size


def _number(value: object, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("not a number")
    if not -most <= value <= most:  # also false for NaN
        raise ValueError("no picture is that large")
    return value


def read_memory(text: str | None) -> Mapping[str, Any]:
    """The cache of an earlier run from the text of its file; empty if it is missing or invalid."""
    try:
        data = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
