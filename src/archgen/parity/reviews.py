"""Reviews of capabilities: which rows of the parity table a person has compared in their current state.

A stamp holds a fingerprint of each side. It says that a person compared both sides when they had these fingerprints; when a
fingerprint changes, the review is out of date. Stamps are not part of the model: they are in a committed file next to it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path as FilePath
from typing import Any

from archgen.diagnostics.diagnostic import Diagnostic, Span
from archgen.model.component import Component
from archgen.model.paths import leaves, parse_path, walk
from archgen.model.resolve import Resolved
from archgen.reading.yaml_tree import YamlNode, parse
from archgen.records import dataclass
from archgen.system.textfile import UnreadableError, read_below

FILE = "reviews.yaml"
HEAD = "# Who compared both sides of a capability, and fingerprints of the sides. Written by: archgen parity review\n"
# Fields that describe a component to people: changing them does not change how its product behaves.
DESCRIBES = {"kind", "name", "title", "purpose", "provides", "no_capability", "tags", "owner", "calls"}
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who compared the sides of a capability, on which day (ISO 8601), and the fingerprint of each side, by cloud."""

    by: str
    on: str
    fingerprints: Mapping[str, str]
    at: Span | None = None


@dataclass(frozen=True, slots=True)
class Reviews:
    """The stamps of a project, by capability. `text` is the content of the file; None if there is no file."""

    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    text: str | None = None
    problems: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """The review of a capability: `stamp` is None if it was never reviewed; `changed` has the clouds that changed since."""

    stamp: Stamp | None
    changed: tuple[str, ...] = ()

    @property
    def current(self) -> bool:
        """Whether there is a review and it is up to date."""
        return self.stamp is not None and not self.changed


# -- fingerprints --------------------------------------------------------------------------------------


# Settings that archgen got after people had reviewed capabilities. They count only where they are stated, so that a new version of archgen
# does not make reviews out of date.
LATER = frozenset(
    {
        *("zones", "traits", "identifier", "rebuilt_from", "endpoint_in", "formerly", "terraform_addresses"),
        *("portal", "region", "session", "groups_in", "roles", "emergency", "engine"),
        *("allowed_methods", "cached_methods", "domains", "publishes", "paths", "ignored_paths", "usage", "audiences"),
    }
)
LATER_IN_CALLS = frozenset({"through"})

# Settings by the `id()` of a component: equal coordinates share component objects.
Known = dict[int, dict[str, Any]]


def fingerprints(resolved: Resolved, capability: str, known: Known | None = None) -> dict[str, str]:
    """A hash of how each cloud provides a capability: its wording, its products, and its components' settings at every coordinate.

    `known` is a cache that may be passed from one call to the next.
    """
    known = {} if known is None else known
    return {cloud: _fingerprint(resolved, capability, cloud, known) for cloud in resolved.axes.clouds}


def _fingerprint(resolved: Resolved, capability: str, cloud: str, known: Known) -> str:
    side = resolved.default.document.capabilities[capability].on(cloud)
    facts: dict[str, Any] = {"side": side.model_dump(mode="json") if side else None}
    for coordinate, architecture in resolved.architectures.items():
        if coordinate.cloud != cloud:
            continue
        at = f"{coordinate.environment},{coordinate.phase}"
        for name, component in architecture.providers(capability):
            facts[f"{at} {name}"] = _settings(component, known)
        for text in side.met_by if side else ():
            value, there = walk(architecture, parse_path(text))
            facts[f"{at} {text}"] = {".".join(p): v for p, v in leaves(value).items()} if there else None
    canonical = json.dumps(facts, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _settings(component: Component, known: Known) -> dict[str, Any]:
    """The settings of a component without those that only describe it, by dotted path."""
    if id(component) not in known:
        unstated = LATER - component.model_fields_set
        known[id(component)] = {
            ".".join(path): value
            for path, value in leaves(component).items()
            if path[0] not in DESCRIBES and path[0] not in unstated and not _is_later_in_calls(path, value)
        }
    return known[id(component)]


def _is_later_in_calls(path: tuple[str, ...], value: Any) -> bool:
    return path[0] == "calls" and path[-1] in LATER_IN_CALLS and not value


def state(resolved: Resolved, reviews: Reviews, capability: str, known: Known | None = None) -> State:
    """The state of the review of a capability. `known` is a cache, as for `fingerprints`."""
    stamp = reviews.stamps.get(capability)
    if stamp is None:
        return State(None)
    now = fingerprints(resolved, capability, known)
    return State(stamp, tuple(cloud for cloud in now if stamp.fingerprints.get(cloud) != now[cloud]))


# -- the file ------------------------------------------------------------------------------------------


def read_reviews(root: FilePath) -> Reviews:
    """The reviews next to a model. Does not raise: stamps that cannot be read are reported as problems and left out."""
    if not (root / FILE).is_file():
        return Reviews()
    try:
        text = read_below(root, FILE)
    except UnreadableError as error:
        return Reviews({}, "", (Diagnostic("ARC-M009", str(error), "", subject=FILE),))
    if not any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
        return Reviews({}, text)
    source, problems = parse(text, FILE)
    stamps: dict[str, Stamp] = {}
    for name, node in source.root.value.items() if source.root and isinstance(source.root.value, dict) else ():
        stamp = _stamp(node)
        if stamp:
            stamps[name] = stamp
        else:
            message = f"the review of '{name}' needs `by`, `on` (a date such as \"2026-01-31\") and a fingerprint for each cloud"
            help_ = f"run: archgen parity review {name}"
            problems.append(Diagnostic("ARC-M009", message, help_, span=node.key_span or node.span))
    return Reviews(stamps, text, tuple(problems))


def _stamp(node: YamlNode) -> Stamp | None:
    value = node.plain()
    if not isinstance(value, dict) or not all(isinstance(entry, str) for entry in value.values()):
        return None
    by, on = value.pop("by", ""), value.pop("on", "")
    if not by or not DATE.fullmatch(on) or not value:
        return None
    return Stamp(by, on, value, node.key_span or node.span)


def as_yaml(stamps: Mapping[str, Stamp]) -> str:
    """The text of the file: one line for each capability, so that Git can merge the reviews of two people."""
    lines = [
        f"{name}: {json.dumps({'by': s.by, 'on': s.on, **s.fingerprints}, ensure_ascii=False)}\n"
        for name, s in stamps.items()
    ]
    return HEAD + "".join(lines)


def stamped(resolved: Resolved, reviews: Reviews, names: list[str], by: str, on: str) -> dict[str, Stamp]:
    """All stamps after `by` has reviewed the capabilities `names`, in the order of the model, without those of unknown capabilities."""
    new = {name: Stamp(by, on, fingerprints(resolved, name)) for name in names}
    every = {**reviews.stamps, **new}
    return {name: every[name] for name in resolved.default.document.capabilities if name in every}
