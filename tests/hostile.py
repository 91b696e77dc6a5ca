"""The reference model with a payload in every text, as an attacker could write it into an architecture.yaml.

Fields with free text are found through the classes of the model, so a field that is added later gets a payload too, or the test that
counts them fails. Each payload calls XSS with a unique number, which identifies its field.
"""

from __future__ import annotations

import types
from collections import defaultdict
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

import yaml
from pydantic import AfterValidator, BaseModel, StringConstraints
from pydantic.fields import FieldInfo

from archgen.catalog import catalog
from archgen.model.base import Line
from archgen.model.component import Component, all_kinds
from archgen.model.document import Document, document_for
from archgen.model.own import own_kinds
from archgen.model.per_cloud import cloud_classes
from archgen.reading.yaml_tree import YamlNode, parse
from conftest import ROOT

# The class of a model on the two clouds of the reference model.
MODEL: type[Document] = document_for({cloud: cloud_classes()[cloud] for cloud in ("aws", "gcp")})

Place = tuple[str, str]  # a class of the model and its field

KEPT = 5  # capabilities; each is a page with two pictures
DESIGN = "design.md"  # not below docs/, where it would be a trusted hand-written page

PLAIN = "<svg onload=XSS({n})>"  # in every text, together with one of those below
SHAPES = (
    "\"><script>XSS({n})</script>",
    "&lt;svg onload=XSS({n})&gt;",
    "<img src=x onerror=XSS({n})>",
    "' autofocus onfocus=XSS({n}) x='",
    "[x](javascript:XSS({n}))",
    "x](y){{: onmouseover=XSS({n}) }}",
    "\n\n=== \"x\"\n\n    <svg onload=XSS({n})>\n",
    "&#60;svg onload=XSS({n})&#62;",
    "</script></title></textarea><svg onload=XSS({n})>",
    "-->]]><svg onload=XSS({n})>",
    "`</code><svg onload=XSS({n})>",
    "\n```\n<svg onload=XSS({n})>\n```\n",
    "&amp;lt;svg onload=XSS({n})&amp;gt;",
    "{{{{ 7*7 }}}}{{% raw %}}<svg onload=XSS({n})>",
    "<iframe srcdoc=\"<script>parent.XSS({n})</script>\">",
    "javascript:XSS({n})",
    "\" onclick=XSS({n}) x=\"",
)  # fmt: skip

# Texts of the model that cannot contain a payload, and why. All others do.
WITHOUT: dict[Place, str] = {
    ("CapabilitySide", "met_by"): "a path of the model, which must exist",
    ("Control", "proven_by"): "a path of the model, which must exist",
    ("CostItem", "about"): "a path of the model, which must exist",
    ("Decision", "about"): "a path of the model, which must exist",
    ("Held", "at"): "a path of the model, which must exist",
    ("PromiseLink", "at"): "a path of the model, which must exist",
    ("PromiseLink", "says"): "words of what the phase brings, which carries payloads itself",
    ("Waiver", "path"): "a path of the model, which must exist",
    ("Held", "says"): "words of the design document, whose statements carry payloads themselves",
    ("SourceDocument", "sections"): "the headings of the design document",
    ("StackInput", "expression"): "code, which is parsed; `value` beside it carries one",
    ("OwnProduct", "settings"): "settings of the kind, which must exist",
    ("OwnProduct", "tile"): "five characters",
    ("OwnRule", "assert_"): "the paths of settings, by a pattern",
    **{
        ("Defaults", key): "settings of components, which carry payloads themselves"
        for key in ("kinds", "runtimes", "tags")
    },
    ("Component", "zones"): "the names of zones, which must exist",
    **{
        ("DeclaredCloud", key): "a third cloud has its own test" for key in ("name", "short", "home", "network", "zone")
    },
}

# Those of them whose keys cannot contain a payload, but whose values do.
KEYS = {("SourceDocument", "sections"), ("OwnRule", "assert_")}

# Patterns that only require a text to have one line.
ONE_LINE = get_args(get_args(Line)[1].type_)[2]

# Parts that the reference model does not use: kinds, products, views and rules of the project, and code of a team.
MORE = """
kinds:
  turnstile:
    label: Turnstile
    definition: Lets people in.
    needs_product: false
    settings:
      note: {about: What is written on it.}
      colors: {type: list, about: In which colors.}
      mode: {choices: [open, shut], about: Its position.}
products:
  gate-one: {name: Gate, short: Gate, definition: A gate., documentation: "https://gate.example/(a)?x=1&lt=2", tile: GT,
             kinds: [turnstile], aliases: [Barrier], settings: [note, colors, mode], redundancy: zonal,
             sla: {percent: 99, url: "https://gate.example/(sla)?x=1&lt=2"}}
clouds:
  aws: {regions: {attic: {name: us-east-1, availability_zones: [us-east-1a]}}}
  gcp: {regions: {attic: {name: us-east1, role: passive}}}
networks:
  annex: {name: Annex, region: attic, purpose: A second one., cidr: 10.99.0.0/16, tiers: {shelf: {name: Shelf, purpose: For things.}}}
sites:
  cellar: {name: Cellar, form: other, purpose: Old things., ranges: [10.98.0.0/16]}
views:
  entrance: {title: Entrance, question: "Who comes in?", select: {kinds: [turnstile, actor]}}
components:
  front-door:
    kind: turnstile
    title: Front door
    product: gate-one
    no_capability: People only.
    placement: cellar
    note: Push
    terraform_addresses: [aws_gate.one]
    colors: [red]
    mode: open
    calls: {api: {port: 443, protocol: https, purpose: tickets}}
  wire:
    {kind: network-link, title: Wire, form: private-line, joins: [environment, annex, cellar], handover: Rack nine, no_capability: Old.,
     when: {aws: {product: direct-connect}, gcp: {product: cloud-interconnect}}}
  hatch: {kind: remote-access, title: Hatch, product: wireguard, form: vpn, how: Open the client.,
          prepared: [A key.], no_capability: Rarely used.}
observability:
  dashboards: {panel: {title: Panel, address: "https://panel.example/(a)?x=1&lt=2", shows: Lights.}}
capabilities:
  moving: {name: Moving, status: gap, note: No one does it., differences: {limits: Few., units: Many., behavior: Odd., cost: High.},
           migration: By hand., aws: {text: Gate, products: [gate-one]}, gcp: {text: Gate, products: [gate-one]}}
decisions:
  doors: {title: Doors, status: deferred, choice: One., alternatives: [Two.], reasons: [Cheap.], reopen_when: Queues., source: "9"}
organization: {gcp: {reasons: [Order.], projects: {innovate-dev: {name: Development}}}}
runbooks: {database-failover: {last_tested: "2026-01-31", tested_by: Someone, result: It held.}}
rules:
  severities: {PAR801: info, PAR802: info, DATA403: info}
  waivers: {state-key: {reason: It comes first.}}
  own:
    written-on: {statement: Doors are red., select: {kinds: [turnstile]}, assert: {note: {equals: Pull, one_of: [a], none_of: [b],
                 matches: "P*", contains: c}}, message: It is not., help: Paint it., severity: warning}
terraform:
  assume: "{project}-{environment}-applier"
  stacks:
    99-own: {purpose: Ours., directory: "own/{cloud}", contents: [a thing], inputs: {sign: {value: Hello}, signs: {value: [a, b]}}}
"""


# Values for settings that kinds require.
REQUIRED: dict[str, Any] = {"min": 1, "max": 2}


class Hostile:
    """The model, the place of each payload by its number, and the number of payloads for each field."""

    def __init__(self) -> None:
        self.places: list[str] = []
        self.places_seen: dict[Place, int] = defaultdict(int)
        self.kinds: dict[str, Any] = dict(all_kinds())

    def model(self) -> dict[str, Any]:
        """The reference model and the parts that it does not use, with a payload in every text."""
        data = _merged(_merged(_reference(), yaml.safe_load(MORE)), _with_further_runbooks())
        _add_texts_of_kinds(data, self.kinds)
        data["environments"]["prod"]["phase"] = "scale"  # so that there are two phases, and pages show what each adds
        self.kinds |= own_kinds(_node(data), all_kinds())
        filled = self._entity(MODEL, data, "")
        filled["components"]["front-door"]["mode"] = filled["kinds"]["turnstile"]["settings"]["mode"]["choices"][0]
        filled["sources"]["design"]["file"] = DESIGN
        filled["repository"] = "https://code.example/(shop)?a=1&lt;b=[2]"
        return filled

    def text(self, place: Place, value: str, where: str, longest: int | None = None, *, one_line: bool = False) -> str:
        """A text with two payloads, of which the second has the next shape for the field; only the first if both are too long."""
        number = self.number(where)
        shape = SHAPES[(self.places_seen[place] + hash_of(place)) % len(SHAPES)]
        self.places_seen[place] += 1
        payload = (PLAIN if longest else f"{PLAIN} {shape}").format(n=number)
        if one_line:
            payload = payload.replace("\n", " ")
        return f"{value} {payload}" if longest is None else payload[:longest]

    def design(self) -> str:
        """The design document with a payload in every list item, and in every heading of a section."""
        lines = (ROOT / "docs/design/innovate-architecture.md").read_text(encoding="utf-8").splitlines()
        return "\n".join(self._stated(line) for line in lines) + "\n"

    def _stated(self, line: str) -> str:
        if not line.lstrip().startswith(("- ", "###")) or line.rstrip("* ").endswith(":"):
            return line
        return f"{line} {('`<svg onload=XSS({n})>`', '&lt;svg onload=XSS({n})&gt;')[len(self.places) % 2].format(n=self.number('design'))}"

    def number(self, where: str) -> int:
        """The number of a new payload."""
        self.places.append(where)
        return len(self.places) - 1

    def _entity(self, cls: type[BaseModel], data: dict[str, Any], where: str) -> dict[str, Any]:
        fields = {field.alias or name: (name, field) for name, field in cls.model_fields.items()}
        found: dict[str, Any] = {}
        for key, value in data.items():
            here = f"{where}.{key}".lstrip(".")
            if key == "when" and key not in fields:
                found[key] = {at: self._entity(cls, part, f"{here}.{at}") for at, part in value.items()}
            elif key == "components" and cls is MODEL:
                found[key] = {id_: self._component(part, f"{here}.{id_}") for id_, part in value.items()}
            elif key in fields:
                name, field = fields[key]
                found[key] = self._value(_annotated(field), value, place_of(cls, name), here)
            else:
                found[key] = value  # `in`, `assumed`
        return found

    def _component(self, data: dict[str, Any], where: str) -> dict[str, Any]:
        return self._entity(self.kinds[data["kind"]], data, where) if "kind" in data else data

    def _value(self, annotation: Any, value: Any, place: Place, where: str) -> Any:
        if place in set(WITHOUT) - KEYS:
            return value
        inner, marks = _plainly(annotation)
        if get_origin(inner) in (Union, types.UnionType):
            return self._value(_fitting(get_args(inner), value), value, place, where)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return self._entity(inner, value, where) if isinstance(value, dict) else value
        if get_origin(inner) is tuple:
            return [self._value(get_args(inner)[0], item, place, f"{where}[{n}]") for n, item in enumerate(value)]
        if get_origin(inner) is dict:
            return self._mapping(inner, value, place, where)
        if inner is str and is_free(marks) and isinstance(value, str):
            return self.text(place, value, where, _longest(marks), one_line=_is_one_line(marks))
        return value

    def _mapping(self, annotation: Any, value: dict[str, Any], place: Place, where: str) -> dict[str, Any]:
        words = place == ("Document", "glossary")
        found: dict[str, Any] = {}
        for key, item in value.items():
            here = f"{where}.{key}"
            if key == "when":
                found[key] = {at: self._mapping(annotation, part, place, f"{here}.{at}") for at, part in item.items()}
            elif key in ("in", "assumed"):
                found[key] = item
            else:
                found[key] = self._value(get_args(annotation)[1], item, place, here)
        if words:  # also keep the word itself, so that pages use it
            found |= {f"<svg onload=XSS({len(self.places)})>": self.text(place, "A word.", f"{where}.(a word)")}
        return found


def _add_texts_of_kinds(data: dict[str, Any], kinds: dict[str, Any]) -> None:
    """Let the model state every free text of every kind: in its components, and in a component of each kind that it does not use."""
    components = data["components"]
    for id_, cls in kinds.items():
        texts = {
            name: text
            for name, field in cls.model_fields.items()
            if name not in Component.model_fields and (text := _text_for(_annotated(field)))
        }
        has = next((component for component in components.values() if component.get("kind") == id_), None)
        if has is None and texts:
            components[f"more-{id_}"] = {**_of_kind(id_, cls), **texts}
        elif has is not None:
            absent = {name: text for name, text in texts.items() if name not in has and not _is_varied(has, name)}
            has |= {name: text for name, text in absent.items() if not isinstance(text, dict)}


def _text_for(annotation: Any) -> Any:
    """A text for a field, or a list or a mapping with one; None for a field without free text."""
    inner, marks = _plainly(annotation)
    if get_origin(inner) in (Union, types.UnionType):
        return next((text for option in get_args(inner) if (text := _text_for(option))), None)
    if get_origin(inner) is tuple:
        return [text] if (text := _text_for(get_args(inner)[0])) else None
    if get_origin(inner) is dict:
        return {"first": text} if (text := _text_for(get_args(inner)[1])) else None
    return "A text" if inner is str and is_free(marks) else None


def _is_varied(component: dict[str, Any], name: str) -> bool:
    return any(name in settings for settings in component.get("when", {}).values())


def _of_kind(id_: str, cls: Any) -> dict[str, Any]:
    """A component in an environment that is not production, so that rules about production do not apply."""
    offered = {cloud: catalog().products_for(id_, cloud) for cloud in ("aws", "gcp")}
    clouds = [cloud for cloud, products in offered.items() if products or not cls.needs_product]
    stated: dict[str, Any] = {
        "kind": id_,
        "title": "A part",
        "owner": "platform",
        "no_capability": "Only here.",
        "traits": {"keeps_data": False},  # no rule asks for its key
        "in": [f"{cloud} & dev" for cloud in clouds],
        "when": {cloud: {"product": products[0]} for cloud, products in offered.items() if products},
    }
    required = {name for name, field in cls.model_fields.items() if field.is_required()} - {"kind", "title"}
    return stated | {name: REQUIRED[name] for name in required}


def place_of(cls: type[BaseModel], field: str) -> Place:
    """A field with the class that declares it; one of the classes if several kinds have it."""
    return next((base.__name__, field) for base in reversed(cls.__mro__) if field in getattr(base, "model_fields", {}))


def hash_of(place: Place) -> int:
    """The index of the first shape for a field: it differs between fields, and is the same in every run."""
    return sum(map(ord, "".join(place)))


def texts_of(cls: type[BaseModel], seen: set[type] | None = None) -> Iterator[Place]:
    """Every field with free text in a class and those that it refers to."""
    seen = set() if seen is None else seen
    if cls in seen:
        return
    seen.add(cls)
    for name, field in cls.model_fields.items():
        if _has_text(_annotated(field)):
            yield place_of(cls, name)
        for inner in _classes(_annotated(field)):
            yield from texts_of(inner, seen)


def _has_text(annotation: Any) -> bool:
    inner, marks = _plainly(annotation)
    if get_origin(inner) in (Union, types.UnionType):
        return any(_has_text(option) for option in get_args(inner))
    if get_origin(inner) is tuple:
        return _has_text(get_args(inner)[0])
    if get_origin(inner) is dict:
        return any(_has_text(part) for part in get_args(inner))
    return inner is str and is_free(marks)


def _classes(annotation: Any) -> Iterator[type[BaseModel]]:
    inner, _marks = _plainly(annotation)
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        yield inner
    for part in get_args(inner):
        yield from _classes(part)


def is_free(marks: list[Any]) -> bool:
    """Whether a text is free, apart from having one line: it has no other pattern, no choices, and is not a reference."""
    for mark in marks:
        extra = getattr(mark, "json_schema_extra", None) or {}
        pattern = getattr(mark, "pattern", None)
        if mark != ONE_LINE and (pattern or isinstance(mark, AfterValidator)):
            return False
        if {"x-refers-to", "pattern"} & set(extra):
            return False
        if isinstance(mark, FieldInfo) and not is_free(mark.metadata):
            return False
    return True


def _is_one_line(marks: list[Any]) -> bool:
    return any(mark == ONE_LINE or (isinstance(mark, FieldInfo) and _is_one_line(mark.metadata)) for mark in marks)


def _longest(marks: list[Any]) -> int | None:
    return next((mark.max_length for mark in marks if isinstance(mark, StringConstraints) and mark.max_length), None)


def _annotated(field: FieldInfo) -> Any:
    return Annotated[(field.annotation, field, *field.metadata)]


def _plainly(annotation: Any) -> tuple[Any, list[Any]]:
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        deeper, more = _plainly(inner)
        # The marks of a type whose schema is generated once are inside of it.
        within = [mark for outer in marks for mark in _plainly(getattr(outer, "type_", None))[1]]
        return deeper, [*more, *within, *marks]
    return annotation, []


def _fitting(options: tuple[Any, ...], value: Any) -> Any:
    """The member of a union of which a value is an instance."""
    wanted = {dict: (dict, BaseModel), list: (tuple,), str: (str,)}.get(type(value), ())
    for option in options:
        inner = _plainly(option)[0]
        origin = get_origin(inner) or inner
        if isinstance(origin, type) and wanted and issubclass(origin, wanted):
            return option
    return options[0]


def _reference() -> dict[str, Any]:
    """The reference model without one of its environments, which would only make pages larger."""
    text = {
        name: (ROOT / name).read_text(encoding="utf-8") for name in ("architecture.yaml", "architecture/sources.yaml")
    }
    data = yaml.safe_load(text["architecture.yaml"])
    del data["include"], data["environments"]["stg"]
    for component in data["components"].values():
        component.get("when", {}).pop("stg", None)
    data |= yaml.safe_load(text["architecture/sources.yaml"].replace(", environments.stg.aws.account", ""))
    return _without_capabilities(data, tuple(f"capabilities.{name}" for name in list(data["capabilities"])[KEPT:]))


def _with_further_runbooks() -> dict[str, Any]:
    """The runbooks that the reference model does not have, with the components that they are for."""
    other = yaml.safe_load((ROOT / "tests/data/models/runbooks.yaml").read_text(encoding="utf-8"))
    of_reference = {"audit", "threats", "history", "archive"}  # it has such components itself
    ours = {"owner": "platform", "no_capability": "For its runbook."}
    components = {name: one | ours for name, one in other["components"].items() if name not in of_reference}
    runbooks = {
        name: one | {"owner": "platform"} for name, one in other["runbooks"].items() if one["component"] in components
    }
    joined = {name: other[name] for name in ("networks", "sites")}
    # What customers reach is behind the firewall of the reference.
    components["waf"] = {"calls": {"customers": {"port": 443, "protocol": "https", "purpose": "clean requests"}}}
    return {"components": components, "runbooks": runbooks, **joined}


def _without_capabilities(data: dict[str, Any], gone: tuple[str, ...]) -> dict[str, Any]:
    """The model with fewer rows of the parity table, since their pages are all alike."""

    def kept(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: kept(v, k) for k, v in value.items()}
        if isinstance(value, list):
            named = {name.removeprefix("capabilities.") for name in gone} if key == "provides" else set()
            left = [
                kept(v)
                for v in value
                if not (isinstance(v, str) and (v in named or f"{v}.".startswith(tuple(f"{name}." for name in gone))))
            ]
            return left or (["components"] if key == "at" else [])
        return value

    data["capabilities"] = dict(list(data["capabilities"].items())[:KEPT])
    whole: dict[str, Any] = kept(data)
    return whole


def _merged(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        return one | {key: _merged(one[key], value) if key in one else value for key, value in other.items()}
    return other


def _node(data: dict[str, Any]) -> YamlNode:
    source, problems = parse(as_yaml(data), "architecture.yaml")
    assert source.root is not None, problems
    return source.root


def as_yaml(data: dict[str, Any]) -> str:
    """A model as the text of a file."""
    return str(yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=10_000))
