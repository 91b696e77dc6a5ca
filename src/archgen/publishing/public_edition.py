"""A project in, its public edition out: the same architecture without what says whose it is, and the list of what is withheld.

What identifies is marked in the classes of the model. A value that may be left out is left out; one that must be there gets a
stand-in of the same form. Both happen in the model, before anything is made of it, so that every page, picture and name
follows; then whatever was made is searched for each withheld value.
"""

from __future__ import annotations

import html
import ipaddress
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
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

WITHHELD = "withheld"
READABLE = {".html", ".js", ".json", ".svg", ".xml", ".css", ".txt", ".md", ".yml"}


@dataclass(frozen=True, slots=True)
class Edition:
    """A project without what identifies, and each withheld value with what stands in its place (None where it is left out)."""

    project: Project
    withheld: Mapping[str, str | None]


def public_edition(project: Project, root: Path) -> tuple[Edition | None, list[Diagnostic]]:
    """The public edition, as a project that lies in `root`; None, with the reasons, where the model cannot do without something."""
    assert project.files.root is not None
    withheld = _stand_ins(project.resolved)
    tree = _without(project.files.root, withheld)
    resolved, problems = resolve(tree)
    if resolved is None:
        return None, problems
    files = replace(project.files, others=())
    known = {n: s for n, s in project.reviews.stamps.items() if state(project.resolved, project.reviews, n).current}
    stamps = {n: Stamp(WITHHELD, s.on, fingerprints(resolved, n), s.at) for n, s in known.items()}
    reviews = Reviews(stamps, project.reviews.text)
    # The bare name of the project may be a word of the public name; what is made of it is searched for.
    searched = {text: other for text, other in withheld.items() if text != project.resolved.default.document.project}
    return Edition(Project(root, files, resolved, (), reviews, project.trusted), searched), []


# -- what identifies -----------------------------------------------------------------------------------


def _identifying(resolved: Resolved) -> Iterator[tuple[str, bool]]:
    """Every identifying value at any coordinate, and whether the model can do without it."""
    seen: set[int] = set()
    for architecture in resolved.architectures.values():
        yield from _below(architecture.document, seen)
        for component in architecture.components.values():
            yield from _below(component, seen)


def _below(value: Any, seen: set[int]) -> Iterator[tuple[str, bool]]:
    if id(value) in seen:
        return
    if isinstance(value, BaseModel):
        seen.add(id(value))
        for name, field in type(value).model_fields.items():
            inside = getattr(value, name)
            if _marked(field):
                yield from ((text, not field.is_required()) for text in _texts(inside))
            else:
                yield from _below(inside, seen)
    elif isinstance(value, Mapping):
        for inside in value.values():
            yield from _below(inside, seen)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (str(key) for key in value)
    elif isinstance(value, (tuple, list)):
        yield from (item for item in value if isinstance(item, str))


_CACHE: dict[int, bool] = {}


def _marked(field: FieldInfo) -> bool:
    """Whether a field's value says who the organisation is."""
    if id(field) not in _CACHE:
        _CACHE[id(field)] = _says_so(field) or _inside(field.annotation)
    return _CACHE[id(field)]


def _inside(annotation: Any) -> bool:
    marks = getattr(annotation, "__metadata__", ())
    return any(_says_so(mark) for mark in marks) or any(_inside(inner) for inner in get_args(annotation))


def _says_so(mark: Any) -> bool:
    extra = getattr(mark, "json_schema_extra", None)
    return isinstance(extra, dict) and extra.get("x-identifies") is True


# -- what stands in its place --------------------------------------------------------------------------


def _stand_ins(resolved: Resolved) -> dict[str, str | None]:
    """Each withheld value with its stand-in, the same for the same value; None for one that is left out."""
    optional: dict[str, bool] = {}
    for text, dispensable in _identifying(resolved):
        optional[text] = optional.get(text, True) and dispensable
    networks = _free_networks([text for text in optional if _network(text)])
    found: dict[str, str | None] = {}
    for number, (text, dispensable) in enumerate(sorted(optional.items())):
        found[text] = None if dispensable else _stand_in(text, number, networks)
    document = resolved.default.document
    if resolved.default.tree.get(("project",)) is not None:  # a name of archgen's own says nothing about anybody
        for environment in resolved.axes.environments:
            found.setdefault(f"{document.project}-{environment}", f"example-{environment}")
        found[document.project] = "example"
    return found


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None


def _stand_in(text: str, number: int, networks: Iterator[ipaddress.IPv4Network]) -> str:
    """Something of the same form that belongs to nobody."""
    network = _network(text)
    if network:
        other = next(networks)
        return str(other[2]) if network.num_addresses == 1 else f"{other[0]}/{network.prefixlen}"
    if re.fullmatch(r"[a-z][a-z0-9-]{4,28}[a-z0-9]", text):
        return f"example-{number:02d}"
    return f"example{number:02d}.example" if "." in text else WITHHELD


def _free_networks(taken: Iterable[str]) -> Iterator[ipaddress.IPv4Network]:
    """Private networks of size /16 that none of these lies in, one after the other."""
    used = [network for text in taken if isinstance(network := _network(text), ipaddress.IPv4Network)]
    for around in ("172.16.0.0/12", "10.0.0.0/8"):
        for network in ipaddress.IPv4Network(around).subnets(new_prefix=16):
            if not any(network.overlaps(other) for other in used):
                yield network


def _without(node: YamlNode, withheld: Mapping[str, str | None]) -> YamlNode:
    """The tree without what is withheld: entries that are left out, stand-ins elsewhere, within texts too; and without sources."""
    pattern = _pattern(withheld)
    root = _cleaned(node, withheld, pattern)
    assert isinstance(root.value, dict)
    return replace(root, value={k: v for k, v in root.value.items() if k != "sources"}, _plain=None)


def _pattern(withheld: Iterable[str]) -> re.Pattern[str]:
    words = sorted((re.escape(text) for text in withheld), key=len, reverse=True)
    return re.compile(rf"(?<![\w.])(?:{'|'.join(words)})(?!\w)")


def _cleaned(node: YamlNode, withheld: Mapping[str, str | None], pattern: re.Pattern[str]) -> YamlNode:
    if isinstance(node.value, dict):
        gone = {
            k
            for k, child in node.value.items()
            if isinstance(child.value, str) and withheld.get(child.value, "") is None
        }
        kept = {
            (withheld.get(k) or k): _cleaned(child, withheld, pattern)
            for k, child in node.value.items()
            if k not in gone
        }
        if gone and "assumed" in kept and isinstance(kept["assumed"].value, list):
            names = [item for item in kept["assumed"].value if item.value not in gone]
            kept = {k: v for k, v in kept.items() if k != "assumed"} | (
                {"assumed": replace(kept["assumed"], value=names, _plain=None)} if names else {}
            )
        return replace(node, value=kept, _plain=None)
    if isinstance(node.value, list):
        kept_items = [c for c in node.value if not isinstance(c.value, str) or withheld.get(c.value, "") is not None]
        return replace(node, value=[_cleaned(child, withheld, pattern) for child in kept_items], _plain=None)
    if isinstance(node.value, str):
        text = pattern.sub(lambda found: withheld[found.group()] or WITHHELD, node.value)
        return node if text == node.value else replace(node, value=text, _plain=None)
    return node


# Pages that say the same for every project: an example in them that happens to be somebody's tells nothing.
OURS = (f"{GENERATED}/diagnostics/", f"{GENERATED}/reference/")


def _without_ours(index: str) -> str:
    """A search index without what is found on such pages."""
    data = json.loads(index)
    data["docs"] = [entry for entry in data.get("docs", []) if not entry.get("location", "").startswith(OURS)]
    return json.dumps(data, ensure_ascii=False)


# -- whether anything is left --------------------------------------------------------------------------


def mentions(text: str, withheld: Iterable[str]) -> list[str]:
    """The withheld values that a text holds, however HTML, JSON or an address writes them."""
    readings = {text, html.unescape(text), unquote(text)}
    readings |= {json.loads(f'"{part}"') for part in _ESCAPED.findall(text) if _json(part)}
    pattern = _pattern(withheld)
    return sorted({found for reading in readings for found in pattern.findall(reading)})


_ESCAPED = re.compile(r'"((?:[^"\\]|\\.)*\\u(?:[^"\\]|\\.)*)"')  # texts of JSON with an escaped character


def _json(part: str) -> bool:
    try:
        json.loads(f'"{part}"')
    except ValueError:
        return False
    return True


def leaks(site: Path, withheld: Iterable[str]) -> Iterator[Diagnostic]:
    """Each file of a built site that holds what is withheld."""
    withheld = list(withheld)
    for file in sorted(site.rglob("*")):
        if file.suffix in READABLE and file.is_file():
            name = file.relative_to(site).as_posix()
            if name.startswith(OURS):
                continue
            text = file.read_text(encoding="utf-8", errors="replace")
            found = mentions(_without_ours(text) if file.name == "search_index.json" else text, withheld)
            if found:
                message = f"the public site would tell {len(found)} withheld value{'' if len(found) == 1 else 's'}: {', '.join(found[:3])}"
                help_ = "a template or a page of your own says it; take it out there"
                yield Diagnostic("ARC-P001", message, help_, subject=name)
