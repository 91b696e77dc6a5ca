"""The recovery region: names that must be unique differ from those at home, and the copies that a recovery relies on are made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archgen.model.architecture import Architecture
from archgen.model.coordinate import Coordinate
from archgen.pipeline import load
from archgen.project import Project
from archgen.terraform.bindings import calls
from archgen.terraform.main_tf import main_tf
from conftest import copy_project

# The names that both regions may have, because the cloud counts them for each region: by the end of the attribute's path.
REGIONAL = {
    "aws": {
        "acm_regional_certificates.domain_name",
        "ecr_registry.repository_name",
        "database_password_database.name",  # that of the home region, whose copy is there
        "eks_cluster.name",
        "elasticache_cache.replication_group_id",
        "kms_keys.aliases.0",
        "log_group_monitoring.name",
        "managed_service_prometheus_monitoring.workspace_alias",
        "rds_database.db_subnet_group_name",
        "rds_database.identifier",
        "rds_aurora_database.db_subnet_group_name",
        "rds_aurora_database.name",
        "rds_proxy_pool.db_cluster_identifier",
        "rds_proxy_pool.db_instance_identifier",
        "managed_service_grafana_monitoring.name",  # its role has a random suffix
        "restore_database.global_cluster",  # that of the home region, which the cluster joins
        "rds_proxy_pool.name",
        "security_groups.groups.cache.name",
        "security_groups.groups.cluster.name",
        "security_groups.groups.database.name",
        "security_groups.groups.load-balancer.name",
        "security_groups.groups.pool.name",
        "security_groups.groups.way-in.name",
        "session_machine_way_in.name",
        "security_groups.groups.cluster.tags.karpenter.sh/discovery",
        "vpc.database_subnet_group_name",
        "vpc.name",
        "vpc.private_subnet_tags.karpenter.sh/discovery",
        "vpc_endpoints.security_group_name",
    },
    # Places of these have their region or location in their full names; the network is one for both regions.
    "gcp": {
        "artifact_registry_registry.repository_id",
        "cloud_nat.name",
        "cloud_nat.network",
        "cloud_nat.router",
        "gke_cluster.name",
        "gke_cluster.network",
        "memorystore_cache.name",
    },
}
# The words that are in every name of the reference model.
PREFIX = "innovate"


def _texts(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*path, str(number)))
    elif isinstance(value, str):
        yield ".".join(path), value


def _names(a: Architecture) -> dict[str, str]:
    """All names in the values of the stacks that are applied in the recovery region, by path."""
    terraform = a.document.terraform
    assert terraform
    stacks = [name for name, stack in terraform.stacks.items() if stack.recovery]
    found = (
        pair
        for stack in stacks
        for call in calls(a, stack)
        if call.binding.is_used
        for pair in _texts(call.values, (call.variable,))
    )
    given = ("project_id", "labels.project", "tags.Project")
    return {path: text for path, text in found if PREFIX in text and not path.endswith(given)}


def _both(project: Project, cloud: str, phase: str) -> tuple[Architecture, Architecture]:
    home = project.resolved.architectures[Coordinate(cloud, "prod", phase)]
    there = home.in_recovery_region()
    assert there
    return home, there


@pytest.mark.parametrize("phase", ["mvp", "growth", "scale"])
@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_no_name_that_must_be_unique_is_in_both_regions(reference: Project, cloud: str, phase: str) -> None:
    home, there = _both(reference, cloud, phase)
    taken = set(_names(home).values())
    assert {path for path, name in _names(there).items() if name in taken} <= REGIONAL[cloud]


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_what_exists_once_is_not_in_the_recovery_region(reference: Project, cloud: str) -> None:
    home, there = _both(reference, cloud, "mvp")
    terraform = home.document.terraform
    assert terraform
    for stack in terraform.stacks:
        assert not [call.variable for call in calls(there, stack) if call.binding.once]
    assert any(call.binding.once for stack in terraform.stacks for call in calls(home, stack))


def _values(a: Architecture, stack: str) -> dict[str, Any]:
    return {call.variable: call.values for call in calls(a, stack)}


def test_backups_keys_images_and_secrets_are_copied_to_the_recovery_region(reference: Project) -> None:
    home, there = _both(reference, "aws", "mvp")
    data = _values(home, "05-data")
    assert data["database_copies_database"] == {"key": "alias/innovate-prod-keys", "retention_days": 30}
    assert data["secrets_manager_secrets"]["replica"] == {"eu-central-1": {"kms_key_id": "alias/innovate-prod-keys"}}
    assert data["ecr_replication_registry"]["region"] == "eu-central-1"
    base = _values(there, "01-base-infra")
    assert base["kms_keys"]["aliases"] == ["innovate-prod-keys"]
    assert base["ecr_registry"]["repository_name"] == data["ecr_replication_registry"]["prefix"]
    assert _values(there, "00-backend")["tfstate_backend_terraform_state"]["s3_bucket_name"].endswith("-eu-central-1")
    dev = reference.resolved.standing("aws", "dev")
    assert "replica" not in _values(dev, "05-data")["secrets_manager_secrets"]
    assert "database_copies_database" not in _values(dev, "05-data")


def test_the_database_of_the_recovery_region_is_made_from_a_copy(reference: Project) -> None:
    _home, there = _both(reference, "aws", "mvp")
    assert _values(there, "05-data")["restore_database"] == {}
    text = main_tf(reference.plans.of["aws"].wiring, "05-data", "architecture.yaml")
    assert "snapshot_identifier                                    = local.restore_database_snapshot" in text
    assert "State the copy that the database is restored from" in text


def test_a_replicated_instance_has_a_password_that_rds_does_not_manage(reference: Project) -> None:
    home, there = (_replicated(a) for a in _both(reference, "aws", "mvp"))
    source = "arn:aws:rds:eu-west-1:444455556666:db:innovate-prod-database"
    assert _values(there, "05-data")["restore_database"] == {"replica_of": source}
    assert _values(there, "05-data")["rds_database"]["db_name"] is None
    data = _values(home, "05-data")
    assert data["rds_database"]["manage_master_user_password"] is False
    assert data["rds_database"]["password_wo_version"] == 1
    assert data["database_password_database"]["region_abroad"] == "eu-central-1"
    assert "database_copies_database" not in data


def test_environments_that_share_a_registry_state_the_same_copies(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "project")
    text = (root / "architecture.yaml").read_text()
    for second in (10, 20):  # dev and stg are in one account
        found, there = (
            f"cidr: 10.{second}.0.0/16}}",
            f"cidr: 10.{second}.0.0/16, recovery_cidr: 10.{second + 1}.0.0/16}}",
        )
        assert found in text
        text = text.replace(found, there, 1)
    (root / "architecture.yaml").write_text(text)
    project = load(root / "architecture.yaml").project
    assert project
    made = [_values(project.resolved.standing("aws", name), "05-data") for name in ("dev", "stg")]
    copies = [values["ecr_replication_registry"] for values in made]
    assert copies[0]["prefixes"] == copies[1]["prefixes"] == ["innovate-dev-registry", "innovate-stg-registry"]
    assert [own["prefix"] for own in copies] == copies[0]["prefixes"]


def _replicated(a: Architecture) -> Architecture:
    """The same with a read replica of the database in the recovery region."""
    database = a.components["database"]
    recovery = database.disaster_recovery.model_copy(update={"strategy": "read-replica"})
    changed = database.model_copy(update={"disaster_recovery": recovery})
    return replace(a, components={**a.components, "database": changed})


def test_a_global_database_has_a_cluster_in_each_region(reference: Project) -> None:
    home, there = _both(reference, "aws", "scale")
    assert _values(home, "05-data")["aurora_global_database"] == {"name": "innovate-prod-database-global"}
    assert _values(home, "05-data")["rds_aurora_database"]["is_primary_cluster"] is True
    other = _values(there, "05-data")
    assert other["restore_database"] == {"global_cluster": "innovate-prod-database-global"}
    assert other["rds_aurora_database"]["is_primary_cluster"] is False
    assert other["rds_aurora_database"]["master_username"] is None


def test_google_backups_are_in_the_recovery_region_and_a_replica_is_made_once(reference: Project) -> None:
    home, there = _both(reference, "gcp", "mvp")
    assert _values(home, "05-data")["postgresql_database"]["backup_configuration"]["location"] == "europe-west4"
    assert _values(there, "05-data")["postgresql_database"]["name"] == "innovate-prod-database-europe-west4"
    home, there = _both(reference, "gcp", "scale")
    assert _values(home, "05-data")["postgresql_database"]["read_replicas"]
    assert "postgresql_database" not in _values(there, "05-data")


def test_a_network_without_a_region_has_the_subnets_of_both_regions(reference: Project) -> None:
    home, there = _both(reference, "gcp", "mvp")
    network = _values(home, "01-network")["network"]
    found = {subnet["subnet_name"]: subnet["subnet_region"] for subnet in network["subnets"]}
    assert found["innovate-prod-main-app"] == "europe-west1"
    assert found["innovate-prod-main-app-europe-west4"] == "europe-west4"
    assert set(network["secondary_ranges"]) == {"innovate-prod-main-app", "innovate-prod-main-app-europe-west4"}
    assert _values(there, "02-gke-cluster")["gke_cluster"]["subnetwork"] == "innovate-prod-main-app-europe-west4"
