"""The JSON Schema of one project, which lists the ids in its model so that editors complete teams, components and conditions."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from archgen.catalog.product import NEUTRAL
from archgen.model.component import PLACEMENTS
from archgen.model.document import homes_by_word
from archgen.model.json_schema import schema
from archgen.model.links import joinable, links
from archgen.model.places import INTERNET, further_places
from archgen.model.region_references import region_ids
from archgen.model.resolve import Resolved


def project_schema(resolved: Resolved) -> dict[str, Any]:
    """The schema of one project. Its lists of ids are complete; conditions with `|` are allowed in addition to those listed."""
    conditions = _conditions(resolved)
    bases = {cloud: facts.base for cloud, facts in resolved.default.clouds.items()}
    whole = schema(resolved.kinds, resolved.default.catalog.sold_on(resolved.axes.clouds), bases)
    filled: dict[str, Any] = _fill(whole, _ids(resolved), conditions)
    # Examples are completed by editors but, unlike an enum, do not exclude other conditions.
    filled["$defs"]["in"]["items"]["examples"] = conditions
    return filled


def _ids(resolved: Resolved) -> Mapping[str, list[str]]:
    document = resolved.default.document
    tiers = list(document.network.tiers) if document.network else []
    homes = homes_by_word(document, resolved.clouds)
    joining = list(dict.fromkeys(name for a in resolved.architectures.values() for name in links(a.components)))
    return {
        "team": list(document.teams),
        "capability": list(document.capabilities),
        "component": list(dict.fromkeys(name for a in resolved.architectures.values() for name in a.components)),
        "tier": tiers,
        "place": [*PLACEMENTS, *tiers, *further_places(document.networks, document.sites)],
        "region": region_ids(resolved.default),
        "network": list(document.networks),
        "joined": [*joinable(document), *joining],
        "way": [*joining, INTERNET],
        "phase": list(document.phases),
        **{word: list(ids) for word, ids in homes.items()},
        "home": list(dict.fromkeys(id_ for ids in homes.values() for id_ in ids)),
        "cloud": [*resolved.default.clouds, NEUTRAL],
    }


def _conditions(resolved: Resolved) -> list[str]:
    """All conditions that name at most one value of each axis, or `before` one phase."""
    axes = resolved.axes
    phases = [phase for phase in axes.phases if phase]
    times = (*phases, *(f"before {phase}" for phase in phases[1:]))
    choices = (("", *axes.clouds), ("", *axes.environments), ("", *times))
    return [" & ".join(name for name in names if name) for names in itertools.product(*choices) if any(names)]


def _fill(node: Any, ids: Mapping[str, list[str]], conditions: list[str]) -> Any:
    if isinstance(node, list):
        return [_fill(item, ids, conditions) for item in node]
    if not isinstance(node, dict):
        return node
    filled = {key: _fill(value, ids, conditions) for key, value in node.items()}
    if known := ids.get(str(node.get("x-refers-to"))):
        filled["enum"] = known
    if known := ids.get(str(node.get("x-keys-refer-to"))):
        filled["propertyNames"] = {"enum": known}
    _list_keys(filled)
    properties = filled.get("properties")
    if isinstance(properties, dict) and "patternProperties" in properties.get("when", {}):
        (setting,) = properties["when"]["patternProperties"].values()
        if "$ref" in setting:  # settings that are written out would be repeated for every condition
            properties["when"]["properties"] = dict.fromkeys(conditions, setting)
    return filled


def _list_keys(node: dict[str, Any]) -> None:
    """List the keys of a mapping whose keys are known IDs as its properties, in place: editors complete these, but not `propertyNames`.

    Those would exclude `in`, `when` and `assumed`, too.
    """
    names, patterns = node.get("propertyNames"), node.get("patternProperties")
    if not (isinstance(names, dict) and "x-refers-to" in names and "enum" in names):
        return
    if isinstance(patterns, dict) and len(patterns) == 1:
        (setting,) = patterns.values()
        del node["propertyNames"], node["patternProperties"]
        node["properties"] = dict.fromkeys(names["enum"], setting) | node.get("properties", {})
