"""Variable files in HCL, formatted like `terraform fmt` does, with the line of the model next to each value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from archgen.model.architecture import Architecture
from archgen.terraform.binding import ModuleCall
from archgen.terraform.files import HEADER, quoted
from archgen.terraform.origin import origin
from archgen.terraform.types import aligned

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
# Keys that need quotes because they are keywords.
_RESERVED = {"for", "if", "in", "true", "false", "null"}


def tfvars_hcl(calls: Iterable[ModuleCall], architecture: Architecture, model: str) -> str:
    """The text of an HCL variable file. Template sequences in texts are escaped, so that Terraform does not evaluate them."""
    blocks = [f"# {HEADER.format(model=model)}\n"]
    for call in sorted((call for call in calls if call.binding.is_used), key=lambda call: call.variable):
        if not call.binding.module:
            blocks.append(f"{call.variable} = {hcl(call.values)}\n")
            continue
        lines = [f"{call.variable} = {{"]
        for name, value in sorted(call.values.items()):
            place = origin(architecture, call, name)
            lines += [f"  # {place.file}:{place.line}"] if place else []
            lines += [f"  {line}" for line in f"{_key(name)} = {hcl(value)}".split("\n")]
        blocks.append("\n".join([*_aligned(lines), "}", ""]))
    return "\n".join(blocks)


def _aligned(lines: list[str]) -> list[str]:
    """The lines with the `=` of consecutive one-line attributes aligned; a comment or a longer value ends a run."""
    done: list[str] = []
    run: list[int] = []

    def flush() -> None:
        names = [done[n].split(" = ", 1)[0] for n in run]
        width = max(map(len, names), default=0)
        for n, name in zip(run, names, strict=True):
            done[n] = f"{name:<{width}} = {done[n].split(' = ', 1)[1]}"
        run.clear()

    depth = 0
    for line in lines[1:]:
        single = depth == 0 and re.match(r'  (?:[\w-]+|"[^"]*") = ', line) and not line.endswith(("{", "["))
        if single:
            run.append(len(done))
        else:
            flush()
        depth += (line.endswith(("{", "["))) - (line.strip() in ("}", "]", "},", "],"))
        done.append(line)
    flush()
    return [lines[0], *done]


def hcl(value: Any, indent: int = 0) -> str:
    """Any JSON value as an HCL expression."""
    inner = " " * (indent + 2)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list | tuple):
        if not any(isinstance(item, dict | list | tuple) for item in value):
            return f"[{', '.join(hcl(item) for item in value)}]"
        items = "".join(f"{inner}{hcl(item, indent + 2)},\n" for item in value)
        return f"[\n{items}{' ' * indent}]"
    if not value:
        return "{}"
    rows = [(_key(str(key)), hcl(item, indent + 2)) for key, item in sorted(value.items())]
    return "{\n" + "".join(f"{inner}{line}\n" for line in aligned(rows)) + " " * indent + "}"


def _key(key: str) -> str:
    return key if _WORD.fullmatch(key) and key not in _RESERVED else quoted(key)
