"""The roadmap: what a phase adds, removes and changes, as a picture of the difference from the phase before."""

from __future__ import annotations

from archgen.draw.graph import Graph
from archgen.model.architecture import Architecture
from archgen.views._difference import difference_graph
from archgen.views._groups import picture

TITLE = "From phase to phase"
QUESTION = "What must be built, changed and removed to enter a phase?"
ORDER = 92
PART = ("phases",)
ALL_PHASES = True


def view(architecture: Architecture, horizon: Architecture, road: tuple[Architecture, ...] = ()) -> Graph:
    """The difference from the phase before; empty for the first phase. `road` has every phase."""
    position = [step.coordinate for step in road].index(architecture.coordinate)
    if position == 0 or architecture.phase is None:
        return picture("road", TITLE, TITLE, architecture, [], [])
    before = road[position - 1]
    assert before.phase
    title = f"{before.phase.name} → {architecture.phase.name}, {architecture.facts.name}"
    return difference_graph(f"road-{architecture.coordinate.phase}", title, before, architecture)
