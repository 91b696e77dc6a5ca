"""What a value of the model drives: found by giving it other values and reviewing each changed model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path as FilePath
from typing import Any

from archgen.comparing.review import Review
from archgen.comparing.words import value_code
from archgen.diagnostics.diagnostic import Diagnostic, Path, Span
from archgen.model.resolve import Resolved
from archgen.project import Loaded, Project, load
from archgen.reading.changes import Change, ChangeError, DeleteKey, SetValue
from archgen.reading.edits import ModelFiles, path_at
from archgen.reading.yaml_tree import YamlNode
from archgen.records import dataclass

MOST_STATEMENTS, MOST_TRIALS, MOST_ATTEMPTS = 3, 2, 10
_CHOICES = re.compile(r"use one of: ([^;]*)")  # as `did_you_mean` writes them
Compare = Callable[[Project], Review | list[Diagnostic]]  # problems if a changed project cannot be compared
_ODD = "archgen-tries-this"  # a value that is not a choice, so that the model's classes list their choices


@dataclass(frozen=True, slots=True)
class Trial:
    """Another value in the place of one that the model states, and what it changes. `new` is None if the value was removed.

    If they are `withheld`, the values are not shown.
    """

    at: Span
    path: Path
    old: Any
    new: Any
    review: Review
    withheld: bool = False

    @property
    def words(self) -> str:
        """What was tried: `31 instead of 30`."""
        if self.new is None:
            return "without the value"
        if self.withheld:
            return "another value, which is withheld"
        return f"{value_code(self.path, self.new)} instead of {value_code(self.path, self.old)}"


@dataclass(frozen=True, slots=True)
class TriedStatement:
    """A place that states the value: its path in the files and its node, with what was tried, and why nothing else could be."""

    path: Path
    node: YamlNode
    trials: tuple[Trial, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def statements_of(project: Project, path: Path) -> list[tuple[Path, YamlNode]]:
    """The places in the files that state the value at a path at any coordinate, each with its own path there."""
    root = project.files.root
    assert root is not None
    nodes = {node.span: node for a in project.resolved.architectures.values() if (node := a.tree.get(path)) is not None}
    found = ((path_at(root, span), node) for span, node in nodes.items())
    return [(there, node) for there, node in found if there is not None]


def path_of_line(root: YamlNode, file: str, line: int, path: Path = ()) -> Path | None:
    """The path of the first key that begins at a line of a file; of a single value in it, if it has only one."""
    for step, child in _children(root):
        begin = child.key_span or child.span
        here = (*path, step)
        if begin.file == file and begin.line == line:
            return _only_value(child, here)
        if (inside := path_of_line(child, file, line, here)) is not None:
            return inside
    return None


def _children(node: YamlNode) -> list[tuple[str | int, YamlNode]]:
    match node.value:
        case dict() as mapping:
            return list(mapping.items())
        case list() as items:
            return list(enumerate(items))
        case _:
            return []


def _only_value(node: YamlNode, path: Path) -> Path:
    inside = _children(node)
    return _only_value(inside[0][1], (*path, inside[0][0])) if len(inside) == 1 else path


def resolved_path(resolved: Resolved, root: YamlNode, path: Path) -> Path:
    """The path in resolved models of a place in the files: without conditions such as `when.prod`. The same path if there is none."""
    node = root.get(path)
    assert node is not None
    found = (path_at(a.tree, node.span) for a in resolved.architectures.values())
    return next((there for there in found if there is not None), path)


def tried(project: Project, model: FilePath, path: Path, compare: Compare) -> list[TriedStatement]:
    """What other values change, for each place that states the value at a path. `compare` says what a changed project means."""
    places = statements_of(project, path)[:MOST_STATEMENTS]
    most = MOST_TRIALS if len(places) == 1 else 1
    return [_tried(project, model, (path, there, node), compare, most) for there, node in places]


def _tried(
    project: Project, model: FilePath, place: tuple[Path, Path, YamlNode], compare: Compare, most: int
) -> TriedStatement:
    path, there, node = place
    trials: list[Trial] = []
    problems: list[Diagnostic] = []
    queue = list(_other_values(node, project.files.root, path))
    known: list[Any] = [node.plain()]
    attempts = 0
    while queue and len(trials) < most and attempts < MOST_ATTEMPTS:
        value = queue.pop(0)
        if value in known and type(value) is type(known[known.index(value)]):
            continue
        known.append(value)
        attempts += 1
        loaded = _with_value(project, model, there, value)
        if loaded is None:
            continue
        found = compare(loaded.project) if loaded.project is not None else loaded.diagnostics
        if not isinstance(found, list):
            trials.append(Trial(node.key_span or node.span, path, node.plain(), value, found))
            continue
        if value != _ODD:
            problems = problems or found
        choices = [text for d in found if d.span and d.span[:3] == node.span[:3] for text in _choices_in(d.help)]
        queue = [*choices, *queue]
    return TriedStatement(there, node, tuple(trials), () if trials else tuple(problems))


def _choices_in(text: str) -> list[str]:
    found = _CHOICES.search(text)
    return [choice.strip("' ") for choice in re.split(r", and |, | or ", found[1])] if found else []


def _with_value(project: Project, model: FilePath, path: Path, value: Any) -> Loaded | None:
    """The model with another value at a path of its files; None if the text cannot be changed so."""
    names = [source.file for source in project.files.sources]
    change: Change = DeleteKey(path) if value is None else SetValue(path, value)
    try:
        files = ModelFiles(model.parent, names)
        files.change([change])
    except (ChangeError, OSError, ValueError):
        return None
    return load(model, trusted=project.trusted, texts=files.changed)


def _other_values(node: YamlNode, root: YamlNode | None, path: Path) -> Iterator[Any]:
    """Values to try, the most telling ones first; None removes the value."""
    match node.plain():
        case bool() as flag:
            yield not flag
        case int() as number:
            yield from (number + 1, max(number - 1, 0), number * 2, number // 2)
        case float() as number:
            yield from (number * 1.5, number / 2)
        case str() as text:
            yield _ODD
            yield from _values_elsewhere(root, path[-1])
            yield f"{text} changed"
        case list() as items if len(items) > 1:
            yield from (items[:-1], items[1:])
    yield None


def _values_elsewhere(node: YamlNode | None, key: str | int) -> Iterator[str]:
    """The texts that the model states under the same key elsewhere."""
    for step, child in _children(node) if node else ():
        if step == key and isinstance(child.value, str):
            yield child.value
        yield from _values_elsewhere(child, key)
