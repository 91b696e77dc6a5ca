"""Drawing a view takes time for what it shows, and not for everything else in the model."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from archgen.views import views_of
from conftest import project_of

HEAD = """version: 2
name: Many
clouds: {aws: {region: eu-west-1}}
environments: {prod: {name: Prod, aws: {account: main}}}
kinds: {part: {label: Part, definition: A part., needs_product: false}}
phases: {now: {name: Now}, later: {name: Later}}
components:
"""
PARTS = ("views", "model")  # the packages whose operations count


def many(teams: int) -> str:
    """A model with a view for each team, of its five components or of the neighbors of one."""
    lines, views = [HEAD], ["views:"]
    for n in range(5 * teams):
        calls = f"calls: {{c{n + 1}: {{port: 443}}}}" if n % 5 < 4 else "calls: {}"
        lines.append(f"  c{n}: {{kind: part, title: Part {n}, tags: [t{n // 5}], {calls}}}\n")
    for n in range(teams):
        select = f"{{tags: [t{n}]}}" if n % 2 else f"{{neighbors_of: [c{5 * n}], distance: 4}}"
        views.append(f"  v{n}: {{title: View {n}, select: {select}, group_by: none}}")
    return "".join(lines) + "\n".join(views) + "\n"


def operations(compute: Callable[[], object]) -> int:
    """How many operations of Python `compute` takes in the modules that count."""
    count = 0

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        if event == "call":
            if not any(f"archgen/{part}/" in frame.f_code.co_filename.replace("\\", "/") for part in PARTS):
                return None
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        compute()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.slow
def test_four_times_as_many_views_and_components_take_four_times_as_many_operations(tmp_path: Path) -> None:
    counts = {}
    for teams in (15, 60):
        folder = tmp_path / str(teams)
        folder.mkdir()
        resolved = project_of(folder, many(teams)).resolved
        own = [view for view in views_of(resolved).values() if view.part[0] == "views"]
        graphs: list[Any] = []

        def draw(own=own, graphs=graphs, resolved=resolved) -> None:
            graphs.extend(view.graph(at) for view in own for at in resolved.axes.all)

        counts[teams] = operations(draw)
        assert [len(graph.nodes()) for graph in graphs] == [5] * (2 * teams)
    assert counts[15] > 10_000  # they were counted
    assert counts[60] < 4.4 * counts[15], counts
