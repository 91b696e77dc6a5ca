"""Inline Markdown in less time: the same result, because no pattern is left out that could match."""

from __future__ import annotations

import random
import re

import markdown
import pytest
from markdown.treeprocessors import InlineProcessor

from archgen.publishing import quick_inline
from archgen.publishing.quick_inline import QuickInline, needed_characters

EXTENSIONS = [
    *("abbr", "attr_list", "footnotes", "md_in_html", "nl2br", "smarty", "tables", "toc"),
    *("pymdownx.keys", "pymdownx.magiclink", "pymdownx.mark", "pymdownx.superfences", "pymdownx.tilde"),
]
PIECES = [
    *("word", " ", "  \n", "\n\n", "*", "**", "_", "`", "``", "[", "](", "](x.md)", ")", "![", "<", ">", "<b>", "</b>"),
    *("&amp;", "&", "\\", "\\*", "~~", "==", "++ctrl+c++", "https://example.com/a", "a@example.com", "[^1]", "HTML"),
    *(
        "| a | b |\n| - | - |\n| 1 | *2* |\n",
        "\n\n*[HTML]: markup\n\n",
        "\n\n[x]: y\n\n",
        "[x]",
        "{.c}",
        '"',
        "...",
        "é",
    ),
]


def texts(number: int) -> list[str]:
    chance = random.Random(number)
    return ["".join(chance.choices(PIECES, k=chance.randint(1, 25))) for _ in range(number)]


def test_the_result_is_that_of_the_processor_of_markdown() -> None:
    plain, quick = (markdown.Markdown(extensions=[*EXTENSIONS, *more]) for more in ([], [QuickInline()]))
    for text in texts(150):
        assert quick.reset().convert(text) == plain.reset().convert(text), text


def test_patterns_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    apply = InlineProcessor._InlineProcessor__applyPattern  # type: ignore[attr-defined]
    monkeypatch.setattr(
        InlineProcessor,
        "_InlineProcessor__applyPattern",
        lambda *given: tried.append(given[2]) or apply(*given),
    )
    md = markdown.Markdown(extensions=["tables", QuickInline()])
    assert "<td>words</td>" in md.convert("| a | b |\n| - | - |\n| words | 12 |\n")
    assert tried == []
    assert "<code>" in md.convert("`x`")
    assert tried


def test_a_match_has_a_needed_character() -> None:
    md = markdown.Markdown(extensions=EXTENSIONS)
    patterns = [pattern.getCompiledRegExp() for pattern in md.inlinePatterns]
    assert sum(needed_characters(pattern) is not None for pattern in patterns) > len(patterns) / 2
    for text in texts(200):
        for pattern in patterns:
            needed = needed_characters(pattern)
            if needed is not None and needed.isdisjoint(text):
                assert not pattern.search(text)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"a+[bc]", {"a"}),
        (r"a*[bc]", {"b", "c"}),
        (r"(?:ab|c)x?", {"a", "c"}),
        (r"(?:ab|c?)", None),
        (r"(?i)a", None),
        (r"(?i:a)b", {"b"}),
        (r"[^a]", None),
        (r"(?<!a)(?=b)", None),
        (r"[a-c]\d", None),
    ],
)
def test_needed_characters_are_read_from_the_pattern(pattern: str, expected: set[str] | None) -> None:
    assert quick_inline.needed_characters(re.compile(pattern)) == expected


def test_all_patterns_are_tried_if_python_does_not_say_what_they_consist_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_inline, "parser", None)
    monkeypatch.setattr(quick_inline, "_known", {})
    assert needed_characters(re.compile("a")) is None
    assert markdown.markdown("*a*", extensions=[QuickInline()]) == "<p><em>a</em></p>"


def test_a_processor_of_another_extension_stays() -> None:
    class Other(InlineProcessor):
        pass

    md = markdown.Markdown()
    other = Other(md)
    md.treeprocessors.register(other, "inline", 20)
    QuickInline().extendMarkdown(md)
    assert md.treeprocessors["inline"] is other
