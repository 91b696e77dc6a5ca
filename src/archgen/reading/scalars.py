"""The shortest way to write a scalar that the YAML reader reads as the same value."""

from __future__ import annotations

import re

import yaml

from archgen.reading.yaml_tree import plain_scalar

# A plain scalar begins with one of these or a letter, so that no reader takes its first character for an indicator.
_FIRST = re.compile(r"[^\W_]|[._/(+$<=€§]")
_ENDS_PLAIN = re.compile(r": | #|:$")
_ENDS_PLAIN_IN_BRACKETS = re.compile(r"[,\[\]{}]|:$|: | #")
_ESCAPES = {"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def text_scalar(value: str, *, in_brackets: bool) -> str:
    """A text on one line: without quotes where every reader reads it as the same text, otherwise in quotes."""
    if _is_plain(value, in_brackets):
        return value
    return in_quotes(value, "'" if ('"' in value or "\\" in value) and "'" not in value else '"')


def in_quotes(value: str, quote: str) -> str:
    """A text on one line in a kind of quotes; in double quotes if it has characters that only these can contain."""
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(_ESCAPES.get(char) or _escaped(char) for char in value) + '"'


def unquoted(text: str) -> str:
    """The value of a scalar in quotes, on one line."""
    events = (event for event in yaml.parse(text, Loader=yaml.SafeLoader) if isinstance(event, yaml.ScalarEvent))
    return str(next(events).value)


def _is_plain(value: str, in_brackets: bool) -> bool:
    ends = _ENDS_PLAIN_IN_BRACKETS if in_brackets else _ENDS_PLAIN
    if not _FIRST.match(value) or not value.isprintable() or value != value.strip() or ends.search(value):
        return False
    return plain_scalar(value) == (value, None)


def _escaped(char: str) -> str:
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
