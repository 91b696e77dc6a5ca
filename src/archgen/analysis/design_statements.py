"""The statements of a design document in Markdown, and where the model holds each of them.

A statement is an item of a list, a row of a table, a paragraph, or a code block: each line of it if the fence names no language,
the whole block otherwise. Headings, paragraphs that are bold throughout, and items that end in a colon above a nested list are not
statements: they say what the statements below them are about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from archgen.diagnostics.diagnostic import Diagnostic, Path, Span, did_you_mean
from archgen.model.sources import Held, SourceDocument
from archgen.records import dataclass
from archgen.system.kept import key_of
from archgen.system.results import key_of_parts, users_results

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_NUMBERED = re.compile(r"^(\d+(?:\.\d+)*)[.):]*\s+\S")


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the document: its number (or its heading if it has no number), its heading, and its level."""

    id: str
    heading: str
    level: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its section, the bold words and labels above it, its text without markup, its first line (from 1)."""

    section: Section
    about: tuple[str, ...]
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Traced:
    """A statement, and the entry of the model that says where it is held; None if no entry does."""

    statement: Statement
    held: Held | None


def statements(text: str) -> list[Statement]:
    """All statements of a document, in order.

    They are kept between runs by their text, because the parser of Markdown takes longer to load than most rules to run.
    """
    results = users_results()
    key = key_of_parts("statements", key_of(text, __name__, "markdown_it").hex())
    if (kept := results.find(key)) is None:
        kept = [[s.section.id, s.section.heading, s.section.level, s.about, s.text, s.line] for s in _parsed(text)]
        results.keep(key, kept)
        results.tidy()
    return [
        Statement(Section(id_, heading, level), tuple(about), words, line)
        for id_, heading, level, about, words, line in kept
    ]


def _parsed(text: str) -> list[Statement]:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(text))
    all_statements: list[Statement] = []
    section, bold = Section("", "", 0), ""
    for node in tree.children:
        if node.type == "heading":
            heading = _plain(node)
            number = _NUMBERED.match(heading)
            section, bold = Section(number.group(1) if number else heading, heading, int(node.tag[1:])), ""
        elif label := _bold(node):
            bold = label
        else:
            about = (bold,) if bold else ()
            all_statements += (Statement(section, above, words, line) for above, words, line in _in_block(node, about))
    return all_statements


def _in_block(node: SyntaxTreeNode, about: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, int]]:
    """(about, text, line) of each statement in one block."""
    line = (node.map[0] if node.map else 0) + 1
    match node.type:
        case "fence" | "code_block":
            lines = node.content.splitlines()
            if node.info.strip():
                yield about, " ".join(node.content.split()), line
            else:
                yield from (
                    (about, " ".join(text.split()), line + 1 + n) for n, text in enumerate(lines) if text.strip()
                )
        case "tr":
            if not any(child.type == "th" for child in node.children):
                yield about, " | ".join(_plain(cell) for cell in node.children), line
        case "list_item":
            own = [child for child in node.children if child.type not in ("bullet_list", "ordered_list")]
            lists = [child for child in node.children if child not in own]
            text = " ".join(_plain(child) for child in own)
            if lists and text.endswith(":"):
                about = (*about, text.rstrip(":"))
            elif text:
                yield about, text, line
            for child in lists:
                yield from _in_block(child, about)
        case "paragraph":
            yield about, _plain(node), line
        case _:
            for child in node.children:
                yield from _in_block(child, about)


def _plain(node: SyntaxTreeNode) -> str:
    """The text of a block on one line, without markup."""
    words = [
        " " if part.type in ("softbreak", "hardbreak") else part.content for part in node.walk() if not part.children
    ]
    return " ".join("".join(words).split())


def _bold(node: SyntaxTreeNode) -> str:
    """The text of a paragraph that is bold throughout; empty for any other block."""
    if node.type != "paragraph" or not node.children:
        return ""
    parts = [part for part in node.children[0].children if part.type != "text" or part.content.strip()]
    return _plain(node) if [part.type for part in parts] == ["strong"] else ""


def trace(source: SourceDocument, path: Path, text: str) -> tuple[list[Traced], list[Diagnostic]]:
    """Every statement of a document with its entry in the model, and problems. `path` is the model path of the document."""
    all_statements = statements(text)
    by_section: dict[str, list[Statement]] = {}
    for statement in all_statements:
        by_section.setdefault(statement.section.id, []).append(statement)
    held: dict[int, Held] = {}
    problems: list[Diagnostic] = []
    for name, entries in source.sections.items():
        if name not in by_section:
            help_ = did_you_mean(name, by_section)
            problems.append(
                Diagnostic("ARC-D002", f"'{source.file}' has no section '{name}'", help_, (*path, "sections", name))
            )
            continue
        for position, entry in enumerate(entries):
            where = (*path, "sections", name, position, "says")
            problems += _join(entry, by_section[name], where, held, all_statements)
    problems += _without_entry(source, path, all_statements, held)
    return [Traced(statement, held.get(n)) for n, statement in enumerate(all_statements)], problems


def _join(
    entry: Held, section: Sequence[Statement], path: Path, held: dict[int, Held], all_statements: Sequence[Statement]
) -> Iterator[Diagnostic]:
    """Find the statement that an entry quotes and add it to `held`, by position. Yields a problem unless there is exactly one."""
    words = " ".join(entry.says.split())
    matching = [statement for statement in section if words in statement.text]
    exact = [statement for statement in matching if words == statement.text]
    matching = exact or matching
    if len(matching) != 1:
        how = f"occur in {len(matching)} statements" if matching else "do not occur in any statement"
        lines = ", ".join(str(statement.line) for statement in matching)
        help_ = f"they are in lines {lines}; quote more words" if matching else "quote them exactly, without the markup"
        yield Diagnostic("ARC-D002", f"these words {how} of the section", help_, path)
        return
    number = next(n for n, statement in enumerate(all_statements) if statement is matching[0])
    if number in held:
        yield Diagnostic("ARC-D002", "another entry quotes the same statement", "merge the two entries", path)
    if not entry.at and not entry.because:
        yield Diagnostic(
            "ARC-D001",
            "this entry does not say where the model implements the statement",
            "add at: […], or because: …",
            path,
        )
    held[number] = entry


def _without_entry(
    source: SourceDocument, path: Path, all_statements: Sequence[Statement], held: Mapping[int, Held]
) -> Iterator[Diagnostic]:
    """A problem for each statement without an entry."""
    for number, statement in enumerate(all_statements):
        if number not in held:
            span = Span(source.file, statement.line, 1, statement.line, 2)
            shown = statement.text if len(statement.text) <= 60 else f"{statement.text[:59]}…"
            message = f"the model does not say where it implements “{shown}”"
            help_ = f"add to sections: {{{statement.section.id!r}: [{{says: …, at: […]}}]}}"
            yield Diagnostic("ARC-D001", message, help_, path, span=span)
