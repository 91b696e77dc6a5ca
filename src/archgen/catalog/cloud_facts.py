"""Facts about the clouds themselves, read from the data files of the package `clouds`, and of packages that add clouds."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from archgen.catalog.entries import parse_toml, read_toml
from archgen.records import dataclass
from archgen.registry import ExtensionError, parts

# The role of a network tier by its access to the internet, unless a cloud has other ones.
_TIER_ROLES: Mapping[str, str] = MappingProxyType({"both": "public", "outbound": "private", "none": "isolated"})
PRIVATE = "private"  # the facts that a declared cloud starts from, unless it is like another one


@dataclass(frozen=True, slots=True)
class CloudLook:
    """How a group is drawn: `line` and `fill` are (light, dark) pairs of colors, or None for nothing; `dash` is an SVG dash array."""

    line: tuple[str, str] | None = None
    fill: tuple[str, str] | None = None
    dash: str = ""
    icon: str | None = None


@dataclass(frozen=True, slots=True)
class CloudFacts:
    """Structure and terminology of a cloud.

    `home` is the word for what contains an environment, `folder` the word for what groups homes, or empty. Forms are regular
    expressions, empty if any name is allowed. Products are IDs of the catalog, empty if there is none. `tier_roles` has the role of a
    tier by its access to the internet. Texts mention the cloud by `words`. `base` is the ID of the cloud whose classes, products,
    pictures and commands it uses: its own, unless a model declares it to be like another one. Services of a cluster get their addresses
    from one of `service_ranges`, unless the network states a range; `console` is the address of its console with {portal}, {account},
    {home} and {role}; pods get credentials at `pod_credentials`, ports by address range. `provider` is the
    Terraform provider whose name types of its resources begin with. `machine_types` has, for each processor architecture, the form of the
    names of the machine types that have it.
    """

    id: str
    name: str
    full_name: str
    cloud_label: str
    home: str
    homes_head: str
    network_label: str
    network_scope: Literal["region", "global"]
    subnet_scope: Literal["zone", "region"]
    subnet_label: str
    zone_label: str
    access: str = field(repr=False)
    looks: Mapping[str, CloudLook] = field(repr=False)
    base: str = ""
    words: tuple[str, ...] = ()
    abstract: bool = False
    home_icon: str | None = None
    organization_label: str = "Organization"
    folder: str = ""
    folders_root: str = ""
    region_form: str = ""
    region_example: str = ""
    zone_form: str = ""
    zone_example: str = ""
    zones_begin_with_region: bool = False
    usual_zones: int | None = None  # None: not known
    nodes_product: str = ""
    spot_product: str = ""
    nat_product: str = ""
    console: str = ""
    provider: str = ""
    service_ranges: tuple[str, ...] = ()
    pod_credentials: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    tier_roles: Mapping[str, str] = field(default_factory=lambda: _TIER_ROLES, repr=False)
    machine_types: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    @property
    def home_label(self) -> str:
        """The word for what contains an environment, as a title: `Account`."""
        return self.home[:1].upper() + self.home[1:]

    @property
    def folder_label(self) -> str:
        """The word for what groups homes, as a title; empty if nothing does."""
        return self.folder[:1].upper() + self.folder[1:]

    def misnamed(self, name: str, *, zone: bool) -> str:
        """Why a region or zone cannot have this name on the cloud; empty if it can."""
        form, example = (self.zone_form, self.zone_example) if zone else (self.region_form, self.region_example)
        if not form or re.fullmatch(form, name):
            return ""
        what = "zone" if zone else "region"
        return f"'{name}' is not a {what} of {self.full_name} such as {example}"


@cache
def cloud_bases() -> Mapping[str, CloudFacts]:
    """The clouds that archgen and installed packages know by ID, and what declared clouds start from. Raises ExtensionError."""
    return MappingProxyType(
        {
            part.id: _read(part.id, Path(part.file).with_suffix(".toml"), own=not part.package)
            for part in parts("clouds")
        }
    )


@cache
def clouds() -> Mapping[str, CloudFacts]:
    """The clouds that a model can use without declaring them, by ID. Raises ExtensionError."""
    return MappingProxyType({id_: facts for id_, facts in cloud_bases().items() if not facts.abstract})


def mentions_another(text: str, used: Collection[str]) -> bool:
    """Whether a text mentions a cloud that archgen knows and that is none of these."""
    words = [word for id_, facts in cloud_bases().items() if id_ not in used for word in (id_, *facts.words)]
    words = [word for word in words if word != PRIVATE]
    return bool(words) and bool(re.search(rf"(?i)(?<![a-z])(?:{'|'.join(words)})(?![a-z])", text))


def _read(id_: str, file: Path, *, own: bool) -> CloudFacts:
    try:
        entry: dict[str, Any] = dict(read_toml(file) if own else parse_toml(file.read_text(encoding="utf-8")))
        entry["words"] = tuple(entry.get("words", ()))
        entry["service_ranges"] = tuple(entry.get("service_ranges", ()))
        entry["pod_credentials"] = MappingProxyType(_tuples(entry.get("pod_credentials", {})))
        entry["tier_roles"] = MappingProxyType({**_TIER_ROLES, **entry.get("tier_roles", {})})
        entry["machine_types"] = MappingProxyType(dict(entry.get("machine_types", {})))
        looks = {style: CloudLook(**_tuples(look)) for style, look in entry.pop("looks").items()}
        return CloudFacts(id=id_, base=id_, looks=MappingProxyType(looks), **entry)
    except (OSError, ValueError, TypeError, KeyError) as error:
        message = f"the facts of the cloud '{id_}' cannot be read: {error}"
        raise ExtensionError(message, "give the file the keys of archgen's files in clouds/", str(file)) from None


def _tuples(look: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in look.items()}
