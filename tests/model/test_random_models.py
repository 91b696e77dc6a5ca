"""Random models: no rule, no analysis of a failure and no report raises, whatever the model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from annotated_types import Ge, Le
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archgen.analysis.availability import of_component as promised
from archgen.analysis.failure import of_component, of_region, of_zone
from archgen.catalog import catalog
from archgen.diagnostics.codes import titles
from archgen.diagnostics.machine_report import FORMATS, Report
from archgen.model.component import Component, all_kinds
from archgen.pipeline import check, load

CLOUDS = ("aws", "gcp")
NAMES = [f"c{n}" for n in range(6)]
# Fields that only make sense together with other parts of a model, or that have a special form.
LEFT_OUT = {*Component.model_fields, "form", "credentials_in", "protects", "nodes_in", "endpoint_ranges", "min", "max"}
KINDS = [
    kind
    for kind, cls in sorted(all_kinds().items())
    if all(catalog().products_for(kind, c) for c in CLOUDS) or not cls.needs_product
]
NEEDED: dict[str, dict[str, Any]] = {
    "postgresql": {"engine_version": "17", "size": "db.t4g.small", "storage_gib": 20, "backup": {"retention_days": 7}},
    "kubernetes-cluster": {"endpoint": "private"},
    "virtual-machine-group": {"min": 1, "max": 3},
    "network-link": {"form": "transit", "joins": ["hub", "site"]},
}
USES = st.sampled_from([{}, {"role": "active"}, {"role": "passive"}])
PLACES = ["outside", "edge", "managed", "hub", "site"]


def simple(annotation: Any, metadata: list[Any]) -> st.SearchStrategy[Any] | None:
    """Values for a setting, if its type is a boolean, a number or a choice."""
    if annotation is bool:
        return st.booleans()
    if get_origin(annotation) is Literal:
        return st.sampled_from(get_args(annotation))
    if annotation is int:
        low = next((m.ge for m in metadata if isinstance(m, Ge)), 1)
        high = next((m.le for m in metadata if isinstance(m, Le)), low + 50)
        return st.integers(int(low), int(high))
    return None


@st.composite
def components(draw: st.DrawFn) -> dict[str, Any]:
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    found: dict[str, Any] = {}
    for name in names:
        kind = draw(st.sampled_from(KINDS))
        cls = all_kinds()[kind]
        component: dict[str, Any] = {"kind": kind, "title": draw(st.sampled_from(["One", "Two", "three"]))}
        component |= NEEDED.get(kind, {})
        for key, field in cls.model_fields.items():
            values = simple(field.annotation, field.metadata) if key not in LEFT_OUT else None
            if values is not None and draw(st.booleans()):
                component[key] = draw(values)
        if cls.needs_product:
            products = {cloud: catalog().products_for(kind, cloud) for cloud in CLOUDS}
            component["when"] = {cloud: {"product": draw(st.sampled_from(products[cloud]))} for cloud in CLOUDS}
        if draw(st.integers(0, 3)) == 0:
            component["placement"] = draw(st.sampled_from(PLACES))
        if component.get("placement", cls.usual_placement) not in ("outside", "edge", "hub", "site"):
            uses = st.dictionaries(st.sampled_from(["asia", "recovery"]), USES)
            component |= draw(st.sampled_from([{}, {"regions": {"home": draw(USES), **draw(uses)}}]))
        targets = draw(st.lists(st.sampled_from(names), unique=True, max_size=3))
        calls = st.fixed_dictionaries(
            {}, optional={"port": st.integers(1, 65535), "required": st.booleans(), "connections": st.integers(1, 1000)}
        )
        component["calls"] = {target: draw(calls) for target in targets if target != name}
        found[name] = component
    return found


@st.composite
def models(draw: st.DrawFn) -> dict[str, Any]:
    zones = draw(st.integers(1, 3))
    production = {"production": draw(st.booleans())}
    made = draw(components())
    pairs = [(tail, head) for tail, component in made.items() for head in component["calls"]]
    steps = draw(st.lists(st.sampled_from(pairs), max_size=5)) if pairs else []
    flows = (
        {"walk": {"title": "Walk", "steps": [{"from": a, "to": b, "text": "goes"} for a, b in steps]}} if steps else {}
    )
    data: dict[str, Any] = {
        "version": 1,
        "name": "Random",
        "clouds": {
            "aws": {
                "region": "eu-west-1",
                "recovery_region": "eu-west-2",
                "availability_zones": [f"eu-west-1{z}" for z in "abc"[:zones]],
                "regions": {"asia": {"name": "ap-east-1", "availability_zones": ["ap-east-1a", "ap-east-1b"]}},
            },
            "gcp": {
                "region": "europe-west1",
                "recovery_region": "europe-west2",
                "availability_zones": [f"europe-west1-{z}" for z in "bcd"[:zones]],
                "regions": {"asia": {"name": "asia-east1", "role": draw(st.sampled_from(["active", "passive"]))}},
            },
        },
        "environments": {
            "dev": {
                "name": "Dev",
                "aws": {"account": "a", "cidr": "10.1.0.0/16"},
                "gcp": {"project": "proj-dev", "cidr": "10.2.0.0/16"},
            },
            "prod": {
                "name": "Prod",
                **production,
                "aws": {"account": "a", "cidr": "10.3.0.0/16"},
                "gcp": {"project": "proj-dev", "cidr": "10.4.0.0/16"},
            },
        },
        "networks": {"hub": {"name": "Hub", "cidr": "10.9.0.0/16", **draw(st.sampled_from([{}, {"region": "asia"}]))}},
        "sites": {"site": {"name": "Site", "form": draw(st.sampled_from(["office", "partner"]))}},
        "components": made,
        "flows": flows,
    }
    if draw(st.booleans()):
        internet = st.sampled_from(["both", "outbound", "none"])
        tiers = {
            n: {"name": n, "internet": draw(internet), "prefix_length": 20, "netnum": i * 4}
            for i, n in enumerate(("app", "data"))
        }
        data["network"] = {"tiers": tiers}
    return data


@pytest.mark.slow
@given(models())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_no_rule_raises(tmp_path: Path, data: dict[str, Any]) -> None:
    file = tmp_path / "architecture.yaml"
    file.write_text(json.dumps(data, indent=1), encoding="utf-8")
    loaded = load(file)
    if loaded.project is None:  # a kind that needs more than this generator makes
        pytest.fail("; ".join(f"{d.message} at {d.path}" for d in loaded.diagnostics))
    judged = check(loaded.project, "2026-11-25")
    assert all(d.code in titles() for d in judged.findings)
    assert all(d.span is not None for d in judged.findings)
    for report in FORMATS.values():
        report(Report(judged.findings, judged.waived, judged.judgment.missing))
    for architecture in loaded.project.resolved.architectures.values():
        for name in architecture.components:
            impact = of_component(architecture, name)
            assert not set(impact.failed) & set(impact.stopped)
            assert not set(impact.stopped) & set(impact.degraded)
            most = promised(architecture, name).at_most
            assert most is None or 0 <= most <= 100
        for region in architecture.regions.values():
            lost = of_region(architecture, region.id)
            assert set(lost.after_failover) <= {*lost.failed, *lost.stopped}
            for zone in region.zones:
                part = of_zone(architecture, zone, region.id)
                assert {*part.failed, *part.stopped} <= {*lost.failed, *lost.stopped}
