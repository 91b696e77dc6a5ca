"""Fills in what hand-written pages embed: values, pictures and tables of the model, and definitions of words.

    <!-- archgen: value components.database.backup.retention_days at=prod -->30<!-- /archgen -->

Markers are comments, so every Markdown tool shows the text between them. archgen replaces that text and nothing else.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from archgen.analysis.glossary import with_definitions
from archgen.artifacts._pictures import picture_file
from archgen.artifacts._tables import names_anywhere, titles
from archgen.artifacts.addresses import GENERATED, all_addresses, file_of
from archgen.artifacts.base import Artifact, Context
from archgen.artifacts.embed_markers import CLOSE, BadEmbedError, arguments, fill, markers, value
from archgen.artifacts.written_pages import written_texts
from archgen.diagnostics.diagnostic import Diagnostic, did_you_mean
from archgen.model.coordinate import Coordinate
from archgen.model.wording import MISSING
from archgen.parity.table import STATUS, status_of
from archgen.runbooks.procedures import read, runbooks_of
from archgen.templating.escape import markdown


def written_pages(context: Context) -> tuple[list[Artifact], list[Diagnostic]]:
    """Each hand-written page that embeds something, with its embeds filled in; and diagnostics about hand-written pages.

    Returns nothing for a project that is not trusted.
    """
    if not context.project.trusted:
        return [], []
    texts, problems = written_texts(context.project.root, all_addresses(context.resolved))
    pages: list[Artifact] = []
    for name, text in texts.items():
        if "archgen:" in text:
            new, broken = embed(context, name, text)
            problems += broken
            pages.append(Artifact(name, new.encode(), embeds=True))
    return pages, problems


def embed(context: Context, name: str, text: str) -> tuple[str, list[Diagnostic]]:
    """The text of a page with every embed filled in, and a diagnostic for each that could not be."""
    return fill(name, text, lambda said: content(context, name, said))


# -- what can be embedded ------------------------------------------------------------------------------


def content(context: Context, name: str, said: str) -> str:
    """The text between the markers: a value within the line, anything else on separate lines. Raises BadEmbedError."""
    kind = said.split(maxsplit=1)[0] if said.split() else ""
    if kind not in KINDS:
        raise BadEmbedError(f"'{kind}' cannot be embedded", did_you_mean(kind, KINDS))
    return KINDS[kind](context, name, *arguments(context.axes, said))


def _value(context: Context, _name: str, what: str, coordinate: Coordinate) -> str:
    return _md(value(context.resolved, what, coordinate))


def _diagram(context: Context, name: str, what: str, coordinate: Coordinate) -> str:
    if what not in context.views:
        raise BadEmbedError(f"unknown view '{what}'", did_you_mean(what, context.views))
    file = picture_file(context, what, coordinate)
    if file is None:
        raise BadEmbedError(f"the view '{what}' shows nothing at {coordinate}")
    graph = context.graph(what, coordinate)
    picture = _relative(name, f"docs/{GENERATED}/{file}")
    return f"\n[![{_md(graph.title)}: {_md(graph.description)}]({picture})]({_relative(name, file_of(what))})\n"


def _table(context: Context, name: str, what: str, coordinate: Coordinate) -> str:
    if what not in TABLES:
        raise BadEmbedError(f"unknown table '{what}'", did_you_mean(what, TABLES))
    head, rows = TABLES[what](context, name, coordinate)
    lines = [head, ["---"] * len(head), *rows]
    return "\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in lines) + "\n\n"


def _words(context: Context, name: str, _what: str, _coordinate: Coordinate) -> str:
    """Definitions of the glossary's words on a page; the text between markers does not count."""
    text = (context.project.root / name).read_text(encoding="utf-8")
    for start, end, _said in reversed(list(markers(text))):
        close = CLOSE.search(text, end)
        text = text[:start] + text[close.end() if close else end :]
    added = with_definitions(text, context.meanings)[len(text) :]
    return f"\n\n{added.strip()}\n\n"


KINDS: dict[str, Callable[[Context, str, str, Coordinate], str]] = {
    "value": _value,
    "diagram": _diagram,
    "table": _table,
    "words": _words,
}


# -- tables --------------------------------------------------------------------------------------------

Table = tuple[list[str], list[list[str]]]


def _components(context: Context, name: str, coordinate: Coordinate) -> Table:
    a = context.resolved.architectures[coordinate]
    teams = context.document.teams
    rows = []
    for id_, component in a.components.items():
        product = a.product(component)
        owner = teams[component.owner].name if component.owner else MISSING
        rows.append(
            [_link(name, f"components/{id_}", component.title), _md(product.name if product else MISSING), _md(owner)]
        )
    return ["Component", "Product", "Owner"], rows


def _environments(context: Context, _name: str, coordinate: Coordinate) -> Table:
    rows = []
    for a in context.today(coordinate.cloud):
        rows.append(
            [
                _md(a.environment.name),
                _md(a.phase.name if a.phase else MISSING),
                _md(a.home_title),
                _md(a.cidr or MISSING),
            ]
        )
    return ["Environment", "Phase", a.facts.home_label, "Range"], rows


def _parity(context: Context, name: str, _coordinate: Coordinate) -> Table:
    head = ["Capability", *(context.resolved.clouds[cloud].name for cloud in context.axes.clouds), "Status"]
    rows = []
    for id_, capability in context.document.capabilities.items():
        sides = [(capability.on(cloud), cloud in capability.proposed) for cloud in context.axes.clouds]
        cells = [
            _md(f"{side.text if side else MISSING}{' (proposed)' if proposed else ''}") for side, proposed in sides
        ]
        rows.append(
            [
                _link(name, f"parity/{id_}", capability.name),
                *cells,
                _md(STATUS[status_of(context.resolved, capability)]),
            ]
        )
    return head, rows


def _runbooks(context: Context, name: str, _coordinate: Coordinate) -> Table:
    rows = []
    for id_, facts in runbooks_of(context.resolved).items():
        front = read(context.templates, id_).front
        owner = context.document.teams[facts.owner].name
        rows.append(
            [_link(name, f"runbooks/{id_}", front.title), _md(front.severity), _md(owner), _md(facts.due or MISSING)]
        )
    return ["Runbook", "Severity", "Owner", "Next drill"], rows


def _owners(context: Context, name: str, _coordinate: Coordinate) -> Table:
    named = titles(context)
    owner_of: dict[str, str | None] = {}
    for a in (context.default, *context.resolved.architectures.values()):
        for id_, component in a.components.items():
            owner_of.setdefault(id_, component.owner)
    rows = []
    for id_, team in context.document.teams.items():
        mine = [_link(name, f"components/{n}", named[n]) for n in names_anywhere(context) if owner_of[n] == id_]
        rows.append([_md(team.name), _md(team.contact or MISSING), ", ".join(mine) or MISSING])
    return ["Team", "Contact", "Owns"], rows


def _controls(context: Context, name: str, _coordinate: Coordinate) -> Table:
    rows = [
        [_link(name, f"health#control-{id_}", control.title), _md(control.statement)]
        for id_, control in context.document.controls.items()
    ]
    return ["Control", "What holds"], rows


def _decisions(context: Context, name: str, _coordinate: Coordinate) -> Table:
    rows = [
        [_link(name, f"decisions#{id_}", decision.title), _md(decision.status), _md(decision.choice)]
        for id_, decision in context.document.decisions.items()
    ]
    return ["Decision", "Status", "Choice"], rows


TABLES: dict[str, Callable[[Context, str, Coordinate], Table]] = {
    "components": _components,
    "controls": _controls,
    "decisions": _decisions,
    "environments": _environments,
    "owners": _owners,
    "parity": _parity,
    "runbooks": _runbooks,
}


# Punctuation that is inert mid-line in Markdown; left unescaped for readability.
_HARMLESS = {f"&#{ord(c)};": c for c in ".-/()+;:'"}


def _md(text: str) -> str:
    """Text escaped for the middle of a Markdown line, with as few character references as possible."""
    return re.sub(r"&#\d+;", lambda match: _HARMLESS.get(match.group(), match.group()), str(markdown(text)))


def _link(name: str, page: str, title: str) -> str:
    path, _, anchor = page.partition("#")
    return f"[{_md(title)}]({_relative(name, file_of(path))}{f'#{anchor}' if anchor else ''})"


def _relative(name: str, target: str) -> str:
    """The path from a page to another file, for a link that site builders check."""
    return posixpath.relpath(target, posixpath.dirname(name))
