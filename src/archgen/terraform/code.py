"""The Terraform code of a folder: its variables, and the part of it that Terraform can evaluate without providers.

That part consists of the variables, their validations, and the locals that these use. What refers to anything else is left out. In the
remaining text, everything keeps its line and column, so that Terraform's messages name places of the real code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import Any

from tree_sitter import Node

from archgen.records import dataclass
from archgen.terraform.hcl import (
    References,
    attribute_nodes,
    blocks,
    line_of,
    parse_hcl,
    references,
    template_references,
    words,
)
from archgen.terraform.module_source import ModuleInput, json_blocks, json_bodies, json_code, read_interface

# Functions whose results depend on files next to the code.
_READS_FILES = ("file", "templatefile", "abspath", "pathexpand")


@dataclass(frozen=True, slots=True)
class CodePart:
    """A variable, a validation of one, or a local: its place (bytes in an HCL file, otherwise its position), and what it refers to."""

    kind: str
    name: str
    file: str
    line: int
    place: tuple[int, int]
    refers: References = field(default_factory=References)


@dataclass(frozen=True, slots=True)
class Evaluable:
    """The files for Terraform by name, and the validations that cannot be evaluated, each with what it refers to."""

    files: Mapping[str, str]
    skipped: tuple[tuple[CodePart, str], ...]


@dataclass(frozen=True)
class FolderCode:
    """The code of a folder, read from the texts of its files by name; `folder` is the folder's name in messages.

    Reading raises HclSyntaxError.
    """

    folder: str
    texts: Mapping[str, str]

    @cached_property
    def variables(self) -> Mapping[str, ModuleInput]:
        """The variables by name."""
        return read_interface(self.texts).inputs

    @cached_property
    def parts(self) -> tuple[CodePart, ...]:
        """The variables, validations and locals of all files."""
        return tuple(part for name, text in sorted(self.texts.items()) for part in _parts(name, text))

    def path(self, file: str) -> str:
        """The path of one of its files in messages."""
        return f"{self.folder}/{file}" if self.folder not in ("", ".") else file

    def variable_at(self, file: str, line: int) -> str | None:
        """The variable whose block contains a line of an HCL file."""
        before = [p for p in self.parts if p.kind == "variable" and p.file == file and p.line <= line]
        return max(before, key=lambda part: part.line).name if before else None

    def evaluable(self, unknown: frozenset[str] = frozenset(), unvalidated: frozenset[str] = frozenset()) -> Evaluable:
        """What Terraform can evaluate without variables that have no (valid) value, and without the validations of some variables."""
        known = {name for name in self.variables if name not in unknown}
        locals_ = self._evaluable_locals(known)
        kept: list[CodePart] = [part for part in self.parts if part.kind == "variable" and part.name in known]
        skipped: list[tuple[CodePart, str]] = []
        for part in (part for part in self.parts if part.kind == "validation"):
            if part.name not in known or part.name in unvalidated:
                continue
            foreign = self._foreign(part.refers, known, locals_)
            if foreign is None:
                kept.append(part)
            elif not foreign.startswith("var."):  # the missing value itself is reported
                skipped.append((part, foreign))
        kept += self._used_locals(kept)
        return Evaluable(
            {name: text for name in self.texts if (text := _remaining(name, self.texts[name], kept))}, tuple(skipped)
        )

    def _evaluable_locals(self, known: set[str]) -> Mapping[str, str | None]:
        """For each local, what it refers to that Terraform cannot evaluate here; None for those that it can evaluate."""
        by_name: dict[str, list[References]] = {}
        for part in self.parts:
            if part.kind == "local":
                by_name.setdefault(part.name, []).append(part.refers)
        found: dict[str, str | None] = {name: f"local.{name}" for name in by_name}
        for _round in range(len(by_name)):
            changed = False
            for name, several in by_name.items():
                foreign = next((f for one in several if (f := self._foreign(one, known, found))), None)
                changed |= foreign != found[name]
                found[name] = foreign
            if not changed:
                break
        return found

    def _foreign(self, refers: References, known: set[str], locals_: Mapping[str, str | None]) -> str | None:
        """Something that an expression refers to and that Terraform cannot evaluate here; None if it can evaluate everything."""
        for function in sorted(refers.functions):
            if "::" in function and not function.startswith("core::"):
                return f"{function}()"
            if function.startswith(_READS_FILES):
                return f"{function}()"
        for root, name in sorted(refers.names):
            if root == "var" and name in known:
                continue
            if root == "var":
                return f"var.{name}"
            if root == "local" and name in locals_:
                if locals_[name]:
                    return locals_[name]
                continue
            return f"{root}.{name}" if name else root
        return None

    def _used_locals(self, kept: list[CodePart]) -> list[CodePart]:
        """The locals that validations use, directly or through other locals."""
        by_name: dict[str, list[CodePart]] = {}
        for part in self.parts:
            if part.kind == "local":
                by_name.setdefault(part.name, []).append(part)
        used: dict[str, list[CodePart]] = {}
        waiting = [part for part in kept if part.kind == "validation"]
        while waiting:
            for root, name in waiting.pop().refers.names:
                if root == "local" and name in by_name and name not in used:
                    used[name] = by_name[name]
                    waiting += by_name[name]
        return [part for parts in used.values() for part in parts]


# -- finding the parts -------------------------------------------------------------------------------------


def _parts(name: str, text: str) -> Iterator[CodePart]:
    if name.endswith(".json"):
        yield from _json_parts(name, json_code(name, text))
        return
    for block in blocks(parse_hcl(name, text)):
        match words(block):
            case ["variable", variable]:
                yield CodePart("variable", variable, name, line_of(block), _bytes(block))
                for inner in (inner for inner in blocks(block) if words(inner) == ["validation"]):
                    yield CodePart("validation", variable, name, line_of(inner), _bytes(inner), references(inner))
            case ["locals"]:
                for local, node in attribute_nodes(block):
                    yield CodePart("local", local, name, line_of(node), _bytes(node), references(node))


def _bytes(node: Node) -> tuple[int, int]:
    return node.start_byte, node.end_byte


def _json_parts(name: str, body: Mapping[str, Any]) -> Iterator[CodePart]:
    """The parts of a JSON file; their place is their position among those of the same kind and name."""
    for position, (variable, given) in enumerate(json_blocks(body, "variable")):
        yield CodePart("variable", variable, name, 0, (position, 0))
        for number, validation in enumerate(json_bodies(given, "validation")):
            yield CodePart("validation", variable, name, 0, (position, number), _json_references(validation))
    for position, given in enumerate(json_bodies(body, "locals")):
        for local, value in given.items():
            yield CodePart("local", local, name, 0, (position, 0), _json_references(value))


def _json_references(value: Any) -> References:
    found = [template_references(text) for text in _texts(value)]
    return References(
        frozenset(name for one in found for name in one.names),
        frozenset(function for one in found for function in one.functions),
    )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


# -- the remaining text --------------------------------------------------------------------------------------


def _remaining(name: str, text: str, kept: list[CodePart]) -> str:
    """The text of a file with the parts that are kept; everything else is blank. Empty if nothing is kept."""
    here = {(part.kind, part.name, part.place) for part in kept if part.file == name}
    if not here:
        return ""
    if name.endswith(".json"):
        return _remaining_json(json_code(name, text), here)
    content = text.encode()
    masked = _blank(content)
    for block in blocks(parse_hcl(name, text)):
        match words(block):
            case ["variable", variable] if ("variable", variable, _bytes(block)) in here:
                _copy(masked, content, _bytes(block))
                for inner in (inner for inner in blocks(block) if words(inner) == ["validation"]):
                    if ("validation", variable, _bytes(inner)) not in here:
                        _erase(masked, content, _bytes(inner))
            case ["locals"] if any(("local", n, _bytes(node)) in here for n, node in attribute_nodes(block)):
                _copy(masked, content, _bytes(block))
                for local, node in attribute_nodes(block):
                    if ("local", local, _bytes(node)) not in here:
                        _erase(masked, content, _bytes(node))
    return masked.decode()


def _blank(content: bytes) -> bytearray:
    return bytearray(byte if byte == ord("\n") else ord(" ") for byte in content)


def _copy(masked: bytearray, content: bytes, place: tuple[int, int]) -> None:
    masked[slice(*place)] = content[slice(*place)]


def _erase(masked: bytearray, content: bytes, place: tuple[int, int]) -> None:
    masked[slice(*place)] = _blank(content[slice(*place)])


def _remaining_json(body: Mapping[str, Any], here: set[tuple[str, str, tuple[int, int]]]) -> str:
    variables: dict[str, list[dict[str, Any]]] = {}
    for position, (variable, given) in enumerate(json_blocks(body, "variable")):
        if ("variable", variable, (position, 0)) not in here:
            continue
        validations = [
            validation
            for number, validation in enumerate(json_bodies(given, "validation"))
            if ("validation", variable, (position, number)) in here
        ]
        rest = {key: value for key, value in given.items() if key != "validation"}
        variables.setdefault(variable, []).append(rest | ({"validation": validations} if validations else {}))
    locals_ = [
        {name: value for name, value in given.items() if ("local", name, (position, 0)) in here}
        for position, given in enumerate(json_bodies(body, "locals"))
    ]
    return json.dumps({"variable": variables, "locals": [one for one in locals_ if one]}, indent=2)
