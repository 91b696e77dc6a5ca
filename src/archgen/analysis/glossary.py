"""A resolved model in, its glossary out: products in use, terms of the field, and the words that the model explains itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from archgen.catalog import terms
from archgen.model.document import Capability, Control
from archgen.model.resolve import Resolved
from archgen.templating.escape import theme_text


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """A word with what it means. `id` is its anchor; `also` what else people call it; `components` are what is made with it."""

    word: str
    name: str
    definition: str
    id: str
    cloud: str = ""
    link: str = ""
    also: tuple[str, ...] = ()
    components: tuple[tuple[str, str], ...] = ()


def glossary(resolved: Resolved) -> list[GlossaryEntry]:
    """Every word once, in the order of the alphabet: the project's meaning of a word comes before the field's."""
    own = {n: text for a in resolved.architectures.values() for n, text in a.document.glossary.items()}
    found: dict[str, GlossaryEntry] = {}
    for word, text in own.items():
        found[word.casefold()] = GlossaryEntry(word, word, text, anchor(word))
    for entry in _products(resolved):
        found.setdefault(entry.word.casefold(), entry)
    for word, term in terms().items():
        found.setdefault(word.casefold(), GlossaryEntry(word, term.name, term.definition, anchor(word)))
    ordered = [found[key] for key in sorted(found, key=lambda key: (unicodedata.normalize("NFKD", key), key))]
    taken: set[str] = set()
    for position, entry in enumerate(ordered):
        if entry.id in taken:  # C and C++
            ordered[position] = replace(entry, id=f"{entry.id}-{position}")
        taken.add(entry.id)
    return ordered


def _products(resolved: Resolved) -> Iterable[GlossaryEntry]:
    """The products that anything of the model names, each with the components that are made with it."""
    document, products = resolved.default.document, resolved.default.catalog.products
    used: dict[str, dict[str, str]] = {}
    for architecture in resolved.architectures.values():
        for name, component in architecture.components.items():
            for product in architecture.products_of(component):
                used.setdefault(product, {})[name] = component.title
    entities: list[Capability | Control] = [*document.capabilities.values(), *document.controls.values()]
    for product in (id_ for e in entities for side in (e.aws, e.gcp) if side for id_ in side.products):
        used.setdefault(product, {})
    for id_, components in used.items():
        p = products[id_]
        others = tuple(dict.fromkeys(p.aliases))
        yield GlossaryEntry(
            p.short, p.name, p.definition, anchor(p.short), p.cloud, p.documentation, others, tuple(components.items())
        )


def anchor(word: str) -> str:
    """An id for an address, of any word."""
    plain = re.sub(r"[^a-z0-9]+", "-", unicodedata.normalize("NFKD", word.casefold())).strip("-")
    return f"term-{plain or '-'.join(f'{ord(c):x}' for c in word)}"


_SIMPLE = re.compile(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*")
# Where a word is no running text: pictures and their controls, which an `abbr` element would break.
_PICTURES = re.compile(r"<figure\b.*?</figure>|<svg\b.*?</svg>", re.DOTALL)


def with_definitions(text: str, meanings: Mapping[str, str]) -> str:
    """A Markdown text with definitions of the words that it uses, as the extension `abbr` reads them.

    Only words of letters, digits and spaces: the text writes everything else as character references. So it does, after this,
    with those words where they stand in pictures.
    """
    words = set(re.findall(r"[A-Za-z0-9]+", text))
    possible = [word for word in meanings if _SIMPLE.fullmatch(word) and set(word.split()) <= words]
    there = set(re.findall(_pattern(possible), text)) if possible else set()
    used = [word for word in possible if word in there]
    if not used:
        return text
    text = _PICTURES.sub(lambda picture: _hidden(picture.group(), _pattern(used)), text)
    # Themes take the title of an `abbr` for HTML when they show it, so no escape would do.
    lines = [f"*[{word}]: {theme_text(meanings[word])}" for word in used]
    return "\n".join([text, *lines, ""])


def _pattern(words: Iterable[str]) -> str:
    return rf"(?<![\w&-])(?:{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})(?![\w-])"


def _hidden(picture: str, pattern: str) -> str:
    """The same to look at, with the words written as character references in what is shown, not in attributes."""

    def text(match: re.Match[str]) -> str:
        return re.sub(pattern, lambda word: "".join(f"&#{ord(c)};" for c in word.group()), match.group())

    return re.sub(r">[^<]+<", text, picture)


def meanings(resolved: Resolved) -> dict[str, str]:
    """What to show for each word, on one line."""
    found = {}
    for entry in glossary(resolved):
        text = entry.definition if entry.name == entry.word else f"{entry.name}: {entry.definition}"
        found[entry.word] = " ".join(text.split())
    return found
