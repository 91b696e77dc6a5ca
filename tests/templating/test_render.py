"""One escape for each target language, tested by reading the output back with a parser for that language."""

from __future__ import annotations

import html
import json
import re
import subprocess
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import markdown as python_markdown
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader

from archgen.templating import escape
from archgen.templating import render as text
from archgen.templating.autoescape import EscapingEnvironment
from archgen.templating.escape import Safe
from archgen.terraform.files import quoted
from conftest import DATA

TEMPLATES = Path(__file__).parents[2] / "templates"
BLNS = json.loads((DATA / "blns.json").read_text(encoding="utf-8"))
EXTRA = [
    "{{7*7}}", "{% raw %}", "--8<-- 'x'", "a | b", "# h", "1. x", "- [ ] x", "[x](javascript:alert(1))", "<b>", "`code`",
    "a\\", "$(id)", "'; rm -rf /", "!!! note", "=== \"x\"", ":::", "{#id}", "{.c}", "http://x.y", "*[A]: b", "[^1]", "==m==", "~~s~~",
]  # fmt: skip
EXTENSIONS = ["attr_list", "md_in_html", "tables", "abbr", "admonition", "footnotes", "def_list", "pymdownx.superfences",
              "pymdownx.tabbed", "pymdownx.details", "toc"]  # fmt: skip


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text, self.tags = "", []

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, sorted(name for name, _value in attrs)))


def read_back(source: str) -> _Reader:
    reader = _Reader()
    reader.feed(python_markdown.markdown(source, extensions=EXTENSIONS))
    reader.close()
    return reader


def spaced(value: str) -> str:
    return " ".join(value.split())


@pytest.mark.slow
def test_markdown_reads_back_in_paragraphs_headings_and_cells() -> None:
    shape = read_back("## x\n\nx\n\n| a | b |\n| --- | --- |\n| x | x |\n").tags
    for naughty in [*BLNS, *EXTRA]:
        value = spaced(naughty)
        if not value or not value.isprintable():
            continue
        safe = escape.markdown(naughty)
        read = read_back(f"## {safe}\n\n{safe}\n\n| a | b |\n| --- | --- |\n| {safe} | {safe} |\n")
        assert read.text.count(value) >= 4, naughty
        assert [tag for tag, _a in read.tags] == [tag for tag, _a in shape], naughty
        assert all(set(attributes) <= {"id"} for _tag, attributes in read.tags), naughty


def test_the_shell_gets_back_the_same_bytes() -> None:
    values = [v for v in [*BLNS, *EXTRA] if v and not any(ord(c) < 32 or ord(c) == 127 for c in v)]
    script = "".join(f"printf '%s\\0' {escape.shell(v)}\n" for v in values)
    done = subprocess.run(["sh"], input=script.encode(), capture_output=True, check=True)
    assert done.stdout.decode().split("\0")[:-1] == values
    with pytest.raises(escape.UnsafeTextError):
        escape.shell("a\nb")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cn", "Co", "Cs"))))
def test_front_matter_reads_back(value: str) -> None:
    assert yaml.safe_load(f"title: {escape.yaml_text(value)}") == {"title": escape.theme_text(value)}


@given(st.text(alphabet=st.sampled_from("&<>\"'#;/ abglmpqtu39x")))
def test_theme_text_stays_text_even_if_it_is_decoded_first(value: str) -> None:
    safe = str(escape.theme_text(value))
    for printed in (safe, html.unescape(safe)):
        reader = _Reader()
        reader.feed(f"<p>{printed}</p>")
        reader.close()
        assert reader.tags == [("p", [])]
        assert reader.text == safe


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))))
def test_hcl_strings_never_interpolate(value: str) -> None:
    written = quoted(value)
    assert json.loads(written.replace("$${", "${").replace("%%{", "%{")) == value
    assert "${" not in written.replace("$${", "")


def test_templates_escape_what_they_print_unless_told_otherwise(tmp_path: Path) -> None:
    (tmp_path / "t.md").write_text("{{ v }}|{{ v | code }}|{{ v | sh }}|{{ [v, v] | join(',') }}\n")
    out = text.Templates(tmp_path).render("t.md", v="<b>")
    assert out == "&#60;b&#62;|<code>&#60;b&#62;</code>|'<b>'|&#60;b&#62;,&#60;b&#62;\n"


BROKEN = [
    "{{ missing }}",
    "{{ v.none }}",
    "{% if %}",
    "{{ v | nofilter }}",
    "{% include 'no.md' %}",
    "{{ 'a\nb' | sh }}",
]


@pytest.mark.parametrize("body", BROKEN)
def test_a_template_that_fails_names_its_line(tmp_path: Path, body: str) -> None:
    (tmp_path / "t.md").write_text(f"one\n\n{body}\n")
    with pytest.raises(text.TemplateFailure) as caught:
        text.Templates(tmp_path).render("t.md", v="x")
    span = caught.value.diagnostic.span
    assert span is None or span.line >= 3
    assert caught.value.diagnostic.subject == "templates/t.md"


@pytest.mark.slow
def test_svg_text_reads_back() -> None:
    from archgen.draw.drawing import draw
    from archgen.draw.graph import Graph, Group, Icon, Node
    from archgen.draw.svg import svg

    for naughty in BLNS:
        value = spaced(naughty)
        if not value or not value.isprintable():
            continue
        node = Node("n", value, Icon(tile="x"), page="p")
        graph = Graph(
            "v", "t", "d", "aws", "grid", Group("root", "", "none", (Group("g", value, "zone", (node,)),)), ()
        )
        root = ET.fromstring(svg(draw(graph), lambda page: f"../{page}/"))
        # A long word continues on the second line; text that is too long for two lines is in the title of the node.
        kinds = [f"{{http://www.w3.org/2000/svg}}{kind}" for kind in ("text", "title")]
        words = "".join(e.text or "" for kind in kinds for e in root.iter(kind))
        assert "".join(value.split()) in "".join(words.split()), naughty
        tags = {e.tag.rsplit("}", 1)[1] for e in root.iter()}
        assert tags <= {"svg", "title", "desc", "defs", "path", "g", "rect", "text", "a"}, naughty


def test_a_template_that_is_edited_is_compiled_again(tmp_path: Path) -> None:
    """Compiled templates are kept as long as the process runs; `archgen serve` sees them change."""
    (tmp_path / "note.md").write_text("one {{ 1 + 1 }}")
    assert text.Templates(tmp_path).render("note.md") == "one 2"
    (tmp_path / "note.md").write_text("two {{ 1 + 1 }}")
    assert text.Templates(tmp_path).render("note.md") == "two 2"


def test_an_own_template_and_the_one_that_it_replaces_are_compiled_apart(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "glossary.md").write_text("ours")
    terms = {"terms": [], "page": None}
    assert text.Templates(tmp_path).render("pages/glossary.md") == "ours"
    assert "ours" not in text.Templates().source("pages/glossary.md")
    with pytest.raises(text.TemplateFailure):  # the packaged one needs more than this
        text.Templates().render("pages/glossary.md", **terms)
    assert text.Templates(tmp_path).render("pages/glossary.md") == "ours"


def test_a_text_is_compiled_once_for_all_projects_and_keeps_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = "It is {{ v_of_this_test | html }}."
    compiled: list[str] = []
    real = EscapingEnvironment.compile

    def compile_(self: EscapingEnvironment, source: str, *rest: object, **more: object) -> object:
        compiled.append(source)
        return real(self, source, *rest, **more)

    monkeypatch.setattr(EscapingEnvironment, "compile", compile_)
    for value in ("<b>", "two"):
        shown = text.Templates(tmp_path).render_text("x.yaml", part, lambda: 3, v_of_this_test=value)
        assert shown == f"It is {escape.html(value)}."
    assert len(compiled) == 1
    for _again in range(2):
        with pytest.raises(text.TemplateFailure) as failure:
            text.Templates(tmp_path).render_text("x.yaml", part, lambda: 3)
        assert failure.value.diagnostic.span
        assert failure.value.diagnostic.span.line == 4


@pytest.mark.parametrize("plain", ["", "One\n", "}} %} ##}", "a\r\nb\rc\n", "  indented\n\n", "# -- $HOME"])
def test_a_text_without_placeholders_is_what_jinja_makes_of_it(plain: str) -> None:
    shown = text.Templates().render_text("x.yaml", plain, 2)
    assert shown == EscapingEnvironment(DictLoader({})).from_string(plain).render()
    assert isinstance(shown, Safe)


def test_code_of_a_projects_templates_is_not_kept_between_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[object] = []
    monkeypatch.setattr(text.CODE, "add", lambda _key, value: kept.append(value))
    monkeypatch.setattr(text.CODE, "find", lambda _key: None)
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/of-this-test.md").write_text("{{ 1 + 1 }}")
    templates = text.Templates(tmp_path)
    assert templates.render("pages/of-this-test.md") == "2"
    assert templates.render_text("pages/of-this-test.md", "{{ 'a text of this test' | md }}") == "a text of this test"
    assert not kept
    assert templates.render_text("pages/home.md", "{{ 'a text of archgen' | md }}") == "a text of archgen"
    assert len(kept) == 1


def test_no_template_prints_a_comment() -> None:
    """`{#` begins the anchor of a heading, so `{## ##}` is a comment; with one `#` it would be on the page."""
    printed = [
        str(file.relative_to(TEMPLATES))
        for file in sorted(TEMPLATES.rglob("*"))
        if file.is_file() and re.search(rb"\{#\s", file.read_bytes())
    ]
    assert printed == []
