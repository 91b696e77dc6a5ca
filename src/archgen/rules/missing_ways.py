"""NET115: a way over links leads from each caller to what it calls in another network or at a site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archgen.analysis.crossings import Crossing, crossings
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.model.places import INTERNET
from archgen.model.wording import listed

CODE = "NET115"
TITLE = "No way leads to what is called in another network"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each connection between networks or sites that no link joins; nothing is known in a model without links."""
    for connection in architecture.traffic:
        if INTERNET in connection.call.through and _is_private(architecture, connection.head):
            message = f"'{connection.tail}' calls '{connection.head}' over the internet, which does not reach it"
            help_ = "name links in `through`, or leave it out"
            yield Diagnostic(CODE, message, help_, (*connection.path, "through"))
    found = crossings(architecture)
    yield from _without_effect(architecture, found)
    for crossing in found.values():
        path = crossing.connection.path
        if crossing.lack:
            yield Unsaid(path, crossing.lack)
        elif crossing.is_whole():
            yield Passed(path)
        elif not crossing.links.links:
            yield Unsaid(path, _lack(architecture, crossing))
        else:
            yield Diagnostic(CODE, *_text(architecture, crossing), path)


def _without_effect(a: Architecture, found: Mapping[str, Crossing]) -> Iterator[Outcome]:
    """A finding for each call that names links although it needs no way over them."""
    for connection in a.traffic:
        if set(connection.call.through) - {INTERNET} and connection.id not in found:
            message = f"'{connection.tail}' calls '{connection.head}' through links, but it needs none of them"
            help_ = "remove `through`, or state in which networks both of them are"
            yield Diagnostic(CODE, message, help_, (*connection.path, "through"), severity="warning")


def _is_private(a: Architecture, name: str) -> bool:
    """Whether a component is in a tier that the internet does not reach."""
    return a.internet_of(a.components[name]) in ("outbound", "none") and not a.traits(name).entrance


def _lack(a: Architecture, crossing: Crossing) -> Lack:
    what = f"what joins {_names(a, crossing.tails)} and {_names(a, crossing.heads)}"
    help_ = "add a component of the kind network-link that joins them, or state `through: [internet]` in the call"
    return Lack(crossing.connection.path, what, help_)


def _text(a: Architecture, crossing: Crossing) -> tuple[str, str]:
    tails, heads = _names(a, crossing.tails), _names(a, crossing.heads)
    c = crossing.connection
    message = f"'{c.tail}' calls '{c.head}', but no link leads from {tails} to {heads}"
    if c.call.through:
        message += f" through {' or '.join(c.call.through)}"
    help_ = "join them with a network-link; a network between two links needs `routed_by`, or a link with `leads_on`"
    return message, help_


def _names(a: Architecture, places: tuple[str, ...]) -> str:
    return listed(a.place_name(place) for place in places)
