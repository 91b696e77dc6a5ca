"""A tree at one coordinate in, an Architecture out, or what is wrong with its shape, in the words of the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from archgen.catalog import Catalog
from archgen.diagnostics.diagnostic import Diagnostic, Path, did_you_mean
from archgen.model.architecture import Architecture
from archgen.model.base import Id
from archgen.model.coordinate import Coordinate
from archgen.model.document import Document
from archgen.model.misfits import describe
from archgen.reading.yaml_tree import YamlNode


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The kinds and products that a model may use."""

    kinds: Mapping[str, type[Any]]
    catalog: Catalog


_ID = TypeAdapter(Id)


class Validator:
    """Validates the trees of one model. Trees share the nodes that do not vary: each of those is validated once."""

    def __init__(self, vocabulary: Vocabulary, assumed: tuple[Path, ...]) -> None:
        self._vocabulary = vocabulary
        self._assumed = assumed
        self._parts: dict[tuple[str, int], tuple[YamlNode, Any]] = {}  # the node too, so that its address stays its own

    def architecture(self, tree: YamlNode, coordinate: Coordinate) -> tuple[Architecture | None, list[Diagnostic]]:
        """The architecture at a coordinate; None, with the reasons, where the tree is not one."""
        document, problems = self._document(tree)
        components, found = self._components(tree)
        problems += found
        if document is None or problems:
            return None, problems
        catalog = self._vocabulary.catalog
        return Architecture(coordinate, document, components, tree, self._assumed, catalog), []

    def _document(self, tree: YamlNode) -> tuple[Document | None, list[Diagnostic]]:
        assert isinstance(tree.value, dict)
        nodes = {key: node for key, node in tree.value.items() if key != "components" and isinstance(node.value, dict)}
        data = dict(tree.plain())
        data |= {key: self._parts[key, id(node)][1] for key, node in nodes.items() if (key, id(node)) in self._parts}
        try:
            document = Document.model_validate(data)
        except ValidationError as error:
            return None, list(_from_pydantic(error, (), Document, tree))
        for key, node in nodes.items():
            self._parts[key, id(node)] = node, getattr(document, key)
        return document, []

    def _components(self, tree: YamlNode) -> tuple[dict[str, Any], list[Diagnostic]]:
        """Each component by the class of its kind: a tagged union would misplace its errors."""
        node = tree.get(("components",))
        components: dict[str, Any] = {}
        problems: list[Diagnostic] = []
        for name, child in node.value.items() if node and isinstance(node.value, dict) else ():
            if known := self._parts.get((name, id(child))):
                components[name] = known[1]
                continue
            component, found = self._component(name, child)
            problems += found
            if component is not None:
                components[name] = component
                self._parts[name, id(child)] = child, component
        return components, problems

    def _component(self, name: str, node: YamlNode) -> tuple[Any, list[Diagnostic]]:
        path, kinds, data = ("components", name), self._vocabulary.kinds, node.plain()
        if not isinstance(data, dict):
            help_ = "write kind: and its settings"
            return None, [Diagnostic("ARC-M004", f"'{name}' must be a mapping", help_, path)]
        kind = data.get("kind")
        if kind is None:
            help_ = f"say what it is, such as kind: {next(iter(kinds))}"
            return None, [Diagnostic("ARC-M001", f"'{name}' has no kind", help_, path)]
        if not isinstance(kind, str) or kind not in kinds:
            known = did_you_mean(kind, kinds)
            help_ = f"{known}{'' if known.endswith('?') else '.'} A model may declare a kind of its own: {_declaration(kind)}"
            return None, [Diagnostic("ARC-M003", f"'{kind}' is no kind of component", help_, (*path, "kind"))]
        try:
            _ID.validate_python(name)
            return kinds[kind].model_validate(data), []
        except ValidationError as error:
            return None, list(_from_pydantic(error, path, kinds[kind], node))


def _declaration(kind: object) -> str:
    """How a model declares a kind, with the name that somebody gave it where that can be one."""
    try:
        name = _ID.validate_python(kind)
    except ValidationError:
        name = "my-kind"
    label = name.replace("-", " ").capitalize()
    return f"kinds: {{{name}: {{label: {label}, definition: What it is., needs_product: false}}}}"


def _from_pydantic(error: ValidationError, prefix: Path, model: type[Any], node: YamlNode) -> Iterator[Diagnostic]:
    details = error.errors(include_url=False)
    places = [tuple(step for step in detail["loc"] if step != "[key]") for detail in details]
    for detail, loc in zip(details, places, strict=True):
        if detail["type"] == "too_short" and any(other[: len(loc)] == loc and other != loc for other in places):
            continue  # pydantic does not count items that are wrong themselves
        of_key = "[key]" in detail["loc"]  # the key's text is wrong, whatever its value is
        written = None if of_key else node.get(loc)
        code, message, help_ = describe(dict(detail), (*prefix, *loc), _known_keys(model, loc[:-1]), written)
        yield Diagnostic(code, message, help_, (*prefix, *loc))


def _known_keys(model: type[Any], loc: Path) -> list[str]:
    """The keys that the mapping at `loc` may have, for "did you mean"."""
    from pydantic import BaseModel

    current: Any = model
    for step in loc:
        if isinstance(current, type) and issubclass(current, BaseModel) and step in current.model_fields:
            current = _inner(current.model_fields[str(step)].annotation)
        elif not (isinstance(current, type) and issubclass(current, BaseModel)):
            current = _inner(current)
        # else: a key of a dict whose value type is already at hand
    return (
        [f.alias or name for name, f in current.model_fields.items()]
        if isinstance(current, type) and issubclass(current, BaseModel)
        else []
    )


def _inner(annotation: Any) -> Any:
    """The model inside `Model | None`, `dict[str, Model]` or a list of them."""
    from typing import get_args

    from pydantic import BaseModel

    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in reversed(get_args(annotation)):
        if (found := _inner(argument)) is not None:
            return found
    return None
