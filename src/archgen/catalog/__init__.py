"""The catalog: facts about products, VPC endpoints and technical terms, read from the data files in this package.

To add a product, add an entry to any file in the folder of its cloud. Installed packages add folders with the same structure
through the entry point group `archgen.catalog`, and a model can declare products.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from archgen.catalog.cloud_facts import clouds
from archgen.catalog.icon_classes import problem_of
from archgen.registry import ExtensionError, folders

NEUTRAL = "neutral"  # products that run on any cloud

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """The monthly uptime that a vendor commits to, in percent.

    `single_zone` is the uptime of a single copy in one zone if it is lower, and False if the agreement does not cover it. `editions` has
    the uptime of editions with another one. `excluded_sizes` are not covered. `read` is the day (ISO 8601) on which the agreement was read.
    """

    percent: float
    url: str
    single_zone: float | Literal[False] | None = None
    editions: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    excluded_sizes: tuple[str, ...] = ()
    read: str | None = None

    def promised(self, *, single: bool, edition: str | None = None, size: str | None = None) -> float | None:
        """The uptime of a component with this edition and size; None if the agreement does not cover it."""
        if size in self.excluded_sizes or (single and self.single_zone is False):
            return None
        if single and self.single_zone is not None:
            return self.single_zone
        return self.editions.get(edition or "", self.percent)


# How far a product is spread, from the narrowest.
SCOPES = ("zonal", "regional", "global")


@dataclass(frozen=True, slots=True)
class ProductRedundancy:
    """How far the vendor spreads a product: the loss of which part of the cloud its service survives by itself.

    `zonal` means that it runs as copies that are each in one zone, and the customer chooses how many; the loss of one zone does
    not stop a `regional` product, and the loss of one region does not stop a `global` one. `url` is the vendor's page that says
    so, and None for a product that a model declares. `read` is the day (ISO 8601) on which it was read there; None if it is recorded
    from other knowledge of the product, and the page has still to be checked.
    """

    scope: Literal["zonal", "regional", "global"]
    url: str | None = None
    read: str | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A cloud's offering. `cloud` is the ID of a cloud, or `neutral`; `also` has declared clouds that are like it.

    `icon` is a class of the diagrams package, without its prefix, or the data URI of a project's icon; a product without one is
    drawn as a tile with the letters in `tile`, in the color of `category`. `limits` are numbers from the vendor's documentation,
    `endpoints` the VPC endpoints for calls to it, `max_connections` a database's limit by its size. `supported_until` is the day
    (ISO 8601) that standard support of a version ends; `versions` names the product at endoflife.date that these days are recorded
    from. `caller_roles` are the roles, or on AWS the actions, that the identity of a caller needs, by the kind of the component that is
    called; for a database also by its `client_connection` and by `iam-authentication`. `ports` are the ports that it listens on by a
    setting that decides it, such as `encrypted_in_transit=true`, where its vendor chooses them.
    """

    id: str
    cloud: str
    name: str
    short: str
    definition: str
    documentation: str
    kinds: tuple[str, ...] = ()
    icon: str | None = None
    tile: str | None = None
    category: str = "general"
    aliases: tuple[str, ...] = ()
    settings: tuple[str, ...] | None = None  # the settings of its kinds that it has; None: all of them
    api: str | None = None  # the API that a Google Cloud project must enable for it
    limits: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    sla: ServiceLevel | None = None
    redundancy: ProductRedundancy | None = None  # None: not known
    endpoints: tuple[str, ...] = ()
    source_ranges: tuple[str, ...] = ()  # the addresses from which it opens connections, if its vendor publishes them
    webhook_port: int | None = None  # the port on which the API server of a cluster calls its pods; None if it does not
    max_connections: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    supported_until: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    versions: str | None = None
    caller_roles: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    ports: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    also: tuple[str, ...] = ()

    def named_in(self, text: str) -> bool:
        """Whether the text mentions the product by its name, its short name or one of its aliases."""
        folded = text.casefold()
        return any(_has_words(folded, name.casefold()) for name in (self.name, self.short, *self.aliases))

    def on(self, cloud: str) -> bool:
        """Whether it can be used on the cloud."""
        return self.cloud in (cloud, NEUTRAL) or cloud in self.also


def _has_words(text: str, words: str) -> bool:
    """Whether a text contains words that are not parts of longer words. Compiling a pattern for each name would take longer."""
    start = text.find(words)
    while start >= 0:
        around = text[max(0, start - 1) : start], text[start + len(words) : start + len(words) + 1]
        if not any(character.isalnum() or character == "_" for character in around):
            return True
        start = text.find(words, start + 1)
    return False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A service that a VPC can reach privately: its service name and `Gateway` or `Interface`."""

    id: str
    name: str
    service: str
    type: str


def _read(file: Path) -> dict[str, dict[str, Any]]:
    with file.open("rb") as stream:
        return tomllib.load(stream)


@dataclass(frozen=True)
class Catalog:
    """The products that a model can use: those of archgen, of installed packages and of the model."""

    products: Mapping[str, Product]

    def for_clouds(self, bases: Mapping[str, str]) -> Catalog:
        """A catalog whose products can also be used on declared clouds; `bases` has the cloud that each of them is like."""
        offered = {
            id_: replace(product, also=also)
            for id_, product in self.products.items()
            if (also := tuple(cloud for cloud, base in bases.items() if base == product.cloud))
        }
        return Catalog(MappingProxyType({**self.products, **offered})) if offered else self

    def with_own(self, own: Mapping[str, Product]) -> Catalog:
        """A catalog with additional products."""
        return Catalog(MappingProxyType(dict(sorted({**self.products, **own}.items())))) if own else self

    def sold_on(self, clouds: Collection[str]) -> Catalog:
        """A catalog without products that none of these clouds offers."""
        kept = {id_: product for id_, product in self.products.items() if any(map(product.on, clouds))}
        return Catalog(MappingProxyType(kept))

    def products_for(self, kind: str, cloud: str) -> tuple[str, ...]:
        """The ids of the products that a component of this kind can use on this cloud."""
        return self._possible.get((kind, cloud), ()) or self._possible.get((kind, NEUTRAL), ())

    @cached_property
    def _possible(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """Product ids by (kind, cloud), cached because they are looked up for every component at every coordinate."""
        offering = {cloud for product in self.products.values() for cloud in (product.cloud, *product.also)}
        possible: dict[tuple[str, str], tuple[str, ...]] = {}
        for id_, product in self.products.items():
            for pair in ((kind, cloud) for kind in product.kinds for cloud in offering if product.on(cloud)):
                possible[pair] = (*possible.get(pair, ()), id_)
        return possible


@cache
def catalog() -> Catalog:
    """Every product that is known before a model is read, in order of id.

    Raises ExtensionError for a file that is not as it should be, and for a product that there is already.
    """
    products: dict[str, Product] = {}
    files: dict[str, Path] = {}
    for folder in (_HERE, *(folder.path for folder in folders("catalog"))):
        for cloud in (*clouds(), NEUTRAL):
            for file in sorted((folder / cloud).glob("*.toml")):
                for id_, entry in _entries(file).items():
                    if id_ in products:
                        message = f"the product '{id_}' is already defined in {named(files[id_])}"
                        raise ExtensionError(message, "give it a different ID", str(file), _line_of(file, id_))
                    product = product_of(id_, cloud, entry, file)
                    if folder != _HERE and product.icon and (wrong := problem_of(product.icon)):
                        message, help_ = f"the product '{id_}': {wrong}", 'name an existing class, or set tile = "…"'
                        raise ExtensionError(message, help_, str(file), _line_of(file, id_, "icon"))
                    products[id_], files[id_] = product, file
    return Catalog(MappingProxyType(dict(sorted(products.items()))))


def _entries(file: Path) -> dict[str, Any]:
    """The entries of a file of products. Raises ExtensionError."""
    try:
        return _read(file)
    except (OSError, ValueError) as error:
        at = re.search(r"\(at line (\d+), column \d+\)", str(error))
        raise ExtensionError(f"the file is not TOML: {error}", "", str(file), int(at.group(1)) if at else 1) from None


_ENTRY: Mapping[str, type] = MappingProxyType(
    {
        **dict.fromkeys(
            ("name", "short", "definition", "documentation", "icon", "tile", "category", "api", "versions"), str
        ),
        **dict.fromkeys(("kinds", "aliases", "settings", "endpoints", "source_ranges"), list),
        "webhook_port": int,
        **dict.fromkeys(
            ("limits", "sla", "redundancy", "max_connections", "supported_until", "caller_roles", "ports"), dict
        ),
    }
)
# What a product is about; it decides the color of a tile.
Category = Literal[
    "compute",
    "database",
    "analytics",
    "integration",
    "devtools",
    "storage",
    "network",
    "security",
    "management",
    "kubernetes",
    "general",
]
CATEGORIES: tuple[Category, ...] = get_args(Category)
_REQUIRED = ("name", "short", "definition", "documentation")
_WORDS: Mapping[type, str] = {int: "a whole number", str: "a string", list: "a list of strings", dict: "a table"}


def product_of(id_: str, cloud: str, entry: object, file: Path) -> Product:
    """The product of an entry of a catalog file. Raises ExtensionError, which names the line."""
    if not isinstance(entry, dict):
        raise ExtensionError(
            f"'{id_}' is not a table", f"start the product with the line [{id_}]", str(file), _line_of(file, id_)
        )
    problem, key, help_ = _problem(entry)
    if problem:
        raise ExtensionError(f"the product '{id_}': {problem}", help_, str(file), _line_of(file, id_, key))
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    if "sla" in entry:
        values["sla"] = _service_level(entry["sla"])
    if "redundancy" in entry:
        values["redundancy"] = ProductRedundancy(**entry["redundancy"])
    if "caller_roles" in entry:
        values["caller_roles"] = {way: tuple(roles) for way, roles in entry["caller_roles"].items()}
    if "versions" in entry:
        values["supported_until"] = version_ends()[entry["versions"]]
    return Product(id=id_, cloud=cloud, **values)


def _service_level(entry: Mapping[str, Any]) -> ServiceLevel:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return ServiceLevel(**values)


_SLA_KEYS = {field_.name for field_ in fields(ServiceLevel)}


def _problem(entry: Mapping[str, Any]) -> tuple[str, str, str]:
    """The first thing that is wrong with an entry, the key that it is about, and what to do; empty texts where it is right."""
    for key, value in entry.items():
        if key not in _ENTRY:
            close = difflib.get_close_matches(key, _ENTRY, 1)
            return (
                f"unknown key `{key}`",
                key,
                f"did you mean `{close[0]}`?" if close else f"use one of: {', '.join(_ENTRY)}",
            )
        texts = value if isinstance(value, list) else ()
        if not isinstance(value, _ENTRY[key]) or any(not isinstance(text, str) for text in texts):
            return f"`{key}` must be {_WORDS[_ENTRY[key]]}, not {value!r}", key, f"set it to {_WORDS[_ENTRY[key]]}"
    missing = [key for key in _REQUIRED if not entry.get(key)]
    if missing:
        return f"`{missing[0]}` is missing", "", f"add it; every product requires {', '.join(_REQUIRED)}"
    if not (entry.get("icon") or entry.get("tile")):
        return "it has neither `icon` nor `tile`", "", 'add an icon, or tile = "…" with the letters for its tile'
    if entry.get("category", "general") not in CATEGORIES:
        return f"unknown value '{entry['category']}' of `category`", "category", f"use one of: {', '.join(CATEGORIES)}"
    sla = entry.get("sla", {})
    if sla and not ({"percent", "url"} <= set(sla) <= _SLA_KEYS):
        optional = ", ".join(sorted(_SLA_KEYS - {"percent", "url"}))
        return f"`sla` has the wrong keys: {', '.join(sla)}", "sla", f"set percent and url, and optionally {optional}"
    if wrong := _wrong_redundancy(entry.get("redundancy")):
        return wrong, "redundancy", 'write { scope = "regional", url = "https://…", read = "2026-01-31" }'
    if "versions" in entry and entry["versions"] not in version_ends():
        return (
            f"unknown value '{entry['versions']}' of `versions`",
            "versions",
            f"use one of: {', '.join(version_ends())}",
        )
    return "", "", ""


def _wrong_redundancy(redundancy: Mapping[str, Any] | None) -> str:
    """What is wrong with a statement of redundancy; empty if nothing is."""
    if redundancy is None:
        return ""
    if not {"scope", "url"} <= set(redundancy) <= {"scope", "url", "read"}:
        return (
            f"`redundancy` must have the keys scope and url, and can have read, not {', '.join(redundancy) or 'none'}"
        )
    if redundancy["scope"] not in SCOPES:
        return f"unknown value {redundancy['scope']!r} of `scope`; use one of: {', '.join(SCOPES)}"
    if not str(redundancy["url"]).startswith("https://"):
        return f"`url` must be an https address, not {redundancy['url']!r}"
    try:
        date.fromisoformat(redundancy.get("read", "2026-01-31"))
    except (TypeError, ValueError):
        return f'`read` must be a date such as "2026-01-31", not {redundancy["read"]!r}'
    return ""


def _line_of(file: Path, id_: str, key: str = "") -> int:
    """The line of a product, or of one of its keys, 1 for the first."""
    lines = file.read_text(encoding="utf-8").splitlines()
    start = next((n for n, line in enumerate(lines, 1) if line.strip() == f"[{id_}]"), 1)
    below = ((n, line) for n, line in enumerate(lines[start:], start + 1))
    return next((n for n, line in below if key and line.partition("=")[0].strip() == key), start)


def named(file: Path) -> str:
    """A file as messages name it: with its two folders, `acme/aws/queues.toml`."""
    return "/".join(file.parts[-3:])


@dataclass(frozen=True, slots=True)
class Term:
    """A technical term: its full name, its definition, and the clouds that have it; none for a term of any cloud."""

    id: str
    name: str
    definition: str
    clouds: Sequence[str] = ()


@cache
def terms() -> Mapping[str, Term]:
    """Technical terms that are not products, by the term."""
    return MappingProxyType({id_: Term(id=id_, **entry) for id_, entry in _read(_HERE / "terms.toml").items()})


@dataclass(frozen=True, slots=True)
class Protocol:
    """A protocol that calls can use: how it is written, and its usual port; None if it has none."""

    id: str
    label: str
    port: int | None = None


@cache
def protocols() -> Mapping[str, Protocol]:
    """The protocols that archgen knows, by id. Calls may use others, which have no usual port."""
    return MappingProxyType({id_: Protocol(id_, **entry) for id_, entry in _read(_HERE / "protocols.toml").items()})


@cache
def version_ends() -> Mapping[str, Mapping[str, str]]:
    """The last day (ISO 8601) of support by product and version, as tools/record_versions.py recorded them from endoflife.date."""
    with (_HERE / "versions.json").open(encoding="utf-8") as stream:
        ends: dict[str, dict[str, str]] = json.load(stream)["ends"]
    return MappingProxyType({product: MappingProxyType(versions) for product, versions in ends.items()})


def kubernetes_versions() -> Mapping[str, str]:
    """The planned day (ISO 8601) of the last patches of each Kubernetes version."""
    return version_ends()["kubernetes"]


@cache
def endpoints() -> Mapping[str, Endpoint]:
    """All VPC endpoints by id."""
    return MappingProxyType({id_: Endpoint(id=id_, **entry) for id_, entry in _read(_HERE / "endpoints.toml").items()})
