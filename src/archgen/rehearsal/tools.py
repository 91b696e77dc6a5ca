"""Which programs a rehearsal runs, and which ones it replaces: the facts in `tools.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from archgen.records import dataclass


@dataclass(frozen=True, slots=True)
class ToolFacts:
    """The programs by what a rehearsal does with them. Calls of `emulated` go to the emulator."""

    emulated: str
    identity: tuple[str, ...]
    composed: frozenset[str]
    real: frozenset[str]
    harmless: tuple[str, ...]
    built_in: tuple[str, ...]
    refused: tuple[str, ...]


@cache
def tool_facts() -> ToolFacts:
    """The facts."""
    stated = tomllib.loads(Path(__file__).with_name("tools.toml").read_text(encoding="utf-8"))
    return ToolFacts(
        stated["emulated"],
        tuple(stated["identity"]),
        frozenset(stated["composed"]),
        frozenset(stated["real"]),
        tuple(stated["harmless"]),
        tuple(stated["built_in"]),
        tuple(stated["refused"]),
    )
