"""The environments page: the account, project or subscription of each on each cloud, its ranges and phase; the organization; the phases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archgen.artifacts.base import Context, Emitted, Nav
from archgen.importing.mappings import clouds_with_mappings
from archgen.model.architecture import Architecture
from archgen.model.places import FORMS
from archgen.model.regions import HOME
from archgen.model.wording import MISSING


def emit(context: Context) -> Emitted:
    """One page."""
    clouds = [_cloud(context, cloud) for cloud in context.axes.clouds]
    page = context.page(
        "environments",
        "environments.md",
        Nav("Compare", "Environments", 0),
        ("environments",),
        clouds=clouds,
        purposes=any(environment.purpose for environment in context.document.environments.values()),
        standing=dict(context.axes.standing),
        home_label=context.default.facts.home_label,
        networks=list(_networks(context)),
        elsewhere=any(network.region for network in context.document.networks.values()),
        comparisons=list(_comparisons(context)),
        sites=list(_sites(context)),
        organizations=[table for cloud in context.axes.clouds if (table := _organization(context, cloud))],
    )
    return [page], []


def _cloud(context: Context, cloud: str) -> dict[str, Any]:
    architectures = list(context.today(cloud))
    first = architectures[0]
    ranges = [_ranges(a) for a in architectures]
    rows = dict.fromkeys(key for there in ranges for key in there)
    subnets = [{"tier": key[1], "zone": key[2], "cidrs": [_cidr(there, key) for there in ranges]} for key in rows]
    return {
        "facts": first.facts,
        "cloud": first.cloud,
        "regions": [first.regions[id_] for id_ in first.cloud.regions],
        "names": [a.environment.name for a in architectures],
        "homes": [f"{a.home_title}{f' ({a.home_number})' if a.home_number else ''}" for a in architectures],
        "details": {
            f"{word[:1].upper()}{word[1:]}": [a.home_details.get(word, MISSING) for a in architectures]
            for word in dict.fromkeys(word for a in architectures for word in a.home_details)
        },
        "cidrs": [a.cidr or MISSING for a in architectures] if any(a.cidr for a in architectures) else [],
        "networks": [a.network_identifier for a in architectures] if any(a.tiers for a in architectures) else [],
        "subnets": subnets,
    }


def _comparisons(context: Context) -> Iterator[dict[str, Any]]:
    """A row for each environment whose files archgen can compare, or that was compared; its comparison is None if there was none."""
    known = context.project.comparisons.by_home
    for cloud in context.axes.clouds:
        for a in context.today(cloud):
            compared = known.get((cloud, a.coordinate.environment))
            if compared or a.facts.base in clouds_with_mappings():
                phase = context.document.phases.get(compared.phase) if compared else None
                yield {
                    "name": f"{a.facts.name} {a.environment.name}"
                    if len(context.axes.clouds) > 1
                    else a.environment.name,
                    "on": compared.on if compared else "",
                    "phase": phase.name if phase else "",
                    "compared": compared,
                }


def _networks(context: Context) -> Iterator[dict[str, Any]]:
    """A row for each network in addition to those of the environments, as it is on the first cloud."""
    a = context.default
    for network in a.document.networks.values():
        yield {
            "name": network.name,
            "purpose": network.purpose or "",
            "home": a.homes.get(network.home, network.home) if network.home else "that of the environment",
            "region": a.regions[network.region or HOME].name,
            "cidr": network.cidr or MISSING,
            "tiers": [tier.label for tier in network.tiers.values()],
        }


def _sites(context: Context) -> Iterator[dict[str, Any]]:
    """A row for each site, with its components at any coordinate."""
    by_site: dict[str, dict[str, str]] = {}
    for a in context.resolved.architectures.values():
        for name, component in a.components.items():
            if site := a.site_of(component):
                by_site.setdefault(site, {}).setdefault(name, component.title)
    for id_, site_ in context.default.document.sites.items():
        yield {
            "id": id_,
            "name": site_.name,
            "form": FORMS[site_.form],
            "purpose": site_.purpose or "",
            "ranges": site_.ranges or (MISSING,),
            "components": [{"id": name, "title": title} for name, title in by_site.get(id_, {}).items()],
        }


def _organization(context: Context, cloud: str) -> dict[str, Any] | None:
    """The table of the homes on a cloud, and why there are several; None if the model does not state them."""
    stated = context.document.organization
    organization = stated.on(cloud) if stated else None
    if organization is None:
        return None
    facts, folders = context.resolved.clouds[cloud], organization.all_folders()
    rows = []
    for home in organization.all_homes().values():
        cells = [home.name]
        cells += [home.number or ""] if organization.numbered else []
        cells += [folders[home.folder].name if home.folder else facts.folders_root] if facts.folder else []
        rows.append({"cells": cells, "purpose": home.purpose or "", "workloads": home.workloads})
    heads = [
        facts.homes_head,
        *(["ID"] if organization.numbered else []),
        *([facts.folder_label] if facts.folder else []),
    ]
    return {"heads": heads, "rows": rows, "reasons": organization.why()}


Key = tuple[str, str, str]  # tier or alias id, its name, zone


def _ranges(a: Architecture) -> dict[Key, str | None]:
    """The address ranges of an environment; None for one that does not fit."""
    subnets: dict[Key, str | None] = {
        (s.tier, a.tiers[s.tier].name, s.zone or "whole region"): s.cidr for s in a.subnets
    }
    alias = {(f"alias {n}", f"alias range {n}", "whole region"): cidr for n, cidr in a.secondary_ranges.items()}
    return subnets | alias


def _cidr(there: dict[Key, str | None], key: Key) -> str:
    return (there[key] or "does not fit") if key in there else MISSING
