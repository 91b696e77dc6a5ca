"""Parsing YAML into a tree in which every key and value has its place in the file.

The tree is built from libyaml's events. Only a strict subset of YAML is allowed: no anchors, aliases, merge keys, tags or
second documents, and no plain scalar that two YAML versions read differently. `yaml.load` is never used on a user's file,
because 100,000 brackets crash its C loader, and a merge-key bomb of a kilobyte exhausts the memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import field
from functools import lru_cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

import yaml

from archgen.diagnostics.diagnostic import Diagnostic, Path, Span, shortened
from archgen.records import dataclass

if TYPE_CHECKING:
    from archgen.reading.syntax import Block

HELP_REPEAT = "repeat the value, or define it once and refer to it by its ID"

MAX_BYTES = 4 * 1024 * 1024
MAX_NODES = 250_000
MAX_DEPTH = 64
MAX_SCALAR = 64 * 1024
MAX_TRIES = 20
MAX_TRIED = 512 * 1024  # characters parsed in all tries together; of a long text, fewer syntax errors are reported

# A key whose value is data for other programs, in which null is allowed.
DATA = "value"

Scalar = str | int | float | bool | None


@dataclass(slots=True, eq=False)
class YamlNode:
    """A value of the tree: a mapping, a list or a scalar, with its place and the place of its key.

    Trees of different coordinates share nodes, so a node must not be changed after it was built.
    """

    value: dict[str, YamlNode] | list[YamlNode] | Scalar
    span: Span
    key_span: Span | None = None
    written: str = ""  # a scalar that is not text, as written in the file: 1.30
    _plain: Any = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """A scalar as written in the file; for anything else, `a mapping` or `a list`."""
        if isinstance(self.value, (dict, list)):
            return "a mapping" if isinstance(self.value, dict) else "a list"
        return self.written or str(self.value)

    def plain(self) -> Any:
        """The value as plain Python data. Cached, because trees of different coordinates share most of their nodes."""
        if self._plain is None:
            match self.value:
                case dict():
                    self._plain = {key: child.plain() for key, child in self.value.items()}
                case list():
                    self._plain = [child.plain() for child in self.value]
                case _:
                    self._plain = self.value
        return self._plain

    def get(self, path: Path) -> YamlNode | None:
        """The node at `path`; None if there is none."""
        node: YamlNode = self
        for step in path:
            match node.value:
                case dict() if step in node.value:
                    node = node.value[str(step)]
                case list() if isinstance(step, int) and 0 <= step < len(node.value):
                    node = node.value[step]
                case _:
                    return None
        return node

    def nearest(self, path: Path) -> tuple[YamlNode, Path]:
        """The deepest node on the way to `path`, and the part of `path` that leads there."""
        node, taken = self, 0
        for step in path:
            child = node.get((step,))
            if child is None:
                break
            node, taken = child, taken + 1
        return node, path[:taken]


@dataclass(slots=True)
class Source:
    """A file that was read: its name for people, its lines, and its tree, which is None if it could not be read at all."""

    file: str
    lines: list[str]
    root: YamlNode | None
    complete: bool = True  # False if broken parts of the text are missing from the tree


def read(path: FilePath, shown_as: str) -> tuple[Source, list[Diagnostic]]:
    """The file, with the problems in it; `shown_as` is its name in diagnostics. A missing or unreadable file is a problem, too."""
    empty = Source(shown_as, [], None, complete=False)
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)  # limited, because a device may never end
        if len(raw) > MAX_BYTES:
            return empty, [_about_file(shown_as, "ARC-Y009", f"the file is larger than {MAX_BYTES // 2**20} MiB", "")]
    except FileNotFoundError:
        help_ = "run archgen in the folder of your model, or specify the model with --model FILE"
        return empty, [_about_file(shown_as, "ARC-Y001", "the file does not exist", help_)]
    except OSError as error:
        return empty, [_about_file(shown_as, "ARC-Y001", f"the file cannot be read: {error.strerror}", "")]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        span = Span(shown_as, line, error.start - raw.rfind(b"\n", 0, error.start), line, 0)
        message = f"byte 0x{raw[error.start]:02X} is not UTF-8"
        return empty, [Diagnostic("ARC-Y002", message, "save the file as UTF-8", span=span)]
    return parse(text, shown_as)


def parse(text: str, file: str) -> tuple[Source, list[Diagnostic]]:
    """The tree of a text, with the problems in it. A broken top-level block is left out of the tree, so that others are still checked."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    problems = list(_hidden_characters(lines, file)) or list(_conflicts(lines, file))
    if problems:
        return Source(file, lines, None, complete=False), problems
    rest = text if text.endswith("\n") else f"{text}\n"
    for _attempt in range(
        max(1, min(MAX_TRIES, MAX_TRIED // (len(text) + 1)))
    ):  # each attempt leaves out one more broken block
        builder = _Builder(file, rest.split("\n"))
        try:
            root = builder.build(rest)
        except yaml.MarkedYAMLError as error:
            problem, block = _syntax_error(error, rest, file)
            if problem in problems:
                break
            problems.append(problem)
            if block is None:
                break
            rest = "\n".join(
                "" if block[0] <= number < block[1] else line for number, line in enumerate(rest.split("\n"))
            )
        else:
            broken = bool(problems) or builder.stopped
            problems += builder.problems
            if not broken and (root is None or not isinstance(root.value, dict)):
                problems.append(_not_a_mapping(root, file))
                root = None
            return Source(file, lines, root, complete=not broken), problems
    return Source(file, lines, None, complete=False), problems


def _about_file(file: str, code: str, message: str, help_: str) -> Diagnostic:
    return Diagnostic(code, message, help_, subject=file)


def _not_a_mapping(root: YamlNode | None, file: str) -> Diagnostic:
    help_ = "a model starts with `version: 1` and `name: …` at the left margin"
    if root is None:
        return _about_file(file, "ARC-Y004", "the file is empty", help_)
    what = "a list" if isinstance(root.value, list) else "a single value"
    message = f"the file contains {what}, but a model is a mapping of keys to values"
    return Diagnostic("ARC-Y004", message, help_, span=root.span)


def _hidden_characters(lines: list[str], file: str) -> Iterator[Diagnostic]:
    for number, line in enumerate(lines, 1):
        for column, char in hidden(line):
            message = f"the invisible character {_unicode_name(char)} is not allowed"
            yield Diagnostic("ARC-Y002", message, "delete it", span=Span(file, number, column, number, column + 1))


def hidden(text: str) -> Iterator[tuple[int, str]]:
    """Pairs of 1-based column and character for characters that are invisible or that control a terminal."""
    if text.isascii() and text.isprintable():
        return
    for column, char in enumerate(text, 1):
        if char in "\t\n" or unicodedata.category(char) not in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"):
            continue
        if char == "\u200d" and column > 1 and unicodedata.category(text[column - 2]) in ("So", "Sk", "Mn"):
            continue  # a zero-width joiner between two emoji is ordinary text
        yield column, char


def _unicode_name(char: str) -> str:
    return f"U+{ord(char):04X} ({unicodedata.name(char, 'a control character')})"


def _conflicts(lines: list[str], file: str) -> Iterator[Diagnostic]:
    """A diagnostic for each conflict marker of Git. In such a file, other problems are not reported."""
    marks = [
        n
        for n, line in enumerate(lines, 1)
        if line[:1] in ("<", ">", "=") and re.match(r"(<<<<<<<|>>>>>>>)( |$)|=======$", line)
    ]
    for number in [n for n in marks if lines[n - 1].startswith("<")] or marks:
        help_ = "keep one side, and delete the lines with <<<<<<<, ======= and >>>>>>>"
        yield Diagnostic("ARC-Y003", "unresolved merge conflict", help_, span=Span(file, number, 1, number, 8))


def _syntax_error(error: yaml.MarkedYAMLError, text: str, file: str) -> tuple[Diagnostic, Block | None]:
    """The diagnostic for a syntax error, and the range of lines to leave out before trying again."""
    from archgen.reading.syntax import explain

    fault, block = explain(error, text)
    line, column = fault.place[0] + 1, fault.place[1] + 1
    span = Span(file, line, column, line, column + fault.width)
    return Diagnostic(fault.code, fault.message, fault.help, span=span), block


class _Stop(Exception):  # noqa: N818  # not an error: it ends reading after the problem was reported
    """Ends reading a text that exceeds a limit."""


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is being built: the key that waits for its value, and the keys seen so far."""

    node: YamlNode
    key: tuple[str, Span] | None = None
    refused: bool = False  # whether the waiting key is not a valid key
    data: bool = False  # whether it is below the key DATA
    repeated: bool = False  # whether the waiting key is a duplicate, so that its value is dropped
    seen: dict[str, tuple[str, Span]] = field(default_factory=dict)


class _Builder:
    """Builds the tree from events in one pass without recursion; `problems` collects everything that is not allowed."""

    def __init__(self, file: str, lines: list[str]) -> None:
        self.file = file
        self.lines = lines
        self.problems: list[Diagnostic] = []
        self.root: YamlNode | None = None
        self.stack: list[_Frame] = []
        self.nodes = 0
        self.documents = 0
        self.stopped = False  # whether reading ended early
        self.skipping = 0  # depth inside a complex key, whose parts are ignored

    def build(self, text: str) -> YamlNode | None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            for event in yaml.parse(text, Loader=loader):
                if type(event) is yaml.ScalarEvent:  # most of tens of thousands in a large model
                    self._scalar(event)
                else:
                    self._event(event)
        except _Stop:
            self.stopped = True
        return self.root

    def _event(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._open(event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._close(event)
        elif kind is yaml.AliasEvent:
            self._problem(event, "ARC-Y006", "aliases are not allowed", HELP_REPEAT)
            self._add(YamlNode("", self._span(event)))
        elif kind is yaml.DocumentStartEvent:
            self.documents += 1
            if self.documents > 1:
                help_ = "a model is one document: delete `---`"
                self._problem(event, "ARC-Y006", "a second document starts here", help_)
                raise _Stop

    def _close(self, event: yaml.Event) -> None:
        if self.skipping:
            self.skipping -= 1
            return
        node = self.stack.pop().node
        node.span = Span(self.file, node.span.line, node.span.column, *self._end(event))

    def _open(self, event: Any) -> None:
        self._beyond_the_subset(event)
        if len(self.stack) + self.skipping >= MAX_DEPTH:
            self._problem(event, "ARC-Y009", f"nested deeper than {MAX_DEPTH} levels", "")
            raise _Stop
        if self.skipping:
            self.skipping += 1
            return
        if self.stack and isinstance(self.stack[-1].node.value, dict) and self.stack[-1].key is None:
            self._complex_key(event)
            self.skipping = 1
            self.stack[-1].key, self.stack[-1].refused = ("", self._span(event)), True
            return
        node = YamlNode({} if isinstance(event, yaml.MappingStartEvent) else [], self._span(event))
        data = self._is_data()
        self._add(node)
        self.stack.append(_Frame(node, data=data))

    def _is_data(self) -> bool:
        """Whether the value that begins here is, or is below, that of the key DATA."""
        frame = self.stack[-1] if self.stack else None
        return frame is not None and (frame.data or (frame.key is not None and frame.key[0] == DATA))

    def _complex_key(self, event: Any) -> None:
        start = event.start_mark
        if self.lines[start.line][max(0, start.column - 1) : start.column + 1] == "{{":
            help_ = "put the value in quotes if it is text, or render the template before running archgen"
            self._problem(event, "ARC-Y006", "`{{` starts a template expression, which a model cannot contain", help_)
        else:
            self._problem(event, "ARC-Y006", "this key is not text", "write `key: value` with a plain word as the key")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if self.skipping:
            return
        if event.anchor or event.tag:
            self._beyond_the_subset(event)
        if len(event.value) > MAX_SCALAR:
            self._problem(event, "ARC-Y009", f"this text is longer than {MAX_SCALAR // 1024} KiB", "")
            raise _Stop
        frame = self.stack[-1] if self.stack else None
        if frame and isinstance(frame.node.value, dict) and frame.key is None:
            self._key(event, frame)
            return
        value: Scalar = event.value
        if event.style in (None, "") and not value and not frame:
            return  # `---` alone: the file is empty
        if frame and frame.refused and not value:
            trouble = None  # the missing value of a refused key is not another problem
        elif event.style in (None, ""):  # a plain scalar: '' from libyaml, None from the Python parser
            value, trouble = (None, None) if event.value == "null" and self._is_data() else plain_scalar(event.value)
            if trouble and frame and isinstance(frame.node.value, list) and trouble[0] == "ARC-Y008":
                trouble = "ARC-Y008", "this list item has no value", "remove the item, or give it a value"
            if trouble:
                self._problem(event, *trouble)
        elif unseen := next(
            hidden(event.value), None
        ):  # written as an escape sequence, so that the check of the raw text does not find it
            message = f"this text contains the invisible character {_unicode_name(unseen[1])}, which is not allowed"
            self._problem(event, "ARC-Y002", message, "remove the escape sequence")
        written = "" if isinstance(value, str) else event.value
        self._add(YamlNode(value, self._span(event), written=written))

    def _key(self, event: yaml.ScalarEvent, frame: _Frame) -> None:
        span, key = self._span(event), event.value
        frame.refused = False
        if key == "<<":
            help_ = HELP_REPEAT
            if event.style not in (None, ""):
                help_ = "choose a different key; some YAML readers merge it even in quotes"
            self._problem(event, "ARC-Y006", "merge keys are not allowed", help_)
        elif "?" in (line := self.lines[span.line - 1]) and line[: span.column - 1].rstrip().endswith("?"):
            frame.refused = True
            help_ = "write the key without it, or in quotes if the `?` belongs to it"
            self._problem(event, "ARC-Y006", "keys that begin with `?` are not allowed", help_)
        elif event.style in (None, "") and not key:
            frame.refused = True
            self._problem(event, "ARC-Y006", "a key is missing before this `:`", "write `key: value`")
        elif event.style in (None, "") and not _is_text(key):
            shown = shortened(key)
            help_ = f'put it in quotes: "{shown}"'
            self._problem(event, "ARC-Y007", f"some YAML readers do not read the key `{shown}` as text", help_)
        first = frame.seen.setdefault(_same_key(key), (key, span))
        frame.key, frame.repeated = (key, span), first[1] is not span
        if frame.repeated:
            twice = f"duplicate key '{key}'"
            what = twice if first[0] == key else f"the keys '{first[0]}' and '{key}' look alike"
            related = (("first here", first[1]),)
            self.problems.append(Diagnostic("ARC-Y005", what, "keep one of them", span=span, related=related))

    def _add(self, node: YamlNode) -> None:
        if self.skipping:
            return
        self.nodes += 1
        if self.nodes > MAX_NODES:
            message = f"the model has more than {MAX_NODES:,} values"
            self.problems.append(Diagnostic("ARC-Y009", message, "split it into several models", span=node.span))
            raise _Stop
        if not self.stack:
            self.root = node
            return
        frame = self.stack[-1]
        if isinstance(frame.node.value, list):
            frame.node.value.append(node)
        elif frame.key is None:  # an alias as a key, already reported
            frame.key = ("", node.span)
        else:
            key, node.key_span = frame.key
            frame.key = None
            if not frame.repeated:
                frame.node.value[key] = node  # type: ignore[index]  # a frame with a key is a mapping's

    def _beyond_the_subset(self, event: Any) -> None:
        if event.anchor:
            self._problem(event, "ARC-Y006", "anchors are not allowed", HELP_REPEAT)
        if event.tag:
            shown = shortened(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self._problem(event, "ARC-Y006", f"the tag {shown} is not allowed", "write the value without it")

    def _problem(self, event: Any, code: str, message: str, help_: str) -> None:
        self.problems.append(Diagnostic(code, message, help_, span=self._span(event)))

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        return Span(self.file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _end(self, event: Any) -> tuple[int, int]:
        return event.end_mark.line + 1, event.end_mark.column + 1


@lru_cache(1024)  # of the keys of a model, most occur often
def _is_text(key: str) -> bool:
    """Whether all YAML readers read an unquoted key as text."""
    value, trouble = plain_scalar(key)
    return not trouble and isinstance(value, str)


@lru_cache(1024)
def _same_key(key: str) -> str:
    return (key if key.isascii() else unicodedata.normalize("NFKC", key)).casefold().strip()


_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+")
# Plain scalars that YAML readers interpret differently, with the reason.
_TRAPS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF"), "a boolean in YAML 1.1 but text in YAML 1.2"),
    (re.compile(r"(?i)true|false|yes|no|on|off"), "a boolean for some YAML readers but text for others"),
    (re.compile(r"(?i)null"), "null for some YAML readers but text for others"),
    (re.compile(r"[-+]?0[0-9_]+"), "an octal number for some YAML readers, and loses its leading zero in others"),
    (re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?"), "a base-60 number in YAML 1.1"),
    (re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?"), "a number in YAML 1.1 but text in YAML 1.2"),
    (re.compile(r"[-+]?0[xob][0-9a-fA-F_]+"), "a number in a different base for some YAML readers"),
    (
        re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+"),
        "a number for some YAML readers but text for others",
    ),
    (re.compile(r"[-+]?([0-9]+\.|\.[0-9]+)"), "a number for some YAML readers but text for others"),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), "not a finite number"),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?"), "a date in YAML 1.1 but text in YAML 1.2"),
    (re.compile(r"="), "a special value in YAML 1.1"),
)

# Every value that begins with a letter and that some reader does not read as text, in lowercase.
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})


def plain_scalar(text: str) -> tuple[Scalar, tuple[str, str, str] | None]:
    """The value of an unquoted scalar, and the problem (code, message, help) if YAML readers interpret it differently."""
    if text[:1].isalpha() and text.lower() not in _WORDS:  # a fast path for most scalars
        return text, None
    if text in ("", "~", "null", "Null", "NULL"):
        return "", (
            "ARC-Y008",
            "this key has no value" if not text else "null is not allowed",
            "remove the key, or give it a value",
        )
    if text in ("true", "false"):
        return text == "true", None
    if _INT.fullmatch(text):
        if len(text.lstrip("+-")) > 18:
            return 0, ("ARC-Y007", "this number has more than 18 digits", f'put it in quotes: "{text[:24]}…"')
        return int(text), None
    if _FLOAT.fullmatch(text) and len(text) <= 40:
        return float(text), None
    for pattern, why in _TRAPS:
        if pattern.fullmatch(text):
            help_ = f'put it in quotes: "{text}"'
            if text.lower() in ("yes", "on", "y", "no", "off", "n", "true", "false"):
                meant = "true" if text.lower() in ("yes", "on", "y", "true") else "false"
                help_ = f'write {meant}, or "{text}" in quotes if you mean text'
            return text, ("ARC-Y007", f"`{text}` is {why}", help_)
    if _yaml_1_1(text) != "str":
        return text, (
            "ARC-Y007",
            f"`{text}` is a {_yaml_1_1(text)} in YAML 1.1 but text in YAML 1.2",
            f'put it in quotes: "{text}"',
        )
    return text, None


def _yaml_1_1(text: str) -> str:
    """The type of a plain scalar in YAML 1.1, as resolved by PyYAML, such as `str`."""
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers
    for tag, pattern in (*resolvers.get(text[:1], ()), *resolvers.get(None, ())):
        if pattern.match(text):
            return str(tag).rsplit(":", 1)[1]
    return "str"
