"""Rules about links: what they find, what passes, and what they cannot know."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.checking.judgment import Judgment
from archgen.pipeline import check, load
from conftest import ROOT

MODEL = """version: 2
name: T
clouds: {{aws: {{region: eu-west-1, availability_zones: [eu-west-1a]}}}}
environments: {{live: {{name: Live, aws: {{account: a, cidr: 10.41.0.0/16}}}}}}
network: {{tiers: {{app: {{name: App, internet: outbound, prefix_length: 24}}}}}}
networks: {{hub: {{name: Hub, cidr: 10.42.0.0/16}}}}
sites:
  harbor: {{name: Harbor, form: data-center, ranges: [{harbor}]}}
  depot: {{name: Depot, form: office, ranges: [172.16.0.0/12]}}
kinds: {{server: {{label: Server, definition: A machine., needs_product: false}}}}
defaults: {{kinds: {{network-link: {{product: transit-gateway}}}}}}
components:
  app: {{kind: server, title: App, placement: app, calls: {{ledger: {{protocol: mq{call}}}}}}}
  ledger: {{kind: server, title: Ledger, placement: harbor}}
{links}
"""


def judged(folder: Path, links: str, call: str = "", harbor: str = "172.30.0.0/16") -> Judgment:
    (folder / "architecture.yaml").write_text(MODEL.format(links=links, call=call, harbor=harbor), encoding="utf-8")
    loaded = load(folder / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return check(loaded.project, "2026-11-25").judgment


def link(name: str, *joins: str, form: str = "transit") -> str:
    return f"  {name}: {{kind: network-link, form: {form}, title: {name}, joins: [{', '.join(joins)}]}}\n"


def test_without_any_link_the_ways_are_not_known(tmp_path: Path) -> None:
    covered = judged(tmp_path, "").covered("NET115")
    assert [lack.what for lack in covered.lacks] == ["what joins the network of Live and Harbor"]
    assert not covered.passed


@pytest.mark.parametrize(
    ("links", "call", "message"),
    [
        (
            link("line", "hub", "harbor"),
            "",
            "'app' calls 'ledger', but no link leads from the network of Live to Harbor",
        ),
        (
            link("one", "live", "hub", form="peering") + link("two", "hub", "harbor", form="vpn"),
            "",
            "no link leads from",
        ),
        (link("one", "live", "harbor") + link("two", "hub", "depot"), ", through: [two]", "to Harbor through two"),
    ],
)
def test_a_missing_way_is_an_error_at_the_call(tmp_path: Path, links: str, call: str, message: str) -> None:
    found = [d for d in judged(tmp_path, links, call).findings if d.code == "NET115"]
    assert [d.path for d in found] == [("components", "app", "calls", "ledger")]
    assert message in found[0].message
    assert found[0].severity == "error"


def test_ranges_of_sites_may_overlap_unless_something_leads_to_both(tmp_path: Path) -> None:
    apart = link("one", "live", "harbor") + link("two", "hub", "depot")
    assert "NET116" not in {d.code for d in judged(tmp_path, apart).findings}
    both = link("one", "live", "harbor", "depot")
    assert [d.path for d in judged(tmp_path, both).findings if d.code == "NET116"] == [("sites", "depot", "ranges", 0)]
    assert judged(tmp_path, both, harbor="192.168.0.0/16").covered("NET116").passed


def test_the_examples_pass() -> None:
    for name, codes in (("brownfield", {"NET115", "NET117"}), ("azure", {"NET115", "NET117"})):
        loaded = load(ROOT / "examples" / name / "architecture.yaml")
        assert loaded.project
        judgment = check(loaded.project, "2026-11-25").judgment
        assert all(judgment.covered(code).passed for code in codes)
        assert not {"NET115", "NET116", "NET117"} & {d.code for d in judgment.findings}


def paths(judgment: Judgment, code: str) -> list[tuple[str | int, ...]]:
    return [d.path for d in judgment.findings if d.code == code]


def test_through_that_has_no_effect_or_cannot_be_true_is_a_finding(tmp_path: Path) -> None:
    line, where = link("line", "live", "harbor"), ("components", "app", "calls", "other", "through")
    other = "  other: {{kind: server, title: Other, placement: {place}}}\n"
    for place, through, found in (("app", "line", True), ("hub", "internet", False), ("harbor", "line", False)):
        links = line + link("peering", "live", "hub") + other.format(place=place)
        judgment = judged(tmp_path, links, f"}}, other: {{protocol: https, through: [{through}]")
        assert (paths(judgment, "NET115") == [where]) is found, place
    tiers = "networks: {{hub: {{name: Hub, cidr: 10.42.0.0/16, tiers: {{inner: {{name: Inner}}}}}}}}"
    text = MODEL.replace("networks: {{hub: {{name: Hub, cidr: 10.42.0.0/16}}}}", tiers)
    call = "}, other: {protocol: https, through: [internet]"
    text = text.format(links=line + other.format(place="hub/inner"), call=call, harbor="172.30.0.0/16")
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    assert paths(check(loaded.project, "2026-11-25").judgment, "NET115") == [where]


def test_a_service_without_an_address_cannot_call_a_data_center(tmp_path: Path) -> None:
    job = "  job: {{kind: server, title: Job, placement: managed{more}, calls: {{ledger: {{protocol: https{through}}}}}}}\n"
    line = link("line", "live", "harbor")
    silent = judged(tmp_path, line + job.format(more="", through=""))
    assert paths(silent, "NET117") == [("components", "job", "calls", "ledger")]
    for more, through in ((", endpoint_in: [app]", ""), ("", ", through: [line]")):
        assert not paths(judged(tmp_path, line + job.format(more=more, through=through)), "NET117")
