"""A tree in; out come the axes it declares and its architecture at every coordinate, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from archgen.catalog import Catalog, catalog
from archgen.coordinate import CLOUDS, Axes, Coordinate, axes_of
from archgen.diagnostic import Diagnostic, Path, did_you_mean, dotted
from archgen.model.architecture import Architecture
from archgen.model.base import Id
from archgen.model.document import Document
from archgen.model.overlay import KEYWORDS, take_apart
from archgen.model.own import own_kinds, own_products
from archgen.model.references import check_references
from archgen.registry import kinds
from archgen.source import Node


@dataclass(frozen=True, slots=True)
class Resolved:
    """The axes of a model and its architecture at each coordinate, in the order of the axes.

    `kinds` are all kinds of components that the model may use, its own ones too, by id.
    """

    axes: Axes
    architectures: Mapping[Coordinate, Architecture]
    kinds: Mapping[str, type[Any]]

    @property
    def default(self) -> Architecture:
        """The architecture at the default coordinate."""
        return self.architectures[self.axes.default]

    def standing(self, cloud: str, environment: str) -> Architecture:
        """The architecture of an environment as it stands today."""
        return self.architectures[self.axes.stands(cloud, environment)]

    def today(self) -> Iterator[Architecture]:
        """Every environment on every cloud, as it stands today."""
        for cloud in self.axes.clouds:
            for environment in self.axes.environments:
                yield self.standing(cloud, environment)

    def horizon(self, coordinate: Coordinate) -> Architecture:
        """The same cloud and environment in the last phase: what is planned."""
        return self.architectures[replace(coordinate, phase=self.axes.phases[-1])]


def resolve(root: Node) -> tuple[Resolved | None, list[Diagnostic]]:
    """Resolve at every coordinate. None, with the reasons, unless the model is whole and right."""
    axes, problems = read_axes(root)
    if axes is None:
        return None, problems
    varied, more = take_apart(root, axes)
    problems += more
    vocabulary = _vocabulary(varied.base)
    problems += _own(varied.base, vocabulary)
    architectures: dict[Coordinate, Architecture] = {}
    gathered = Gathered(axes)
    presence = _exists_somewhere(varied.base)
    for coordinate in axes.all:
        tree = varied.at(axes.bit(coordinate))
        architecture, found = _validate(tree, coordinate, varied.assumed, vocabulary)
        if architecture:
            architectures[coordinate] = architecture
            found = list(check_references(architecture, presence))
        gathered.add(coordinate, tree, found)
    problems += gathered.diagnostics()
    return (None if problems else Resolved(axes, architectures, vocabulary.kinds)), problems


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """The kinds and products that a model may use."""

    kinds: Mapping[str, type[Any]]
    catalog: Catalog


def _vocabulary(base: Node) -> _Vocabulary:
    return _Vocabulary({**kinds(), **own_kinds(base)}, catalog().with_own(own_products(base)))


def _own(base: Node, vocabulary: _Vocabulary) -> Iterator[Diagnostic]:
    """Kinds and products of the model's own that there are already, or that name a kind that is not there."""
    for key, known in (("kinds", kinds()), ("products", catalog().products)):
        node = base.get((key,))
        for name, entry in node.value.items() if node and isinstance(node.value, dict) else ():
            if name in known:
                message = f"'{name}' is a {key[:-1]} that archgen has already"
                yield Diagnostic("ARC-M008", message, "use it as it is, or choose another id", span=entry.key_span)
            listed = entry.get(("kinds",))
            for item in listed.value if key == "products" and listed and isinstance(listed.value, list) else ():
                if item.plain() not in vocabulary.kinds:
                    help_ = did_you_mean(item.plain(), vocabulary.kinds)
                    yield Diagnostic("ARC-R001", f"there is no kind '{item.plain()}'", help_, span=item.span)


class Gathered:
    """Diagnostics of several coordinates: located in their trees, each once, with the coordinates it holds at."""

    def __init__(self, axes: Axes) -> None:
        self._axes = axes
        self._found: dict[tuple[Any, ...], tuple[Diagnostic, set[Coordinate]]] = {}
        self._checked: set[Coordinate] = set()

    def add(self, coordinate: Coordinate, tree: Node, diagnostics: Iterable[Diagnostic]) -> None:
        """Add what was found at one coordinate."""
        self._checked.add(coordinate)
        for diagnostic in diagnostics:
            located = locate(diagnostic, tree)
            key = (located.code, located.message, located.span)
            self._found.setdefault(key, (located, set()))[1].add(coordinate)

    def diagnostics(self) -> list[Diagnostic]:
        """All of them; one that holds wherever it was looked for names no coordinate."""
        return [
            diagnostic
            if coordinates == self._checked
            else replace(diagnostic, where=tuple(str(c) for c in self._axes.all if c in coordinates))
            for diagnostic, coordinates in self._found.values()
        ]


def locate(diagnostic: Diagnostic, tree: Node) -> Diagnostic:
    """Fill in the place: the key for unknown keys and missing ones, else the value."""
    if diagnostic.span:
        return diagnostic
    node, taken = tree.nearest(diagnostic.path)
    key_is_meant = diagnostic.code in ("ARC-M001", "ARC-M002") or isinstance(node.value, dict)
    span = node.key_span if key_is_meant and node.key_span else node.span
    if not taken and isinstance(node.value, dict) and node.value:
        first = next(iter(node.value.values()))
        span = first.key_span or first.span  # not the whole file
    return replace(diagnostic, span=span)


def _exists_somewhere(base: Node) -> Mapping[str, frozenset[str]]:
    """Ids that some coordinate has, by what they are: an unknown id and an absent one are different mistakes."""
    components = base.get(("components",))
    names = components.value if components and isinstance(components.value, dict) else {}
    return {"component": frozenset(names)}


# -- axes ----------------------------------------------------------------------------------------------


def read_axes(root: Node) -> tuple[Axes | None, list[Diagnostic]]:
    """The axes as declared. None where they are too broken to go on; the diagnostics say why."""
    clouds, environments, phases = (_keys(root, name) for name in ("clouds", "environments", "phases"))
    problems = []
    for name, found in (("clouds", clouds), ("environments", environments)):
        if not found:
            help_ = "a model needs at least one cloud and one environment"
            problems.append(locate(Diagnostic("ARC-M001", f"`{name}` is missing or empty", help_, (name,)), root))
    for name, key in clouds.items():
        if name not in CLOUDS:
            help_ = did_you_mean(name, CLOUDS)
            problems.append(
                Diagnostic("ARC-M003", f"'{name}' is no cloud that archgen knows", help_, span=key.key_span)
            )
    seen: dict[str, Node] = {}
    for name, node in (pair for axis in (clouds, environments, phases) for pair in axis.items()):
        if name in seen:
            message = f"'{name}' is the id of two axis values; a condition could mean either"
            related = (("first here", seen[name].key_span or seen[name].span),)
            problems.append(Diagnostic("ARC-M006", message, "rename one of them", span=node.key_span, related=related))
        seen[name] = node
    if problems:
        return None, problems
    return axes_of(
        [(name, str(_scalar(node, "role"))) for name, node in clouds.items()],
        [(name, str(_scalar(node, "phase"))) for name, node in environments.items()],
        list(phases),
    ), []


def _keys(root: Node, name: str) -> dict[str, Node]:
    node = root.get((name,))
    if node is None or not isinstance(node.value, dict):
        return {}
    return {key: child for key, child in node.value.items() if key not in KEYWORDS}


def _scalar(node: Node, key: str) -> object:
    child = node.get((key,))
    return child.value if child else ""


# -- validation ----------------------------------------------------------------------------------------


def _validate(
    tree: Node, coordinate: Coordinate, assumed: tuple[Path, ...], vocabulary: _Vocabulary
) -> tuple[Architecture | None, list[Diagnostic]]:
    problems: list[Diagnostic] = []
    document = None
    try:
        document = Document.model_validate(tree.plain())
    except ValidationError as error:
        problems += _from_pydantic(error, (), Document)
    components, found = _components(tree, vocabulary.kinds)
    problems += found
    if document is None or problems:
        return None, problems
    return Architecture(coordinate, document, components, tree, assumed, vocabulary.catalog), []


_ID = TypeAdapter(Id)


def _components(tree: Node, known: Mapping[str, type[Any]]) -> tuple[dict[str, Any], list[Diagnostic]]:
    """Each component by the class of its kind: a tagged union would misplace its errors."""
    plain = tree.plain().get("components", {})
    components: dict[str, Any] = {}
    problems: list[Diagnostic] = []
    for name, data in plain.items() if isinstance(plain, dict) else ():
        path = ("components", name)
        if not isinstance(data, dict):
            problems.append(Diagnostic("ARC-M004", f"'{name}' must be a mapping", "write kind: and its settings", path))
            continue
        kind = data.get("kind")
        if kind is None:
            help_ = f"say what it is, such as kind: {next(iter(known))}"
            problems.append(Diagnostic("ARC-M001", f"'{name}' has no kind", help_, path))
        elif not isinstance(kind, str) or kind not in known:
            help_ = did_you_mean(kind, known)
            problems.append(Diagnostic("ARC-M003", f"'{kind}' is no kind of component", help_, (*path, "kind")))
        else:
            try:
                _ID.validate_python(name)
                components[name] = known[kind].model_validate(data)
            except ValidationError as error:
                problems += _from_pydantic(error, path, known[kind])
    return components, problems


def _from_pydantic(error: ValidationError, prefix: Path, model: type[Any]) -> Iterator[Diagnostic]:
    for detail in error.errors(include_url=False):
        loc = tuple(step for step in detail["loc"] if step != "[key]")
        path = (*prefix, *loc)
        code, message, help_ = _wording(dict(detail), path, _known_keys(model, loc[:-1]))
        yield Diagnostic(code, message, help_, path)


def _wording(detail: dict[str, Any], path: Path, known: Iterable[str]) -> tuple[str, str, str]:
    """Code, message and help for one of pydantic's errors."""
    kind, context, given = detail["type"], detail.get("ctx", {}), detail.get("input")
    name = path[-1] if path else "the model"
    if kind == "missing":
        where = f" in {dotted(path[:-1])}" if path[:-1] else ""
        return "ARC-M001", f"`{name}` is missing{where}", f"add `{name}:`"
    if kind == "extra_forbidden":
        return "ARC-M002", f"unknown key `{name}`", did_you_mean(name, known)
    if kind in ("literal_error", "enum"):
        choices = [c.strip("' ") for c in str(context.get("expected", "")).replace(" or ", ", ").split(",")]
        help_ = did_you_mean(given, choices)
        if isinstance(given, bool) or not isinstance(given, str):
            help_ = f"known here: {', '.join(choices)}"
        return "ARC-M003", f"`{name}` cannot be '{given}'", help_
    if kind.endswith(("_type", "_parsing")):
        return _wrong_type(kind.rsplit("_", 1)[0], str(name), given)
    if kind == "value_error":
        return "ARC-M005", str(context.get("error", detail["msg"])), ""
    if (kind == "string_pattern_mismatch" and detail["loc"] and detail["loc"][-1] == "[key]") or (
        kind == "string_pattern_mismatch" and "[a-z][a-z0-9]*(-" in str(context.get("pattern"))
    ):
        help_ = "lower-case words of letters and digits joined by hyphens: my-database"
        return "ARC-M005", f"'{given}' is no id", help_
    return "ARC-M005", _in_our_words(str(detail["msg"]), str(name)), ""


def _in_our_words(message: str, name: str) -> str:
    """Pydantic's sentence with the key as its subject."""
    message = re.sub(r"^(Input|String|Tuple|Dictionary) should", f"`{name}` should", message)
    return message.replace(" after validation", "")


_TYPES = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "dict": "a mapping of keys to values",
    "model": "a mapping of keys to values",
    "tuple": "a list",
    "list": "a list",
}


def _wrong_type(wanted: str, name: str, given: Any) -> tuple[str, str, str]:
    is_ = {str: "text", bool: "true or false", int: "a number", float: "a number", dict: "a mapping", list: "a list"}
    shown = f"`{given}`" if isinstance(given, (str, int, float)) else is_.get(type(given), "something else")
    help_ = ""
    if wanted == "string" and isinstance(given, (int, float)):
        help_ = f'put it in quotes, exactly as it should read: "{given}"'
    elif wanted == "int" and isinstance(given, str) and given.isdigit():
        help_ = f"write {given} without quotes"
    elif wanted in ("tuple", "list"):
        help_ = f"write {name}: [{given if not isinstance(given, (dict, list)) else '…'}]"
    return "ARC-M004", f"`{name}` must be {_TYPES.get(wanted, wanted)}, not {shown}", help_


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
