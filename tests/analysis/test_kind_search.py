"""`archgen kinds`: the words that people use lead to a kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archgen.analysis.kind_search import find_kinds
from archgen.catalog import catalog
from archgen.model.component import all_kinds
from conftest import DATA, archgen


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("cron", "schedule"),
        ("Lambda", "function"),
        ("DynamoDB", "document-database"),
        ("S3", "object-store"),
        ("sftp", "file-transfer"),
        ("active directory", "directory-service"),
        ("Kafka", "stream"),
        ("message queue", "queue"),
        ("VPN", "network-link"),
        ("BigQuery", "data-warehouse"),
        ("airflow", "workflow"),
        ("mainframe", "external-system"),
        ("EC2", "virtual-machine"),
        ("NFS", "file-store"),
        ("SMS", "notification"),
        ("MySQL", "relational-database"),
        ("Cloud Run", "container-service"),
        ("state machine", "workflow"),
        ("firewall rules of a web application", ""),
    ],
)
def test_what_people_say_finds_the_kind(words: str, kind: str) -> None:
    found = [one.id for one in find_kinds(all_kinds(), catalog(), {"aws": "AWS", "gcp": "Google Cloud"}, words)]
    assert kind in found[:3] if kind else found == []


def test_all_kinds_are_listed_without_words_and_without_a_model(tmp_path: Path) -> None:
    result = archgen("kinds", "--format", "json", cwd=tmp_path)
    assert result.code == 0
    listed = json.loads(result.out)
    assert [kind["id"] for kind in listed["kinds"]] == sorted(all_kinds())
    assert all(kind["definition"] for kind in listed["kinds"])
    products = catalog().products
    for kind in listed["kinds"]:
        for cloud, ids in kind["product_ids"].items():
            assert [products[id_].name for id_ in ids] == kind["products"][cloud]


def test_products_are_listed_with_the_ids_that_a_model_states(tmp_path: Path) -> None:
    assert "Amazon SQS (sqs)" in archgen("kinds", "queue", cwd=tmp_path).out


def test_the_kinds_and_products_of_a_model_are_found(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text((DATA / "models/queues.yaml").read_text())
    assert archgen("kinds", "message-queue", cwd=tmp_path).out.startswith("message-queue: ")


def test_a_model_with_errors_does_not_keep_anyone_from_finding_a_kind(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text("version: 2\ncomponents: {a: {kind: queu}}\n")
    result = archgen("kinds", "queue", cwd=tmp_path)
    assert result.code == 0
    assert result.out.startswith("queue: ")
    assert result.err == "the model has errors, so its kinds and products are left out; see: archgen validate\n"


def test_nothing_found_is_said_with_what_to_do(tmp_path: Path) -> None:
    result = archgen("kinds", "warp", cwd=tmp_path)
    assert (result.code, result.out) == (1, "")
    assert result.err == "no kind matches 'warp'; for all kinds, run: archgen kinds\n"
