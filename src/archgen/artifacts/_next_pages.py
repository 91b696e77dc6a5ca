"""Links at the end of a page to what one reads next: findings after controls, costs after objectives, runbooks after a flow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from archgen.artifacts.addresses import FLOW, page_of
from archgen.artifacts.base import Artifact, markdown_link
from archgen.model.resolve import Resolved
from archgen.runbooks.procedures import runbooks_of
from archgen.templating.escape import markdown, url

# The pages that answer the next question of a reader. Those that a model does not have are left out.
NEXT: Mapping[str, tuple[str, ...]] = {
    "assumptions": ("decisions", "road"),
    "clouds": ("parity", "environments"),
    "components/index": ("connections", "start/teams"),
    "connections": ("network", "security"),
    "context": ("flows", "components/index"),
    "costs": ("observability", "environments"),
    "data": ("runbooks/index", "health"),
    "decisions": ("assumptions", "road"),
    "delivery": ("road", "terraform/index"),
    "edge": ("network", "security"),
    "environments": ("side-by-side", "road"),
    "flows": ("connections", "runbooks/index"),
    "glossary": ("start/tour", "components/index"),
    "health": ("single-points", "security", "runbooks/index", "assumptions"),
    "identity": ("security", "start/weeks"),
    "network": ("connections", "environments"),
    "observability": ("costs", "runbooks/index", "health"),
    "parity": ("clouds", "decisions"),
    "phases": ("road", "costs"),
    "road": ("delivery", "costs"),
    "runbooks/index": ("observability", "health", "start/teams"),
    "runbooks/rehearsals": ("runbooks/index", "health"),
    "security": ("health", "decisions"),
    "side-by-side": ("environments", "clouds"),
    "single-points": ("health", "runbooks/index"),
    "stacks": ("terraform/index", "delivery"),
    "start/teams": ("observability", "runbooks/index"),
    "start/tour": ("start/weeks", "components/index"),
    "terraform/index": ("delivery", "environments"),
}
STATED_IN_SOURCES = ("assumptions", "decisions")  # much of these is stated in design documents, so they lead there
MOST_RUNBOOKS = 6  # of a flow; more are not read
_END = b'<p class="ag-provenance">'


def with_next_pages(resolved: Resolved, artifacts: Iterable[Artifact]) -> list[Artifact]:
    """The artifacts, with links before the last line of each page that has a next one. Pages without that line stay as they are."""
    artifacts = list(artifacts)
    titles = {page_of(artifact.path): artifact.nav.title for artifact in artifacts if artifact.nav}
    return [_with_links(artifact, titles, resolved) for artifact in artifacts]


def _with_links(artifact: Artifact, titles: Mapping[str, str], resolved: Resolved) -> Artifact:
    page = page_of(artifact.path)
    sources = [target for target in titles if target.startswith("sources/")] if page in STATED_IN_SOURCES else []
    found = [t for t in (*_runbooks_of_flow(page, resolved), *NEXT.get(page, ()), *sources) if t in titles]
    before, end, after = artifact.content.rpartition(_END)
    if artifact.nav is None or not found or not end:
        return artifact
    links = ", ".join(f"[{markdown(titles[target])}]({url(markdown_link(page, target))})" for target in found)
    return replace(artifact, content=b"%b**Read next:** %b\n\n%b%b" % (before, links.encode(), end, after))


def _runbooks_of_flow(page: str, resolved: Resolved) -> Iterator[str]:
    """The pages of the runbooks about the components that the flow of a page passes, in the order of its steps."""
    id_ = page.removeprefix(FLOW)
    flow = next((f for a in resolved.architectures.values() if (f := a.document.flows.get(id_))), None)
    if not page.startswith(FLOW) or flow is None:
        return
    passed = dict.fromkeys(name for step in flow.steps for name in (step.from_, step.to))
    runbooks = runbooks_of(resolved)
    pages = (f"runbooks/{name}" for part in passed for name, facts in runbooks.items() if facts.component == part)
    yield from list(dict.fromkeys(pages))[:MOST_RUNBOOKS]
