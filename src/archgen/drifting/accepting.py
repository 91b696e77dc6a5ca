"""Differences that a team accepts: waivers in the model, and a baseline, a file with those that existed when the team began."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from archgen.diagnostics.diagnostic import dotted
from archgen.drifting.findings import CODES, Drift
from archgen.importing.resource import as_list, as_mapping
from archgen.model.architecture import Architecture
from archgen.model.paths import parse_path
from archgen.model.policy import Waiver
from archgen.rules.secrets import without_secrets_in

BASELINE_FORMAT = "archgen-drift-baseline/1"


class BaselineError(Exception):
    """A file is not a baseline. The text says why."""


def apply_waivers(a: Architecture, drifts: Iterable[Drift], today: str) -> tuple[list[Drift], list[Drift]]:
    """The differences that count, and those that a waiver of the model accepts on that day (ISO 8601)."""
    counted: list[Drift] = []
    waived: list[Drift] = []
    for drift in drifts:
        names = (name for name, waiver in a.document.rules.waivers.items() if _accepts(waiver, drift, today))
        name = next(names, "")
        (waived if name else counted).append(replace(drift, waiver=name))
    return counted, waived


def _accepts(waiver: Waiver, drift: Drift, today: str) -> bool:
    """Whether a waiver is about a difference: by a path of the model, or by the address of a resource or of a module around it."""
    if waiver.rule != drift.code or waiver.until < today:
        return False
    path = parse_path(waiver.path)
    if drift.path and path and drift.path[: len(path)] == path:
        return True
    return bool(drift.addresses) and all(_is_inside(address, waiver.path) for address in drift.addresses)


def _is_inside(address: str, place: str) -> bool:
    return address == place or address.startswith((f"{place}.", f"{place}["))


# -- baselines -----------------------------------------------------------------------------------------------


def baseline_text(drifts: Iterable[Drift]) -> str:
    """The text of a baseline that contains these differences, in an order that does not depend on lines of the model."""
    entries = sorted((_entry(drift) for drift in drifts), key=lambda entry: json.dumps(entry, sort_keys=True))
    return json.dumps({"format": BASELINE_FORMAT, "differences": entries}, indent=2, ensure_ascii=False) + "\n"


def _entry(drift: Drift) -> dict[str, Any]:
    """What a baseline says about a difference: one whose values change again is a new one. What looks like a secret is not in it."""
    entry: dict[str, Any] = without_secrets_in(
        {
            "code": drift.code,
            "path": dotted(drift.path),
            "addresses": sorted(drift.addresses),
            "model": drift.model,
            "file": drift.file,
        }
    )
    return entry


def read_baseline(text: str) -> list[Mapping[str, Any]]:
    """The differences in a baseline. Raises BaselineError."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"it is not JSON: {error}") from None
    if as_mapping(document).get("format") != BASELINE_FORMAT:
        raise BaselineError(f"its `format` is not {BASELINE_FORMAT}")
    entries = [as_mapping(entry) for entry in as_list(document.get("differences"))]
    if any(entry.get("code") not in CODES.values() for entry in entries):
        raise BaselineError("it has an entry whose `code` is not that of a difference")
    return entries


def apply_baseline(
    drifts: Iterable[Drift], waived: Iterable[Drift], entries: Iterable[Mapping[str, Any]]
) -> tuple[list[Drift], list[Drift], int]:
    """The differences that a baseline does not contain, those that it contains, and the number of its entries that no longer occur.

    An entry that is waived occurs.
    """
    known = {json.dumps(without_secrets_in(entry), sort_keys=True) for entry in entries}
    keyed = [(drift, _key(drift)) for drift in drifts]
    new = [drift for drift, key in keyed if key not in known]
    old = [drift for drift, key in keyed if key in known]
    return new, old, len(known - {key for _drift, key in keyed} - {*map(_key, waived)})


def _key(drift: Drift) -> str:
    return json.dumps(_entry(drift), sort_keys=True)
