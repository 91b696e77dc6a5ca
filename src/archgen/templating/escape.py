"""Any text in, the same text in a target language out: one escape for each language, tested by reading it back.

Only this module makes `Safe`, the text that a page takes as it is. There are functions that escape, which take any text, and
functions that check, which take what is no running text (an address, an anchor, a picture) and refuse all else.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import Final, final
from urllib.parse import quote

from archgen.templating.allowed_svg import allowed


@final
class _Seal:
    """What only this module has; without it there is no Safe."""


_SEAL: Final = _Seal()


@final
class Safe(str):
    """Text that is already in its target language.

    Whatever is made of it, by joining, cutting or replacing, is an ordinary text again, and is escaped where it is printed.
    """

    __slots__ = ()

    def __new__(cls, text: str, seal: _Seal) -> Safe:
        """Raises TypeError for everybody but the functions of this module."""
        if seal is not _SEAL:
            raise TypeError("only the functions of archgen.templating.escape make safe text")
        return super().__new__(cls, text)

    def __init_subclass__(cls) -> None:
        raise TypeError("safe text has no other classes")


class UnsafeTextError(ValueError):
    """A text that the target language cannot hold."""


def _safe(text: str) -> Safe:
    return Safe(text, _SEAL)


_PUNCTUATION = re.compile(r"[!-+\--/:-@\[-`{-~]")  # all of ASCII's but the comma


def markdown(value: object) -> Safe:
    """Any text as Markdown that reads as exactly that text, in a paragraph, a heading, a list or a table cell.

    Every ASCII punctuation mark becomes a numeric character reference, which no Markdown extension takes for markup.
    """
    return _safe(_referenced(" ".join(str(value).split())))


def _referenced(text: str) -> str:
    return _PUNCTUATION.sub(lambda match: f"&#{ord(match.group())};", text)


def prose(value: object) -> Safe:
    """Text that marks code with backticks, as docstrings and explanations do: that becomes code, all else is text."""
    pieces = re.split(r"`([^`]+)`", " ".join(str(value).split()))
    return _safe("".join(code(piece) if n % 2 else _referenced(piece) for n, piece in enumerate(pieces)))


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
    return _safe(f"<code>{markdown(value)}</code>")


def shell(value: object) -> Safe:
    """Any text as one word of a POSIX shell, to stand in a fenced block. Raises UnsafeTextError for control characters."""
    text = str(value)
    if any(ord(c) < 32 or ord(c) == 127 for c in text):
        raise UnsafeTextError(f"{text!r} holds a control character and cannot stand in a command")
    return _safe(shlex.quote(text))


def yaml_text(value: object) -> Safe:
    """Any text as a quoted scalar of YAML, for front matter, which themes print raw."""
    return _safe(json.dumps(str(theme_text(value)), ensure_ascii=False))  # YAML does not join surrogate pairs


_LOOKALIKES = str.maketrans({"<": "‹", ">": "›", '"': "”", "'": "’"})


def theme_text(value: object) -> Safe:
    """Any text for where site builders print it raw, and sometimes decode it once before: titles, navigation, site name.

    No escape survives both, so the few characters that mean something to HTML become ones that only look like them.
    """
    text = " ".join(str(value).split()).translate(_LOOKALIKES)
    return _safe(re.sub(r"&(?=[#A-Za-z])", "＆", text))


def tab(value: object) -> Safe:
    """Any text as the title of a tab or of a fold, which stands in double quotes and is read as Markdown after that."""
    return markdown(value)


def fenced(value: object, language: str = "") -> Safe:
    """Any text as a block of code, between fences that are longer than those in it. Raises UnsafeTextError for no language's name."""
    if not re.fullmatch(r"[a-z0-9+-]*", language):
        raise UnsafeTextError(f"{language!r} is not the name of a language")
    text = str(value)
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", text))])
    return _safe(f"{fence}{language}\n{text}\n{fence}")


def dot(value: object) -> Safe:
    """Any text as a quoted string of DOT; never an HTML-like one. A line end becomes one in the label."""
    text = "".join(c for c in str(value) if c == "\n" or (ord(c) >= 32 and ord(c) != 127))
    return _safe('"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"')


def mermaid(value: object) -> Safe:
    """Any text in a quoted label of a Mermaid flowchart: its own numeric references for all punctuation."""
    text = " ".join(str(value).split())
    return _safe(_PUNCTUATION.sub(lambda match: f"#{ord(match.group())};", text))


def block(value: object, by: int = 4) -> Safe:
    """Safe text, moved to the right, so that it belongs to a tab or a list; any other text is escaped first."""
    text = value if isinstance(value, Safe) else markdown(value)
    indent = " " * by
    return _safe("".join(f"{indent}{line}" if line.strip() else line for line in text.splitlines(keepends=True)))


# -- what is no running text ---------------------------------------------------------------------------


def anchor(value: object) -> Safe:
    """An id of a heading or an element. Raises UnsafeTextError for all but small letters, digits, hyphens and underscores."""
    text = str(value)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", text):
        raise UnsafeTextError(f"{text!r} cannot be an anchor: letters a to z, digits, hyphens and underscores can")
    return _safe(text)


def number(value: object) -> Safe:
    """A number, such as a width. Raises UnsafeTextError for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UnsafeTextError(f"{value!r} is not a number")
    return _safe(f"{value:g}" if isinstance(value, float) else str(value))


def css(value: object) -> Safe:
    """A colour, a name or a size of a style sheet. Raises UnsafeTextError for anything else."""
    text = str(value)
    if not re.fullmatch(r"[#A-Za-z0-9_.%-]+", text):
        raise UnsafeTextError(f"{text!r} is not a value of a style sheet")
    return _safe(text)


_ON_THE_WEB = re.compile(r"https?://[^/?#\\]")
# A path within the site: no scheme before its first slash, no other host after two of them.
_WITHIN = re.compile(r"(?![/\\]{2})[^:/?#]*(?:[/?#].*)?", re.DOTALL)


def _address(value: object) -> str:
    """An address of the web or within the site, with all that ends a link or an attribute encoded. Raises UnsafeTextError."""
    text = str(value)
    if not _ON_THE_WEB.match(text) and not _WITHIN.fullmatch(text):
        raise UnsafeTextError(
            f"{text!r} cannot be a link: it leads neither to https:// or http:// nor to a page of the site"
        )
    return quote(text, safe=":/?#@&+,;=%~")


def url(value: object) -> Safe:
    """An address as the target of a Markdown link. Raises UnsafeTextError for any scheme but http and https."""
    return _safe(_address(value).replace("&", "&amp;"))


def href(value: object) -> Safe:
    """An address in a quoted attribute of HTML, also where Markdown is read around it. Raises UnsafeTextError likewise."""
    return markdown(_address(value))


def picture(text: str) -> Safe:
    """An SVG picture. Raises UnsafePictureError for one that holds anything but what pictures of archgen hold."""
    return _safe(allowed(text))


def trimmed(text: Safe) -> Safe:
    """The same without white space around it."""
    return _safe(text.strip()) if isinstance(text, Safe) else markdown(text)


def rendered(text: str) -> Safe:
    """What a template has printed, each value through this module: for the environment that renders it, and nobody else."""
    return _safe(text)
