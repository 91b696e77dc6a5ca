"""A drawing and the model's files in; out comes a warning for each value of the model with letters that no font has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.draw.drawing import Drawing
from archgen.draw.fonts import lacking
from archgen.reading.yaml_tree import Source, YamlNode

NAMED = 5  # letters of one value that are named; the others are counted


def without_glyphs(drawing: Drawing, sources: Iterable[Source]) -> list[Diagnostic]:
    """What a PNG or PDF of the drawing cannot show, where the model says it; without a place, what comes from elsewhere."""
    drawn = set(_texts(drawing))
    missing = {letter for text in drawn for letter in lacking(text, drawing.fonts)}
    if not missing:
        return []
    placed: set[str] = set()
    found = []
    for source in sources:
        for node in _scalars(source.root):
            text = " ".join(str(node.value).split())
            letters = [letter for letter in dict.fromkeys(text) if letter in missing]
            if letters and any(text in shown for shown in drawn):
                placed.update(letters)
                found.append(_warning(letters, node))
    elsewhere = sorted(missing - placed)
    return found + ([_warning(elsewhere, None)] if elsewhere else [])


def _warning(letters: list[str], node: YamlNode | None) -> Diagnostic:
    named = ", ".join(f"'{letter}' (U+{ord(letter):04X})" for letter in letters[:NAMED])
    more = f" and {len(letters) - NAMED} more" if len(letters) > NAMED else ""
    what = "the letter" if len(letters) == 1 else "the letters"
    return Diagnostic(
        "ARC-V006",
        f"no font here has {what} {named}{more}, so the picture shows boxes",
        "name a font file that has them under `fonts:`, or draw an SVG, which uses the fonts of whoever opens it",
        severity="warning",
        span=node.span if node else None,
    )


def _texts(drawing: Drawing) -> Iterator[str]:
    """Everything that stands in the picture."""
    graph = drawing.graph
    for node in graph.nodes().values():
        yield from (node.label, node.note, "" if node.icon.image else node.icon.tile)
    yield from (group.label for group in graph.groups().values())
    yield from (edge.label for edge in graph.edges)


def _scalars(node: YamlNode | None) -> Iterator[YamlNode]:
    """Every value of a tree that is text."""
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
