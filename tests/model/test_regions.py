"""The regions of a cloud, and the regions that components and networks are in."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

from archgen.analysis.architecture_json import export
from archgen.analysis.changes import components
from archgen.analysis.grouping import by_place
from archgen.artifacts import environments_page, health_page
from archgen.artifacts._tables import region_facts
from archgen.model.architecture import Architecture
from archgen.model.project_schema import project_schema
from archgen.pipeline import load
from archgen.terraform.managed import managed
from archgen.views.data import view as data_view
from conftest import DATA, archgen, emitted

MODEL = (DATA / "models" / "two-regions.yaml").read_text(encoding="utf-8")
GOOGLE = """
  gcp: {region: europe-west3, availability_zones: [europe-west3-a, europe-west3-b]}
environments:
  prod: {name: Production, production: true, aws: {account: prod, cidr: 10.60.0.0/16}, gcp: {project: shop-prod, cidr: 10.70.0.0/16}}"""
ENVIRONMENT = """
environments:
  prod: {name: Production, production: true, aws: {account: prod, cidr: 10.60.0.0/16}}"""


def resolved(tmp_path: Path, old: str = "", new: str = "") -> Architecture:
    file = tmp_path / "architecture.yaml"
    assert old in MODEL
    file.write_text(MODEL.replace(old, new, 1) if old else MODEL, encoding="utf-8")
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    return loaded.project.resolved.default


def problems(tmp_path: Path, old: str, new: str) -> list[tuple[str, str]]:
    file = tmp_path / "architecture.yaml"
    assert old in MODEL
    file.write_text(MODEL.replace(old, new, 1), encoding="utf-8")
    found = load(file).diagnostics
    assert all(d.span for d in found)
    return [(d.code, d.message) for d in found]


def test_a_cloud_has_its_region_the_recovery_region_and_further_ones(tmp_path: Path) -> None:
    regions = resolved(tmp_path).regions
    assert [(r.id, r.name, r.role, r.zones) for r in regions.values()] == [
        ("home", "eu-central-1", "active", ("eu-central-1a", "eu-central-1b", "eu-central-1c")),
        ("recovery", "eu-west-1", "passive", ()),
        ("asia", "ap-northeast-1", "active", ("ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d")),
    ]


RECOVERY = "    recovery_region: eu-west-1\n"
ORDERS = "regions: {home: {}, recovery: {role: passive}}"


def test_a_recovery_region_can_be_stated_with_its_zones(tmp_path: Path) -> None:
    zones = "recovery: {name: eu-west-2, availability_zones: [eu-west-2a]}"
    text = MODEL.replace(RECOVERY, "").replace("    regions:\n", f"    regions:\n      {zones}\n")
    a = resolved(tmp_path, MODEL, text)
    assert (a.regions["recovery"].role, a.regions["recovery"].zones) == ("passive", ("eu-west-2a",))
    assert a.recovery_region == "eu-west-2"


def test_an_active_second_region_is_one_to_recover_in(tmp_path: Path) -> None:
    assert problems(tmp_path, RECOVERY, "") == [("ARC-R002", "AWS has no recovery region in this model")]
    a = resolved(tmp_path, MODEL, MODEL.replace(RECOVERY, "").replace(ORDERS, "regions: {home: {}}"))
    assert a.recovery_region == "ap-northeast-1"


def test_a_component_is_in_the_regions_that_it_its_host_or_its_network_states(tmp_path: Path) -> None:
    guests = """  cluster: {kind: web, title: Cluster, owner: shop, placement: app, regions: {home: {}, asia: {role: passive}}}
  pod: {kind: web, title: Pod, owner: shop, runs_on: cluster}
  pinned: {kind: web, title: Pinned, owner: shop, runs_on: cluster, zones: [ap-northeast-1a]}
  chosen: {kind: web, title: Chosen, owner: shop, runs_on: cluster, regions: {home: {}}}
flows:
"""
    a = resolved(tmp_path, "flows:\n", guests)
    assert {name: dict(a.regions_of(component)) for name, component in a.components.items()} == {
        "shoppers": {},
        "names": {},
        "web": {"home": "active", "asia": "active"},
        "catalog": {"home": "active", "asia": "active"},
        "search": {"asia": "active"},
        "orders": {"home": "active", "recovery": "passive"},
        "mail": {"home": "active"},
        "reports": {"home": "active"},
        "cluster": {"home": "active", "asia": "passive"},
        "pod": {"home": "active", "asia": "passive"},
        "pinned": {"asia": "passive"},
        "chosen": {"home": "active"},
    }


CATALOG = "catalog: {kind: web, title: Catalog, owner: shop, placement: app, regions: {home: {}, asia: {}}}"
SEARCH = "search: {kind: web, title: Search, owner: shop, placement: prod-asia/app}"


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("region: asia,", "region: asian,", ("ARC-R001", "the region 'asian' does not exist")),
        (CATALOG, CATALOG.replace("asia: {}", "asai: {}"), ("ARC-R001", "the region 'asai' does not exist")),
        ("asia: {name: ap-northeast-1", "asia: {name: eu-west-1",
         ("ARC-M005", "the regions 'recovery' and 'asia' have the same name, eu-west-1")),
        ("asia: {name: ap-northeast-1", "home: {name: ap-northeast-1", ("ARC-M005", "the region 'home' is the `region` of the cloud")),
        ("asia: {name: ap-northeast-1", "recovery: {name: ap-northeast-1",
         ("ARC-M005", "the region 'recovery' is already stated with `recovery_region`")),
        ("asia: {name: ap-northeast-1", "asia: {name: japan",
         ("ARC-M005", "'japan' is not a region of Amazon Web Services such as eu-west-1")),
        ("ap-northeast-1c", "eu-west-1c", ("ARC-M005", "'eu-west-1c' is not a zone of the region ap-northeast-1")),
        ("ap-northeast-1c", "ap-northeast-1a", ("ARC-M005", "the zone 'ap-northeast-1a' is listed twice")),
        ("ap-northeast-1c", "tokyo", ("ARC-M005", "'tokyo' is not a zone of Amazon Web Services such as eu-west-1a")),
        (
            SEARCH,
            SEARCH.replace("prod-asia/app", "prod-asia/app, regions: {home: {}}"),
            ("ARC-M005", "'search' is in 'prod-asia/app', which is in the region 'asia', but `regions` does not have it"),
        ),
        (
            CATALOG,
            CATALOG.replace("home: {}, ", ""),
            ("ARC-M005", "'catalog' is in 'app', which is in the region 'home', but `regions` does not have it"),
        ),
        (
            CATALOG,
            CATALOG.replace("placement: app", "placement: edge"),
            ("ARC-M005", "'catalog' is at the edge of the cloud, so it is in none of its regions"),
        ),
        (
            CATALOG,
            CATALOG.replace("placement: app", "runs_on: mail"),
            ("ARC-M005", "'catalog' runs on 'mail', which is not in the region 'asia'"),
        ),
        (
            SEARCH,
            SEARCH.replace("app}", "app, zones: [eu-central-1a]}"),
            ("ARC-R001", "'eu-central-1a' is not a zone of ap-northeast-1, where 'search' is"),
        ),
        (SEARCH, SEARCH.replace("app}", "app, zones: [x]}"), ("ARC-R001", "'x' is not a zone of AWS in this model")),
    ],
)  # fmt: skip
def test_a_wrong_region_is_reported(tmp_path: Path, old: str, new: str, wanted: tuple[str, str]) -> None:
    assert wanted in problems(tmp_path, old, new)


def test_zones_of_a_component_are_those_of_any_of_its_regions(tmp_path: Path) -> None:
    zones = "zones: [eu-central-1a, ap-northeast-1c], regions: {home: {}, asia: {}}}"
    a = resolved(tmp_path, CATALOG, CATALOG.replace("regions: {home: {}, asia: {}}}", zones))
    assert a.components["catalog"].zones == ("eu-central-1a", "ap-northeast-1c")


def test_a_region_of_one_cloud_does_not_exist_on_the_other(tmp_path: Path) -> None:
    found = problems(tmp_path, ENVIRONMENT, GOOGLE)
    assert ("ARC-R002", "the region 'asia' does not exist on GCP") in found
    assert ("ARC-R002", "GCP has no recovery region in this model") in found


def test_editors_complete_regions(tmp_path: Path) -> None:
    resolved(tmp_path)
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project
    definitions = project_schema(loaded.project.resolved)["$defs"]
    wanted = ["home", "recovery", "asia"]
    assert definitions["FurtherNetwork"]["properties"]["region"]["enum"] == wanted
    keys = definitions["Service"]["properties"]["regions"]["properties"]
    assert list(keys) == [*wanted, "assumed", "in", "when"]


def test_a_word_that_names_several_things_is_refused(tmp_path: Path) -> None:
    sites = "sites: {asia: {name: Tokyo office, form: office}}\nkinds:\n"
    resolved(tmp_path, "kinds:\n", sites)
    said = archgen("impact", "asia", cwd=tmp_path)
    assert said.code == 2
    assert "'asia' is a region and a site of this model" in said.err
    assert "architecture.yaml:18:9" in said.err
    assert "write ap-northeast-1 for the region, or choose different IDs" in said.err
    assert "Region ap-northeast-1 fails" in archgen("impact", "ap-northeast-1", cwd=tmp_path).out


def test_a_zone_with_the_same_name_in_two_regions_is_written_with_its_region(tmp_path: Path) -> None:
    zones = '    regions:\n      asia: {name: southeastasia, availability_zones: ["1"]}\n'
    text = """version: 2
name: T
clouds:
  azure:
    region: westeurope
    availability_zones: ["1", "2"]
ZONESenvironments: {prod: {name: Production, azure: {subscription: main}}}
kinds: {part: {label: Part, definition: A part., needs_product: false, traits: {redundancy: regional}}}
components:
  web: {kind: part, title: Web, regions: {home: {}, asia: {}}}
"""
    (tmp_path / "architecture.yaml").write_text(text.replace("ZONES", zones), encoding="utf-8")
    said = archgen("impact", "1", cwd=tmp_path)
    assert said.code == 2
    assert "'1' is the name of two zones of this model" in said.err
    assert "help: write home/1 or asia/1" in said.err
    assert archgen("impact", "asia/1", cwd=tmp_path).out.startswith("Zone 1 in southeastasia fails")
    assert archgen("impact", "2", cwd=tmp_path).out.startswith("Zone 2 fails")


def test_a_component_comes_before_a_region_that_each_cloud_has(tmp_path: Path) -> None:
    resolved(tmp_path, "  mail: {", "  home: {kind: web, title: Home page, owner: shop, placement: app}\n  mail: {")
    assert archgen("impact", "home", cwd=tmp_path).out.startswith("Home page fails")
    assert archgen("impact", "recovery", cwd=tmp_path).out.startswith("Region eu-west-1 fails")


def test_show_and_export_have_the_roles_of_a_component(tmp_path: Path) -> None:
    a = resolved(tmp_path)
    shown = {
        name: archgen("show", f"components.{name}.regions", cwd=tmp_path).out.split("  ")[1]
        for name in ("web", "orders", "search")
    }
    assert shown == {
        "web": "home: active, asia: active",
        "orders": "home: active, recovery: passive",
        "search": "asia: active",
    }
    derived = export(a)["derived"]
    assert [(r["id"], r["name"], r["role"]) for r in derived["regions"]] == [
        ("home", "eu-central-1", "active"),
        ("recovery", "eu-west-1", "passive"),
        ("asia", "ap-northeast-1", "active"),
    ]
    regions = derived["component_regions"]
    assert (regions["orders"], regions["search"]) == ({"home": "active", "recovery": "passive"}, {"asia": "active"})
    assert regions["reports"] is None, "the model does not say that it is in one region only"
    assert regions["names"] is None, "it is spread over all regions"


def test_a_comparison_shows_a_region_that_was_added(tmp_path: Path) -> None:
    after = resolved(tmp_path)
    before = resolved(tmp_path, CATALOG, CATALOG.replace(", asia: {}", ""))
    (changed,) = components(before, after)
    assert [(s.path, s.old, s.new) for s in changed.settings] == [
        (("components", "catalog", "regions", "asia"), None, "active")
    ]


def test_a_comparison_does_not_add_the_region_in_which_a_component_was_anyway(tmp_path: Path) -> None:
    after = resolved(tmp_path)
    before = resolved(tmp_path, CATALOG, CATALOG.replace(", regions: {home: {}, asia: {}}", ""))
    (changed,) = components(before, after)
    assert [(s.path[3], s.old, s.new) for s in changed.settings if s.path[2] == "regions"] == [("asia", None, "active")]


def test_pages_have_the_regions(tmp_path: Path) -> None:
    resolved(tmp_path)
    project = load(tmp_path / "architecture.yaml").project
    assert project
    pages = {
        a.path.rpartition("/")[2]: a.content.decode()
        for page in (environments_page, health_page)
        for a in emitted(project, page)
    }
    plain = {name: html.unescape(text) for name, text in pages.items()}
    assert "| ap-northeast-1 | <code>asia</code> | active |" in plain["environments.md"]
    assert "| Asia |  | that of the environment | ap-northeast-1 |" in plain["environments.md"]
    assert (
        "| eu-central-1 (home) | Mail; until a failover: Orders, Web tier, DNS; cut off: Shoppers |"
        in plain["health.md"]
    )
    a = project.resolved.default
    assert region_facts(a, "orders") == {"regions": "eu-central-1 (active), eu-west-1 (passive)"}
    assert region_facts(a, "mail") == region_facts(a, "reports") == region_facts(a, "names") == {}


def test_terraform_leaves_out_what_is_only_in_another_region(tmp_path: Path) -> None:
    """Its provider is set to the region `home`."""
    database = """  db:
    {kind: postgresql, title: DB, owner: shop, product: rds-postgresql, placement: managed, engine_version: "17",
     size: db.t4g.medium, storage_gib: 20, backup: {retention_days: 30}, regions: {REGIONS}}
terraform: {stacks: {data: {purpose: Data., modules: [rds]}}}
flows:
"""
    for regions, wanted in (("home: {}, asia: {}", {"db"}), ("asia: {}", set())):
        assert managed(resolved(tmp_path, "flows:\n", database.replace("REGIONS", regions))) == wanted


def test_data_is_drawn_in_its_regions(tmp_path: Path) -> None:
    stored = "regions: {home: {}, asia: {}}, traits: {stateful: true, keeps_data: true, redundancy: regional}}"
    text = MODEL.replace(CATALOG, CATALOG.replace("regions: {home: {}, asia: {}}}", stored))
    text = text.replace(
        "prod-asia/app}", "prod-asia/app, traits: {stateful: true, keeps_data: true, redundancy: regional}}"
    )
    a = resolved(tmp_path, MODEL, text)
    graph = data_view(a, a)
    groups = graph.groups()
    inside = {
        groups[id_].label: {node.label for node in groups[id_].nodes()}
        for id_ in groups
        if "egion" in groups[id_].label
    }
    assert inside == {
        "Region eu-central-1": {"Orders", "Catalog"},
        "Recovery region eu-west-1": {"Orders"},
        "Region ap-northeast-1": {"Catalog", "Search"},
    }


def test_boxes_of_places_have_the_region_of_a_service(tmp_path: Path) -> None:
    a = resolved(
        tmp_path, SEARCH, SEARCH.replace("placement: prod-asia/app", "placement: managed, regions: {asia: {}}")
    )
    assert by_place(a, "search") == ("region-asia", "Region ap-northeast-1", "region")
    assert by_place(a, "reports") == ("region", "Region eu-central-1", "region")
