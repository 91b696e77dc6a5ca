"""Drawings that are kept between builds: a file that is broken or forged changes nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archgen import pipeline
from archgen.artifacts.base import MEMORY, MOST_MEMORY
from archgen.draw.batch import _from_cache, draw_all, read_memory, remembered
from archgen.draw.drawing import titled
from archgen.draw.graph import Graph
from archgen.pipeline import Project, load
from archgen.views import views_of
from conftest import MINIMAL


def graph(project: Project, view: str) -> Graph:
    return views_of(project.resolved)[view].graph(project.resolved.axes.default)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"x": 1}'])
def test_a_memory_that_is_broken_is_forgotten(reference: Project, text: str) -> None:
    usual = graph(reference, "context")
    assert draw_all([usual], read_memory(text)).fresh == 1
    ((key, data),) = remembered(draw_all([usual])).items()
    for broken in ({}, {**data, "boxes": {}}, {**data, "size": "x"}, {**data, "routes": {"a": ["b"]}}, None, 3):
        assert draw_all([usual], {key: broken}).fresh == 1


def _first(data: dict[str, Any], part: str, change: Callable[[Any], Any]) -> dict[str, Any]:
    """The same data with one entry changed."""
    id_, numbers = next(iter(data[part].items()))
    return {**data, part: {**data[part], id_: change(numbers)}}


def test_a_memory_that_does_not_fit_its_graph_is_forgotten(reference: Project) -> None:
    """A forged cache can contain at most a drawing of the right graph."""
    graphs = (graph(reference, name) for name in views_of(reference.resolved))
    fitting = [g for g in graphs if titled(g) and any(edge.label for edge in g.edges)]
    usual = min(fitting, key=lambda g: len(g.nodes()))
    ((key, data),) = remembered(draw_all([usual])).items()
    assert all(data[part] for part in ("boxes", "titles", "routes", "labels"))
    broken = [{**data, "size": size} for size in ([1e400, 9], [9, float("nan")], [-9, 9], [True, 9], [9], [10**400, 9])]
    for part in ("boxes", "titles", "routes", "labels"):
        for number in (float("nan"), float("inf"), 10**400, 1e12, "1", None, True):
            broken.append(_first(data, part, lambda numbers, number=number: [number, *numbers[1:]]))
        broken.append(_first(data, part, lambda numbers: numbers[:-1]))
        broken += [_first(data, part, lambda _numbers, other=other: other) for other in ([], {}, None, 3, "1234")]
        broken += [{**data, part: other} for other in ({}, [], None, {**data[part], "other": [1, 1, 1, 1]})]
    broken.append(_first(data, "routes", lambda numbers: numbers[:2]))
    assert draw_all([usual], {key: data}).fresh == 0
    assert not [each for each in broken if _from_cache(usual, read_memory(json.dumps({key: each}))[key], ())]


@pytest.mark.parametrize("kind", ["bytes", "large", "loop", "folder"])
def test_a_file_of_drawings_that_cannot_be_read_is_passed_over(tmp_path: Path, kind: str) -> None:
    (tmp_path / "architecture.yaml").write_text(MINIMAL)
    file = tmp_path / MEMORY
    file.parent.mkdir()
    match kind:
        case "bytes":
            file.write_bytes(b'{"\xff": 1}')
        case "large":
            file.write_text("{}")
            os.truncate(file, 2 * MOST_MEMORY)
        case "loop":
            file.symlink_to(file.name)
        case "folder":
            file.mkdir()
    project = load(tmp_path / "architecture.yaml").project
    assert project
    batch = pipeline.draw(project, pipeline.graph(project).all())
    assert batch.fresh == len({graph.shape() for graph in batch.of}) > 0
