"""Pictures as PDF, DOT, Mermaid and draw.io: read back by programs for these formats, and the same every time."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pygraphviz
import pytest

from archgen.draw.drawing import Drawing, draw
from archgen.draw.export import FORMATS, export
from archgen.draw.graph import Edge, Graph, Group, Icon, Node
from archgen.pipeline import Project
from archgen.templating import escape
from archgen.views import views_of
from conftest import ROOT, archgen
from sharing import Shared

pytestmark = pytest.mark.slow

BLNS = [text for text in json.loads((ROOT / "tests/data/blns.json").read_text()) if text.strip()]


@pytest.fixture(scope="module")
def drawings(reference: Project) -> dict[str, Drawing]:
    """Every view of the reference model that is not empty, and one with naughty strings."""
    made = {name: view.graph(reference.resolved.axes.default) for name, view in views_of(reference.resolved).items()}
    return {name: draw(graph) for name, graph in {**made, "naughty": naughty()}.items() if graph.nodes()}


def naughty() -> Graph:
    """Every naughty string as a label of a node, a group and an edge."""
    nodes = tuple(Node(f"n{i}", " ".join(text.split()) or "x", Icon(tile="t")) for i, text in enumerate(BLNS[:200]))
    groups = (
        tuple(Group(f"g{n}", BLNS[n], "generic", pair) for n, pair in enumerate(itertools.batched(nodes, 20)))
        if hasattr(itertools, "batched")
        else (Group("g0", BLNS[3], "generic", nodes),)
    )
    edges = tuple(Edge(f"e{i}", f"n{i}", f"n{i + 1}", BLNS[i]) for i in range(150))
    return Graph("naughty", BLNS[5], BLNS[6], "aws", "grid", Group("root", "", "none", groups, "column"), edges)


def test_dot_is_read_back_with_every_label(drawings: dict[str, Drawing]) -> None:
    for drawing in drawings.values():
        graph = drawing.graph
        read = pygraphviz.AGraph(string=export(drawing, "dot").decode())
        assert {str(n) for n in read.nodes()} == set(graph.nodes())
        assert len(read.edges()) == len({(e.tail, e.head) for e in graph.edges}) or len(read.edges()) <= len(
            graph.edges
        )
        for node in graph.nodes().values():
            printable = "".join(c for c in node.label if ord(c) >= 32 and ord(c) != 127)
            expected = "\\n".join(p.replace("\\", "\\\\") for p in (printable, node.note) if p)
            assert read.get_node(node.id).attr["label"] == expected


def test_mermaid_holds_no_text_of_the_model_that_could_be_syntax(drawings: dict[str, Drawing]) -> None:
    for drawing in drawings.values():
        lines = export(drawing, "mermaid").decode().splitlines()
        assert lines[0] == "---"
        assert lines[3].startswith("flowchart ")
        text = re.compile(r'"(?:[^"#;]|#\d+;|<br/>)*"')
        for line in lines[4:]:
            bare = text.sub("T", line).strip()
            assert re.fullmatch(
                r"n_\w+\[T\]|subgraph n_\w+\[T\]|end|n_\w+ <?(-->|-\.->)(\|T\|)? n_\w+|class(Def)? [\w,: #-]+|%% Marks: [\w:;,. →]+",
                bare,
            ), line


def test_mermaid_labels_read_back() -> None:
    for text in BLNS:
        coded = str(escape.mermaid(text))
        decoded = re.sub(r"#(\d+);", lambda m: chr(int(m.group(1))), coded)
        assert decoded == " ".join(text.split())


def test_drawio_keeps_ids_groups_and_ends(drawings: dict[str, Drawing]) -> None:
    for drawing in drawings.values():
        graph = drawing.graph
        root = ET.fromstring(export(drawing, "drawio"))
        cells = {cell.get("id"): cell for cell in root.iter("mxCell")}
        assert len(cells) == len(list(root.iter("mxCell")))
        for node in graph.nodes().values():
            assert cells[node.id].get("value").startswith(escape.xml_characters(node.label))
            assert cells[node.id].get("parent") in cells
        for group in graph.groups().values():
            if group.id in cells:
                assert cells[group.id].get("value") == escape.xml_characters(group.label)
                inside = list(group.nodes())
                assert all(climb(cells, n.id, group.id) for n in inside)
        for edge in graph.edges:
            cell = cells[edge.id]
            assert (cell.get("source"), cell.get("target")) == (edge.tail, edge.head)
        assert all("html=0" in c.get("style") for c in cells.values() if c.get("style"))


def climb(cells: dict, id_: str, target: str) -> bool:
    while id_ in cells and id_ != target:
        id_ = cells[id_].get("parent")
    return id_ == target


def test_pdf_has_the_text_and_the_same_bytes_twice(drawings: dict[str, Drawing]) -> None:
    drawing = drawings["network"]
    one, other = export(drawing, "pdf"), export(drawing, "pdf")
    assert one == other
    assert one.startswith(b"%PDF-")
    assert b"/LiberationSans" in one or b"LiberationSans" in one


# Another hash seed, a locale with its own rules for letters, and no fonts of the system.
ELSEWHERE = {"PYTHONHASHSEED": "7", "LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Tokyo", "FONTCONFIG_FILE": os.devnull}
# The hash of every picture in every format, as a new interpreter makes it. Loading and drawing once is enough for all formats.
IN_EVERY_FORMAT = """
import hashlib, json, sys
from pathlib import Path
from archgen.draw.export import FORMATS, export
from archgen.pipeline import draw_views, load

project = load(Path("architecture.yaml")).project
drawings = draw_views(project, [], project.resolved.axes.parse_at("gcp,growth"))
print(json.dumps({f: {f"{n}{s}": hashlib.sha256(export(d, f)).hexdigest() for n, d in drawings.items()} for f, s in FORMATS.items()}))
"""


@pytest.fixture(scope="module")
def elsewhere(shared: Shared) -> dict[str, dict[str, str]]:
    """The hashes of all views by format and file, made in another interpreter with another environment."""

    def make(root: Path) -> None:
        command = [sys.executable, "-c", IN_EVERY_FORMAT]
        made = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **ELSEWHERE}, capture_output=True, text=True, check=True
        )
        (root / "hashes.json").write_text(made.stdout, encoding="utf-8")

    hashes: dict[str, dict[str, str]] = json.loads(
        (shared.folder("pictures-elsewhere", make) / "hashes.json").read_text()
    )
    return hashes


@pytest.mark.parametrize("format_", FORMATS)
def test_all_views_in_every_format_have_equal_bytes_under_another_hash_seed_locale_and_without_fonts(
    format_: str, tmp_path: Path, elsewhere: dict[str, dict[str, str]]
) -> None:
    result = archgen(
        "diagram", "--all", "--format", format_, "--at", "gcp,growth", "-o", str(tmp_path / "out"), cwd=ROOT
    )
    assert result.code == 0, result.err
    made = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (tmp_path / "out").iterdir()}
    assert len(made) >= 15
    assert all(name.endswith(FORMATS[format_]) for name in made)
    assert made == elsewhere[format_]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--all",),
        ("network", "--all", "-o", "x"),
        (),
        ("network", "-o", "x.bmp"),
        ("network", "--format", "pdf"),
        ("nettwork",),
    ],
)
def test_wrong_usage_is_reported(arguments: tuple[str, ...]) -> None:
    result = archgen("diagram", *arguments, cwd=ROOT)
    assert result.code == 2
    assert "help:" in result.err


def test_naughty_labels_in_svg_read_back_as_they_are(drawings: dict[str, Drawing]) -> None:
    graph = naughty()
    root = ET.fromstring(export(drawings["naughty"], "svg"))
    # Text that is too long for a picture is in the title of its node.
    kinds = [f"{{http://www.w3.org/2000/svg}}{kind}" for kind in ("text", "title")]
    drawn = " ".join("".join(e.itertext()) for kind in kinds for e in root.iter(kind))
    squeezed = "".join(drawn.split())
    for node in graph.nodes().values():
        assert "".join(escape.xml_characters(node.label).split()) in squeezed
