"""The parity table and a page for each row: how each cloud provides a capability, in the model's words, checked against its components."""

from __future__ import annotations

from typing import Any

from archgen.artifacts._families import Family, task_of
from archgen.artifacts._pictures import picture, picture_files
from archgen.artifacts._tables import settings
from archgen.artifacts._where import where_in_words
from archgen.artifacts.addresses import capability_pages, page_of
from archgen.artifacts.base import Artifact, Context, Emitted, Nav
from archgen.catalog.equivalents import ProductDifference
from archgen.catalog.product import Product
from archgen.model.architecture import Architecture
from archgen.model.wording import setting_label, value_text
from archgen.parity.known import known_differences, known_pairs
from archgen.parity.readiness import applies, readiness
from archgen.parity.table import NONE, STATUS, Row, Side, heads, rows

HALF = 440  # CSS pixels available to each of two pictures side by side in a window of 1,280
ABOUT = {"limits": "Limits", "units": "Units", "behavior": "Behavior", "cost": "Cost"}


def emit(context: Context) -> Emitted:
    """The table, and a page with a picture of each cloud for every capability; nothing if the model has no capabilities."""
    table = rows(context.resolved, context.project.reviews)
    if not table:
        return [], []
    tasks = {row.id: _task(context, row) for row in table}
    family = Family("Compare", "Parity", tasks.values())
    artifacts: list[Artifact] = [
        context.page(
            "parity",
            "parity.md",
            family.index("Parity"),
            ("capabilities",),
            rows=[_row(context, row) for row in table],
            heads=heads(context.resolved),
            counts={label: n for label in STATUS.values() if (n := sum(STATUS[row.status] == label for row in table))},
            ready=readiness(context.resolved, context.project.reviews),
            unreviewed=sum(not row.review.current for row in table),
            primary=context.resolved.clouds[context.axes.primary].name,
            compared=applies(context.resolved),
            reviewed=context.project.reviews.text is not None,
            review=_review_of_all(table),
            proposals=[(row.id, row.name, _proposal(context, row)) for row in table if row.proposed],
        )
    ]
    for address, row in zip(capability_pages(context.resolved), table, strict=True):
        artifacts.append(_page(context, page_of(address.file), row, family.nav(row.name, tasks[row.id])))
        artifacts += picture_files(context, f"capability-{row.id}")
    return artifacts, []


def _task(context: Context, row: Row) -> str:
    """What the components that provide a row are for; `other` if there are none.

    A program that works for a managed service counts only if none of them is such a service: External Secrets is about secrets.
    """
    every = (context.default, *context.resolved.architectures.values())
    tasks = [task_of(a.components[name]) for name in row.providers for a in every if name in a.components]
    return next((task for task in tasks if task != "run"), tasks[0] if tasks else "other")


def _row(context: Context, row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "sides": [
            {"cloud": context.resolved.clouds[side.cloud].name, "products": side.products, **_cell(side)}
            for side in row.sides
        ],
        "status": STATUS[row.status],
        "mark": row.status,
        "note": row.note,
        "differences": [{"about": ABOUT[about], "text": text} for about, text in row.differences.items()],
        "migration": row.migration,
        "owner": row.owner,
        "reviewed": row.reviewed,
        "current": row.review.current,
        "proposal": _proposal(context, row),
        "providers": row.providers,
        "line": row.at.line,
        "edit": context.edit_link(row.at),
    }


def _cell(side: Side) -> dict[str, Any]:
    """A cell: its text, the same in pieces, with a link where it mentions a product, and the products that it does not mention."""
    pieces: list[tuple[str, str]] = [(side.cell, "")]
    unnamed: list[Product] = []
    for product in sorted(side.products, key=lambda one: -len(side.cell[one.mention_in(side.cell)])):
        mentions = [(n, product.mention_in(text)) for n, (text, url) in enumerate(pieces) if not url]
        found = next(((n, mention) for n, mention in mentions if mention.stop), None)
        if found is None:
            unnamed.append(product)
            continue
        place, at = found
        text = pieces[place][0]
        pieces[place : place + 1] = [(text[: at.start], ""), (text[at], product.documentation), (text[at.stop :], "")]
    return {
        "text": side.cell,
        "pieces": _with_spaces([piece for piece in pieces if piece[0]]),
        "unnamed": [product for product in side.products if product in unnamed],
    }


def _with_spaces(pieces: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """The pieces of a text, and whether there is a space before each, because escaping removes spaces at their ends."""
    joined = ""
    rows = []
    for text, url in pieces:
        rows.append({"space": (joined[-1:] + text[:1]).strip() != joined[-1:] + text[:1], "text": text, "url": url})
        joined += text
    return rows


def _review_of_all(table: list[Row]) -> str:
    """Who compared all rows and when, if all reviews are current and one reviewer made them; empty otherwise."""
    stamps = [row.review.stamp for row in table if row.review.stamp and row.review.current]
    if len(stamps) < len(table) or len({stamp.by for stamp in stamps}) != 1:
        return ""
    first, last = min(stamp.on for stamp in stamps), max(stamp.on for stamp in stamps)
    return f"{stamps[0].by}, {first if first == last else f'{first} to {last}'}"


def _proposal(context: Context, row: Row) -> list[str]:
    """For each cloud for which the row is a proposal: its name, and what is proposed there."""
    found = []
    for cloud in row.proposed:
        side = context.resolved.default.document.capabilities[row.id].on(cloud)
        found.append(f"{context.resolved.default.clouds[cloud].full_name}: {side.text if side else 'no product'}")
    return found


def _page(context: Context, page: str, row: Row, nav: Nav) -> Artifact:
    sides = {side.cloud: [product.id for product in side.products] for side in row.sides}
    tabs = [picture(context, f"capability-{row.id}", page, cloud) for cloud in context.axes.clouds]
    return context.page(
        page,
        "capability.md",
        nav,
        ("capabilities", row.id),
        row=_row(context, row),
        heads=heads(context.resolved),
        tabs=[tab for tab in tabs if tab],
        small=all(tab["width"] <= HALF for tab in tabs if tab),
        parts=[_part(context, name, title) for name, title in row.providers.items()],
        pairs=_pairs(context, sides),
        known=[_known(difference) for difference in known_differences(context.catalog, sides)],
    )


def _pairs(context: Context, sides: dict[str, list[str]]) -> list[dict[str, str]]:
    """How well products of the other clouds do the job of those of the first one, according to the catalog."""
    products = context.catalog.products
    return [
        {
            "from": products[pair.from_].name,
            "to": products[pair.to].name,
            "grade": STATUS[pair.grade].lower(),
            "why": pair.why,
        }
        for pair in known_pairs(context.catalog, sides)
    ]


def _known(difference: ProductDifference) -> dict[str, Any]:
    """A difference that the catalog states, with its pages."""
    return {
        "about": difference.about,
        "text": difference.text,
        "decide": difference.decide,
        "sources": [{"name": source.split("/")[2], "url": source} for source in difference.sources],
        "read": difference.read,
    }


# -- settings on both clouds ---------------------------------------------------------------------------


def _part(context: Context, name: str, title: str) -> dict[str, Any]:
    """A component's settings, with a value for each cloud; a value that varies says where it holds."""
    values = [_values(context, name, cloud) for cloud in context.axes.clouds]
    keys = dict.fromkeys(key for side in values for key in side)
    return {
        "id": name,
        "title": title,
        "rows": [{"key": setting_label(key), "values": [side.get(key, NONE) for side in values]} for key in keys],
    }


def _values(context: Context, name: str, cloud: str) -> dict[str, str]:
    """Every setting of a component on a cloud: `30`, or `7 (dev), 14 (stg), 30 (prod)`."""
    masks: dict[str, dict[str, int]] = {}
    existing = [c for c, a in context.resolved.architectures.items() if c.cloud == cloud and name in a.components]
    for coordinate in existing:
        for key, value in _settings(context.resolved.architectures[coordinate], name).items():
            distinct = masks.setdefault(key, {})
            distinct[value] = distinct.get(value, 0) | context.axes.bit(coordinate)
    whole = sum(context.axes.bit(coordinate) for coordinate in existing)
    return {key: _value_text(context, cloud, distinct, whole) for key, distinct in masks.items()}


def _value_text(context: Context, cloud: str, masks: dict[str, int], whole: int) -> str:
    """The values of a setting as one text. `masks` has the coordinates of each value, `whole` those of the component."""
    if list(masks.values()) == [whole]:
        return next(iter(masks))
    words = []
    for value, mask in masks.items():
        where = "; ".join(where_in_words(context, mask, on=cloud))
        words.append(f"{value} ({where})" if where else value)
    return ", ".join(words)


def _settings(architecture: Architecture, name: str) -> dict[str, str]:
    component = architecture.components[name]
    products = [architecture.catalog.products[id_].short for id_ in architecture.products_of(component)]
    return ({"product": value_text(products)} if products else {}) | settings(component)
