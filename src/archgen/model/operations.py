"""The parts of the model about building, monitoring and paying for an architecture: images, objectives, alerts, on-call, costs, flows."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from archgen.model.base import IDENTIFYING, ComponentId, Entity, Id, Line, Listed, TeamId, Text, WebAddress
from archgen.model.patterns import matching


class Image(Entity):
    """Something that CI builds from a folder of the application."""

    title: Line
    component: ComponentId
    """The component that runs it."""
    folder: Annotated[Text, matching(r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", "a folder such as services/api")]
    """The folder of its source in the application's repository."""
    contents: Listed[Text] = ()
    """What the folder contains."""
    stages: Listed[Line] = ()
    """The stages of its build, in order."""
    base: Line | None = None
    """The image that it is based on; none for a bundle of files."""
    architectures: Listed[Literal["arm64", "amd64"]] = ()
    """The processors that it is built for."""


class Objective(Entity):
    """A service level objective: what share of the time, or of requests, must be good."""

    title: Line
    component: ComponentId
    signal: Literal["latency", "errors", "saturation", "availability"]
    """What is measured."""
    good: Text
    """What counts as good, in words: answered within 300 ms."""
    percent: Annotated[float, Field(gt=0, le=100)]
    """The share that must be good."""
    window_days: Annotated[int, Field(ge=1, le=90)] = 30


class Alert(Entity):
    """A condition that notifies a team when something is wrong."""

    title: Line
    component: ComponentId
    signal: Literal["latency", "errors", "saturation", "availability", "storage", "recovery"]
    when_true: Text
    """The threshold, in words."""
    objective: Id | None = None
    """The service level objective that it protects."""
    severity: Literal["page", "ticket"] = "page"
    """`page` wakes the person on call; `ticket` waits for working hours."""
    team: TeamId
    """The team that is notified."""
    runbook: Id | None = None
    """The runbook to follow; an ID from `runbooks`."""


class OnCall(Entity):
    """Who is on call."""

    team: TeamId
    rotation_days: Annotated[int, Field(ge=1, le=31)] = 7
    """How long one person is on call."""
    escalation: Listed[TeamId] = ()
    """Teams to call next, in order."""


# What the address of a dashboard may contain, and what is inserted for it.
DASHBOARD_PLACEHOLDERS = ("project", "environment", "region", "home", "account", "name")


def _placeholders(value: str) -> str:
    """The address unchanged. Raises ValueError for braces that are not one of the placeholders."""
    left = re.sub(rf"\{{({'|'.join(DASHBOARD_PLACEHOLDERS)})\}}", "x", value)
    if "{" in left or "}" in left:
        known = ", ".join(f"{{{name}}}" for name in DASHBOARD_PLACEHOLDERS)
        raise ValueError(f"'{value}' may contain the placeholders {known}, and no other braces")
    if re.match(r"https://[^/?#]*\{(?!region\})", value):
        raise ValueError(f"'{value}' may contain only {{region}} in the name of the server")
    return value


class Dashboard(Entity):
    """A page of another tool that shows how a component does."""

    title: Line
    address: Annotated[WebAddress, AfterValidator(_placeholders), IDENTIFYING]
    """Its address, in which archgen replaces {project}, {environment}, {region}, {home} (the ID of the account or project), {account} (its
    number) and {name} (the name of the component's resources)."""
    component: ComponentId | None = None
    """The component that it shows; left out for one about all of them."""
    shows: Text | None = None
    """What it shows, in a sentence."""


class ObservabilityFacts(Entity):
    """Logs, service level objectives, alerts, dashboards and who is on call."""

    log_format: Literal["json", "text"] = "json"
    """How the application writes its logs."""
    instrumentation: Text | None = None
    """The instrumentation of the application, such as OpenTelemetry."""
    objectives: dict[Id, Objective] = {}
    alerts: dict[Id, Alert] = {}
    dashboards: dict[Id, Dashboard] = {}
    """Pages of monitoring tools, to which the pages of components and runbooks link."""
    on_call: OnCall | None = None


class CostItem(Entity):
    """A cost trap, or a way to spend less."""

    title: Line
    text: Text
    """What to watch, and what to do."""
    about: Listed[Line] = ()
    """The parts of the model that it is about, as paths."""


class Step(Entity):
    """One step of a flow, along a connection of the model or back."""

    from_: Annotated[ComponentId, Field(alias="from")]
    """The component where the step starts."""
    to: ComponentId
    """The component where it ends."""
    text: Text
    """What happens."""
    over: Id | None = None
    """The key of the connection that it takes, if several join its ends."""


class Flow(Entity):
    """An ordered sequence of steps along connections."""

    title: Line
    question: Line | None = None
    """The question that it answers."""
    steps: Annotated[Listed[Step], Field(min_length=1)]
