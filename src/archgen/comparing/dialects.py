"""How each code host writes what a review consists of: text, code, folded parts, hidden markers, pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal

from archgen.comparing.words import InlineCode, Words
from archgen.diagnostics.diagnostic import shortened
from archgen.diagnostics.report import visible
from archgen.records import dataclass
from archgen.rules.secrets import without_secrets
from archgen.templating.escape import bitbucket, bitbucket_code, comment, comment_code

LONGEST = 320  # characters of one text of a model


def hidden_name(model: str) -> str:
    """The path of a model as a hidden line has it: without characters that could end the line. `action.yml` makes the same."""
    return re.sub(r"-{2,}", "-", re.sub(r"[^A-Za-z0-9._/-]", "_", model))


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a host understands in comments: text and code are escaped for it.

    `folds` tells whether it has parts that readers open, `tables` whether it has tables, and `pictures` whether it draws Mermaid.
    `marker` is the form of a hidden line; empty if a text needs none.
    """

    text: Callable[[object], str]
    code: Callable[[object], str]
    folds: bool
    tables: bool
    pictures: bool
    marker: Literal["comment", "link", ""]

    def words(self, words: Words) -> str:
        """The words as Markdown."""
        return "".join(self._word(word) for word in words)

    def _word(self, word: str) -> str:
        told = without_secrets(word)
        shown = visible(" ".join(told.split()) if isinstance(word, InlineCode) else shortened(told, LONGEST))
        if isinstance(word, InlineCode):
            return str(self.code(shown))
        inner = str(self.text(shown))
        begins, ends = word[:1].isspace(), word[-1:].isspace() and word.strip() != ""
        return f"{' ' if begins else ''}{inner}{' ' if ends else ''}"

    def hidden(self, model: str) -> str:
        """A hidden line with which a program finds its comment about a model again; empty if there is none."""
        name = hidden_name(model)
        if self.marker == "comment":
            return f"<!-- archgen-review: {name} -->\n"
        return f"[//]: # (archgen-review: {name})\n\n" if self.marker else ""

    def folded(self, title: Words, body: str) -> str:
        """A part that readers open, or a part under a heading."""
        if self.folds:
            return f"<details><summary>{self.words(title)}</summary>\n\n{body}\n</details>\n"
        return f"#### {self.words(title)}\n\n{body}"


DIALECTS: Mapping[str, Dialect] = {
    "github-comment": Dialect(comment, comment_code, True, True, True, "comment"),
    "gitlab-note": Dialect(comment, comment_code, True, True, True, "comment"),
    "bitbucket": Dialect(bitbucket, bitbucket_code, False, False, False, "link"),
    "markdown": Dialect(comment, comment_code, False, True, True, ""),
}
