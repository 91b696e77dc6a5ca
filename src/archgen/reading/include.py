"""Reading a model and the files that it includes into one tree."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path as FilePath
from pathlib import PurePosixPath
from types import MappingProxyType

from archgen.diagnostics.diagnostic import Diagnostic, Path, dotted
from archgen.reading.yaml_tree import Source, YamlNode, parse, read
from archgen.records import dataclass

KEY = "include"


@dataclass(frozen=True, slots=True)
class Files:
    """All files of a model, the main one first, and their merged tree, which is None if a file is broken or missing."""

    sources: tuple[Source, ...]
    root: YamlNode | None
    others: tuple[tuple[str, str], ...] = ()  # names and texts of other files, such as design documents

    @property
    def main(self) -> Source:
        """The file that includes the others."""
        return self.sources[0]

    @property
    def lines(self) -> Mapping[str, list[str]]:
        """The lines of every file, by its name in diagnostics."""
        model = {source.file: source.lines for source in self.sources}
        return {name: text.split("\n") for name, text in self.others} | model


def read_files(model: FilePath, texts: Mapping[str, str] = MappingProxyType({})) -> tuple[Files, list[Diagnostic]]:
    """A model with the files that it includes, and the problems in them. `texts` replaces the texts of files, by name."""
    main, problems = _read(model, model.name, texts)
    sources = [main]
    if main.root is None or not main.complete:
        return Files((main,), None), problems
    root, names = _without_include(main.root)
    for node in names:
        name, wrong = _name(node, model, {source.file for source in sources})
        if wrong:
            problems.append(wrong)
            continue
        source, more = _read(model.parent / name, name, texts)
        sources.append(source)
        problems += [_place_at_include(diagnostic, node) for diagnostic in more]
        if source.root is not None:
            further, nested = _without_include(source.root)
            problems += [
                Diagnostic(
                    "ARC-M007", "an included file cannot include others", "include it in the main file", span=n.span
                )
                for n in nested
            ]
            root = _merge(root, further, (), problems)
    whole = all(source.complete and source.root is not None for source in sources)
    return Files(tuple(sources), root if whole else None), problems


def _read(path: FilePath, name: str, texts: Mapping[str, str]) -> tuple[Source, list[Diagnostic]]:
    return parse(texts[name].removeprefix("\ufeff"), name) if name in texts else read(path, name)


def _without_include(root: YamlNode) -> tuple[YamlNode, list[YamlNode]]:
    """The tree without the key `include`, and the items of its list."""
    if not isinstance(root.value, dict) or KEY not in root.value:
        return root, []
    listed = root.value[KEY]
    items = listed.value if isinstance(listed.value, list) else [listed]
    return YamlNode({k: v for k, v in root.value.items() if k != KEY}, root.span, root.key_span), items


def _name(node: YamlNode, model: FilePath, seen: set[str]) -> tuple[str, Diagnostic | None]:
    """The path of an included file, or why it cannot be one."""
    name = node.value if isinstance(node.value, str) else ""
    path = PurePosixPath(name)
    target = model.parent / name
    inside = "\0" not in name and FilePath(os.path.realpath(target)).is_relative_to(os.path.realpath(model.parent))
    if any(sign in name for sign in "*?[") and not os.path.lexists(target):
        help_ = "list each file: include: [parts/network.yaml, parts/teams.yaml]"
        return "", Diagnostic(
            "ARC-M007", f"'{name}' is a pattern, which `include` does not support", help_, span=node.span
        )
    if not name or path.is_absolute() or ".." in path.parts or "\\" in name or not inside:
        help_ = "write its path relative to the model's folder, such as include: [parts/teams.yaml]"
        return "", Diagnostic(
            "ARC-M007", f"'{node.plain()}' is not a file inside the model's folder", help_, span=node.span
        )
    if str(path) in seen:
        return "", Diagnostic(
            "ARC-M007", f"'{name}' is already part of the model", "include each file once", span=node.span
        )
    return str(path), None


def _place_at_include(diagnostic: Diagnostic, node: YamlNode) -> Diagnostic:
    """The diagnostic, moved to the item of `include` if the file could not be read at all."""
    if diagnostic.span is None and diagnostic.code == "ARC-Y001":
        return Diagnostic("ARC-M007", f"'{node.plain()}': {diagnostic.message}", "", span=node.span)
    return diagnostic


def _merge(one: YamlNode, other: YamlNode, path: Path, problems: list[Diagnostic]) -> YamlNode:
    """Two mappings merged; if both state a value, the first one is kept and a problem is added."""
    if not isinstance(one.value, dict) or not isinstance(other.value, dict):
        first, second = one.key_span or one.span, other.key_span or other.span
        message = f"'{dotted(path)}' is set in two files"
        related = (("first here", first),)
        problems.append(Diagnostic("ARC-M007", message, "keep one of them", path, span=second, related=related))
        return one
    merged = dict(one.value)
    for key, child in other.value.items():
        merged[key] = _merge(merged[key], child, (*path, key), problems) if key in merged else child
    return YamlNode(merged, one.span, one.key_span)
