"""What exists before a rehearsal: calls that make the resources of a model in an emulator, with the names that the model gives them.

`templates/rehearsal/PRODUCT.yaml` states the calls for a component, and `templates/rehearsal/CLOUD.yaml` those for an environment.
A `value` is the ID of a resource for a variable that a person sets before a step: `{value: INSTANCE, is: "@nodes.Id"}`.
`{after: MARK, of: REFERENCE}` is the text of a value after a mark.
Files with `first: true` come before the others, which may use what they made.
Texts in them are templates with the same variables as the steps of runbooks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

import yaml

from archgen.diagnostics.diagnostic import Diagnostic, Span
from archgen.model.architecture import Architecture
from archgen.model.document import RunbookFacts
from archgen.model.resolve import Resolved
from archgen.runbooks.here import facts_for
from archgen.templating.render import TemplateFailure, Templates

FOLDER = "rehearsal"
UNKNOWN = "123456789012"  # the account of an environment for which the model states no number
Call = dict[str, Any]


def seeds(templates: Templates, architecture: Architecture) -> list[Call]:
    """The calls that make the resources of an environment, in order. Raises TemplateFailure."""
    a = architecture
    return [call for file, name in _files(templates, a) for call in _from_file(templates, file, a, name)]


def _files(templates: Templates, a: Architecture) -> list[tuple[str, str]]:
    """The files for an environment and its components, each with the ID of the component, in the order of their calls."""
    order = [(a.coordinate.cloud, next(iter(a.components), ""))]
    order += [(component.product or "", name) for name, component in a.components.items()]
    files = [(f"{FOLDER}/{file}.yaml", name) for file, name in order if name and templates.has(f"{FOLDER}/{file}.yaml")]
    files.sort(key=lambda file: not _read(templates, file[0]).get("first", False))
    return files


def preparation(templates: Templates, runbook: str, architecture: Architecture) -> str:
    """Commands that come before the steps of a runbook, such as making a repository; empty if there are none."""
    name = f"{FOLDER}/{runbook}.sh"
    facts = facts_for(architecture, architecture.document.runbooks[runbook])
    return templates.render(name, **facts) if templates.has(name) else ""


def elsewhere(calls: Iterable[Call], own: Iterable[Call], account: str) -> list[Call]:
    """The resources of other environments in an account where only a wrong command could find them.

    Without those that the environment has, too, because several environments share them. All are optional: two accounts cannot
    have buckets with the same name.
    """
    shared = [_identity(call) for call in own]
    moved = [{**call, "account": account, "scope": f"{call['scope']} elsewhere", "optional": True} for call in calls]
    return [call for call in moved if _identity({**call, "account": account}) not in shared]


def accounts(resolved: Resolved, cloud: str) -> list[str]:
    """The numbers of all accounts that the model states on a cloud."""
    architecture = resolved.standing(cloud, resolved.axes.environments[-1])
    numbers = (architecture.number_of(home) for home in architecture.homes)
    return [*(number for number in numbers if number), UNKNOWN]


def _identity(call: Call) -> tuple[str, str, str, str]:
    return call["service"], call["operation"], call["region"], repr(call["with"])


def _facts(name: str, a: Architecture, component: str) -> dict[str, Any]:
    """The variables for a file, with the account of the component or of the environment."""
    home = a.other_home(a.components[component]) if not name.endswith(f"/{a.coordinate.cloud}.yaml") else None
    here = facts_for(a, RunbookFacts(component=component, owner="rehearsal"))
    # A model without a network states no zones, but what an environment has besides its components is in some.
    zones = a.zones or tuple(f"{a.cloud.region}{letter}" for letter in "abc")
    return {**here, "account": a.number_of(home or a.home) or UNKNOWN, "zones": zones}


def _from_file(templates: Templates, name: str, a: Architecture, component: str) -> Iterator[Call]:
    facts = _facts(name, a, component)
    for position, stated in enumerate(_read(templates, name)["calls"]):
        try:
            yield from _call(templates, name, stated, facts, str(a.coordinate))
        except (KeyError, TypeError, ValueError) as error:
            raise _failure(templates, name, f"call {position + 1}: {error!r}") from None


def _call(templates: Templates, name: str, stated: Any, facts: dict[str, Any], scope: str) -> Iterator[Call]:
    def text(value: str) -> str:
        return unescape(templates.render_text(name, value, **facts))

    if "if" in stated and not text(f"{{{{ 'yes' if ({stated['if']}) else '' }}}}"):
        return
    if "value" in stated:
        nothing = {"service": "", "operation": "", "region": "", "account": "", "with": {}}
        yield {**nothing, "value": stated["value"], "is": text(stated["is"]), "scope": scope}
        return
    service, operation = stated["call"].split(".")
    call = {
        "service": service,
        "operation": operation,
        "with": _filled(stated.get("with", {}), text),
        "account": facts["account"],
        "region": text(stated["region"]) if "region" in stated else facts["region"],
        "scope": scope,
        "optional": bool(stated.get("optional")),
    }
    yield {**call, "as": stated["as"]} if "as" in stated else call


def _filled(value: Any, text: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"flag"}:
        return bool(text(f"{{{{ 'yes' if ({value['flag']}) else '' }}}}"))
    if isinstance(value, dict):
        return {key: _filled(inner, text) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, text) for inner in value]
    return text(value) if isinstance(value, str) else value


def _read(templates: Templates, name: str) -> dict[str, Any]:
    try:
        stated = yaml.safe_load(templates.source(name))
        return {**stated, "calls": list(stated["calls"])}
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise _failure(templates, name, f"the file must have a list `calls`: {error.__class__.__name__}") from None


def _failure(templates: Templates, name: str, message: str) -> TemplateFailure:
    return TemplateFailure(Diagnostic("ARC-T002", message, span=Span(templates.place(name), 1, 1, 1, 2)))
