"""Networks and tiers as they were found in files."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from archgen.catalog.cloud_facts import cloud_bases
from archgen.importing.placing import slug
from archgen.importing.resource import Resource
from archgen.model.base import Cidr
from archgen.model.component import EDGE, MANAGED, OUTSIDE

_ZONE_AT_END = re.compile(r"[-_ ](?:[a-z]{2}(?:-[a-z]+)+-?\d[a-z]?|az\d?|zone|\d[a-z]?|[a-f])$|\d+$")
_SUBNETS_AT_END = re.compile(r"[-_]sub(?:net|network)s?[-_]?$")
PREFIX_LENGTHS = (16, 28)  # of a tier
_CIDR: TypeAdapter[Any] = TypeAdapter(Cidr)


@dataclass(slots=True)
class FoundTier:
    """Subnets that belong together. `internet` is None if the files do not say how they reach the internet."""

    id: str
    subnets: dict[str, Resource]  # by zone or region
    prefix_length: int
    netnum: int
    internet: str | None
    regular: bool = True  # whether the subnets are those that the model would compute


@dataclass(slots=True)
class FoundNetwork:
    """A network with its tiers.

    `own` has what only its cloud has, by its key in a model; None if the files do not say it. `tier_roles` has tiers for which the
    cloud has a key. `has_range` is false on clouds whose networks have no range: then `cidr` only contains the subnets.
    """

    resource: Resource
    cidr: str
    zones: tuple[str, ...]
    tiers: list[FoundTier] = field(default_factory=list)
    own: dict[str, Any] = field(default_factory=dict)
    tier_roles: dict[str, str] = field(default_factory=dict)
    has_range: bool = True

    @property
    def is_usable(self) -> bool:
        """Whether a model can state it: not without tiers, with an odd range, or without the zones of subnets that are in zones."""
        return bool(self.tiers) and (not self.has_range or (bool(self.zones) and is_stated_range(self.cidr)))


def range_of(resource: Resource) -> ipaddress.IPv4Network | None:
    """The range of a network, of a subnet or of reserved addresses; None if it has none that is known."""
    values = resource.values
    stated = values.get("cidr_block") or values.get("ip_cidr_range")
    if not stated and values.get("prefix_length"):
        stated = f"{values.get('address')}/{values.get('prefix_length')}"
    try:
        return ipaddress.IPv4Network(str(stated), strict=False)
    except ValueError:
        return None


def zone_of(resource: Resource) -> str:
    """The zone that a resource states; empty if a model cannot have it, such as one outside of the data centers of a region."""
    zone = resource.values.get("availability_zone")
    facts = (f for f in cloud_bases().values() if f.provider and resource.type.startswith(f"{f.provider}_"))
    return zone if isinstance(zone, str) and zone and not any(f.misnamed(zone, zone=True) for f in facts) else ""


def is_stated_range(text: str) -> bool:
    """Whether a model can state a range as that of a network."""
    try:
        _CIDR.validate_python(text)
    except ValidationError:
        return False
    return True


def can_be_tier(range_: ipaddress.IPv4Network | None, whole: ipaddress.IPv4Network | None) -> bool:
    """Whether a range is in that of a network, and has a size that a tier can have."""
    smallest, largest = PREFIX_LENGTHS
    if range_ is None or whole is None:
        return False
    return range_.subnet_of(whole) and smallest <= range_.prefixlen <= largest


def tier_label(subnet: Resource) -> str:
    """What subnets of a tier have in common: their block, or its name without a zone or number, and without the word for subnets."""
    label = _ZONE_AT_END.sub("", subnet.name.lower()) or subnet.name
    label = _SUBNETS_AT_END.sub("", label) or label
    return tier_id("-".join((*subnet.modules[1:], label)) if label not in ("this", "main", "subnet") else label)


def tier_id(label: str) -> str:
    """A label as the ID of a tier, which cannot be a word for a place outside of tiers."""
    return f"{slug(label)}-tier" if slug(label) in (MANAGED, EDGE, OUTSIDE) else slug(label)
