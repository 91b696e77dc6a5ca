"""Evaluating expressions over facts. Expressions come from models, so they can compute values and do nothing else.

The syntax is Jinja's, and Jinja's parser reads it (parsing.py), but nothing is compiled: this module walks the syntax tree and
implements every operator, filter, test and method that an expression can use. There are no others. An attribute is a setting of the
model or a property that archgen defines, never a Python attribute. Limits apply to length, depth, steps and sizes instead of time, so
that an expression has the same result on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, NoReturn

from pydantic import BaseModel

from archgen.diagnostics.diagnostic import did_you_mean
from archgen.expressions import nodes
from archgen.expressions.nodes import SyntaxNode
from archgen.expressions.operations import ARITHMETIC, COMPARISONS, FILTERS, METHODS, TESTS, join
from archgen.expressions.trees import Plain, from_plain, known_tree, texts_in
from archgen.expressions.values import (
    MAX_EXPONENT,
    MAX_STEPS,
    ExpressionError,
    MissingNameError,
    kind_of,
    member,
    size_of,
    unknown,
)


def evaluate(expression: str, facts: Mapping[str, Any]) -> Any:
    """The value of an expression as a Python object. Callable `facts` are the functions that it can call.

    Raises ExpressionError, and nothing else, for any invalid expression.
    """
    return _Evaluation(facts).value(parse(expression))


@lru_cache(maxsize=4096)
def parse(expression: str) -> SyntaxNode:
    """The syntax tree of an expression, checked for operations that are not allowed. Raises ExpressionError."""
    return from_plain(_read(expression))  # type: ignore[no-any-return]


def _read(expression: str) -> Plain:
    """The same tree as plain data, known from an earlier run or read by Jinja."""
    if (known := known_tree(expression)) is not None:
        return known
    from archgen.expressions.parsing import read  # here, as Jinja takes long to load

    return read(expression)


def trees_in(value: Any) -> dict[str, Plain]:
    """The syntax trees of all expressions among the texts in plain data, for `make_known` in a later run."""
    trees = {}
    for text in texts_in(value):
        with suppress(ExpressionError):
            trees[text] = _read(text)
    return trees


def words_in(expression: str) -> set[str]:
    """The literal texts in an expression, and the names of the settings and entries that it reads; empty if it is not valid."""
    try:
        tree = parse(expression)
    except ExpressionError:
        return set()
    texts = {node.value for node in tree.walk() if isinstance(node, nodes.Const) and isinstance(node.value, str)}
    return texts | {node.attr for node in tree.walk() if isinstance(node, nodes.Getattr)}


# -- the walk ------------------------------------------------------------------------------------------


class _Evaluation:
    """One evaluation of a checked tree."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self._facts = facts
        self._steps = 0

    def value(self, node: SyntaxNode) -> Any:
        """The value of a node. Raises ExpressionError."""
        try:
            result = _EVALUATE[type(node)](self, node)
        except ExpressionError:
            raise
        except (TypeError, ValueError, ArithmeticError, LookupError, StopIteration, AttributeError) as error:
            raise ExpressionError(f"'{_source(node)}' has no value: {error or type(error).__name__}") from None
        self._spend(1 if type(node) in _LOOKED_UP else size_of(result))
        return result

    def _spend(self, steps: int) -> None:
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise ExpressionError(f"it needs more than {MAX_STEPS:,} steps")

    def values(self, several: Iterable[SyntaxNode]) -> list[Any]:
        """The values of several nodes."""
        return [self.value(node) for node in several]

    def constant(self, node: nodes.Const) -> Any:
        """The value of a literal."""
        return node.value

    def name(self, node: nodes.Name) -> Any:
        """The value of a fact."""
        if node.name not in self._facts:
            known = [name for name, fact in self._facts.items() if not callable(fact)]
            raise MissingNameError(unknown("fact", node.name, known))
        fact = self._facts[node.name]
        if callable(fact):
            raise ExpressionError(f"'{node.name}' is a function; write {node.name}(…)")
        return fact

    def attribute(self, node: nodes.Getattr) -> Any:
        """A setting of the model, or an entry of a mapping."""
        return member(self.value(node.node), node.attr, lambda: _source(node.node))

    def item(self, node: nodes.Getitem) -> Any:
        """An entry by its key or position, or a slice of a list or text."""
        of = self.value(node.node)
        if isinstance(node.arg, nodes.Slice):
            start, stop, step = (None if part is None else self.value(part) for part in _slice(node.arg))
            return _sliceable(of)[start:stop:step]
        key = self.value(node.arg)
        if isinstance(of, BaseModel):
            return member(of, str(key), lambda: _source(node.node))
        if isinstance(of, Mapping) and key not in of:
            raise MissingNameError(f"'{_source(node.node)}' has no entry '{key}'; {did_you_mean(key, of)}")
        if not isinstance(of, Mapping) and isinstance(key, int) and not -len(of) <= key < len(of):
            raise MissingNameError(f"'{_source(node.node)}' has {len(of)} items, but none at position {key}")
        return of[key]

    def sequence(self, node: nodes.List | nodes.Tuple) -> list[Any]:
        """A list of values."""
        return self.values(node.items)

    def mapping(self, node: nodes.Dict) -> dict[Any, Any]:
        """A mapping of values by key."""
        return {self.value(pair.key): self.value(pair.value) for pair in node.items}

    def concatenation(self, node: nodes.Concat) -> str:
        """Texts and numbers, joined to a text."""
        return join(self.values(node.nodes))

    def arithmetic(self, node: nodes.BinExpr) -> Any:
        """The result of an arithmetic operator; `+` also joins texts and lists."""
        sides: list[Any] = [list(s) if isinstance(s, tuple) else s for s in self.values((node.left, node.right))]
        left, right = sides
        joined = isinstance(node, nodes.Add) and any(isinstance(left, t) and isinstance(right, t) for t in (str, list))
        if not joined:
            for side in (left, right):
                if not isinstance(side, int | float):
                    _refuse(f"`{_SYMBOLS[type(node)]}` requires numbers, not {kind_of(side)}", node)
        if isinstance(node, nodes.Pow) and abs(right) > MAX_EXPONENT:
            _refuse(f"the exponent must be between -{MAX_EXPONENT} and {MAX_EXPONENT}", node)
        result = ARITHMETIC[type(node)](left, right)
        if isinstance(result, complex):
            _refuse("it is not a real number", node)
        return result

    def both(self, node: nodes.And) -> Any:
        """The left operand if it is false or empty, otherwise the right one."""
        return self.value(node.left) and self.value(node.right)

    def either(self, node: nodes.Or) -> Any:
        """The left operand unless it is false or empty, otherwise the right one."""
        return self.value(node.left) or self.value(node.right)

    def negation(self, node: nodes.Not) -> bool:
        """Whether the operand is false or empty."""
        return not self.value(node.node)

    def sign(self, node: nodes.Neg | nodes.Pos) -> Any:
        """The operand with its sign."""
        operand = self.value(node.node)
        return -operand if isinstance(node, nodes.Neg) else +operand

    def comparison(self, node: nodes.Compare) -> bool:
        """Whether all comparisons of a chain are true, evaluated from left to right."""
        left = self.value(node.expr)
        for operand in node.ops:
            right = self.value(operand.expr)
            if not COMPARISONS[operand.op](left, right):
                return False
            left = right
        return True

    def condition(self, node: nodes.CondExpr) -> Any:
        """The value of the chosen branch."""
        if self.value(node.test):
            return self.value(node.expr1)
        if node.expr2 is None:
            raise ExpressionError(f"'{_source(node.test)}' is false, and there is no 'else'")
        return self.value(node.expr2)

    def filtered(self, node: nodes.Filter) -> Any:
        """The result of a filter."""
        assert node.node is not None  # None only in filter blocks, which cannot occur in an expression
        arguments = self.values(node.args)
        if node.name == "default":
            known = self._if_known(node.node)
            return known[0] if known else (arguments[0] if arguments else "")
        named = {str(keyword.key): self.value(keyword.value) for keyword in node.kwargs}
        return FILTERS[node.name](self.value(node.node), *arguments, **named)

    def tested(self, node: nodes.Test) -> bool:
        """The result of a test."""
        if node.name == "defined":
            return bool(self._if_known(node.node))
        return TESTS[node.name](self.value(node.node), *self.values(node.args))

    def _if_known(self, node: SyntaxNode) -> tuple[Any, ...]:
        """A tuple with the value; empty if a fact is missing."""
        try:
            return (self.value(node),)
        except MissingNameError:
            return ()

    def called(self, node: nodes.FunctionCall) -> Any:
        """The result of a function among the facts, or of a method in METHODS."""
        if node.dyn_args is not None or node.dyn_kwargs is not None or node.kwargs:
            raise ExpressionError(f"'{_source(node.node)}' only accepts positional arguments")
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
        except Exception as error:  # an expression may call a function with any arguments
            reason = f"unknown key {error}" if isinstance(error, KeyError) else error or type(error).__name__
            raise ExpressionError(f"{name}() has no result: {reason}") from None

    def _method(self, node: nodes.Getattr, arguments: Sequence[Any]) -> Any:
        of = self.value(node.node)
        methods: Mapping[str, Callable[..., Any]] = next((m for t, m in METHODS.items() if isinstance(of, t)), {})
        if node.attr not in methods:
            raise ExpressionError(unknown(f"method of {kind_of(of)}", node.attr, methods))
        return methods[node.attr](of, *arguments)


_EVALUATE: Mapping[type[SyntaxNode], Callable[[_Evaluation, Any], Any]] = {
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
    nodes.FunctionCall: _Evaluation.called,
    **dict.fromkeys(ARITHMETIC, _Evaluation.arithmetic),
}
# These cost one step, because they create no values.
_LOOKED_UP = frozenset({nodes.Const, nodes.Name, nodes.Getattr, nodes.Getitem})


def _sliceable(value: Any) -> Any:
    if isinstance(value, str | list | tuple):
        return value
    raise TypeError(f"{kind_of(value)} cannot be sliced")


def _slice(node: nodes.Slice) -> tuple[SyntaxNode | None, SyntaxNode | None, SyntaxNode | None]:
    return node.start, node.stop, node.step


def _refuse(reason: str, node: SyntaxNode) -> NoReturn:
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


def _source(node: SyntaxNode) -> str:
    """Roughly the text of an expression, short enough for a message."""
    text = _written(node)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _written(node: SyntaxNode) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Const):
        return repr(node.value)
    if isinstance(node, nodes.Getattr):
        return f"{_written(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        return f"{_written(node.node)}[{'…' if isinstance(node.arg, nodes.Slice) else _written(node.arg)}]"
    if isinstance(node, nodes.FunctionCall):
        return f"{_written(node.node)}(…)"
    if isinstance(node, nodes.Filter) and node.node is not None:
        return f"{_written(node.node)} | {node.name}"
    if type(node) in _SYMBOLS and isinstance(node, nodes.BinExpr):
        return f"{_written(node.left)} {_SYMBOLS[type(node)]} {_written(node.right)}"
    return "…"
