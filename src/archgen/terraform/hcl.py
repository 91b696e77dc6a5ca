"""Reading HCL: the syntax tree of a file, its blocks and attributes, what an expression refers to, and literal values."""

from __future__ import annotations

import json
import math
import re
import textwrap
from collections.abc import Iterator
from dataclasses import field
from functools import cache
from typing import Any

import tree_sitter_hcl
from tree_sitter import Language, Node, Parser

from archgen.records import dataclass

# Nodes whose text is copied unchanged, because it has no spaces or spaces are significant in it.
_WHOLE = frozenset({"quoted_template", "string_lit", "unary_operation"})
_WORDS = frozenset({"identifier", "string_lit"})
MAX_DEPTH = 100  # nested brackets
_NODES_PER_LEVEL = 4  # of the syntax tree for each bracket
MAX_DIGITS = 300
# The digits of a number with an exponent and without a fraction; strings, comments and heredocs match as a whole and stay as they are.
_EXPONENT = re.compile(
    r"""(?s)"(?:[^"\\]|\\.)*"|(?:\#|//)[^\n]*|/\*.*?\*/|<<-?(?P<end>\w+)\n.*?\n\s*(?P=end)\b|(?<![\w.])(?P<digits>\d+)(?=[eE][+-]?\d+\b)"""
)


class HclSyntaxError(ValueError):
    """Code that is not valid HCL; the message has the file, line and column (both 1-based) of the first error."""

    def __init__(self, file: str, line: int, column: int, reason: str) -> None:
        super().__init__(f"{file}:{line}:{column}: {reason}")
        self.file, self.line, self.column, self.reason = file, line, column, reason


class NotLiteralError(ValueError):
    """An expression that is not a literal value."""


@dataclass(frozen=True, slots=True)
class References:
    """What an expression refers to: `names` has pairs such as `("var", "region")`, `functions` the functions that it calls."""

    names: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    functions: frozenset[str] = field(default_factory=frozenset)


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_hcl.language()))


def parse_hcl(name: str, text: str) -> Node:
    """The root of the syntax tree of one file. Raises HclSyntaxError at its first error."""
    root = _parser().parse(text.encode()).root_node
    if root.has_error and not (fixed := _parser().parse(_with_fractions(text).encode()).root_node).has_error:
        root = fixed
    if root.has_error:
        place = next(node for node in walk(root) if node.is_error or node.is_missing)
        row, column = place.start_point
        wrong = f"'{place.type}' is missing" if place.is_missing else f"cannot read '{text_of(place)[:40]}'"
        raise HclSyntaxError(name, row + 1, column + 1, wrong)
    if sum(map(text.count, "[{(")) > MAX_DEPTH:  # otherwise, nothing can be nested that deeply
        _check_depth(name, root)
    return root


def _with_fractions(text: str) -> str:
    """The text with `1.0e3` in the place of `1e3`: the grammar reads exponents only after a fraction."""
    return _EXPONENT.sub(lambda match: f"{match['digits']}.0" if match["digits"] else match[0], text)


def _check_depth(name: str, root: Node) -> None:
    """Raise HclSyntaxError for code whose brackets are nested too deeply to be read."""
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_DEPTH * _NODES_PER_LEVEL:
            row, column = node.start_point
            raise HclSyntaxError(name, row + 1, column + 1, f"it is nested more than {MAX_DEPTH} levels deep")
        waiting += [(child, depth + 1) for child in node.children]


def walk(node: Node) -> Iterator[Node]:
    """The node and everything in it, in the order of the text."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += reversed(one.children)


def blocks(node: Node) -> Iterator[Node]:
    """The blocks directly inside a file or a block."""
    for body in (child for child in node.children if child.type == "body"):
        yield from (child for child in body.children if child.type == "block")


def attributes(block: Node) -> Iterator[tuple[str, Node]]:
    """Name and expression of each attribute directly inside a file or a block."""
    for name, attribute in attribute_nodes(block):
        yield name, next(child for child in attribute.named_children if child.type == "expression")


def attribute_nodes(block: Node) -> Iterator[tuple[str, Node]]:
    """Name and node of each attribute directly inside a file or a block."""
    for body in (child for child in block.children if child.type == "body"):
        for attribute in (child for child in body.children if child.type == "attribute"):
            yield text_of(attribute.named_children[0]), attribute


def words(block: Node) -> list[str]:
    """The type of a block and its labels, without quotes."""
    return [text_of(child).strip('"') for child in block.children if child.type in _WORDS]


def text_of(node: Node) -> str:
    """The text of a node."""
    return (node.text or b"").decode()


def line_of(node: Node) -> int:
    """The first line of a node (1-based)."""
    return int(node.start_point[0]) + 1


# -- references ------------------------------------------------------------------------------------------


def references(expression: Node) -> References:
    """What an expression refers to, without the names that its `for` expressions define."""
    names: set[tuple[str, str]] = set()
    functions: set[str] = set()
    defined = {text_of(c) for node in walk(expression) if node.type == "for_intro" for c in _identifiers(node)}
    for node in walk(expression):
        if node.type == "function_call":
            functions.add(text_of(node).partition("(")[0].strip())
        elif node.type == "variable_expr" and not _is_key(node):
            after = node.next_named_sibling
            attribute = text_of(after).lstrip(".").strip() if after is not None and after.type == "get_attr" else ""
            name = text_of(node).strip()
            if name not in defined:
                names.add((name, attribute))
    return References(frozenset(names), frozenset(functions))


def template_references(template: str) -> References:
    """What a template in a JSON file refers to, which has no quotes around it; nothing if it is not valid."""
    try:
        root = parse_hcl("", f"x = <<ARCHGEN_TEMPLATE\n{template}\nARCHGEN_TEMPLATE\n")
    except HclSyntaxError:
        return References()
    return references(root)


def _identifiers(node: Node) -> Iterator[Node]:
    return (child for child in node.named_children if child.type == "identifier")


def _is_key(node: Node) -> bool:
    """Whether a name is the key of an entry of an object, which Terraform takes literally."""
    expression = node.parent
    element = expression.parent if expression is not None else None
    if expression is None or element is None or element.type != "object_elem":
        return False
    key = element.child_by_field_name("key")
    return key is not None and key.id == expression.id and len(expression.named_children) == 1


# -- literal values ----------------------------------------------------------------------------------------


def literal(expression: Node) -> Any:
    """The value of a literal as JSON: text, number, boolean, None, list or mapping. Raises NotLiteralError for everything else."""
    node = expression
    while node.type in ("expression", "literal_value", "collection_value", "template_expr") and node.named_child_count:
        inner = [child for child in node.named_children if child.type != "comment"]
        if len(inner) != 1:
            raise NotLiteralError(text_of(expression))
        node = inner[0]
    read = _LITERALS.get(node.type)
    if read is None:
        raise NotLiteralError(text_of(expression))
    return read(node)


def _number(node: Node) -> int | float:
    text = text_of(node)
    if len(text) > MAX_DIGITS or not math.isfinite(float(text)):
        raise NotLiteralError(text[:MAX_DIGITS])
    return int(text) if re.fullmatch(r"\d+", text) else float(text)


def _negative(node: Node) -> int | float:
    operand = node.named_children[0]
    if not text_of(node).startswith("-") or operand.type != "literal_value":
        raise NotLiteralError(text_of(node))
    return -_number(operand.named_children[0])


def _operation(node: Node) -> Any:
    return literal(node.named_children[0]) if node.named_child_count == 1 else _fail(node)


def _fail(node: Node) -> Any:
    raise NotLiteralError(text_of(node))


_ESCAPE = re.compile(r"\\(?:([nrt\"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|([$%])\4\{")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def _quoted(node: Node) -> str:
    if any(child.type.startswith(("template_interpolation", "template_directive")) for child in node.children):
        raise NotLiteralError(text_of(node))

    def plain(match: re.Match[str]) -> str:
        if match[4]:
            return f"{match[4]}{{"
        return _ESCAPED[match[1]] if match[1] else chr(int(match[2] or match[3], 16))

    try:
        return _ESCAPE.sub(plain, text_of(node)[1:-1])
    except (ValueError, OverflowError):  # a code point that does not exist
        raise NotLiteralError(text_of(node)) from None


def _heredoc(node: Node) -> str:
    text = heredoc_text(node)
    if re.search(r"(?<![$%])[$%]\{", text):
        raise NotLiteralError(text_of(node))
    return text.replace("$${", "${").replace("%%{", "%{")


def _object(node: Node) -> dict[str, Any]:
    value = {}
    for element in (child for child in node.named_children if child.type == "object_elem"):
        key, item = (child for child in element.named_children if child.type == "expression")
        word = text_of(key)
        name = word if re.fullmatch(r"[A-Za-z_][\w-]*", word) else literal(key)
        if not isinstance(name, str):
            name = str(name).lower() if isinstance(name, bool) else str(name)
        value[name] = literal(item)
    return value


def _tuple(node: Node) -> list[Any]:
    return [literal(child) for child in node.named_children if child.type == "expression"]


_LITERALS: dict[str, Any] = {
    "numeric_lit": _number,
    "bool_lit": lambda node: text_of(node) == "true",
    "null_lit": lambda _node: None,
    "string_lit": _quoted,
    "quoted_template": _quoted,
    "heredoc_template": _heredoc,
    "operation": _operation,
    "unary_operation": _negative,
    "object": _object,
    "tuple": _tuple,
}


# -- expressions on one line -------------------------------------------------------------------------------


def one_line(expression: Node) -> str:
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
        yield json.dumps(heredoc_text(node), ensure_ascii=False)
    elif node.type == "object":
        yield from _object_tokens(node)
    elif node.type in _WHOLE or not node.children:
        if text := text_of(node).strip():
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


def heredoc_text(node: Node) -> str:
    """The text in a heredoc; `<<-` removes the indentation that all lines share."""
    first, *lines = text_of(node).split("\n")
    body = "".join(f"{line}\n" for line in lines[:-1])
    return textwrap.dedent(body) if first.startswith("<<-") else body
