"""NET101: address ranges of networks do not overlap, within a cloud, across clouds or with a site, so that any two can be connected."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.outcome import Outcome, Passed
from archgen.model.resolve import Resolved

CODE = "NET101"
TITLE = "Address ranges overlap"
SEVERITY = "error"
ABSENCE = {
    "cidr": "An environment, a network or a site without a range has no addresses in the model.",
    "recovery_cidr": "An environment, a network or a site without a range has no addresses in the model.",
}


def check_all(resolved: Resolved) -> Iterator[Outcome]:
    """A finding for each range that overlaps one before it in the order of addresses."""
    document = resolved.default.document
    ranges: list[tuple[ipaddress.IPv4Network, Path]] = []
    for name, environment in document.environments.items():
        for cloud in document.clouds:
            home = environment.on(cloud)
            for key, range_ in (("cidr", home.cidr), ("recovery_cidr", home.recovery_cidr)) if home else ():
                if range_:
                    ranges.append((ipaddress.IPv4Network(range_), ("environments", name, cloud, key)))
    ranges += _elsewhere(resolved)
    widest: tuple[ipaddress.IPv4Network, Path] | None = None
    for network, path in sorted(ranges, key=lambda pair: (pair[0], [str(step) for step in pair[1]])):
        sites = widest and path[0] == widest[1][0] == "sites"
        if widest and not sites and network.network_address <= widest[0].broadcast_address:
            message = f"{network} overlaps {widest[0]} of {_whose(resolved, widest[1])}"
            help_ = "choose a range that does not overlap; overlapping networks can never be connected"
            place = resolved.default.span(widest[1])
            yield Diagnostic(CODE, message, help_, path, related=(("the other range is here", place),))
        elif len(ranges) > 1:
            yield Passed(path)
        if widest is None or network.broadcast_address > widest[0].broadcast_address:
            widest = network, path


def _elsewhere(resolved: Resolved) -> Iterator[tuple[ipaddress.IPv4Network, Path]]:
    """The ranges of further networks and of sites. Those of sites may overlap each other, since they belong to others."""
    document = resolved.default.document
    for name, network in document.networks.items():
        if network.cidr:
            yield ipaddress.IPv4Network(network.cidr), ("networks", name, "cidr")
    for name, site in document.sites.items():
        for position, range_ in enumerate(site.ranges):
            yield ipaddress.IPv4Network(range_), ("sites", name, "ranges", position)


def _whose(resolved: Resolved, path: Path) -> str:
    if path[0] == "environments":
        return f"the environment '{path[1]}' on {resolved.clouds[str(path[2])].name}"
    return f"the {'network' if path[0] == 'networks' else 'site'} '{path[1]}'"
