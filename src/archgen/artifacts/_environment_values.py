"""Values of several environments for tables: what differs gets a column for each environment, what is equal is shown once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from archgen.model.wording import MISSING
from archgen.records import dataclass

LONGEST = 60  # characters of JSON in a cell; a longer value is below the table
MOST_PARTS = 12  # parts of one value that get a row each; a value that differs in more is shown as a whole


class _Absent:
    """The type of ABSENT."""


ABSENT = _Absent()  # the value of an environment that does not set one


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A value in each environment, and the attribute that it is a part of; `name` includes the path in the attribute."""

    attribute: str
    name: str
    values: tuple[Any, ...]

    @property
    def varies(self) -> bool:
        """Whether the environments have different values."""
        return any(value != self.values[0] for value in self.values[1:])


def value_rows(name: str, values: Sequence[Any]) -> Iterator[ValueRow]:
    """Rows for an attribute: one for each part of a mapping that differs, and one for the rest of it, which is the same."""
    whole = ValueRow(name, name, tuple(values))
    parts = list(_parts(name, name, values)) if whole.varies else []
    differing = [row for row in parts if row.varies]
    yield from parts if 0 < len(differing) <= MOST_PARTS and len(parts) > 1 else [whole]


def _parts(attribute: str, name: str, values: Sequence[Any]) -> Iterator[ValueRow]:
    """Differing parts of mappings, each followed by what their mapping has in common; a single row for any other value."""
    if not all(isinstance(value, dict) and value for value in values):
        yield ValueRow(attribute, name, tuple(values))
        return
    common: dict[str, Any] = {}
    for key in dict.fromkeys(key for value in values for key in value):
        row = ValueRow(attribute, f"{name}.{key}" if name else key, tuple(value.get(key, ABSENT) for value in values))
        if row.varies:
            yield from _parts(attribute, row.name, row.values)
        else:
            common[key] = row.values[0]
    if common:
        yield ValueRow(attribute, name, (common,) * len(values))


def cell_text(value: Any) -> str:
    """The text of a value in a cell; for a long list or mapping, how much it contains."""
    if isinstance(value, _Absent):
        return MISSING
    if isinstance(value, str):
        return value
    text = json.dumps(value, ensure_ascii=False)
    if not is_long(value):
        return text
    count = len(value)
    return f"{count} {'entry' if count == 1 else 'entries'} (below)"


def is_long(value: Any) -> bool:
    """Whether a value does not fit in a cell."""
    return isinstance(value, (dict, list)) and len(json.dumps(value, ensure_ascii=False)) > LONGEST


def long_values(rows: Sequence[ValueRow], environments: Sequence[str]) -> Iterator[dict[str, str]]:
    """The long values of rows as indented JSON, each with its name and, if they differ, its environments."""
    for row in rows:
        shown: list[tuple[Any, list[str]]] = []
        for value, environment in zip(row.values, environments, strict=True):
            known = next((names for other, names in shown if other == value), None)
            if known is not None:
                known.append(environment)
            elif is_long(value):
                shown.append((value, [environment]))
        for value, names in shown:
            text = json.dumps(value, ensure_ascii=False, indent=2)
            yield {"name": row.name or "the whole", "where": ", ".join(names) if row.varies else "", "json": text}
