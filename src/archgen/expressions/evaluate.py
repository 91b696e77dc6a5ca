"""An expression and the facts that it may name in, its value out. Expressions come from models, so they can compute and do nothing else.

The syntax is Jinja's and Jinja's parser reads it, but nothing is ever compiled: this module walks the parsed tree and knows every
operator, filter, test and method that an expression may use. What is not listed here does not exist. An attribute is a setting of
the model or a property that archgen defines, never one of Python's own. Limits on length, depth, steps and sizes are counted, not
timed, so that an expression gives the same answer on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NoReturn

import jinja2
from jinja2 import nodes
from jinja2.parser import Parser
from pydantic import BaseModel

from archgen.diagnostics.diagnostic import did_you_mean
from archgen.expressions.operations import ARITHMETIC, COMPARISONS, FILTERS, METHODS, TESTS, join
from archgen.expressions.values import (
    MAX_DEPTH,
    MAX_EXPONENT,
    MAX_LENGTH,
    MAX_STEPS,
    ExpressionError,
    MissingNameError,
    kind_of,
    member,
    size_of,
    unknown,
)


def evaluate(expression: str, facts: Mapping[str, Any]) -> Any:
    """The value of an expression over `facts`, as the Python object it is. Functions are those of the facts that can be called.

    Raises ExpressionError, whatever the expression is.
    """
    return _Evaluation(facts).value(parse(expression))


@lru_cache(maxsize=4096)
def parse(expression: str) -> nodes.Expr:
    """The parsed tree of an expression that holds nothing but what is allowed. Raises ExpressionError."""
    if len(expression) > MAX_LENGTH:
        raise ExpressionError(f"it has {len(expression):,} characters; {MAX_LENGTH:,} are allowed")
    try:
        parser = Parser(_SYNTAX, expression, state="variable")
        tree = parser.parse_expression()
        if not parser.stream.eos:
            raise ExpressionError(f"it cannot be read: '{parser.stream.current.value}' is not expected there")
    except jinja2.TemplateError as error:
        incomplete = "end of template" in (error.message or "")
        reason = "it ends before it is complete" if incomplete else f"it cannot be read: {error.message}"
        raise ExpressionError(reason) from None
    except RecursionError:
        raise ExpressionError(_TOO_DEEP) from None
    except (ValueError, OverflowError, SyntaxError) as error:  # a literal that Python's own reader refuses
        raise error if isinstance(error, ExpressionError) else ExpressionError(f"it cannot be read: {error}") from None
    _check(tree)
    return tree


_SYNTAX = jinja2.Environment()  # only its grammar is used
_TOO_DEEP = f"it is nested more than {MAX_DEPTH} deep"


def _check(tree: nodes.Expr) -> None:
    """Nothing but what `_Evaluation` knows, no deeper than allowed. Raises ExpressionError."""
    waiting: list[tuple[nodes.Node, int]] = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise ExpressionError(_TOO_DEEP)
        if type(node) not in _ALLOWED:
            raise ExpressionError(f"'{type(node).__name__.lower()}' is not allowed in an expression")
        if isinstance(node, nodes.Filter) and node.name not in FILTERS and node.name != "default":
            raise ExpressionError(unknown("filter", node.name, [*FILTERS, "default"]))
        if isinstance(node, nodes.Test) and node.name not in TESTS and node.name != "defined":
            raise ExpressionError(unknown("test", node.name, [*TESTS, "defined"]))
        waiting += [(child, depth + 1) for child in node.iter_child_nodes()]


# -- the walk ------------------------------------------------------------------------------------------


class _Evaluation:
    """One walk over a tree that was checked."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self._facts = facts
        self._steps = 0

    def value(self, node: nodes.Node) -> Any:
        """The value of a node. Raises ExpressionError."""
        try:
            found = _EVALUATE[type(node)](self, node)
        except ExpressionError:
            raise
        except (TypeError, ValueError, ArithmeticError, LookupError, StopIteration, AttributeError) as error:
            raise ExpressionError(f"'{_source(node)}' has no value: {error or type(error).__name__}") from None
        self._spend(1 if isinstance(node, _LOOKED_UP) else size_of(found))
        return found

    def _spend(self, steps: int) -> None:
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise ExpressionError(f"it takes more than {MAX_STEPS:,} steps")

    def values(self, found: Iterable[nodes.Node]) -> list[Any]:
        """The values of several nodes."""
        return [self.value(node) for node in found]

    def constant(self, node: nodes.Const) -> Any:
        """A literal."""
        return node.value

    def name(self, node: nodes.Name) -> Any:
        """A fact."""
        if node.name not in self._facts:
            raise MissingNameError(unknown("fact", node.name, self._facts))
        found = self._facts[node.name]
        if callable(found):
            raise ExpressionError(f"'{node.name}' is a function: write {node.name}(…)")
        return found

    def attribute(self, node: nodes.Getattr) -> Any:
        """A setting of the model, or an entry of a mapping."""
        return member(self.value(node.node), node.attr, _source(node.node))

    def item(self, node: nodes.Getitem) -> Any:
        """An entry by its key or position, or a part of a list."""
        of = self.value(node.node)
        if isinstance(node.arg, nodes.Slice):
            start, stop, step = (None if part is None else self.value(part) for part in _slice(node.arg))
            return _listed(of)[start:stop:step]
        key = self.value(node.arg)
        if isinstance(of, BaseModel):
            return member(of, str(key), _source(node.node))
        if isinstance(of, Mapping) and key not in of:
            raise MissingNameError(f"'{_source(node.node)}' has no entry '{key}': {did_you_mean(key, of)}")
        if not isinstance(of, Mapping) and isinstance(key, int) and not -len(of) <= key < len(of):
            raise MissingNameError(f"'{_source(node.node)}' has {len(of)} items, and none at position {key}")
        return of[key]

    def sequence(self, node: nodes.List | nodes.Tuple) -> list[Any]:
        """A list of values."""
        return self.values(node.items)

    def mapping(self, node: nodes.Dict) -> dict[Any, Any]:
        """A mapping of values by key."""
        return {self.value(pair.key): self.value(pair.value) for pair in node.items}

    def concatenation(self, node: nodes.Concat) -> str:
        """Texts and numbers, one after the other."""
        return join(self.values(node.nodes))

    def arithmetic(self, node: nodes.BinExpr) -> Any:
        """The result of an operator between numbers; `+` also joins texts and lists."""
        sides: list[Any] = [list(s) if isinstance(s, tuple) else s for s in self.values((node.left, node.right))]
        left, right = sides
        joined = isinstance(node, nodes.Add) and any(isinstance(left, t) and isinstance(right, t) for t in (str, list))
        if not joined:
            for side in (left, right):
                if not isinstance(side, int | float):
                    _refuse(f"`{_SYMBOLS[type(node)]}` works on numbers, not on {kind_of(side)}", node)
        if isinstance(node, nodes.Pow) and abs(right) > MAX_EXPONENT:
            _refuse(f"the exponent is beyond {MAX_EXPONENT}", node)
        found = ARITHMETIC[type(node)](left, right)
        if isinstance(found, complex):
            _refuse("it is not a real number", node)
        return found

    def both(self, node: nodes.And) -> Any:
        """The left side if it is false or empty, else the right side."""
        return self.value(node.left) and self.value(node.right)

    def either(self, node: nodes.Or) -> Any:
        """The left side unless it is false or empty, else the right side."""
        return self.value(node.left) or self.value(node.right)

    def negation(self, node: nodes.Not) -> bool:
        """Whether it is false or empty."""
        return not self.value(node.node)

    def sign(self, node: nodes.Neg | nodes.Pos) -> Any:
        """A number, or its negative."""
        found = self.value(node.node)
        return -found if isinstance(node, nodes.Neg) else +found

    def comparison(self, node: nodes.Compare) -> bool:
        """Whether all comparisons hold, from left to right."""
        left = self.value(node.expr)
        for operand in node.ops:
            right = self.value(operand.expr)
            if not COMPARISONS[operand.op](left, right):
                return False
            left = right
        return True

    def condition(self, node: nodes.CondExpr) -> Any:
        """One of two values."""
        if self.value(node.test):
            return self.value(node.expr1)
        if node.expr2 is None:
            raise ExpressionError(f"'{_source(node.test)}' does not hold, and there is no 'else'")
        return self.value(node.expr2)

    def filtered(self, node: nodes.Filter) -> Any:
        """A value after a filter."""
        assert node.node is not None  # only filter blocks have none, which no expression holds
        arguments = self.values(node.args)
        if node.name == "default":
            found = self._if_there(node.node)
            return found[0] if found else (arguments[0] if arguments else "")
        named = {str(keyword.key): self.value(keyword.value) for keyword in node.kwargs}
        return FILTERS[node.name](self.value(node.node), *arguments, **named)

    def tested(self, node: nodes.Test) -> bool:
        """Whether a test holds."""
        if node.name == "defined":
            return bool(self._if_there(node.node))
        return TESTS[node.name](self.value(node.node), *self.values(node.args))

    def _if_there(self, node: nodes.Node) -> tuple[Any, ...]:
        """The value in a tuple of one; empty where a fact is missing."""
        try:
            return (self.value(node),)
        except MissingNameError:
            return ()

    def called(self, node: nodes.Call) -> Any:
        """What a function among the facts, or a method that is listed, gives."""
        if node.dyn_args is not None or node.dyn_kwargs is not None or node.kwargs:
            raise ExpressionError(f"'{_source(node.node)}' takes its arguments in order, without names")
        if isinstance(node.node, nodes.Name):
            return self._function(node.node.name, self.values(node.args))
        if isinstance(node.node, nodes.Getattr):
            return self._method(node.node, self.values(node.args))
        raise ExpressionError(f"'{_source(node.node)}' is not a function")

    def _function(self, name: str, arguments: Sequence[Any]) -> Any:
        function = self._facts.get(name)
        if not callable(function):
            known = [fact for fact, value in self._facts.items() if callable(value)]
            raise ExpressionError(unknown("function", name, known))
        try:
            return function(*arguments)
        except ExpressionError:
            raise
        except Exception as error:  # functions were written for facts; an expression may hand them anything
            reason = f"there is no {error}" if isinstance(error, KeyError) else error or type(error).__name__
            raise ExpressionError(f"{name}() has no answer: {reason}") from None

    def _method(self, node: nodes.Getattr, arguments: Sequence[Any]) -> Any:
        of = self.value(node.node)
        methods: Mapping[str, Callable[..., Any]] = next((m for t, m in METHODS.items() if isinstance(of, t)), {})
        if node.attr not in methods:
            raise ExpressionError(unknown(f"method of {kind_of(of)}", node.attr, methods))
        return methods[node.attr](of, *arguments)


_EVALUATE: Mapping[type[nodes.Node], Callable[[_Evaluation, Any], Any]] = {
    nodes.Const: _Evaluation.constant,
    nodes.Name: _Evaluation.name,
    nodes.Getattr: _Evaluation.attribute,
    nodes.Getitem: _Evaluation.item,
    nodes.List: _Evaluation.sequence,
    nodes.Tuple: _Evaluation.sequence,
    nodes.Dict: _Evaluation.mapping,
    nodes.Concat: _Evaluation.concatenation,
    nodes.And: _Evaluation.both,
    nodes.Or: _Evaluation.either,
    nodes.Not: _Evaluation.negation,
    nodes.Neg: _Evaluation.sign,
    nodes.Pos: _Evaluation.sign,
    nodes.Compare: _Evaluation.comparison,
    nodes.CondExpr: _Evaluation.condition,
    nodes.Filter: _Evaluation.filtered,
    nodes.Test: _Evaluation.tested,
    nodes.Call: _Evaluation.called,
} | dict.fromkeys(ARITHMETIC, _Evaluation.arithmetic)
_LOOKED_UP = (nodes.Const, nodes.Name, nodes.Getattr, nodes.Getitem)  # what was there before costs nothing to have
_ALLOWED = {*_EVALUATE, nodes.Pair, nodes.Keyword, nodes.Operand, nodes.Slice}


def _listed(value: Any) -> Any:
    if isinstance(value, str | list | tuple):
        return value
    raise TypeError(f"{kind_of(value)} has no parts by position")


def _slice(node: nodes.Slice) -> tuple[nodes.Expr | None, nodes.Expr | None, nodes.Expr | None]:
    return node.start, node.stop, node.step


def _refuse(reason: str, node: nodes.Node) -> NoReturn:
    raise ExpressionError(f"'{_source(node)}' has no value: {reason}")


_SYMBOLS: Mapping[type[nodes.BinExpr], str] = {
    nodes.Add: "+",
    nodes.Sub: "-",
    nodes.Mul: "*",
    nodes.Div: "/",
    nodes.FloorDiv: "//",
    nodes.Mod: "%",
    nodes.Pow: "**",
}


def _source(node: nodes.Node) -> str:
    """About what was written, short enough for a message."""
    text = _written(node)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _written(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Const):
        return repr(node.value)
    if isinstance(node, nodes.Getattr):
        return f"{_written(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        return f"{_written(node.node)}[{'…' if isinstance(node.arg, nodes.Slice) else _written(node.arg)}]"
    if isinstance(node, nodes.Call):
        return f"{_written(node.node)}(…)"
    if isinstance(node, nodes.Filter) and node.node is not None:
        return f"{_written(node.node)} | {node.name}"
    if type(node) in _SYMBOLS and isinstance(node, nodes.BinExpr):
        return f"{_written(node.left)} {_SYMBOLS[type(node)]} {_written(node.right)}"
    return "…"
