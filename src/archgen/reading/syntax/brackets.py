"""Faults inside brackets: unclosed brackets, missing separators, and misplaced tokens."""

from __future__ import annotations

from archgen.diagnostics.diagnostic import shortened
from archgen.reading.syntax.complaint import MAX_KEY, Fault, SyntaxComplaint, at_token, shown, too_long
from archgen.reading.syntax.tokens import CLOSERS, Token


def bracket(c: SyntaxComplaint) -> Fault | None:
    """Any fault inside brackets."""
    if not ("expected ',' or" in c.problem or "flow node" in c.context or "unexpected ':'" in c.problem):
        return None
    token = c.token
    if token and token.kind in ("---", "..."):
        return at_token(
            token, f"unexpected `{token.kind}` inside brackets", "indent it, or close the brackets before it"
        )
    if "unexpected ':'" in c.problem and token:
        help_ = "put the text in quotes, or write a value after the `:`"
        return Fault("inside brackets, unquoted text cannot end with `:`", help_, c.at)
    if "expected ',' or" in c.problem and c.began and (open_ := _unclosed(c, c.began)):
        return open_
    if token is None:
        return next((fault for t in reversed(c.found) if t.kind in CLOSERS and (fault := _unclosed(c, t))), None)
    return _misplaced(c, token) if "flow node" in c.context else _unseparated(c, token)


def _unclosed(c: SyntaxComplaint, opening: Token) -> Fault | None:
    """The fault for a bracket that is not closed, or that is closed by the wrong bracket."""
    if opening.kind not in CLOSERS:
        return None
    right = CLOSERS[opening.kind]
    end = c.closers.get(opening.start)
    if end is None:
        return at_token(opening, f"this `{opening.kind}` is not closed", f"close it with `{right}`")
    if end.kind != right and end.start <= c.at:
        place = f"line {opening.start[0] + 1}, column {opening.start[1] + 1}"
        message = f"`{end.kind}` cannot close the `{opening.kind}` at {place}"
        return at_token(end, message, f"close it with `{right}`")
    return None


def _misplaced(c: SyntaxComplaint, token: Token) -> Fault | None:
    """Something else in a place where a value should begin."""
    first = c.before is None or c.before.kind in ("[", "{", ",")
    if token.kind == ",":
        return at_token(token, "a value is missing before this `,`", "write the value, or delete the `,`")
    if token.kind == ":" and first:
        return at_token(token, "a key is missing before this `:`", "write `key: value`")
    if token.text[0] in ":?":
        message = f"inside brackets, unquoted text cannot begin with `{token.text[0]}`"
        return at_token(
            token, message, f'write "{shortened(token.text)}"' if '"' not in token.text else "put it in quotes"
        )
    return at_token(token, f"a value is missing before {shown(token)}", "write the value, or delete the text around it")


def _unseparated(c: SyntaxComplaint, token: Token) -> Fault | None:
    """Something else in a place where a `,` or the closing bracket should be."""
    if token.kind != ":" and not token.text.startswith(":"):
        return at_token(
            token,
            f"a `,` is missing before {shown(token)}",
            "separate values in brackets with `,`, and put text that contains `: ` in quotes",
        )
    entry = _entry(c, token)
    if not entry:
        return at_token(token, "a key is missing before this `:`", "write `key: value`")
    key = entry[-1]
    if any(t.kind == ":" and t.inside == token.inside for t in entry):
        return _missing_comma(key)
    if entry[0].start[0] != token.start[0]:
        return at_token(entry[0], "a key and its `:` must be on the same line", "write the key and its `:` on one line")
    if len(key.text) > MAX_KEY:
        return too_long(key)
    return at_token(token, "unexpected `:` inside brackets", "put the text in quotes, or separate values with `,`")


def _entry(c: SyntaxComplaint, token: Token) -> list[Token]:
    """The tokens between the last `,` or opening bracket and a token."""
    entry: list[Token] = []
    for earlier in reversed(c.found[: c.here]):
        end = c.closers.get(earlier.start)
        if earlier.kind in CLOSERS and (end is None or end.start >= c.at):
            break
        if earlier.kind == "," and earlier.inside == token.inside:
            break
        entry.append(earlier)
    return entry[::-1]


def _missing_comma(key: Token) -> Fault:
    """The fault for `1 b` in `{a: 1 b: 2}`, whose last word is the key."""
    word = key.text.rpartition(" ")[2] if key.kind == "plain" else key.text
    place = (key.end[0], key.end[1] - len(word)) if "\n" not in word else key.start
    message = f"a `,` is missing before `{shortened(word.split(chr(10))[0])}`"
    return Fault(
        message,
        "separate values in brackets with `,`, and put text that contains `: ` in quotes",
        place,
        width=max(1, len(word)),
    )
