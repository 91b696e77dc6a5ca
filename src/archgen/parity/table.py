"""The parity table, from a model and its reviews: as rows, and as text, CSV, Markdown or JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from typing import Any

from archgen.catalog.product import Product
from archgen.diagnostics.diagnostic import Span
from archgen.diagnostics.report import visible
from archgen.model.document import Capability
from archgen.model.resolve import Resolved
from archgen.model.wording import MISSING
from archgen.parity.readiness import Readiness, Shortfall, applies, readiness
from archgen.parity.reviews import Reviews, State, state
from archgen.records import dataclass
from archgen.templating.escape import markdown

STATUS = {
    "equivalent": "Equivalent",
    "partial": "Partly equivalent",
    "gap": "Gap",
    "not-needed": "Not needed",
    "not-applicable": "Not applicable",
    "proposed": "Proposed",
}
NONE = MISSING  # the cell of a cloud that does not provide a capability
FORMAT = "archgen-parity/1"


@dataclass(frozen=True, slots=True)
class Side:
    """How one cloud provides a capability: the text of the cell from the model, and the products, those of later phases included.

    `proposed` tells whether this is a proposal that no person has confirmed.
    """

    cloud: str
    text: str | None
    products: tuple[Product, ...]
    proposed: bool = False

    @property
    def cell(self) -> str:
        """The text of the cell, which marks a proposal."""
        return f"{self.text or NONE} (proposed)" if self.proposed else self.text or NONE


@dataclass(frozen=True, slots=True)
class Row:
    """One capability: a side for each cloud, in order, and the titles of the components that provide it at any coordinate, by id.

    `proposed` has the clouds for which it is a proposal; the model need not have them.
    """

    id: str
    name: str
    sides: tuple[Side, ...]
    status: str
    note: str | None
    differences: Mapping[str, str]
    migration: str | None
    owner: str | None
    review: State
    providers: Mapping[str, str]
    proposed: tuple[str, ...]
    at: Span

    @property
    def reviewed(self) -> str:
        """The review in words: `Ada, 2026-01-31`, `never`, or `changed since 2026-01-31`."""
        if self.review.stamp is None:
            return "never"
        if self.review.changed:
            return f"changed since {self.review.stamp.on}"
        return f"{self.review.stamp.by}, {self.review.stamp.on}"


def status_of(resolved: Resolved, capability: Capability) -> str:
    """The status of a capability, a key of STATUS: the one that the model states, if it has several clouds to compare.

    If all comparisons in the row are proposals, no person has stated a status.
    """
    compared = set(resolved.axes.clouds) - {resolved.axes.primary}
    if capability.proposed and compared <= set(capability.proposed):
        return "proposed"
    return capability.status if applies(resolved) else "not-applicable"


def rows(resolved: Resolved, reviews: Reviews) -> list[Row]:
    """The rows of the table, in the order of the model."""
    return [_row(resolved, reviews, name) for name in resolved.default.document.capabilities]


def heads(resolved: Resolved) -> list[str]:
    """The heading of each cloud's column."""
    primary = resolved.axes.primary
    return [
        f"{resolved.clouds[cloud].name} (this design)"
        if cloud == primary
        else f"{resolved.clouds[cloud].name} equivalent"
        for cloud in resolved.axes.clouds
    ]


def _row(resolved: Resolved, reviews: Reviews, name: str) -> Row:
    default = resolved.default
    capability = default.document.capabilities[name]
    sides = []
    for cloud in resolved.axes.clouds:
        side = capability.on(cloud)
        products = tuple(default.catalog.products[id_] for id_ in (*side.products, *side.later)) if side else ()
        sides.append(Side(cloud, side.text if side else None, products, cloud in capability.proposed))
    team = default.document.teams.get(capability.owner or "")
    return Row(
        id=name,
        name=capability.name,
        sides=tuple(sides),
        status=status_of(resolved, capability),
        note=capability.note,
        differences={str(about): text for about, text in capability.differences.items()},
        migration=capability.migration,
        owner=team.name if team else None,
        review=state(resolved, reviews, name),
        providers={id_: c.title for a in resolved.architectures.values() for id_, c in a.providers(name)},
        proposed=capability.proposed,
        at=default.stated_at("capabilities", name),
    )


# -- as text ---------------------------------------------------------------------------------------------


def _table(resolved: Resolved, reviews: Reviews) -> list[list[str]]:
    head = ["Capability", *heads(resolved), "Status", "Reviewed", "Owner", "Differences", "Migration", "Provided by"]
    return [head] + [
        [
            row.name,
            *(side.cell for side in row.sides),
            STATUS[row.status],
            row.reviewed,
            row.owner or "",
            " ".join(filter(None, (row.note, *row.differences.values()))),
            row.migration or "",
            ", ".join(row.providers.values()),
        ]
        for row in rows(resolved, reviews)
    ]


def as_text(resolved: Resolved, reviews: Reviews) -> str:
    """The table for a terminal, without its last four columns, which are long; and the readiness of each cloud.

    Without capabilities, only the reason why there is no table.
    """
    if not resolved.default.document.capabilities:
        return "There is nothing to compare, because the model has no `capabilities`.\n"
    table = [[visible(cell) for cell in line[:-4]] for line in _table(resolved, reviews)]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    lines = [f"{'  '.join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip()}\n" for line in table]
    for cloud in readiness(resolved, reviews):
        lines += [f"\nReadiness of {cloud.name}: {cloud.percent} ({cloud.basis})\n", *shortfalls(cloud)]
    if not applies(resolved):
        lines += ["\nReadiness: not applicable, because the model has only one cloud\n"]
    return "".join(lines)


def shortfalls(cloud: Readiness) -> list[str]:
    """A line for each row that does not count in full on a cloud, with the part that is lost."""
    wide = max((len(one.rows) for one in cloud.shortfalls), default=0)
    return [f"  - {one.rows:<{wide}}  {visible(one.name)}: {one.why}\n" for one in cloud.shortfalls]


def as_csv(resolved: Resolved, reviews: Reviews) -> str:
    """The table for a spreadsheet, as in RFC 4180 but with line feeds. No cell is a formula."""
    text = io.StringIO()
    rows = ([_no_formula(cell) for cell in line] for line in _table(resolved, reviews))
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _no_formula(cell: str) -> str:
    """A cell that spreadsheets do not execute: https://owasp.org/www-community/attacks/CSV_Injection."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else cell


def as_markdown(resolved: Resolved, reviews: Reviews) -> str:
    """The table for documents."""
    head, *body = _table(resolved, reviews)
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(str(markdown(cell)) for cell in line)} |" for line in body]
    return "".join(f"{line}\n" for line in lines)


def as_json(resolved: Resolved, reviews: Reviews) -> str:
    """The table for programs. Keys are added without a new version of the format, and never removed or changed."""
    data = {
        "format": FORMAT,
        "capabilities": [_plain(row) for row in rows(resolved, reviews)],
        "readiness": {
            cloud.cloud: {
                "score": cloud.low,
                "at_most": cloud.high,
                "rows": {"all": cloud.rows, "least": cloud.least, "most": cloud.most, "unreviewed": cloud.unreviewed},
                "lacks": [_lack(cloud, one) for one in cloud.shortfalls],
            }
            for cloud in readiness(resolved, reviews)
        },
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _lack(cloud: Readiness, one: Shortfall) -> dict[str, Any]:
    """A row that does not count in full as JSON. `points` are percentage points; without a review, they are the most it may lose."""
    points = round(100 * (one.lost + one.doubtful) / cloud.rows, 1)
    return {"id": one.id, "points": points, "lost": one.lost, "doubtful": one.doubtful, "why": one.why}


def _plain(row: Row) -> dict[str, Any]:
    stamp = row.review.stamp
    return {
        "id": row.id,
        "name": row.name,
        "status": row.status,
        "note": row.note,
        "differences": dict(row.differences),
        "migration": row.migration,
        "owner": row.owner,
        "proposed": list(row.proposed),
        "review": stamp
        and {"by": stamp.by, "on": stamp.on, "current": row.review.current, "changed": list(row.review.changed)},
        "sides": {
            side.cloud: side.text
            and {
                "text": side.text,
                "products": [{"id": p.id, "name": p.name, "documentation": p.documentation} for p in side.products],
            }
            for side in row.sides
        },
        "components": list(row.providers),
        "file": row.at.file,
        "line": row.at.line,
    }


FORMATS: dict[str, Callable[[Resolved, Reviews], str]] = {
    "text": as_text,
    "csv": as_csv,
    "markdown": as_markdown,
    "json": as_json,
}
