"""Reading an expression with Jinja's parser, and refusing what an expression must not contain."""

from __future__ import annotations

import jinja2
from jinja2 import nodes as jinja
from jinja2.parser import Parser

from archgen.expressions.nodes import NODES
from archgen.expressions.operations import FILTERS, TESTS
from archgen.expressions.trees import Plain
from archgen.expressions.values import MAX_DEPTH, MAX_LENGTH, ExpressionError, unknown

_SYNTAX = jinja2.Environment()  # only its grammar is used
_TOO_DEEP = f"it is nested more than {MAX_DEPTH} levels deep"


def read(expression: str) -> Plain:
    """The syntax tree of an expression as plain data. Raises ExpressionError for what is not allowed."""
    if len(expression) > MAX_LENGTH:
        raise ExpressionError(f"it has {len(expression):,} characters; at most {MAX_LENGTH:,} are allowed")
    try:
        parser = Parser(_SYNTAX, expression, state="variable")
        tree = parser.parse_expression()
        if not parser.stream.eos:
            raise ExpressionError(f"syntax error: unexpected '{parser.stream.current.value}'")
    except jinja2.TemplateError as error:
        incomplete = "end of template" in (error.message or "")
        reason = "it is incomplete" if incomplete else f"syntax error: {error.message}"
        raise ExpressionError(reason) from None
    except RecursionError:
        raise ExpressionError(_TOO_DEEP) from None
    except (ValueError, OverflowError, SyntaxError) as error:  # a literal that Python cannot parse
        raise error if isinstance(error, ExpressionError) else ExpressionError(f"syntax error: {error}") from None
    _check(tree)
    return _plain(tree)


def _check(tree: jinja.Expr) -> None:
    """Raise ExpressionError for a tree with operations that expressions do not have, or that is too deep."""
    waiting: list[tuple[jinja.Node, int]] = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise ExpressionError(_TOO_DEEP)
        if type(node).__name__ not in NODES:
            raise ExpressionError(f"'{type(node).__name__.lower()}' is not allowed in an expression")
        if isinstance(node, jinja.Filter) and node.name not in FILTERS and node.name != "default":
            raise ExpressionError(unknown("filter", node.name, [*FILTERS, "default"]))
        if isinstance(node, jinja.Test) and node.name not in TESTS and node.name != "defined":
            raise ExpressionError(unknown("test", node.name, [*TESTS, "defined"]))
        waiting += [(child, depth + 1) for child in node.iter_child_nodes()]


def _plain(value: object) -> Plain:
    """One of Jinja's nodes, or the value of one of its fields, as plain data."""
    if isinstance(value, jinja.Node):
        name = type(value).__name__
        return name, *(_plain(getattr(value, field)) for field in NODES[name].fields)
    return [_plain(item) for item in value] if isinstance(value, list) else value
