"""The picture of a review: the components that differ with their neighbors, as Mermaid that code hosts render in comments.

Labels are plain and there are no links, because hosts remove them. Shape and color both say how something differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from archgen.comparing.pairs import CoordinatePair
from archgen.comparing.renames import How
from archgen.comparing.review import Place, Review
from archgen.diagnostics.diagnostic import shortened
from archgen.diagnostics.report import visible
from archgen.draw.graph import Edge
from archgen.model.architecture import Architecture
from archgen.records import dataclass
from archgen.rules.secrets import without_secrets
from archgen.templating.escape import mermaid
from archgen.views._parts import edge_of, meaning_of

MOST_NODES, MOST_EDGES, LONGEST = 40, 80, 48
MOST_PRODUCTS = 3  # of one component
SIGNS: Mapping[How | None, str] = {"added": "+ ", "removed": "\u2212 ", "changed": "~ ", "renamed": "\u2192 ", None: ""}
_SHAPES: Mapping[How | None, tuple[str, str]] = {
    "added": ("([", "])"),
    "removed": ("[[", "]]"),
    "changed": ("{{", "}}"),
    "renamed": ("[/", "/]"),
    None: ("[", "]"),
}
_STYLES: Mapping[How, str] = {
    "added": "fill:#dafbe1,stroke:#1a7f37,stroke-width:2px,color:#0b3d1b",
    "removed": "fill:#ffebe9,stroke:#cf222e,stroke-width:2px,stroke-dasharray:5 3,color:#5c0d13",
    "changed": "fill:#fff8c5,stroke:#9a6700,stroke-width:2px,color:#4d2d00",
    "renamed": "fill:#ddf4ff,stroke:#0969da,stroke-width:2px,color:#0a3069",
}
_UNCHANGED = "fill:#f6f8fa,stroke:#8c959f,color:#24292f"
LEGEND = (
    "+ added (round ends), \u2212 removed (double sides, dashed), ~ changed (hexagon), \u2192 renamed (slanted); "
    "gray boxes do not differ."
)


@dataclass(frozen=True, slots=True)
class Picture:
    """The text of the picture, and how many components that differ, and neighbors of them, it leaves out."""

    text: str
    differing_left_out: int = 0
    neighbors_left_out: int = 0


@dataclass(frozen=True, slots=True)
class _Box:
    label: str
    how: How | None


def picture(review: Review) -> Picture | None:
    """The picture of everything that differs at any coordinate; None if no component and no connection does."""
    boxes: dict[str, _Box] = {}
    lines: dict[str, tuple[Edge, How | None]] = {}
    products = _products(review)
    for place in _with_both_sides(review):
        _add(boxes, lines, place, _sides(place, review), products)
    if not boxes:
        return None
    differing = [id_ for id_, box in boxes.items() if box.how]
    for place in _with_both_sides(review):
        _add_neighbors(boxes, lines, differing, _sides(place, review), products)
    shown = list(boxes)[:MOST_NODES]
    kept = [(edge, how) for edge, how in lines.values() if edge.tail in shown and edge.head in shown][:MOST_EDGES]
    missing = len([id_ for id_ in differing if id_ not in shown])
    numbers = {id_: f"n{number}" for number, id_ in enumerate(shown)}
    text = "\n".join(_lines([(id_, boxes[id_]) for id_ in shown], kept, numbers)) + "\n"
    return Picture(text, missing, len(boxes) - len(shown) - missing)


def _with_both_sides(review: Review) -> Iterator[Place]:
    """The places that both sides have, the first one of the review first."""
    first = review.headline
    for place in sorted(review.places, key=lambda place: place is not first):
        if place.pairs[0].one and place.pairs[0].other:
            yield place


def _products(review: Review) -> dict[str, str]:
    """The products of each component at all coordinates where it differs, or else where anything does: on each cloud, another one."""
    differing: dict[str, dict[str, None]] = {}
    others: dict[str, dict[str, None]] = {}
    for place in _with_both_sides(review):
        ids = {part.id for part in place.changes.components}
        if not ids and not place.changes.connections:
            continue
        for pair in place.pairs:
            for id_, name in _product_names(*_sides_of(pair, review)):
                (differing if id_ in ids else others).setdefault(id_, {})[name] = None
    return {
        id_: ", ".join([*(differing.get(id_) or names)][:MOST_PRODUCTS]) for id_, names in (others | differing).items()
    }


def _product_names(a: Architecture, b: Architecture) -> Iterator[tuple[str, str]]:
    """The ID of each component with the short name of its product, on the newer side if that has it."""
    for x in (b, a):
        for id_, component in x.components.items():
            if (x is b or id_ not in b.components) and (product := x.product(component)):
                yield id_, product.short


def _sides(place: Place, review: Review) -> tuple[Architecture, Architecture]:
    return _sides_of(place.pairs[0], review)


def _sides_of(pair: CoordinatePair, review: Review) -> tuple[Architecture, Architecture]:
    assert pair.one is not None
    assert pair.other is not None
    return review.sides[0].resolved.architectures[pair.one], review.sides[1].resolved.architectures[pair.other]


def _add(
    boxes: dict[str, _Box],
    lines: dict[str, tuple[Edge, How | None]],
    place: Place,
    sides: tuple[Architecture, Architecture],
    products: Mapping[str, str],
) -> None:
    """Add what differs at a place."""
    a, b = sides
    for part in place.changes.components:
        how = part.how if part.id not in boxes or boxes[part.id].how == part.how else "changed"
        label = boxes[part.id].label if part.id in boxes else _label(part.id, part.formerly, sides, products)
        boxes[part.id] = _Box(label, how)
    changed = {part.id: part.how for part in place.changes.connections}
    for x in (b, a):
        for edge in _edges(x):
            if edge.id in changed and edge.id not in lines:
                lines[edge.id] = edge, changed[edge.id]
    ends = [end for id_ in changed if id_ in lines for end in (lines[id_][0].tail, lines[id_][0].head)]
    for id_ in ends:
        boxes.setdefault(id_, _Box(_label(id_, "", sides, products), None))


def _add_neighbors(
    boxes: dict[str, _Box],
    lines: dict[str, tuple[Edge, How | None]],
    differing: Iterable[str],
    sides: tuple[Architecture, Architecture],
    products: Mapping[str, str],
) -> None:
    """Add the connections of what differs, and their other ends, as the newer side has them."""
    a, b = sides
    known = set(differing)
    for x in (b, a):
        for edge in _edges(x):
            if x is a and not {edge.tail, edge.head} & known - set(b.components):
                continue  # what was removed has its neighbors on the older side only
            if {edge.tail, edge.head} & known:
                lines.setdefault(edge.id, (edge, None))
                for id_ in (edge.tail, edge.head):
                    if id_ in b.components or id_ in boxes:
                        boxes.setdefault(id_, _Box(_label(id_, "", sides, products), None))


def _edges(a: Architecture) -> Iterator[Edge]:
    for c in a.traffic:
        yield edge_of(c.id, c.tail, c.head, c.call, meaning=meaning_of([c]))


def _label(id_: str, formerly: str, sides: tuple[Architecture, Architecture], products: Mapping[str, str]) -> str:
    """The title of a component with its products; with both sides if the product changed, or the earlier ID if it was renamed."""
    a, b = sides
    component = b.components.get(id_) or a.components[id_]
    old, new = (
        x.product(x.components[name]) if name in x.components else None for x, name in ((a, formerly or id_), (b, id_))
    )
    title = shortened(without_secrets(component.title), LONGEST)
    if old and new and old != new:
        return f"{title}: {old.short} \u2192 {new.short}"
    if formerly:
        return f"{title} ({formerly} \u2192 {id_})"
    names = products.get(id_)
    return f"{title} ({names})" if names and names != title else title


def _lines(
    boxes: list[tuple[str, _Box]], edges: list[tuple[Edge, How | None]], numbers: Mapping[str, str]
) -> Iterator[str]:
    yield "flowchart LR"
    for id_, box in boxes:
        begin, end = _SHAPES[box.how]
        yield f'  {numbers[id_]}{begin}"{_text(SIGNS[box.how] + box.label)}"{end}'
    for edge, how in edges:
        arrow = {"added": "==>", "removed": "-.->"}.get(how or "", "-->")
        label = f'|"{_text(SIGNS[how] + edge.label)}"|' if edge.label or how else ""
        yield f"  {numbers[edge.tail]} {arrow}{label} {numbers[edge.head]}"
    yield f"  classDef default {_UNCHANGED}"
    for how, look in _STYLES.items():
        if ids := [numbers[id_] for id_, box in boxes if box.how == how]:
            yield f"  classDef {how} {look}"
            yield f"  class {','.join(ids)} {how}"


def _text(label: str) -> str:
    return mermaid(visible(shortened(without_secrets(label.strip()), LONGEST * 2)))
