"""Facts about audit services on AWS, and about budgets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from archgen.model.architecture import Architecture

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about audit services and budgets that expressions can use."""
    return {
        "account_numbers": lambda: account_numbers(a),
        "shares_account": lambda: len(_environments_here(a)) > 1,
        "budget_readers": lambda: budget_readers(a),
        "trail_name": lambda: next(
            (a.identifier(n) for n, c in sorted(a.components.items()) if c.kind == "audit-log"), ""
        ),
    }


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "account_numbers": (),
    "shares_account": (),
    "budget_readers": (),
    "trail_name": (),
}


def account_numbers(a: Architecture) -> list[str]:
    """The numbers of all accounts of the organization that the model states, sorted."""
    return sorted({number for home in a.homes if (number := a.number_of(home))})


def _environments_here(a: Architecture) -> list[str]:
    """The environments whose account is that of this one."""
    return [environment for environment in a.document.environments if a.home_of(environment) == a.home]


def budget_readers(a: Architecture) -> list[str]:
    """The e-mail addresses that hear about a budget: of the team on call, else of all teams; empty if no contact is an address."""
    teams, on_call = a.document.teams, a.document.observability.on_call
    first = teams.get(on_call.team) if on_call else None
    for asked in ([first] if first else [], list(teams.values())):
        found = sorted({t.contact for t in asked if t.contact and _EMAIL.fullmatch(t.contact)})
        if found:
            return found
    return []
