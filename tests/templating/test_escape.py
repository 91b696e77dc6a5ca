"""Safe text comes from escape functions only, and a template prints nothing else, however it is put together."""

from __future__ import annotations

import copy
import html
import pickle
import re
from html.parser import HTMLParser
from pathlib import Path

import markdown as python_markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgen.analysis import glossary
from archgen.diagnostics.report import render
from archgen.pipeline import load
from archgen.templating import escape
from archgen.templating import render as text
from archgen.templating.escape import Safe, UnsafeTextError
from conftest import MINIMAL

EXTENSIONS = [
    "abbr",
    "attr_list",
    "md_in_html",
    "tables",
    "pymdownx.superfences",
    "pymdownx.tabbed",
    "pymdownx.details",
]
EVIL = "<b>[x](javascript:y){: onclick=z }"
ESCAPED = str(escape.markdown(EVIL))
# What happens in a browser when a page with this HTML is opened or used.
ACTS = re.compile(r"^on|^srcdoc$")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.acts: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if ACTS.match(name):
                self.acts.append(name)
            if name in ("href", "src"):
                self.links.append(value or "")


def page(source: str) -> _Reader:
    reader = _Reader()
    reader.feed(python_markdown.markdown(source, extensions=EXTENSIONS))
    reader.close()
    return reader


# -- the type ------------------------------------------------------------------------------------------


def test_no_other_code_makes_safe_text() -> None:
    safe = escape.markdown("a < b")
    for attempt in (
        lambda: Safe("<b>"),
        lambda: Safe("<b>", object()),
        lambda: type("Mine", (Safe,), {}),
        lambda: copy.copy(safe),
        lambda: copy.deepcopy(safe),
        lambda: pickle.loads(pickle.dumps(safe)),
    ):
        with pytest.raises(TypeError):
            attempt()


def test_operations_on_safe_text_return_ordinary_text() -> None:
    safe, other = escape.markdown("a-b"), "<b>"
    made = [
        safe + other, other + safe, safe + safe, safe + "", "" + safe, safe * 1, safe[:], safe[0:2], f"{safe}",
        format(safe), str(safe), "".join([safe]), safe.join([other, other]), safe.replace("a", other), safe.replace("none", other),
        safe.strip(), safe.lower(), safe.upper(), safe.title(), safe.capitalize(), safe.casefold(), safe.swapcase(), safe.center(1),
        safe.ljust(1), safe.rjust(1), safe.zfill(1), safe.expandtabs(), safe.format(other), safe.format_map({}), safe.translate({}),
        safe.removeprefix("none"), safe.removesuffix("none"), safe.lstrip(), safe.rstrip(), *safe.partition("none"), *safe.split(),
        *safe.rpartition("none"), *safe.splitlines(), *safe.rsplit(), safe.encode().decode(),
    ]  # fmt: skip
    assert [one for one in made if isinstance(one, Safe) and one != safe] == []
    assert sum(type(one) is str for one in made) > 35  # a few methods return the same object if there is nothing to do


# -- templates -----------------------------------------------------------------------------------------

PRINTED = [
    "{{ v }}",
    "{{ v ~ v }}",
    "{{ (v | code) ~ v }}",
    "{{ [v, v] | join(' ') }}",
    "{{ [v | code, v] | join(v | code) }}",
    "{{ v | replace('x', v) }}",
    "{{ (v | md) | replace('&#60;', '<') }}",
    "{{ '%s' | format(v) }}",
    "{{ '{}'.format(v) }}",
    "{{ [v] | map('upper') | first }}",
    "{{ v | default('') | trim | upper | title }}",
    "{{ v if v else '' }}",
    "{{ none or v }}",
    "{{ [v] }}",
    "{{ {v: v} }}",
    "{{ v | string }}",
    "{{ v | tojson }}",
    "{{ v | striptags }}",
    "{{ v | list | join }}",
    "{{ v | block(2) }}",
    "{{ v | wordwrap(3) }}",
    "{{ v | indent(2) }}",
    "{{ '<b>' }}",
    "{{ '<b>' if true }}",
    "{% set x = v %}{{ x }}",
    "{% set x %}{{ v }}{% endset %}{{ x }}",
    "{% set x | upper %}{{ v }}{% endset %}{{ x }}",
    "{% set x %}{{ v }}{% endset %}{{ x ~ v }}",
    "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(v) }}",
    "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(v) ~ v }}",
    "{% macro m(x) %}{{ x }}{{ caller() }}{% endmacro %}{% call m(v) %}{{ v }}{% endcall %}",
    "{% macro m() %}{{ caller(v) }}{% endmacro %}{% call(x) m() %}{{ x }}{% endcall %}",
    "{% call raw() %}{% endcall %}",
    "{{ raw() }}",
    "{% filter upper %}{{ v }}{% endfilter %}",
    "{% filter replace('&#60;', '<') %}{{ v }}{% endfilter %}",
    "{% filter striptags %}{{ v }}{% endfilter %}",
    "{% filter block(2) | block(2) %}{{ v }}{% endfilter %}",
    "{% for x in [v] %}{{ x }}{% endfor %}",
    "{% for x in [[v, []]] recursive %}{{ x[0] }}{{ loop(x[1]) }}{% endfor %}",
    "{% include 'pages/inner.md' %}",
    "{% from 'pages/inner.md' import m %}{{ m(v) }}",
    "{% import 'pages/inner.md' as inner %}{{ inner.m(v) }}",
    "{% import 'pages/inner.md' as inner %}{{ inner }}",
    "{% extends 'pages/outer.md' %}{% block a %}{{ super() }}{{ v }}{% endblock %}",
    "{% block a %}{{ v }}{% endblock %}{{ self.a() }}",
    "{% autoescape true %}{{ v }}{% endautoescape %}",
    "{% autoescape false %}{{ v }}{% endautoescape %}",
    "{% set n = namespace(x=v) %}{{ n.x }}",
    "{% with x = v %}{{ x }}{% endwith %}",
    "{{ markup }}",
]


class _Markup(str):
    """A text that claims to be safe for HTML, as in many libraries."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "inner.md").write_text("{% macro m(x) %}{{ x }}{% endmacro %}{{ v | default('') }}")
    (tmp_path / "pages" / "outer.md").write_text("{% block a %}{{ v }}{% endblock %}")
    return tmp_path


@pytest.mark.parametrize("body", PRINTED)
def test_whatever_a_template_prints_is_escaped(templates: Path, body: str) -> None:
    (templates / "t.md").write_text(body)
    out = text.Templates(templates).render("t.md", v=EVIL, raw=lambda **_named: EVIL, markup=_Markup(EVIL))
    assert not re.search(r"<(?!/?code>)|\]\(|\{:", out)
    read = page(f"{out}\n\n| a |\n| --- |\n| {' '.join(out.split())} |\n")
    assert (read.acts, read.links) == ([], [])
    assert set(read.tags) <= {"p", "code", "pre", "table", "thead", "tbody", "tr", "th", "td"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{% macro m(x) %}**{{ x }}**{% endmacro %}{{ m(v) }}", f"**{ESCAPED}**"),
        ("{% macro m(x) %}**{{ x }}**{% endmacro %}{{ m('') or '-' }}", "****"),
        ("{% set x %}**{{ v }}**{% endset %}{{ x }}", f"**{ESCAPED}**"),
        ("{% filter block(2) %}**{{ v }}**\n{% endfilter %}", f"  **{ESCAPED}**\n"),
        ("{% macro m() %}({{ caller() }}){% endmacro %}{% call m() %}**{{ v }}**{% endcall %}", f"(**{ESCAPED}**)"),
        ("{% from 'pages/inner.md' import m %}{{ m(v) }}", ESCAPED),
        ("{% for x in [[v, [[v, []]]]] recursive %}**{{ x[0] }}**{{ loop(x[1]) }}{% endfor %}", f"**{ESCAPED}**" * 2),
    ],
)  # fmt: skip
def test_what_a_template_collects_is_escaped_once(templates: Path, body: str, expected: str) -> None:
    (templates / "t.md").write_text(body)
    assert text.Templates(templates).render("t.md", v=EVIL) == expected


def test_a_template_is_escaped_for_its_language(tmp_path: Path) -> None:
    own = text.Templates(tmp_path)
    for name, value, expected in (
        ("a.html", "<b>", "&#60;b&#62;"),
        ("a.md.j2", "<b>", "&#60;b&#62;"),
        ("a.css", "#ff0000", "#ff0000"),
    ):
        (tmp_path / name).write_text("{{ v }}")
        assert own.render(name, v=value) == expected
    for name, value in (("b.css", "red}*{background:url(//x)"), ("b.js", "x"), ("b.yml", "x"), ("b", "x")):
        (tmp_path / name).write_text("\n{{ v }}")
        with pytest.raises(text.TemplateFailure) as caught:
            own.render(name, v=value)
        assert caught.value.diagnostic.code == "ARC-T001"


@pytest.mark.parametrize("name", ["plain", "safe", "e", "forceescape", "urlize", "xmlattr"])
def test_no_filter_lets_a_text_pass_as_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / "t.md").write_text(f"one\n{{{{ v | {name} }}}}")
    with pytest.raises(text.TemplateFailure) as caught:
        text.Templates(tmp_path).render("t.md", v=EVIL)
    diagnostic = caught.value.diagnostic
    assert (diagnostic.code, diagnostic.span and diagnostic.span.line) == ("ARC-T001", 2)
    assert "anchor, block, code" in diagnostic.help


# -- each function -------------------------------------------------------------------------------------

LINKS = [
    "https://a.example/b?x=1&lt=2#c",
    "http://a.example",
    "https://a.example/(b)[c]{d}*_`\\\"'<>é",
    "../x.md#y",
    "#y",
    "?h=1",
    "a/b:c",
    "",
]
NO_LINKS = [
    "javascript:x", "JavaScript:x", " javascript:x", "java\nscript:x", "\x01javascript:x", "data:text/html,x", "vbscript:x", "//a.example",
    "/\\a.example", "\\\\a.example", "https:x", "https:///x", "mailto:a@b", "file:///etc/passwd", "x:y", "https://\\a",
]  # fmt: skip


@pytest.mark.parametrize("address", LINKS)
def test_a_link_stays_a_link(address: str) -> None:
    read = page(f'[x]({escape.url(address)}) and <a href="{escape.href(address)}">y</a>')
    assert (read.acts, len(read.links), read.links[0]) == ([], 2, read.links[1])
    assert read.tags == ["p", "a", "a"]


@pytest.mark.parametrize("address", NO_LINKS)
def test_an_address_that_leads_elsewhere_or_runs_code_is_not_a_link(address: str) -> None:
    for make in (escape.url, escape.href):
        with pytest.raises(UnsafeTextError):
            make(address)


@given(st.text(alphabet=st.sampled_from("javscript:/\\ &#;x6a()[]{}<>\"'`*_=\n\t"), max_size=30))
def test_no_address_breaks_out_or_runs(value: str) -> None:
    try:
        source = f'[x]({escape.url(value)}){{: .c }} <a href="{escape.href(value)}">y</a>'
    except UnsafeTextError:
        return
    read = page(source)
    assert (read.acts, read.tags) == ([], ["p", "a", "a"])
    for link in read.links:
        assert not re.match(r"[\x00-\x20]*[a-z]+[\x00-\x20]*:", html.unescape(link), re.IGNORECASE)


@pytest.mark.parametrize(
    ("make", "good", "bad"),
    [
        (
            escape.anchor,
            ["a", "term-c", "05-data", "aws-vpc_main"],
            ["", "-a", "A", "a b", "a}", "a{", 'a"', "é", "a\n"],
        ),
        (escape.number, [0, 1.5, -3], ["1", True, None, "1 onload=x"]),
        (escape.css, ["#ff0000", "1.5", "100%", "none", "a-b_c"], ["", "a b", "a;", "url(x)", "a{", "\\61", "a/**/"]),
    ],
)
def test_values_that_are_not_prose_are_checked(make, good: list[object], bad: list[object]) -> None:
    for value in good:
        assert make(value) == str(value)
    for value in bad:
        with pytest.raises(UnsafeTextError):
            make(value)


@pytest.mark.parametrize("value", ["plain", "`", "```", "a\n````\n<b>\n", "~~~\n~~~\n{: onclick=x }", EVIL])
def test_no_text_ends_a_block_of_code(value: str) -> None:
    read = page(f"x\n\n{escape.fenced(value, 'yaml')}\n\ny\n")
    assert (read.acts, read.links) == ([], [])
    assert "b" not in read.tags
    assert read.tags[-1] == "p"
    with pytest.raises(UnsafeTextError):
        escape.fenced(value, "yaml {: onclick=x }")


@given(st.text(alphabet=st.sampled_from("a `<>[](){}:=\"'\n*_\\&#;x"), max_size=40))
def test_prose_is_text_and_code(value: str) -> None:
    read = page(f"{escape.prose(value)}\n\n| a |\n| --- |\n| {escape.prose(value)} |\n")
    assert (read.acts, read.links) == ([], [])
    assert set(read.tags) <= {"p", "code", "table", "thead", "tbody", "tr", "th", "td"}


def test_prose_marks_code() -> None:
    assert escape.prose("Use `a < b`, then `") == "Use <code>a &#60; b</code>, then &#96;"


def test_only_pictures_pass_as_pictures() -> None:
    good = '<svg xmlns="http://www.w3.org/2000/svg"><rect x="0"/></svg>'
    assert escape.picture(good) == good
    for bad in (good.replace("rect", "script"), good.replace("x=", "onload="), "<p>", EVIL):
        with pytest.raises(AssertionError):
            escape.picture(bad)


@pytest.mark.parametrize(
    "evil",
    ["<img src=x onerror=y>", "&lt;img src=x onerror=y&gt;", "&amp;lt;img&amp;gt;", "&#60;img&#62;", '" onclick="y'],
)
def test_what_a_word_means_is_text_even_where_a_theme_takes_it_for_html(evil: str) -> None:
    made = glossary.with_definitions("A word.\n", {"word": f"Meaning {evil}"})
    reader = _Reader()
    reader.feed(python_markdown.markdown(made, extensions=EXTENSIONS))
    titles = re.findall(r'<abbr title="([^"]*)">', python_markdown.markdown(made, extensions=EXTENSIONS))
    assert (reader.tags, reader.acts, len(titles)) == (["p", "abbr"], [], 1)
    shown = _Reader()  # the title as HTML
    shown.feed(html.unescape(html.unescape(titles[0])))
    assert (shown.tags, shown.acts) == ([], [])


# -- addresses in the model ----------------------------------------------------------------------------

PRODUCT = 'products: {mine: {name: a, short: a, definition: b, documentation: "%s", tile: X, kinds: [service]}}\n'


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "http://a.example",
        "//a.example",
        "https://",
        "https://a b",
        "https:///a",
    ],
)
@pytest.mark.parametrize("where", ['repository: "%s"\n', PRODUCT])
def test_an_address_that_pages_may_not_link_to_is_found_at_its_place(tmp_path: Path, where: str, address: str) -> None:
    file = tmp_path / "architecture.yaml"
    file.write_text(MINIMAL + where % address)
    loaded = load(file)
    (found,) = loaded.diagnostics
    assert (found.code, found.span and found.span.line) == ("ARC-M005", MINIMAL.count("\n") + 1)
    assert "must begin with https://" in render([found], loaded.files.lines)


@pytest.mark.parametrize("address", ["https://[x", "https://a]/", "https://a\u2100.example"])
def test_an_address_that_has_no_host_is_found(tmp_path: Path, address: str) -> None:
    (tmp_path / "architecture.yaml").write_text(f'{MINIMAL}repository: "{address}"\n', encoding="utf-8")
    (found,) = load(tmp_path / "architecture.yaml").diagnostics
    assert (found.code, found.message.startswith(f"'{address}' cannot be used as a link: ")) == ("ARC-M005", True)
