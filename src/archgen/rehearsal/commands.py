"""The simple commands in the text of a step: also those in `$(…)`, in loops and behind pipes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from archgen.records import dataclass

_BEFORE_COMMANDS = frozenset(
    {"if", "then", "elif", "else", "while", "until", "do", "!", "{", "time", "export", "local"}
)
_NO_COMMANDS = frozenset({"fi", "done", "}", "esac"})
SUBSTITUTED = "substituted-0123456789"  # what a word has in place of a variable or of the output of a command


@dataclass(slots=True)
class Command:
    """A simple command: its words, with variables replaced, and its text in the step."""

    words: list[str] = field(default_factory=list)
    text: str = ""

    @property
    def tool(self) -> str:
        """The program that it starts."""
        return self.words[0]


def commands(text: str) -> list[Command]:
    """All simple commands of a text, in the order in which they begin."""
    return list(_Reader(text.replace("\\\n", "  ")).read())


def functions(text: str) -> set[str]:
    """The names of the functions that a text defines."""
    return {line.split("(")[0].strip() for line in text.splitlines() if "(){" in line.replace(" ", "")}


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._found: list[Command] = []

    def read(self) -> Iterator[Command]:
        self._list("")
        own = functions(self._text)
        yield from (command for command in self._found if command.words and command.tool not in own)

    def _peek(self, length: int = 1) -> str:
        return self._text[self._at : self._at + length]

    def _list(self, closing: str) -> None:
        """Commands up to a closing parenthesis, or to the end of the text."""
        while self._at < len(self._text):
            if closing and self._peek() == closing:
                self._at += 1
                return
            before = self._at
            self._command()
            if self._at == before:
                self._at += 1  # a separator

    def _command(self) -> None:
        """One command, up to what separates it from the next one."""
        command = Command()
        self._found.append(command)
        start: int | None = None
        of_redirection = False
        while self._at < len(self._text):
            self._skip_space()
            mark = self._peek()
            if not mark or mark in "\n;|&)":
                break
            if mark == "(":
                if self._group(command):
                    start = None
            elif mark in "<>":
                of_redirection = self._redirection()
            else:
                at = self._at
                word = self._word()
                if of_redirection or (word.isdigit() and self._peek() in ("<", ">")):
                    of_redirection = False
                elif not self._take(command, word, self._text[at : self._at]):
                    start = None
                elif start is None:
                    start = at
        if start is not None:
            command.text = " ".join(self._text[start : self._at].split())

    def _skip_space(self) -> None:
        """Skip blanks and comments."""
        while self._peek() in (" ", "\t"):
            self._at += 1
        if self._peek() == "#":
            self._skip_line()

    def _group(self, command: Command) -> bool:
        """Read what follows `(`: commands in parentheses, or the end of the name of a function."""
        self._at += 1
        if command.words:
            command.words.clear()
            return True
        self._list(")")
        return False

    def _take(self, command: Command, word: str, source: str) -> bool:
        """Add a word to a command unless it comes before the name of the program; whether it was added."""
        if not command.words:
            name, equals, _ = source.partition("=")
            if equals and name.replace("_", "a").isalnum() and not name[0].isdigit():
                return False
            if source in _BEFORE_COMMANDS or source in _NO_COMMANDS or source == "(":
                return False
        if source == "{" and not command.words:
            return False
        command.words.append(word)
        if command.words[0] == "for" and source == "in":
            command.words[:] = ["for"]
        return True

    def _redirection(self) -> bool:
        """Skip `<`, `>` and their variants; whether a word follows that belongs to it."""
        mark = self._peek(3)
        if mark == "<<<":
            self._at += 3
            return True
        if mark.startswith("<<"):
            self._here_document()
            return False
        while self._peek() in ("<", ">", "&"):
            self._at += 1
        if self._peek() == "(":
            self._at += 1
            self._list(")")
            return False
        return True

    def _here_document(self) -> None:
        self._at += 2
        if self._peek() == "-":
            self._at += 1
        end = self._word()
        rest, newline, body = self._text[self._at :].partition("\n")
        lines = body.split("\n")
        length = 0
        for line in lines:
            length += len(line) + 1
            if line.strip() == end:
                break
        self._text = self._text[: self._at] + rest + newline + body[length:]

    def _skip_line(self) -> None:
        while self._at < len(self._text) and self._peek() != "\n":
            self._at += 1

    def _word(self) -> str:
        parts: list[str] = []
        while self._at < len(self._text):
            mark = self._peek()
            if mark in " \t\n;|&<>()":
                break
            parts.append(self._part(mark))
        return "".join(parts)

    def _part(self, mark: str) -> str:
        if mark == "'":
            end = self._text.find("'", self._at + 1)
            end = len(self._text) if end < 0 else end
            inside = self._text[self._at + 1 : end]
            self._at = end + 1
            return inside
        if mark == '"':
            return self._quoted()
        if mark == "\\":
            self._at += 2
            return self._text[self._at - 1 : self._at]
        if mark == "$":
            return self._substitution()
        self._at += 1
        return mark

    def _quoted(self) -> str:
        self._at += 1
        parts: list[str] = []
        while self._at < len(self._text) and self._peek() != '"':
            mark = self._peek()
            if mark == "\\":
                parts.append(self._text[self._at + 1 : self._at + 2])
                self._at += 2
            elif mark == "$":
                parts.append(self._substitution())
            else:
                parts.append(mark)
                self._at += 1
        self._at += 1
        return "".join(parts)

    def _substitution(self) -> str:
        """Skip `$(…)`, `${…}` or `$NAME`, reading the commands in it."""
        self._at += 1
        if self._peek(2) == "((":
            end = self._text.find("))", self._at)
            self._at = len(self._text) if end < 0 else end + 2
        elif self._peek() == "(":
            self._at += 1
            self._list(")")
        elif self._peek() == "{":
            end = self._text.find("}", self._at)
            self._at = len(self._text) if end < 0 else end + 1
        else:
            while self._peek().isalnum() or self._peek() in ("_", "?", "@", "#", "*", "!"):
                self._at += 1
                if not self._text[self._at - 1].isalnum() and self._text[self._at - 1] != "_":
                    break
        return SUBSTITUTED
