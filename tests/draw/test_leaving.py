"""A component that another one replaces: pictures, pages and comparisons show it as leaving, as they show others as planned."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from archgen.draw.dot import dot
from archgen.draw.drawing import draw
from archgen.draw.drawio import drawio
from archgen.draw.graph import Graph
from archgen.draw.mermaid import mermaid
from archgen.draw.pdf import pdf
from archgen.draw.svg import svg
from archgen.model.coordinate import Coordinate
from archgen.pipeline import load
from archgen.project import Project
from archgen.views import views_of
from conftest import archgen

MODEL = """\
version: 1
name: Carts
clouds:
  aws: {region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b]}
phases: {start: {name: Start}, scale: {name: Scale}, far: {name: Far}}
environments:
  live: {name: Live, aws: {account: main, cidr: 10.0.0.0/16}}
network: {tiers: {data: {name: Data, prefix_length: 24}}}
components:
  visitors: {kind: actor, title: Visitors, calls: {cart: {protocol: https}}}
  cart:
    kind: service
    title: Cart
    calls:
      cart-cache: {in: [before scale], protocol: redis}
      cart-store: {in: [scale], protocol: postgresql}
  cart-cache: {in: [before scale], kind: cache, title: Cart cache, product: elasticache, placement: data}
  cart-store: {in: [scale], kind: postgresql, title: Cart store, product: rds-postgresql, engine_version: "17", size: db.t4g.micro,
               storage_gib: 20, backup: {retention_days: 7}, placement: data}
views:
  all: {title: All, select: {components: [visitors, cart, cart-cache, cart-store]}}
"""


@pytest.fixture
def carts(tmp_path: Path) -> Path:
    (tmp_path / "architecture.yaml").write_text(MODEL)
    return tmp_path


def project(folder: Path) -> Project:
    loaded = load(folder / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return loaded.project


def graph(folder: Path, view: str, phase: str) -> Graph:
    return views_of(project(folder).resolved)[view].graph(Coordinate("aws", "live", phase))


def test_a_picture_marks_what_leaves_and_what_is_planned(carts: Path) -> None:
    shown = graph(carts, "all", "start")
    assert {n.id for n in shown.nodes().values() if n.leaving} == {"cart-cache"}
    assert {n.id for n in shown.nodes().values() if n.planned} == {"cart-store"}
    assert {e.id for e in shown.edges if e.leaving} == {"cart--cart-cache"}
    network = graph(carts, "network", "start")
    assert [n.id for n in network.nodes().values() if n.leaving] == ["cart-cache-primary-1"]
    assert not any(n.leaving for n in graph(carts, "all", "scale").nodes().values())


def test_every_format_shows_what_leaves(carts: Path) -> None:
    shown = graph(carts, "all", "start")
    assert shown.changes() == ("leaving",)
    drawing = draw(shown)
    text = svg(drawing, lambda page: page)
    assert '<g id="all-aws-cart-cache" class="ag-node ag-leaving"' in text
    assert 'aria-label="Cart cache, ElastiCache, leaving"' in text
    assert ">leaving</text>" in text  # the legend
    assert "→ Cart cache" in drawio(drawing)
    assert "class n_cart_cache leaving" in mermaid(shown)
    assert "style=dotted" in dot(shown)
    assert pdf(drawing).startswith(b"%PDF")
    assert "leaving" not in svg(draw(graph(carts, "all", "scale")))


def test_a_difference_says_removed_instead_of_leaving(carts: Path) -> None:
    nodes = graph(carts, "road", "scale").nodes()
    assert (nodes["cart-cache"].change, nodes["cart-cache"].leaving) == ("removed", False)
    assert graph(carts, "phases", "start").nodes()["scale-cart-cache"].note == "removed"


def test_a_connection_can_leave_while_its_ends_stay(carts: Path) -> None:
    model = carts / "architecture.yaml"
    model.write_text(model.read_text().replace("cart-cache: {in: [before scale], kind", "cart-cache: {kind"))
    shown = graph(carts, "all", "start")
    assert not any(node.leaving for node in shown.nodes().values())
    assert [edge.id for edge in shown.edges if edge.leaving] == ["cart--cart-cache"]


@pytest.mark.slow
def test_pages_say_what_leaves(carts: Path) -> None:
    built = archgen("build", "--no-site", cwd=carts)
    assert built.code in (0, 1), built.err

    def page(name: str) -> str:
        return unescape((carts / f"docs/architecture/{name}.md").read_text())

    assert "| Removed | ID | Line |" in page("road")
    assert "[Cart cache](components/cart-cache.md) | <code>cart-cache</code>" in page("road")
    assert "**Leaving**: Scale no longer has it." in page("components/cart-cache")
    assert "**Planned** for Scale" in page("components/cart-store")
    connections = page("connections")
    assert "(leaving) |" in connections
    assert "(planned)" in connections


def test_compare_lists_it_as_removed(carts: Path) -> None:
    result = archgen("compare", "--from", "start", "--to", "scale", cwd=carts)
    assert "  - cart-cache: Cart cache" in result.out
    assert "  - cart--cart-cache: redis" in result.out


def test_a_component_can_change_its_kind_with_a_phase(carts: Path) -> None:
    """Settings of the earlier kind, which the later one lacks, end with it."""
    (carts / "architecture.yaml").write_text(
        MODEL.split("components:", maxsplit=1)[0]
        + """\
components:
  cart:
    kind: service
    title: Cart
    calls: {store: {protocol: redis, when: {scale: {protocol: postgresql}}}}
  store:
    kind: cache
    title: Store
    product: elasticache
    replicas: 1
    when:
      scale:
        {kind: postgresql, product: rds-postgresql, engine_version: "17", size: db.t4g.micro, storage_gib: 20,
         backup: {retention_days: 7}}
"""
    )
    resolved = project(carts).resolved
    at = resolved.axes.default
    assert [
        resolved.architectures[replace(at, phase=p)].components["store"].kind for p in ("start", "scale", "far")
    ] == [
        "cache",
        "postgresql",
        "postgresql",
    ]
    wrong = (carts / "architecture.yaml").read_text().replace("storage_gib: 20,", "storage_gib: 20, replicas: 1,")
    (carts / "architecture.yaml").write_text(wrong)
    loaded = load(carts / "architecture.yaml")
    assert [d.code for d in loaded.diagnostics] == ["ARC-M002"]
