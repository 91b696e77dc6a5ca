"""Reading variable files, `.tfvars` and `.tfvars.json`: their values, and the line of each value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tree_sitter import Node

from archgen.records import dataclass
from archgen.terraform.hcl import (
    HclSyntaxError,
    NotLiteralError,
    attributes,
    line_of,
    literal,
    parse_hcl,
    text_of,
    walk,
)

Path = tuple[str | int, ...]
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


@dataclass(frozen=True, slots=True)
class ValuesFile:
    """The values of a variable file by name. `computed` has the names whose values are expressions, which only Terraform evaluates."""

    values: Mapping[str, Any]
    computed: tuple[str, ...] = ()


def is_automatic(name: str) -> bool:
    """Whether Terraform loads a variable file of this name by itself."""
    return name in ("terraform.tfvars", "terraform.tfvars.json") or name.endswith((".auto.tfvars", ".auto.tfvars.json"))


def read_values(name: str, text: str) -> ValuesFile:
    """The values in a variable file. Raises HclSyntaxError."""
    if name.endswith(".json"):
        return ValuesFile({key: value for key, value in _read_json(name, text).items() if key != "//"})
    values: dict[str, Any] = {}
    computed: list[str] = []
    root = parse_hcl(name, text)
    for variable, expression in attributes(root):
        if variable in values or variable in computed:
            raise HclSyntaxError(name, line_of(expression), 1, f"duplicate value for '{variable}'")
        try:
            values[variable] = literal(expression)
        except NotLiteralError:
            computed.append(variable)
    return ValuesFile(values, tuple(computed))


def _read_json(name: str, text: str) -> dict[str, Any]:
    try:
        data = json.loads(text, object_pairs_hook=_unique_keys)
    except RecursionError:
        raise HclSyntaxError(name, 1, 1, "the file is nested too deeply") from None
    except ValueError as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        raise HclSyntaxError(name, line, column, f"the file is not valid JSON: {error}") from None
    if not isinstance(data, dict):
        raise HclSyntaxError(name, 1, 1, "the file must contain a JSON object")
    return data


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The pairs as a dict. Raises ValueError for duplicate keys."""
    seen = dict(pairs)
    if len(seen) != len(pairs):
        names = [key for key, _value in pairs]
        twice = next(key for key in names if names.count(key) > 1)
        raise ValueError(f"duplicate key '{twice}'")
    return seen


def value_lines(name: str, text: str) -> Mapping[Path, int]:
    """The line (1-based) of each value and of each of its parts, by path: `("db", "name")`, `("zones", 0)`. Raises HclSyntaxError."""
    if name.endswith(".json"):
        return dict(_json_lines(text))
    root = parse_hcl(name, text)
    return {path: line for variable, value in attributes(root) for path, line in _lines((variable,), value)}


def _json_lines(text: str) -> Iterator[tuple[Path, int]]:
    """The lines in a JSON text; those after an error are wrong."""
    path: list[str | int] = []
    inside: list[str] = []  # the opening brackets around the current token
    key: str | None = None
    line, position = 1, 0
    for token in _TOKEN.finditer(text):
        line += text.count("\n", position, token.start())
        position = token.start()
        mark = token.group()
        if inside and inside[-1] == "[" and mark not in "}],:":
            yield tuple(path), line
        if mark in "{[":
            inside.append(mark)
            path.append("" if mark == "{" else 0)
        elif mark in "}]" and inside:
            inside.pop()
            path.pop()
        elif mark == "," and inside and inside[-1] == "[":
            path[-1] = int(path[-1]) + 1
        elif mark == ":" and key is not None and inside and inside[-1] == "{":
            path[-1] = key
            yield tuple(path), line
        key = json.loads(mark) if mark.startswith('"') and inside and inside[-1] == "{" else None


def _lines(path: Path, value: Node) -> Iterator[tuple[Path, int]]:
    yield path, line_of(value)
    inner = next((node for node in walk(value) if node.type in ("object", "tuple", "function_call", "for_expr")), None)
    if inner is None or inner.type not in ("object", "tuple"):
        return
    if inner.type == "tuple":
        for number, item in enumerate(child for child in inner.named_children if child.type == "expression"):
            yield from _lines((*path, number), item)
        return
    for element in (child for child in inner.named_children if child.type == "object_elem"):
        key, item = (child for child in element.named_children if child.type == "expression")
        yield from _lines((*path, text_of(key).strip('"')), item)
