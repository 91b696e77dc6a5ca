"""The search index of a page is the same without what is inside of excluded pictures."""

from __future__ import annotations

import pytest
from material.plugins.search.plugin import Parser

from archgen.draw.drawing import draw
from archgen.draw.graph import Graph, Group, Icon, Node
from archgen.draw.svg import svg
from archgen.publishing.searched_text import without_pictures
from archgen.templating.escape import trimmed

BEFORE, AFTER = "<h1 id='a'>A</h1><p>before</p>", "<p>after</p><h2 id='b'>B</h2><p>more</p>"
OPEN = '<div class="ag-scroll" tabindex="0" data-search-exclude>\n'


def sections(content: str) -> list[tuple[object, ...]]:
    parser = Parser()
    parser.feed(content)
    parser.close()
    return [(s.id, "".join(s.title), "".join(s.text), s.is_excluded()) for s in parser.data]


@pytest.mark.parametrize(
    "inside",
    [
        '<title id="t">Web</title><g class="x"><path d="M0 0"/><text>Web</text></g>',
        "<text>a &lt; b</text>",
        "<g><text>unbalanced</text>",
        "</g></div><p>visible</p>",
        "<g><a></g></a>",
        "<g x=a/>",
        "<g/><g x='a'/>",
        "<foreignObject><h3 id='c'>C</h3></foreignObject>",
        "<svg><text>x</text></svg><text>y</text>",
        "<style>p { color: red }</style><text>z</text>",
        "<script>let a = '</g>'</script>",
        "<!-- <g> --><text>y</text>",
        "<text>a < b</text>",
        '<text title="a > b">y</text>',
        "<g data-search-exclude><g>x</g></g>",
        "<p><img src='x'></p>",
        "<foreignObject><div>x</div>shown</foreignObject>",
        '<path a="/>" >',
        '<path a="/>" /><text>x</text>',
        "<plaintext></plaintext>",
    ],
)
@pytest.mark.parametrize("opened", [OPEN, OPEN.replace("exclude>", 'exclude="">'), "<div>"])
def test_the_index_is_the_same(opened: str, inside: str) -> None:
    for before in (BEFORE, ""):
        page = f"{before}{opened}<svg class='ag'>{inside}</svg></div>{AFTER}"
        assert sections(without_pictures(page)) == sections(page)


@pytest.mark.parametrize(
    "page",
    [
        "<!-- <div data-search-exclude><svg>a --> shown</svg></div> -->",
        "<!--<div data-search-exclude><svg>shown</svg></div>",
        "<?x<div data-search-exclude><svg>shown</svg></div>",
        "<div data-search-exclude><svg a='>'</svg><b></b></svg></div>' >",
        "<div title=' data-search-exclude><svg>' shown><g>x</g></svg></div>",
    ],
)
def test_what_only_looks_like_a_picture_is_not_left_out(page: str) -> None:
    assert sections(without_pictures(f"{BEFORE}{page}{AFTER}")) == sections(f"{BEFORE}{page}{AFTER}")


def test_a_picture_is_left_out() -> None:
    page = f"{BEFORE}{OPEN}<svg class='ag'><g><text>Web</text></g></svg></div>{AFTER}"
    assert without_pictures(page) == f"{BEFORE}{OPEN}<svg class='ag'></svg></div>{AFTER}"
    shown = page.replace(" data-search-exclude", "")
    assert without_pictures(shown) == shown


def test_a_picture_of_archgen_is_left_out() -> None:
    nodes = (Node("a", "A", Icon("aws.compute.EKS")), Node("b", "B", Icon("programming.framework.Flask")))
    graph = Graph("icons", "Icons", "Two.", "aws", "flow", Group("root", "", "none", nodes), ())
    picture = trimmed(svg(draw(graph), lambda page: f"{page}/", inline=True))
    page = f"{BEFORE}{OPEN}{picture}</div>{AFTER}"
    assert len(without_pictures(page)) < len(page) - 0.8 * len(picture)
    assert sections(without_pictures(page)) == sections(page)
