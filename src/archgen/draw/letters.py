"""Warnings for values of the model with letters that no font has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.draw.drawing import Drawing
from archgen.draw.fonts import lacking
from archgen.reading.yaml_tree import Source, YamlNode

NAMED = 5  # letters named in a warning; more are only counted


def without_glyphs(drawing: Drawing, sources: Iterable[Source]) -> list[Diagnostic]:
    """A warning for each value of the model with letters that a PNG or PDF cannot show; one without a place for all other texts."""
    drawn = set(_texts(drawing))
    missing = {letter for text in drawn for letter in lacking(text, drawing.fonts)}
    if not missing:
        return []
    placed: set[str] = set()
    warnings = []
    for source in sources:
        for node in _scalars(source.root):
            text = " ".join(str(node.value).split())
            letters = [letter for letter in dict.fromkeys(text) if letter in missing]
            if letters and any(text in shown for shown in drawn):
                placed.update(letters)
                warnings.append(_warning(letters, node))
    elsewhere = sorted(missing - placed)
    return warnings + ([_warning(elsewhere, None)] if elsewhere else [])


def _warning(letters: list[str], node: YamlNode | None) -> Diagnostic:
    named = ", ".join(f"'{letter}' (U+{ord(letter):04X})" for letter in letters[:NAMED])
    more = f" and {len(letters) - NAMED} more" if len(letters) > NAMED else ""
    what = "the character" if len(letters) == 1 else "the characters"
    return Diagnostic(
        "ARC-V006",
        f"no available font has {what} {named}{more}, so the picture shows boxes instead",
        "list a font file that contains them under `fonts:`, or draw an SVG, which uses the fonts on the viewer's machine",
        severity="warning",
        span=node.span if node else None,
    )


def _texts(drawing: Drawing) -> Iterator[str]:
    """All texts in the picture."""
    graph = drawing.graph
    for node in graph.nodes().values():
        yield from (node.label, node.note, "" if node.icon.image else node.icon.tile)
    yield from (group.label for group in graph.groups().values())
    yield from (edge.label for edge in graph.edges)


def _scalars(node: YamlNode | None) -> Iterator[YamlNode]:
    """Every text value of a tree."""
    if node is None:
        return
    match node.value:
        case dict():
            for child in node.value.values():
                yield from _scalars(child)
        case list():
            for child in node.value:
                yield from _scalars(child)
        case str():
            yield node
