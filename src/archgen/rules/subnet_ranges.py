"""NET102: subnets and alias ranges fit into the range of their environment and do not overlap."""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.model.per_cloud import NetworkFacts

CODE = "NET102"
TITLE = "A subnet is outside its network, or overlaps another subnet"
SEVERITY = "error"
ABSENCE = {"cidr": "An environment without a range has no subnets."}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each range that does not fit, and for each that overlaps the one before it in the order of addresses."""
    a = architecture
    placed: list[tuple[ipaddress.IPv4Network, str, Path]] = []
    for subnet in a.subnets:
        path: Path = ("network", "tiers", subnet.tier, "netnum")
        if subnet.cidr is None:
            yield _outside(a, f"the tier '{subnet.tier}'", a.tiers[subnet.tier].prefix_length, path)
        else:
            placed.append((ipaddress.IPv4Network(subnet.cidr), f"tier '{subnet.tier}'", path))
    facts = a.network_facts(NetworkFacts)
    for name, cidr in a.secondary_ranges.items():
        path = ("network", a.coordinate.cloud, "secondary_ranges", name, "netnum")
        if cidr is None and facts:
            yield _outside(a, f"the range '{name}'", facts.alias_ranges()[name].prefix_length, path)
        elif cidr:
            placed.append((ipaddress.IPv4Network(cidr), f"range '{name}'", path))
    placed.sort(key=lambda entry: (entry[0], entry[1]))
    overlapping: set[Path] = set()
    for (first, one, _path), (second, other, path) in itertools.pairwise(placed):
        if first.overlaps(second):
            overlapping.add(path)
            message = f"the {other} overlaps the {one}: {second} and {first}"
            yield Diagnostic(CODE, message, "choose a different `netnum`", path)
    yield from (Passed(path) for path in dict.fromkeys(path for _n, _w, path in placed) if path not in overlapping)


def _outside(a: Architecture, what: str, prefix_length: int, path: Path) -> Diagnostic:
    prefix = ipaddress.IPv4Network(a.cidr).prefixlen
    if prefix_length < prefix:
        help_ = f"a /{prefix_length} is larger than the range {a.cidr}"
    else:
        help_ = f"{a.cidr} has {2 ** (prefix_length - prefix)} networks of size /{prefix_length}, numbered from 0"
    return Diagnostic(CODE, f"{what} does not fit into the range of its environment", help_, path)
