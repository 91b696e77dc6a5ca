"""References inside a model: every one that leads nowhere is reported at its place, with what it should name."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from archgen.diagnostics.diagnostic import Diagnostic, dotted
from archgen.model.paths import parse_path
from archgen.pipeline import load
from conftest import DATA

MODEL = yaml.safe_load((DATA / "models/references.yaml").read_text(encoding="utf-8"))

SERVERS = """version: 2
name: Shop
clouds: {{aws: {{region: eu-west-1, availability_zones: [eu-west-1a]}}}}
environments: {{live: {{name: Live, aws: {{account: main, cidr: 10.0.0.0/16}}}}}}
kinds:
  server: {{label: Server, definition: A machine., needs_product: false{kind}, settings: {{
    number: {{type: integer, about: A number.}}, text: {{about: A text.}}}}}}
  platform: {{label: Platform, definition: Runs servers., needs_product: false}}
components:
  shop: {{kind: server, title: Shop{shop}}}
  host: {{kind: platform, title: Host, runs_on: shop}}
"""

# The place of a reference, and what it refers to.
PLACES = (
    ("environments.live.phase", "phase"),
    ("environments.live.aws.account", "account"),
    ("environments.live.gcp.project", "project"),
    ("organization.gcp.projects.shop-live.folder", "folder"),
    ("network.segments.office.tiers[0]", "tier"),
    ("network.aws.endpoints[0]", "VPC endpoint"),
    ("network.gcp.private_services_tier", "tier"),
    ("network.gcp.proxy_tier", "tier"),
    ("network.gcp.secondary_ranges_tier", "tier"),
    ("capabilities.orders.aws.products[0]", "product"),
    ("capabilities.orders.aws.later[0]", "product"),
    ("capabilities.orders.gcp.products[0]", "product"),
    ("capabilities.orders.gcp.later[0]", "product"),
    ("capabilities.orders.owner", "team"),
    ("components.shop.owner", "team"),
    ("components.shop.runs_on", "component"),
    ("components.nightly.namespace", "namespace"),
    ("components.orders.placement", "place"),
    ("components.orders.provides[0]", "capability"),
    ("views.shop.select.owners[0]", "team"),
    ("views.shop.select.capabilities[0]", "capability"),
    ("views.shop.select.places[0]", "place"),
    ("views.shop.select.components[0]", "component"),
    ("views.shop.select.neighbors_of[0]", "component"),
    ("flows.order.steps[0].from", "component"),
    ("flows.order.steps[1].to", "component"),
    ("images.shop.component", "component"),
    ("observability.objectives.available.component", "component"),
    ("observability.alerts.down.component", "component"),
    ("observability.alerts.down.objective", "objective"),
    ("observability.alerts.down.team", "team"),
    ("observability.alerts.down.runbook", "runbook"),
    ("observability.on_call.team", "team"),
    ("observability.on_call.escalation[0]", "team"),
    ("runbooks.database-failover.component", "component"),
    ("runbooks.database-failover.also[0]", "component"),
    ("runbooks.database-failover.owner", "team"),
    ("runbooks.database-failover.escalation[0]", "team"),
    ("controls.private.aws.products[0]", "product"),
    ("controls.private.gcp.products[0]", "product"),
    ("controls.private.checked_by[0]", "rule"),
    ("rules.waivers.small.rule", "rule"),
    ("rules.waivers.small.decision", "decision"),
    ("rules.waivers.small.owner", "team"),
    ("rules.own.titles.select.components[0]", "component"),
)


def changed(path: str, value: Any) -> dict[str, Any]:
    """The model with a value at a path."""
    model = copy.deepcopy(MODEL)
    *steps, last = parse_path(path)
    holder = model
    for step in steps:
        holder = holder[step]
    holder[last] = value
    return model


def problems(tmp_path: Path, model: dict[str, Any]) -> list[Diagnostic]:
    file = tmp_path / "architecture.yaml"
    file.write_text(yaml.safe_dump(model, sort_keys=False), encoding="utf-8")
    return load(file).diagnostics


def test_a_model_whose_references_all_exist_has_no_problem(tmp_path: Path) -> None:
    assert problems(tmp_path, MODEL) == []


@pytest.mark.slow
@pytest.mark.parametrize(("path", "what"), PLACES)
def test_a_reference_that_leads_nowhere_is_reported_at_its_place(tmp_path: Path, path: str, what: str) -> None:
    wrong = "ZZ999" if what == "rule" else "nowhere"
    (problem,) = problems(tmp_path, changed(path, wrong))
    assert (problem.code, dotted(problem.path), problem.severity) == ("ARC-R001", path, "error")
    assert problem.message == f"the {what} '{wrong}' does not exist"
    assert problem.help
    assert problem.span


@pytest.mark.parametrize(
    "place",
    ["capabilities.orders.{}.products[0]", "capabilities.orders.{}.later[0]", "controls.private.{}.products[0]"],
)
@pytest.mark.parametrize(("cloud", "product", "name"), [("aws", "gke", "AWS"), ("gcp", "eks", "GCP")])
def test_a_product_of_the_other_cloud_is_refused(
    tmp_path: Path, place: str, cloud: str, product: str, name: str
) -> None:
    path = place.format(cloud)
    (problem,) = problems(tmp_path, changed(path, product))
    assert (problem.code, dotted(problem.path)) == ("ARC-R003", path)
    assert problem.message.endswith(f"is not available on {name}")


def test_a_product_of_another_cloud_says_how_to_state_one_for_this_cloud(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, changed("components.orders.when.aws.product", "cloud-sql"))
    advice = "state one for this cloud: when: {aws: {product: …}}, or run: archgen parity suggest --to aws"
    assert problem.help == f"possible products: aurora-postgresql, rds-postgresql; {advice}"


def test_a_product_that_another_kind_uses_is_refused_with_the_possible_ones(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, changed("components.orders.when.aws.product", "s3"))
    assert (problem.code, dotted(problem.path)) == ("ARC-R003", "components.orders.product")
    assert problem.message == "Amazon S3 cannot be used for the kind 'postgresql'"
    assert problem.help == "possible products: aurora-postgresql, rds-postgresql"


def test_a_kind_that_no_product_provides_offers_none(tmp_path: Path) -> None:
    visitors = {"kind": "actor", "title": "Visitors", "product": "s3", "in": ["aws"]}
    (problem,) = problems(tmp_path, changed("components.visitors", visitors))
    assert problem.message == "Amazon S3 cannot be used for the kind 'actor'"
    assert problem.help == ""


def test_an_environment_needs_a_home_on_every_cloud(tmp_path: Path) -> None:
    model = copy.deepcopy(MODEL)
    del model["environments"]["live"]["gcp"]
    (problem,) = problems(tmp_path, model)
    assert (problem.code, dotted(problem.path)) == ("ARC-M001", "environments.live")
    assert problem.message == "environment 'live' has no GCP project"
    assert problem.help == "add `gcp:` with `project` and `cidr`"


def test_a_step_of_a_flow_follows_a_connection_in_either_direction(tmp_path: Path) -> None:
    found = problems(tmp_path, changed("components.shop.calls", {}))
    assert [(d.code, dotted(d.path), d.message) for d in found] == [
        ("ARC-R001", "flows.order.steps[0]", "there is no connection between 'shop' and 'orders'"),
        ("ARC-R001", "flows.order.steps[1]", "there is no connection between 'orders' and 'shop'"),
    ]


def test_a_connection_of_a_segment_is_not_one_of_its_components(tmp_path: Path) -> None:
    steps = [{"from": "nightly", "to": "orders", "text": "reads orders"}]
    (problem,) = problems(tmp_path, changed("flows.order.steps", steps))
    assert problem.message == "there is no connection between 'nightly' and 'orders'"


def test_a_misspelled_component_that_exists_only_elsewhere_is_suggested(tmp_path: Path) -> None:
    text = SERVERS.format(kind="", shop="").replace(
        "live: {", "later: {name: Later, aws: {account: a, cidr: 10.1.0.0/16}}, live: {"
    )
    text = text.replace("runs_on: shop", "runs_on: shpo").replace("title: Shop}", "title: Shop, in: [later]}")
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    (problem,) = load(tmp_path / "architecture.yaml").diagnostics
    assert (problem.code, problem.help) == ("ARC-R001", "did you mean 'shop'?")


def test_a_component_that_exists_elsewhere_is_a_problem_only_where_it_does_not(tmp_path: Path) -> None:
    model = changed("components.shop.in", ["aws"])
    found = problems(tmp_path, model)
    assert {d.code for d in found} == {"ARC-R002"}
    assert {dotted(d.path) for d in found} == {
        "flows.order.steps[0].from",
        "flows.order.steps[1].to",
        "images.shop.component",
        "observability.alerts.down.component",
        "observability.objectives.available.component",
        "runbooks.database-failover.also[0]",
    }
    assert {d.message for d in found} == {"the component 'shop' does not exist here"}
    assert {place.split(",")[0] for d in found for place in d.where} == {"gcp"}


@pytest.mark.parametrize(
    ("kind", "shop", "place", "message"),
    [
        ("", "traits: {copies: many}", "components.shop.traits.copies", "has no setting `many`"),
        ("", "traits: {port: text}", "components.shop.traits.port", "is not a whole number"),
        ("", "traits: {copies: sizes.text.x}", "components.shop.traits.copies", "has no setting `sizes.text.x`"),
        (", traits: {port: listens}", "", "kinds.server.traits.port", "has no setting `listens`"),
        ("", "traits: {copies: number + 1, port: number}", "", ""),
        ("", "runs_on: host", "components.shop.runs_on", "'shop' runs on itself, through host"),
    ],
)
def test_traits_and_hosts_that_lead_nowhere(tmp_path: Path, kind: str, shop: str, place: str, message: str) -> None:
    file = tmp_path / "architecture.yaml"
    file.write_text(SERVERS.format(kind=kind, shop=f", {shop}" if shop else ""), encoding="utf-8")
    loaded = load(file)
    if not message:
        assert loaded.project
        return
    found = {d.message: d.path for d in loaded.diagnostics}
    assert [dotted(path) for text, path in found.items() if message in text] == [place]


def test_a_component_of_a_kind_whose_declaration_is_wrong_is_not_of_an_unknown_kind(tmp_path: Path) -> None:
    file = tmp_path / "architecture.yaml"
    file.write_text(SERVERS.format(kind=", color: red", shop=""), encoding="utf-8")
    assert [d.message for d in load(file).diagnostics] == ["unknown key `color`"]


def test_a_negative_number_of_copies_is_unknown(tmp_path: Path) -> None:
    file = tmp_path / "architecture.yaml"
    file.write_text(SERVERS.format(kind=", traits: {copies: number}", shop=", number: -3"), encoding="utf-8")
    loaded = load(file)
    assert loaded.project
    assert loaded.project.resolved.default.components["shop"].copies(3) is None


def test_a_line_of_a_segment_can_name_the_component_that_it_leads_to(tmp_path: Path) -> None:
    file = tmp_path / "architecture.yaml"
    calls = "{{line: {{to: {to}}}}}"
    segments = f"{{{{office: {{{{name: Office, tiers: [app], calls: {calls}}}}}}}}}"
    network = f"network: {{{{tiers: {{{{app: {{{{name: App, prefix_length: 24}}}}}}}}, segments: {segments}}}}}\n"
    for to, expected in (("shop", []), ("nobody", ["network.segments.office.calls.line.to"])):
        file.write_text(SERVERS.format(kind="", shop="") + network.format(to=to), encoding="utf-8")
        assert [dotted(d.path) for d in load(file).diagnostics] == expected
