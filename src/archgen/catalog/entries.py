"""Entries of catalog files: splitting files into entries, checking an entry, and making a product of it."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from archgen.catalog.product import SCOPES, FactSource, Product, ProductRedundancy, ServiceLevel
from archgen.registry import ExtensionError
from archgen.system.kept import DATA, key_of

_HERE = Path(__file__).parent


def read_toml(file: Path) -> dict[str, Any]:
    """The tables of one of archgen's own TOML files, which are kept between runs. Callers must not change them."""
    return parse_own(file.read_text(encoding="utf-8"))


def parse_own(text: str) -> dict[str, Any]:
    """The tables in a TOML text of archgen's, which are kept between runs. Callers must not change them."""

    return DATA.get(key_of(text, "tomllib"), lambda: parse_toml(text))


def parse_toml(text: str) -> dict[str, Any]:
    """The tables in a TOML text. Raises ValueError."""
    import tomllib  # here, because it takes 5 ms, and archgen's own files are parsed in the first run only

    return tomllib.loads(text)


@cache
def version_ends() -> Mapping[str, Mapping[str, str]]:
    """The last day (ISO 8601) of support by product and version, as tools/record_versions.py recorded them from endoflife.date."""
    with (_HERE / "versions.json").open(encoding="utf-8") as stream:
        ends: dict[str, dict[str, str]] = json.load(stream)["ends"]
    return MappingProxyType({product: MappingProxyType(versions) for product, versions in ends.items()})


_HEAD = re.compile(r"^\[([a-z0-9-]+)\]$", re.MULTILINE)
_KINDS = re.compile(r"^kinds = \[([^\]]*)\]", re.MULTILINE)  # a comment may follow
_STRING = re.compile(r'"([^"]*)"')


def split_files(texts: Sequence[str]) -> list[list[tuple[str, str, tuple[str, ...]]]]:
    """For each of archgen's own files: the ID, the text and the kinds of each product in it, which are kept between runs."""
    key = key_of("\0".join(texts), __name__)
    return DATA.get(
        key, lambda: [[(id_, entry, kinds_in(entry)) for id_, entry in split_entries(text)] for text in texts]
    )


def split_entries(text: str) -> Iterator[tuple[str, str]]:
    """The ID and the text of each product in a file. Tables below a product, such as `[rds.max_connections]`, belong to it."""
    heads = [*_HEAD.finditer(text)]
    for head, following in zip(heads, [*(head.start() for head in heads[1:]), len(text)], strict=True):
        yield head[1], text[head.start() : following]


def kinds_in(text: str) -> tuple[str, ...]:
    """The kinds in the text of an entry, found without parsing it."""
    found = _KINDS.search(text)
    return tuple(_STRING.findall(found[1])) if found else ()


def read_entries(file: Path) -> dict[str, Any]:
    """The entries of a package's file of products. Raises ExtensionError."""
    try:
        return parse_toml(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        at = re.search(r"\(at line (\d+), column \d+\)", str(error))
        raise ExtensionError(f"the file is not TOML: {error}", "", str(file), int(at.group(1)) if at else 1) from None


_ENTRY: Mapping[str, type] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "name",
                "short",
                "definition",
                "documentation",
                "icon",
                "tile",
                "category",
                "api",
                "versions",
                "read",
                "successor",
                "where",
            ),
            str,
        ),
        **dict.fromkeys(("kinds", "aliases", "settings", "endpoints", "source_ranges"), list),
        "webhook_port": int,
        **dict.fromkeys(
            (
                "limits",
                "limits_source",
                "sla",
                "redundancy",
                "max_connections",
                "supported_until",
                "caller_roles",
                "ports",
            ),
            dict,
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
            f"'{id_}' is not a table", f"start the product with the line [{id_}]", str(file), line_of(file, id_)
        )
    problem, key, help_ = _problem(entry)
    if problem:
        raise ExtensionError(f"the product '{id_}': {problem}", help_, str(file), line_of(file, id_, key))
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    if "sla" in entry:
        values["sla"] = _service_level(entry["sla"])
    if "redundancy" in entry:
        values["redundancy"] = ProductRedundancy(**entry["redundancy"])
    if "limits_source" in entry:
        values["limits_source"] = FactSource(**entry["limits_source"])
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
    if entry.get("where", "global") not in ("global", "apart"):
        return f"unknown value '{entry['where']}' of `where`", "where", "use one of: global, apart"
    sla = entry.get("sla", {})
    if sla and not ({"percent", "url"} <= set(sla) <= _SLA_KEYS):
        optional = ", ".join(sorted(_SLA_KEYS - {"percent", "url"}))
        return f"`sla` has the wrong keys: {', '.join(sla)}", "sla", f"set percent and url, and optionally {optional}"
    if wrong := _wrong_source(entry.get("limits_source")):
        return wrong, "limits_source", 'write { url = "https://…", read = "2026-01-31" }'
    if "read" in entry and not _is_day(entry["read"]):
        return f'`read` must be a date such as "2026-01-31", not {entry["read"]!r}', "read", "set it to a date"
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
    if not _is_day(redundancy.get("read", "2026-01-31")):
        return f'`read` must be a date such as "2026-01-31", not {redundancy["read"]!r}'
    return ""


def _wrong_source(source: Mapping[str, Any] | None) -> str:
    """What is wrong with the source of limits; empty if nothing is."""
    if source is None:
        return ""
    if set(source) != {"url", "read"}:
        return f"`limits_source` must have the keys url and read, not {', '.join(source) or 'none'}"
    if not str(source["url"]).startswith("https://"):
        return f"`url` must be an https address, not {source['url']!r}"
    return "" if _is_day(source["read"]) else f'`read` must be a date such as "2026-01-31", not {source["read"]!r}'


def _is_day(value: object) -> bool:
    """Whether a value is a day in the form 2026-01-31."""
    try:
        date.fromisoformat(value)  # type: ignore[arg-type]  # a value of another type raises TypeError
    except (TypeError, ValueError):
        return False
    return True


def line_of(file: Path, id_: str, key: str = "") -> int:
    """The line of a product, or of one of its keys, 1 for the first."""
    lines = file.read_text(encoding="utf-8").splitlines()
    start = next((n for n, line in enumerate(lines, 1) if line.strip() == f"[{id_}]"), 1)
    below = ((n, line) for n, line in enumerate(lines[start:], start + 1))
    return next((n for n, line in below if key and line.partition("=")[0].strip() == key), start)


def named(file: Path) -> str:
    """A file as messages name it: with its two folders, `acme/aws/queues.toml`."""
    return "/".join(file.parts[-3:])
