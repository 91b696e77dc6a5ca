"""Whom to call about a runbook, in order."""

from __future__ import annotations

from archgen.model.document import Document, RunbookFacts, Team


def people_to_call(document: Document, facts: RunbookFacts) -> list[tuple[Team, str]]:
    """The teams to call, in order, each with why: the owner, then those that the runbook names, then those of the on-call rota."""
    on_call = document.observability.on_call
    reasons: dict[str, str] = {facts.owner: "owns this runbook"}
    for team in facts.escalation:
        reasons.setdefault(team, "next for this runbook")
    if on_call:
        reasons.setdefault(on_call.team, "is on call")
        if facts.owner == on_call.team:
            reasons[facts.owner] = "owns this runbook and is on call"
        for team in on_call.escalation:
            reasons.setdefault(team, "next on the on-call rota")
    return [(document.teams[id_], why) for id_, why in reasons.items() if id_ in document.teams]
