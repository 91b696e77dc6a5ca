"""A resolved model in, the parity table out: as rows, and as text, CSV, Markdown or JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass

from archgen.catalog import Product, clouds
from archgen.diagnostic import Span
from archgen.escape import markdown
from archgen.model.resolve import Resolved
from archgen.report import visible

STATUS = {"equivalent": "Equivalent", "partial": "Partly equivalent", "gap": "Gap"}
NONE = "—"  # the cell of a cloud that does not meet a capability
FORMAT = "archgen-parity/1"


@dataclass(frozen=True, slots=True)
class Side:
    """How one cloud meets a capability: the cell as the model words it, and all products behind it, later ones too."""

    cloud: str
    text: str | None
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One capability: a side for each cloud, in their order; the components that provide it at any coordinate, by id."""

    id: str
    name: str
    sides: tuple[Side, ...]
    status: str
    note: str | None
    providers: dict[str, str]
    at: Span


def rows(resolved: Resolved) -> list[Row]:
    """The table, in the order of the model."""
    return [_row(resolved, name) for name in resolved.default.document.capabilities]


def heads(resolved: Resolved) -> list[str]:
    """The head of each cloud's column."""
    primary = resolved.axes.primary
    return [
        f"{clouds()[cloud].name} (this design)" if cloud == primary else f"{clouds()[cloud].name} equivalent"
        for cloud in resolved.axes.clouds
    ]


def _row(resolved: Resolved, name: str) -> Row:
    default = resolved.default
    capability = default.document.capabilities[name]
    sides = []
    for cloud in resolved.axes.clouds:
        side = getattr(capability, cloud)
        products = tuple(default.catalog.products[id_] for id_ in (*side.products, *side.later)) if side else ()
        sides.append(Side(cloud, side.text if side else None, products))
    providers = {id_: c.title for a in resolved.architectures.values() for id_, c in a.providers(name)}
    place = default.stated_at("capabilities", name)
    return Row(name, capability.name, tuple(sides), capability.status, capability.note, providers, place)


# -- as text ---------------------------------------------------------------------------------------------


def _table(resolved: Resolved) -> list[list[str]]:
    head = ["Capability", *heads(resolved), "Status", "Differences", "Provided by"]
    return [head] + [
        [
            row.name,
            *(side.text or NONE for side in row.sides),
            STATUS[row.status],
            row.note or "",
            ", ".join(row.providers.values()),
        ]
        for row in rows(resolved)
    ]


def as_text(resolved: Resolved) -> str:
    """For a terminal: columns without the longest two."""
    table = [[visible(cell) for cell in line[:-2]] for line in _table(resolved)]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    return "".join(f"{'  '.join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip()}\n" for line in table)


def as_csv(resolved: Resolved) -> str:
    """For a spreadsheet: RFC 4180, with line feeds."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(_table(resolved))
    return text.getvalue()


def as_markdown(resolved: Resolved) -> str:
    """For a document elsewhere."""
    head, *body = _table(resolved)
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(str(markdown(cell)) for cell in line)} |" for line in body]
    return "".join(f"{line}\n" for line in lines)


def as_json(resolved: Resolved) -> str:
    """For programs, in a versioned shape that only grows."""
    data = {
        "format": FORMAT,
        "capabilities": [
            {
                "id": row.id,
                "name": row.name,
                "status": row.status,
                "note": row.note,
                "sides": {
                    side.cloud: side.text
                    and {
                        "text": side.text,
                        "products": [
                            {"id": p.id, "name": p.name, "documentation": p.documentation} for p in side.products
                        ],
                    }
                    for side in row.sides
                },
                "components": list(row.providers),
                "file": row.at.file,
                "line": row.at.line,
            }
            for row in rows(resolved)
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Resolved], str]] = {
    "text": as_text,
    "csv": as_csv,
    "markdown": as_markdown,
    "json": as_json,
}
