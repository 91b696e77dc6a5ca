"""Events and messages: who sends them, what carries them, who gets them, and where those go that cannot be delivered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from archgen.analysis.grouping import by_runtime
from archgen.draw.graph import Edge, Graph
from archgen.model.architecture import Architecture
from archgen.model.component import OUTSIDE, Component
from archgen.model.connections import Connection
from archgen.model.wording import listed
from archgen.views._groups import calls_between, everything, grouped, noted, picture
from archgen.views._left_out import with_left_out
from archgen.views._parts import NBSP

TITLE = "Events and messages"
QUESTION = "Who sends which messages and events, who gets them, and where do those go that cannot be delivered?"
ORDER = 45
PART = ("components",)


def view(architecture: Architecture, horizon: Architecture) -> Graph:
    """What carries messages, what sends and gets them, what starts others by itself, and dead letters."""
    a, sources = architecture, everything(architecture, horizon)
    carriers = [name for name, source in sources.items() if source.traits(name).carrier]
    lines = list(calls_between(a, horizon, sources, why=True, keep=lambda c: _is_message(sources, c)))
    lines += _dead_letters(a, horizon, lines)
    ends = {end for line in lines for end in (line.tail, line.head)}
    names = [name for name in sources if name in ends]
    parts = noted(grouped(a, horizon, names, by_runtime), lambda name: _kept_or_started(sources[name].components[name]))
    described = (
        f"Messages and events on {a.facts.full_name}: what sends, carries and gets them, and what starts others by itself. "
        "Only components that send, carry or get messages are drawn, without the requests between them."
    )
    described = " ".join(part for part in (described, _without_dead_letters(a)) if part)
    graph = picture("events", TITLE, described, a, parts if carriers else [], lines if carriers else [])
    silent = dict.fromkeys(carriers, "the model does not say who sends messages there, or who gets them")
    starters = {name: "the model does not say what it starts" for name in sources if _starts(sources, name)}
    return with_left_out(graph, sources, starters | silent if carriers else {})


def _is_message(sources: Mapping[str, Architecture], connection: Connection) -> bool:
    """Whether a connection hands over a message or an event, or starts something.

    A carrier that sends requests needs what it calls, such as an encryption key. A carrier whose connection has no kind may deliver
    or need; the picture shows it, since what is connected to a carrier belongs to its subject.
    """
    if connection.kind == "event" or _starts(sources, connection.tail):
        return True
    if connection.kind == "control":
        return False
    carries = [sources[end].traits(end).carrier for end in (connection.tail, connection.head)]
    return carries[1] or (carries[0] and connection.kind is None)


def _starts(sources: Mapping[str, Architecture], name: str) -> bool:
    """Whether a component in the cloud starts others by itself, as a schedule does."""
    a, component = sources[name], sources[name].components[name]
    return a.traits(name).starts and not component.person and a.place(component) != OUTSIDE


def _dead_letters(a: Architecture, horizon: Architecture, lines: Iterable[Edge]) -> Iterator[Edge]:
    """A line from each component to where the messages go that it cannot deliver or process, unless a connection leads there."""
    joined = {(line.tail, line.head) for line in lines}
    for source in (a, horizon):
        for name, component in source.components.items():
            ends = name, _dead_letters_of(component)
            if ends[1] in source.components and ends not in joined:
                joined.add(ends)
                planned = source is not a
                yield Edge(
                    f"{name}--dead-letters", *ends, "dead letters", planned=planned, caller="tail", meaning="event"
                )


def _dead_letters_of(component: Component) -> str:
    """The ID of the component that gets its dead letters; empty if the model states none."""
    stated = getattr(component, "dead_letters", None)
    return stated if isinstance(stated, str) else ""


def _without_dead_letters(a: Architecture) -> str:
    """A sentence about the carriers that could have dead letters but state none; empty if there are none."""
    targets = {_dead_letters_of(component) for component in a.components.values()}
    silent = [
        component.title
        for name, component in a.components.items()
        if a.traits(name).carrier
        and "dead_letters" in type(component).model_fields
        and not _dead_letters_of(component)
        and name not in targets
    ]
    return f"The model states no dead letters for {listed(silent)}." if silent else ""


# The settings that say how long messages are kept, and the unit of each.
_KEPT = {"retention_days": "days", "retention_hours": "hours", "archive_days": "days"}


def _kept_or_started(component: Component) -> str:
    """How long a carrier keeps messages, or when a schedule starts something; empty if the model does not state it."""
    if component.known.carrier:
        for setting, unit in _KEPT.items():
            value = getattr(component, setting, None)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                return NBSP.join(("kept", f"{value:g}", unit.removesuffix("s") if value == 1 else unit))
    expression = getattr(component, "expression", None)
    return expression.replace(" ", NBSP) if component.known.starts and isinstance(expression, str) else ""
