"""Escapes text for each target language. Tests parse the results and compare them with the original text.

Only this module makes `Safe`, text that pages print without escaping. Some functions escape any text; others check values that
are not prose (an address, an anchor, a picture) and refuse invalid ones.
"""

from __future__ import annotations

import json
import re
import shlex
from functools import lru_cache
from typing import Final, final
from urllib.parse import quote

from archgen.templating.allowed_svg import allowed


@final
class _Seal:
    """The key to the constructor of Safe, which only this module has."""


_SEAL: Final = _Seal()


@final
class Safe(str):
    """Text that is already in its target language.

    Joining, cutting or replacing parts of it gives an ordinary string, which is escaped when it is printed.
    """

    __slots__ = ()

    def __new__(cls, text: str, seal: _Seal) -> Safe:
        """Raises TypeError unless called by the functions of this module."""
        if seal is not _SEAL:
            raise TypeError("only the functions of archgen.templating.escape make safe text")
        return super().__new__(cls, text)

    def __init_subclass__(cls) -> None:
        raise TypeError("Safe cannot be subclassed")


class UnsafeTextError(ValueError):
    """A text cannot be expressed in the target language."""


def _safe(text: str) -> Safe:
    return Safe(text, _SEAL)


_PUNCTUATION = re.compile(r"[!-+\--/:-@\[-`{-~]")  # all of ASCII except the comma


def markdown(value: object) -> Safe:
    """Any text as Markdown that renders as exactly that text, in a paragraph, a heading, a list or a table cell.

    Every ASCII punctuation mark becomes a numeric character reference, which no Markdown extension interprets as markup.
    """
    return _as_markdown(str(value))


@lru_cache(maxsize=1 << 14)  # pages repeat the same names and words
def _as_markdown(text: str) -> Safe:
    return _safe(_with_references(" ".join(text.split())))


def _with_references(text: str) -> str:
    return _PUNCTUATION.sub(lambda match: f"&#{ord(match.group())};", text)


def prose(value: object) -> Safe:
    """Text with code in backticks, as in docstrings and explanations. The code is marked as code; everything else is escaped."""
    pieces = re.split(r"`([^`]+)`", " ".join(str(value).split()))
    return _safe("".join(code(piece) if n % 2 else _with_references(piece) for n, piece in enumerate(pieces)))


# Characters with which references and links begin on GitHub, GitLab and Bitbucket: people, issues, labels, emoji, addresses. Code hosts
# look for these in the finished page, where an entity is a character again. Behind each of them, a space without width ends the reference.
_SPACE = "\u200b"
_BEGINNINGS = re.compile(r"[@#!$%~^&:](?=\S)|(?<=\b[Ww]{3})\.|(?<=[A-Z]-)(?=\d)|(?<=\b[Gg][Hh]-)(?=\d)")
_MARKUP = re.compile(r"[!#$&*<>@\[\\\]^_`{|}~]|[:%](?=\S)|(?<=\b[Ww]{3})\.")


def comment(value: object) -> Safe:
    """Any text as text of a comment on GitHub or GitLab, in which it is not a mention, a reference or a link."""
    text = " ".join(str(value).replace(_SPACE, "").split())
    split = _BEGINNINGS.sub(lambda match: f"{match.group()}{_SPACE}", text)
    return _safe(_MARKUP.sub(lambda match: f"&#{ord(match.group())};", split))


def comment_code(value: object) -> Safe:
    """Any text as code in a comment on GitHub or GitLab, which look for references in code only if they are addresses of mail."""
    text = " ".join(str(value).replace(_SPACE, "").split()).replace("@", f"@{_SPACE}")
    return _safe(f"<code>{_MARKUP.sub(lambda match: f'&#{ord(match.group())};', text)}</code>")


def bitbucket(value: object) -> Safe:
    """Any text as text of a comment on Bitbucket, whose Markdown has no HTML."""
    text = " ".join(str(value).replace(_SPACE, "").split())
    split = _BEGINNINGS.sub(lambda match: f"{match.group()}{_SPACE}", text).replace("<", "‹").replace(">", "›")
    return _safe(re.sub(r"[\\`*_{}\[\]()#+\-.!|]", lambda match: f"\\{match.group()}", split).replace("&", "&amp;"))


def bitbucket_code(value: object) -> Safe:
    """Any text as code on Bitbucket, with a similar character in place of backticks."""
    text = " ".join(str(value).replace("`", "ˋ").split())
    return _safe(f"`{text}`" if text else "")


_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def xml_characters(value: object) -> str:
    """Any text without the characters that XML does not allow."""
    return _NOT_XML.sub("", str(value))


def svg_text(value: object) -> Safe:
    """Any text as text of an SVG picture, which may be embedded in Markdown."""
    return markdown(xml_characters(value))


def html(value: object) -> Safe:
    """Any text as HTML, in content or in a quoted attribute, which may be embedded in Markdown."""
    return markdown(value)


def code(value: object) -> Safe:
    """Any text as inline code, in HTML, since Markdown's backticks cannot express every text."""
    return _safe(f"<code>{markdown(value)}</code>")


def shell(value: object) -> Safe:
    """Any text as one word of a POSIX shell, for use in a fenced block. Raises UnsafeTextError for control characters."""
    text = str(value)
    if any(ord(c) < 32 or ord(c) == 127 for c in text):
        raise UnsafeTextError(f"{text!r} contains a control character and cannot be part of a command")
    return _safe(shlex.quote(text))


def yaml_text(value: object) -> Safe:
    """Any text as a quoted scalar of YAML, for front matter, which themes print without escaping."""
    return _safe(json.dumps(str(theme_text(value)), ensure_ascii=False))  # YAML does not join surrogate pairs


_LOOKALIKES = str.maketrans({"<": "‹", ">": "›", '"': "”", "'": "’"})


def theme_text(value: object) -> Safe:
    """Any text for titles, navigation and the site name, which site builders print without escaping, and sometimes decode first.

    No escape survives both, so the few characters that are special in HTML become similar-looking ones.
    """
    text = " ".join(str(value).split()).translate(_LOOKALIKES)
    return _safe(re.sub(r"&(?=[#A-Za-z])", "＆", text))


def tab(value: object) -> Safe:
    """Any text as the title of a tab or a collapsible block, which is in double quotes and then read as Markdown."""
    return markdown(value)


def fenced(value: object, language: str = "") -> Safe:
    """Any text as a block of code, with fences longer than any in the text. Raises UnsafeTextError for an invalid language name."""
    if not re.fullmatch(r"[a-z0-9+-]*", language):
        raise UnsafeTextError(f"{language!r} is not the name of a language")
    text = str(value)
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", text))])
    return _safe(f"{fence}{language}\n{text}\n{fence}")


def dot(value: object) -> Safe:
    """Any text as a quoted string of DOT, never an HTML-like one. Line breaks are kept."""
    text = "".join(c for c in str(value) if c == "\n" or (ord(c) >= 32 and ord(c) != 127))
    return _safe('"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"')


def mermaid(value: object) -> Safe:
    """Any text for a quoted label of a Mermaid flowchart, with punctuation as Mermaid's numeric references."""
    text = " ".join(str(value).split())
    return _safe(_PUNCTUATION.sub(lambda match: f"#{ord(match.group())};", text))


def block(value: object, by: int = 4) -> Safe:
    """Safe text, indented so that it belongs to a tab or a list item. Any other text is escaped first."""
    text = value if isinstance(value, Safe) else markdown(value)
    indent = " " * by
    return _safe("".join(f"{indent}{line}" if line.strip() else line for line in text.splitlines(keepends=True)))


# -- values that are not prose -------------------------------------------------------------------------


def anchor(value: object) -> Safe:
    """An id of a heading or an element. Raises UnsafeTextError unless it has only a to z, digits, hyphens and underscores."""
    text = str(value)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", text):
        raise UnsafeTextError(f"{text!r} cannot be an anchor: only a to z, digits, hyphens and underscores are allowed")
    return _safe(text)


def number(value: object) -> Safe:
    """A number, such as a width. Raises UnsafeTextError for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UnsafeTextError(f"{value!r} is not a number")
    return _safe(f"{value:g}" if isinstance(value, float) else str(value))


def css(value: object) -> Safe:
    """A color, a name or a size in a style sheet. Raises UnsafeTextError for anything else."""
    text = str(value)
    if not re.fullmatch(r"[#A-Za-z0-9_.%-]+", text):
        raise UnsafeTextError(f"{text!r} is not a valid value for a style sheet")
    return _safe(text)


_ON_THE_WEB = re.compile(r"https?://[^/?#\\]")
# A path within the site: no colon before the first slash, which would be a scheme, and no two slashes at the start.
_WITHIN = re.compile(r"(?![/\\]{2})[^:/?#]*(?:[/?#].*)?", re.DOTALL)


def _address(value: object) -> str:
    """An HTTP address or a path in the site, encoded so that it cannot end a link or attribute. Raises UnsafeTextError for others."""
    text = str(value)
    if not _ON_THE_WEB.match(text) and not _WITHIN.fullmatch(text):
        raise UnsafeTextError(
            f"{text!r} cannot be a link: it is neither an http:// or https:// address nor a path in the site"
        )
    return quote(text, safe=":/?#@&+,;=%~")


def url(value: object) -> Safe:
    """An address as the target of a Markdown link. Raises UnsafeTextError for any scheme but http and https."""
    return _safe(_address(value).replace("&", "&amp;"))


def href(value: object) -> Safe:
    """An address for a quoted attribute of HTML, which may be embedded in Markdown. Raises UnsafeTextError as `url` does."""
    return markdown(_address(value))


def picture(text: str) -> Safe:
    """An SVG picture. Raises UnsafePictureError if it contains anything that archgen's pictures do not use."""
    return _safe(allowed(text))


def kept_picture(text: str) -> Safe:
    """A picture that the same code has made and checked in another run, from where only archgen writes."""
    return _safe(text)


def trimmed(text: Safe) -> Safe:
    """Safe text without leading and trailing white space. Any other text is escaped."""
    return _safe(text.strip()) if isinstance(text, Safe) else markdown(text)


def rendered(text: str) -> Safe:
    """Mark the output of a template as safe, since all values in it were escaped. Only for the environment that renders templates."""
    return _safe(text)
