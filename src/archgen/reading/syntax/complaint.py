"""libyaml's error about a text together with the tokens of the text, and the Fault that archgen reports instead."""

from __future__ import annotations

from functools import cached_property

from archgen.diagnostics.diagnostic import shortened
from archgen.reading.syntax.tokens import Token, pairs, tokens
from archgen.records import dataclass

BROKEN, BEYOND = "ARC-Y003", "ARC-Y006"
MAX_KEY = 1024  # characters, a limit of YAML
NOT_ALLOWED = {"&": "anchors are not allowed", "*": "aliases are not allowed", "!": "tags are not allowed"}
HELP_BEYOND = {
    "&": "repeat the value, or define it once and refer to it by its ID",
    "*": "repeat the value, or define it once and refer to it by its ID",
    "!": "write the value without it",
}

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fault:
    """The cause of a syntax error: a message, a help, a place (0-based line and column), a code, and a width in characters."""

    message: str
    help: str
    place: Place
    code: str = BROKEN
    width: int = 1


@dataclass(frozen=True)
class SyntaxComplaint:
    """libyaml's error about a text: its messages, the place `at` which it stopped, and the place where the element it was reading began."""

    text: str
    problem: str
    context: str
    at: Place
    since: Place

    @cached_property
    def found(self) -> list[Token]:
        """The tokens of the text without comments."""
        return [token for token in self.every if token.kind != "comment"]

    @cached_property
    def every(self) -> list[Token]:
        """All tokens; `inside` is an index into this list."""
        return tokens(self.text)

    @cached_property
    def closers(self) -> dict[Place, Token]:
        """The tokens that close brackets, by the place of the opening bracket."""
        return pairs(self.every)

    @cached_property
    def here(self) -> int:
        """The index in `found` of the token at which libyaml stopped, or of the first token after it."""
        return self._number(self.at)

    @cached_property
    def token(self) -> Token | None:
        """The token at which libyaml stopped; None at the end of the text."""
        return self.found[self.here] if self.here < len(self.found) else None

    @cached_property
    def before(self) -> Token | None:
        """The token before that."""
        return self.found[self.here - 1] if self.here else None

    @cached_property
    def began(self) -> Token | None:
        """The first token of the element that libyaml was reading."""
        number = self._number(self.since)
        return self.found[number] if number < len(self.found) else None

    @cached_property
    def row(self) -> list[Token]:
        """The tokens that begin on the line where libyaml stopped, before that place."""
        return [t for t in self.found[: self.here] if t.start[0] == self.at[0]]

    @cached_property
    def line(self) -> str:
        """The text of the line where libyaml stopped."""
        return self.text.split("\n")[self.at[0]] if self.at[0] <= self.text.count("\n") else ""

    @property
    def beside(self) -> Token | None:
        """The token before the place where libyaml stopped, if it ends on the same line."""
        return self.before if self.before and self.before.end[0] == self.at[0] else None

    def line_before(self, token: Token) -> list[Token]:
        """The tokens of the nearest line above a token that has any."""
        above = [t for t in self.found if t.start[0] < token.start[0]]
        return [t for t in above if t.start[0] == above[-1].start[0]] if above else []

    def _number(self, place: Place) -> int:
        return next((n for n, t in enumerate(self.found) if t.end > place), len(self.found))


def at_token(token: Token, message: str, help_: str, code: str = BROKEN) -> Fault:
    """A fault at a token, underlined up to the end of the token's first line."""
    width = token.end[1] - token.start[1] if token.end[0] == token.start[0] else 1
    return Fault(message, help_, token.start, code, max(width, 1))


def shown(token: Token) -> str:
    """The text of a token for use in a message, shortened and in backticks."""
    return f"`{shortened(token.text.split(chr(10))[0])}`"


def too_long(key: Token) -> Fault:
    """The fault for a key that is longer than YAML allows."""
    return at_token(key, f"this key has more than {MAX_KEY} characters", "shorten it")
