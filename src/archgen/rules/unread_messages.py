"""OPS906: something reads or receives the messages that are sent."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.rules._messages import dead_letter_targets, receivers, undecided

CODE = "OPS906"
TITLE = "Messages are sent to something that nothing reads"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each queue, topic, stream or bus with senders but without receivers, unless it keeps dead letters for people."""
    dead = dead_letter_targets(architecture)
    for name in architecture.components:
        if not architecture.traits(name).carrier or name in dead or not architecture.traffic_to(name):
            continue
        path = ("components", name)
        if receivers(architecture, name):
            yield Passed(path)
        elif lacks := tuple(undecided(architecture, name)):
            yield from (Unsaid(path, lack) for lack in lacks)
        else:
            message = f"messages are sent to '{name}', but the model states nothing that reads or receives them"
            help_ = "add a call with `data: received` to the consumer, or one with `kind: event` from here to what gets the messages"
            yield Diagnostic(CODE, message, help_, path)
