"""Prints what a value of the model drives, from what was tried: as text for a terminal, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from archgen.analysis.settings import vary
from archgen.comparing.effects import TOPICS, Effect
from archgen.comparing.pairs import ConditionWords
from archgen.comparing.trying import Trial, TriedStatement
from archgen.comparing.words import code, plain, value_code
from archgen.diagnostics.diagnostic import Diagnostic, Path, dotted
from archgen.diagnostics.places import Names
from archgen.diagnostics.report import visible
from archgen.project import Project
from archgen.records import dataclass

FORMAT = "archgen-explain-change/1"
_MOST_PROBLEMS = 8
_PAGES = "which pages of the site show it: a component's page, for example, shows all of its settings, and pages are not compared"
_TITLES = {**TOPICS, "finding": "Findings that appear or disappear"}


@dataclass(frozen=True, slots=True)
class Driven:
    """What a value drives: what was tried in each place that states it, and the rules that read it (None if that is not known).

    If it is `public`, `project` is the public edition, which may lack the value.
    """

    project: Project
    path: Path
    statements: tuple[TriedStatement, ...]
    rules: tuple[str, ...] | None
    names: Names
    public: bool = False

    @property
    def trials(self) -> list[Trial]:
        """Everything that was tried."""
        return [trial for statement in self.statements for trial in statement.trials]

    @property
    def effects(self) -> list[tuple[Effect, ConditionWords]]:
        """What follows from any of the trials, once each, with the words for its coordinates."""
        tried = (dotted(self.path),)  # that it has another value is not an effect
        every = ((e, t.review.words) for t in self.trials for e in t.review.effects if e.about != tried)
        found = {(e.topic, plain(e.words), words.words(e.at)): (e, words) for e, words in every}
        order = list(TOPICS)
        return sorted(found.values(), key=lambda pair: order.index(pair[0].topic))

    def people(self) -> Iterator[tuple[str, str]]:
        """Who is responsible for what the value drives: what it is, and the person or team."""
        resolved, reviews = self.project.resolved, self.project.reviews
        if self.path[0] == "components" and len(self.path) > 1:
            owners = {
                x.components[str(self.path[1])].owner
                for x in resolved.architectures.values()
                if self.path[1] in x.components
            }
            yield from ((f"owner of {self.path[1]}", owner) for owner in sorted(filter(None, owners)))
        runbooks = dict.fromkeys(name for e, _words in self.effects if e.topic == "runbook" for name in e.about)
        for name in runbooks:
            owned = {
                x.document.runbooks[name].owner for x in resolved.architectures.values() if name in x.document.runbooks
            }
            yield from ((f"owner of the runbook {name}", owner) for owner in sorted(filter(None, owned)))
        rows = dict.fromkeys(
            e.about[0] for e, _words in self.effects if e.topic == "parity" and e.about[1:] == ("review",)
        )
        for row in rows:
            stamp = reviews.stamps.get(row)
            yield f"reviewer of the row {row}", stamp.by if stamp else "none yet"

    def unknown(self) -> Iterator[str]:
        """What could not be found out."""
        if not self.statements:
            yield "the value is a default or follows from other values, so there is no line to change"
        for statement in self.statements:
            if not statement.trials:
                yield f"what {dotted(statement.path)} drives: the model is invalid with each value that was tried"
        if self.rules is None:
            yield "which rules read it: only settings can be watched, not whole parts of the model"
        if self.public:
            yield "what differs only in values that the public profile withholds"
        yield _PAGES
        yield "what a value drives that was not tried"


def as_text(driven: Driven) -> str:
    """The answer for people."""
    return "\n".join(visible(line) for line in _lines(driven)) + "\n"


def _lines(driven: Driven) -> Iterator[str]:
    yield dotted(driven.path)
    for variation in vary(driven.project.resolved, driven.path):
        found = variation.found
        if driven.public and not found.exists:
            yield f"  (withheld)  {variation.where}".rstrip()
            continue
        place = f"{driven.names.of(found.file)}:{found.line}" if found.line else "default" if found.exists else ""
        yield f"  {value_code(driven.path, found.text)}  {variation.where}  {place}".rstrip()
    yield from ("", "Tried:")
    for trial in driven.trials:
        yield f"  {trial.words} ({driven.names.of(trial.at.file)}:{trial.at.line})"
    if not driven.trials:
        yield "  nothing: see below"
    yield from _parts(driven)
    yield from _problems(driven)
    if rules := driven.rules:
        yield from ("", "Rules that read it in what environments are today:", f"  {', '.join(rules)}")
    if people := list(driven.people()):
        yield from ("", "People:", *(f"  {what}: {who}" for what, who in people))
    yield from ("", "Not known:", *(f"  {text}" for text in driven.unknown()))


def _parts(driven: Driven) -> Iterator[str]:
    """The effects under the titles of their topics."""
    topic = ""
    for effect, words in driven.effects:
        if effect.topic != topic:
            topic = effect.topic
            yield from ("", f"{_TITLES[topic]}:")
        where = ", ".join(words.words(effect.at))
        yield f"  {plain(effect.words)}{f' [{where}]' if where else ''}"
    if driven.trials and not driven.effects:
        compared = ", ".join(title for topic, title in TOPICS.items() if topic != "drift")  # which needs a plan
        yield from ("", "Nothing differs with these values in what is compared:", f"  {compared}")


def _problems(driven: Driven) -> Iterator[str]:
    """What makes the model invalid with every other value: usually the places that refer to this one."""
    for statement in driven.statements:
        if statement.problems:
            yield from ("", f"What prevents other values of {dotted(statement.path)}:")
            yield from (f"  {_problem(d, driven.names)}" for d in statement.problems[:_MOST_PROBLEMS])
            if (more := len(statement.problems) - _MOST_PROBLEMS) > 0:
                yield f"  and {more} more"


def _problem(d: Diagnostic, names: Names) -> str:
    place = f" ({names.of(d.span.file)}:{d.span.line})" if d.span else ""
    return f"{d.code}: {code(d.message)}{place}"


def as_json(driven: Driven) -> str:
    """The answer for programs. Keys are added without a new version of the format, and never removed or changed."""
    data = {
        "format": FORMAT,
        "path": dotted(driven.path),
        "tried": [_trial(trial, driven) for trial in driven.trials],
        "effects": [
            {"topic": e.topic, "text": plain(e.words), "about": list(e.about), "where": list(words.words(e.at))}
            for e, words in driven.effects
        ],
        "problems": [_problem(d, driven.names) for s in driven.statements for d in s.problems],
        "rules": None if driven.rules is None else list(driven.rules),
        "people": [{"what": what, "who": who} for what, who in driven.people()],
        "unknown": list(driven.unknown()),
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _trial(trial: Trial, driven: Driven) -> dict[str, Any]:
    return {"file": driven.names.of(trial.at.file), "line": trial.at.line, "text": trial.words}
