"""Faults in quotes and single characters, and YAML features that archgen does not allow."""

from __future__ import annotations

from itertools import pairwise

from archgen.reading.syntax.complaint import BEYOND, HELP_BEYOND, NOT_ALLOWED, Fault, SyntaxComplaint, at_token


def tab(c: SyntaxComplaint) -> Fault | None:
    """A tab in the indentation, or in another place where only spaces are allowed."""
    indent = c.line[: len(c.line) - len(c.line.lstrip())]
    quoted = any(t.kind == "quoted" and t.start[0] < c.at[0] <= t.end[0] for t in (c.token, c.before) if t)
    outside = not quoted and (c.token is None or c.token.inside < 0)
    if "\t" in indent and (outside or c.at[1] <= len(indent)):
        return Fault("this line is indented with a tab", "indent it with spaces", (c.at[0], indent.index("\t")))
    if c.line[c.at[1] : c.at[1] + 1] == "\t" or "tab character" in c.problem:
        return Fault("YAML does not allow a tab here", "replace it with a space", c.at)
    return None


def template(c: SyntaxComplaint) -> Fault | None:
    """An expression of a template language."""
    for one, two in pairwise(c.found):
        opened = one.kind == "{" and one.end == two.start and one.start[0] in (c.at[0], c.since[0])
        if opened and (two.kind == "{" or two.text.startswith("%")):
            message = f"`{{{two.text[:1]}` starts a template expression, which a model cannot contain"
            help_ = "put the value in quotes if it is text, or render the template before running archgen"
            return Fault(message, help_, one.start, width=2)
    return None


def directive(c: SyntaxComplaint) -> Fault | None:
    """A line with `%` at the left margin."""
    row = c.at[0] if "directive" in c.context else -1
    lines = [t for t in c.found if t.kind == "directive"]
    expected = "<document start>" in c.problem or "incompatible YAML" in c.problem or "directive" in c.problem
    for token in lines:
        if token.start[0] == row or (expected and token.start <= c.at):
            return at_token(token, "directives are not allowed", "delete the line", BEYOND)
    if row >= 0:
        return Fault("a line cannot begin with `%`", "indent it, or put the text in quotes", (row, 0))
    return None


def beyond(c: SyntaxComplaint) -> Fault | None:
    """Anchors, aliases and tags in places where they also break the YAML."""
    if "<document start>" in c.problem or c.context.startswith("while parsing a flow"):
        return None
    near = [t for t in (c.token, c.before, c.began, *c.row) if t and t.kind in NOT_ALLOWED]
    token = min((t for t in near if t.start[0] in (c.at[0], c.since[0])), key=lambda t: t.start, default=None)
    return at_token(token, NOT_ALLOWED[token.kind], HELP_BEYOND[token.kind], BEYOND) if token else None


def escape(c: SyntaxComplaint) -> Fault | None:
    """An invalid escape sequence in double quotes."""
    if "quoted scalar" not in c.context:
        return None
    if "unknown escape" in c.problem:
        sign = c.line[c.at[1] : c.at[1] + 2]
        help_ = "write \\\\ for a backslash, or put the text in single quotes"
        return Fault(f"`{sign}` is not an escape sequence of double quotes", help_, c.at, width=2)
    if "hexdecimal" in c.problem or "escape code" in c.problem:
        start = c.line.rfind("\\", 0, c.at[1] + 1)
        digits = {"x": 2, "u": 4, "U": 8}.get(c.line[start + 1 : start + 2], 4)
        message = f"`{c.line[start : start + 2]}` must be followed by {digits} hexadecimal digits"
        return Fault(message, "write \\\\ for a backslash, or put the text in single quotes", (c.at[0], max(start, 0)))
    return None


def quote(c: SyntaxComplaint) -> Fault | None:
    """A quote that is not closed, or that contains a document marker at the left margin."""
    if "quoted scalar" not in c.context or c.began is None:
        return None
    if "document indicator" in c.problem:
        sign = c.line[:3]
        return Fault(f"a line inside quotes cannot begin with `{sign}`", "indent it", c.at, width=3)
    if "end of stream" in c.problem:
        return Fault("this quote is not closed", f"close it with {c.began.text[0]}", c.since)
    return None


def block_header(c: SyntaxComplaint) -> Fault | None:
    """Invalid text after `|` or `>`."""
    if "block scalar" not in c.context:
        return None
    sign = c.line[c.since[1] : c.since[1] + 1]
    if "equal to 0" in c.problem:
        return Fault(f"the indentation in `{sign}0` must be at least 1", f"write `{sign}` alone", c.since, width=2)
    return Fault(f"text cannot follow `{sign}` on the same line", "begin the text on the next line, indented", c.at)


def cannot_start(c: SyntaxComplaint) -> Fault | None:
    """A character that YAML reserves at the start of unquoted text."""
    if "mapping keys are not allowed" in c.problem:
        return Fault("unquoted text cannot begin with `? `", "put it in quotes", c.at)
    if "cannot start any token" not in c.problem:
        return None
    return Fault(f"unquoted text cannot begin with `{c.line[c.at[1]]}`", "put it in quotes", c.at)
