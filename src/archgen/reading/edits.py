"""Changing the files of a model in place: only the text of a value or key is replaced, so that comments, order and formatting stay.

Every changed text is parsed again, and its tree must be the intended one. Otherwise the change is refused and nothing is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path as FilePath

from archgen.diagnostics.diagnostic import Path, Span, dotted
from archgen.reading.changes import AddKey, Change, ChangeError, DeleteKey, RenameKey, SetValue, with_change
from archgen.reading.written import entry, written
from archgen.reading.yaml_tree import YamlNode, parse
from archgen.records import dataclass
from archgen.system.outfile import UnwritableError, write_in_project

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$")
_BREAK = re.compile(r"\r\n|\n|\r")
_COMMENT = re.compile(r"(^|\s)#")
BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Edit:
    """A text that replaces another one: the characters from `start` up to `end`."""

    start: int
    end: int
    text: str


def edited(text: str, changes: Iterable[Change], file: str = "") -> str:
    """The text of a file after changes, which are made one after the other. Raises ChangeError if one cannot be made."""
    mark, text = (BOM, text[1:]) if text.startswith(BOM) else ("", text)
    return mark + _edited(text, list(changes), file)


def _edited(text: str, changes: list[Change], file: str) -> str:
    """The text after changes: all at once, because parsing a file takes long, or each half separately if one depends on another."""
    if len(changes) < 2:
        return _verified(text, changes[0], file) if changes else text
    if (new := _edited_at_once(text, changes, file)) is not None:
        return new
    middle = len(changes) // 2
    return _edited(_edited(text, changes[:middle], file), changes[middle:], file)


def _edited_at_once(text: str, changes: list[Change], file: str) -> str | None:
    """The text after changes, each made where it is in the text from before; None if that does not give the intended tree."""
    root = intended = _tree(text, file)
    places = _Places(text)
    edits: list[Edit] = []
    added: dict[tuple[Path, str], str | None] = {}  # the key of the text from before, after which a key is added
    try:
        for change in changes:
            intended = with_change(intended, change)
            if isinstance(change, AddKey) and not change.first:
                after = added.get((change.path, change.after or ""), change.after)
                added[change.path, change.key] = after
                change = AddKey(change.path, change.key, change.value, after)  # noqa: PLW2901 # the same change, on the tree from before
            node = root.get(change.path)
            if node is None or (isinstance(change, AddKey) and not _can_take(node, change)):
                return None
            if isinstance(change, SetValue) and _same(node.plain(), change.value):
                continue
            edits += next(iter(_ways(places, root, change)))
    except ChangeError:
        return None
    return _if_intended(_apply(text, edits), intended.plain(), file)


def _can_take(node: YamlNode, change: AddKey) -> bool:
    """Whether a node of the text from before is the mapping of a change, with the key after which one is added."""
    return isinstance(node.value, dict) and (change.after is None or change.after in node.value)


def _if_intended(text: str | None, intended: object, file: str) -> str | None:
    """A text if its tree is the intended one; otherwise None."""
    if text is None:
        return None
    after, problems = parse(text, file)
    return text if after.root is not None and not problems and _same(after.root.plain(), intended) else None


def newline_of(text: str) -> str:
    """The first line break of a text: \\n, \\r\\n or \\r; \\n if it has none."""
    found = _BREAK.search(text)
    return found[0] if found else "\n"


def changed_texts(texts: Mapping[str, str], changes: Iterable[Change]) -> tuple[dict[str, str], list[str]]:
    """The texts of a model's files after changes, each made in the first file that has its path, and the file of each change.

    Raises ChangeError if one cannot be made.
    """
    trees = {name: parse(text.removeprefix(BOM), name)[0].root for name, text in texts.items()}
    by_file: dict[str, list[Change]] = {name: [] for name in texts}
    names = []
    for change in changes:
        name = _file_with(trees, change)
        by_file[name].append(change)
        names.append(name)
        if (tree := trees[name]) is not None:
            trees[name] = with_change(tree, change)
    return {name: edited(text, by_file[name], name) for name, text in texts.items()}, names


class ModelFiles:
    """The texts of a model's files in `folder`, and what they become. Raises OSError if a file cannot be read."""

    def __init__(self, folder: FilePath, names: Iterable[str]) -> None:
        self._folder = folder
        self._before = {name: (folder / name).read_bytes().decode() for name in names}
        self._texts = dict(self._before)

    @property
    def texts(self) -> Mapping[str, str]:
        """The text of each file after the changes, by its name."""
        return self._texts

    @property
    def changed(self) -> dict[str, str]:
        """The new text of each file that changes, by its name."""
        return {name: text for name, text in self._texts.items() if text != self._before[name]}

    def change(self, changes: Iterable[Change]) -> list[str]:
        """Make several changes, or none of them. Each is made in the first file that has its path. Returns the file of each change.

        Raises ChangeError if one cannot be made.
        """
        self._texts, names = changed_texts(self._texts, changes)
        return names

    def replace_all(self, new: Callable[[str, str], str]) -> dict[str, str]:
        """Replace the text of each file by that which `new` makes of it and of its name. Returns the texts from before, by name."""
        self._texts = {name: new(text, name) for name, text in self._texts.items()}
        return dict(self._before)

    def write(self) -> None:
        """Write the files that change. Each one is replaced as a whole.

        If one cannot be written, the files before it get their old text back. Raises OSError and UnwritableError.
        """
        done: list[str] = []
        for name, text in self.changed.items():
            try:
                write_in_project(self._folder, name, text.encode())
            except (OSError, UnwritableError):
                for earlier in done:
                    write_in_project(self._folder, earlier, self._before[earlier].encode())
                raise
            done.append(name)


def path_at(root: YamlNode, span: Span, path: Path = ()) -> Path | None:
    """The path of the value at a place of a file; None if no value has exactly this place."""
    if root.span == span and path:
        return path
    children = (
        root.value.items()
        if isinstance(root.value, dict)
        else enumerate(root.value)
        if isinstance(root.value, list)
        else ()
    )
    return next((found for step, child in children if (found := path_at(child, span, (*path, step))) is not None), None)


def _file_with(trees: Mapping[str, YamlNode | None], change: Change) -> str:
    """The first file that has the path of a change, and the key after which one is added. Raises ChangeError."""
    if isinstance(change, AddKey) and change.after is not None:
        return _file_with(trees, DeleteKey((*change.path, change.after)))
    for name, root in trees.items():
        if root is not None and root.get(change.path) is not None and (change.path or len(trees) == 1):
            return name
    if not change.path:
        return next(iter(trees))
    raise ChangeError(f"{dotted(change.path)} is in none of the files")


def _verified(text: str, change: Change, file: str) -> str:
    """The text after one change, whose tree is the intended one. Raises ChangeError."""
    root = _tree(text, file)
    intended = with_change(root, change).plain()
    if _same(root.plain(), intended):
        return text
    places = _Places(text)
    for edits in _ways(places, root, change):
        if (new := _if_intended(_apply(text, edits), intended, file)) is not None:
            return new
    raise ChangeError(f"{dotted(change.path)} cannot be changed without changing something else")


def _tree(text: str, file: str) -> YamlNode:
    source, problems = parse(text, file)
    if source.root is None or problems:
        raise ChangeError(f"{file or 'the file'} has errors")
    return source.root


def _same(one: object, other: object) -> bool:
    """Whether two values are equal, also in their types and in the order of keys."""
    return json.dumps(one) == json.dumps(other)


def _apply(text: str, edits: Iterable[Edit]) -> str | None:
    """The text after edits, those at the same place in their order; None if two of them overlap."""
    parts: list[str] = []
    end = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        if edit.start < end:
            return None
        parts += [text[end : edit.start], edit.text]
        end = edit.end
    return "".join([*parts, text[end:]])


def _ways(places: _Places, root: YamlNode, change: Change) -> Iterable[list[Edit]]:
    """The edits that may make a change; a list for each way, the best first."""
    match change:
        case SetValue(path, value):
            node = root.get(path)
            assert node is not None
            if isinstance(node.value, dict) and isinstance(value, dict) and node.value and value:
                yield list(_entry_by_entry(places, root, node, path, value))
            parent = root.get(path[:-1])
            yield places.replaced(node, value, in_brackets=parent is not None and places.is_flow(parent))
        case AddKey(path, key, value, after, first):
            node = root.get(path)
            assert node is not None
            if first and node.value:
                yield places.added_first(node, key, value, _step(root))
            else:
                yield places.added(node, key, value, after, _step(root))
        case RenameKey(path, name):
            node = root.get(path)
            assert node is not None
            parent = root.get(path[:-1])
            assert node.key_span
            assert parent is not None
            yield [Edit(*places.range(node.key_span), written(name, in_brackets=places.is_flow(parent)))]
        case DeleteKey(path):
            parent = root.get(path[:-1])
            assert parent is not None
            yield places.deleted(parent, str(path[-1]))


def _entry_by_entry(
    places: _Places, root: YamlNode, node: YamlNode, path: Path, value: Mapping[str, object]
) -> Iterable[Edit]:
    """The edits that turn one mapping into another by changing the entries that differ, if that is possible."""
    assert isinstance(node.value, dict)
    last: str | None = None
    for key, new in value.items():
        old = node.value.get(key)
        if old is None:
            if last is not None:
                yield from places.added(node, key, new, last, _step(root))
        else:
            last = key
            if not _same(old.plain(), new):
                yield from next(iter(_ways(places, root, SetValue((*path, key), new))))
    for key in node.value:
        if key not in value:
            yield from places.deleted(node, key)


def _step(root: YamlNode) -> int:
    """The number of spaces by which the file indents a block in another; 2 if there is none."""
    for child in root.value.values() if isinstance(root.value, dict) else ():
        inner = next(iter(child.value.values()), None) if isinstance(child.value, dict) else None
        spans = (child.key_span, inner.key_span if inner else None)
        if spans[0] and spans[1] and spans[1].line > spans[0].line and spans[1].column > spans[0].column:
            return spans[1].column - spans[0].column
    return 2


class _Places:
    """The text of a file with the positions of its nodes."""

    def __init__(self, text: str) -> None:
        self.text = text
        lines = _LINE.findall(text)
        self.newline = newline_of(text)
        self.starts = [0]
        for line in lines:
            self.starts.append(self.starts[-1] + len(line))

    def range(self, span: Span) -> tuple[int, int]:
        """The positions of the first character of a span and of the one after it."""
        return self._position(span.line, span.column), self._position(span.end_line, span.end_column)

    def _position(self, line: int, column: int) -> int:
        start = self.starts[min(line - 1, len(self.starts) - 1)]
        return min(start + column - 1, len(self.text))

    def is_flow(self, node: YamlNode) -> bool:
        """Whether a mapping or list is in brackets; then all in it is, too."""
        return self.text[self.range(node.span)[0]] in "{["

    def _end(self, node: YamlNode) -> int:
        """The position after the last character that belongs to a value. A block ends after its last value, before comments."""
        start, end = self.range(node.span)
        if isinstance(node.value, (dict, list)) and node.value and not self.is_flow(node):
            return self._end(list(node.value.values() if isinstance(node.value, dict) else node.value)[-1])
        if self.text[start : start + 1] in ("|", ">"):
            return start + len(self.text[start:end].rstrip())
        return end

    def _line_end(self, position: int) -> int:
        """The position after the last character of a line, without its line break."""
        match = re.compile(r"[\r\n]").search(self.text, position)
        return match.start() if match else len(self.text)

    def replaced(self, node: YamlNode, value: object, *, in_brackets: bool) -> list[Edit]:
        """The edits that replace a value. Raises ChangeError if that would delete a comment."""
        start, end = self.range(node.span)[0], self._end(node)
        old = self.text[start:end]
        block = old[:1] in ("|", ">") or (isinstance(node.value, (dict, list)) and not self.is_flow(node))
        if (block or isinstance(node.value, (dict, list))) and self._has_comment(old):
            raise ChangeError("this value contains comments, which replacing it would delete")
        if block and node.key_span:
            key_end = self.range(node.key_span)[1]
            if self.text[key_end:start].strip() == ":":
                return [Edit(key_end, end, f": {written(value)}")]
        quote = old[0] if old[:1] in ("'", '"') else ""
        return [Edit(start, end, written(value, quote, in_brackets=in_brackets))]

    def _has_comment(self, text: str) -> bool:
        """Whether a text contains what may be a comment. In the text of a block scalar, only its first line can have one."""
        return bool(_COMMENT.search(text.splitlines()[0] if text[:1] in ("|", ">") else text))

    def added(self, node: YamlNode, key: str, value: object, after: str | None, step: int) -> list[Edit]:
        """The edits that add an entry to a mapping."""
        assert isinstance(node.value, dict)
        if not node.value:
            start, _end = self.range(node.span)
            return [Edit(start + 1, start + 1, written({key: value})[1:-1])]
        before = node.value[after] if after is not None else list(node.value.values())[-1]
        end = self._end(before)
        if self.is_flow(node):
            return [Edit(end, end, f", {written({key: value})[1:-1]}")]
        first = next(iter(node.value.values()))
        assert first.key_span
        lines = entry(key, value, first.key_span.column - 1, step)
        position = self._line_end(end)
        return [Edit(position, position, "".join(f"{self.newline}{line}" for line in lines))]

    def added_first(self, node: YamlNode, key: str, value: object, step: int) -> list[Edit]:
        """The edits that add an entry to a mapping before its first one, whose comments stay above the new entry."""
        assert isinstance(node.value, dict)
        first = next(iter(node.value.values()))
        assert first.key_span
        start = self.range(first.key_span)[0]
        if self.is_flow(node):
            return [Edit(start, start, f"{written({key: value})[1:-1]}, ")]
        indent = first.key_span.column - 1
        lines = [*entry(key, value, indent, step), " " * indent]
        return [Edit(start, start, self.newline.join(lines).removeprefix(" " * indent))]

    def deleted(self, parent: YamlNode, key: str) -> list[Edit]:
        """The edits that delete an entry. A comment on its lines goes with it, and all other comments stay."""
        assert isinstance(parent.value, dict)
        node = parent.value[key]
        assert node.key_span
        start, end = self.range(node.key_span)[0], self._end(node)
        if len(parent.value) == 1:
            if self.is_flow(parent):
                return [Edit(start, end, "")]
            return [Edit(start, end, "{}")]
        if self.is_flow(parent):
            return [self._deleted_from_flow(parent, key, start, end)]
        line_start = max(p for p in self.starts if p <= start)
        if not self.text[line_start:start].strip():
            line_end = self._line_end(end)
            if line_end == len(self.text):  # at the end of a file without a final line break
                return [Edit(len(self.text[:line_start].rstrip()), line_end, "")]
            return [Edit(line_start, self._next_line(line_end), "")]
        entries = list(parent.value.values())
        following = entries[entries.index(node) + 1]
        assert following.key_span
        next_start = self.range(following.key_span)[0]
        if self.text[end:next_start].strip():
            raise ChangeError("there is a comment after this entry, which deleting it would move")
        return [Edit(start, next_start, "")]

    def _deleted_from_flow(self, parent: YamlNode, key: str, start: int, end: int) -> Edit:
        assert isinstance(parent.value, dict)
        if comma := re.compile(r"\s*,[ \t]*").match(self.text, end):
            return Edit(start, comma.end(), "")
        keys = list(parent.value)
        before = self._end(parent.value[keys[keys.index(key) - 1]])
        between = self.text[before:start]
        return Edit(before if between.strip() == "," else start, end, "")

    def _next_line(self, line_end: int) -> int:
        """The position after the line break at `line_end`."""
        return line_end + (2 if self.text.startswith("\r\n", line_end) else 1)
