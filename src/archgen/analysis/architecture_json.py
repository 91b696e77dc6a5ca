"""An architecture as one JSON document for other tools, in a versioned format.

docs/guide/export.md describes the format. Keys are added without a new version, and never removed or changed within a version.
"""

from __future__ import annotations

from typing import Any

from archgen.analysis.regions import known_regions
from archgen.model.architecture import Architecture
from archgen.terraform.makers import resource_name

FORMAT = "archgen/1"


def export(architecture: Architecture) -> dict[str, Any]:
    """An architecture as plain data: the model with all defaults filled in, and the values that archgen derives from it."""
    a = architecture
    return {
        "format": FORMAT,
        "coordinate": {
            "cloud": a.coordinate.cloud,
            "environment": a.coordinate.environment,
            "phase": a.coordinate.phase or None,
        },
        "model": {
            **_without_other_clouds(a, a.document.model_dump(mode="json", by_alias=True, exclude={"components"})),
            "components": {
                name: component.model_dump(mode="json", by_alias=True) for name, component in a.components.items()
            },
        },
        "derived": {
            "home": {"id": a.home, "title": a.home_title, "account_id": a.home_number},
            "region": a.cloud.region,
            "zones": list(a.zones),
            "regions": [
                {"id": r.id, "name": r.name, "role": r.role, "zones": list(r.zones)} for r in a.regions.values()
            ],
            "network": {"identifier": a.network_identifier, "cidr": a.cidr},
            "subnets": [{"tier": s.tier, "zone": s.zone, "cidr": s.cidr} for s in a.subnets],
            "secondary_ranges": dict(a.secondary_ranges),
            "identifiers": {name: resource_name(a, name) for name in a.components},
            "places": {name: a.place(component) for name, component in a.components.items()},
            "component_regions": {name: known_regions(a, name) for name in a.components},
            "connections": [
                {
                    "id": c.id,
                    "from": c.tail,
                    "from_segment": c.from_segment,
                    "only_drawn": c.only_drawn,
                    "need": c.need,
                    **c.call.model_dump(mode="json"),
                    "to": c.head,
                    "kind": c.kind,
                }
                for c in a.connections
            ],
            "products": {
                id_: {"name": a.catalog.products[id_].name, "cloud": a.catalog.products[id_].cloud}
                for component in a.components.values()
                for id_ in a.products_of(component)
            },
            "assumed": [".".join(map(str, path)) for path in a.assumed],
        },
    }


def _without_other_clouds(a: Architecture, model: dict[str, Any]) -> dict[str, Any]:
    """The model without empty entries of clouds that it does not use; `model` is changed."""
    others = [cloud for cloud in a.clouds if cloud not in a.document.clouds]
    for key in ("organization", "network"):
        for cloud in others if model[key] else ():
            if a.tree.get((key, cloud)) is None:
                del model[key][cloud]
    for key in ("environments", "capabilities", "controls"):
        for entry in model[key].values():
            for cloud in others:
                if entry[cloud] is None:
                    del entry[cloud]
    return model
