"""Where components are: sites outside the cloud, further networks, and what they mean for ranges, homes and failures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archgen.analysis.failure import of_site
from archgen.checking.asking import ask
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Passed
from archgen.pipeline import load
from archgen.terraform.managed import managed
from archgen.views.context import view as context_view
from archgen.views.network import view as network_view
from conftest import archgen

MODEL = """version: 2
name: T
clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b]}}
environments: {prod: {name: Prod, production: true, aws: {account: main, cidr: 10.1.0.0/16}}}
teams: {t: {name: T}}
organization: {aws: {accounts: {main: {name: Main}, hub: {name: Hub}}}}
network: {tiers: {app: {name: App, prefix_length: 24}}}
networks:
  shared: {name: Shared services, home: hub, cidr: 10.9.0.0/16, tiers: {tools: {name: Tools}}}
  lab: {name: Lab}
sites:
  center: {name: Frankfurt, form: data-center, ranges: [172.16.0.0/16]}
  carrier: {name: Carrier, form: partner}
kinds:
  part: {label: Part, definition: A part., needs_product: false, traits: {stateful: false, keeps_data: false}}
components:
  people: {kind: actor, title: People, calls: {api: {port: 443, protocol: https}}}
  api: {kind: part, title: API, owner: t, placement: app, calls: {ledger: {port: 1}, scanner: {port: 2}, bench: {port: 3}}}
  ledger: {kind: part, title: Ledger, owner: t, placement: center}
  freight: {kind: part, title: Freight, owner: t, placement: carrier, calls: {api: {port: 4}}}
  scanner: {kind: part, title: Scanner, owner: t, placement: shared/tools}
  bench: {kind: part, title: Bench, owner: t, placement: lab}
"""


def resolved(tmp_path: Path, text: str = MODEL) -> Architecture:
    file = tmp_path / "architecture.yaml"
    file.write_text(text, encoding="utf-8")
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    return loaded.project.resolved.default


def problems(tmp_path: Path, old: str, new: str) -> list[tuple[str, str]]:
    assert old in MODEL
    file = tmp_path / "architecture.yaml"
    file.write_text(MODEL.replace(old, new), encoding="utf-8")
    return [(d.code, d.message) for d in load(file).diagnostics]


def test_a_placement_says_what_a_component_is_in(tmp_path: Path) -> None:
    a = resolved(tmp_path)
    found = {n: (a.place(c), a.site_of(c), a.network_of(c), a.other_home(c)) for n, c in a.components.items()}
    assert found == {
        "people": ("outside", None, None, None),
        "api": ("app", None, None, None),
        "ledger": ("outside", "center", None, None),
        "freight": ("outside", "carrier", None, None),
        "scanner": ("shared/tools", None, "shared", "hub"),
        "bench": ("lab", None, "lab", None),
    }


def test_pictures_have_a_box_for_each_site_and_network(tmp_path: Path) -> None:
    a = resolved(tmp_path)
    graph = network_view(a, a)
    inside = {id_: {n.id for n in group.nodes()} for id_, group in graph.groups().items()}
    assert graph.nodes().keys() >= set(a.components)
    assert inside["site-center"] == {"ledger"}
    assert inside["home-hub"] == inside["network-shared"] == inside["network-shared/tools"] == {"scanner"}
    assert inside["network-lab"] == {"bench"}
    assert inside["home"] >= {"api", "bench"}
    labels = [group.label for group in graph.groups().values()]
    assert {"Data center Frankfurt 172.16.0.0/16", "Partner Carrier", "VPC Shared services 10.9.0.0/16"} <= set(labels)
    overview = {group.label for group in context_view(a, a).groups().values()}
    assert {"Internet", "Frankfurt", "Carrier", "Shared services", "Lab", "App"} <= overview


def test_the_loss_of_a_site_stops_what_is_there(tmp_path: Path) -> None:
    impact = of_site(resolved(tmp_path), "center")
    assert (impact.failed, set(impact.stopped), set(impact.cut_off)) == (("ledger",), {"api", "freight"}, {"people"})
    a = resolved(
        tmp_path, MODEL.replace("{kind: actor, title: People,", "{kind: actor, title: People, placement: carrier,")
    )
    there = of_site(a, "carrier")
    assert (there.failed, dict(there.cut_off)) == (("freight",), {"people": "is at Carrier"})
    resolved(tmp_path)
    said = archgen("impact", "center", "--format", "json", cwd=tmp_path)
    assert json.loads(said.out)["failed"] == ["ledger"]
    unknown = archgen("impact", "centre", cwd=tmp_path)
    assert "'centre' is not a component, a zone, a region, a site, a further network or an account" in unknown.err
    assert "did you mean 'center'" in unknown.err


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("placement: shared/tools", "placement: shared/tool", ("ARC-R001", "the place 'shared/tool' does not exist")),
        ("placement: lab", "placement: labs", ("ARC-R001", "the place 'labs' does not exist")),
        ("home: hub", "home: hubs", ("ARC-R001", "the account 'hubs' does not exist")),
        (
            "  center: {",
            "  app: {name: X, form: other}\n  center: {",
            ("ARC-M005", "the site 'app' has the same ID as a tier, so naming it would be ambiguous"),
        ),
        (
            "  center: {",
            "  lab: {name: X, form: other}\n  center: {",
            ("ARC-M005", "the site 'lab' has the same ID as a network, so naming it would be ambiguous"),
        ),
    ],
)
def test_a_wrong_place_is_reported(tmp_path: Path, old: str, new: str, wanted: tuple[str, str]) -> None:
    assert wanted in problems(tmp_path, old, new)


def overlaps(tmp_path: Path, old: str, new: str) -> list[str]:
    file = tmp_path / "architecture.yaml"
    file.write_text(MODEL.replace(old, new), encoding="utf-8")
    project = load(file).project
    assert project
    said = [outcome for code, outcome in ask("check_all", project.resolved) if code == "NET101"]
    return [outcome.message for outcome in said if isinstance(outcome, Diagnostic)]


def test_ranges_of_networks_and_sites_do_not_overlap(tmp_path: Path) -> None:
    assert overlaps(tmp_path, "", "") == []
    assert overlaps(tmp_path, "172.16.0.0/16", "10.1.4.0/24") == [
        "10.1.4.0/24 overlaps 10.1.0.0/16 of the environment 'prod' on AWS"
    ]
    assert overlaps(tmp_path, "10.9.0.0/16", "172.16.3.0/24") == [
        "172.16.3.0/24 overlaps 172.16.0.0/16 of the site 'center'"
    ]
    partners = "form: partner, ranges: [172.16.9.0/24]"
    assert overlaps(tmp_path, "form: partner", partners) == []


def test_a_public_tier_of_a_further_network_is_public(tmp_path: Path) -> None:
    stored = "title: Scanner, owner: t, traits: {stateful: true, keeps_data: true}, placement"
    text = MODEL.replace("title: Scanner, owner: t, placement", stored)
    for internet, found in (("both", [Diagnostic]), ("none", [Passed])):
        a = resolved(tmp_path, text.replace("tools: {name: Tools}", f"tools: {{name: Tools, internet: {internet}}}"))
        said = [type(outcome) for code, outcome in ask("check", a) if code == "NET106" and "scanner" in outcome.path]
        assert said == found


DATABASE = """  db:
    {kind: postgresql, title: DB, owner: t, product: rds-postgresql, placement: app, engine_version: "17",
     size: db.t4g.medium, storage_gib: 20, backup: {retention_days: 30}}
terraform: {stacks: {data: {purpose: Data., modules: [rds]}}}
"""


def test_terraform_leaves_out_what_is_in_another_network(tmp_path: Path) -> None:
    """Its values are subnets of the environment's network, which would be wrong there."""
    assert managed(resolved(tmp_path, MODEL + DATABASE)) == {"db"}
    assert managed(resolved(tmp_path, MODEL + DATABASE.replace("placement: app", "placement: shared/tools"))) == set()
    assert managed(resolved(tmp_path, MODEL + DATABASE.replace("placement: app", "placement: center"))) == set()


@pytest.mark.parametrize(("home", "refused"), [("shared", True), ("c", False)])
def test_a_network_that_exists_once_is_the_same_for_all_environments(tmp_path: Path, home: str, refused: bool) -> None:
    text = f"""version: 2
name: T
clouds: {{aws: {{region: eu-west-1}}}}
environments: {{dev: {{name: Dev, aws: {{account: c}}}}, prod: {{name: Prod, aws: {{account: c}}}}}}
organization: {{aws: {{accounts: {{c: {{name: C}}, shared: {{name: Shared}}}}}}}}
networks: {{hub: {{name: Hub, home: {home}, cidr: 10.40.0.0/16, when: {{prod: {{cidr: 10.41.0.0/16}}}}}}}}
components: {{}}
"""
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    found = [d.message for d in load(tmp_path / "architecture.yaml").diagnostics]
    said = "the network 'hub' exists once, in Account Shared, but it differs between dev and prod"
    assert found == ([said] if refused else [])
