"""Which rules read components of a kind, derived from the source of the rules."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from archgen.diagnostics.codes import rules
from archgen.model.component import Component
from archgen.model.traits import is_whole_number


def rules_reading(kind: type[Component]) -> list[str]:
    """The codes of the rules that read components of a kind, sorted.

    A rule reads a kind if it loops over the components of its class, or over all components with a setting that the kind has. Where the
    source of a rule does not name the class or the setting, the rule is left out.
    """
    return [
        code
        for code, (classes, settings) in sorted(_read_by_rules().items())
        if any(issubclass(kind, cls) for cls in classes) or any(is_whole_number(kind, path) for path in settings)
    ]


@cache
def _read_by_rules() -> Mapping[str, tuple[frozenset[type[Component]], frozenset[str]]]:
    """The classes and the settings that each rule reads, by its code, without rules of which neither is known."""
    found = {}
    for code, rule in rules().items():
        named = list(_named(rule.part.module))
        classes = frozenset(name for name in named if isinstance(name, type))
        settings = frozenset(name for name in named if isinstance(name, str))
        if classes or settings:
            found[code] = classes, settings
    return found


def _named(module: ModuleType) -> Iterator[type[Component] | str]:
    """The classes that a module passes to `of_kind`, and the settings that it passes to `with_setting`."""
    tree = _tree(module)
    loops = {name: loop.iter for loop in ast.walk(tree) if isinstance(loop, ast.For) for name in _names(loop.target)}
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not call.args:
            continue
        if isinstance(call.func, ast.Attribute) and call.func.attr == "of_kind":
            yield from (v for v in _values(module, call.args[0], loops) if _is_kind(v))
        if isinstance(call.func, ast.Name) and call.func.id == "with_setting":
            yield from (v for v in _values(module, call.args[-1], loops) if isinstance(v, str))


def _tree(module: ModuleType) -> ast.Module:
    """The syntax tree of a module; an empty one if its source is not a file, or calls neither function."""
    try:
        text = Path(module.__file__ or "").read_text(encoding="utf-8")
        return ast.parse(text if "of_kind(" in text or "with_setting(" in text else "")
    except (OSError, SyntaxError, UnicodeDecodeError):
        return ast.Module([], [])


def _names(target: ast.expr) -> Iterator[str]:
    """The first variable that a loop assigns: the class or the setting in tables of them."""
    first = target.elts[0] if isinstance(target, ast.Tuple) else target
    if isinstance(first, ast.Name):
        yield first.id


def _values(module: ModuleType, node: ast.expr, loops: Mapping[str, ast.expr]) -> Iterator[Any]:
    """The values that an argument can have: a constant, a name of the module, or the entries of a table that a loop goes through."""
    if isinstance(node, ast.Constant):
        yield node.value
    elif isinstance(node, ast.Name) and node.id in vars(module):
        yield vars(module)[node.id]
    elif isinstance(node, ast.Name) and node.id in loops:
        yield from _entries(module, loops[node.id])


def _entries(module: ModuleType, node: ast.expr) -> Iterator[Any]:
    """The first parts of the entries of a constant of the module: the keys of a mapping, or the heads of tuples."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):  # SETTINGS.items()
        node = node.func.value
    table = vars(module).get(node.id) if isinstance(node, ast.Name) else None
    for entry in table if isinstance(table, (tuple, Mapping)) else ():
        yield entry[0] if isinstance(entry, tuple) and entry else entry


def _is_kind(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Component) and value is not Component
