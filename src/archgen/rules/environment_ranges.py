"""NET101: address ranges of environments do not overlap, within a cloud or across clouds, so that any two can be connected."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.outcome import Outcome, Passed
from archgen.model.resolve import Resolved

CODE = "NET101"
TITLE = "Address ranges overlap"
SEVERITY = "error"


def check_all(resolved: Resolved) -> Iterator[Outcome]:
    """A finding for each range that overlaps one before it in the order of addresses."""
    document = resolved.default.document
    ranges: list[tuple[ipaddress.IPv4Network, Path]] = []
    for name, environment in document.environments.items():
        for cloud in document.clouds:
            if (home := environment.on(cloud)) and home.cidr:
                ranges.append((ipaddress.IPv4Network(home.cidr), ("environments", name, cloud, "cidr")))
    widest: tuple[ipaddress.IPv4Network, Path] | None = None
    for network, path in sorted(ranges, key=lambda pair: (pair[0], [str(step) for step in pair[1]])):
        if widest and network.network_address <= widest[0].broadcast_address:
            message = f"{network} overlaps {widest[0]} of the environment '{widest[1][1]}' on {resolved.clouds[str(widest[1][2])].name}"
            help_ = "choose a range that does not overlap; overlapping networks can never be connected"
            place = resolved.default.span(widest[1])
            yield Diagnostic(CODE, message, help_, path, related=(("the other range is here", place),))
        elif len(ranges) > 1:
            yield Passed(path)
        if widest is None or network.broadcast_address > widest[0].broadcast_address:
            widest = network, path
