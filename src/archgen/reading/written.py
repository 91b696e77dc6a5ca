"""Plain data as YAML text, in the subset that archgen reads: on one line, or as a block of lines."""

from __future__ import annotations

from typing import Any

from archgen.reading.scalars import in_quotes, text_scalar

WIDE = 100  # characters of a line, beyond which a mapping is written as a block


def written(value: Any, quote: str = "", *, in_brackets: bool = False) -> str:
    """A value on one line, as `archgen format` writes it, which also depends on whether it is in brackets.

    `quote` is the kind of quotes that a text had before, which it keeps.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return in_quotes(value, quote) if quote else text_scalar(value, in_brackets=in_brackets)
        case dict():
            return f"{{{', '.join(f'{_inner(str(key))}: {_inner(child)}' for key, child in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(_inner, value))}]"
    raise TypeError(f"{type(value).__name__} cannot be written as YAML")


def _inner(value: Any) -> str:
    return written(value, in_brackets=True)


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
