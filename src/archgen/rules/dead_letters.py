"""HA209: messages and events that cannot be processed or delivered are kept."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.rules._messages import BUS, QUEUE, STREAM, dead_letter_targets, has_setting, triggers
from archgen.rules._stated import has_product, with_key

CODE = "HA209"
TITLE = "Messages that cannot be processed are lost, or are tried forever"
SEVERITY = "warning"

# Products that keep dead letters only if they are told where. Service Bus and Amazon MQ have a place for them by default.
PRODUCTS = ("eventbridge", "eventbridge-scheduler", "lambda", "pub-sub", "sns", "sqs")


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each queue, topic, event bus, schedule and event-driven function that states no dead letters."""
    dead = dead_letter_targets(architecture)
    for name, target in with_key(architecture, "dead_letters"):
        if name in dead or not has_product(architecture, name, *PRODUCTS):
            continue
        path = ("components", name)
        if target is not None:
            yield Passed((*path, "dead_letters"))
            continue
        asked = _loses_events(architecture, name)
        if isinstance(asked, Lack):
            yield Unsaid(path, asked)
        elif asked:
            message = f"the model states no dead letters for '{name}': what happens to messages that cannot be processed or delivered"
            help_ = "set `dead_letters` to a queue or topic that keeps them"
            yield Diagnostic(CODE, message, help_, path)


def _loses_events(a: Architecture, name: str) -> bool | Lack:
    """Whether a component takes events that its source does not keep: carriers and schedules do, and functions if events start them."""
    known = a.traits(name)
    if known.carrier or known.starts:
        return True
    if any(not has_setting(a, source, QUEUE) for source, _c in triggers(a, name)):
        return True
    for c in a.traffic_to(name):
        if c.kind is None and has_setting(a, c.tail, QUEUE, STREAM, BUS, "dead_letters"):
            return Lack(
                c.path, f"whether '{c.tail}' delivers to '{name}' or needs it", "state `kind: event` or `kind: request`"
            )
    return False
