"""Reads what a comparison with states and plans is given, for `archgen drift` and `archgen review`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archgen.commands.shared import usage
from archgen.commands.terraform_files import read_files
from archgen.diagnostics.report import visible
from archgen.model.architecture import Architecture

if TYPE_CHECKING:
    from archgen.importing.terraform_json import TerraformFile


def is_comparable(a: Architecture) -> bool:
    """Whether archgen can compare files of the cloud of a model; prints why not."""
    from archgen.importing.mappings import clouds_with_mappings

    known = clouds_with_mappings()
    if a.facts.base in known:
        return True
    what = f"archgen cannot compare files of {a.facts.full_name} yet"
    usage(what, f"name a coordinate on one of these clouds with --at: {', '.join(known)}")
    return False


def read_stack_files(files: Sequence[str]) -> list[TerraformFile] | None:
    """What the files say; None after printing why they cannot be compared."""
    return read_files(files, _are_alike, "give one state, one plan, or one of each for each stack")


def _are_alike(source: TerraformFile, earlier: TerraformFile) -> bool:
    """Whether two files are states of one stack, or plans of one."""
    from archgen.importing.same_stack import are_of_one_stack

    return source.form == earlier.form and are_of_one_stack(source, earlier)


def read_known_differences(file: str | None) -> list[Any] | None:
    """The differences in a baseline; None after printing why it cannot be used."""
    from archgen.drifting.accepting import BaselineError, read_baseline

    if file is None:
        return []
    try:
        return [*read_baseline(Path(file).read_text(encoding="utf-8"))]
    except OSError as error:
        why = error.strerror or str(error)
    except (BaselineError, UnicodeDecodeError) as error:
        why = str(error)
    usage(
        f"the baseline {visible(file)} cannot be used: {visible(why)}",
        "write one with `archgen drift --write-baseline`",
    )
    return None
