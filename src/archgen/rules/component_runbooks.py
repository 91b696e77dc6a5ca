"""OPS901: stateful and public components have a runbook."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.load_balancer import LoadBalancer
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, OUTSIDE, Component
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.rules._stated import trait_of

CODE = "OPS901"
TITLE = "A stateful or public component has no runbook"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each stateful or public component without a runbook, in a model that has runbooks.

    Without any, nothing is known: the team may keep them elsewhere.
    """
    runbooks = architecture.document.runbooks.values()
    covered = {name for facts in runbooks for name in (facts.component, *facts.also)}
    if not covered:
        yield from _without_runbooks(architecture)
        return
    for name, component in architecture.components.items():
        public = _is_public(architecture, component)
        stateful = trait_of(architecture, name, "stateful")
        if isinstance(stateful, Lack) and architecture.place(component) == OUTSIDE:
            continue  # what others run is in their runbooks, unless the model says that its loss loses state
        if not (stateful or public):
            continue
        if name in covered:
            yield Passed(("components", name))
        elif isinstance(stateful, Lack) and not public:
            yield Unsaid(("components", name), stateful)
        else:
            what = "stores data" if stateful is True else "is public"
            message = f"'{name}' {what} but has no runbook"
            yield Diagnostic(CODE, message, _advice(architecture, name), ("components", name))


def _advice(a: Architecture, name: str) -> str:
    """What to do about a component without a runbook; it names those that have steps for it."""
    from archgen.runbooks.fitting import fitting_runbooks  # only a finding needs the templates, which take long to load

    fitting = fitting_runbooks(a, name)
    new = [f"`{id_}`" for id_ in fitting if id_ not in a.document.runbooks]
    used = [f"`{id_}`" for id_ in fitting if id_ in a.document.runbooks]
    if new:
        first = f"add {' or '.join(new)} with this `component` to `runbooks`"
    elif used:
        return f"list it under `also` of {' or '.join(used)}"
    else:
        first = "write a runbook for it in templates/runbooks/ and add it to `runbooks`"
    return f"{first}, or list it under `also` of another runbook"


def _is_public(a: Architecture, component: Component) -> bool:
    return a.place(component) == EDGE or isinstance(component, LoadBalancer)


def _without_runbooks(a: Architecture) -> Iterator[Outcome]:
    names = [n for n, c in a.components.items() if trait_of(a, n, "stateful") is True or _is_public(a, c)]
    if names:
        what = f"what to do when '{names[0]}' fails, since the model has no runbooks"
        yield Unsaid(("components", names[0]), Lack(("components", names[0]), what, "add `runbooks`"))
