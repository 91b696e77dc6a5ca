"""The interface of a Terraform module, read from its code: inputs, outputs, and the versions that it requires."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

import tree_sitter_hcl
from tree_sitter import Language, Node, Parser

# Nodes whose text is copied unchanged, because it has no spaces or spaces are significant in it.
_WHOLE = frozenset({"quoted_template", "string_lit", "unary_operation"})


class ModuleSyntaxError(ValueError):
    """Code that is not valid HCL; the message has the file, line and column (both 1-based) of the first error."""


@dataclass(frozen=True, slots=True)
class ModuleInput:
    """One `variable` block. `type` and `default` are HCL on one line, without comments; `default` is None where a value is required."""

    type: str = "any"
    default: str | None = None
    nullable: bool = True
    sensitive: bool = False


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


def read_interface(files: Mapping[str, str]) -> ModuleInterface:
    """The interface that the `.tf` files of a folder declare; `files` has their texts by name. Raises ModuleSyntaxError."""
    inputs: dict[str, ModuleInput] = {}
    outputs: dict[str, bool] = {}
    versions: list[str] = []
    providers: dict[str, RequiredProvider] = {}
    for name, text in sorted(files.items()):
        for block in _blocks(_parse(name, text)):
            match _words(block):
                case ["variable", variable]:
                    inputs[variable] = _input(block)
                case ["output", output]:
                    outputs[output] = _flag(block, "sensitive", False)
                case ["terraform"]:
                    versions += [_plain(value) for key, value in _attributes(block) if key == "required_version"]
                    providers |= _providers(block)
    return ModuleInterface(
        inputs=dict(sorted(inputs.items())),
        outputs=dict(sorted(outputs.items())),
        providers=dict(sorted(providers.items())),
        required_version=", ".join(versions),
    )


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_hcl.language()))


def _parse(name: str, text: str) -> Node:
    """The root of the syntax tree of one file. Raises ModuleSyntaxError at its first error."""
    root = _parser().parse(text.encode()).root_node
    if root.has_error:
        place = next(node for node in _walk(root) if node.is_error or node.is_missing)
        row, column = place.start_point
        wrong = f"'{place.type}' is missing" if place.is_missing else f"cannot read '{_text(place)[:40]}'"
        raise ModuleSyntaxError(f"{name}:{row + 1}:{column + 1}: {wrong}")
    return root


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _blocks(node: Node) -> Iterator[Node]:
    """The blocks directly inside a file or a block."""
    for body in (child for child in node.children if child.type == "body"):
        yield from (child for child in body.children if child.type == "block")


def _attributes(block: Node) -> Iterator[tuple[str, Node]]:
    """Name and expression of each attribute directly inside a block."""
    for body in (child for child in block.children if child.type == "body"):
        for attribute in (child for child in body.children if child.type == "attribute"):
            named = attribute.named_children
            yield _text(named[0]), next(child for child in named if child.type == "expression")


def _words(block: Node) -> list[str]:
    """The type of a block and its labels, without quotes."""
    return [_text(child).strip('"') for child in block.children if child.type in ("identifier", "string_lit")]


def _input(block: Node) -> ModuleInput:
    given = dict(_attributes(block))
    return ModuleInput(
        type=_one_line(given["type"]) if "type" in given else "any",
        default=_one_line(given["default"]) if "default" in given else None,
        nullable=_flag(block, "nullable", True),
        sensitive=_flag(block, "sensitive", False),
    )


def _flag(block: Node, name: str, otherwise: bool) -> bool:
    return next((_text(value) == "true" for key, value in _attributes(block) if key == name), otherwise)


def _providers(block: Node) -> dict[str, RequiredProvider]:
    """The providers of a `terraform` block. A plain text is a version constraint, as in Terraform 0.12."""
    providers = {}
    for inner in (inner for inner in _blocks(block) if _words(inner) == ["required_providers"]):
        for name, value in _attributes(inner):
            entry = dict(_elements(value))
            version = entry.get("version", "") if entry else _plain(value)
            providers[name] = RequiredProvider(entry.get("source", ""), version)
    return providers


def _elements(expression: Node) -> Iterator[tuple[str, str]]:
    """Pairs of key and text in an object expression; empty for any other expression."""
    for element in (node for node in _walk(expression) if node.type == "object_elem"):
        key, value = (child for child in element.children if child.type == "expression")
        yield _plain(key), _plain(value)


def _plain(expression: Node) -> str:
    return _text(expression).strip('"')


def _text(node: Node) -> str:
    return (node.text or b"").decode()


def _one_line(expression: Node) -> str:
    """An expression as HCL on one line: without comments, with a comma wherever a line break separated attributes."""
    text, before = "", ""
    tokens = list(_tokens(expression))
    for token, after in zip(tokens, [*tokens[1:], ""], strict=True):
        if token == "," and after in ("]", ")"):
            continue
        text += token if not text or _has_no_space(before, token) else f" {token}"
        before = token
    return text


def _has_no_space(before: str, token: str) -> bool:
    """Whether `terraform fmt` puts no space between two tokens."""
    call = token == "(" and before[-1].isidentifier()
    return call or token in (")", "]", ",", ".") or before in ("(", "[", ".") or (before, token) == ("{", "}")


def _tokens(node: Node) -> Iterator[str]:
    if node.type == "comment":
        return
    if node.type == "heredoc_template":
        yield _quoted_heredoc(node)
    elif node.type == "object":
        yield from _object_tokens(node)
    elif node.type in _WHOLE or not node.children:
        if text := _text(node).strip():
            yield text
    else:
        for child in node.children:
            yield from _tokens(child)


def _object_tokens(node: Node) -> Iterator[str]:
    """The tokens of an object, with `=` between key and value and one comma between elements."""
    yield "{"
    for position, element in enumerate(child for child in node.children if child.type == "object_elem"):
        if position:
            yield ","
        key, value = (child for child in element.children if child.type == "expression")
        yield from (*_tokens(key), "=", *_tokens(value))
    yield "}"


def _quoted_heredoc(node: Node) -> str:
    """A heredoc as a quoted string; `<<-` removes the indentation that all lines share."""
    first, *lines = _text(node).split("\n")
    body = "".join(f"{line}\n" for line in lines[:-1])
    return json.dumps(textwrap.dedent(body) if first.startswith("<<-") else body, ensure_ascii=False)
