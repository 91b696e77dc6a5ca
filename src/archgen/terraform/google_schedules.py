"""What schedules of Cloud Scheduler start, from the connections of the model, and what they cannot start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archgen.diagnostics.diagnostic import Path
from archgen.kinds._on_demand import Schedule
from archgen.model.architecture import Architecture
from archgen.model.connections import Connection
from archgen.terraform.built import builds
from archgen.terraform.google_messages import has_topic, is_made, is_run, is_workflow, request_seconds
from archgen.terraform.recovery import unique

_PRODUCT, _MODULE = "cloud-scheduler", "schedules"
# Job.attemptDeadline for HTTP targets: https://cloudscheduler.googleapis.com/$discovery/rest?version=v1
_SHORTEST_WAIT, _LONGEST_WAIT = 15, 1800


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about schedules that expressions can use."""
    return {"scheduled": lambda schedule: scheduled(a, schedule)}


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {"scheduled": (str,)}


def scheduled(a: Architecture, schedule: str) -> dict[str, dict[str, Any]]:
    """The jobs of a schedule by what they start: their name, how long they wait for an answer, and whether that gets a `request`,
    is a `topic` that gets a message, or a `workflow` that is run.
    """
    jobs = {}
    for connection in a.traffic_from(schedule):
        if _why_not(a, connection):
            continue
        target = connection.head
        form = "request" if is_run(a, target) else "workflow" if is_workflow(a, target) else "topic"
        wait = max(_SHORTEST_WAIT, min(request_seconds(a, target), _LONGEST_WAIT)) if form == "request" else None
        jobs[target] = {
            "deadline": None if wait is None else f"{wait}s",
            "form": form,
            "name": unique(a, f"{a.identifier(schedule)}-{target}"),
        }
    return jobs


def unstarted(a: Architecture) -> Iterator[tuple[Path, str, str]]:
    """What a schedule that a stack makes does not start: the place in the model, the reason, and help."""
    for name, schedule in a.of_kind(Schedule):
        if schedule.product != _PRODUCT or not builds(a, _MODULE) or schedule.home not in (None, a.home):
            continue
        for connection in a.traffic_from(name):
            if problem := _why_not(a, connection):
                yield connection.path, *problem


def _why_not(a: Architecture, connection: Connection) -> tuple[str, str] | None:
    """Why a schedule does not start something, and help; None if it does."""
    target = connection.head
    if is_run(a, target) or is_workflow(a, target) or (is_made(a, target) and has_topic(a, target)):
        return None
    return (
        f"archgen starts services and functions of Cloud Run, workflows, queues and topics, and no stack makes '{target}' as one",
        "let a stack make it, or make this job by hand, and write down how",
    )
