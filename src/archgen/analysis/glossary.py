"""The glossary of a model: products in use, technical terms, and the words that the model defines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace

from archgen.catalog import terms
from archgen.model.document import Capability, Control
from archgen.model.resolve import Resolved
from archgen.records import dataclass
from archgen.templating.escape import theme_text


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """A word and its meaning. `id` is its anchor, `also` are other names, `components` (id, title) are those that use the product."""

    word: str
    name: str
    definition: str
    id: str
    cloud: str = ""
    link: str = ""
    also: tuple[str, ...] = ()
    components: tuple[tuple[str, str], ...] = ()


def glossary(resolved: Resolved) -> list[GlossaryEntry]:
    """Every word once, in alphabetical order. The project's definition of a word takes precedence."""
    own = {n: text for a in resolved.architectures.values() for n, text in a.document.glossary.items()}
    found: dict[str, GlossaryEntry] = {}
    for word, text in own.items():
        found[word.casefold()] = GlossaryEntry(word, word, text, anchor(word))
    for entry in _products(resolved):
        found.setdefault(entry.word.casefold(), entry)
    bases = {facts.base for facts in resolved.clouds.values()}
    for word, term in terms().items():
        if term.clouds and not bases.intersection(term.clouds):
            continue
        found.setdefault(word.casefold(), GlossaryEntry(word, term.name, term.definition, anchor(word)))
    ordered = [found[key] for key in sorted(found, key=lambda key: (unicodedata.normalize("NFKD", key), key))]
    taken: set[str] = set()
    for position, entry in enumerate(ordered):
        if entry.id in taken:  # C and C++
            ordered[position] = replace(entry, id=f"{entry.id}-{position}")
        taken.add(entry.id)
    return ordered


def _products(resolved: Resolved) -> Iterable[GlossaryEntry]:
    """An entry for each product that the model names, with the components that use it."""
    document, products = resolved.default.document, resolved.default.catalog.products
    used: dict[str, dict[str, str]] = {}
    for architecture in resolved.architectures.values():
        for name, component in architecture.components.items():
            for product in architecture.products_of(component):
                used.setdefault(product, {})[name] = component.title
    entities: list[Capability | Control] = [*document.capabilities.values(), *document.controls.values()]
    for product in (
        id_ for e in entities for cloud in resolved.axes.clouds if (side := e.on(cloud)) for id_ in side.products
    ):
        used.setdefault(product, {})
    for id_, components in used.items():
        p = products[id_]
        others = tuple(dict.fromkeys(p.aliases))
        yield GlossaryEntry(
            p.short, p.name, p.definition, anchor(p.short), p.cloud, p.documentation, others, tuple(components.items())
        )


def anchor(word: str) -> str:
    """An anchor for any word, in ASCII."""
    plain = re.sub(r"[^a-z0-9]+", "-", unicodedata.normalize("NFKD", word.casefold())).strip("-")
    return f"term-{plain or '-'.join(f'{ord(c):x}' for c in word)}"


_SIMPLE = re.compile(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*")
# Pictures and their controls, which an `abbr` element would break.
_PICTURES = re.compile(r"<figure\b.*?</figure>|<svg\b.*?</svg>", re.DOTALL)


def with_definitions(text: str, meanings: Mapping[str, str]) -> str:
    """A Markdown text with definitions of the words that it uses appended, in the syntax of the extension `abbr`.

    Only words of ASCII letters, digits and spaces are defined, since the text has character references for everything else. In
    pictures, the words themselves become character references, so that the extension does not find them there.
    """
    words = set(re.findall(r"[A-Za-z0-9]+", text))
    possible = [word for word in meanings if _SIMPLE.fullmatch(word) and set(word.split()) <= words]
    occurring = set(re.findall(_pattern(possible), text)) if possible else set()
    used = [word for word in possible if word in occurring]
    if not used:
        return text
    text = _PICTURES.sub(lambda picture: _with_references(picture.group(), _pattern(used)), text)
    # Themes interpret the title of an `abbr` as HTML when they show it, so escaping would not be enough.
    lines = [f"*[{word}]: {theme_text(meanings[word])}" for word in used]
    return "\n".join([text, *lines, ""])


def _pattern(words: Iterable[str]) -> str:
    return rf"(?<![\w&-])(?:{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})(?![\w-])"


def _with_references(picture: str, pattern: str) -> str:
    """A picture that looks the same, with the words as character references in its text, but not in attributes."""

    def text(match: re.Match[str]) -> str:
        return re.sub(pattern, lambda word: "".join(f"&#{ord(c)};" for c in word.group()), match.group())

    return re.sub(r">[^<]+<", text, picture)


def meanings(resolved: Resolved) -> dict[str, str]:
    """The definition of each word, on one line."""
    by_word = {}
    for entry in glossary(resolved):
        text = entry.definition if entry.name == entry.word else f"{entry.name}: {entry.definition}"
        by_word[entry.word] = " ".join(text.split())
    return by_word
