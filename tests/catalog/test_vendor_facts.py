"""Facts of vendors that depend on how a product is configured: service levels, ports, connections, and links to their pages."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from archgen.analysis.availability import of_component
from archgen.catalog import catalog
from archgen.model.architecture import Architecture
from archgen.pipeline import Project, check, load

SOURCE = Path(__file__).parents[2] / "src/archgen"
MODEL = """\
version: 1
name: Shop
clouds: {gcp: {region: europe-west1, availability_zones: [europe-west1-b, europe-west1-c]}}
environments: {live: {name: Live, gcp: {project: shop-live}}}
components:
  api:
    kind: service
    title: API
    calls: {orders: {protocol: postgresql}, sessions: {protocol: redis, CALL}}
  orders: {kind: postgresql, title: Orders, product: cloud-sql, engine_version: "17", storage_gib: 20,
           backup: {retention_days: 7}, DATABASE}
  sessions: {kind: cache, title: Sessions, product: memorystore, memory_gib: 1, CACHE}
"""


def shop(
    tmp_path: Path, *, database: str = "size: db-custom-1-3840", cache: str = "replicas: 1", call: str = ""
) -> Project:
    file = tmp_path / "architecture.yaml"
    text = MODEL.replace("DATABASE", database).replace("CACHE", cache).replace(", CALL", f", {call}" if call else "")
    file.write_text(text, encoding="utf-8")
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    return loaded.project


def ports(a: Architecture) -> dict[str, int | None]:
    return {c.head: c.call.port for c in a.traffic if c.tail == "api"}


@pytest.mark.parametrize(
    ("database", "percent"),
    [
        ("size: db-custom-1-3840", 99.95),
        ("size: db-custom-1-3840, edition: enterprise", 99.95),
        ("size: db-perf-optimized-N-2, edition: enterprise-plus", 99.99),
        ("size: db-perf-optimized-N-2, edition: enterprise-plus, multi_zone: false", None),
        ("size: db-f1-micro", None),
    ],
)
def test_cloud_sql_promises_more_for_enterprise_plus_and_nothing_for_one_zone(
    tmp_path: Path, database: str, percent: float | None
) -> None:
    promise = of_component(shop(tmp_path, database=database).resolved.default, "orders")
    assert [part.percent for part in promise.parts] == ([percent] if percent else [])
    assert promise.unknown == (() if percent else ("orders",))


@pytest.mark.parametrize(("replicas", "percent"), [(0, None), (1, 99.9)])
def test_memorystore_promises_nothing_for_a_single_node(tmp_path: Path, replicas: int, percent: float | None) -> None:
    promise = of_component(shop(tmp_path, cache=f"replicas: {replicas}").resolved.default, "sessions")
    assert [part.percent for part in promise.parts] == ([percent] if percent else [])


@pytest.mark.parametrize(
    ("database", "cache", "expected"),
    [
        ("size: x", "replicas: 1", {"orders": 5432, "sessions": 6378}),
        ("size: x", "encrypted_in_transit: false", {"orders": 5432, "sessions": 6379}),
        ("size: x, client_connection: connector", "replicas: 1", {"orders": 3307, "sessions": 6378}),
        ("size: x, client_connection: auth-proxy", "replicas: 1", {"orders": 3307, "sessions": 6378}),
    ],
)
def test_calls_use_the_port_that_the_vendor_has_chosen(
    tmp_path: Path, database: str, cache: str, expected: dict[str, int]
) -> None:
    assert ports(shop(tmp_path, database=database, cache=cache).resolved.default) == expected


def test_a_port_that_is_closed_under_tls_is_a_finding_where_it_is_stated(tmp_path: Path) -> None:
    def messages(project: Project) -> list[str]:
        return [d.message for d in check(project).findings if d.code == "NET114"]

    assert messages(shop(tmp_path)) == []
    assert messages(shop(tmp_path, call="port: 6379")) == [
        "'api' calls 'sessions' on port 6379, but it listens on 6378"
    ]
    assert messages(shop(tmp_path, cache="port: 6379")) == [
        "'sessions' states port 6379, but Memorystore for Redis listens on 6378 as it is configured"
    ]
    assert messages(shop(tmp_path, cache="port: 6379, encrypted_in_transit: false")) == []


# GiB of each class. The formula of AWS divides what remains of it, so the full memory gives a number that is too large.
MEMORY = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32, "4xlarge": 64, "8xlarge": 128}


@pytest.mark.parametrize("product", ["rds-postgresql", "aurora-postgresql"])
def test_connections_follow_from_the_memory_that_remains(product: str) -> None:
    for size, connections in catalog().products[product].max_connections.items():
        _db, family, class_ = size.split(".")
        memory = MEMORY[class_] * (2 if family.startswith("r") else 1) * 2**30
        assert 0.7 * memory / 9531392 < connections < memory / 9531392 or connections == 5000 < memory / 9531392, size


def test_aurora_has_only_two_burstable_graviton_classes() -> None:
    sizes = catalog().products["aurora-postgresql"].max_connections
    assert {size for size in sizes if ".t4g." in size} == {"db.t4g.medium", "db.t4g.large"}


def test_pages_of_google_are_linked_where_they_are() -> None:
    moved = re.compile(r"https://cloud\.google\.com/[a-z-]+/docs\b")
    files = [file for file in SOURCE.rglob("*") if file.suffix in (".toml", ".md", ".py", ".yaml")]
    assert {file.name for file in files if moved.search(file.read_text(encoding="utf-8"))} == set()
    assert {p.sla.url for p in catalog().products.values() if p.sla and p.cloud == "gcp"} & {
        "https://cloud.google.com/memorystore/sla"
    }


def test_a_service_level_without_editions_is_the_same_for_all() -> None:
    level = catalog().products["rds-postgresql"].sla
    assert level
    assert level.promised(single=False, edition="enterprise-plus") == 99.95
    assert level.promised(single=True) == 99.5
    assert replace(level, single_zone=False).promised(single=True) is None


def test_valkey_is_a_product_of_both_clouds_and_its_engine_reaches_terraform(tmp_path: Path) -> None:
    assert "elasticache-valkey" in catalog().products_for("cache", "aws")
    assert "memorystore-valkey" in catalog().products_for("cache", "gcp")
    text = MODEL.replace("gcp: {region: europe-west1, availability_zones: [europe-west1-b, europe-west1-c]}",
                         "aws: {region: eu-west-1, availability_zones: [eu-west-1a]}")  # fmt: skip
    text = text.replace("gcp: {project: shop-live}", "aws: {account: main, cidr: 10.0.0.0/16}").replace(
        "cloud-sql", "rds-postgresql"
    )
    text = text.replace("DATABASE", "size: db.t4g.small").replace(", CALL", "")
    cache = "product: memorystore, memory_gib: 1, CACHE"
    for product, engine in (("elasticache", "redis"), ("elasticache-valkey", "valkey")):
        stated = f'product: {product}, size: cache.t4g.small, engine_version: "8.0"'
        stacks = "terraform: {stacks: {data: {purpose: Data., modules: [elasticache]}}}\n"
        (tmp_path / "architecture.yaml").write_text(text.replace(cache, stated) + stacks, encoding="utf-8")
        project = load(tmp_path / "architecture.yaml").project
        assert project
        (call,) = (c for c in project.plans.of["aws"].calls["data"][0] if c.component == "sessions")
        assert call.values["engine"] == engine


def test_cloud_run_is_called_on_443_whatever_its_container_listens_on(tmp_path: Path) -> None:
    page = "page: {kind: container-service, title: Page, product: cloud-run, port: 8080}"
    text = MODEL.partition("  orders: {")[0].partition("  api:")[0] + (
        f"  people: {{kind: actor, title: People, calls: {{page: {{protocol: https}}}}}}\n  {page}\n"
    )
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    project = load(tmp_path / "architecture.yaml").project
    assert project
    (called,) = project.resolved.default.traffic_to("page")
    assert called.call.port == 443
    assert not {"NET112", "NET114"} & {finding.code for finding in check(project).findings}
