"""Any text in, the same text in a target language out: one escape for each language, tested by reading it back."""

from __future__ import annotations

import json
import re
import shlex


class Safe(str):
    """Text that is already in its target language."""

    __slots__ = ()


class UnsafeTextError(ValueError):
    """A text that the target language cannot hold."""


_PUNCTUATION = re.compile(r"[!-+\--/:-@\[-`{-~]")  # all of ASCII's but the comma


def markdown(value: object) -> Safe:
    """Any text as Markdown that reads as exactly that text, in a paragraph, a heading, a list or a table cell.

    Every ASCII punctuation mark becomes a numeric character reference, which no Markdown extension takes for markup.
    """
    text = " ".join(str(value).split())
    return Safe(_PUNCTUATION.sub(lambda match: f"&#{ord(match.group())};", text))


_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def xml_characters(value: object) -> str:
    """Any text without the characters that XML cannot hold."""
    return _NOT_XML.sub("", str(value))


def svg_text(value: object) -> Safe:
    """Any text as text of an SVG picture, also where Markdown is read around it."""
    return markdown(xml_characters(value))


def html(value: object) -> Safe:
    """Any text as HTML, in content or in a quoted attribute, also where Markdown is read around it."""
    return markdown(value)


def code(value: object) -> Safe:
    """Any text as inline code, as HTML, since no number of backticks holds every text."""
    return Safe(f"<code>{markdown(value)}</code>")


def shell(value: object) -> Safe:
    """Any text as one word of a POSIX shell, to stand in a fenced block. Raises UnsafeTextError for control characters."""
    text = str(value)
    if any(ord(c) < 32 or ord(c) == 127 for c in text):
        raise UnsafeTextError(f"{text!r} holds a control character and cannot stand in a command")
    return Safe(shlex.quote(text))


def yaml_text(value: object) -> Safe:
    """Any text as a quoted scalar of YAML, for front matter, which themes print raw."""
    return Safe(json.dumps(str(theme_text(value)), ensure_ascii=False))  # YAML does not join surrogate pairs


_LOOKALIKES = str.maketrans({"<": "‹", ">": "›", '"': "”", "'": "’"})


def theme_text(value: object) -> Safe:
    """Any text for where site builders print it raw, and sometimes decode it once before: titles, navigation, site name.

    No escape survives both, so the few characters that mean something to HTML become ones that only look like them.
    """
    text = " ".join(str(value).split()).translate(_LOOKALIKES)
    return Safe(re.sub(r"&(?=[#A-Za-z])", "＆", text))


def tab_title(value: object) -> Safe:
    """Any text as the title of a content tab, which stands in double quotes and is read as Markdown after that."""
    return markdown(value)


def dot(value: object) -> Safe:
    """Any text as a quoted string of DOT; never an HTML-like one. A line end becomes one in the label."""
    text = "".join(c for c in str(value) if c == "\n" or (ord(c) >= 32 and ord(c) != 127))
    return Safe('"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"')


def mermaid(value: object) -> Safe:
    """Any text in a quoted label of a Mermaid flowchart: its own numeric references for all punctuation."""
    text = " ".join(str(value).split())
    return Safe(_PUNCTUATION.sub(lambda match: f"#{ord(match.group())};", text))


def block(value: object, by: int = 4) -> Safe:
    """Text that is already Markdown, moved to the right, so that it belongs to a tab or a list."""
    indent = " " * by
    return Safe("".join(f"{indent}{line}" if line.strip() else line for line in str(value).splitlines(keepends=True)))


def plain(value: object) -> Safe:
    """Text that only templates and code of archgen have made, as it is."""
    return Safe(str(value))
