"""Proposing a stack of the model for Terraform code that exists: which facts of the model have the values of its variable files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any, get_args

from pydantic import BaseModel

from archgen.expressions.evaluate import evaluate
from archgen.expressions.values import ExpressionError, plain
from archgen.model.architecture import Architecture
from archgen.model.places import TierRole
from archgen.records import dataclass
from archgen.terraform.module_source import ModuleInput
from archgen.terraform.own_stacks import named_facts

# Parts of names of variables whose values are never printed, even if the code does not declare them as sensitive.
_SECRET = re.compile(r"passw|secret|token|private_key|api_?key|credential", re.IGNORECASE)
_PLAIN_FACTS = (
    "cidr", "region", "zones", "environment", "project", "home", "account", "cloud", "phase",
    "network_name", "domain", "repository", "budget", "tags", "labels",
)  # fmt: skip
# Settings of components that describe them, and no part of what Terraform makes.
_WORDS_ONLY = frozenset(
    {"title", "purpose", "notes", "why", "description", "owner", "kind", "product", "calls", "assumed"}
)
_MOST_SHOWN = 4
_LONGEST = 1_000  # characters of an expression for an object
# Words in names of variables, and the model's words for them.
_SYNONYMS = {
    "az": "zone",
    "db": "database",
    "env": "environment",
    "stage": "environment",
    "vpc": "network",
    "redis": "cache",
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for one variable: an expression, or its value in each environment; or nothing, with the reason.

    `note` says why there is no expression.
    """

    name: str
    expression: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    supplied: bool = False
    note: str = ""


def proposals(
    variables: Mapping[str, ModuleInput],
    values: Mapping[str, Mapping[str, Any]],
    architectures: Mapping[str, Architecture],
) -> list[Proposal]:
    """A proposal for each variable. `values` has the values of each environment, `architectures` its architecture."""
    used = {environment: architectures[environment] for environment in values if environment in architectures}
    candidates = _Candidates(used)
    return [_proposal(name, facts, values, candidates) for name, facts in sorted(variables.items())]


def _proposal(
    name: str, facts: ModuleInput, values: Mapping[str, Mapping[str, Any]], candidates: _Candidates
) -> Proposal:
    given = {environment: each[name] for environment, each in values.items() if name in each}
    if facts.sensitive or facts.ephemeral or any(_is_secret(name, value) for value in given.values()):
        in_files = ", although a variable file has its value" if given else ""
        return Proposal(name, supplied=True, note=f"it is secret{in_files}; pass its value in the environment")
    if not given:
        note = "no variable file has a value for it" if facts.required else ""
        return Proposal(name, supplied=facts.required, note=note)
    matches = candidates.matches(given)
    best = _best(name, given, matches) or _best_of_parts(name, given, candidates)
    if best:
        return Proposal(name, best)
    note = "no fact of the model has this value"
    if matches:
        shown = ", ".join(matches[:_MOST_SHOWN]) + (", …" if len(matches) > _MOST_SHOWN else "")
        note = f"it is not clear which fact this value is: {shown}"
    return Proposal(name, values=given, note=note)


def _is_secret(name: str, value: Any) -> bool:
    """Whether a value, or a part of it, is a text with a name that says that it is secret."""
    if isinstance(value, Mapping):
        return any(_is_secret(str(key), inner) for key, inner in value.items())
    if isinstance(value, list):
        return any(_is_secret(name, item) for item in value)
    return isinstance(value, str) and bool(_SECRET.search(name))


def _best_of_parts(name: str, given: Mapping[str, Any], candidates: _Candidates) -> str | None:
    """An expression for an object of which at least one attribute comes from a fact; the others are the same in every environment."""
    objects = [value for value in given.values() if isinstance(value, Mapping)]
    if len(objects) != len(given) or any(set(one) != set(objects[0]) for one in objects):
        return None
    parts, found = {}, False
    for key in objects[0]:
        inner = {environment: value[key] for environment, value in given.items()}
        fact = _best(f"{name}_{key}", inner, candidates.matches(inner)) or _best_of_parts(key, inner, candidates)
        first = next(iter(inner.values()))
        part = fact or (_as_expression(first) if all(_same(value, first) for value in inner.values()) else None)
        if part is None:
            return None
        parts[key], found = part, found or bool(fact)
    text = ", ".join(f"{_as_expression(str(key))}: {part}" for key, part in parts.items())
    return f"{{{text}}}" if found and len(text) < _LONGEST else None


def _as_expression(value: Any) -> str | None:
    """A value as a literal of the expression language; None for texts that would need escapes."""
    if isinstance(value, Mapping):
        pairs = [(_as_expression(str(key)), _as_expression(inner)) for key, inner in value.items()]
        return None if any(None in pair for pair in pairs) else f"{{{', '.join(f'{k}: {v}' for k, v in pairs)}}}"
    if isinstance(value, list):
        items = [_as_expression(item) for item in value]
        return None if None in items else f"[{', '.join(map(str, items))}]"
    if isinstance(value, str):
        return f"'{value}'" if re.fullmatch(r"[^'\\\x00-\x1f]*", value) else None
    return "none" if value is None else str(value).lower()


def _best(name: str, given: Mapping[str, Any], matches: Sequence[str]) -> str | None:
    """The only natural match: the one whose name is closest to the variable's, or of several, the only fact of the whole environment.

    A value that is common needs a similar name.
    """
    if not matches:
        return None
    scores = {match: _similarity(name, match) for match in matches}
    top = max(scores.values())
    leading = [match for match, score in scores.items() if score == top]
    if len(leading) > 1:
        leading = [match for match in leading if match in _PLAIN_FACTS] or leading
    if len(leading) != 1:
        return None
    return leading[0] if top > 0 or not all(map(_is_common, given.values())) else None


def _similarity(name: str, expression: str) -> int:
    """How many words the name of a variable and an expression share."""
    return len(_words(name) & _words(expression))


def _words(text: str) -> set[str]:
    words = {
        word if word == "redis" else word.removesuffix("s")
        for word in re.findall(r"[a-z0-9]+", text.lower())
        if len(word) > 1
    }
    return {_SYNONYMS.get(word, word) for word in words}


def _is_common(value: Any) -> bool:
    """Whether a value is so common that it says nothing about where it comes from."""
    return (
        value is None
        or isinstance(value, bool | int | float)
        or value in ("", [], {})
        or (isinstance(value, str) and len(value) < 3)
    )


class _Candidates:
    """The expressions that a value can come from, with their value at each architecture."""

    def __init__(self, architectures: Mapping[str, Architecture]) -> None:
        self._facts = {environment: named_facts(a) for environment, a in architectures.items()}
        expressions = dict.fromkeys(e for a in architectures.values() for e in _expressions(a))
        self._values = {expression: self._evaluated(expression) for expression in expressions}

    def _evaluated(self, expression: str) -> dict[str, Any]:
        found = {}
        for environment, facts in self._facts.items():
            try:
                found[environment] = plain(evaluate(expression, facts))
            except ExpressionError:
                continue
        return found

    def matches(self, given: Mapping[str, Any]) -> list[str]:
        """The expressions that have the given value in every environment."""
        return [
            expression
            for expression, values in self._values.items()
            if all(environment in values and _same(values[environment], value) for environment, value in given.items())
        ]


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _expressions(a: Architecture) -> Iterator[str]:
    yield from _PLAIN_FACTS
    yield from (f"zones[{number}]" for number in range(len(a.zones)))
    yield from (f"subnets('{internet}')" for internet in ("both", "outbound", "none"))
    yield from (f"role_subnets('{role}')" for role in get_args(TierRole))
    yield from (f"range_of('{tier}')" for tier in sorted(a.tiers))
    yield from (f"identifier('{name}')" for name in sorted(a.components))
    for name, component in sorted(a.components.items()):
        yield from _settings(f"components{_step(name)}", component)
    if a.document.network:
        yield from _settings("network", a.document.network)


def _settings(path: str, part: Any) -> Iterator[str]:
    """The paths of the settings in a part of the model."""
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            if name not in _WORDS_ONLY and getattr(part, name) is not None:
                yield from _settings(f"{path}.{name}", getattr(part, name))
    elif isinstance(part, Mapping):
        for name, inner in part.items():
            yield from _settings(f"{path}{_step(name)}", inner)
    elif isinstance(part, str | int | float | bool) or (isinstance(part, tuple) and part):
        yield path


def _step(name: Any) -> str:
    return f".{name}" if re.fullmatch(r"[A-Za-z_]\w*", str(name)) else f"['{name}']"


# -- as YAML -----------------------------------------------------------------------------------------------


def stack_yaml(stack: str, settings: Mapping[str, str], found: Sequence[Proposal], last: str) -> str:
    """The proposed stack as YAML. `settings` has its `directory` and others; `last` is the environment whose values are the usual ones."""
    lines = ["terraform:", "  stacks:", f"    {stack}:", "      purpose: What this code creates."]
    lines += [f"      {key}: {value}" for key, value in settings.items()]
    inputs = [proposal for proposal in found if proposal.expression is not None or proposal.values]
    if inputs:
        lines += ["      inputs:", *(f"        {proposal.name}: {_entry(proposal, last)}" for proposal in inputs)]
    if supplied := [proposal.name for proposal in found if proposal.supplied]:
        lines.append(f"      supplied: [{', '.join(supplied)}]")
    return "".join(f"{line}\n" for line in lines)


def _entry(proposal: Proposal, last: str) -> str:
    if proposal.expression is not None:
        return f"{{expression: {_quoted(proposal.expression)}}}"
    values = proposal.values
    usual = values[last] if last in values else next(reversed(list(values.values())))
    others = {environment: value for environment, value in values.items() if not _same(value, usual)}
    when = ", ".join(f"{environment}: {{value: {_quoted(value)}}}" for environment, value in others.items())
    return f"{{value: {_quoted(usual)}{f', when: {{{when}}}' if when else ''}}}"


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
