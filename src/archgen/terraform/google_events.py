"""What triggers of Eventarc deliver, from the rules and connections of event buses, and what they cannot deliver."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from archgen.diagnostics.diagnostic import Path
from archgen.kinds._on_demand import EventBus
from archgen.model.architecture import Architecture
from archgen.model.connections import Connection
from archgen.terraform.built import builds
from archgen.terraform.google_messages import is_run, is_workflow
from archgen.terraform.recovery import unique

_PRODUCT, _MODULE = "eventarc", "eventarc-triggers"
# What a trigger starts, by product. Triggers of functions are made with the functions: google_eventarc_trigger of the provider.
_SERVICE = "cloud-run"
_RECEIVER_ROLE = "roles/eventarc.eventReceiver"  # https://docs.cloud.google.com/eventarc/docs/roles-permissions


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about event buses that expressions can use."""
    return {"event_receiver_role": _RECEIVER_ROLE, "event_triggers": lambda bus: event_triggers(a, bus)}


# What the facts are that no function of the same name describes.
ABOUT: Mapping[str, str] = {
    "event_receiver_role": "The role with which the identity of a trigger of Eventarc receives events.",
}
# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {"event_triggers": (str,)}


def event_triggers(a: Architecture, bus: str) -> dict[str, dict[str, Any]]:
    """The triggers of an event bus by the key of the call: what events must have, the name, and the target, which is the ID of a
    component, with its form (`service` or `workflow`).
    """
    triggers = {}
    for connection in _deliveries(a, bus):
        if _why_not(a, bus, connection):
            continue
        target = connection.head
        triggers[connection.key] = {
            "criteria": _criteria(a, bus, connection),
            "form": "workflow" if is_workflow(a, target) else "service",
            "name": unique(a, f"{a.identifier(bus)}-{connection.key}"),
            "target": target,
        }
    return triggers


def untriggered(a: Architecture) -> Iterator[tuple[Path, str, str]]:
    """What an event bus whose triggers a stack makes does not deliver: the place in the model, the reason, and help."""
    for name, bus in a.of_kind(EventBus):
        if bus.product != _PRODUCT or not builds(a, _MODULE) or bus.home not in (None, a.home):
            continue
        for connection in _deliveries(a, name):
            if problem := _why_not(a, name, connection):
                yield connection.path, *problem
        if bus.dead_letters:
            reason = "triggers of Eventarc have no place for what they could not deliver"
            yield ("components", name, "dead_letters"), reason, "let the targets write down what they cannot handle"


def _deliveries(a: Architecture, bus: str) -> Iterator[Connection]:
    stated = a.components[bus]
    letters = stated.dead_letters if isinstance(stated, EventBus) else None
    yield from (c for c in a.traffic_from(bus) if c.head != letters and c.call.direction != "received")


def _why_not(a: Architecture, bus: str, connection: Connection) -> tuple[str, str] | None:
    """Why a trigger does not deliver to something, and help; None if one does."""
    target = a.components.get(connection.head)
    if target is not None and target.product == "cloud-run-functions":
        return (
            "triggers of functions are made with the functions",
            "set event_trigger of cloud-functions under `set`, or make the trigger by hand, and write down how",
        )
    is_service = target is not None and target.product == _SERVICE and is_run(a, connection.head)
    if not is_service and not is_workflow(a, connection.head):
        return (
            f"archgen makes triggers for services of Cloud Run and workflows, and no stack makes '{connection.head}' as one",
            "let a stack make it, or make this trigger by hand, and write down how",
        )
    if not _criteria(a, bus, connection):
        return (
            "the model has no rule for it that is a JSON object with the `type` of events",
            f'state one under `patterns` with the key \'{connection.key}\', such as {{"type": "google.cloud.storage.object.v1.finalized"}}',
        )
    return None


def _criteria(a: Architecture, bus: str, connection: Connection) -> dict[str, str]:
    """The values that attributes of events must have; empty if the rule is not one that triggers understand."""
    stated = a.components[bus]
    try:
        found: object = json.loads(stated.patterns.get(connection.key, "")) if isinstance(stated, EventBus) else None
    except ValueError:
        return {}
    if not isinstance(found, dict) or "type" not in found:
        return {}
    return found if all(isinstance(value, str) for value in found.values()) else {}
