"""The loss of a region: what is only there fails, what is active elsewhere goes on, and what is passive elsewhere waits for a failover."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgen.analysis.availability import of_component as promised
from archgen.analysis.failure import of_region, of_zone
from archgen.analysis.losses import Loss, named
from archgen.analysis.regions import survives_region, survives_zone, zones_to_lose
from archgen.analysis.survival import Survival
from archgen.checking.asking import ask
from archgen.commands.impact import as_json
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.object_store import ObjectStore
from archgen.kinds.postgresql import Postgresql
from archgen.model.architecture import Architecture
from archgen.model.outcome import Passed
from archgen.model.regions import RegionRole, RegionUse
from archgen.pipeline import load
from conftest import DATA, archgen

MODELS = DATA / "models"
NAMES = ("contoso", "event-shop", "grpc-shop", "hybrid-insurer", "queues", "serverless", "three-clouds", "two-regions")
FILE = MODELS / "two-regions.yaml"


@cache
def architectures(name: str) -> tuple[Architecture, ...]:
    loaded = load(MODELS / f"{name}.yaml")
    assert loaded.project, loaded.diagnostics
    return tuple(loaded.project.resolved.architectures.values())


def shop(**uses: dict[str, RegionRole | None]) -> Architecture:
    """The shop in two regions, with these regions of components instead of those that the model states."""
    a = architectures("two-regions")[0]
    changed = {
        name: a.components[name].model_copy(
            update={"regions": {id_: RegionUse(role=role) for id_, role in regions.items()}}
        )
        for name, regions in uses.items()
    }
    return replace(a, components={**a.components, **changed})


def test_the_loss_of_the_home_region() -> None:
    impact = of_region(shop(), "home")
    assert impact.what == "Region eu-central-1"
    assert impact.failed == ("orders", "mail")
    assert impact.after_failover == {
        "orders": "until it is failed over to eu-west-1",
        "web": "until Orders is failed over",
        "names": "until Orders is failed over",
    }
    assert impact.stopped == {"web": "calls Orders", "names": "calls Web tier"}
    assert impact.degraded == {"catalog": "no longer runs in eu-central-1"}
    assert impact.cut_off == {"shoppers": "calls DNS"}
    assert {lack.what for lack in impact.lacks} == {"whether 'reports' is in one region only"}
    assert impact.survivors["catalog"] == "it also runs in ap-northeast-1"
    assert impact.survivors["search"] == "it is in ap-northeast-1 only"
    assert impact.survivors["names"] == "Amazon Route 53 is spread over regions by its vendor"


def test_the_loss_of_another_region() -> None:
    asia = of_region(shop(), "asia")
    assert (asia.failed, dict(asia.after_failover)) == (("search",), {})
    assert asia.survivors["orders"] == "it is in eu-central-1, eu-west-1 only"
    assert asia.survivors["mail"] == "it is in eu-central-1 only"
    recovery = of_region(shop(), "recovery")
    assert recovery.failed == ()
    assert recovery.degraded == {"orders": "can no longer be failed over to eu-west-1"}
    assert recovery.survivors["orders"] == "it is only kept ready in eu-west-1"


def test_copies_of_data_are_lost_with_the_recovery_region() -> None:
    a = shop()
    stated = {"kind": "postgresql", "title": "Ledger", "product": "rds-postgresql", "placement": "data"}
    stated |= {"engine_version": "17", "size": "db.t4g.small", "storage_gib": 20, "backup": {"retention_days": 7}}
    copies = {"disaster_recovery": {"strategy": "snapshot-copy", "copy_every_hours": 6}}
    for settings_, wanted in (({}, None), (copies, "its copies in eu-west-1 are lost")):
        ledger = Postgresql.model_validate({**stated, **settings_})
        b = replace(a, components={**a.components, "ledger": ledger})
        assert of_region(b, "recovery").degraded.get("ledger") == wanted
        assert "ledger" in of_region(b, "home").failed
        assert "ledger" not in of_region(b, "home").after_failover


def test_a_copy_that_is_promoted_waits_for_a_failover() -> None:
    a = shop()
    stated = {"kind": "postgresql", "title": "Ledger", "product": "aurora-postgresql", "placement": "data"}
    stated |= {"engine_version": "17", "size": "db.r7g.large", "storage_gib": 20, "backup": {"retention_days": 7}}
    stated |= {"disaster_recovery": {"strategy": "global-database"}}
    ledger = Postgresql.model_validate(stated)
    impact = of_region(replace(a, components={**a.components, "ledger": ledger}), "home")
    assert impact.after_failover["ledger"] == "until it is failed over to eu-west-1"


def test_what_runs_on_a_host_goes_where_the_host_goes() -> None:
    a = shop()
    on_mail = a.components["catalog"].model_copy(update={"runs_on": "mail", "regions": {}})
    on_catalog = a.components["mail"].model_copy(update={"runs_on": "catalog", "regions": {}})
    without = of_region(replace(a, components={**a.components, "catalog": on_mail}), "home")
    assert without.stopped["catalog"] == "runs on Mail"
    impact = of_region(replace(a, components={**a.components, "mail": on_catalog}), "home")
    assert "mail" not in {*impact.failed, *impact.stopped, *impact.unknown}
    assert impact.survivors["mail"] == "it runs on Catalog, and goes where that goes"


def test_a_guest_that_states_its_regions_does_not_follow_its_host() -> None:
    a = shop()
    stated = a.components["mail"].model_copy(update={"runs_on": "catalog", "regions": {"home": RegionUse()}})
    impact = of_region(replace(a, components={**a.components, "mail": stated}), "home")
    assert "mail" in impact.failed


def test_what_is_active_in_two_regions_outlives_the_loss_of_a_zone() -> None:
    single = {"redundancy": "zonal", "copies": 1}
    a = shop()
    zonal = {
        name: a.components[name].model_copy(
            update={
                "traits": a.components[name].traits.model_copy(update=single),
                "zones": ("eu-central-1a", "ap-northeast-1a") if name == "catalog" else ("eu-central-1a",),
            }
        )
        for name in ("catalog", "orders", "mail")
    }
    for component in zonal.values():
        component.traits.model_fields_set.update(single)
    a = replace(a, components={**a.components, **zonal})
    impact = of_zone(a, "eu-central-1a")
    assert impact.failed == ("orders", "mail")
    assert impact.after_failover["orders"] == "until it is failed over to eu-west-1"
    assert "mail" not in impact.after_failover
    assert impact.degraded["catalog"] == "no longer runs in eu-central-1"
    other = of_zone(a, "ap-northeast-1a", "asia")
    assert (other.what, other.failed) == ("ap-northeast-1a in ap-northeast-1", ())
    assert other.survivors["mail"] == "it is in eu-central-1 only"
    assert other.degraded == {"catalog": "no longer runs in ap-northeast-1"}
    assert [survival.answer.truth for survival in zones_to_lose(a, "mail")] == ["no", "yes", "yes"]
    assert [survival.answer.truth for survival in zones_to_lose(a, "catalog")] == ["yes"] * 6


def test_the_command_takes_the_id_and_the_name_of_a_region() -> None:
    a = shop()
    by_name, by_id = named(a, "ap-northeast-1"), named(a, "asia")
    assert isinstance(by_name, Loss)
    assert isinstance(by_id, Loss)
    assert by_name.path == by_id.path
    said = json.loads(as_json(a, by_name.impact()))
    assert (said["failed"], said["after_failover"]) == (["search"], {})
    text = archgen("impact", "home", "-m", str(FILE), cwd=MODELS).out
    assert "Fails until a failover:\n  Orders  until it is failed over to eu-west-1\n" in text
    assert "Also stops until a failover:\n  Web tier  calls Orders; until Orders is failed over\n" in text


LINKS = """version: 2
name: T
clouds: {aws: {region: eu-west-1, regions: {asia: {name: ap-northeast-1}}, availability_zones: [eu-west-1a]}}
environments: {live: {name: Live, aws: {account: a, cidr: 10.41.0.0/16}}}
network: {tiers: {app: {name: App, prefix_length: 24}}}
networks: {east: {name: East, region: asia, cidr: 10.42.0.0/16, tiers: {inner: {name: Inner}}}}
sites: {harbor: {name: Harbor, form: data-center}}
kinds: {server: {label: Server, definition: A machine., needs_product: false, traits: {stateful: false, keeps_data: false}}}
defaults: {kinds: {network-link: {product: transit-gateway, form: transit}}}
components:
  app: {kind: server, title: App, placement: app, regions: {home: {}, asia: {}}, calls: {ledger: {protocol: mq}}ENDPOINT}
  ledger: {kind: server, title: Ledger, placement: harbor}
  west-gate: {kind: network-link, title: West, joins: [environment, harbor]}
  east-gate: {kind: network-link, title: East gate, joins: [east, harbor], regions: {asia: {}}}
"""


def joined(folder: Path, endpoint: str, tier: str = "inner") -> Architecture:
    file = folder / "architecture.yaml"
    file.write_text(LINKS.replace("ENDPOINT", endpoint).replace("inner: {", f"{tier}: {{"), encoding="utf-8")
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    return loaded.project.resolved.default


@pytest.mark.parametrize(("endpoint", "tier"), [(", endpoint_in: [east/inner]", "inner"), ("", "app")])
def test_an_instance_in_another_region_takes_the_links_of_its_own_network(
    tmp_path: Path, endpoint: str, tier: str
) -> None:
    """Its network there has a tier of the same name, or the model states the tier."""
    a = joined(tmp_path, endpoint, tier)
    for region, gate in (("home", "west-gate"), ("asia", "east-gate")):
        impact = of_region(a, region)
        assert (impact.failed, dict(impact.stopped), dict(impact.unknown)) == ((gate,), {}, {})
    assert asked(a, "NET115", "app") == ["Passed"]


def test_nothing_is_said_about_the_ways_of_an_instance_whose_network_is_not_stated(tmp_path: Path) -> None:
    a = joined(tmp_path, "")
    impact = of_region(a, "home")
    assert impact.stopped == {}
    assert [lack.what for lack in impact.unknown["app"]] == ["in which network of ap-northeast-1 'app' is"]
    assert asked(a, "NET115", "app") == ["Unsaid"]


# -- properties ------------------------------------------------------------------------------------------


def rank(survival: Survival) -> int:
    """How bad the fate is: 0 for the worst."""
    if survival.answer.truth == "no":
        return 1 if survival.failover else 0
    return {"unknown": 2, "yes": 3}[survival.answer.truth]


USES = st.dictionaries(
    st.sampled_from(("home", "recovery", "asia")), st.sampled_from(("active", "passive")), min_size=1
).filter(lambda uses: "active" in uses.values())


@given(uses=USES, more=st.sampled_from(("home", "recovery", "asia")))
@settings(max_examples=150, deadline=None)
def test_another_active_region_never_makes_an_answer_worse(uses: dict[str, RegionRole], more: str) -> None:
    before, after = shop(catalog=dict(uses)), shop(catalog={**uses, more: "active"})
    for region in before.regions.values():
        assert rank(survives_region(after, "catalog", region.id)) >= rank(survives_region(before, "catalog", region.id))
        for zone in region.zones:
            old, new = (survives_zone(a, "catalog", zone, region.id) for a in (before, after))
            assert rank(new) >= rank(old)


@given(uses=st.fixed_dictionaries(dict.fromkeys(("web", "catalog", "orders", "mail"), USES)))
@settings(max_examples=60, deadline=None)
def test_a_region_takes_at_least_what_each_of_its_zones_takes(uses: dict[str, dict[str, RegionRole | None]]) -> None:
    a = shop(**uses)
    for region in a.regions.values():
        whole = of_region(a, region.id)
        for zone in region.zones:
            part = of_zone(a, zone, region.id)
            assert {*part.failed, *part.stopped} <= {*whole.failed, *whole.stopped}


@pytest.mark.parametrize("name", NAMES)
def test_a_region_takes_at_least_what_its_zones_take_in_every_model(name: str) -> None:
    for a in architectures(name):
        whole = of_region(a, "home")
        assert {*whole.failed, *whole.stopped, *whole.unknown, *whole.survivors} == set(a.components)
        for zone in a.zones:
            part = of_zone(a, zone)
            assert {*part.failed, *part.stopped} <= {*whole.failed, *whole.stopped}
            for survivor in part.failed:
                assert survivor not in whole.survivors


# -- rules -----------------------------------------------------------------------------------------------


def asked(a: Architecture, rule: str, component: str) -> list[str]:
    said = [outcome for code, outcome in ask("check", a) if code == rule and component in outcome.path]
    return [o.message if isinstance(o, Diagnostic) else type(o).__name__ for o in said]


def test_rules_know_the_other_regions_of_data() -> None:
    assert asked(shop(), "DR303", "orders") == [Passed.__name__]
    assert asked(shop(orders={"home": None}), "DR303", "orders") == ["Unsaid"]
    assert asked(shop(), "DR301", "recovery_region") == [Passed.__name__]


def test_rules_do_not_say_that_something_in_two_regions_is_in_one_zone() -> None:
    single = {"redundancy": "zonal", "copies": 1}
    a = shop()
    traits = a.components["orders"].traits.model_copy(update=single)
    traits.model_fields_set.update(single)
    for uses, wanted in (
        ({"home": None}, "'orders' is in one zone in production, without a copy in another"),
        (
            {"home": None, "recovery": None},
            "'orders' works in one zone in production, and is used in eu-west-1 only after a failover",
        ),
        ({"home": None, "asia": None}, "Passed"),
    ):
        there = {id_: RegionUse(role=role) for id_, role in uses.items()}
        orders = a.components["orders"].model_copy(
            update={"traits": traits, "zones": ("eu-central-1a",), "regions": there}
        )
        b = replace(a, components={**a.components, "orders": orders})
        assert asked(b, "HA201", "orders") == [wanted]


def test_each_active_region_of_production_has_enough_zones() -> None:
    a = shop()
    asia = a.cloud.regions["asia"].model_copy(update={"availability_zones": ("ap-northeast-1a", "ap-northeast-1c")})
    for role, wanted in (
        ("active", ["production uses 2 availability zones in ap-northeast-1, fewer than 3"]),
        ("passive", []),
    ):
        cloud = a.cloud.model_copy(update={"regions": {"asia": asia.model_copy(update={"role": role})}})
        b = replace(a, document=a.document.model_copy(update={"clouds": {"aws": cloud}}))
        said = [outcome for code, outcome in ask("check", b) if code == "NET104"]
        assert [o.message for o in said if isinstance(o, Diagnostic)] == wanted
        assert [o.path for o in said if isinstance(o, Passed)] == [("clouds", "aws", "availability_zones")]


def test_a_single_copy_in_each_of_two_regions_is_no_single_copy() -> None:
    single = {"redundancy": "zonal", "copies": 1}
    a = shop()
    traits = a.components["web"].traits.model_copy(update=single)
    traits.model_fields_set.update(single)
    for regions, wanted in (
        (("home",), "the flow 'A purchase' depends on a single copy of 'web' in production"),
        (("home", "asia"), "Passed"),
    ):
        web = a.components["web"].model_copy(
            update={"traits": traits, "regions": {id_: RegionUse() for id_ in regions}}
        )
        assert asked(replace(a, components={**a.components, "web": web}), "HA202", "web") == [wanted]


def test_the_service_level_of_one_region_is_no_promise_for_two() -> None:
    a = shop()
    bucket = {"kind": "object-store", "title": "Pictures", "product": "s3", "owner": "shop"}
    for regions, bound in (({}, ""), ({"regions": {"home": {}, "asia": {}}}, "at most ")):
        store = ObjectStore.model_validate({**bucket, **regions})
        promise = promised(replace(a, components={"pictures": store}), "pictures")
        assert promise.bound == bound
        assert bool(promise.parts) is not bool(regions)
        assert promise.alternatives == (("pictures",) if regions else ())
