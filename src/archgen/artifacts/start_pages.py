"""Pages for newcomers: where to start by role, a tour of the views, who owns what, and the first weeks.

They are made last, because they link only to pages that exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archgen.artifacts._pictures import picture_file
from archgen.artifacts._tables import names_anywhere, titles
from archgen.artifacts.addresses import page_of
from archgen.artifacts.base import Artifact, Context, Nav, markdown_asset
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.kinds.relational_database import RelationalDatabase
from archgen.model.architecture import Architecture
from archgen.runbooks.procedures import read, runbooks_of
from archgen.runbooks.ways import DUTIES, Ways

SECTION = "Start here"
HIGHEST = (
    260  # of the pictures of the tour, in CSS pixels: they are there to be recognized, and lead to the larger ones
)


def emit_last(context: Context, pages: frozenset[str]) -> list[Artifact]:
    """Five pages, or four if the model has no teams. `pages` are all other pages of the site."""
    artifacts = [_tour(context), _site(context)]
    if context.document.teams:
        artifacts.append(_teams(context, pages))
    every = pages | {page_of(artifact.path) for artifact in artifacts} | {"start/weeks", "start/index"}
    return [_start(context, every), *artifacts, _weeks(context, every)]


def _start(context: Context, pages: frozenset[str]) -> Artifact:
    nav = Nav(SECTION, "Start here", 0)
    flows = {name: view for name, view in context.views.items() if view.part[0] == "flows"}
    return context.page(
        "start/index", "start.md", nav, (), flows=flows, views=context.views, has=lambda page: page in pages
    )


# -- the tour ------------------------------------------------------------------------------------------


def _tour(context: Context) -> Artifact:
    """Each view with its question, its picture at the default coordinate, and a description of the picture."""
    stops = [stop for name in context.views if (stop := _stop(context, name))]
    return context.page("start/tour", "tour.md", Nav(SECTION, "Tour", 1), (), stops=stops)


def _stop(context: Context, name: str) -> dict[str, Any] | None:
    view = context.views[name]
    coordinate = context.axes.default
    file = picture_file(context, name, coordinate)
    if file is None:
        return None
    graph = context.graph(name, coordinate)
    drawing = context.drawing(graph)
    scale = min(1, HIGHEST / drawing.height)
    return {
        "page": name,
        "title": view.title,
        "question": view.question,
        "says": graph.description,
        "src": markdown_asset("start/tour", file),
        "width": round(drawing.width * scale),
        "height": round(drawing.height * scale),
    }


def _site(context: Context) -> Artifact:
    """What the model and archgen are, for readers who know neither."""
    nav = Nav(SECTION, "How this site is made", 5)
    included = len(context.project.files.sources) > 1
    checksum = context.project.fingerprint[:12]  # here only: on each page it would change all pages with every edit
    return context.page(
        "start/site", "made.md", nav, (), model=context.model_file, included=included, checksum=checksum
    )


# -- who owns what -------------------------------------------------------------------------------------


def _teams(context: Context, pages: frozenset[str]) -> Artifact:
    rows = [_team(context, id_) for id_ in context.document.teams]
    on_call = context.document.observability.on_call
    nav = Nav(SECTION, "Who owns what", 2)
    return context.page(
        "start/teams", "teams.md", nav, ("teams",), rows=rows, on_call=on_call, has=lambda page: page in pages
    )


def _team(context: Context, id_: str) -> dict[str, Any]:
    document = context.document
    named = titles(context)
    owners: dict[str, str | None] = {}
    for architecture in (context.default, *context.resolved.architectures.values()):
        for name, component in architecture.components.items():
            owners.setdefault(name, component.owner)
    return {
        "id": id_,
        "team": document.teams[id_],
        "components": [{"id": n, "title": named[n]} for n in names_anywhere(context) if owners[n] == id_],
        "runbooks": [n for n, facts in runbooks_of(context.resolved).items() if facts.owner == id_],
        "alerts": [alert for alert in document.observability.alerts.values() if alert.team == id_],
        "capabilities": [{"id": n, "name": c.name} for n, c in document.capabilities.items() if c.owner == id_],
        "waivers": [n for n, waiver in document.rules.waivers.items() if waiver.owner == id_],
    }


# -- the first weeks -----------------------------------------------------------------------------------


def _weeks(context: Context, pages: frozenset[str]) -> Artifact:
    nav = Nav(SECTION, "The first weeks", 3)
    first = context.resolved.standing(context.axes.primary, context.axes.environments[0])
    return context.page(
        "start/weeks",
        "weeks.md",
        nav,
        (),
        access=[_access(context, _first_environment(context, cloud)) for cloud in context.axes.clouds],
        first=first.environment.name,
        questions=[q for q in _questions(context) if q["page"].partition("#")[0] in pages],
        drills=_drills(context),
        runbooks=runbooks_of(context.resolved),
        flows={name: view for name, view in context.views.items() if view.part[0] == "flows"},
        has=lambda page: page in pages,
    )


def _first_environment(context: Context, cloud: str) -> Architecture:
    """The first environment in its current phase: a mistake does the least harm there."""
    return context.resolved.standing(cloud, context.axes.environments[0])


def _access(context: Context, a: Architecture) -> dict[str, Any]:
    """What a new colleague needs to know to access the first environment of a cloud."""
    clusters = [a.identifier(name) for name, _cluster in a.of_kind(KubernetesCluster)]
    ways = Ways(a)
    sign_on = ways.sign_on
    names = {
        "cloud": a.coordinate.cloud,
        "name": a.facts.name,
        "environment": a.environment.name,
        "profile": f"{a.document.project}-{a.coordinate.environment}",
        "region": a.cloud.region,
        "home": a.home,
        "home_title": a.home_title,
        "account": a.home_number,
        "details": a.home_details,
        "cluster": clusters[0] if clusters else None,
        "provider": sign_on.identity_provider if sign_on else None,
        "roles": [role for duty in DUTIES if (role := ways.role(duty))],
        "private": ways.private_cluster,
        "console": ways.console(),
        "portal": sign_on.portal if sign_on else None,
        "ways": list({way.id: way for way in (ways.to_cluster, ways.to_database) if way}.values()),
    }
    return {
        **names,
        "commands": context.templates.render_text(f"clouds/{a.facts.base}.toml", a.facts.access.strip(), a=names),
    }


def _drills(context: Context) -> list[dict[str, str]]:
    """The next three drills by date: attending one is a good way to learn what a runbook is."""
    found = [
        {"id": name, "title": read(context.templates, name).front.title, "due": facts.due}
        for name, facts in runbooks_of(context.resolved).items()
        if facts.due
    ]
    return sorted(found, key=lambda row: row["due"])[:3]


def _questions(context: Context) -> Iterator[dict[str, str]]:
    """Questions that a newcomer should be able to answer, and the page with the answer; only about parts that the model has."""
    for text, page in (*_about_parts(context), *_about_the_whole(context)):
        yield {"text": text, "page": page}


def _about_parts(context: Context) -> Iterator[tuple[str, str]]:
    document, a = context.document, context.default
    last = a.environment.name
    for name, component in a.of_kind(RelationalDatabase):
        yield f"How long does {last} keep backups of {component.title}?", f"components/{name}"
        yield f"What stops when {component.title} fails?", f"components/{name}"
        if document.teams:
            yield f"Who owns {component.title}, and how are they reached?", "start/teams"
        if component.disaster_recovery:
            yield f"Where does {component.title} come back from when the region is lost?", "data"
    for name, cluster in a.of_kind(KubernetesCluster):
        yield f"Who reaches the API server of {cluster.title} in {last}?", f"components/{name}"
    for name, flow in document.flows.items():
        if flow.question:
            yield flow.question, f"flow-{name}"


def _about_the_whole(context: Context) -> Iterator[tuple[str, str]]:
    document, axes, a = context.document, context.axes, context.default
    first = document.environments[axes.environments[0]].name
    questions = (
        *((True, f"What happens when the zone {zone} fails?", "health#zones") for zone in a.zones[1:][-1:]),
        (True, "What stops the system if it fails alone?", "single-points"),
        (len(axes.environments) > 1, f"How does {first} differ from {a.environment.name}?", "side-by-side"),
        *((True, f"What does {document.phases[phase].name} add?", "road") for phase in axes.phases[1:]),
        (document.controls, "What proves that the controls hold?", "health#controls"),
        (document.observability.alerts, "Who is paged when errors go up, and what do they do?", "observability"),
        (document.capabilities and len(axes.clouds) > 1, "What would a move to the other cloud take?", "parity"),
        (document.costs, "Where are the hidden costs?", "costs"),
        (document.rules.waivers, "Which weaknesses are known, and until when are they accepted?", "health#waivers"),
    )
    yield from ((text, page) for there, text, page in questions if there)
