"""NET116: sites between which a way leads have address ranges that do not overlap."""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterator

from archgen.analysis.ways import links_of
from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid

CODE = "NET116"
TITLE = "Sites that are joined have overlapping address ranges"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each range of a site that overlaps a range of another one to which the same networks lead.

    NET101 compares the ranges of networks, with each other and with those of sites.
    """
    links = links_of(architecture)
    sites = [id_ for id_ in architecture.document.sites if id_ in links.near]
    networks = [place for place in links.near if place not in links.links and place not in architecture.document.sites]
    reached = {site: {network for network in networks if links.is_open([network], [site])} for site in sites}
    for one, other in itertools.combinations(sites, 2):
        if reached[one] & reached[other] or links.is_open([one], [other]):
            lacking = [site for site in (one, other) if not architecture.document.sites[site].ranges]
            yield from map(_unsaid, lacking) if lacking else _compared(architecture, one, other)


def _unsaid(site: str) -> Unsaid:
    lack = Lack(("sites", site), f"the address ranges of the site '{site}'", "state `ranges`")
    return Unsaid(("sites", site), lack)


def _compared(a: Architecture, one: str, other: str) -> Iterator[Outcome]:
    first, second = a.document.sites[one].ranges, a.document.sites[other].ranges
    for position, range_ in enumerate(second):
        path: Path = ("sites", other, "ranges", position)
        wrong = next((r for r in first if ipaddress.IPv4Network(range_).overlaps(ipaddress.IPv4Network(r))), None)
        if wrong is None:
            yield Passed(path)
            continue
        message = f"{range_} of the site '{other}' overlaps {wrong} of the site '{one}', and links lead to both"
        help_ = "correct one of the ranges; if both are right, addresses have to be translated, and no link can simply route"
        related = (("the other range is here", a.stated_at("sites", one, "ranges", first.index(wrong))),)
        yield Diagnostic(CODE, message, help_, path, related=related)
