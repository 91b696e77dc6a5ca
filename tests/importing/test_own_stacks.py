"""What archgen's own stacks create is what the model says: states of the reference and of two examples, which Terraform applied.

`tools/trim_states.py` writes them from the states of tests/terraform/test_roots.py and test_example_roots.py, and from the roots of the
brownfield example, which are applied alike. The growth plans of the reference are of two stacks that differ in this phase.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archgen.drifting.comparing import ModelComparison
from archgen.drifting.findings import Drift, DriftCoverage
from archgen.importing.connections import GRADES
from archgen.importing.importing import Import
from archgen.importing.terraform_json import TerraformFile, read, read_content
from archgen.model.resolve import Resolved
from archgen.project import load
from archgen.reading.formatting import formatted
from conftest import DATA, ROOT
from drifted import report_of, resolved_of

STATES = DATA / "imports" / "serverless-example"
STACKS = ("data", "functions", "events")
ACCOUNT = "123456789012"  # of the environment prod, in the states
# The test of the roots leaves out the workflow, which the emulator cannot validate. Of the others, the stacks of the example make nothing.
WITHOUT_STACK = {
    *("edge-firewall", "cdn", "api-firewall", "users", "shop-api", "packing-api", "fulfillment", "audit"),
}  # fmt: skip


@pytest.fixture(scope="module")
def example() -> Resolved:
    text = (ROOT / "examples/serverless/architecture.yaml").read_text(encoding="utf-8")
    text, count = re.subn(r"(ecom-prod: \{name: \w+)\}", rf'\1, id: "{ACCOUNT}"}}', text, count=1)
    assert count == 1
    loaded = load(Path("architecture.yaml"), texts={"architecture.yaml": text})
    assert loaded.project, loaded.diagnostics
    return loaded.project.resolved


def states(*stacks: str) -> list[TerraformFile]:
    return [read(str(STATES / f"{stack}.state.json")) for stack in stacks]


def test_the_stacks_of_the_example_reproduce_its_facts(example: Resolved) -> None:
    report = report_of(example, *states(*STACKS))
    found = {(d.kind, str(d.path[1]) if d.path else d.addresses[0]) for d in report.findings}
    assert found == {("missing", id_) for id_ in WITHOUT_STACK}
    assert report.coverage.compared.pop("nightly") == "stack"  # its resource has the name of what it calls, too
    assert len(report.coverage.compared) == 18
    assert len(report.coverage.values) >= 80


def test_some_stacks_of_the_example_do_not_contradict_it(example: Resolved) -> None:
    report = report_of(example, *states("data", "functions"), partial=True)
    assert [d.message for d in report.findings] == []
    unknown = {".".join(map(str, one.path)) for one in report.coverage.unknown}
    assert {"components.packing.dead_letters", "components.order-changes.dead_letters"} <= unknown


# -- the reference ---------------------------------------------------------------------------------------------

REFERENCE = DATA / "imports" / "reference"
APPLIED = (
    "00-account",
    "00-backend",
    "01-base-infra",
    "01-dns",
    "01-edge",
    "02-eks-cluster",
    "05-data",
    "06-observability",
)
# What the states do not say as the model does, with the reason.
DIFFERS = {
    (
        "missing",
        "components.load-balancer",
    ): "the controller in the cluster makes it from an ingress, and not Terraform",
    ("missing", "components.ddos-protection"): "the standard protection is always on, without a resource",
    ("missing", "components.pod-network"): "the emulator has no add-ons of clusters",
    ("different", "components.cache.replicas"): "the emulator says that a replication group has no members",
}


@pytest.fixture(scope="module")
def reference() -> Resolved:
    loaded = load(ROOT / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return loaded.project.resolved


def applied(*stacks: str, form: str = "state") -> list[TerraformFile]:
    return [read(str(REFERENCE / f"{stack}.{form}.json")) for stack in stacks]


def differences(resolved: Resolved, files: list[TerraformFile]) -> tuple[DriftCoverage, list[Drift]]:
    """What files differ in from a model in production, as if they were all of the stacks."""
    return ModelComparison(resolved, files, "aws", partial=False).at(resolved.axes.parse_at("aws,prod"))


def test_the_stacks_of_the_reference_reproduce_its_facts(reference: Resolved) -> None:
    coverage, drifts = differences(reference, applied(*APPLIED))
    assert {(d.kind, ".".join(map(str, d.path))) for d in drifts} == {*DIFFERS}
    assert set(coverage.compared.values()) == {"stack"}
    assert (len(coverage.compared), coverage.network) == (12, "module.vpc.aws_vpc.this[0]")
    assert len(coverage.values) >= 45


def test_what_is_imported_from_the_stacks_of_the_reference_is_the_same_system(reference: Resolved) -> None:
    files = applied(*APPLIED)
    made = Import(files, "aws", "prod", GRADES)
    assert made.coverage.complete
    assert formatted(made.text(), "x.yaml") == (made.text(), [])
    imported = resolved_of(made.text())
    assert not report_of(imported, *files).findings
    coverage, _ = differences(reference, files)
    model, there = (one.architectures[one.axes.parse_at("aws,prod")] for one in (reference, imported))
    expected = {(c.kind, c.product) for id_, c in model.components.items() if id_ in coverage.compared}
    found = {(c.kind, c.product) for c in there.components.values()}
    # The kind of a managed database says its engine only in the model. The others are made for components of other kinds.
    assert expected - found == {("postgresql", "rds-postgresql")}
    assert found - expected == {
        ("relational-database", "rds-postgresql"),
        ("virtual-machine-group", "ec2-auto-scaling"),  # the machine of the way in
        ("configuration-history", "config"),  # the recorder of the account, for the component in another account
    }
    assert [subnet.cidr for subnet in model.subnets] == [subnet.cidr for subnet in there.subnets]


@pytest.mark.parametrize(
    ("stack", "address", "values", "path"),
    [
        ("05-data", "module.rds_database.module.db_instance.aws_db_instance.this[0]", {"instance_class": "db.m7g.large"}, "database.size"),
        ("01-base-infra", "module.ecr_registry.aws_ecr_repository.this[0]", {"image_tag_mutability": "MUTABLE"}, "registry.immutable_tags"),
        ("02-eks-cluster", "module.eks_cluster.aws_eks_cluster.this[0]", {"version": "1.31"}, "cluster.version"),
    ],
)  # fmt: skip
def test_a_change_of_a_stack_of_the_reference_is_found_at_its_line(
    reference: Resolved, stack: str, address: str, values: dict[str, Any], path: str
) -> None:
    document = json.loads((REFERENCE / f"{stack}.state.json").read_text(encoding="utf-8"))
    (changed,) = (entry for entry in resources_of(document["values"]["root_module"]) if entry["address"] == address)
    changed["values"].update(values)
    others = applied(*(other for other in APPLIED if other != stack))
    files = [*others, read_content(json.dumps(document).encode(), f"{stack}.state.json")]
    before, after = differences(reference, applied(*APPLIED))[1], differences(reference, files)[1]
    (found,) = (d for d in after if d not in before)
    assert len(after) == len(before) + 1
    assert (".".join(map(str, found.path)), found.addresses) == (f"components.{path}", (address,))
    assert found.at
    lines = (ROOT / found.at.file).read_text(encoding="utf-8").splitlines()
    assert path.rpartition(".")[2] in lines[found.at.line - 1]


def resources_of(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from resources_of(child)


def test_plans_of_a_later_phase_fit_this_phase(reference: Resolved) -> None:
    files = applied("03-karpenter", "05-data", form="plan")
    report = report_of(reference, *files, partial=True)
    assert {d.kind for d in report.findings} == {"not-modeled"}
    assert report.fit
    assert (report.fit.coordinate.phase, report.fit.differences) == ("growth", 0)
    assert not report_of(reference, *files, partial=True, at="prod,growth").findings


# -- a system that existed before ------------------------------------------------------------------------------

BROWNFIELD = DATA / "imports" / "brownfield"
# What Terraform made of it, and plans where the emulator finishes nothing.
MADE = ("network.state", "files.state", "services.state", "balancing.plan", "machines.plan")


def test_the_stacks_of_a_system_that_existed_before_reproduce_its_facts() -> None:
    loaded = load(ROOT / "examples/brownfield/architecture.yaml")
    assert loaded.project, loaded.diagnostics
    files = [read(str(BROWNFIELD / f"{name}.json")) for name in MADE]
    coverage, drifts = differences(loaded.project.resolved, files)
    differs = {".".join(map(str, d.path)) for d in drifts if d.kind != "missing"}
    assert differs == {"components.portal.product"}  # the emulator says that what runs on Fargate runs on machines
    # No stack of the example makes these.
    assert {str(d.path[1]) for d in drifts if d.kind == "missing"} == {
        *("firewall", "cdn", "database", "sftp", "landing", "secrets", "audit")
    }  # fmt: skip
    assert {*coverage.compared} == {"load-balancer", "ecs", "shares", "portal", "legacy", "licenses"}
    assert {*coverage.compared.values()} == {"stack"}
    looked_up = [one.reason for one in coverage.unknown if one.path[-1] == "image"]
    assert "the model states where its value is found" in looked_up
    assert coverage.network == "module.vpc.aws_vpc.this[0]"
    assert len(coverage.values) >= 25
    made = Import(files, "aws", "prod", GRADES)
    assert made.coverage.complete
    assert not report_of(resolved_of(made.text()), *files).findings
