"""Prints, for each kind, how many Terraform blocks of public repositories that make a component have a fitting kind.

A kind fits a resource type if the tables in `catalog/terraform_types/` name it, and if each of the arguments that users of the type
set most is a setting of the kind or is stated elsewhere in a model. `count_arguments.py` counted the arguments.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archgen.catalog.terraform_types import TerraformType, terraform_types, why_stated_elsewhere
from tools.count_arguments import read_use
from tools.recorded import ROOT

BLOCKS = ROOT / "tools/terraform_blocks.csv"
# With this kind, a model says that something is not part of the architecture; every product could be one.
LAST_RESORT = frozenset({"external-system"})
MOST = 3  # arguments that must have a place in a model
RARE = 0.05  # the share of blocks that an argument must exceed to be one of those that users set most


@dataclass
class Coverage:
    """The blocks of one kind, those that fit, and why the others do not, by type."""

    blocks: int = 0
    fitting: int = 0
    problems: dict[str, str] = field(default_factory=dict)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the coverage of each kind and of all; returns 1 if the share is less than `--least`."""
    parser = argparse.ArgumentParser(prog="python -m tools.kind_coverage", description=__doc__)
    parser.add_argument(
        "table", nargs="?", type=Path, default=BLOCKS, help="table with `type` and `blocks` (default: the recorded one)"
    )
    parser.add_argument(
        "--least", type=float, default=0, metavar="PERCENT", help="exit with 1 if less than PERCENT of the blocks fit"
    )
    parser.add_argument("--why", action="store_true", help="also print why types do not fit")
    options = parser.parse_args(arguments)
    kinds = coverage(read_blocks(options.table), terraform_types(), read_use())
    for kind, counted in sorted(kinds.items(), key=lambda item: (-item[1].blocks, item[0])):
        print(
            f"{kind or '(no kind)':24} {counted.fitting:6,} of {counted.blocks:6,}  {_percent(counted.fitting, counted.blocks):5.1f} %"
        )
        for type_, problem in counted.problems.items() if options.why else ():
            print(f"    {type_}: {problem}")
    share = share_of(kinds.values())
    print(
        f"{'all':24} {sum(c.fitting for c in kinds.values()):6,} of {sum(c.blocks for c in kinds.values()):6,}  {share:5.1f} %"
    )
    return int(share < options.least)


def coverage(
    blocks: Mapping[str, int], types: Mapping[str, TerraformType], use: Mapping[str, Mapping[str, Any]]
) -> dict[str, Coverage]:
    """The coverage of each kind by its ID; "" has the types without one. `blocks` has the number of blocks of each type."""
    kinds: dict[str, Coverage] = defaultdict(Coverage)
    for name, number in sorted(blocks.items(), key=lambda item: (-item[1], item[0])):
        type_ = types.get(name)
        counted = kinds[type_.kind if type_ else ""]
        counted.blocks += number
        problem = why_unfitting(type_, use.get(name))
        if problem:
            counted.problems[name] = f"{number} blocks: {problem}"
        else:
            counted.fitting += number
    return dict(kinds)


def share_of(kinds: Iterable[Coverage]) -> float:
    """How many percent of the blocks of these kinds fit."""
    counted = list(kinds)
    return _percent(sum(c.fitting for c in counted), sum(c.blocks for c in counted))


def why_unfitting(type_: TerraformType | None, use: Mapping[str, Any] | None) -> str:
    """Why the kind of a type does not fit; empty if it fits."""
    if type_ is None:
        return "the tables do not have this type"
    if type_.role != "component":
        return f"the tables say that it is not a component: {type_.role} {type_.part_of}".rstrip()
    if not type_.kind or type_.kind in LAST_RESORT:
        return "no kind is about this sort of component"
    if use is None:
        return "its arguments are not measured"
    unstated = [argument for argument in most_used(type_.name, use) if argument not in type_.settings]
    return f"the kind has no setting for {', '.join(unstated)}" if unstated else ""


def most_used(name: str, use: Mapping[str, Any]) -> list[str]:
    """The arguments that the users of a type set most, without those that a model states elsewhere for every component."""
    counts: Mapping[str, int] = use["arguments"]
    ranked = sorted(counts, key=lambda argument: (-counts[argument], argument))
    own = (
        argument
        for argument in ranked
        if counts[argument] > RARE * use["blocks"] and not is_stated_elsewhere(name, argument)
    )
    return [argument for argument, _ in zip(own, range(MOST), strict=False)]


def is_stated_elsewhere(type_: str, argument: str) -> bool:
    """Whether a model states for all components together what this argument of a type states."""
    return bool(why_stated_elsewhere(type_, argument))


def read_blocks(table: Path) -> dict[str, int]:
    """The number of blocks of each type that makes a component, by the table's column `role` or by archgen's own tables."""
    own = terraform_types()
    with table.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    return {
        row["type"]: int(row["blocks"])
        for row in rows
        if row["role"] == "component" or (row["type"] in own and own[row["type"]].role == "component")
    }


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0


if __name__ == "__main__":
    sys.exit(main())
