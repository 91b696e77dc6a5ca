"""What is due: drills, ends of waivers and last days of patches. Dates, not ages, so that pages do not change from day to day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archgen.artifacts.base import Context
from archgen.catalog import kubernetes_versions
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.model.wording import MISSING
from archgen.runbooks.procedures import runbooks_of


def due_dates(context: Context) -> list[dict[str, Any]]:
    """A row for each date (`on`): what is due, its page or an empty text, and who does it. The next ones come first."""
    return sorted(
        (*_drills(context), *_waivers(context), *_versions(context)), key=lambda row: (row["on"], row["what"])
    )


def _drills(context: Context) -> Iterator[dict[str, Any]]:
    for name, facts in runbooks_of(context.resolved).items():
        if facts.due:
            who = _team(context, facts.owner)
            yield {
                "on": facts.due,
                "what": f"Drill: {context.runbook_title(name)}",
                "page": f"runbooks/{name}",
                "who": who,
            }


def _waivers(context: Context) -> Iterator[dict[str, Any]]:
    """A row for each waiver that accepts a finding."""
    facts = {n: w for a in context.resolved.architectures.values() for n, w in a.document.rules.waivers.items()}
    for id_ in dict.fromkeys(waived.waiver for waived in context.judgment.waived):
        waiver = facts[id_]
        what = f"Waiver ends: {id_} ({waiver.rule})"
        yield {"on": waiver.until, "what": what, "page": "", "who": _team(context, waiver.owner)}


def _versions(context: Context) -> Iterator[dict[str, Any]]:
    """A row for each Kubernetes version in use: its last day of patches."""
    for version in dict.fromkeys(
        (name, cluster.version, cluster.title, cluster.owner)
        for a in context.resolved.today()
        for name, cluster in a.of_kind(KubernetesCluster)
        if cluster.version
    ):
        name, number, title, owner = version
        last = kubernetes_versions().get(".".join(number.split(".")[:2]) if number else "")
        if last:
            yield {
                "on": last,
                "what": f"Last patches of Kubernetes {number}: {title}",
                "page": f"components/{name}",
                "who": _team(context, owner),
            }


def _team(context: Context, id_: str | None) -> str:
    team = context.document.teams.get(id_ or "")
    return team.name if team else MISSING
