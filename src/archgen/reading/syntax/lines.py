"""Faults of lines: keys and lists that do not fit what stands above them, and what follows where a value has ended."""

from __future__ import annotations

import re
from itertools import pairwise

from archgen.diagnostics.diagnostic import shortened
from archgen.reading.syntax.complaint import MAX_KEY, Fault, SyntaxComplaint, at_token, shown, too_long
from archgen.reading.syntax.tokens import Token


def no_colon(c: SyntaxComplaint) -> Fault | None:
    """A line that ought to be a key."""
    if "could not find expected ':'" not in c.problem or c.began is None:
        return None
    return _several_lines(c, c.began) or _in_list(c.began, c.line_before(c.began)) or _no_key(c.began)


def _several_lines(c: SyntaxComplaint, key: Token) -> Fault | None:
    if key.kind == "quoted" and key.start[0] != key.end[0]:
        return at_token(
            key, "a key in quotes goes over more than one line", "write it on one line, or close its quote there"
        )
    return None


def _in_list(token: Token, above: list[Token]) -> Fault | None:
    """A line among those of a list, with their indentation, that begins otherwise."""
    if not above or above[0].kind != "-" or above[0].start[1] != token.start[1] or token.kind == "-":
        return None
    help_ = "write `- ` before it, or move it out of the list"
    return at_token(token, "the lines of the list above begin with `- `, and this one does not", help_)


def _no_key(line: Token) -> Fault:
    """A line that ought to be a key."""
    if len(line.text) > MAX_KEY:
        return too_long(line)
    if re.match(r"[\w-]+:\S", line.text):
        key, _, value = line.text.partition(":")
        help_ = f"write `{shortened(key)}: {shortened(value)}`"
        return at_token(line, f"{shown(line)} has no space after its `:`", help_)
    help_ = "write `key: value`; text that goes on from the line above is indented deeper than its key"
    return at_token(line, f"{shown(line)} is no key: no `:` follows it", help_)


def second_colon(c: SyntaxComplaint) -> Fault | None:
    """A `: ` where no key can end."""
    if "mapping values are not allowed" not in c.problem or c.before is None:
        return None
    if c.row and c.row[0].kind == "---":
        return Fault(
            "a mapping cannot begin on the line of `---`", "begin it on the next line", c.row[0].start, width=3
        )
    if c.before.kind in ("]", "}"):
        return at_token(c.before, "a key in brackets, or more than one line long", "a key is plain text on one line")
    if found := _several_lines(c, c.before):
        return found
    if len(c.before.text) > MAX_KEY:
        return too_long(c.before)
    if any(t.kind == ":" for t in c.row):
        help_ = "put the value in quotes, or begin the second key on a line of its own"
        return Fault("a second `: ` on one line", help_, c.at)
    return _below_text(c, c.before)


def _below_text(c: SyntaxComplaint, key: Token) -> Fault | None:
    """A key in a line that libyaml takes for the rest of the text above."""
    if key.start[0] < c.at[0]:
        return _no_key(key)
    above = c.line_before(key)
    if not above:
        return None
    if not any(t.kind == ":" for t in above):
        return _no_key(above[-1])
    return _too_deep(key, above)


def _too_deep(token: Token, above: list[Token]) -> Fault | None:
    """A line indented deeper than a key above that has its value already."""
    colon = next((n for n, t in enumerate(above) if t.kind == ":" and n), None)
    if colon is None or colon + 1 == len(above) or above[colon - 1].start[1] >= token.start[1]:
        return None
    key = above[colon - 1]
    message = f"{shown(token)} is indented deeper than {shown(key)}, which has a value already"
    return at_token(token, message, f"line it up with {shown(key)} in line {key.start[0] + 1}")


def list_on_line(c: SyntaxComplaint) -> Fault | None:
    """A `- ` that cannot begin a list."""
    if "sequence entries are not allowed" not in c.problem or c.token is None:
        return None
    if c.beside and c.beside.kind == ":":
        help_ = "begin it on the next line, or write [a, b]; put text that begins with `- ` in quotes"
        return at_token(c.token, "a list cannot begin on the line of its key", help_)
    return _after_end(c, c.token)


def expected_entry(c: SyntaxComplaint) -> Fault | None:
    """libyaml wanted the next key of a mapping, or the next `-` of a list."""
    if not ("expected key" in c.problem or "expected '-'" in c.problem):
        return None
    if c.token is None:
        return Fault("the file ends here, in the middle of a value", "close the quote or bracket above", c.at)
    return _after_end(c, c.token) or _first_of_line(c, c.token)


def _after_end(c: SyntaxComplaint, token: Token) -> Fault | None:
    """Something on a line whose value has ended."""
    beside = c.beside
    if token.kind == ":" and (beside is None or beside.kind in ("-", "?", ":")):
        return at_token(token, "a `:` without a key before it", "write `key: value`")
    if token.kind in ("]", "}"):
        return at_token(token, f"this `{token.kind}` closes nothing", "delete it, or open the bracket that it closes")
    if beside is None or beside.kind in ("-", "?", ":", "---"):
        return None
    if token.kind == ",":
        return at_token(token, "a `,` after a value", "delete it: outside brackets, a value ends with its line")
    if beside.kind == "quoted" and beside.start[0] != beside.end[0]:
        message = f"this quote is not closed before line {beside.end[0] + 1}, where other text follows it"
        return Fault(message, f"close it with {beside.text[0]} where its text ends", beside.start)
    if beside.kind == "quoted":
        adjacent = beside.text[0] == "'" and beside.end == token.start
        help_ = "inside single quotes, write '' for one '" if adjacent else "put all of the text in the quotes"
        return at_token(token, "text after the closing quote", help_)
    if beside.kind in ("]", "}"):
        return at_token(
            token, f"text after the closing `{beside.kind}`", "begin a new line, or put all of it in quotes"
        )
    return None


def _first_of_line(c: SyntaxComplaint, token: Token) -> Fault | None:
    """A line that belongs to nothing above it."""
    if token.kind == "block":
        message = "this line is indented less than the first line of its text"
        return Fault(message, "indent all lines of the text alike, empty ones too", c.at)
    above = c.line_before(token)
    if c.since[1] == token.start[1] and (found := _in_list(token, above)):
        return found
    if c.since[1] == token.start[1] and token.kind == "-":
        return at_token(
            token, "a list entry stands among keys", "indent it below its key, which has no other value then"
        )
    follows = [t for t in c.every if t.kind == "comment" and above and above[-1].end <= t.start < token.start]
    if follows and above[-1].kind == "plain":
        help_ = "move the comment above the text, or put the text in quotes"
        return at_token(token, "a comment ends the text above, so this line belongs to nothing", help_)
    return _too_deep(token, above) or _misfit(c, token)


def _misfit(c: SyntaxComplaint, token: Token) -> Fault:
    """A line with an indentation that no line above has; the help names the nearest that it can have."""
    keys = [one for one, two in pairwise(c.found[: c.here]) if two.kind == ":" and one.inside < 0]
    others = [t for t in c.found[: c.here] if t.kind == "-"] if token.kind == "-" else keys
    near = min(others, key=lambda t: (abs(t.start[1] - token.start[1]), -t.start[0]), default=None)
    help_ = f"line it up with {shown(near)} in line {near.start[0] + 1} ({_spaces(near)})" if near else ""
    message = f"the indentation of {shown(token)} ({_spaces(token)}) fits no line above"
    return at_token(token, message, help_ or "line it up with its neighbors")


def _spaces(token: Token) -> str:
    return f"{token.start[1]} space{'' if token.start[1] == 1 else 's'}"


def after_document(c: SyntaxComplaint) -> Fault | None:
    """Text after the file's only value."""
    if "<document start>" not in c.problem or c.token is None:
        return None
    if any(t.kind == "..." for t in c.found[: c.here]):
        return at_token(c.token, "text after `...`, which ends the file", "delete the `...`")
    if c.token.kind == "block":
        return Fault("this line belongs to the text above, and is not indented", "indent the lines of the text", c.at)
    if found := _after_end(c, c.token):
        return found
    return at_token(
        c.token, "the file's only value has ended above", "a model is a mapping: write `key: value` at the left margin"
    )


def no_value(c: SyntaxComplaint) -> Fault | None:
    """A place where a value should begin."""
    if "node content" not in c.problem:
        return None
    if c.token and c.token.kind in ("]", "}"):
        return at_token(
            c.token, f"this `{c.token.kind}` closes nothing", "delete it, or put it in quotes if it is text"
        )
    if c.token and c.token.kind == ",":
        return at_token(c.token, "text without quotes cannot begin with `,`", "put it in quotes")
    if c.token and c.token.kind in ("...", "---"):
        return at_token(c.token, f"`{c.token.kind}` ends a file that holds nothing yet", "delete it")
    return Fault("a value is missing here", "write it, or delete the key", c.at)
