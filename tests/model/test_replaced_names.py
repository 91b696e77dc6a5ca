"""Kinds and products of a model whose IDs archgen has too: the model's count, and what is about archgen's does not apply."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.artifacts import kind_pages, reference_pages
from archgen.catalog import catalog
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.component import all_kinds
from archgen.model.resolve import Resolved
from archgen.parity.known import known_differences
from archgen.parity.suggesting import suggest
from archgen.pipeline import check, load
from archgen.project import Project
from archgen.terraform.bindings import bindings
from archgen.views._kinds import is_like
from conftest import DATA, archgen, emitted, project_of

MODEL = (DATA / "models/queues.yaml").read_text(encoding="utf-8")


def named(kind: str, product: str = "own-queue") -> str:
    """The model with other IDs for its kind and its product."""
    return MODEL.replace("message-queue", kind).replace("own-queue", product)


def findings(project: Project) -> list[tuple[str, str, str]]:
    return [(d.code, d.severity, d.message) for d in check(project).findings if d.code != "ARC-M012"]


def hints(project: Project) -> list[Diagnostic]:
    return [d for d in check(project).findings if d.code == "ARC-M012"]


@pytest.mark.slow
def test_what_a_model_declares_means_the_same_under_every_id_of_a_kind(tmp_path: Path) -> None:
    before = project_of(tmp_path / "before", MODEL)
    expected = {code for code, _severity, _message in findings(before)}
    for kind in all_kinds():
        if kind == "actor":  # the model uses it
            continue
        project = project_of(tmp_path / kind, named(kind))
        assert {code for code, _severity, _message in findings(project)} == expected, kind
        (hint,) = hints(project)
        assert (hint.severity, hint.path) == ("info", ("kinds", kind))
        jobs = project.resolved.default.components["jobs"]
        assert (jobs.kind, jobs.label, jobs.order) == (kind, "Message queue", "fifo")


@pytest.mark.parametrize("product", ["sqs", "rds-postgresql", "elasticache", "kafka", "eks"])
def test_a_declared_product_replaces_archgens(tmp_path: Path, product: str) -> None:
    project = project_of(tmp_path, named("message-queue", product))
    assert findings(project) == findings(project_of(tmp_path / "before", MODEL))
    used = project.resolved.default.catalog.products[product]
    assert (used.name, used.definition, used.sla, used.limits) == ("Amazon SQS", "Managed queue.", None, {})
    (hint,) = hints(project)
    assert hint.path == ("products", product)


def test_a_product_of_a_cloud_that_the_model_does_not_use_replaces_archgens_without_a_hint(tmp_path: Path) -> None:
    project = project_of(tmp_path, named("message-queue", "cloud-tasks"))
    assert project.resolved.default.catalog.products["cloud-tasks"].cloud == "aws"
    assert hints(project) == []


def test_the_hint_says_what_archgens_definition_would_change(tmp_path: Path) -> None:
    kind, product = hints(project_of(tmp_path, named("queue", "sqs")))
    assert "components state settings that it does not have: order;" in kind.help
    assert "it has further settings: ordered, deduplication" in kind.help
    assert "these traits differ" in kind.help
    assert "archgen states its redundancy" in product.help
    lines = (tmp_path / "architecture.yaml").read_text().splitlines()
    assert kind.span
    assert product.span
    assert lines[kind.span.line - 1].strip() == "queue:"
    assert lines[product.span.line - 1].strip() == "sqs:"


def replaced(tmp_path: Path) -> Resolved:
    return project_of(tmp_path, named("queue", "sqs")).resolved


def test_what_the_catalog_knows_of_archgens_kind_is_not_said_of_the_declared_one(tmp_path: Path) -> None:
    a = replaced(tmp_path).default
    assert a.catalog.products_for("queue", "aws") == ("sqs",)
    assert "queue" not in a.catalog.products["rabbitmq"].kinds
    assert "queue" in catalog().products["rabbitmq"].kinds
    sides = {"aws": ["sqs"], "gcp": ["cloud-tasks", "pub-sub"]}
    assert any("sqs" in difference.products for difference in known_differences(catalog(), sides))
    assert all("sqs" not in difference.products for difference in known_differences(a.catalog, sides))
    assert not is_like(a, "jobs", ("queue",))
    (proposal,) = [one for one in suggest(replaced(tmp_path), "gcp") if one.components == ("jobs",)]
    assert (proposal.candidate, proposal.status) == (None, "gap")


def test_a_replaced_product_is_in_no_comparison_of_its_kind(tmp_path: Path) -> None:
    a = project_of(tmp_path, named("message-queue", "sqs")).resolved.default
    found = a.catalog.equivalents_of("queue")
    assert found
    assert "sqs" not in {id_ for pair in found.pairs for id_ in (pair.from_, pair.to)}
    assert all("sqs" not in difference.products for difference in found.differences)
    assert "sqs" not in found.products["aws"]


def test_modules_of_archgen_are_not_for_what_the_model_declares(tmp_path: Path) -> None:
    of_kind, of_product = named("registry"), named("message-queue", "elasticache")
    for number, (text, module) in enumerate(((of_kind, "ecr"), (of_product, "elasticache"))):
        a = project_of(tmp_path / str(number), text).resolved.default
        assert bindings("aws")[module].components(a) == []
    own = MODEL.replace("own-queue", "elasticache").replace("kinds: [message-queue]", "kinds: [message-queue, cache]")
    folder = tmp_path / "own"
    (folder / "bindings").mkdir(parents=True)
    (folder / "bindings/aws-our-queue.yaml").write_text(
        "id: our-queue\ncloud: aws\nbinds: [elasticache]\nvariable: our_queue\ndescription: The queue.\n"
        "type: object({ days = number })\nvalue: \"{'days': c.retention_days}\"\nuses: [aws]\n"
        'resources: |\n  output "days" {\n    value = var.@self.days\n  }\n'
    )
    a = project_of(folder, own).resolved.default
    assert bindings("aws", folder / "bindings")["our-queue"].components(a) == ["jobs"]


def test_runbooks_of_archgen_are_not_for_a_declared_kind(tmp_path: Path) -> None:
    runbook = "teams: {core: {name: Core}}\nrunbooks: {cache-failover: {component: jobs, owner: core}}\n"
    refused = check(project_of(tmp_path, named("cache", "elasticache") + runbook)).refused
    assert [(d.code, d.message) for d in refused] == [
        ("ARC-R001", "the runbook 'cache-failover' is not for a component of kind 'cache'")
    ]


def test_a_store_of_states_is_one_of_archgens_object_stores(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(named("object-store") + "terraform: {state: jobs, stacks: {}}\n")
    messages = [d.message for d in load(tmp_path / "architecture.yaml").diagnostics]
    assert "'jobs' cannot store states: it is not object storage" in messages


LIKE = "    definition: Holds messages until someone takes them.\n"


def test_a_kind_that_is_like_archgens_of_the_same_id_extends_it(tmp_path: Path) -> None:
    text = named("queue", "sqs").replace(LIKE, LIKE + "    like: queue\n")
    start, end = text.index("products:"), text.index("components:")
    text = (text[:start] + text[end:]).replace("    order: fifo", "    order: fifo\n    max_receives: 5")
    a = project_of(tmp_path, text).resolved.default
    jobs = a.components["jobs"]
    assert (jobs.order, jobs.max_receives, jobs.retention_days) == ("fifo", 5, 4)
    assert jobs.known.carrier
    assert a.catalog.equivalents_of("queue")
    assert is_like(a, "jobs", ("queue",))
    assert "rabbitmq" in a.catalog.products_for("queue", "aws") or "sqs" in a.catalog.products_for("queue", "aws")


def test_other_declared_kinds_are_like_the_declared_one(tmp_path: Path) -> None:
    fast = "  fast:\n    label: Fast\n    definition: A faster one.\n    like: queue\n    needs_product: false\nproducts:\n"
    text = named("queue", "sqs").replace(LIKE, LIKE + "    like: queue\n").replace("products:\n", fast, 1)
    text = text.replace(
        "  jobs:\n", "  quick: {kind: fast, title: Quick, order: standard, max_receives: 3}\n  jobs:\n", 1
    )
    a = project_of(tmp_path, text).resolved.default
    assert (a.components["quick"].order, a.components["quick"].max_receives) == ("standard", 3)


def test_a_circle_of_kinds_is_an_error(tmp_path: Path) -> None:
    fast = "  fast: {label: Fast, definition: A faster one., like: queue}\nproducts:\n"
    text = named("queue", "sqs").replace(LIKE, LIKE + "    like: fast\n").replace("products:\n", fast, 1)
    (tmp_path / "architecture.yaml").write_text(text)
    assert {d.code for d in load(tmp_path / "architecture.yaml").diagnostics} >= {"ARC-M003"}


def test_pages_show_what_the_model_declares(tmp_path: Path) -> None:
    project = project_of(tmp_path, named("queue", "sqs"))
    pages = {a.path.rpartition("reference/")[2]: a.content.decode() for a in emitted(project, kind_pages)}
    assert "Holds messages until someone takes them" in pages["kinds/queue.md"]
    assert "How long messages are kept" in pages["kinds/queue.md"]
    assert "deduplication" not in pages["kinds/queue.md"]
    assert pages["kinds.md"].count("{#queue}") == 1
    (products,) = [a.content.decode() for a in emitted(project, reference_pages) if a.path.endswith("products.md")]
    assert "Managed queue&#46;" in products
    assert "<code>sqs</code>" in products


def test_a_replaced_actor_leaves_the_reference_complete(tmp_path: Path) -> None:
    people = "  actor: {label: Person, definition: Someone., needs_product: false}\n  message-queue:\n"
    project = project_of(tmp_path, MODEL.replace("  message-queue:\n", people, 1))
    pages = {a.path.rpartition("reference/")[2]: a.content.decode() for a in emitted(project, kind_pages)}
    assert "<code>runs&#95;on</code>" in pages["kinds.md"]


def test_the_command_says_it_and_succeeds(tmp_path: Path) -> None:
    project_of(tmp_path, named("queue", "sqs"))
    result = archgen("validate", cwd=tmp_path)
    assert result.code == 0
    assert result.err.count("ARC-M012") + result.out.count("ARC-M012") == 2
