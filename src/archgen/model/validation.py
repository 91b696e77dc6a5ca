"""Validating a tree at one coordinate: pydantic's errors become diagnostics in the words of the model."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from pydantic import TypeAdapter, ValidationError

from archgen.catalog import Catalog
from archgen.catalog.cloud_facts import CloudFacts
from archgen.diagnostics.diagnostic import Diagnostic, Path, did_you_mean
from archgen.model.architecture import Architecture
from archgen.model.base import Id, is_id
from archgen.model.coordinate import Coordinate
from archgen.model.document import Document
from archgen.model.misfits import describe
from archgen.model.traits import product_traits
from archgen.reading.yaml_tree import YamlNode
from archgen.records import dataclass


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The kinds, products and clouds that a model may use, and its class, which has a field for each cloud where that matters."""

    kinds: Mapping[str, type[Any]]
    catalog: Catalog
    clouds: Mapping[str, CloudFacts]
    document: type[Document]


@cache
def _id() -> TypeAdapter[str]:
    """What says why a text is not an ID; made when one is not, because that takes longer than validating a component."""
    return TypeAdapter(Id)


class Validator:
    """Validates the trees of one model. Trees of different coordinates share nodes, and each shared node is validated once."""

    def __init__(self, vocabulary: Vocabulary, assumed: tuple[Path, ...], bindings: FilePath | None = None) -> None:
        self._vocabulary = vocabulary
        self._assumed = assumed
        self._bindings = bindings
        self._shared: dict[Any, Any] = {}
        self._parts: dict[tuple[str, int], tuple[YamlNode, Any]] = {}  # holds the node so that its id() is not reused

    def architecture(self, tree: YamlNode, coordinate: Coordinate) -> tuple[Architecture | None, list[Diagnostic]]:
        """The architecture at a coordinate; None, with the reasons, if the tree is not valid."""
        document, problems = self._document(tree)
        kinds = tree.get(("kinds",)) if document is None else None
        components, more = self._components(tree, kinds.value if kinds and isinstance(kinds.value, dict) else ())
        problems += more
        if document is None or problems:
            return None, problems
        catalog, clouds = self._vocabulary.catalog, self._vocabulary.clouds
        bindings = self._bindings
        return Architecture(
            coordinate, document, components, tree, self._assumed, catalog, clouds, bindings, shared=self._shared
        ), []

    def _document(self, tree: YamlNode) -> tuple[Document | None, list[Diagnostic]]:
        assert isinstance(tree.value, dict)
        nodes = {key: node for key, node in tree.value.items() if key != "components" and isinstance(node.value, dict)}
        data = dict(tree.plain())
        data |= {key: self._parts[key, id(node)][1] for key, node in nodes.items() if (key, id(node)) in self._parts}
        try:
            document = self._vocabulary.document.model_validate(data)
        except ValidationError as error:
            return None, list(from_pydantic(error, (), self._vocabulary.document, tree))
        for key, node in nodes.items():
            self._parts[key, id(node)] = node, getattr(document, key)
        return document, []

    def _components(self, tree: YamlNode, wrong: Collection[str]) -> tuple[dict[str, Any], list[Diagnostic]]:
        """Each component, validated by the class of its kind. A tagged union of pydantic would report errors at the wrong place.

        A component of one of the kinds in `wrong`, whose declarations are not valid, is not validated.
        """
        node = tree.get(("components",))
        components: dict[str, Any] = {}
        problems: list[Diagnostic] = []
        for name, child in node.value.items() if node and isinstance(node.value, dict) else ():
            if known := self._parts.get((name, id(child))):
                components[name] = known[1]
                continue
            kind = child.get(("kind",))
            name_of_kind = kind.value if kind and isinstance(kind.value, str) else ""
            if name_of_kind in wrong and name_of_kind not in self._vocabulary.kinds:
                continue
            component, more = self._component(name, child)
            problems += more
            if component is not None:
                components[name] = component
                self._parts[name, id(child)] = child, component
        return components, problems

    def _component(self, name: str, node: YamlNode) -> tuple[Any, list[Diagnostic]]:
        path, kinds, data = ("components", name), self._vocabulary.kinds, node.plain()
        if not isinstance(data, dict):
            help_ = "write `kind:` and other settings below it"
            return None, [
                Diagnostic("ARC-M004", f"component '{name}' must be a mapping of keys to values", help_, path)
            ]
        kind = data.get("kind")
        if kind is None:
            help_ = f"add its kind, such as kind: {next(iter(kinds))}"
            return None, [Diagnostic("ARC-M001", f"component '{name}' has no kind", help_, path)]
        if not isinstance(kind, str) or kind not in kinds:
            word = kind if isinstance(kind, str) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*", kind) else "WORD"
            known = did_you_mean(kind, kinds, otherwise=f"search for a kind with: archgen kinds {word}.")
            help_ = f"{known} You can also declare a kind: {_declaration(kind)}"
            return None, [Diagnostic("ARC-M003", f"unknown kind '{kind}'", help_, (*path, "kind"))]
        try:
            if not is_id(name):
                _id().validate_python(name)
            return self._with_port(kinds[kind].model_validate(data)), []
        except ValidationError as error:
            return None, list(from_pydantic(error, path, kinds[kind], node))

    def _with_port(self, component: Any) -> Any:
        """The component with the port on which its product listens, where the vendor chooses it and the model states none."""
        product = self._vocabulary.catalog.products.get(component.product or "")
        if not product or not product.ports or "port" in component.model_fields_set:
            return component
        port = product_traits(product, component).port
        return component if port is None else component.model_copy(update={"port": port})


def _declaration(kind: object) -> str:
    """How a model declares a kind, with the unknown name as its id if it is a valid one."""
    name = kind if isinstance(kind, str) and is_id(kind) else "my-kind"
    label = name.replace("-", " ").capitalize()
    return f"kinds: {{{name}: {{label: {label}, definition: What it is., needs_product: false}}}}"


# What pydantic adds to the place of a value that can be a number or a text, once for each of them.
_BRANCHES = ("constrained-int", "constrained-str")


def _of_nearest_branch(details: Sequence[Any]) -> Iterator[Any]:
    """The errors, of which those about a value that can be a number or a text say only why it is not the one that it looks like."""
    places = {detail["loc"] for detail in details}
    for detail in details:
        above, last = detail["loc"][:-1], detail["loc"][-1:]
        if not all((*above, branch) in places for branch in _BRANCHES):
            yield detail
        elif last == (_BRANCHES[isinstance(detail["input"], str)],):
            yield {**detail, "loc": above}


def from_pydantic(error: ValidationError, prefix: Path, model: type[Any], node: YamlNode) -> Iterator[Diagnostic]:
    """A diagnostic for each of pydantic's errors, with its path. `prefix` is the path of `node`, which was validated as `model`."""
    details = list(_of_nearest_branch(error.errors(include_url=False)))
    places = [tuple(step for step in detail["loc"] if step != "[key]") for detail in details]
    misspelled = _misspelled(details)
    for detail, loc in zip(details, places, strict=True):
        if detail["type"] == "too_short" and any(other[: len(loc)] == loc and other != loc for other in places):
            continue  # pydantic does not count items that are wrong themselves
        if detail["type"] == "missing" and loc in misspelled.values():
            continue  # reported as "did you mean" at the misspelled key
        of_key = "[key]" in detail["loc"]  # the text of the key is wrong, not its value
        written = None if of_key else node.get(loc)
        known = [str(misspelled[loc][-1])] if loc in misspelled else _known_keys(model, loc[:-1])
        below = _mappings_with(model, loc) if detail["type"] == "extra_forbidden" else []
        code, message, help_ = describe(dict(detail), (*prefix, *loc), known, written, below)
        yield Diagnostic(code, message, help_, (*prefix, *loc))


def _misspelled(details: Sequence[Any]) -> dict[Path, Path]:
    """The unknown keys that look like a missing key of the same mapping, each with that key."""
    missing: list[Path] = [detail["loc"] for detail in details if detail["type"] == "missing"]
    pairs: dict[Path, Path] = {}
    for unknown in (detail["loc"] for detail in details if detail["type"] == "extra_forbidden"):
        beside = {str(loc[-1]): loc for loc in missing if loc[:-1] == unknown[:-1]}
        for name in get_close_matches(str(unknown[-1]).casefold(), beside, n=1):
            pairs[unknown] = beside[name]
    return pairs


def _known_keys(model: type[Any], loc: Path) -> list[str]:
    """The keys that are allowed in the mapping at `loc`, for "did you mean"."""
    there = _class_at(model, loc)
    return [f.alias or name for name, f in there.model_fields.items()] if there else []


def _class_at(model: type[Any], loc: Path) -> Any:
    """The class of the mapping at `loc`; None if there is none."""
    from pydantic import BaseModel

    current: Any = model
    for step in loc:
        if isinstance(current, type) and issubclass(current, BaseModel) and step in current.model_fields:
            current = _inner(current.model_fields[str(step)].annotation)
        # Otherwise, `step` is the key of a dict or a position in a list, and `current` is already the type of its values.
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def _mappings_with(model: type[Any], loc: Path) -> list[str]:
    """The keys next to the unknown one at `loc` whose value is a single mapping that has such a key."""
    from typing import get_args, get_origin

    beside = _class_at(model, loc[:-1])
    fields = beside.model_fields if beside else {}
    single = (name for name, f in fields.items() if get_origin(f.annotation) not in (dict, tuple, list))
    single = (n for n in single if not any(get_origin(x) for x in get_args(fields[n].annotation)))
    return [fields[n].alias or n for n in single if loc[-1] in _known_keys(model, (*loc[:-1], n))]


def _inner(annotation: Any) -> Any:
    """The pydantic model inside `Model | None`, `dict[str, Model]` or a list of models; None if there is none."""
    from typing import get_args

    from pydantic import BaseModel

    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in reversed(get_args(annotation)):
        if (inner := _inner(argument)) is not None:
            return inner
    return None
