"""Conditions of templates that Python can compute as it is: compiling one with Jinja takes a hundred times longer.

Conditions are parts of templates, which are trusted. What Python and Jinja read in different ways is left to Jinja.
"""

from __future__ import annotations

import ast
from functools import cache, lru_cache
from types import CodeType
from typing import Any

import jinja2

from archgen.system.kept import CODE, key_of

# What both languages write and read alike. Tests (`is defined`), filters, displays and everything else are Jinja's.
_ALIKE = (
    *(ast.Expression, ast.Load, ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.keyword, ast.Tuple, ast.List),
    *(ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.Constant),
    *(ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot),
)
_NAMED = {"true": True, "false": False, "none": None}
_ATTRIBUTE, _ITEM = "_attribute_of", "_item_of"


def condition_holds(
    condition: str, environment: jinja2.Environment, context: dict[str, Any], *, keep: bool = False
) -> bool | None:
    """Whether a condition is true in a context. None if only Jinja can tell, or can tell what is wrong with it.

    With `keep`, for conditions of archgen's own templates, its code is kept between runs.
    """
    code = _kept(condition) if keep else _compiled(condition)
    if code is None:
        return None
    helpers = {"__builtins__": {}, _ATTRIBUTE: environment.getattr, _ITEM: environment.getitem}
    try:
        return bool(eval(code, {**helpers, **context}))  # a template's own text, reduced to what both share
    except Exception:  # Jinja evaluates it again, and says what is wrong and where
        return None


@cache
def _kept(condition: str) -> CodeType | None:
    """What `_compiled` returns, which is kept between runs; an empty text stands for None."""
    return CODE.get(key_of(condition, __name__), lambda: _compiled(condition) or "") or None  # type: ignore[return-value]


@lru_cache(maxsize=4096)
def _compiled(condition: str) -> CodeType | None:
    """The code of a condition that Python and Jinja read alike. None for any other."""
    if not condition.strip() or "\\" in condition or "#" in condition:
        return None
    try:
        tree = ast.parse(f"({condition.strip()})", mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not all(isinstance(node, _ALIKE) and _is_alike(node) for node in ast.walk(tree)):
        return None
    return compile(ast.fix_missing_locations(_AsJinja().visit(tree)), "<condition>", "eval")


def _is_alike(node: ast.AST) -> bool:
    """Whether Jinja reads a node of an allowed class as Python does."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | int | bool)
    if isinstance(node, ast.Compare):  # Jinja's `is` takes the name of a test
        pairs = zip(node.ops, node.comparators, strict=True)
        return all(_is_none(other) for op, other in pairs if isinstance(op, ast.Is | ast.IsNot))
    return not (isinstance(node, ast.Name) and node.id.startswith("_"))


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "none"


class _AsJinja(ast.NodeTransformer):
    """Looks up attributes and items as Jinja does: an attribute can be a key, and what is missing is undefined."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """A constant for the names that Jinja writes in lowercase."""
        return ast.Constant(_NAMED[node.id]) if node.id in _NAMED else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """A call that looks up the attribute."""
        return self._lookup(_ATTRIBUTE, node.value, ast.Constant(node.attr))

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """A call that looks up the item."""
        return self._lookup(_ITEM, node.value, self.visit(node.slice))

    def _lookup(self, function: str, value: ast.expr, key: ast.expr) -> ast.expr:
        return ast.Call(ast.Name(function, ast.Load()), [self.visit(value), key], [])
