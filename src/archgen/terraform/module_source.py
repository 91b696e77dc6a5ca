"""The interface of a Terraform module, read from its code: inputs, outputs, and the versions that it requires.

Files may have either syntax (`.tf`, `.tf.json`). As in Terraform, override files are read last, and replace single arguments.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Any

from tree_sitter import Node

from archgen.records import dataclass
from archgen.terraform.files import quoted
from archgen.terraform.hcl import HclSyntaxError, attributes, blocks, line_of, one_line, parse_hcl, text_of, walk, words
from archgen.terraform.types import Type, TypeSyntaxError, parse

_FLAGS = ("nullable", "sensitive", "ephemeral")


@dataclass(frozen=True, slots=True)
class ModuleInput:
    """One variable. `type` and `default` are HCL on one line, without comments; `default` is None where a value is required.

    `file` and `line` (1-based) are the place of its declaration; `line` is 0 in a JSON file.
    """

    type: str = "any"
    default: str | None = None
    nullable: bool = True
    sensitive: bool = False
    ephemeral: bool = False
    description: str = field(default="", compare=False)
    file: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)

    @property
    def required(self) -> bool:
        """Whether it has no default."""
        return self.default is None

    @property
    def is_open(self) -> bool:
        """Whether its type is or contains `any`, so that not all of its value is checked."""
        try:
            return _is_open(parse(self.type))
        except TypeSyntaxError:
            return False  # Terraform reports it


@dataclass(frozen=True, slots=True)
class RequiredProvider:
    """One entry of `required_providers`: the provider's address and version constraint; either may be empty."""

    source: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class ModuleInterface:
    """The interface of a module for its callers. `outputs` maps each output to whether it is sensitive."""

    inputs: Mapping[str, ModuleInput] = field(default_factory=dict)
    outputs: Mapping[str, bool] = field(default_factory=dict)
    providers: Mapping[str, RequiredProvider] = field(default_factory=dict)
    required_version: str = ""


def is_code(name: str) -> bool:
    """Whether Terraform reads a file of this name as code."""
    return name.endswith((".tf", ".tf.json")) and not name.startswith(".") and not name.endswith("~")


def in_reading_order(files: Mapping[str, str]) -> list[tuple[str, str]]:
    """The names and texts of files, sorted, with override files last."""
    return sorted(files.items(), key=lambda file: (_is_override(file[0]), file[0]))


def _is_override(name: str) -> bool:
    stem = name.removesuffix(".json").removesuffix(".tf")
    return stem == "override" or stem.endswith("_override")


def read_interface(files: Mapping[str, str]) -> ModuleInterface:
    """The interface that the code of a folder declares; `files` has the texts by name. Raises HclSyntaxError."""
    found = _Found()
    for name, text in in_reading_order(files):
        if name.endswith(".json"):
            found.read_json(name, json_code(name, text))
        else:
            found.read(name, parse_hcl(name, text))
    return ModuleInterface(
        inputs=dict(sorted(found.inputs.items())),
        outputs=dict(sorted(found.outputs.items())),
        providers=dict(sorted(found.providers.items())),
        required_version=", ".join(found.versions),
    )


def json_code(name: str, text: str) -> dict[str, Any]:
    """The content of a `.tf.json` file. Raises HclSyntaxError."""
    try:
        data = json.loads(text)
    except RecursionError:
        raise HclSyntaxError(name, 1, 1, "it is nested too deeply") from None
    except ValueError as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        raise HclSyntaxError(name, line, column, str(error)) from None
    if not isinstance(data, dict):
        raise HclSyntaxError(name, 1, 1, "the file must contain a JSON object")
    return data


def json_blocks(body: Mapping[str, Any], kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Label and content of each block of a kind with one label in a JSON file; there may be one block, or a list of them."""
    for group in _listed(body.get(kind)):
        for label, inner in group.items():
            yield from ((label, one) for one in _listed(inner))


def json_bodies(body: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """The content of each block of a kind without labels in a JSON file."""
    return _listed(body.get(kind))


def _listed(value: Any) -> list[dict[str, Any]]:
    """The mappings in a value that is a mapping or a list of them."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


class _Found:
    """The parts of an interface, collected file by file."""

    def __init__(self) -> None:
        self.inputs: dict[str, ModuleInput] = {}
        self.outputs: dict[str, bool] = {}
        self.versions: list[str] = []
        self.providers: dict[str, RequiredProvider] = {}

    def read(self, name: str, root: Node) -> None:
        """Add what an HCL file declares."""
        for block in blocks(root):
            match words(block):
                case ["variable", variable]:
                    self._add(variable, _arguments(block), name, line_of(block))
                case ["output", output]:
                    self.outputs[output] = _flag(block, "sensitive", False)
                case ["terraform"]:
                    self.versions += [_plain(value) for key, value in attributes(block) if key == "required_version"]
                    self.providers |= _providers(block)

    def read_json(self, name: str, body: Mapping[str, Any]) -> None:
        """Add what a JSON file declares."""
        for variable, given in json_blocks(body, "variable"):
            self._add(variable, _json_arguments(given), name, 0)
        for output, given in json_blocks(body, "output"):
            self.outputs[output] = _true(given.get("sensitive", False))
        for given in json_bodies(body, "terraform"):
            self.versions += [str(given["required_version"])] if "required_version" in given else []
            for required in json_bodies(given, "required_providers"):
                self.providers |= {n: _json_provider(entry) for n, entry in required.items() if n != "//"}

    def _add(self, variable: str, arguments: dict[str, Any], file: str, line: int) -> None:
        known = self.inputs.get(variable) if _is_override(file) else None
        entry = known or ModuleInput(file=file, line=line)
        self.inputs[variable] = replace(entry, **arguments)


def _arguments(block: Node) -> dict[str, Any]:
    """The arguments of a `variable` block that it states."""
    given = dict(attributes(block))
    flags: dict[str, Any] = {name: _text(given[name]) == "true" for name in _FLAGS if name in given}
    lines = {name: one_line(given[name]) for name in ("type", "default") if name in given}
    about = {"description": _text(given["description"])} if "description" in given else {}
    return flags | lines | about


def _text(expression: Node) -> str:
    return _plain(expression) if "<<" not in text_of(expression)[:2] else one_line(expression).strip('"')


def _json_arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    flags = {name: _true(given[name]) for name in _FLAGS if name in given}
    default = {"default": _expression(given["default"])} if "default" in given else {}
    type_ = {"type": _json_type(given["type"])} if "type" in given else {}
    return {**flags, **default, **type_, "description": str(given.get("description", ""))}


def _expression(value: Any) -> str:
    """A JSON value as HCL on one line."""
    if isinstance(value, dict):
        entries = ", ".join(f"{_key(key)} = {_expression(item)}" for key, item in value.items())
        return f"{{ {entries} }}" if entries else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_expression, value))}]"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z_][\w-]*", key) else quoted(key)


def _json_type(text: Any) -> str:
    """A type in a JSON file, formatted as on one line; unchanged if it cannot be parsed, which Terraform reports."""
    try:
        ((_name, expression),) = attributes(parse_hcl("", f"type = {text}\n"))
    except (HclSyntaxError, ValueError):
        return str(text)
    return one_line(expression)


def _true(value: Any) -> bool:
    return value in (True, "true")


def _json_provider(entry: Any) -> RequiredProvider:
    if isinstance(entry, dict):
        return RequiredProvider(str(entry.get("source", "")), str(entry.get("version", "")))
    return RequiredProvider("", str(entry))


def _flag(block: Node, name: str, otherwise: bool) -> bool:
    return next((_plain(value) == "true" for key, value in attributes(block) if key == name), otherwise)


def _providers(block: Node) -> dict[str, RequiredProvider]:
    """The providers of a `terraform` block. A plain text is a version constraint, as in Terraform 0.12."""
    providers = {}
    for inner in (inner for inner in blocks(block) if words(inner) == ["required_providers"]):
        for name, value in attributes(inner):
            entry = dict(_elements(value))
            version = entry.get("version", "") if entry else _plain(value)
            providers[name] = RequiredProvider(entry.get("source", ""), version)
    return providers


def _elements(expression: Node) -> Iterator[tuple[str, str]]:
    """Pairs of key and text in an object expression; empty for any other expression."""
    for element in (node for node in walk(expression) if node.type == "object_elem"):
        key, value = (child for child in element.children if child.type == "expression")
        yield _plain(key), _plain(value)


def _plain(expression: Node) -> str:
    return text_of(expression).strip('"')


def _is_open(type_: Type) -> bool:
    if type_.name == "any" or (type_.name in ("list", "map", "set") and not type_.arguments):
        return True
    return any(map(_is_open, type_.arguments)) or any(_is_open(inner) for _n, inner, _o, _d in type_.attributes)
