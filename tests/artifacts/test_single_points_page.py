"""The page of single points of failure: what has one copy, what is lost with a zone, an account or a provider, and what is unknown."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest

from archgen.analysis.failure import Impact
from archgen.analysis.single_points import copies_of
from archgen.artifacts import component_pages, single_points_page
from archgen.artifacts.single_points_page import LONGEST_LIST, MOST_TITLES
from archgen.model.answer import Lack
from archgen.pipeline import Project
from conftest import emitted, project_of

MODEL = """
version: 1
name: Orders
clouds:
  aws: {region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b]}
environments:
  dev: {name: Dev, aws: {account: live}}
  prod: {name: Prod, production: true, aws: {account: live}}
teams: {team: {name: Team}}
sites: {vault: {name: Vault, form: data-center}}
organization:
  aws: {accounts: {live: {name: Live}}}
kinds:
  server: {label: Server, definition: One virtual machine., needs_product: false}
components:
  shopper: {kind: actor, title: Shopper, calls: {web: {protocol: https}}}
  web:
    {kind: server, title: Web, owner: team, placement: managed, traits: {copies: 1}, zones: [eu-west-1a],
     calls: {orders: {protocol: https}, bank: {protocol: https}}}
  orders: {kind: server, title: Orders, owner: team, placement: managed, traits: {redundancy: regional}}
  mail: {kind: server, title: Mail, owner: team, placement: managed}
  pair: {kind: server, title: Pair, owner: team, placement: managed, traits: {copies: 2}, zones: [eu-west-1b]}
  bank: {kind: server, title: Bank, owner: team, placement: outside}
  tapes: {kind: server, title: Tapes, owner: team, placement: vault}
flows:
  buy:
    title: Buying
    question: What happens to a purchase?
    steps:
      - {from: shopper, to: web, text: asks}
      - {from: web, to: orders, text: stores}
"""
CHANGED = MODEL.replace(
    "traits: {copies: 1}, zones: [eu-west-1a]",
    "traits: {copies: 1}, zones: [eu-west-1a], when: {prod: {traits: {copies: 2}, zones: [eu-west-1a, eu-west-1b]}}",
)


@pytest.fixture
def orders(tmp_path: Path) -> Project:
    return project_of(tmp_path, MODEL)


def rows(project: Project) -> dict[str, list[str]]:
    """The rows of each section, without the heads of the tables, as their cells joined by ` | `."""
    (page,) = emitted(project, single_points_page)
    sections: dict[str, list[str]] = {}
    for part in html.unescape(page.content.decode()).split("\n## ")[1:]:
        title, _, text = part.partition(" {#")
        table = [line.strip("| ") for line in text.splitlines() if line.startswith("| ")]
        sections[title] = [
            line
            for n, line in enumerate(table)
            if not line.startswith("---") and "---" not in table[min(n + 1, len(table) - 1)]
        ]
    return sections


def test_copies_are_one_or_several_or_not_known(orders: Project) -> None:
    a = orders.resolved.default
    copies = {name: copies_of(a, name).copies for name in a.components if name != "shopper"}
    assert copies == {
        "web": "one",
        "orders": "several",
        "mail": "unknown",
        "pair": "one",
        "bank": "outside",
        "tapes": "outside",
    }
    assert copies_of(a, "pair").zone
    assert [lack.what for lack in copies_of(a, "mail").lacks] == [
        "how many copies of 'mail' there are, and in which zones"
    ]


def test_a_part_with_one_copy_says_what_stops_and_which_flows_break(orders: Project) -> None:
    page = rows(orders)
    assert (
        "[Web](components/web.md) | everywhere | one copy | nothing; cut off: Shopper | — | Buying"
        in page["Parts with one copy"]
    )
    assert (
        "[Pair](components/pair.md) | everywhere | all copies in one zone | nothing | — | none"
        in page["Parts with one copy"]
    )


def test_what_the_model_does_not_state_is_said_to_be_not_known(orders: Project) -> None:
    page = rows(orders)
    (mail,) = page["Parts of which the copies are not known"]
    assert "how many copies of 'mail' there are" in mail
    assert page["People's accounts"] == []
    (made,) = emitted(orders, single_points_page)
    assert "How people sign in is not known" in html.unescape(made.content.decode())


def test_a_zone_a_region_an_account_and_a_provider_take_along_what_is_in_them(orders: Project) -> None:
    page = rows(orders)
    assert [row.split(" | ")[:4] for row in page["Zones"]] == [
        ["eu-west-1a", "everywhere", "Web; cut off: Shopper", "Mail"],
        ["eu-west-1b", "everywhere", "Pair", "Mail"],
    ]
    (region,) = page["Regions"]
    (account,) = page["Accounts"]
    assert "Web, Orders, " in region
    assert account.startswith("Account Live | everywhere | Web, Orders, Mail, Pair")
    assert page["Sites"] == ["Vault | everywhere | Tapes | — | none"]
    provider, bank, _tapes = page["Providers"]
    assert provider.startswith("Amazon Web Services | everywhere | Web, Orders, Mail, Pair; cut off: Shopper")
    assert bank.startswith("[Bank](components/bank.md) | everywhere | — | Web; cut off: Shopper | — | Buying")


def test_rows_say_at_which_coordinates_they_hold(tmp_path: Path) -> None:
    page = rows(project_of(tmp_path, CHANGED))
    (web,) = (row for row in page["Parts with one copy"] if "Web" in row)
    assert web.split(" | ")[1] == "Dev"
    assert [row.split(" | ")[:3] for row in page["Zones"]][:2] == [
        ["eu-west-1a", "Dev", "Web; cut off: Shopper"],
        ["eu-west-1b", "everywhere", "Pair"],
    ]


def test_what_most_parts_have_in_common_is_said_by_naming_the_others(tmp_path: Path) -> None:
    more = "".join(
        f"  job{n}: {{kind: server, title: Job {n}, owner: team, placement: managed}}\n" for n in range(LONGEST_LIST)
    )
    page = rows(project_of(tmp_path, MODEL.replace("flows:\n", f"{more}flows:\n")))
    cloud = "Amazon Web Services | everywhere | everything but Bank, Tapes; cut off: Shopper | "
    assert page["Providers"][0].startswith(cloud)


def test_what_most_parts_have_in_common_leaves_out_what_is_not_known(tmp_path: Path) -> None:
    more = "".join(
        f"  job{n}: {{kind: server, title: Job {n}, owner: team, placement: managed, traits: {{copies: 1}}, zones: [eu-west-1a]}}\n"
        for n in range(LONGEST_LIST)
    )
    zone, _other = rows(project_of(tmp_path, MODEL.replace("flows:\n", f"{more}flows:\n")))["Zones"]
    stops = "everything but Orders, Pair, Bank, Tapes and what is not known; cut off: Shopper"
    assert zone.split(" | ")[2:4] == [stops, "Mail"]


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ("", "the model does not state whether there is emergency access"),
        (", break_glass: true", "emergency access exists; the model does not state which accounts, and who holds them"),
        (", break_glass: false", "no emergency access"),
        (", emergency: {accounts: [glass-1], holders: [team]}", "emergency accounts glass-1, held by Team"),
    ],
)
def test_emergency_access_is_claimed_only_if_it_is_stated(tmp_path: Path, stated: str, said: str) -> None:
    sign_on = f"  sso: {{kind: single-sign-on, title: Sign-on, owner: team, product: iam-identity-center{stated}}}\n"
    (row,) = rows(project_of(tmp_path, MODEL.replace("flows:\n", f"{sign_on}flows:\n")))["People's accounts"]
    assert row.split(" | ")[2] == f"where accounts are is not stated; {said}"


def test_sign_on_of_people_is_in_an_account_only_if_the_model_states_it(tmp_path: Path) -> None:
    for stated, lost in (("", False), (", home: live", True)):
        sign_on = (
            f"  sso: {{kind: single-sign-on, title: Sign-on, owner: team, product: iam-identity-center{stated}}}\n"
        )
        (row,) = rows(project_of(tmp_path, MODEL.replace("flows:\n", f"{sign_on}flows:\n")))["Accounts"]
        assert ("Sign-on" in row) is lost


def test_a_service_of_the_cloud_that_is_placed_outside_is_lost_with_the_cloud(tmp_path: Path) -> None:
    pipelines = (
        "  build: {kind: ci-pipeline, title: Build, owner: team, placement: outside, product: codebuild}\n"
        "  hub: {kind: ci-pipeline, title: Hub, owner: team, product: github-actions}\n"
    )
    (provider, *others) = rows(project_of(tmp_path, MODEL.replace("flows:\n", f"{pipelines}flows:\n")))["Providers"]
    assert "Build" in provider.split(" | ")[2]
    assert "Hub" not in provider
    (page,) = emitted(project_of(tmp_path, MODEL.replace("flows:\n", f"{pipelines}flows:\n")), single_points_page)
    outside, _, services = page.content.decode().partition("These are services of the cloud")
    assert "components/build.md" in services
    assert "components/hub.md" in outside
    assert not {"components/build.md"} & set(outside.split("(")), others


def test_a_copy_in_another_region_is_said(tmp_path: Path) -> None:
    text = MODEL.replace(
        "availability_zones: [eu-west-1a, eu-west-1b]}",
        "availability_zones: [eu-west-1a, eu-west-1b],\n        regions: {standby: {name: eu-central-1}}}",
    ).replace(
        "traits: {copies: 1}, zones: [eu-west-1a]", "traits: {copies: 1}, regions: {home: {}, standby: {role: passive}}"
    )
    (web, _pair) = rows(project_of(tmp_path, text))["Parts with one copy"]
    assert web.split(" | ")[2] == "one copy; passive in eu-central-1"


def test_nothing_stops_is_not_said_where_people_are_cut_off_or_flows_break() -> None:
    def answer(**effects: object) -> str:
        nothing = Impact("eu-west-1", (), {}, {}, {})
        return single_points_page._answer([("eu-west-1", replace(nothing, **effects))])

    lack = Lack(("components", "mail"), "how many copies of 'mail' there are", "state `traits`")
    assert answer() == "nothing stops"
    assert answer(cut_off={"shopper": "calls web"}) == "people are cut off or flows break: eu-west-1"
    assert answer(flows={"buy": 0}) == "people are cut off or flows break: eu-west-1"
    assert answer(unknown={"mail": (lack,)}) == "nothing stops for certain; not known for 1 part"


def chain(folder: Path, count: int) -> Project:
    """A model in which each component needs the next one, so that all stop with the last."""
    lines = [
        "version: 2\nname: Chain\nclouds: {aws: {region: eu-west-1}}\nenvironments: {prod: {name: Prod, aws: {account: main}}}",
        "kinds: {part: {label: Part, definition: A part., needs_product: false}}\ncomponents:",
    ]
    for n in range(count):
        calls = f"calls: {{c{n + 1}: {{port: 443, required: true}}}}" if n + 1 < count else "calls: {}"
        lines.append(f"  c{n}: {{kind: part, title: Part {n}, {calls}}}")
    return project_of(folder, "\n".join(lines) + "\n")


@pytest.mark.slow
def test_what_stops_with_a_part_of_a_long_chain_is_counted_beyond_sixty_titles(tmp_path: Path) -> None:
    """Pages grow with the model, not with its square."""
    count = 2 * MOST_TITLES + 10
    project = chain(tmp_path, count)
    (page,) = emitted(project, single_points_page)
    assert re.search(r", and \d more", page.content.decode())  # the middle of the chain
    pages = [each for each in emitted(project, component_pages) if "/components/c" in each.path]
    assert len(pages) == count
    last = next(each for each in pages if each.path.endswith(f"/c{count - 1}.md")).content.decode()
    assert f" and {count - 1 - MOST_TITLES} more stop" in last
    for each in (page, *pages):
        assert max(line.count("Part ") for line in each.content.decode().splitlines()) <= MOST_TITLES + 2
