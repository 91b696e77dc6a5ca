"""Decodes JSON that is much larger than what is needed of it.

What a state of Terraform becomes in memory is five times its size. So the lists of resources are entered, and each of their elements is
decoded alone and reduced before the next one is. Everything else is decoded by the standard library, and so is the whole text if
anything is wrong with it: what is an error, and where, is only decided there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Reduce = Callable[[Any], Any]
_SPACE = re.compile(r"[ \t\n\r]*")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")  # of a character, which is text only together with the other half
_decode_at = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True, eq=False)
class Entered:
    """What is entered: values of a mapping by key, or all elements of a list. What is not the expected one is decoded as a whole.

    `reduce` takes a value that has been decoded, and returns what is kept of it.
    """

    keys: Mapping[str, Entered | Reduce]
    elements: Entered | Reduce | None = None


def decode(content: bytes, entered: Entered) -> Any:
    """The value of a JSON text in UTF-8, in which what is entered is reduced.

    Raises UnicodeDecodeError for bytes that are not UTF-8, UnicodeEncodeError for half of a character, json.JSONDecodeError for what is
    not JSON, another ValueError for a number with too many digits, and RecursionError for values that are nested too deeply.
    """
    try:
        return _Decoder(content.decode("latin-1")).document(entered)
    except ValueError:
        document = json.loads(content.decode("utf-8"))
        json.dumps(document, ensure_ascii=False).encode()
        raise


class _Decoder:
    """Walks over a text whose characters are bytes of UTF-8, so that it takes no more memory than its file, whatever it contains.

    A byte of a longer character is never one of those that JSON gives a meaning.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.is_ascii = text.isascii()
        self.may_have_halves = _HALF.search(text) is not None

    def document(self, entered: Entered) -> Any:
        """The value of the whole text. Raises ValueError if there is something wrong."""
        value, position = self._value(self._skip(0), entered)
        if self._skip(position) != len(self.text):
            raise ValueError("extra data")
        return value

    def _value(self, position: int, entered: Entered | Reduce | None) -> tuple[Any, int]:
        """The value at a position, and the position after it."""
        if isinstance(entered, Entered):
            first = self.text[position : position + 1]
            if first == "{" and entered.keys:
                return self._mapping(position + 1, entered.keys)
            if first == "[" and entered.elements:
                return self._list(position + 1, entered.elements)
            return self._whole(position)
        value, end = self._whole(position)
        return (entered(value) if entered else value), end

    def _mapping(self, position: int, keys: Mapping[str, Entered | Reduce]) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        position = self._skip(position)
        while self.text[position : position + 1] != "}":
            key, position = self._whole(position)
            if not isinstance(key, str):
                raise ValueError("a key is not a text")
            position = self._after(":", position)
            found[key], position = self._value(position, keys.get(key))
            position = self._next(position, "}")
        return found, position + 1

    def _list(self, position: int, elements: Entered | Reduce) -> tuple[list[Any], int]:
        found: list[Any] = []
        position = self._skip(position)
        while self.text[position : position + 1] != "]":
            value, position = self._value(position, elements)
            found.append(value)
            position = self._next(position, "]")
        return found, position + 1

    def _next(self, position: int, end: str) -> int:
        """The position of what follows an element: the next one, or the end of what it is in."""
        position = self._skip(position)
        if self.text[position : position + 1] == end:
            return position
        position = self._after(",", position)
        if self.text[position : position + 1] == end:
            raise ValueError("nothing follows a comma")
        return position

    def _after(self, sign: str, position: int) -> int:
        position = self._skip(position)
        if self.text[position : position + 1] != sign:
            raise ValueError(f"no {sign}")
        return self._skip(position + 1)

    def _skip(self, position: int) -> int:
        match = _SPACE.match(self.text, position)
        return match.end() if match else position

    def _whole(self, position: int) -> tuple[Any, int]:
        """A value that is decoded at once, and the position after it."""
        try:
            value, end = _decode_at(self.text, position)
        except StopIteration:
            raise ValueError("no value") from None
        if not self.is_ascii and not (stated := self.text[position:end]).isascii():
            value = json.loads(stated.encode("latin-1").decode("utf-8"))
        if self.may_have_halves:
            json.dumps(value, ensure_ascii=False).encode()
        return value, end
