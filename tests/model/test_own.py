"""Kinds and products from a model or an installed package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import jsonschema
import pytest
import yaml

from archgen.catalog import CATEGORIES
from archgen.draw import style
from archgen.model.own import OwnProduct
from archgen.pipeline import check, load
from conftest import DATA, MKDOCS, archgen

MODEL = (DATA / "models/queues.yaml").read_text(encoding="utf-8")


def codes(model: Path) -> list[str]:
    loaded = load(model)
    return [d.code for d in (check(loaded.project).findings if loaded.project else loaded.diagnostics)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "architecture.yaml").write_text(MODEL)
    (tmp_path / "mkdocs.yml").write_text(MKDOCS)
    return tmp_path


def test_a_model_with_declared_kinds_and_products_builds(root: Path) -> None:
    assert archgen("build", cwd=root).code == 0
    page = (root / "docs/architecture/components/jobs.md").read_text()
    assert "Managed queue" in page
    assert "Message queue" in page
    assert "retention days" in page
    assert "How long messages are kept" in (root / "docs/architecture/reference/kinds.md").read_text()
    assert ">SQS<" in (root / "docs/architecture/diagrams/context-aws-prod.svg").read_text()


def test_its_schema_knows_them(root: Path) -> None:
    assert archgen("build", "--no-site", cwd=root).code == 0
    schema = json.loads((root / "schema/architecture.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(yaml.safe_load(MODEL))) == []
    for old, new in (
        ("order: fifo", "order: lifo"),
        ("retention_days: 4", "retention_days: 40"),
        ("product: sqs", "product: s3"),
    ):
        assert list(validator.iter_errors(yaml.safe_load(MODEL.replace(old, new)))), new


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("retention_days: 4", "retention_days: 40", "ARC-M005"),
        ("order: fifo", "order: fifoo", "ARC-M003"),
        ("    retention_days: 4\n", "", "ARC-M001"),
        ("    order: fifo", "    ordr: fifo", "ARC-M002"),
        ("  sqs:\n", "  eks:\n", "ARC-M008"),
        ("  message-queue:\n", "  cache:\n", "ARC-M008"),
        ("kinds: [message-queue]", "kinds: [mesage-queue]", "ARC-R001"),
        ("product: sqs", "product: s3", "ARC-R003"),
        ("label: Message queue", "label: Message queue\n    when: {aws: {label: X}}", "ARC-C002"),
        ("tile: SQS", "tile: [SQS]", "ARC-M004"),
    ],
)
def test_mistakes_in_them_are_diagnosed(root: Path, old: str, new: str, code: str) -> None:
    assert old in MODEL
    (root / "architecture.yaml").write_text(MODEL.replace(old, new, 1))
    assert code in codes(root / "architecture.yaml")
    assert codes(root / "architecture.yaml").count(code) == 1


def test_an_unknown_kind_of_a_product_is_reported_at_its_place(root: Path) -> None:
    text = MODEL.replace("kinds: [message-queue]", "kinds: [mesage-queue]")
    (root / "architecture.yaml").write_text(text)
    found = [d for d in load(root / "architecture.yaml").diagnostics if d.code == "ARC-R001"]
    assert [d.help for d in found] == ["did you mean 'message-queue'?"]
    (span,) = [d.span for d in found]
    assert span
    assert text.splitlines()[span.line - 1][span.column - 1 :].startswith("mesage-queue")


EXTENSION = {
    "queues/__init__.py": '"""An extension."""\n',
    "queues/message_queue.py": '''"""A message queue."""
from archgen.model.component import Component


class MessageQueue(Component):
    """Holds messages until someone takes them."""

    label = "Message queue"
    retention_days: int = 4
    """How long messages are kept."""
''',
    "queues/aws/queues.toml": """[sqs]
name = "Amazon SQS"
short = "SQS"
kinds = ["message-queue"]
tile = "SQS"
definition = "Managed queue."
documentation = "https://docs.aws.amazon.com/sqs/"
""",
    "queues-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: queues\nVersion: 1.0\n",
    "queues-1.0.dist-info/entry_points.txt": "[archgen.kinds]\nmessage_queue = queues.message_queue\n"
    "[archgen.catalog]\nqueues = queues\n",
}


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder on the path with an installed extension."""
    for name, text in EXTENSION.items():
        file = tmp_path / "packages" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "packages"


def test_an_installed_package_brings_kinds_and_products(root: Path, installed: Path) -> None:
    model = yaml.safe_load(MODEL)
    del model["kinds"], model["products"], model["components"]["jobs"]["order"]
    (root / "architecture.yaml").write_text(yaml.safe_dump(model, sort_keys=False))
    assert archgen("validate", cwd=root).code == 2
    env = {"PYTHONPATH": str(installed)}
    result = archgen("build", "--no-site", cwd=root, env=env)
    assert result.code == 0, result.err
    assert "Managed queue" in (root / "docs/architecture/components/jobs.md").read_text()
    assert "How long messages are kept" in (root / "docs/architecture/reference/kinds.md").read_text()


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("queues/message_queue.py", "import no_such_module\n"),
        ("queues/aws/queues.toml", '[sqs]\nname = "Amazon SQS"\nshort = "SQS"\ncolour = "red"\n'),
        (
            "queues-1.0.dist-info/entry_points.txt",
            "[archgen.kinds]\nmessage_queue = queues.message_queue:MessageQueue\n",
        ),
    ],
)
def test_a_broken_package_is_named(root: Path, installed: Path, file: str, text: str) -> None:
    (installed / file).write_text(text)
    result = archgen("validate", cwd=root, env={"PYTHONPATH": str(installed)})
    assert result.code == 2
    assert "queues" in result.err or "sqs" in result.err


def test_an_icon_that_does_not_exist_becomes_a_tile_and_a_warning(root: Path, installed: Path) -> None:
    file = installed / "queues/aws/queues.toml"
    file.write_text(file.read_text() + 'icon = "aws.integration.NoSuchIcon"\n')
    model = yaml.safe_load(MODEL)
    del model["kinds"], model["products"], model["components"]["jobs"]["order"]
    (root / "architecture.yaml").write_text(yaml.safe_dump(model, sort_keys=False))
    result = archgen("build", "--no-site", cwd=root, env={"PYTHONPATH": str(installed)})
    assert result.code == 0
    assert result.err.count("warning[ARC-V005]") == 1
    assert ">SQS<" in (root / "docs/architecture/diagrams/context-aws-prod.svg").read_text()


def test_products_of_models_and_of_packages_have_the_categories_that_tiles_have_colors_for() -> None:
    assert get_args(OwnProduct.model_fields["category"].annotation) == CATEGORIES
    assert set(style.CATEGORIES) == set(CATEGORIES)
