"""The nodes of syntax trees, named as in Jinja, whose parser reads expressions.

They are archgen's own, because loading Jinja takes longer than evaluating all expressions of a model whose trees are kept between runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar


class SyntaxNode:
    """A part of an expression. `fields` are the names of its attributes."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ()

    def walk(self) -> Iterator[SyntaxNode]:
        """The node itself and all nodes below it, a node before those below it."""
        yield self
        for name in self.fields:
            value = getattr(self, name)
            for item in value if isinstance(value, list) else (value,):
                if isinstance(item, SyntaxNode):
                    yield from item.walk()


class Const(SyntaxNode):
    """A literal."""

    fields = __slots__ = ("value",)
    value: Any


class Name(SyntaxNode):
    """The name of a fact or function."""

    fields = __slots__ = ("name",)
    name: str


class Getattr(SyntaxNode):
    """`node.attr`."""

    fields = __slots__ = ("node", "attr")
    node: SyntaxNode
    attr: str


class Getitem(SyntaxNode):
    """`node[arg]`; a slice is a `Slice`."""

    fields = __slots__ = ("node", "arg")
    node: SyntaxNode
    arg: SyntaxNode


class Slice(SyntaxNode):
    """`start:stop:step`."""

    fields = __slots__ = ("start", "stop", "step")
    start: SyntaxNode | None
    stop: SyntaxNode | None
    step: SyntaxNode | None


class List(SyntaxNode):
    """`[a, b]`."""

    fields = __slots__ = ("items",)
    items: list[SyntaxNode]


class Tuple(SyntaxNode):
    """`(a, b)`."""

    fields = __slots__ = ("items",)
    items: list[SyntaxNode]


class Dict(SyntaxNode):
    """`{a: b}`."""

    fields = __slots__ = ("items",)
    items: list[MappingItem]


class MappingItem(SyntaxNode):
    """`a: b` in a mapping."""

    fields = __slots__ = ("key", "value")
    key: SyntaxNode
    value: SyntaxNode


class Keyword(SyntaxNode):
    """`key=value` in the arguments of a filter."""

    fields = __slots__ = ("key", "value")
    key: str
    value: SyntaxNode


class Concat(SyntaxNode):
    """`a ~ b`."""

    fields = __slots__ = ("nodes",)
    nodes: list[SyntaxNode]


class BinExpr(SyntaxNode):
    """An operator between two operands."""

    fields = __slots__ = ("left", "right")
    left: SyntaxNode
    right: SyntaxNode


class Add(BinExpr):
    """`a + b`."""

    __slots__ = ()


class Sub(BinExpr):
    """`a - b`."""

    __slots__ = ()


class Mul(BinExpr):
    """`a * b`."""

    __slots__ = ()


class Div(BinExpr):
    """`a / b`."""

    __slots__ = ()


class FloorDiv(BinExpr):
    """`a // b`."""

    __slots__ = ()


class Mod(BinExpr):
    """`a % b`."""

    __slots__ = ()


class Pow(BinExpr):
    """`a ** b`."""

    __slots__ = ()


class And(BinExpr):
    """`a and b`."""

    __slots__ = ()


class Or(BinExpr):
    """`a or b`."""

    __slots__ = ()


class UnaryExpr(SyntaxNode):
    """An operator before an operand."""

    fields = __slots__ = ("node",)
    node: SyntaxNode


class Not(UnaryExpr):
    """`not a`."""

    __slots__ = ()


class Neg(UnaryExpr):
    """`-a`."""

    __slots__ = ()


class Pos(UnaryExpr):
    """`+a`."""

    __slots__ = ()


class Compare(SyntaxNode):
    """A chain of comparisons, such as `a < b <= c`."""

    fields = __slots__ = ("expr", "ops")
    expr: SyntaxNode
    ops: list[Operand]


class Operand(SyntaxNode):
    """A comparison with what is on its left."""

    fields = __slots__ = ("op", "expr")
    op: str
    expr: SyntaxNode


class CondExpr(SyntaxNode):
    """`expr1 if test else expr2`."""

    fields = __slots__ = ("test", "expr1", "expr2")
    test: SyntaxNode
    expr1: SyntaxNode
    expr2: SyntaxNode | None


class Filter(SyntaxNode):
    """`node | name(args)`."""

    fields = __slots__ = ("node", "name", "args", "kwargs", "dyn_args", "dyn_kwargs")
    node: SyntaxNode | None
    name: str
    args: list[SyntaxNode]
    kwargs: list[Keyword]
    dyn_args: SyntaxNode | None
    dyn_kwargs: SyntaxNode | None


class Test(SyntaxNode):
    """`node is name(args)`."""

    fields = __slots__ = ("node", "name", "args", "kwargs", "dyn_args", "dyn_kwargs")
    node: SyntaxNode
    name: str
    args: list[SyntaxNode]
    kwargs: list[Keyword]
    dyn_args: SyntaxNode | None
    dyn_kwargs: SyntaxNode | None


class FunctionCall(SyntaxNode):
    """`node(args)`."""

    fields = __slots__ = ("node", "args", "kwargs", "dyn_args", "dyn_kwargs")
    node: SyntaxNode
    args: list[SyntaxNode]
    kwargs: list[Keyword]
    dyn_args: SyntaxNode | None
    dyn_kwargs: SyntaxNode | None


# All that an expression may contain, by the names of Jinja's classes.
NODES: dict[str, type[SyntaxNode]] = {
    **{
        cls.__name__: cls
        for cls in (
            *(Const, Name, Getattr, Getitem, Slice, List, Tuple, Dict, Keyword, Concat),
            *(Add, Sub, Mul, Div, FloorDiv, Mod, Pow, And, Or, Not, Neg, Pos),
            *(Compare, Operand, CondExpr, Filter, Test),
        )
    },
    "Pair": MappingItem,
    "Call": FunctionCall,
}
