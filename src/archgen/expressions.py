"""An expression and the facts that it may name in, its value out. Expressions come from models, so they can compute and do nothing else.

The syntax is Jinja's and Jinja's parser reads it, but nothing is ever compiled: this module walks the parsed tree and knows every
operator, filter, test and method that an expression may use. What is not listed here does not exist. An attribute is a setting of
the model or a property that archgen defines, never one of Python's own. Limits on length, depth, steps and sizes are counted, not
timed, so that an expression gives the same answer on every machine.
"""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NoReturn

import jinja2
from jinja2 import nodes
from jinja2.parser import Parser
from pydantic import BaseModel

from archgen.diagnostic import did_you_mean
from archgen.source import hidden

MAX_LENGTH = 2_000  # characters of an expression
MAX_DEPTH = 50  # operations inside each other
MAX_STEPS = 100_000  # operations, and items that they go through
MAX_TEXT = 100_000  # characters of any text on the way
MAX_ITEMS = 10_000  # items of any list or mapping on the way
MAX_NUMBER = 2**63 - 1  # what Terraform and JSON readers agree on
MAX_EXPONENT = 64
MAX_DIGITS = 18


class ExpressionError(ValueError):
    """An expression that has no value: it cannot be read, names something that is not there, or goes beyond a limit."""


class _MissingFactError(ExpressionError):
    """A fact that is not there, which `default` and `is defined` ask about."""


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
        raise ExpressionError(f"it cannot be read: {error.message}") from None
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
            raise ExpressionError(_unknown("filter", node.name, [*FILTERS, "default"]))
        if isinstance(node, nodes.Test) and node.name not in TESTS and node.name != "defined":
            raise ExpressionError(_unknown("test", node.name, [*TESTS, "defined"]))
        waiting += [(child, depth + 1) for child in node.iter_child_nodes()]


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    return f"there is no {what} '{name}': {did_you_mean(name, known)}"


# -- what filters, tests and methods do ----------------------------------------------------------------


def _replace(text: str, old: str, new: str) -> str:
    _limit(len(text) + text.count(old) * len(new), MAX_TEXT, "characters")
    return text.replace(old, new)


def _join(items: Iterable[Any], separator: str = "") -> str:
    parts = [_text(item) for item in items]
    _limit(sum(map(len, parts)) + len(separator) * len(parts), MAX_TEXT, "characters")
    return separator.join(parts)


def _map(items: Iterable[Any], filter_: str | None = None, *, attribute: str = "") -> list[Any]:
    if filter_ is None:
        return [member(item, attribute) for item in items]
    if filter_ not in FILTERS:
        raise ExpressionError(_unknown("filter", filter_, FILTERS))
    return [FILTERS[filter_](item) for item in items]


def _round(number: float, digits: int = 0) -> float:
    if abs(digits) > MAX_DIGITS:  # Python would build ten to that power
        raise ValueError(f"it can be rounded to {MAX_DIGITS} digits at most")
    return round(number, digits) if digits else round(number)


def _text(value: Any) -> str:
    if not isinstance(value, str | int | float | bool | None):
        raise TypeError(f"{_kind(value)} cannot become text")
    return str(value)


def _to_json(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True)


# Each takes what stands before the bar, then the arguments. The guide lists them.
FILTERS: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "first": lambda items: next(iter(items)),
    "float": float,
    "int": int,
    "join": _join,
    "last": lambda items: list(items)[-1],
    "length": len,
    "list": list,
    "lower": lambda text: _text(text).lower(),
    "map": _map,
    "max": max,
    "min": min,
    "replace": _replace,
    "round": _round,
    "sort": sorted,
    "string": _text,
    "sum": sum,
    "tojson": _to_json,
    "trim": lambda text: _text(text).strip(),
    "unique": lambda items: list(dict.fromkeys(items)),
    "upper": lambda text: _text(text).upper(),
}
TESTS: Mapping[str, Callable[..., bool]] = {
    "none": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "true": lambda value: value is True,
    "false": lambda value: value is False,
}
METHODS: Mapping[type, Mapping[str, Callable[..., Any]]] = {
    str: {
        "endswith": lambda text, end: text.endswith(end),
        "removeprefix": lambda text, start: text.removeprefix(start),
        "removesuffix": lambda text, end: text.removesuffix(end),
        "replace": _replace,
        "split": lambda text, separator: text.split(separator),
        "startswith": lambda text, start: text.startswith(start),
    },
    dict: {
        "get": lambda mapping, key, otherwise=None: mapping.get(key, otherwise),
        "items": lambda mapping: [list(pair) for pair in mapping.items()],
        "keys": list,
        "values": lambda mapping: list(mapping.values()),
    },
}
_ARITHMETIC: Mapping[type[nodes.BinExpr], Callable[[Any, Any], Any]] = {
    nodes.Add: operator.add,
    nodes.Sub: operator.sub,
    nodes.Mul: operator.mul,
    nodes.Div: operator.truediv,
    nodes.FloorDiv: operator.floordiv,
    nodes.Mod: operator.mod,
    nodes.Pow: operator.pow,
}
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
    "in": lambda value, items: value in items,
    "notin": lambda value, items: value not in items,
}


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
        self._spend(1 if isinstance(node, _LOOKED_UP) else _size(found))
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
            raise _MissingFactError(_unknown("fact", node.name, self._facts))
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
            raise _MissingFactError(_unknown(f"'{_source(node.node)}' entry", str(key), of))
        if not isinstance(of, Mapping) and isinstance(key, int) and not -len(of) <= key < len(of):
            raise _MissingFactError(f"'{_source(node.node)}' has {len(of)} items, and none at position {key}")
        return of[key]

    def sequence(self, node: nodes.List | nodes.Tuple) -> list[Any]:
        """A list of values."""
        return self.values(node.items)

    def mapping(self, node: nodes.Dict) -> dict[Any, Any]:
        """A mapping of values by key."""
        return {self.value(pair.key): self.value(pair.value) for pair in node.items}

    def concatenation(self, node: nodes.Concat) -> str:
        """Texts and numbers, one after the other."""
        return _join(self.values(node.nodes))

    def arithmetic(self, node: nodes.BinExpr) -> Any:
        """The result of an operator between numbers; `+` also joins texts and lists."""
        sides: list[Any] = [list(s) if isinstance(s, tuple) else s for s in self.values((node.left, node.right))]
        left, right = sides
        joined = isinstance(node, nodes.Add) and any(isinstance(left, t) and isinstance(right, t) for t in (str, list))
        if not joined:
            for side in (left, right):
                if not isinstance(side, int | float):
                    _refuse(f"{_kind(side)} cannot be calculated with", node)
        if isinstance(node, nodes.Pow) and abs(right) > MAX_EXPONENT:
            _refuse(f"the exponent is beyond {MAX_EXPONENT}", node)
        found = _ARITHMETIC[type(node)](left, right)
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
            if not _COMPARISONS[operand.op](left, right):
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
        except _MissingFactError:
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
            raise ExpressionError(_unknown("function", name, known))
        try:
            return function(*arguments)
        except ExpressionError:
            raise
        except Exception as error:  # functions were written for facts; an expression may hand them anything
            raise ExpressionError(f"{name}() has no answer: {error or type(error).__name__}") from None

    def _method(self, node: nodes.Getattr, arguments: Sequence[Any]) -> Any:
        of = self.value(node.node)
        methods: Mapping[str, Callable[..., Any]] = next((m for t, m in METHODS.items() if isinstance(of, t)), {})
        if node.attr not in methods:
            raise ExpressionError(_unknown(f"method of {_kind(of)}", node.attr, methods))
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
} | dict.fromkeys(_ARITHMETIC, _Evaluation.arithmetic)
_LOOKED_UP = (nodes.Const, nodes.Name, nodes.Getattr, nodes.Getitem)  # what was there before costs nothing to have
_ALLOWED = {*_EVALUATE, nodes.Pair, nodes.Keyword, nodes.Operand, nodes.Slice}


def member(of: Any, name: str, called: str = "it") -> Any:
    """A setting of a part of the model, one of the properties that archgen gives it, or an entry of a mapping.

    Raises ExpressionError for everything else that Python would find there.
    """
    if isinstance(of, Mapping):
        if name in of:
            return of[name]
        raise _MissingFactError(_unknown(f"'{called}' entry", name, of))
    if isinstance(of, BaseModel):
        if name in type(of).model_fields:
            return getattr(of, name)
        own = next((vars(c)[name] for c in type(of).__mro__ if name in vars(c)), None)
        if isinstance(own, property) and not name.startswith(("_", "model_")):
            return getattr(of, name)
        raise _MissingFactError(_unknown(f"'{called}' setting", name, type(of).model_fields))
    raise ExpressionError(f"{_kind(of)} has no '{name}'")


def plain(value: Any) -> Any:
    """A value as JSON has it: text, numbers, truth values, none, lists, and mappings by text.

    Raises ExpressionError where it holds anything else.
    """
    return _plain(value, [0])


def _plain(value: Any, counted: list[int]) -> Any:
    """The same; `counted` holds what has been met so far, since a part may stand in many places."""
    counted[0] += _size(value)
    if counted[0] > MAX_STEPS:
        raise ExpressionError(f"its value is larger than {MAX_STEPS:,} items and characters")
    if isinstance(value, tuple | list):
        return [_plain(item, counted) for item in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {_visible(key): _plain(item, counted) for key, item in value.items()}
    if isinstance(value, str):
        return _visible(value)
    if value is None or isinstance(value, int | float | bool):
        return value
    raise ExpressionError(f"{_kind(value)} cannot be the value of a variable")


def _visible(text: str) -> str:
    """The text. Raises ExpressionError where it holds what a model's own texts may not: an escape in a literal could make it."""
    for _column, character in hidden(text):
        raise ExpressionError(f"its value holds the character U+{ord(character):04X}, which cannot be seen")
    return text


def _size(value: Any) -> int:
    """What a value costs to have: 1, and as much again for each item or some characters. Raises ExpressionError if it is too large."""
    if isinstance(value, str):
        _limit(len(value), MAX_TEXT, "characters")
        return 1 + len(value) // 100
    if isinstance(value, list | tuple | Mapping | set):
        _limit(len(value), MAX_ITEMS, "items")
        return 1 + len(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ExpressionError("a number on the way is not finite")
    if isinstance(value, int) and abs(value) > MAX_NUMBER:
        raise ExpressionError("a number on the way is larger than 64 bits hold")
    return 1


def _limit(number: int, most: int, what: str) -> None:
    if number > most:
        raise ExpressionError(f"something on the way has more than {most:,} {what}")


def _listed(value: Any) -> Any:
    if isinstance(value, str | list | tuple):
        return value
    raise TypeError(f"{_kind(value)} has no parts by position")


def _slice(node: nodes.Slice) -> tuple[nodes.Expr | None, nodes.Expr | None, nodes.Expr | None]:
    return node.start, node.stop, node.step


def _refuse(reason: str, node: nodes.Node) -> NoReturn:
    raise ExpressionError(f"'{_source(node)}' has no value: {reason}")


_KINDS: Mapping[type, str] = {
    bool: "a truth value",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    tuple: "a list",
    dict: "a mapping",
    type(None): "none",
}


def _kind(value: Any) -> str:
    """What people call such a value."""
    if isinstance(value, BaseModel):
        return f"a part of the model ({type(value).__name__})"
    return _KINDS.get(type(value), f"a {type(value).__name__}")


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
