"""What the files of a runbook state: its head (`runbook.yaml`) and its steps (`PRODUCT.yaml`), with every problem at its line.

The files are templates: YAML is read first, and each text is filled in on its own afterwards, so values of a model cannot
become keys. See docs/guide/runbooks.md for the meaning of every key.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property, lru_cache
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, ValidationError, model_validator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.base import Entity, Id, Line, Listed, Text
from archgen.model.validation import from_pydantic
from archgen.reading.yaml_tree import YamlNode, parse
from archgen.records import dataclass
from archgen.system.kept import DATA, key_of
from archgen.templating.render import TemplateFailure, Templates

CODE = "ARC-T002"
_MINUTES = {"s": 1 / 60, "m": 1, "h": 60}
# Answers that a command also gives when there is nothing, or when it asked for the wrong thing.
EMPTY_ANSWERS = frozenset({"0", "none", "null", "[]", "{}", "no resources found", "-"})


def checked_duration(value: str) -> str:
    """A duration such as `10m`. Raises ValueError for other texts."""
    if not re.fullmatch(r"[1-9][0-9]{0,3}[smh]", value):
        raise ValueError(f"'{value}' is not a duration such as 90s, 10m or 2h")
    return value


Duration = Annotated[str, AfterValidator(checked_duration)]


def minutes(duration: str) -> float:
    """A duration such as `10m` in minutes."""
    return int(duration[:-1]) * _MINUTES[duration[-1]]


def _telling(value: str) -> str:
    if value.strip().casefold().rstrip(".") in EMPTY_ANSWERS:
        raise ValueError(f"'{value}' is also the answer if nothing was found, so it proves nothing")
    return value


class Seen(Entity):
    """Something else that may be seen, and what to do then."""

    see: Text
    do: Text
    open: Id | None = None
    """The runbook to open."""


class Ask(Entity):
    """A value that a person fills in before the command runs."""

    if_: Annotated[Line | None, Field(alias="if")] = None
    """An expression; the value is asked for where it is true."""
    what: Text
    example: Line


class Expected(Entity):
    """A text in the answer of a command that succeeded, which an empty or wrong answer cannot have."""

    shows: Annotated[Line, AfterValidator(_telling)]
    means: Text | None = None


class Rehearsal(Entity):
    """Why a command cannot be rehearsed."""

    reviewed: Text


class StatedStep(Entity):
    """One step, or with `use` the steps of a shared file."""

    use: Id | None = None
    """The file in `_shared` whose steps belong here."""
    title: Line | None = None
    text: Text | None = None
    if_: Annotated[Line | None, Field(alias="if")] = None
    """An expression; the step exists where it is true."""
    account: Id | None = None
    """The kind of the component in whose account the step acts, if that is not the environment's."""
    region: Line | None = None
    in_: Annotated[
        Literal["cloud", "cluster", "database", "repository", "workstation", "people"], Field(alias="in")
    ] = "cloud"
    """What the step acts on."""
    ask: dict[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")], Ask] = {}
    """Variables of the shell that a person sets first."""
    run: Text | None = None
    do: Text | None = None
    """What a person does without a command."""
    expect: Listed[Expected] = ()
    otherwise: Listed[Seen] = ()
    within: Duration | None = None
    """How long it may take."""
    beside: Id | None = None
    """The step during whose wait it is done."""
    later: bool = False
    """Whether the step belongs to the time after users are served again, so that no objective counts its limit."""
    changes: Literal["nothing", "reversible", "destructive"] = "nothing"
    undo: Text | None = None
    undo_run: Text | None = None
    waits: bool = False
    rehearse: Rehearsal | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if problem := next(_incomplete(self), None):
            raise ValueError(problem)
        return self


def _incomplete(step: StatedStep) -> Iterator[str]:
    """What a step lacks so that a tired person can follow it."""
    if step.use:
        if step.title or step.run or step.do:
            yield "a step with `use` takes its steps from a shared file, so it cannot have a title or a command"
        return
    if not step.title:
        yield "a step needs a `title`"
    if bool(step.run) == bool(step.do):
        yield "a step needs either `run`, its commands, or `do`, what a person does"
    if step.run and not step.expect:
        yield "a step with a command needs `expect`: a text in the answer if it succeeded"
    if step.changes != "nothing" and not step.undo:
        yield "a step that changes something needs `undo`: the way back, or that there is none"
    if (step.changes != "nothing" or step.waits) and not step.within:
        yield "a step that changes or waits for something needs `within`: how long it may take"


class Start(Entity):
    """A step at which one begins for an aim that needs no step before it."""

    to: Text
    """The aim, as it goes on after "To"."""
    at: Annotated[Listed[Id], Field(min_length=1)]
    """IDs of steps; the first one that an environment has counts."""


class StepsFile(Entity):
    """A file of steps, in order, by ID."""

    steps: Annotated[dict[Id, StatedStep], Field(min_length=1)]


Symptom = Literal["errors", "data", "capacity", "outage", "security", "access", "delivery", "cost", "planned"]
Duty = Literal["read", "operate", "recover", "security", "directory", "emergency"]


class RunbookHead(Entity):
    """The head of a runbook: facts that do not depend on the project. Texts are for people."""

    title: Line
    kind: Literal["incident", "routine", "disaster-recovery"]
    severity: Literal["critical", "high", "medium", "low"]
    also: Listed[Line] = ()
    """Other words for what it does or what happened, next to its title, for the search."""
    component: Annotated[Listed[Id], Field(min_length=1)]
    """Kinds of components that the runbook is for."""
    symptom: Symptom
    """The group of symptoms in which the index lists it."""
    triggers: Annotated[Listed[Text], Field(min_length=1)]
    """What makes someone open it."""
    impact: Text
    when_not: Listed[Text]
    duty: Duty
    """What the person does, which decides the role that they need."""
    approvals: Text
    destructive: bool
    reversible: Text
    """How to get back, or why there is no way back."""
    duration: Text
    tools: Listed[Text]
    otherwise: Listed[Seen]
    """What to do when it does not work, in order."""
    communicate: Listed[Text]
    """What to tell people, and when."""
    follow_up: Listed[Text]
    """What remains to be done when it is over."""
    drill: Text
    """How to practice it without harm."""
    starts: Listed[Start] = ()
    """Where to begin for aims that need no step before, the most urgent one first."""
    scope: Literal["environment", "organization"] = "environment"
    """`organization`: the same steps for all environments."""
    ways: Listed[Literal["cluster", "database"]] = ()
    """What the steps reach besides the cloud's interfaces."""


F = TypeVar("F", RunbookHead, StepsFile)


@dataclass(frozen=True)
class StatedFile(Generic[F]):
    """A file that was read: its name as a template, what it states, and its text."""

    name: str
    stated: F
    text: str

    @cached_property
    def tree(self) -> YamlNode:
        """The tree of the text with the place of everything in it, which only texts that are filled in and problems need."""
        root = parse(self.text, self.name)[0].root
        assert root is not None
        return root

    def line(self, *path: str | int) -> int:
        """The line at which the text at a path begins; that of a block scalar begins after its mark."""
        node = self.tree.get(path)
        if node is None:
            return 1
        return node.span.line + (node.span.end_line > node.span.line)


def read_head(templates: Templates, name: str) -> StatedFile[RunbookHead]:
    """The head in a template. Raises TemplateFailure with the first problem."""
    return _first(read_file(templates, name, RunbookHead))


def read_steps(templates: Templates, name: str) -> StatedFile[StepsFile]:
    """The steps in a template. Raises TemplateFailure with the first problem."""
    return _first(read_file(templates, name, StepsFile))


def _first(result: StatedFile[F] | list[Diagnostic]) -> StatedFile[F]:
    if isinstance(result, list):
        raise TemplateFailure(result[0])
    return result


@lru_cache(maxsize=512)  # shared steps are read for many runbooks
def read_file(templates: Templates, name: str, type_: type[F]) -> StatedFile[F] | list[Diagnostic]:
    """What a template states, or all that is wrong with it."""
    text = templates.source(name)
    if templates.is_from_archgen(name):
        with suppress(_Wrong, ValidationError):
            plain = DATA.get(key_of(text, "archgen.reading.yaml_tree"), lambda: _plain(text))
            return StatedFile(name, type_.model_validate(plain), text)
    return _read_text(name, templates.place(name), text, type_)


class _Wrong(Exception):  # noqa: N818  # the file is read again, with the places of what is wrong
    """A text is not what archgen reads."""


def _plain(text: str) -> Any:
    """What a text states as plain data. Raises _Wrong for any problem in it."""
    source, problems = parse(text, "")
    if problems or source.root is None:
        raise _Wrong
    return source.root.plain()


@lru_cache(maxsize=1024)  # `archgen serve` reads the same files at every change of a model
def _read_text(name: str, shown: str, text: str, type_: type[F]) -> StatedFile[F] | list[Diagnostic]:
    """What the text of a template states, or all that is wrong with it. `shown` is its place in messages."""
    source, problems = parse(text, shown)
    if problems or source.root is None:
        return [_without_advice_about_models(problem) for problem in problems]
    try:
        return StatedFile(name, type_.model_validate(source.root.plain()), text)
    except ValidationError as error:
        return [_located(problem, source.root) for problem in from_pydantic(error, (), type_, source.root)]


def _without_advice_about_models(problem: Diagnostic) -> Diagnostic:
    if problem.code != "ARC-Y004":
        return problem
    return Diagnostic(
        CODE, "the file is not a mapping of keys to values", "", span=problem.span, subject=problem.subject
    )


def _located(problem: Diagnostic, root: YamlNode) -> Diagnostic:
    """A problem at its line. At a key where the key is wrong, at a value otherwise."""
    node, taken = root.nearest(problem.path)
    about_key = isinstance(node.value, dict) or (problem.code == "ARC-M002" and taken == problem.path)
    span = node.key_span if about_key and node.key_span else node.span
    message = re.sub(r"^Value error, ", "", problem.message)
    return Diagnostic(CODE, message, problem.help, span=span)
