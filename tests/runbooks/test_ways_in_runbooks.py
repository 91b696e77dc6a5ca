"""Ways into an environment: what the model states about them, the steps that follow, and what is said where it states nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from archgen.model.architecture import Architecture
from archgen.model.document import RunbookFacts
from archgen.model.operations import Dashboard
from archgen.pipeline import load
from archgen.project import Project
from archgen.runbooks.here import facts_for
from archgen.runbooks.steps import FilledStep, fill_in
from archgen.runbooks.ways import Ways, dashboard_address
from archgen.templating.render import Templates
from conftest import ROOT

SILENT = """version: 2
name: T
project: quiet
clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a]}, gcp: {region: europe-west1, availability_zones: [europe-west1-b]}}
environments: {live: {name: Live, aws: {account: main, cidr: 10.41.0.0/16}, gcp: {project: quiet-live, cidr: 10.42.0.0/16}}}
network: {tiers: {app: {name: App, internet: outbound, prefix_length: 24}}}
components:
  cluster: {kind: kubernetes-cluster, title: Cluster, version: "1.35", endpoint: private, when: {aws: {product: eks}, gcp: {product: gke}}}
  database: {kind: postgresql, title: Database, engine_version: "17", storage_gib: 20, placement: app, backup: {retention_days: 7},
             when: {aws: {product: rds-postgresql, size: db.t4g.small}, gcp: {product: cloud-sql, size: db-custom-1-3840}}}
"""


def steps(a: Architecture, name: str, component: str = "database", duty: str = "operate") -> dict[str, FilledStep]:
    """The steps of a shared file by ID."""
    facts = facts_for(a, RunbookFacts(component=component, owner="platform"))
    filled = fill_in(Templates(ROOT / "templates"), f"runbooks/_shared/{name}.yaml", {**facts, "duty": duty})
    return {step.id: step for step in filled}


def silent(folder: Path, cloud: str, text: str = SILENT) -> Architecture:
    (folder / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(folder / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return loaded.project.resolved.standing(cloud, "live")


def test_each_role_has_a_profile_in_its_account(reference: Project) -> None:
    ways = Ways(reference.resolved.standing("aws", "stg"))
    operate, security = ways.role("operate"), ways.role("security")
    assert operate
    assert security
    assert (operate.profile, operate.account) == ("innovate-stg-operate", "333344445555")
    assert (security.profile, security.account) == ("innovate-security-security", "222233334444")
    assert [role.profile for role in ways.profiles("operate")] == ["innovate-stg-read", "innovate-stg-operate"]
    assert [role.profile for role in ways.profiles("read")] == ["innovate-stg-read"]
    assert ways.lacks == ()


def test_the_configuration_of_the_cli_is_written_once(reference: Project, tmp_path: Path) -> None:
    """The commands run for real: the second run adds nothing, and what a person has there already stays."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(
        "[default]\nregion = us-east-1", encoding="utf-8"
    )  # without a line break at its end
    run = steps(reference.resolved.standing("aws", "prod"), "way-in-aws")["configure"]
    for _time in range(2):
        answer = subprocess.run(
            ["bash", "-c", run.run or ""],
            env={**os.environ, "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert run.expect[0].shows in answer
    written = (tmp_path / ".aws/config").read_text(encoding="utf-8")
    assert written.startswith("[default]\nregion = us-east-1")
    assert written.count("[sso-session innovate]") == written.count("[profile innovate-prod-operate]") == 1
    assert (
        "[profile innovate-prod-read]\nsso_session = innovate\nsso_account_id = 444455556666\nsso_role_name = Read\n"
        in written
    )


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_what_the_model_does_not_state_is_said_and_not_invented(tmp_path: Path, cloud: str) -> None:
    a = silent(tmp_path, cloud)
    unknown = steps(a, f"way-in-{cloud}")["unknown"]
    assert "it lacks a component of the kind `single-sign-on`" in (unknown.do or "")
    for way, what in (("cluster", "API server"), ("database", "database")):
        found = steps(a, f"{way}-{cloud}")
        assert f"The {what} is" in (found["no-way"].do or "")
        assert "tunnel" not in found


@pytest.mark.parametrize(
    ("cloud", "product", "command"),
    [
        ("aws", "session-manager", "aws ssm start-session"),
        ("gcp", "identity-aware-proxy", "--tunnel-through-iap"),
    ],
)
def test_the_product_of_the_way_in_decides_the_commands(tmp_path: Path, cloud: str, product: str, command: str) -> None:
    text = SILENT + (
        f"  door: {{kind: remote-access, title: Door, in: [{cloud}], product: {product}, instance: quiet-jump, endpoint_in: [app],\n"
        "         calls: {cluster: {kind: control, protocol: https}, database: {kind: control, protocol: postgresql}}}\n"
    )
    a = silent(tmp_path, cloud, text)
    for way in ("cluster", "database"):
        tunnel = steps(a, f"{way}-{cloud}")["tunnel"]
        assert command in (tunnel.run or "")
        assert "quiet-jump" in (tunnel.run or "")


def test_a_vpn_is_opened_as_its_model_says(tmp_path: Path) -> None:
    text = SILENT + (
        "  door: {kind: remote-access, title: Door, product: wireguard, form: vpn, how: Start WireGuard., endpoint_in: [app],\n"
        "         calls: {cluster: {kind: control, protocol: https}, database: {kind: control, protocol: postgresql}}}\n"
    )
    a = silent(tmp_path, "aws", text)
    for way in ("cluster", "database"):
        found = steps(a, f"{way}-aws")
        assert found["connect"].do == "Start WireGuard."
        assert "tunnel" not in found
    assert "hostaddr" not in (steps(a, "database-aws")["service"].run or "")


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
@pytest.mark.parametrize("way", ["way-in", "cluster", "database"])
def test_a_way_into_one_environment_names_no_other(reference: Project, cloud: str, way: str) -> None:
    for environment, others in (("dev", ("stg", "prod")), ("prod", ("dev", "stg"))):
        a = reference.resolved.standing(cloud, environment)
        text = "\n".join(f"{s.run} {s.do} {s.undo_run}" for s in steps(a, f"{way}-{cloud}").values())
        assert f"innovate-{environment}" in text
        assert not any(f"innovate-{other}" in text for other in others)


def test_the_console_is_linked_with_the_role_where_everything_is_known(reference: Project, tmp_path: Path) -> None:
    console = Ways(reference.resolved.standing("aws", "prod")).console()
    assert console == "https://innovate.awsapps.com/start/#/console?account_id=444455556666&role_name=Read"
    assert Ways(silent(tmp_path, "aws")).console() is None
    google = Ways(reference.resolved.standing("gcp", "dev")).console()
    assert google == "https://console.cloud.google.com/home/dashboard?project=innovate-dev"


def test_addresses_of_dashboards_name_the_environment(reference: Project) -> None:
    a = reference.resolved.standing("gcp", "stg")
    board = a.document.observability.dashboards["database"]
    assert dashboard_address(a, board) == (
        "https://console.cloud.google.com/sql/instances/innovate-stg-database/overview?project=innovate-stg"
    )
    unknown = board.model_copy(update={"component": None})
    assert dashboard_address(a, unknown) is None


@pytest.mark.parametrize(
    "address", ["https://x.example/{secret}", "https://{name}/x", "https://{account}.example/", "https://x.example/{"]
)
def test_a_placeholder_that_is_unknown_or_decides_the_server_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="may contain"):
        Dashboard(title="X", address=address)


def test_a_region_may_be_part_of_the_server(reference: Project) -> None:
    a = reference.resolved.standing("aws", "prod")
    board = Dashboard(title="X", address="https://{region}.console.example/{environment}/{account}")
    assert dashboard_address(a, board) == "https://eu-west-1.console.example/prod/444455556666"


def test_no_other_context_is_renamed_if_the_cluster_cannot_be_added(reference: Project, tmp_path: Path) -> None:
    """The commands run with programs that only write down their calls; `gcloud` fails in the second run."""
    run = steps(reference.resolved.standing("gcp", "prod"), "cluster-gcp")["context"].run or ""
    for code in (0, 1):
        for name, ends in (("gcloud", code), ("kubectl", 0)):
            program = tmp_path / name
            program.write_text(f'#!/bin/sh\necho "{name} $*" >> calls\nexit {ends}\n', encoding="utf-8")
            program.chmod(0o755)
        (tmp_path / "calls").write_text("", encoding="utf-8")
        path = f"{tmp_path}:{os.environ['PATH']}"
        subprocess.run(["bash", "-c", run], cwd=tmp_path, env={**os.environ, "PATH": path}, check=False)
        calls = (tmp_path / "calls").read_text(encoding="utf-8")
        renaming = (
            "kubectl config rename-context gke_innovate-prod_europe-west1_innovate-prod-cluster innovate-gcp-prod\n"
        )
        assert calls.count("kubectl config delete-context innovate-gcp-prod\n") == 1
        assert calls.count("rename-context") == calls.count(renaming) == 1 - code


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_a_context_names_the_cloud_and_is_checked_against_its_cluster(reference: Project, cloud: str) -> None:
    check = steps(reference.resolved.standing(cloud, "prod"), f"cluster-{cloud}")["check"]
    assert (check.run or "").count(f"kubectl --context innovate-{cloud}-prod ") == 2
    assert "innovate-prod-cluster AT https://" in check.expect[0].shows
