"""Names of resources: `naming`, literal identifiers, and that no two resources of one product in one home have the same name."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pytest

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.resolve import Resolved, resolve
from archgen.pipeline import load
from archgen.publishing.public_edition import public_edition
from archgen.reading.yaml_tree import parse
from conftest import archgen

MODEL = """\
version: 1
name: Shop
project: shop
naming: "{component}"
clouds:
  aws: {region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b]}
environments:
  dev: {name: Dev, aws: {account: dev, cidr: 10.1.0.0/16}}
  prod: {name: Prod, aws: {account: prod, cidr: 10.2.0.0/16}}
teams: {data: {name: Data}}
network: {tiers: {data: {name: Data, prefix_length: 24}}}
components:
  orders:
    {kind: postgresql, title: Orders, owner: data, product: rds-postgresql, engine_version: "17", size: db.t4g.micro, storage_gib: 20,
     backup: {retention_days: 7}, placement: data}
  stock:
    {kind: postgresql, title: Stock, owner: data, product: rds-postgresql, engine_version: "17", size: db.t4g.micro, storage_gib: 20,
     backup: {retention_days: 7}, placement: data, identifier: stock-db-1, when: {prod: {identifier: Legacy_Stock.prod}}}
  keys:
    {kind: key-management, title: Keys, owner: data, product: kms, rotation_days: 365, protects: [orders, stock],
     when: {prod: {identifier: keys-2}}}
terraform: {stacks: {data: {purpose: Databases, modules: [kms, rds]}}}
"""
ONE_ACCOUNT = MODEL.replace("account: dev", "account: prod")


def resolved(text: str) -> tuple[Resolved | None, list[Diagnostic]]:
    source, problems = parse(text, "m.yaml")
    assert source.root is not None
    assert not problems
    return resolve(source.root)


def test_two_environments_have_equal_names_in_different_accounts() -> None:
    model, problems = resolved(MODEL)
    assert model, problems
    assert [a.identifier("orders") for a in model.today()] == ["orders", "orders"]
    assert [a.identifier("stock") for a in model.today()] == ["stock-db-1", "Legacy_Stock.prod"]


def test_equal_names_in_one_account_are_an_error_with_both_lines() -> None:
    model, (problem,) = resolved(ONE_ACCOUNT)
    assert model is None
    assert problem.code == "ARC-M005"
    assert (
        problem.message == "'orders' in dev and 'orders' in prod would have the same name 'orders' in the account prod"
    )
    assert problem.help.startswith("add {environment} to `naming`, or state different names with `identifier`")
    assert problem.span
    assert (problem.span.line, problem.related[0][1].line) == (13, 13)
    apart = ONE_ACCOUNT.replace("title: Orders,", "title: Orders, when: {prod: {identifier: orders-2}},")
    assert resolved(apart)[0]


def test_two_components_may_not_have_one_name() -> None:
    text = MODEL.replace("title: Orders,", "title: Orders, identifier: stock-db-1,")
    _model, (problem,) = resolved(text)
    assert (
        problem.message == "'orders' in dev and 'stock' in dev would have the same name 'stock-db-1' in the account dev"
    )
    assert problem.span
    assert (problem.span.line, problem.related[0][1].line) == (18, 14)


def test_names_of_different_products_and_of_things_that_exist_once_may_be_equal() -> None:
    assert resolved(MODEL.replace("identifier: keys-2", "identifier: orders"))[0]
    once = MODEL.replace("title: Orders,", "title: Orders, home: shared,")
    model, problems = resolved(once)
    assert model or {p.code for p in problems} == {"ARC-R001"}  # no account is declared
    assert not [p for p in problems if p.code == "ARC-M005"]


@pytest.mark.parametrize("wrong", ["a b", "'$(x)'", '"a*"', "'a;b'", "-rf", "'a\"b'", "ä"])
def test_an_identifier_has_no_character_that_is_special_somewhere(wrong: str) -> None:
    _model, problems = resolved(MODEL.replace("identifier: stock-db-1", f"identifier: {wrong}"))
    assert {p.code for p in problems} == {"ARC-M005"}
    assert "is not the name of a resource" in problems[0].message


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("names")
    runbook = "runbooks: {database-failover: {component: stock, owner: data}}\n"
    (folder / "architecture.yaml").write_text(MODEL + runbook)
    result = archgen("build", "--no-site", cwd=folder)
    assert result.code in (0, 1), result.err
    return folder


def test_terraform_runbooks_and_pages_use_the_identifier(built: Path) -> None:
    values = json.loads((built / "infra/aws/data/prod.tfvars.json").read_text())
    assert {v["identifier"] for v in values.values() if "identifier" in v} == {"orders", "Legacy_Stock.prod"}
    runbook = (built / "docs/architecture/runbooks/database-failover.md").read_text()
    assert "--db-instance-identifier Legacy_Stock.prod" in runbook
    page = unescape((built / "docs/architecture/components/stock.md").read_text())
    assert "| identifier | stock-db-1 | Legacy_Stock.prod | 18 |" in page


def test_the_public_edition_withholds_identifiers(built: Path) -> None:
    project = load(built / "architecture.yaml").project
    assert project
    edition, problems = public_edition(project, built)
    assert edition, problems
    names = {a.identifier("stock") for a in edition.project.resolved.today()}
    assert names == {"withheld-1", "withheld-2"}
