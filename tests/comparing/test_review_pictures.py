"""The pictures of reviews, drawn by Mermaid in Chromium, as code hosts draw them in comments."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from archgen.comparing.changed_part import MOST_EDGES, MOST_NODES
from conftest import CASES, ROOT
from reviewing import CHANGES

pytestmark = pytest.mark.browser
VERSIONS = ("older", "newest")
# Draws a text, and answers with what the picture shows: labels of nodes with their classes, the number of lines, and their labels.
DRAW = """async (text) => {
    mermaid.initialize({startOnLoad: false, securityLevel: 'strict'});
    document.body.innerHTML = (await mermaid.render('picture', text)).svg;
    const words = (element) => element.textContent.trim();
    const all = (query) => [...document.querySelectorAll(query)];
    return {
        nodes: all('g.node').map(node => [words(node), [...node.classList], node.getBoundingClientRect().width]),
        lines: all('path.flowchart-link').length,
        labels: all('g.edgeLabel').map(words).filter(Boolean),
        links: all('a, image, foreignObject img').length,
    };
}"""


@pytest.fixture(scope="module", params=VERSIONS)
def mermaid_page(request: pytest.FixtureRequest, chromium: Any) -> Any:
    script = ROOT / f"tests/lsp/node_modules/mermaid-{request.param}/dist/mermaid.tiny.js"
    if not script.is_file():
        pytest.skip("no Mermaid: `make test` installs it where Node.js and npm are there")
    page = chromium.new_page()
    page.route("**", lambda route: route.abort())  # the picture must not need anything from elsewhere
    page.set_content("<!doctype html><body></body>")
    page.add_script_tag(content=script.read_text(encoding="utf-8"))
    yield page
    page.close()


def boxes(text: str) -> list[str]:
    """The labels of the nodes of a picture."""
    return [decoded(label) for label in re.findall(r'^  n\d+[^ ]*?"(.*)"[^ ]*$', text, re.MULTILINE)]


def decoded(label: str) -> str:
    """What Mermaid shows for a label: it writes a character as `#43;`, and HTML as `&#43;`."""
    return unescape(re.sub(r"#(\d+);", r"&#\1;", label))


def drawn_text(review: str) -> str:
    return review.partition("```mermaid\n")[2].partition("```")[0]


@pytest.mark.parametrize("name", CHANGES)
def test_mermaid_draws_the_picture_of_a_review(name: str, mermaid_page: Any) -> None:
    text = drawn_text((CASES / "reviews" / f"{name}.md").read_text(encoding="utf-8"))
    drawn = mermaid_page.evaluate(DRAW, text)
    labels = boxes(text)
    assert labels
    assert sorted(label for label, _classes, _width in drawn["nodes"]) == sorted(labels)
    assert all(width > 20 for *_rest, width in drawn["nodes"])
    for how in re.findall(r"^  classDef (\w+)", text, re.MULTILINE):
        if how != "default":
            (ids,) = re.findall(rf"^  class (\S+) {how}$", text, re.MULTILINE)
            assert sum(how in classes for _label, classes, _width in drawn["nodes"]) == len(ids.split(","))
    arrows = re.findall(r'^  n\d+ (?:==>|-\.->|-->)(?:\|"(.*)"\|)? n\d+$', text, re.MULTILINE)
    assert drawn["lines"] == len(arrows)
    assert sorted(drawn["labels"]) == sorted(decoded(label) for label in arrows if label)
    assert drawn["links"] == 0


def test_mermaid_draws_the_largest_picture_and_hostile_labels(mermaid_page: Any) -> None:
    from archgen.templating.escape import mermaid

    hostile = 'end "]); click n0 call alert(1) %%{init: {}}%% <img src=x onerror=alert(1)> `md` **b** #1; &lt; ; | {x}'
    nodes = [f'  n{n}(["{mermaid(f"{n} {hostile}")}"])' for n in range(MOST_NODES)]
    lines = [f'  n{n % MOST_NODES} ==>|"{mermaid(hostile)}"| n{(n * 7 + 1) % MOST_NODES}' for n in range(MOST_EDGES)]
    drawn = mermaid_page.evaluate(DRAW, "\n".join(["flowchart LR", *nodes, *lines, ""]))
    assert sorted(label for label, *_rest in drawn["nodes"]) == sorted(f"{n} {hostile}" for n in range(MOST_NODES))
    assert drawn["lines"] == MOST_EDGES
    assert set(drawn["labels"]) == {hostile}
    assert drawn["links"] == 0


def test_mermaid_refuses_what_is_not_a_picture(mermaid_page: Any) -> None:
    with pytest.raises(Exception, match=r"(?:Parse|Lexical) error"):
        mermaid_page.evaluate(DRAW, "flowchart LR\n  n0(a(b)\n")
