"""Faults in lines: keys and lists that do not fit the lines above them, and text after the end of a value."""

from __future__ import annotations

import re
from itertools import pairwise

from archgen.diagnostics.diagnostic import shortened
from archgen.reading.syntax.complaint import MAX_KEY, Fault, SyntaxComplaint, at_token, shown, too_long
from archgen.reading.syntax.tokens import Token


def no_colon(c: SyntaxComplaint) -> Fault | None:
    """A line that should have been a key."""
    if "could not find expected ':'" not in c.problem or c.began is None:
        return None
    return _several_lines(c, c.began) or _in_list(c.began, c.line_before(c.began)) or _no_key(c.began)


def _several_lines(c: SyntaxComplaint, key: Token) -> Fault | None:
    if key.kind == "quoted" and key.start[0] != key.end[0]:
        return at_token(
            key, "this quoted key spans more than one line", "write it on one line, or close its quote there"
        )
    return None


def _in_list(token: Token, above: list[Token]) -> Fault | None:
    """A line at the indentation of a list above that does not begin with `- `."""
    if not above or above[0].kind != "-" or above[0].start[1] != token.start[1] or token.kind == "-":
        return None
    help_ = "write `- ` before it, or move it out of the list"
    return at_token(token, "this line is inside a list, but does not begin with `- `", help_)


def _no_key(line: Token) -> Fault:
    """The fault for a line that should have been a key."""
    if len(line.text) > MAX_KEY:
        return too_long(line)
    if re.match(r"[\w-]+:\S", line.text):
        key, _, value = line.text.partition(":")
        help_ = f"write `{shortened(key)}: {shortened(value)}`"
        return at_token(line, f"{shown(line)} has no space after its `:`", help_)
    help_ = "write `key: value`, or indent it deeper than its key if it continues the text above"
    return at_token(line, f"{shown(line)} is not followed by `:`", help_)


def second_colon(c: SyntaxComplaint) -> Fault | None:
    """A `: ` in a place where a key cannot end."""
    if "mapping values are not allowed" not in c.problem or c.before is None:
        return None
    if c.row and c.row[0].kind == "---":
        return Fault(
            "a mapping cannot begin on the same line as `---`", "begin it on the next line", c.row[0].start, width=3
        )
    if c.before.kind in ("]", "}"):
        return at_token(c.before, "a key cannot be in brackets or span several lines", "write plain text on one line")
    if fault := _several_lines(c, c.before):
        return fault
    if len(c.before.text) > MAX_KEY:
        return too_long(c.before)
    if any(t.kind == ":" for t in c.row):
        help_ = "put the value in quotes, or begin the second key on a new line"
        return Fault("a second `: ` on the same line", help_, c.at)
    return _below_text(c, c.before)


def _below_text(c: SyntaxComplaint, key: Token) -> Fault | None:
    """A key on a line that libyaml reads as a continuation of the text above."""
    if key.start[0] < c.at[0]:
        return _no_key(key)
    above = c.line_before(key)
    if not above:
        return None
    if not any(t.kind == ":" for t in above):
        return _no_key(above[-1])
    return _too_deep(key, above)


def _too_deep(token: Token, above: list[Token]) -> Fault | None:
    """A line that is indented deeper than a key above that already has a value."""
    colon = next((n for n, t in enumerate(above) if t.kind == ":" and n), None)
    if colon is None or colon + 1 == len(above) or above[colon - 1].start[1] >= token.start[1]:
        return None
    key = above[colon - 1]
    message = f"{shown(token)} is indented deeper than {shown(key)}, which already has a value"
    return at_token(token, message, f"align it with {shown(key)} on line {key.start[0] + 1}")


def list_on_line(c: SyntaxComplaint) -> Fault | None:
    """A `- ` that cannot begin a list."""
    if "sequence entries are not allowed" not in c.problem or c.token is None:
        return None
    if c.beside and c.beside.kind == ":":
        help_ = "begin it on the next line, or write [a, b]; if it is text, put it in quotes"
        return at_token(c.token, "a list cannot begin on the same line as its key", help_)
    return _after_end(c, c.token)


def expected_entry(c: SyntaxComplaint) -> Fault | None:
    """Something else in place of the next key of a mapping, or of the next `-` of a list."""
    if not ("expected key" in c.problem or "expected '-'" in c.problem):
        return None
    if c.token is None:
        return Fault("the file ends here, in the middle of a value", "close the quote or bracket above", c.at)
    return _after_end(c, c.token) or _first_of_line(c, c.token)


def _after_end(c: SyntaxComplaint, token: Token) -> Fault | None:
    """Something on a line after the end of its value."""
    beside = c.beside
    if token.kind == ":" and (beside is None or beside.kind in ("-", "?", ":")):
        return at_token(token, "a key is missing before this `:`", "write `key: value`")
    if token.kind in ("]", "}"):
        return at_token(token, f"this `{token.kind}` has no opening bracket", "delete it, or add the opening bracket")
    if beside is None or beside.kind in ("-", "?", ":", "---"):
        return None
    if token.kind == ",":
        return at_token(
            token, "unexpected `,` after a value", "delete it; outside brackets, a value ends with its line"
        )
    if beside.kind == "quoted" and beside.start[0] != beside.end[0]:
        message = f"this quote is only closed on line {beside.end[0] + 1}, where other text follows"
        return Fault(message, f"close it with {beside.text[0]} at the end of its text", beside.start)
    if beside.kind == "quoted":
        adjacent = beside.text[0] == "'" and beside.end == token.start
        help_ = "inside single quotes, write '' for '" if adjacent else "put the whole text inside the quotes"
        return at_token(token, "unexpected text after the closing quote", help_)
    if beside.kind in ("]", "}"):
        return at_token(
            token, f"unexpected text after `{beside.kind}`", "begin a new line, or put the whole text in quotes"
        )
    return None


def _first_of_line(c: SyntaxComplaint, token: Token) -> Fault | None:
    """A line that does not belong to any line above."""
    if token.kind == "block":
        message = "this line is indented less than the first line of its text"
        return Fault(message, "indent all lines of the text equally, including empty ones", c.at)
    above = c.line_before(token)
    if c.since[1] == token.start[1] and (fault := _in_list(token, above)):
        return fault
    if c.since[1] == token.start[1] and token.kind == "-":
        help_ = "indent it below its key, which must have no other value"
        return at_token(token, "unexpected list item between keys", help_)
    follows = [t for t in c.every if t.kind == "comment" and above and above[-1].end <= t.start < token.start]
    if follows and above[-1].kind == "plain":
        help_ = "move the comment above the text, or put the text in quotes"
        return at_token(token, "this line cannot continue the text above, because a comment ends it", help_)
    return _too_deep(token, above) or _misfit(c, token)


def _misfit(c: SyntaxComplaint, token: Token) -> Fault:
    """The fault for a line whose indentation matches no line above; the help names the nearest possible one."""
    keys = [one for one, two in pairwise(c.found[: c.here]) if two.kind == ":" and one.inside < 0]
    others = [t for t in c.found[: c.here] if t.kind == "-"] if token.kind == "-" else keys
    near = min(others, key=lambda t: (abs(t.start[1] - token.start[1]), -t.start[0]), default=None)
    help_ = f"align it with {shown(near)} on line {near.start[0] + 1} ({_spaces(near)})" if near else ""
    message = f"the indentation of {shown(token)} ({_spaces(token)}) does not match any line above"
    return at_token(token, message, help_ or "align it with the lines around it")


def _spaces(token: Token) -> str:
    return f"{token.start[1]} space{'' if token.start[1] == 1 else 's'}"


def after_document(c: SyntaxComplaint) -> Fault | None:
    """Text after the end of the file's only value."""
    if "<document start>" not in c.problem or c.token is None:
        return None
    if any(t.kind == "..." for t in c.found[: c.here]):
        return at_token(c.token, "unexpected text after `...`, which ends the file", "delete the `...`")
    if c.token.kind == "block":
        return Fault("this line belongs to the text above, but is not indented", "indent the lines of the text", c.at)
    if fault := _after_end(c, c.token):
        return fault
    return at_token(
        c.token,
        "the value of the file already ended above",
        "a model is a mapping: write `key: value` at the left margin",
    )


def no_value(c: SyntaxComplaint) -> Fault | None:
    """Something else in a place where a value should begin."""
    if "node content" not in c.problem:
        return None
    if c.token and c.token.kind in ("]", "}"):
        return at_token(
            c.token, f"this `{c.token.kind}` has no opening bracket", "delete it, or put it in quotes if it is text"
        )
    if c.token and c.token.kind == ",":
        return at_token(c.token, "unquoted text cannot begin with `,`", "put it in quotes")
    if c.token and c.token.kind in ("...", "---"):
        return at_token(c.token, f"`{c.token.kind}` ends the file before it has a value", "delete it")
    return Fault("a value is missing here", "write it, or delete the key", c.at)
