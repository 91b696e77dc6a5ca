"""Parsing Terraform type expressions, and formatting them like `terraform fmt` does."""

from __future__ import annotations

import re

from archgen.records import dataclass

_TOKEN = re.compile(
    r'\s*(?:(?P<word>[A-Za-z_][\w-]*)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?[0-9.]+)|(?P<mark>[(){}\[\],=:]))'
)


class TypeSyntaxError(ValueError):
    """A type expression that does not parse."""


@dataclass(frozen=True, slots=True)
class Type:
    """`name(arguments…)`, or `object({attributes…})`; an attribute may be optional, with a default as text."""

    name: str
    arguments: tuple[Type, ...] = ()
    attributes: tuple[tuple[str, Type, bool, str], ...] = ()

    def render(self, indent: int = 0) -> str:
        """The type as HCL, with one attribute per line and the `=` of consecutive lines aligned."""
        if self.name == "object":
            return f"object({_attributes(self, indent)})"
        if self.arguments:
            return f"{self.name}({', '.join(argument.render(indent) for argument in self.arguments)})"
        return self.name


def _attributes(object_: Type, indent: int) -> str:
    if not object_.attributes:
        return "{}"
    inner, rows = " " * (indent + 2), []
    for name, type_, optional, default in object_.attributes:
        text = type_.render(indent + 2)
        if optional:
            text = f"optional({text}{f', {default}' if default else ''})"
        rows.append((name, text))
    return "{\n" + "".join(f"{inner}{line}\n" for line in aligned(rows)) + " " * indent + "}"


def aligned(rows: list[tuple[str, str]]) -> list[str]:
    """`name = value` lines with the `=` aligned as `terraform fmt` does: over runs of one-line values.

    The first line of a longer value ends its run without being part of it.
    """
    lines: list[str] = []
    run: list[tuple[str, str]] = []

    def flush() -> None:
        width = max((len(name) for name, _value in run), default=0)
        lines.extend(f"{name:<{width}} = {value}" for name, value in run)
        run.clear()

    for name, value in rows:
        if "\n" in value:
            flush()
            lines.append(f"{name} = {value}")
        else:
            run.append((name, value))
    flush()
    return lines


def parse(text: str) -> Type:
    """The type that a text describes. Attributes may be separated by commas, line breaks or just spaces. Raises TypeSyntaxError."""
    parser = _Parser(text)
    type_ = parser.type()
    if parser.peek():
        raise TypeSyntaxError(f"'{parser.peek()}' after the type in: {text[:80]}")
    return type_


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = []
        position = 0
        while position < len(text.rstrip()):
            match = _TOKEN.match(text, position)
            if not match:
                raise TypeSyntaxError(f"cannot read {text[position : position + 20]!r}")
            self.tokens.append(match.group().strip())
            position = match.end()
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            raise TypeSyntaxError(f"'{expected or 'more'}' is missing at '{token}' in: {self.text[:80]}")
        self.at += 1
        return token

    def type(self) -> Type:
        name = self.take()
        if self.peek() != "(":
            return Type(name)
        self.take("(")
        if name == "object":
            type_ = Type(name, attributes=tuple(self._attributes()))
        else:
            arguments = [self.type()]
            while self.peek() == ",":
                self.take()
                arguments.append(self.type())
            type_ = Type(name, tuple(arguments))
        self.take(")")
        return type_

    def _attributes(self) -> list[tuple[str, Type, bool, str]]:
        self.take("{")
        attributes = []
        while self.peek() != "}":
            name = self.take()
            self.take(":" if self.peek() == ":" else "=")  # Terraform takes either
            if self.peek() == "optional":
                self.take()
                self.take("(")
                type_ = self.type()
                default = ""
                if self.peek() == ",":
                    self.take()
                    default = self._default()
                self.take(")")
                attributes.append((name, type_, True, default))
            else:
                attributes.append((name, self.type(), False, ""))
            if self.peek() == ",":
                self.take()
        self.take("}")
        return attributes

    def _default(self) -> str:
        """The default of an optional attribute, up to the parenthesis that ends it."""
        parts: list[str] = []
        depth = 0
        while depth or self.peek() != ")":
            token = self.take()
            depth += (token in "([{") - (token in ")]}")
            if self.peek() == "=" and parts and parts[-1] not in ("{", ","):
                parts.append(",")  # in place of a line break
            parts.append(token)
        return " ".join(parts).replace("[ ]", "[]").replace("{ }", "{}").replace(" ,", ",")
