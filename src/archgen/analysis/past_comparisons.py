"""The last comparison of each environment with what Terraform knows: how much was compared, and when.

`archgen drift --record` writes `comparisons.json` next to the model. It has dates and numbers, and no values of the files. A build reads
it, so that pages do not depend on the day on which they are made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.records import dataclass
from archgen.system.textfile import UnreadableError, read_below

FILE = "comparisons.json"
FORMAT = "archgen-comparisons/1"
_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_PHASE = re.compile(r"[a-z0-9-]{0,80}")
_MOST = 10**9
_NUMBERS = ("files", "resources", "components", "compared", "values", "differences", "accepted")
_HELP = "run `archgen drift --record` again, or delete the file"


@dataclass(frozen=True, slots=True)
class PastComparison:
    """What was compared on one day (ISO 8601): the numbers of files with their resources, of components of the model and those that the
    files contain, of values, and of differences.

    `accepted` counts differences that a waiver or a baseline accepts; `differences` does not count them. `phase` is empty without phases.
    """

    on: str
    phase: str
    files: int
    resources: int
    components: int
    compared: int
    values: int
    differences: int
    accepted: int


Home = tuple[str, str]  # the IDs of a cloud and an environment


@dataclass(frozen=True, slots=True)
class PastComparisons:
    """The last comparison of each environment on each cloud. `text` is the content of the file; None if there is no file."""

    by_home: Mapping[Home, PastComparison] = field(default_factory=dict)
    text: str | None = None
    problems: tuple[Diagnostic, ...] = ()


def read_comparisons(root: Path) -> PastComparisons:
    """The comparisons recorded next to a model. Does not raise: what cannot be read is reported as a problem and left out."""
    if not (root / FILE).is_file():
        return PastComparisons()
    text = ""
    try:
        text = read_below(root, FILE)
        document = json.loads(text)
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise ValueError(f"its `format` is not {FORMAT}")
        return PastComparisons({_home(name): _comparison(name, of) for name, of in _entries(document)}, text)
    except RecursionError:
        why = "its values are nested too deeply"
    except (UnreadableError, ValueError) as error:
        why = str(error)
    return PastComparisons({}, text, (Diagnostic("ARC-I006", why, _HELP, subject=FILE),))


def _entries(document: Mapping[str, Any]) -> list[tuple[str, Any]]:
    stated = document.get("comparisons")
    if not isinstance(stated, dict):
        raise ValueError("`comparisons` is not an object")
    return list(stated.items())


def _home(name: str) -> Home:
    cloud, comma, environment = name.partition(",")
    if not comma:
        raise ValueError(f"'{name}' does not name a cloud and an environment")
    return cloud, environment


def _comparison(name: str, stated: Any) -> PastComparison:
    """One entry. Raises ValueError."""
    keys = {"on", "phase", *_NUMBERS}
    if not isinstance(stated, dict) or set(stated) != keys:
        raise ValueError(f"'{name}' needs the keys {', '.join(sorted(keys))}")
    for key, form in (("on", _DATE), ("phase", _PHASE)):
        if not isinstance(stated[key], str) or not form.fullmatch(stated[key]):
            raise ValueError(f"`{key}` of '{name}' has another form")
    for key in _NUMBERS:
        if type(stated[key]) is not int or not 0 <= stated[key] <= _MOST:
            raise ValueError(f"`{key}` of '{name}' is not a number of things")
    return PastComparison(**stated)


def comparisons_text(by_home: Mapping[Home, PastComparison]) -> str:
    """The text of the file."""
    entries = {
        f"{cloud},{environment}": {key: getattr(one, key) for key in ("on", "phase", *_NUMBERS)}
        for (cloud, environment), one in sorted(by_home.items())
    }
    return json.dumps({"format": FORMAT, "comparisons": entries}, indent=2, ensure_ascii=False) + "\n"
