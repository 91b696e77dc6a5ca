"""Start tags of HTML: the same as Python's parser finds, in any text."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgen.publishing.links import broken
from archgen.publishing.offline import with_file_addresses
from archgen.publishing.start_tags import tags


class Reference(HTMLParser):
    """The result of `html.parser`: names, and the first value of each attribute."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in reversed(attrs)}))


def ours(text: str) -> list[tuple[str, dict[str, str]]]:
    return [(tag.name, {a.name: a.value for a in tag.attributes()}) for tag in tags(text)]


VALUES = st.text(st.sampled_from("ab =/<>'\"&;#x3\n-!"), max_size=12)
NAMES = st.sampled_from(["href", "src", "TITLE", "data-files", "xlink:href", "id", "@click"])
ATTRIBUTES = st.one_of(
    st.builds(lambda n, v: f'{n}="{v.replace(chr(34), "")}"', NAMES, VALUES),
    st.builds(lambda n, v: f"{n} = '{v.replace(chr(39), '')}'", NAMES, VALUES),
    st.builds(lambda n, v: f"{n}={v}", NAMES, st.text(st.sampled_from("ab/.#?&;"), min_size=1, max_size=6)),
    NAMES,
)
TAGS = st.builds(
    lambda name, attributes, end: f"<{name}{''.join(f' {a}' for a in attributes)}{end}",
    st.sampled_from(["a", "IMG", "p", "svg", "use", "x-y"]),
    st.lists(ATTRIBUTES, max_size=4),
    st.sampled_from([">", " >", " />", "\n>"]),
)
PIECES = st.one_of(
    TAGS,
    st.text(st.sampled_from("ab =>'\"&;-\n"), max_size=12),
    st.builds(lambda t: f"<!-- {t} -->", st.text(st.sampled_from("a<>='\" "), max_size=12)),
    st.builds(lambda t: f"<script>{t}</script>", st.text(st.sampled_from("a<='\" "), max_size=12)),
    st.sampled_from(["</a>", "</p >", "<!doctype html>", "<?xml version='1.0'?>", "< b>", "<3"]),
)


@given(st.lists(PIECES, max_size=8).map("".join))
def test_they_are_those_of_pythons_parser(text: str) -> None:
    assert ours(text) == Reference(text).found


@given(st.lists(PIECES, max_size=8).map("".join))
def test_places_are_those_of_the_values(text: str) -> None:
    for tag in tags(text):
        assert text[tag.start] == "<"
        for attribute in tag.attributes():
            written = text[attribute.start : attribute.end]
            assert attribute.value == "" or Reference(f"<p x={written}>").found[0][1]["x"] == attribute.value


def test_a_real_site_is_read_alike(built: Path) -> None:
    for page in ("index.html", "architecture/network/index.html", "architecture/glossary/index.html"):
        text = (built / "site" / page).read_text(encoding="utf-8")
        assert ours(text) == Reference(text).found


@pytest.mark.parametrize(
    "text", ["<a " * 50_000, "<a " + "x='" * 50_000, "<!--" * 50_000, "<script>" * 50_000, "<!" * 50_000, "<" * 100_000]
)
def test_no_text_takes_long(text: str) -> None:
    assert len(list(tags(text))) <= 1


# -- text and links ----------------------------------------------------------------------------------------

NO_LINKS = [
    '<p title="a src=x b">x</p>',
    "<p title=' href=gone '>x</p>",
    '<p title="> <a href=gone>">x</p>',
    '<textarea><a href="gone"></textarea>',
    "<!-- <a href='gone'> > --><p>x</p>",
    '<p data-x=\'{"href": "gone"}\' title="src=\'y\'">x</p>',
]


@pytest.mark.parametrize("body", NO_LINKS)
def test_text_in_a_value_or_a_comment_is_not_a_link(tmp_path: Path, body: str) -> None:
    (tmp_path / "index.html").write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
    assert broken(tmp_path) == []
    assert with_file_addresses(body, "a/index.html", {"gone/index.html", "x", "y", "index.html"}) == body


@pytest.mark.parametrize("body", ["<A HREF=gone>", "<p title='>'><img alt=\"'\" src=gone>", "<a title=it's href=gone>"])
def test_what_is_one_is_found_however_it_is_written(tmp_path: Path, body: str) -> None:
    (tmp_path / "index.html").write_text(body, encoding="utf-8")
    assert [d.message for d in broken(tmp_path)] == ["dead link: gone"]
