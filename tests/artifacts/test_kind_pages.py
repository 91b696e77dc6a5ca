"""The pages of the kinds of components: what they say, their examples, and where the index leads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archgen.artifacts import kind_pages
from archgen.artifacts._kind_behavior import behavior
from archgen.artifacts._kind_examples import example_of
from archgen.catalog import catalog
from archgen.checking.rule_kinds import rules_reading
from archgen.kinds.audit_log import AuditLog
from archgen.kinds.cache import Cache
from archgen.kinds.ddos_protection import DdosProtection
from archgen.kinds.postgresql import Postgresql
from archgen.model.component import TASKS, Component, all_kinds
from archgen.model.traits import Traits
from conftest import MINIMAL, emitted, project_of

CLOUDS = {
    "aws": "aws: {region: eu-west-1, availability_zones: [eu-west-1a]}",
    "gcp": "gcp: {region: europe-west1, availability_zones: [europe-west1-b]}",
    "azure": "azure: {region: westeurope, availability_zones: ['1']}",
}
HOMES = {
    "aws": "aws: {account: main, cidr: 10.0.0.0/16}",
    "gcp": "gcp: {project: main-live, cidr: 10.0.0.0/16}",
    "azure": "azure: {subscription: main, resource_group: rg-live, cidr: 10.0.0.0/16}",
}


def model(clouds: tuple[str, ...], components: str) -> str:
    """A model with these clouds, with a network and an office, and these components."""
    roles = {
        cloud: CLOUDS[cloud].replace("{", "{role: primary, " if cloud == clouds[0] else "{role: ready, ", 1)
        for cloud in clouds
    }
    return "\n".join(
        [
            "version: 1",
            "name: Examples",
            "clouds:",
            *(f"  {roles[cloud]}" for cloud in clouds),
            "environments:",
            f"  live: {{name: Live, {', '.join(HOMES[cloud] for cloud in clouds)}}}",
            "network:",
            "  tiers:",
            "    data: {name: Data, internet: none, prefix_length: 24, netnum: 0}",
            "    app: {name: App, internet: outbound, prefix_length: 24, netnum: 1}",
            "sites: {office: {name: Office, form: office, ranges: [192.168.0.0/24]}}",
            components,
        ]
    )


@pytest.mark.slow
@pytest.mark.parametrize("clouds", [("aws", "gcp"), ("gcp",), ("azure", "aws")])
def test_the_example_of_every_kind_is_valid(tmp_path: Path, clouds: tuple[str, ...]) -> None:
    examples = {id_: example_of(id_, kind, catalog(), clouds) for id_, kind in all_kinds().items()}
    assert all(example.startswith("components:\n") for example in examples.values() if example)
    without = {id_ for id_, example in examples.items() if not example}
    assert len(without) < 6, without
    assert clouds != ("aws", "gcp") or not without
    for id_, example in examples.items():
        if example:
            project = project_of(tmp_path / id_, model(clouds, example))
            stated = {c.kind for a in project.resolved.architectures.values() for c in a.components.values()}
            assert stated == {id_}


def test_every_kind_says_what_people_use_it_for() -> None:
    assert [id_ for id_, kind in all_kinds().items() if kind.used_to not in TASKS or kind.used_to == "other"] == []


def test_rules_are_listed_for_the_kinds_that_they_read_and_not_for_those_that_they_leave_out() -> None:
    assert "SEC505" in rules_reading(AuditLog)
    assert {"DATA402", "HA201"} <= set(rules_reading(Postgresql))  # by a setting, and by the class that it extends
    assert "HA201" in rules_reading(Cache)
    assert "HA202" not in rules_reading(Cache)  # which it names only to leave it out
    assert rules_reading(DdosProtection) == []


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The text of the pages of a model with a queue and a cache on two clouds, and a kind that it declares."""
    text = model(
        ("aws", "gcp"),
        """kinds:
  robot:
    label: Robot
    definition: Picks things.
    like: queue
    needs_product: false
    settings: {arms: {type: integer, about: How many arms it has., minimum: 1, required: true}}
components:
  jobs: {kind: queue, title: Jobs, when: {aws: {product: sqs}, gcp: {product: pub-sub}}}
  picker: {kind: robot, title: Picker, arms: 2, runs_on: jobs}
  database:
    kind: postgresql
    title: Orders
    when: {aws: {product: rds-postgresql}, gcp: {product: cloud-sql}}
    engine_version: "17"
    size: small
    storage_gib: 20
    backup: {retention_days: 7, point_in_time_recovery: true}
""",
    )
    project = project_of(tmp_path_factory.mktemp("kinds"), text)
    found = emitted(project, kind_pages)
    return {artifact.path.removeprefix("docs/architecture/reference/"): artifact.content.decode() for artifact in found}


def plain(text: str) -> str:
    """A page without references to characters."""
    return re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), text)


def test_kinds_in_use_and_those_that_they_are_special_cases_of_have_pages(pages: dict[str, str]) -> None:
    own = {name for name in pages if name.startswith("kinds/")}
    assert own == {f"kinds/{id_}.md" for id_ in ("queue", "robot", "postgresql", "relational-database")}
    assert "[<code>queue</code>](queue.md)" in pages["kinds/robot.md"]
    assert "[<code>relational-database</code>](relational-database.md)" in plain(pages["kinds/postgresql.md"])


def test_the_index_has_every_kind_in_use_with_an_anchor_and_says_how_many_others_there_are(
    pages: dict[str, str],
) -> None:
    links = dict(re.findall(r"\]\((\S+?)\)\{#([a-z-]+)\}", pages["kinds.md"]))
    assert sorted(links.values()) == ["postgresql", "queue", "relational-database", "robot"]
    assert set(links) == set(pages) - {"kinds.md"}
    assert f"archgen knows {len(all_kinds()) - 3} more" in pages["kinds.md"]


def test_the_page_of_a_kind_has_its_settings_products_differences_rules_and_components(pages: dict[str, str]) -> None:
    queue, database = plain(pages["kinds/queue.md"]), plain(pages["kinds/postgresql.md"])
    assert "<code>retention_days</code><br>number, more than 0, at most 365, in days |" in queue
    assert "<code>dead_letters</code><br>ID of a component |" in queue
    assert "message queue, job queue" in queue
    assert "[Jobs](../../components/jobs.md)" in queue
    assert queue.index("**Amazon Web Services**") < queue.index("[Amazon SQS]") < queue.index("**Google Cloud**")
    assert "ag-partial" in queue or "ag-equivalent" in queue
    assert "## What differs between the clouds" in queue
    assert "[DATA402](../../diagnostics/data.md#data402)" in database
    assert "[Backup](../model.md#backup) |  |" not in database
    assert "[Backup](../model.md#backup)" in database
    assert "Whether it rejects connections that are not encrypted. Default: <code>true</code>." in database
    assert "<code>database-failover</code>, which this model does not list" in database
    assert "## Terraform" not in database  # the model has no stacks


def test_the_page_of_a_kind_says_how_its_components_behave(pages: dict[str, str]) -> None:
    queue, database, robot = (plain(pages[f"kinds/{id_}.md"]) for id_ in ("queue", "postgresql", "robot"))
    assert "| Data | It stores data, which is expected to be encrypted, backed up and recoverable." in queue
    assert "It takes messages and delivers them later, so its senders do not wait for receivers." in queue
    assert "| Refers to | <code>dead_letters</code> names components. |" in queue
    assert "| On it run | [Picker](../../components/picker.md) |" in queue
    assert "| It runs on | [Jobs](../../components/jobs.md) |" in robot
    assert "<code>multi_zone</code> states whether it has a second copy." in database
    assert "What it survives depends on its product" in database
    assert "It only answers and opens no connections." in database
    assert "passes requests on" not in database


def test_a_kind_that_states_nothing_says_nothing() -> None:
    assert behavior(Component, products_say=False) == []


def test_every_trait_of_a_kind_is_on_its_page() -> None:
    class Everything(Component):
        """A kind that states all there is."""

        inherent = Traits(
            stateful=True, keeps_data=False, redundancy="global", copies=3, port=22, entrance=False, starts=True,
            carrier=True, proxy=True, restarts="itself",
        )  # fmt: skip
        person = firewall = data_store = joins_places = alone = named_globally = True
        compared = False
        protocols = ("mqtt",)

    topics = {topic: " ".join(sentences) for topic, sentences in behavior(Everything, products_say=False)}
    assert set(topics) == {"Data", "When something fails", "Connections", "Name", "Parity"}
    assert topics["Data"] == "It stores no data. Losing it loses state."
    assert topics["When something fails"] == (
        "It stands for people, who do not stop but are cut off. It survives the loss of a region. It has 3 copies. "
        "It is started anew in another zone."
    )
    assert topics["Connections"].count(". ") == 9
    assert "port 22" in topics["Connections"]
    assert "`mqtt`" in topics["Connections"]


def test_a_declared_kind_has_a_page_with_its_settings_and_an_example(pages: dict[str, str]) -> None:
    robot = plain(pages["kinds/robot.md"])
    assert "declared under `kinds`" in robot
    assert "<code>arms</code> **required**<br>whole number, at least 1 | How many arms it has. |" in robot
    assert "  my-robot:\n    kind: robot\n    title: Robot\n    arms: 1\n" in robot


def test_a_page_without_rules_runbooks_or_modules_has_no_sections_for_them(tmp_path: Path) -> None:
    text = model(("aws",), "components: {shield: {kind: ddos-protection, title: Shield, product: shield}}")
    (page,) = [a for a in emitted(project_of(tmp_path, text), kind_pages) if a.path.endswith("/ddos-protection.md")]
    assert [line for line in page.content.decode().splitlines() if line.startswith("#")] == [
        "# DDoS protection",
        "## Example {data-search-exclude}",
        "## Settings",
        "## Products {data-search-exclude}",
    ]


def test_a_product_that_ends_names_its_successor(tmp_path: Path) -> None:
    text = model(("azure",), "components: {sessions: {kind: cache, title: Sessions, product: managed-redis}}")
    (page,) = [a for a in emitted(project_of(tmp_path, text), kind_pages) if a.path.endswith("kinds/cache.md")]
    assert "**Ends**: use Azure Managed Redis instead." in plain(page.content.decode())


def test_every_successor_in_the_catalog_exists_and_has_the_same_kinds() -> None:
    products = catalog().products
    for product in products.values():
        if product.successor:
            assert set(product.kinds) <= set(products[product.successor].kinds), product.id


def test_a_small_model_has_pages_only_for_its_kinds(tmp_path: Path) -> None:
    found = {artifact.path for artifact in emitted(project_of(tmp_path, MINIMAL), kind_pages)}
    assert {path for path in found if "/kinds/" in path} == {
        f"docs/architecture/reference/kinds/{id_}.md"
        for id_ in (*re.findall(r"kind: ([a-z-]+)", MINIMAL), "relational-database")
    }
