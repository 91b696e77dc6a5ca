"""Which resources the configuration in a plan refers to, through variables and outputs of modules.

A plan does not contain local values. What goes through one of them is only found if the module has nothing else that the attribute can
mean: `vpc_id = local.vpc_id` in a module with one VPC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from archgen.importing.resource import as_list, as_mapping, without_indexes

# An instance of a resource, stated with its index.
_WITH_INDEX = re.compile(
    r'(?!module\.|data\.|var\.|each\.|local\.)[a-z0-9_]+\.[A-Za-z0-9_-]+\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\]'
)
_MOST_STEPS = 40  # from module to module; more means that a file contradicts itself

References = Mapping[str, Mapping[str, tuple[str, ...]]]


def references_in(configuration: Mapping[str, Any]) -> dict[str, dict[str, tuple[str, ...]]]:
    """For each resource (by its address without indexes) and attribute, the addresses that it refers to.

    These have the index of the resource itself if the configuration states it, and none of modules.
    """
    root = configuration.get("root_module")
    return dict(_of_module(_Module("", root, None, {}))) if isinstance(root, Mapping) else {}


class _Module:
    """A module of the configuration: its address, what it contains, and the module and arguments it is called with."""

    def __init__(
        self, address: str, content: Mapping[str, Any], caller: _Module | None, arguments: Mapping[str, Any]
    ) -> None:
        self.address, self.content, self.caller, self.arguments = address, content, caller, arguments

    def prefix(self) -> str:
        return f"{self.address}." if self.address else ""

    def called(self, name: str) -> _Module | None:
        call = as_mapping(self.content.get("module_calls")).get(name)
        if not isinstance(call, Mapping) or not isinstance(call.get("module"), Mapping):
            return None
        return _Module(f"{self.prefix()}module.{name}", call["module"], self, as_mapping(call.get("expressions")))


def _of_module(module: _Module) -> Iterator[tuple[str, dict[str, tuple[str, ...]]]]:
    for entry in as_list(module.content.get("resources")):
        if not isinstance(entry, Mapping) or entry.get("mode") == "data":
            continue
        loop = entry.get("for_each_expression") or entry.get("count_expression") or {}
        found = {
            name: tuple(dict.fromkeys(_targets(module, expression, loop, 0, set())))
            or _only_one(module, name, expression)
            for name, expression in as_mapping(entry.get("expressions")).items()
        }
        yield f"{module.prefix()}{entry.get('address')}", {name: targets for name, targets in found.items() if targets}
    for name in as_mapping(module.content.get("module_calls")):
        if inner := module.called(name):
            yield from _of_module(inner)


def _only_one(module: _Module, attribute: str, expression: Any) -> tuple[str, ...]:
    """The only block of a module that an attribute with a local value can mean; nothing if the value may come from somewhere else."""
    match = re.fullmatch(r"(\w+?)_(?:id|arn|self_link)", attribute)
    if not match or not any(reference.startswith("local.") for reference in _stated(expression)):
        return ()
    given = as_mapping(module.content.get("variables"))
    if attribute in given or match[1] in given:
        return ()
    blocks = [entry for entry in as_list(module.content.get("resources")) if isinstance(entry, Mapping)]
    meant = [entry for entry in blocks if str(entry.get("type")).partition("_")[2] == match[1]]
    if len(meant) != 1 or meant[0].get("mode") == "data":
        return ()
    return (f"{module.prefix()}{meant[0].get('address')}",)


def _targets(module: _Module, expression: Any, loop: Any, steps: int, seen: set[tuple[str, str]]) -> Iterator[str]:
    """The addresses of resources that an expression in a module leads to. `seen` has the references that were followed, by module."""
    for reference in _stated(expression):
        if reference in ("each.value", "each.key") or reference.startswith(("each.value", "each.key")):
            yield from _targets(module, loop, {}, steps + 1, seen) if loop and steps < _MOST_STEPS else ()
        elif (module.address, reference) not in seen:
            seen.add((module.address, reference))
            yield from _resolved(module, reference, steps, seen)


def _resolved(module: _Module, reference: str, steps: int, seen: set[tuple[str, str]]) -> Iterator[str]:
    """The addresses of resources that a reference in a module leads to."""
    if steps > _MOST_STEPS:
        return
    if match := _WITH_INDEX.match(reference):
        yield f"{module.prefix()}{match[0]}"
        return
    words = without_indexes(reference).split(".")
    if len(words) < 2:
        return
    if words[0] == "var" and module.caller is not None:
        yield from _targets(module.caller, module.arguments.get(words[1]), {}, steps + 1, seen)
    elif words[0] == "module" and len(words) > 2:
        inner = module.called(words[1])
        output = as_mapping(inner.content.get("outputs")).get(words[2]) if inner else None
        if inner and isinstance(output, Mapping):
            yield from _targets(inner, output.get("expression"), {}, steps + 1, seen)
    elif words[0] not in ("var", "local", "data", "path", "terraform", "each", "count", "self", "module"):
        yield f"{module.prefix()}{words[0]}.{words[1]}"


def _stated(expression: Any) -> Iterator[str]:
    """The references in an expression, in which blocks are lists of mappings. Of `a.b.c` and `a.b`, the longer one counts."""
    if isinstance(expression, Mapping):
        stated = expression.get("references")
        if isinstance(stated, list):
            names = [name for name in stated if isinstance(name, str)]
            yield from (n for n in names if not any(o != n and o.startswith((f"{n}.", f"{n}[")) for o in names))
            return
        for child in expression.values():
            yield from _stated(child)
    elif isinstance(expression, list):
        for child in expression:
            yield from _stated(child)
