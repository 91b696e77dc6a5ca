"""What rules say besides findings: what they looked at, and what they could not check because a fact is not stated."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archgen.checking.judgment import Judgment
from archgen.checking.rulebook import Rule, rulebook
from archgen.diagnostics.codes import rules
from archgen.pipeline import check, load
from archgen.project import Project
from conftest import archgen

TODAY = "2026-11-25"
# Rules that pass nothing at the reference, each with the reason.
NOTHING_PASSED = {
    "NET108": "its only finding is waived: the static site has nothing to attack",
    "NET115": "it has one network and no site",
    "NET116": "it has one network and no site",
    **dict.fromkeys(
        ("OPS906", "HA209", "HA210", "HA211", "DATA408", "DATA409", "DATA410"), "it has no queues and streams"
    ),
    **dict.fromkeys(("HA213", "HA214"), "it has no functions"),
    **dict.fromkeys(("NET119", "SEC510", "OPS911"), "it has no virtual machines"),
    **dict.fromkeys(("NET120", "SEC509"), "it has no APIs behind a gateway"),
    **dict.fromkeys(("SEC511", "SEC512"), "it has no directory of customers"),
    **dict.fromkeys(("SEC513", "OPS910"), "it sends no mail"),
    "NET121": "it receives no files",
    "OPS907": "its load balancers do not state whether they log requests",
    "OPS908": "it has no workflows",
    "HA215": "it has no APIs behind a gateway",
    "HA216": "it has no schedules",
    **dict.fromkeys(("HA217", "HA218"), "it has no search engine"),
    "HA219": "it has no streams, NoSQL databases and warehouses",
    **dict.fromkeys(("HA220", "HA221"), "it has no links to sites"),
    **dict.fromkeys(("HA222", "HA223", "HA224"), "it has no virtual machines and batch jobs"),
    "DATA412": "its databases are backed up as DATA401 asks, and it has no files and disks",
    **dict.fromkeys(("DATA411", "DR305", "DR306", "DR307"), "it has no backup service"),
}

# A system about which little is stated: a kind without traits, a database of which only the required settings are set, no Terraform.
SPARSE = """
version: 1
name: Sparse
clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b, eu-west-1c]}}
environments:
  prod: {name: Prod, production: true, aws: {account: main, cidr: 10.20.0.0/16}}
teams: {team: {name: Team}}
network:
  flow_logs: {retention_days: 30}
  tiers:
    public: {name: Public, prefix_length: 24, netnum: 0, internet: both}
    app: {name: App, prefix_length: 24, netnum: 10, internet: outbound}
kinds:
  server: {label: Server, definition: One virtual machine., placement: public, needs_product: false}
runbooks:
  restart: {owner: team, component: database}
components:
  people: {kind: actor, title: People, calls: {server: {port: 443}}}
  server: {kind: server, title: Server, owner: team, calls: {database: {port: 5432}}}
  keys: {kind: key-management, title: Keys, owner: team, product: kms, protects: [database]}
  database:
    kind: postgresql
    title: Database
    owner: team
    product: rds-postgresql
    engine_version: "16"
    size: db.t4g.small
    storage_gib: 20
    backup: {retention_days: 30}
  registry: {kind: registry, title: Registry, owner: team, product: ecr}
flows:
  order: {title: Order, steps: [{from: people, to: server, text: Asks.}, {from: server, to: database, text: Writes.}]}
"""


def judged(root: Path, text: str = SPARSE) -> tuple[Project, Judgment]:
    (root / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(root / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return loaded.project, check(loaded.project, TODAY).judgment


def book(project: Project, judgment: Judgment) -> dict[str, Rule]:
    return {rule.code: rule for rule in rulebook(project.resolved, [], judgment)}


def test_every_rule_passes_something_at_the_reference(reference: Project) -> None:
    judgment = check(reference, TODAY).judgment
    idle = {code for code in rules() if not judgment.covered(code).passed}
    assert idle == set(NOTHING_PASSED)


def test_no_rule_says_ok_about_a_model_without_components(tmp_path: Path) -> None:
    project, judgment = judged(tmp_path, SPARSE.partition("teams:")[0] + "components: {}\n")
    states = {code: rule.state for code, rule in book(project, judgment).items()}
    assert {code for code, state in states.items() if state == "ok"} == {"NET103", "NET104", "OPS905", "SEC502"}
    assert {state for code, state in states.items()} == {"ok", "not-applicable"}


def test_no_rule_says_ok_if_it_lacked_a_fact(tmp_path: Path) -> None:
    project, judgment = judged(tmp_path)
    states = {code: rule.state for code, rule in book(project, judgment).items()}
    lacking = {code for missing in judgment.missing for code in missing.about}
    assert {states[code] for code in lacking} == {"unknown", "found"}
    assert all(code in lacking for code, state in states.items() if state == "unknown")
    assert lacking == {
        "CI702",
        "DATA402",
        "DATA403",
        "DATA404",
        "DATA405",
        "DR302",
        "DR303",
        "HA201",
        "HA202",
        "NET105",
        "NET106",
        "NET107",
        "OPS901",
    }


def test_a_fact_is_named_once_with_all_that_it_settles(tmp_path: Path) -> None:
    _project, judgment = judged(tmp_path)
    whats = [missing.what for missing in judgment.missing]
    assert len(whats) == len(set(whats))
    weights = [sum(map(len, missing.about.values())) for missing in judgment.missing]
    assert weights == sorted(weights, reverse=True)
    first = judgment.missing[0]
    assert first.fact.span
    assert all(missing.fact.help for missing in judgment.missing)


def test_stating_what_is_missing_settles_it(tmp_path: Path) -> None:
    _project, before = judged(tmp_path)
    assert any("multi_zone" in missing.what for missing in before.missing)
    for value, state in (("true", "unknown"), ("false", "found")):
        text = SPARSE.replace("storage_gib: 20", f"storage_gib: 20\n    multi_zone: {value}")
        project, after = judged(tmp_path, text)
        assert not any("multi_zone" in missing.what for missing in after.missing)
        assert (book(project, after)["HA201"].state == "found") == (state == "found")


def test_fail_on_unknown(tmp_path: Path) -> None:
    judged(tmp_path)
    plain = archgen("validate", "--today", TODAY, cwd=tmp_path)
    unknown = archgen("validate", "--today", TODAY, "--fail-on", "unknown", cwd=tmp_path)
    assert unknown.code == 1
    assert "rules could not be checked everywhere, because the model does not state" in plain.err
    assert "ARC-X005" not in plain.err
    assert "architecture.yaml:" in unknown.err
    assert "help: state `multi_zone`" in unknown.err
    assert unknown.err.count("`multi_zone` of 'database'") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("level", "code"),
    [("error", 0), ("warning", 1), ("unknown", 0), ("error,unknown", 0), ("unknown,warning", 1)],
)
def test_unknown_is_added_to_a_severity(tmp_path: Path, level: str, code: int) -> None:
    text = SPARSE.partition("teams:")[0] + "components: {a: {kind: actor, title: A}, b: {kind: actor, title: A}}\n"
    judged(tmp_path, text)
    assert archgen("validate", "--today", TODAY, "--fail-on", level, cwd=tmp_path).code == code


@pytest.mark.parametrize("level", ["grave", "", "error,warning", "unknown,"])
def test_an_unknown_level_is_refused(tmp_path: Path, level: str) -> None:
    judged(tmp_path)
    result = archgen("validate", "--fail-on", level, cwd=tmp_path)
    assert result.code == 2
    assert "is not error, warning, info, unknown" in result.err


def test_machines_get_the_facts(tmp_path: Path) -> None:
    judged(tmp_path)
    data = json.loads(archgen("validate", "--today", TODAY, "--format", "json", cwd=tmp_path).out)
    about = {code for fact in data["unknown"] for code in fact["rules"]}
    assert {"HA201", "NET106"} <= about


def test_a_rule_that_is_turned_off_says_nothing(tmp_path: Path) -> None:
    project, judgment = judged(tmp_path, SPARSE + "rules: {severities: {HA201: ignore, REF002: ignore}}\n")
    off = book(project, judgment)
    assert (off["HA201"].result, off["REF002"].result) == ("off", "off")
    assert not any("HA201" in missing.about for missing in judgment.missing)


def test_a_rule_of_the_model_says_what_it_looked_at(tmp_path: Path) -> None:
    own = """rules:
  own:
    owned: {statement: Servers have owners., select: {kinds: [server]}, assert: {owner: team}}
    none: {statement: Caches have owners., select: {kinds: [cache]}, assert: {owner: team}}
"""
    project, judgment = judged(tmp_path, SPARSE + own)
    states = book(project, judgment)
    assert (states["OWN-owned"].result, states["OWN-none"].result) == ("ok (1 looked at)", "not applicable")


def test_rules_about_the_date_are_not_ok_without_a_date(reference: Project) -> None:
    lasting = check(reference).judgment
    states = book(reference, lasting)
    assert {code for code, rule in states.items() if rule.state == "not-asked"} == {"DR304", "K8S602", "OPS912"}


@pytest.mark.parametrize(
    ("traits", "zones", "state"),
    [
        ("stateful: false", "", "not-applicable"),
        ("stateful: true", "", "unknown"),
        ("stateful: true, copies: 1", "", "unknown"),
        ("stateful: true, copies: 1", "zones: [eu-west-1b]", "found"),
        ("stateful: true, copies: 2", "", "unknown"),
        ("stateful: true, redundancy: regional", "", "ok"),
        ("redundancy: regional", "", "ok"),
    ],
)
def test_data_of_any_kind_is_looked_at(tmp_path: Path, traits: str, zones: str, state: str) -> None:
    text = SPARSE.partition("runbooks:")[0].replace(
        "needs_product: false", f"needs_product: false, traits: {{{traits}}}"
    )
    server = f"server: {{kind: server, title: Server, owner: team{', ' if zones else ''}{zones}}}"
    project, judgment = judged(tmp_path, f"{text}components:\n  {server}\n")
    assert book(project, judgment)["HA201"].state == state


def test_copies_that_are_all_in_one_zone_do_not_pass(tmp_path: Path) -> None:
    text = SPARSE.replace("storage_gib: 20", "storage_gib: 20\n    multi_zone: true\n    zones: [eu-west-1b]")
    text = text.replace("title: Server,", "title: Server, traits: {copies: 2}, zones: [eu-west-1a, eu-west-1a],")
    _project, judgment = judged(tmp_path, text)
    found = {(d.code, d.path[1]) for d in judgment.findings if d.code in ("HA201", "HA202")}
    assert found == {("HA201", "database"), ("HA202", "server")}
