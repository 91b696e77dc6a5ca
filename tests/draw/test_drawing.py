"""The structure of pictures: what they show, that nothing overlaps, and that they are safe and the same on every machine."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from archgen.analysis.grouping import MOST
from archgen.catalog import catalog
from archgen.catalog.cloud_facts import cloud_bases
from archgen.draw import icons, style
from archgen.draw.batch import CORES, Drawings, _from_cache, _stop, _Workers, draw_all, key_of, read_memory, remembered
from archgen.draw.drawing import Drawing, draw, frames_of
from archgen.draw.graph import Edge, Graph, Group, Icon, Node
from archgen.draw.labels import borders_of, hits, segments
from archgen.draw.measure import Rect, ink, node_lines
from archgen.draw.svg import svg
from archgen.model.component import all_kinds
from archgen.model.coordinate import Coordinate
from archgen.pipeline import Project, check, load
from archgen.templating.allowed_svg import ATTRIBUTES, ELEMENTS, UnsafePictureError, allowed
from archgen.views import views_of
from conftest import CASES, MINIMAL, MODELS, ROOT, archgen

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"


def graph(project: Project, view: str, coordinate: Coordinate) -> Graph:
    return views_of(project.resolved)[view].graph(coordinate)


def all_graphs(project: Project) -> list[tuple[str, Graph]]:
    """Every distinct picture that shows something."""
    found: dict[Graph, str] = {}
    for name, view in views_of(project.resolved).items():
        for coordinate in project.resolved.axes.all:
            graph = view.graph(coordinate)
            if graph.nodes():
                found.setdefault(graph, f"{name} at {coordinate}")
    return [(name, graph) for graph, name in found.items()]


@pytest.fixture(scope="module", params=["reference", "new", *(path.name for path in MODELS)])
def drawings(request: pytest.FixtureRequest) -> dict[str, Drawing]:
    """Every picture of the reference model, of the one that `archgen init` writes, and of models of other shapes."""
    known = {"reference": ROOT, "new": ROOT / "templates" / "init" / "aws", **{path.name: path for path in MODELS}}
    project = load(known[request.param] / "architecture.yaml").project
    assert project
    return {name: draw(g) for name, g in all_graphs(project)}


def ends(g: Graph) -> set[tuple[str, str]]:
    pairs = {(e.tail, e.head) for e in g.edges}
    return pairs | {(e.head, e.tail) for e in g.edges if e.both}


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_the_context_view_is_the_source_design_section_11(reference: Project, cloud: str) -> None:
    g = graph(reference, "context", Coordinate(cloud, "prod", "mvp"))
    groups = {group.label: {c.label for c in group.children} for group in g.groups().values()}
    assert groups["Internet"] == {"Users / Browsers"}
    assert groups["Edge"] == {"CDN", "WAF"}
    assert groups["APP VPC"] == {"Load balancer", "Ingress / Gateway API", "Flask API"}
    assert groups["DATA VPC"] == {"Cache", "PostgreSQL"}
    assert {"APP VPC", "DATA VPC", "Static SPA", "Monitoring"} == groups[
        "AWS Cloud" if cloud == "aws" else "Google Cloud"
    ]
    source = {
        ("users", "cdn"), ("cdn", "waf"), ("cdn", "spa"), ("waf", "load-balancer"), ("load-balancer", "ingress"),
        ("ingress", "api"), ("api", "cache"), ("cache", "api"), ("cache", "database"), ("database", "cache"),
        ("segment-app", "monitoring"), ("segment-data", "monitoring"),
    }  # fmt: skip
    assert ends(g) == source


def test_the_network_view_shows_accounts_zones_tiers_and_ranges(reference: Project) -> None:
    g = graph(reference, "network", Coordinate("aws", "prod", "mvp"))
    labels = {group.label for group in g.groups().values()}
    assert "Account Prod (444455556666)" in labels
    assert "Region eu-west-1" in labels
    assert "VPC innovate-prod-main 10.30.0.0/16" in labels
    for zone, third in zip("abc", range(3), strict=True):
        assert f"Availability Zone eu-west-1{zone}" in labels
        assert f"Public subnet 10.30.{third}.0/24" in labels
        assert f"Private app 10.30.{16 * (third + 1)}.0/20" in labels
        assert f"Private data 10.30.{100 + third}.0/24" in labels
    notes = {node.id: node.note for node in g.nodes().values()}
    assert notes["vpc-endpoints"] == "S3, ECR, Logs, STS, Secrets Manager, SSM"
    assert {"nat-1", "nat-2", "nat-3", "database-primary-1", "database-standby-2"} <= set(notes)
    gcp = {group.label for group in graph(reference, "network", Coordinate("gcp", "prod", "mvp")).groups().values()}
    assert {"Project innovate-prod", "Region europe-west1", "Private app subnet 10.130.64.0/18"} <= gcp


def test_two_databases_of_one_product_are_distinguishable() -> None:
    (model,) = (path for path in MODELS if path.name == "ledger")
    project = load(model / "architecture.yaml").project
    assert project
    notes = [
        n.note
        for n in graph(project, "network", project.resolved.axes.default).nodes().values()
        if n.label == "Cloud SQL"
    ]
    assert sorted(notes) == ["Archive", "Books, primary", "Books, standby"]


def test_the_grid_keeps_its_shape_and_shows_what_is_planned(reference: Project) -> None:
    for cloud in ("aws", "gcp"):
        for view in ("network", "platform", "organization"):
            phases = [graph(reference, view, Coordinate(cloud, "prod", phase)) for phase in ("mvp", "growth", "scale")]
            assert len({tuple(g.nodes()) for g in phases}) == 1, view
        phases = [graph(reference, "network", Coordinate(cloud, "prod", phase)) for phase in ("mvp", "growth", "scale")]
        planned = [{n.id for n in g.nodes().values() if n.planned} for g in phases]
        assert "cluster-burst-1" in planned[0]
        assert planned[1] == planned[2] == set()


def crosses(line: tuple[tuple[float, float], tuple[float, float]], box: Rect) -> bool:
    (x1, y1), (x2, y2) = line
    inner = Rect(box.x + 1, box.y + 1, box.width - 2, box.height - 2)
    return inner.overlaps(Rect(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2)))


@pytest.mark.slow
def test_nothing_overlaps_in_any_picture(drawings: dict[str, Drawing]) -> None:
    for name, d in drawings.items():
        nodes = {id_: d.boxes[id_] for id_ in d.graph.nodes()}
        for (one, a), (other, b) in itertools.combinations(nodes.items(), 2):
            assert not a.overlaps(b), f"{name}: {one} and {other}"
        for (one, a), (other, b) in itertools.combinations(d.labels.items(), 2):
            assert not a.overlaps(b), f"{name}: labels of {one} and {other}"
        covered = [(id_, rect) for id_, node in d.graph.nodes().items() for rect in ink(node, d.boxes[id_])]
        for (edge, label), (what, box) in itertools.product(d.labels.items(), [*covered, *d.titles.items()]):
            assert not label.overlaps(box), f"{name}: the label of {edge} on {what}"
        for group in d.graph.groups().values():
            box = d.boxes[group.id]
            for child in group.children:
                inner = d.boxes[child.id]
                assert box.x <= inner.x + 1, f"{name}: {child.id} leaves {group.id}"
                assert inner.right <= box.right + 1, f"{name}: {child.id} leaves {group.id}"
                assert box.y <= inner.y, f"{name}: {child.id} leaves {group.id}"
                assert inner.bottom <= box.bottom + 1, f"{name}: {child.id} leaves {group.id}"


def test_hardly_any_label_is_on_the_border_of_a_group(drawings: dict[str, Drawing]) -> None:
    """At most one in a hundred, or two in a small model, where there is no space for them; without added space, it is one in ten."""
    borders = {name: borders_of(frames_of(d.graph, d.boxes)) for name, d in drawings.items()}
    labels = [(name, id_, label) for name, d in drawings.items() for id_, label in d.labels.items()]
    on_border = [(name, id_) for name, id_, label in labels if hits(label, borders[name])]
    assert len(on_border) <= max(2, len(labels) // 100), on_border


def test_every_edge_is_drawn_and_crosses_neither_node_nor_title(drawings: dict[str, Drawing]) -> None:
    for name, d in drawings.items():
        assert set(d.routes) == {edge.id for edge in d.graph.edges}, name
        for edge in d.graph.edges:
            for line in segments(d.routes[edge.id]):
                for node in d.graph.nodes():
                    if node not in (edge.tail, edge.head):
                        assert not crosses(line, d.boxes[node]), f"{name}: {edge.id} crosses {node}"
                for group, title in d.titles.items():
                    assert not crosses(line, title), f"{name}: {edge.id} crosses the title of {group}"


def test_every_edge_ends_at_what_it_connects(drawings: dict[str, Drawing]) -> None:
    for name, d in drawings.items():
        nodes = d.graph.nodes()
        for edge in d.graph.edges:
            route = d.routes[edge.id]
            for end, point in ((edge.tail, route[0]), (edge.head, route[-1])):
                spot = Rect(*point, 0, 0)
                if end in nodes:
                    covered = ink(nodes[end], d.boxes[end])
                    assert any(spot.overlaps(rect, 8) for rect in covered), f"{name}: {edge.id} misses {end}"
                else:
                    box = d.boxes[end]
                    away = min(abs(point[0] - side) for side in (box.x, box.right))
                    away = min([away, *(abs(point[1] - side) for side in (box.y, box.bottom))])
                    assert away < 0.5, f"{name}: {edge.id} misses the border of {end}"


def test_no_two_edges_look_like_one(drawings: dict[str, Drawing]) -> None:
    for name, d in drawings.items():
        pieces = [(id_, *line) for id_, route in d.routes.items() for line in segments(route)]
        for (one, a, b), (other, c, e) in itertools.combinations(pieces, 2):
            if one != other and (a[0] == b[0]) == (c[0] == e[0]):
                across, along = (0, 1) if a[0] == b[0] else (1, 0)
                shared = min(max(a[along], b[along]), max(c[along], e[along])) - max(
                    min(a[along], b[along]), min(c[along], e[along])
                )
                assert shared < 12 or abs(a[across] - c[across]) > 3, f"{name}: {one} runs on {other}"


def test_text_is_at_least_10_pixels_in_a_page(drawings: dict[str, Drawing]) -> None:
    for name, d in drawings.items():
        scale = min(1.0, 1140 / d.width)  # the space on a page of 1,280 pixels; a wider picture is scaled down
        sizes = [
            float(s)
            for s in re.findall(r'<text class="ag-(?:label|note|title|edge-label)"[^>]*font-size="([\d.]+)"', svg(d))
        ]
        assert min(sizes) * scale >= 10, name


def test_svg_is_safe_and_self_contained(drawings: dict[str, Drawing]) -> None:
    for name, d in drawings.items():
        text = svg(d, lambda page: f"../{page}/")
        root = ET.fromstring(text)
        assert len(text) < 150_000, name
        ids = [e.get("id") for e in root.iter() if e.get("id")]
        assert len(ids) == len(set(ids)), name
        for element in root.iter():
            assert element.tag.removeprefix(SVG) in ELEMENTS, name
            assert set(element.attrib) <= {*ATTRIBUTES, XLINK}, (name, set(element.attrib) - ATTRIBUTES)
            href = element.get(XLINK, "")
            assert href.startswith(("data:image/png;base64,", "#", "../")) or not href, name
        assert "site-packages" not in text
        drawn = [e.text for e in root.iter(f"{SVG}text")]
        assert all(text for text in drawn)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<g onclick="alert(1)"/>',
        '<a xlink:href="javascript:alert(1)"/>',
        '<a xlink:href="//example.com"/>',
        '<image xlink:href="http://example.com/x.png"/>',
        '<rect fill="url(http://example.com)"/>',
        '<rect style="fill: red"/>',
        "<foreignObject/>",
        "<g>",
    ],
)
def test_what_is_not_allowed_in_a_picture_is_refused(inside: str) -> None:
    head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    assert allowed(f"{head}<rect fill='none'/></svg>")
    with pytest.raises(UnsafePictureError):
        allowed(f"{head}{inside}</svg>")


def contrast(one: str, other: str) -> float:
    def luminance(color: str) -> float:
        parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_stands_out_from_every_fill(scheme: int) -> None:
    fills = {style.PAGE[scheme]} | {
        look.fill[scheme] for cloud in cloud_bases() for look in style.looks(cloud).values() if look.fill
    }
    for color in (style.TEXT, style.NOTE, style.PLANNED):
        for fill in fills:
            assert contrast(color[scheme], fill) >= 4.5, (color[scheme], fill)
    for color in style.CATEGORIES.values():
        assert contrast("#ffffff", color) >= 4.5, color


@pytest.mark.slow
def test_every_icon_exists() -> None:
    named = {p.icon for p in catalog().products.values() if p.icon} | {kind.icon for kind in all_kinds().values()}
    named |= {look.icon for cloud in cloud_bases() for look in style.looks(cloud).values() if look.icon}
    for icon in sorted(named):
        assert icons.data_uri(icon).startswith("data:image/png")
    with pytest.raises(icons.NoIconError):
        icons.png_of("aws.compute.NoSuchThing")


def test_catalog_entries_are_whole() -> None:
    for product in catalog().products.values():
        assert set(product.kinds) <= set(all_kinds()), product.id
        assert product.documentation.startswith("https://"), product.id
        assert product.definition.endswith("."), product.id
        assert product.icon or product.tile, product.id


@pytest.mark.parametrize("layout", ["grid", "flow", "down"])
def test_odd_graphs(layout: str) -> None:
    nodes = tuple(Node(f"n{i}", "x" * (10_000 if i == 0 else 3), Icon(tile="t")) for i in range(3))
    inner = Group("same", "same", "home", nodes)
    other = Group("same-2", "same", "home", (Node("m", "m", Icon(tile="t")),))
    edges = (
        Edge("a", "n0", "n1"),
        Edge("b", "n1", "n0", "label"),
        Edge("c", "n2", "n2", "self"),
        Edge("d", "same", "m", "from a group"),
    )
    drawing = draw(Graph("odd", "t", "d", "aws", layout, Group("root", "", "none", (inner, other)), edges))  # type: ignore[arg-type]
    ET.fromstring(svg(drawing))
    assert len([g for g in drawing.boxes if g.startswith("same")]) == 2


def test_an_empty_network_draws() -> None:
    loaded = load(CASES / "rules" / "NET101" / "good.yaml")
    assert loaded.project
    for _name, g in all_graphs(loaded.project):
        ET.fromstring(svg(draw(g)))


@pytest.mark.slow
def test_png_is_rendered_with_the_built_in_fonts(tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "archgen", "diagram", "context", "-m", str(ROOT / "architecture.yaml"), "-o", "x.png", "--scale", "1"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    assert b"context at aws, prod, mvp" in done.stdout
    from PIL import Image

    with Image.open(tmp_path / "x.png") as picture:
        assert picture.width > 900
        assert len(picture.convert("RGB").getcolors(100_000) or []) > 500


def dense(count: int, edges: int) -> Graph:
    """A graph that takes minutes to draw."""
    nodes = tuple(Node(f"n{i}", f"n{i}", Icon(tile="t")) for i in range(count))
    random = Random(1)
    pairs = dict.fromkeys((random.randrange(count), random.randrange(count)) for _n in range(edges))
    arrows = tuple(Edge(f"e{a}-{b}", f"n{a}", f"n{b}", "x") for a, b in pairs if a != b)
    return Graph("dense", "Dense", "d", "aws", "flow", Group("root", "", "none", nodes), arrows)


@pytest.mark.slow
def test_a_graph_that_takes_too_long_is_drawn_simply_and_others_as_usual(reference: Project) -> None:
    slow, usual = dense(200, 800), graph(reference, "context", reference.resolved.axes.default)
    started = time.monotonic()
    batch = draw_all([slow, usual], budget=2)
    assert time.monotonic() - started < 30
    assert batch.simplified == [slow]
    assert batch.of[usual] == draw(usual)
    simple = batch.of[slow]
    boxes = [simple.boxes[node] for node in slow.nodes()]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    assert set(simple.routes) == {edge.id for edge in slow.edges}
    allowed(svg(simple))
    # It is tried again next time; the others come from the cache.
    memory = remembered(batch)
    assert len(memory) == 1
    again = draw_all([usual], read_memory(json.dumps(memory)))
    assert again.fresh == 0
    assert svg(again.of[usual]) == svg(batch.of[usual])


def test_pictures_that_differ_in_what_takes_no_place_are_laid_out_once() -> None:
    """Other icons, links and texts beside a picture change neither its layout nor its key in the cache; other labels change both."""
    one = graph_with_an_edge("HTTPS")
    other = replace(
        one,
        title="Other",
        root=replace(one.root, children=tuple(replace(n, icon=Icon(tile="X"), page="p.md") for n in one.root.nodes())),
        edges=tuple(replace(edge, detail="more") for edge in one.edges),
    )
    third = graph_with_an_edge("a much longer label")
    batch = draw_all([one, other, third])
    assert batch.fresh == 2
    assert len({key_of(one), key_of(other), key_of(third)}) == 2
    assert batch.of[other] == replace(batch.of[one], graph=other)
    assert "X" in svg(batch.of[other])
    for each in (one, other, third):
        assert batch.of[each] == draw(each)


def test_as_many_pictures_are_drawn_at_once_as_there_are_usable_cores(monkeypatch) -> None:
    many = [graph_with_an_edge(str(n) * 9) for n in range(6)]
    for cores, expected in ((1, 1), (3, 3), (64, CORES)):
        monkeypatch.setattr("archgen.draw.batch.usable_cores", lambda cores=cores: cores)
        workers = _Workers(Drawings(), many, 20)
        try:
            assert len(workers.workers) == expected
        finally:
            for worker in workers.workers:
                _stop(worker)


def graph_with_an_edge(label: str) -> Graph:
    nodes = tuple(Node(name, name.upper(), Icon(tile="N")) for name in ("a", "b"))
    return Graph("some", "Some", "d", "aws", "flow", Group("root", "", "none", nodes), (Edge("e", "a", "b", label),))


def test_every_drawing_fits_what_is_remembered_of_it(drawings: dict[str, Drawing]) -> None:
    for drawing in drawings.values():
        ((_key, data),) = remembered(Drawings({drawing.graph: drawing})).items()
        assert _from_cache(drawing.graph, json.loads(json.dumps(data)), ()) == drawing


def test_a_view_of_the_models_own(tmp_path) -> None:
    model = tmp_path / "architecture.yaml"
    text = (
        MINIMAL
        + """views:
  all: {title: All, select: {kinds: [actor, service, postgresql]}, group_by: none}
  near: {title: Near the shop, select: {neighbors_of: [shop]}, direction: down}
  stores: {title: Data, select: {places: [managed], zones: [eu-west-1a]}, group_by: owner}
  tagged: {title: Tagged, select: {tags: [money], components: [visitors]}}
"""
    )
    model.write_text(text.replace("    title: Shop\n", "    title: Shop\n    tags: [money]\n"))
    project = load(model).project
    assert project
    assert not [d for d in check(project).findings if d.code.startswith("ARC-")]
    at = project.resolved.axes.default
    assert set(graph(project, "all", at).nodes()) == {"visitors", "shop", "orders"}
    assert set(graph(project, "near", at).nodes()) == {"visitors", "shop", "orders"}
    assert graph(project, "near", at).layout == "down"
    assert set(graph(project, "stores", at).nodes()) == {"orders"}
    assert set(graph(project, "tagged", at).nodes()) == {"visitors", "shop"}
    for name in ("all", "near", "stores", "tagged"):
        allowed(svg(draw(graph(project, name, at))))
    assert archgen("diagram", "near", cwd=tmp_path).out.startswith("<svg")


def test_flows_are_pictures_with_numbered_steps(reference: Project) -> None:
    g = graph(reference, "flow-request", reference.resolved.axes.default)
    steps = reference.resolved.default.document.flows["request"].steps
    assert [(e.tail, e.head, e.label) for e in g.edges] == [(s.from_, s.to, str(n)) for n, s in enumerate(steps, 1)]


def test_views_hold_at_most_25_nodes_and_labels_two_lines(drawings: dict[str, Drawing]) -> None:
    for name, d in drawings.items():
        assert len(d.graph.nodes()) <= MOST + 4, name  # about 25
        for node in d.graph.nodes().values():
            label, note = node_lines(node)
            assert len(label) <= 2, name
            assert len(note) <= 2, name
            assert "".join(label).replace(" ", "") == node.label.replace(" ", "")


def test_a_label_is_within_12_points_of_its_edge(drawings: dict[str, Drawing]) -> None:
    for name, d in drawings.items():
        for id_, box in d.labels.items():
            near = Rect(box.x - 12, box.y - 12, box.width + 24, box.height + 24)
            pieces = [
                Rect(min(a[0], b[0]), min(a[1], b[1]), abs(a[0] - b[0]) + 0.1, abs(a[1] - b[1]) + 0.1)
                for a, b in segments(d.routes[id_])
            ]
            assert any(near.overlaps(piece) for piece in pieces), f"{name}: {id_}"


@pytest.mark.slow
def test_children_end_with_their_parent(tmp_path) -> None:
    code = (
        "import os, signal, sys; sys.path[:0] = [sys.argv[1], os.path.dirname(sys.argv[1])];"
        "from test_drawing import dense; from archgen.draw import batch;"
        "real = batch._Workers._give;"
        "batch._Workers._give = lambda self, w, g: (real(self, w, g), len(self.waiting) or os.kill(os.getpid(), signal.SIGKILL));"
        "batch.draw_all([dense(150, 500 + n) for n in range(2)], budget=2)"
    )
    tests = str(Path(__file__).parent)
    started = time.monotonic()
    # Its output ends when the last process that holds it does.
    done = subprocess.run([sys.executable, "-c", code, tests], capture_output=True, check=False, timeout=60, cwd=tests)
    assert done.returncode == -9, done.stderr
    assert time.monotonic() - started < 30
