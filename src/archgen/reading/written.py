"""Plain data as YAML text, in the subset that archgen reads: on one line, or as a block of lines."""

from __future__ import annotations

import json
import re
from typing import Any

from archgen.reading.yaml_tree import plain_scalar

WIDE = 100  # characters of a line, beyond which a mapping is written as a block
# Text that needs no quotes anywhere, also inside brackets.
_PLAIN = re.compile(r"[A-Za-z0-9_./(][A-Za-z0-9_./()+@=%$^~;<>§€–—’·•…ÄÖÜäöüßé -]*")


def written(value: Any, quote: str = "") -> str:
    """A value on one line. `quote` is the kind of quotes that a text had before, which it keeps."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return _text(value, quote)
        case dict():
            return f"{{{', '.join(f'{written(str(key))}: {written(child)}' for key, child in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(written(child) for child in value)}]"
    raise TypeError(f"{type(value).__name__} cannot be written as YAML")


def _text(value: str, quote: str) -> str:
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if not quote and _PLAIN.fullmatch(value) and not value.endswith(" ") and plain_scalar(value) == (value, None):
        return value
    return json.dumps(value, ensure_ascii=False)


def entry(key: str, value: Any, indent: int, step: int) -> list[str]:
    """The lines of a key with its value in a block mapping that is indented by `indent` spaces; nested blocks by `step` more."""
    line = f"{' ' * indent}{written(key)}: {written(value)}"
    if len(line) <= WIDE or not isinstance(value, (dict, list, tuple)) or not value:
        return [line]
    inner = indent + step
    head = f"{' ' * indent}{written(key)}:"
    if isinstance(value, dict):
        return [head, *(line for k, child in value.items() for line in entry(str(k), child, inner, step))]
    return [head, *(f"{' ' * inner}- {written(item)}" for item in value)]
