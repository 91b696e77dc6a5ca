"""The public edition of a project: the same architecture without the values that identify the organization.

The classes of the model mark the fields that identify. An optional value is removed, and a required one is replaced by a
stand-in of the same form. Both happen in the model, before anything is rendered, so pages, pictures and names all
follow. The finished site is then searched for every withheld value.
"""

from __future__ import annotations

import html
import ipaddress
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args
from urllib.parse import unquote

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from archgen.artifacts.addresses import GENERATED
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.resolve import Resolved, resolve
from archgen.parity.reviews import Reviews, Stamp, fingerprints, state
from archgen.project import Project
from archgen.reading.yaml_tree import YamlNode
from archgen.records import dataclass

WITHHELD = "withheld"
READABLE = {".html", ".js", ".json", ".svg", ".xml", ".css", ".txt", ".md", ".yml"}


@dataclass(frozen=True, slots=True)
class Edition:
    """A project without identifying values, and each withheld value with its stand-in (None if the value is removed)."""

    project: Project
    withheld: Mapping[str, str | None]


def public_edition(
    project: Project, root: Path, also: Resolved | None = None
) -> tuple[Edition | None, list[Diagnostic]]:
    """The public edition as a project in the folder `root`; or None and diagnostics, if the model is invalid without some value.

    The values of the model `also` are withheld, too, and the editions of both models have the same stand-ins.
    """
    assert project.files.root is not None
    every = sorted((project.resolved, *((also,) if also else ())), key=_order)
    withheld: dict[str, str | None] = {}
    for resolved in every:
        withheld |= _stand_ins(resolved, every)
    tree = _redacted_model(project.files.root, withheld)
    resolved, problems = resolve(tree, project.icons, project.resolved.default.bindings)
    if resolved is None:
        return None, problems
    files = replace(project.files, others=())
    known = {n: s for n, s in project.reviews.stamps.items() if state(project.resolved, project.reviews, n).current}
    stamps = {n: Stamp(WITHHELD, s.on, fingerprints(resolved, n), s.at) for n, s in known.items()}
    reviews = Reviews(stamps, project.reviews.text)
    # The project's name may be part of the public name, so it is not searched for; names made from it are.
    searched = {text: other for text, other in withheld.items() if text != project.resolved.default.document.project}
    edition = Project(root, files, resolved, (), reviews, project.trusted, comparisons=project.comparisons)
    return Edition(edition, searched), []


# -- identifying values --------------------------------------------------------------------------------


def _identifying_values(resolved: Resolved) -> Iterator[tuple[str, bool]]:
    """Every identifying value at any coordinate, and whether it is optional."""
    seen: set[int] = set()
    for architecture in resolved.architectures.values():
        yield from _marked_values(architecture.document, seen)
        for component in architecture.components.values():
            yield from _marked_values(component, seen)


def _marked_values(value: Any, seen: set[int]) -> Iterator[tuple[str, bool]]:
    if id(value) in seen:
        return
    if isinstance(value, BaseModel):
        seen.add(id(value))
        for name, field in type(value).model_fields.items():
            inside = getattr(value, name)
            if _is_marked(field):
                yield from ((text, not field.is_required() and name not in _RANGES) for text in _texts(inside))
            else:
                yield from _marked_values(inside, seen)
    elif isinstance(value, Mapping):
        for inside in value.values():
            yield from _marked_values(inside, seen)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (str(key) for key in value)
    elif isinstance(value, (tuple, list)):
        yield from (item for item in value if isinstance(item, str))


_CACHE: dict[int, bool] = {}
_RANGES = ("cidr", "ranges")  # replaced instead of removed, because networks need them


def _is_marked(field: FieldInfo) -> bool:
    """Whether a field is marked as identifying the organization, in itself or in its type."""
    if id(field) not in _CACHE:
        _CACHE[id(field)] = _has_mark(field) or _type_has_mark(field.annotation)
    return _CACHE[id(field)]


def _type_has_mark(annotation: Any) -> bool:
    marks = getattr(annotation, "__metadata__", ())
    return any(_has_mark(mark) for mark in marks) or any(_type_has_mark(inner) for inner in get_args(annotation))


def _has_mark(mark: Any) -> bool:
    extra = getattr(mark, "json_schema_extra", None)
    return isinstance(extra, dict) and extra.get("x-identifies") is True


# -- stand-ins -----------------------------------------------------------------------------------------


def _order(resolved: Resolved) -> list[str]:
    """A key that puts models in the same order, whichever comes first."""
    return sorted(text for text, _removable in _identifying_values(resolved))


def _stand_ins(resolved: Resolved, every: Sequence[Resolved] = ()) -> dict[str, str | None]:
    """Each withheld value of a model with its stand-in; None for one that is removed. `every` has all models with the same stand-ins."""
    optional: dict[str, bool] = {}
    for text, removable in (pair for model in every or (resolved,) for pair in _identifying_values(model)):
        optional[text] = optional.get(text, True) and removable
    networks = _free_networks([text for text in optional if _network(text)])
    stand_ins: dict[str, str | None] = {}
    for number, (text, removable) in enumerate(sorted(optional.items())):
        # A range is never removed: what depends on it, such as a recovery region, would then be impossible.
        stand_ins[text] = None if removable and not _network(text) else _stand_in(text, number, networks)
    document = resolved.default.document
    if resolved.default.tree.get(("project",)) is not None:  # the default name does not identify anyone
        for environment in resolved.axes.environments:
            stand_ins.setdefault(f"{document.project}-{environment}", f"example-{environment}")
        stand_ins[document.project] = "example"
    return stand_ins


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None


def _stand_in(text: str, number: int, networks: Iterator[ipaddress.IPv4Network]) -> str:
    """A value of the same form that does not belong to any organization."""
    network = _network(text)
    if network:
        other = next(networks)
        return str(other[2]) if network.num_addresses == 1 else f"{other[0]}/{max(network.prefixlen, 16)}"
    if text.startswith(("http://", "https://")):
        return f"https://example{number:02d}.example"
    if re.fullmatch(r"[a-z][a-z0-9-]{4,28}[a-z0-9]", text):
        return f"example-{number:02d}"
    return f"example{number:02d}.example" if "." in text else WITHHELD


def _free_networks(taken: Iterable[str]) -> Iterator[ipaddress.IPv4Network]:
    """Private /16 networks that do not overlap any of `taken`."""
    used = [network for text in taken if isinstance(network := _network(text), ipaddress.IPv4Network)]
    for around in ("172.16.0.0/12", "10.0.0.0/8"):
        for network in ipaddress.IPv4Network(around).subnets(new_prefix=16):
            if not any(network.overlaps(other) for other in used):
                yield network


def _redacted_model(node: YamlNode, withheld: Mapping[str, str | None]) -> YamlNode:
    """The model's tree with withheld values removed or replaced, within longer texts too; and without `sources`."""
    pattern = _pattern(withheld)
    root = _redacted(node, withheld, pattern)
    assert isinstance(root.value, dict)
    numbers: dict[str, int] = {}
    named = ("components", "network", "networks", "defaults")
    kept = {k: _renamed(v, numbers) if k in named else v for k, v in root.value.items() if k != "sources"}
    return replace(root, value=kept, _plain=None)


def _renamed(node: YamlNode, numbers: dict[str, int]) -> YamlNode:
    """The node with each `identifier` replaced by a stand-in that is as unique as the name itself.

    Names are not searched for in other texts, since a name may be an ordinary word.
    """
    if not isinstance(node.value, dict):
        return node
    values = {}
    for key, child in node.value.items():
        if key == "identifier" and isinstance(child.value, str):
            number = numbers.setdefault(child.value, len(numbers) + 1)
            values[key] = replace(child, value=f"{WITHHELD}-{number}", _plain=None)
        else:
            values[key] = _renamed(child, numbers)
    return replace(node, value=values, _plain=None)


def _pattern(withheld: Iterable[str]) -> re.Pattern[str]:
    words = sorted((re.escape(text) for text in withheld), key=len, reverse=True)
    return re.compile(rf"(?<![\w.])(?:{'|'.join(words)})(?!\w)")


def _redacted(node: YamlNode, withheld: Mapping[str, str | None], pattern: re.Pattern[str]) -> YamlNode:
    if isinstance(node.value, dict):
        removed = {
            k
            for k, child in node.value.items()
            if isinstance(child.value, str) and withheld.get(child.value, "") is None
        }
        kept = {
            (withheld.get(k) or k): _redacted(child, withheld, pattern)
            for k, child in node.value.items()
            if k not in removed
        }
        if removed and "assumed" in kept and isinstance(kept["assumed"].value, list):
            names = [item for item in kept["assumed"].value if item.value not in removed]
            kept = {k: v for k, v in kept.items() if k != "assumed"} | (
                {"assumed": replace(kept["assumed"], value=names, _plain=None)} if names else {}
            )
        return replace(node, value=kept, _plain=None)
    if isinstance(node.value, list):
        kept_items = [c for c in node.value if not isinstance(c.value, str) or withheld.get(c.value, "") is not None]
        return replace(node, value=[_redacted(child, withheld, pattern) for child in kept_items], _plain=None)
    if isinstance(node.value, str):
        text = pattern.sub(lambda match: withheld[match.group()] or WITHHELD, node.value)
        return node if text == node.value else replace(node, value=text, _plain=None)
    return node


# Project-independent pages: a match in them is a coincidence, not a leak.
OURS = (f"{GENERATED}/diagnostics/", f"{GENERATED}/reference/")


def _without_ours(index: str) -> str:
    """A search index without the entries of project-independent pages."""
    data = json.loads(index)
    data["docs"] = [entry for entry in data.get("docs", []) if not entry.get("location", "").startswith(OURS)]
    return json.dumps(data, ensure_ascii=False)


# -- search for leaks ----------------------------------------------------------------------------------


def mentions(text: str, withheld: Iterable[str]) -> list[str]:
    """The withheld values that occur in a text, also escaped as in HTML, JSON or a URL; sorted."""
    readings = {text, html.unescape(text), unquote(text)}
    if r"\u" in text:  # most pages have no escaped character, and looking for JSON strings takes longer than all else
        readings |= {json.loads(f'"{part}"') for part in _ESCAPED.findall(text) if _json(part)}
    pattern = _pattern(withheld)
    return sorted({value for reading in readings for value in pattern.findall(reading)})


def without(text: str, withheld: Iterable[str]) -> str:
    """A text with a word in place of each withheld value."""
    values = list(withheld)
    return _pattern(values).sub(WITHHELD, text) if values else text


_ESCAPED = re.compile(r'"((?:[^"\\]|\\.)*\\u(?:[^"\\]|\\.)*)"')  # JSON strings with an escaped character


def _json(part: str) -> bool:
    try:
        json.loads(f'"{part}"')
    except ValueError:
        return False
    return True


def leaks(site: Path, withheld: Iterable[str]) -> Iterator[Diagnostic]:
    """A diagnostic for each file of a built site that contains withheld values."""
    withheld = list(withheld)
    for file in sorted(site.rglob("*")):
        if file.suffix in READABLE and file.is_file():
            name = file.relative_to(site).as_posix()
            if name.startswith(OURS):
                continue
            text = file.read_text(encoding="utf-8", errors="replace")
            found = mentions(_without_ours(text) if file.name == "search_index.json" else text, withheld)
            if found:
                count = f"{len(found)} withheld value{'' if len(found) == 1 else 's'}"
                message = f"the public site would reveal {count}: {', '.join(found[:3])}"
                help_ = "remove it from the template or hand-written page that contains it"
                yield Diagnostic("ARC-P001", message, help_, subject=name)
