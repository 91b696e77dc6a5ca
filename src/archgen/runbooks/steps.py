"""The steps of a runbook at a coordinate: filled in with the names of an environment, ready for a page, a terminal or a rehearsal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import unescape
from typing import Any

from archgen.diagnostics.diagnostic import Diagnostic, Span
from archgen.records import dataclass
from archgen.runbooks.here import Here, MissingPartError, RunbookHome
from archgen.runbooks.stated import CODE, StatedFile, StatedStep, StepsFile, minutes, read_steps
from archgen.templating.escape import Safe
from archgen.templating.render import TemplateFailure, Templates

SHARED = "_shared"  # the folder of steps that several runbooks use


@dataclass(frozen=True, slots=True)
class AskedValue:
    """A variable that a person sets before the command: its name, what it is, and an example as plain text."""

    name: str
    what: str
    example: str

    @property
    def empty(self) -> str:
        """The line that a person completes: quotes with nothing between them, which the command refuses."""
        return assignment(self.name, "")

    @property
    def completed(self) -> str:
        """The line with the example, as a person writes it."""
        return assignment(self.name, self.example)


@dataclass(frozen=True, slots=True)
class Expectation:
    """A text in the answer of a success, as plain text, and what it means."""

    shows: str
    means: str | None


@dataclass(frozen=True, slots=True)
class Otherwise:
    """Something else that may be seen, what to do then, and the ID of the runbook to open."""

    see: str
    do: str
    open: str | None


@dataclass(frozen=True, slots=True)
class FilledStep:
    """A step with the names of an environment.

    Texts are plain text with code in backticks, and nothing in them is escaped. `within` is in minutes. `file` is what its template
    states, and `stated_as` is its ID in it.
    """

    id: str
    title: str
    text: str | None
    acts_on: str
    home: RunbookHome
    region: str
    asks: tuple[AskedValue, ...]
    run: str | None
    do: str | None
    expect: tuple[Expectation, ...]
    otherwise: tuple[Otherwise, ...]
    within: float | None
    beside: str | None
    later: bool
    changes: str
    undo: str | None
    undo_run: str | None
    waits: bool
    reviewed: str | None
    file: StatedFile[StepsFile]
    stated_as: str

    @property
    def source(self) -> str:
        """The template."""
        return self.file.name

    @property
    def line(self) -> int:
        """The line at which the step begins in its template."""
        return self.file.line("steps", self.stated_as)

    @property
    def commands(self) -> str | None:
        """The commands with the variables that a person sets first, each on a line in front of them."""
        if self.run is None:
            return None
        return "".join(f"{ask.empty}\n" for ask in self.asks) + self.run

    @property
    def limit(self) -> str | None:
        """How long it may take, for people: `10 min`."""
        return None if self.within is None else duration_text(self.within)


def assignment(name: str, value: str) -> str:
    """A line of a shell that sets a variable to any value.

    Single quotes, because bash and zsh change nothing between them, not even `$` or a line break; only `'` is written as `'\\''`.
    """
    return f"{name}='" + value.replace("'", "'\\''") + "'"


def fill_in(templates: Templates, name: str, facts: Mapping[str, Any]) -> list[FilledStep]:
    """The steps of a template with the facts of an environment. Raises TemplateFailure."""
    return [replace(writer.step(step), id=id_) for id_, step, writer in _chosen(templates, name, dict(facts), ())]


def happy_minutes_of(templates: Templates, name: str, facts: Mapping[str, Any]) -> float | None:
    """What `happy_minutes` returns for the steps of a template, without filling in their texts. Raises TemplateFailure."""
    chosen = _chosen(templates, name, dict(facts), ())
    return _sum(
        [
            (id_, minutes(step.within) if step.within and not step.later else None, step.beside)
            for id_, step, _writer in chosen
        ]
    )


def _chosen(
    templates: Templates, name: str, facts: dict[str, Any], using: tuple[str, ...]
) -> Iterator[tuple[str, StatedStep, _Writer]]:
    """The steps whose conditions are true, including those of shared files, each with its ID and what fills it in."""
    file = read_steps(templates, name)
    using = (*using, name)
    left_out = _left_out(templates, file, facts)
    for id_, step in file.stated.steps.items():
        if id_ in left_out:
            continue
        writer = _Writer(templates, file, id_, facts)
        if step.use is None:
            yield id_, step, writer
            continue
        shared = f"{name.split('/', maxsplit=1)[0]}/{SHARED}/{step.use}.yaml"
        if not templates.has(shared) or shared in using:
            why = "includes itself" if shared in using else "does not exist"
            raise writer.failure(f"the file of shared steps '{step.use}' {why}", "use")
        for inner, its_step, its_writer in _chosen(templates, shared, {**facts, **writer.place_facts(step)}, using):
            yield f"{id_}-{inner}", its_step, its_writer


def _left_out(templates: Templates, file: StatedFile[StepsFile], facts: dict[str, Any]) -> set[str]:
    """The IDs of the steps whose conditions are false. Raises TemplateFailure."""
    conditions = {id_: step.if_ for id_, step in file.stated.steps.items() if step.if_}
    return {id_ for id_, stated in conditions.items() if not _Writer(templates, file, id_, facts).holds(stated)}


class _Writer:
    """Fills in the texts of one step."""

    def __init__(self, templates: Templates, file: StatedFile[StepsFile], id_: str, facts: dict[str, Any]) -> None:
        self._templates = templates
        self._file = file
        self._id = id_
        self._facts = facts

    def holds(self, condition: str, *path: str) -> bool:
        """Whether a condition at a path of the step is true, by default that of the step. Raises TemplateFailure."""
        answer = self._templates.holds(self._file.name, condition, **self._facts)
        return (
            bool(self._text(f"{{{{ 'yes' if ({condition}) else '' }}}}", *(path or ("if",))))
            if answer is None
            else answer
        )

    def home(self, step: StatedStep) -> RunbookHome:
        """Where the step acts: the account of the kind that it names, or that of the environment. Raises TemplateFailure."""
        here: Here = self._facts["here"]
        if step.account is None:
            return RunbookHome(self._facts["home"], self._facts["home_title"], self._facts["account"])
        try:
            return here.account_of(step.account)
        except MissingPartError as error:
            raise self.failure(str(error), "account") from None

    def place_facts(self, step: StatedStep) -> dict[str, Any]:
        """The facts that shared steps have about the account and the region in which they act."""
        home = self.home(step)
        facts: dict[str, Any] = {"home": home.id, "home_title": home.title, "account": home.number}
        if step.region:
            region = self._text(step.region, "region")
            facts |= {"region": region, "here": self._facts["here"].in_region(region)}
        return facts

    def step(self, step: StatedStep) -> FilledStep:
        """The step, filled in. Raises TemplateFailure."""
        return FilledStep(
            id=self._id,
            title=self._text(step.title or "", "title"),
            text=self._optional(step.text, "text"),
            acts_on=step.in_,
            home=self.home(step),
            region=self._text(step.region, "region") if step.region else (self._facts["region"] or ""),
            asks=tuple(
                AskedValue(
                    name, self._text(ask.what, "ask", name, "what"), self._text(ask.example, "ask", name, "example")
                )
                for name, ask in step.ask.items()
                if ask.if_ is None or self.holds(ask.if_, "ask", name, "if")
            ),
            run=self._command(step.run, "run"),
            do=self._optional(step.do, "do"),
            expect=tuple(
                Expectation(self._text(e.shows, "expect", n, "shows"), self._optional(e.means, "expect", n, "means"))
                for n, e in enumerate(step.expect)
            ),
            otherwise=tuple(
                Otherwise(
                    self._text(o.see, "otherwise", n, "see"),
                    self._text(o.do, "otherwise", n, "do"),
                    self._opened(o.open),
                )
                for n, o in enumerate(step.otherwise)
            ),
            within=minutes(step.within) if step.within else None,
            beside=step.beside,
            later=step.later,
            changes=step.changes,
            undo=self._optional(step.undo, "undo"),
            undo_run=self._command(step.undo_run, "undo_run"),
            waits=step.waits,
            reviewed=step.rehearse.reviewed if step.rehearse else None,
            file=self._file,
            stated_as=self._id,
        )

    def _opened(self, runbook: str | None) -> str | None:
        """The runbook to open; None if the step is in this runbook already, as a step that several share can be."""
        return None if runbook == self._facts.get("runbook") else runbook

    def failure(self, message: str, *path: str | int) -> TemplateFailure:
        """What to raise for a problem with a key of the step."""
        line = self._file.line("steps", self._id, *path)
        span = Span(self._templates.place(self._file.name), line, 1, line, 2)
        return TemplateFailure(Diagnostic(CODE, message, span=span))

    def _command(self, text: str | None, *path: str | int) -> str | None:
        return None if text is None else str(self._rendered(text, *path)).rstrip("\n")

    def _optional(self, text: str | None, *path: str | int) -> str | None:
        return None if text is None else self._text(text, *path)

    def _text(self, text: str, *path: str | int) -> str:
        return _plain(self._rendered(text, *path))

    def _rendered(self, text: str, *path: str | int) -> Safe:
        def before() -> int:
            return self._file.line("steps", self._id, *path) - 1

        return self._templates.render_text(self._file.name, text, before, **self._facts)


def _plain(text: Safe) -> str:
    """Text of a step without its escapes, which pages add again: references of characters are resolved, and code is in backticks."""
    return " ".join(unescape(re.sub(r"</?code>", "`", text)).split())


def duration_text(number: float) -> str:
    """A number of minutes for people: `30 s`, `10 min`, `1 h 30 min`."""
    if number < 1:
        return f"{round(number * 60)} s"
    hours, rest = divmod(round(number), 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest))


def happy_minutes(steps: list[FilledStep]) -> float | None:
    """The sum of the limits of the steps until users are served again, in minutes.

    A step beside another counts only as far as it takes longer. None if no step has a limit, because nothing is known then.
    """
    return _sum([(step.id, None if step.later else step.within, step.beside) for step in steps])


def _sum(limits: list[tuple[str, float | None, str | None]]) -> float | None:
    """The sum of limits: each has the ID of its step, its minutes, and the step beside it."""
    known = {id_: within for id_, within, _beside in limits if within is not None}
    if not known:
        return None
    return sum(
        max(0.0, within - known.get(beside, 0.0)) if beside else within
        for _id, within, beside in limits
        if within is not None
    )
