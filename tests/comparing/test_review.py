"""`archgen review`: what five changes of the reference model mean, in texts that a reviewer can decide by.

The texts are in tests/cases/reviews; `--accept` rewrites them. They have no line numbers, which every edit of the reference model moves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from archgen.comparing.changed_part import MOST_EDGES, MOST_NODES
from archgen.comparing.dialects import DIALECTS
from archgen.comparing.effects import Effect
from archgen.comparing.review import Review, ReviewedSide, review
from archgen.comparing.review_formats import MOST, as_comment, as_json
from archgen.comparing.terraform_effects import present_addresses
from archgen.comparing.words import plain, value_code
from archgen.pipeline import Project, check, load
from conftest import CASES, ROOT, project_of
from reviewing import CHANGES, texts_of

pytestmark = pytest.mark.slow
EXPECTED = CASES / "reviews"


@pytest.fixture(scope="module")
def base(reference: Project) -> ReviewedSide:
    return ReviewedSide(reference, check(reference).judgment)


def changed(name: str) -> ReviewedSide:
    loaded = load(ROOT / "architecture.yaml", texts=texts_of(name, ROOT))
    assert loaded.project, loaded.diagnostics
    return ReviewedSide(loaded.project, check(loaded.project).judgment)


@pytest.fixture(scope="module")
def reviews(base: ReviewedSide) -> Callable[[str], Review]:
    known: dict[str, Review] = {}

    def of(name: str) -> Review:
        if name not in known:
            known[name] = review(base, changed(name))
        return known[name]

    return of


def texts(found: Review, topic: str) -> list[str]:
    return [plain(e.words) for e in found.effects if e.topic == topic]


def with_text(found: Review, topic: str, part: str) -> Effect:
    (effect,) = [e for e in found.effects if e.topic == topic and part in plain(e.words)]
    return effect


@pytest.mark.parametrize("name", CHANGES)
def test_the_text_of_a_change_is_the_expected_one(
    reviews: Callable[[str], Review], name: str, expect: Callable[[Path, str], None]
) -> None:
    found = reviews(name)
    text = as_comment(found, "github-comment", base="main")
    assert as_comment(found, "github-comment", base="main") == text
    expect(EXPECTED / f"{name}.md", re.sub(r"(architecture\.yaml&#58;)\d+", r"\1N", text))


def test_the_readme_quotes_the_beginning_of_a_review() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    quoted = [line.removeprefix(">").strip() for line in readme.splitlines() if line.startswith(">")]
    begins = (EXPECTED / "retention.md").read_text(encoding="utf-8").partition("#### What follows")[0].splitlines()[1:]
    expected = [re.sub("</?code>", "`", unescape(line)) for line in begins]
    assert quoted == [re.sub("^#### (.*)", r"**\1**", line) for line in expected[:-1]]


def test_less_retention_is_said_to_be_worse_where_it_is(reviews: Callable[[str], Review]) -> None:
    found = reviews("retention")
    recovery = with_text(found, "recovery", "backup.retention_days")
    assert plain(recovery.words) == "components.database.backup.retention_days: 30 → 7"
    assert (recovery.way, found.words.words(recovery.at)) == ("worse", ("prod",))
    finding = with_text(found, "finding", "new error DATA401")
    assert finding.way == "worse"
    assert finding.place
    assert "retention_days: 7}" in texts_of("retention", ROOT)["architecture.yaml"].splitlines()[finding.place.line - 1]
    assert f"architecture.yaml&#58;{finding.place.line}</code>" in as_comment(found, "markdown")
    assert with_text(found, "parity", "review lost: DB").way == "worse"
    assert {name.rpartition("/")[0] for e in found.effects if e.topic == "apply" for name in e.about} == {
        "infra/aws/05-data",
        "infra/gcp/05-data",
    }
    assert found.fails("error", unknown=False)


def test_a_new_component_opens_its_connection_and_grants_its_role(reviews: Callable[[str], Review]) -> None:
    found = reviews("new-component")
    assert with_text(found, "permission", "opened: api → orders TCP 443").way == "worse"
    granted = with_text(found, "permission", "sqs:SendMessage")
    assert found.words.words(granted.at) == ("aws",)
    assert with_text(found, "unknown", "'orders' may be down").way == "worse"
    assert found.fails("error", unknown=True)


def test_a_phase_that_begins_is_what_is_applied_next(reviews: Callable[[str], Review]) -> None:
    found = reviews("phase-step")
    assert texts(found, "phase") == ["prod goes from mvp to growth"]
    created = [e for e in found.effects if e.topic == "address"]
    assert {"module.karpenter_autoscaler", "module.rds_proxy_pool"} <= {a for e in created for a in e.about}
    assert all(c.environment == "prod" for e in created for c in e.at)
    assert all(place.today for place in found.places)


def test_a_swapped_product_destroys_what_the_old_one_made(reviews: Callable[[str], Review]) -> None:
    found = reviews("product-swap")
    gone = with_text(found, "address", "destroyed: module.memorystore_cache")
    assert found.words.words(gone.at) == ("gcp today",)
    refused = with_text(found, "address", "which Terraform refuses")
    assert refused.about == ('google_kms_crypto_key.kms_keys["cache"]',)
    assert "module.memorystore_cache" in unescape(as_comment(found, "markdown")).partition("What follows")[0]


def test_a_renamed_component_is_moved_and_neither_removed_nor_added(reviews: Callable[[str], Review]) -> None:
    found = reviews("renamed-component")
    (place,) = found.places
    assert [(p.how, p.formerly, p.id, p.settings) for p in place.changes.components] == [
        ("renamed", "cache", "session-cache", ())
    ]
    assert not place.changes.connections
    assert not place.changes.settings
    addresses = texts(found, "address")
    assert not [text for text in addresses if "destroyed" in text]
    moved = with_text(found, "address", "module.elasticache_cache → module.elasticache_session_cache")
    assert moved.way == "worse"
    assert "replication_group_id" in plain(moved.words)  # its name has the ID of the component in it
    assert not [e for e in found.effects if e.topic == "permission"]


def test_without_a_difference_there_is_no_text(base: ReviewedSide) -> None:
    found = review(base, base)
    assert not found
    assert not found.fails("info", unknown=True)
    assert [as_comment(found, format_) for format_ in DIALECTS] == [""] * len(DIALECTS)
    assert json.loads(as_json(found))["changed"] is False


def test_json_has_everything(reviews: Callable[[str], Review]) -> None:
    data = json.loads(as_json(reviews("retention"), "architecture.yaml", "main"))
    assert (data["format"], data["base"], data["changed"]) == ("archgen-review/1", "main", True)
    finding = next(c for c in data["consequences"] if c["topic"] == "finding")
    assert (finding["severity"], finding["about"], finding["where"]) == ("error", ["DATA401"], ["prod"])
    setting = data["places"][0]["components"][0]["settings"][0]
    assert (setting["path"], setting["old"], setting["new"]) == ("components.database.backup.retention_days", 30, 7)


@pytest.mark.parametrize("format_", DIALECTS)
def test_each_format_says_the_same_in_its_dialect(reviews: Callable[[str], Review], format_: str) -> None:
    text = as_comment(reviews("retention"), format_, base="main")
    assert ("<details>" in text) is (format_ in ("github-comment", "gitlab-note"))
    assert ("<!-- archgen-review" in text) is (format_ in ("github-comment", "gitlab-note"))
    assert text.startswith("[//]: # (archgen-review: architecture.yaml)\n\n") is (format_ == "bitbucket")
    assert ("```mermaid" in text) is (format_ != "bitbucket")
    assert ("<code>" in text) is (format_ != "bitbucket")
    assert "DATA401" in text


def test_a_text_has_its_limit_and_says_what_it_leaves_out(base: ReviewedSide, tmp_path: Path) -> None:
    small = (
        "version: 2\nname: Large\nclouds: {aws: {role: primary, region: eu-west-1}}\n"
        "environments: {live: {name: Live, aws: {account: main}}}\n"
    )
    rows = "".join(
        f"  c{n:03d}: {{kind: service, title: '{'*[@a](b)|' * 12}', calls: {{c{(n + 1) % 300:03d}: {{port: {1024 + n}}}}}}}\n"
        for n in range(300)
    )
    one = project_of(tmp_path / "one", small + "components: {a: {kind: service, title: A}}\n")
    other = project_of(tmp_path / "other", small + "components:\n" + rows)
    found = review(*(ReviewedSide(project, check(project).judgment) for project in (one, other)))
    for format_ in DIALECTS:
        text = as_comment(found, format_, base="main")
        assert len(text) <= MOST
        assert "Left out to stay within 60,000 characters" in text.replace("\\", "")
        assert "archgen review" in text.replace("\\", "").rpartition("Left out")[2]
    drawn = as_comment(found, "github-comment").partition("```mermaid\n")[2].partition("```")[0]
    assert drawn.count('"])') + drawn.count('"]]') <= MOST_NODES
    assert drawn.count("==>") <= MOST_EDGES
    assert not as_comment(review(base, base), "markdown")


def test_the_text_of_a_secret_is_not_printed() -> None:
    assert value_code(("components", "api", "password"), "hunter22") == "(secret)"
    assert value_code(("components", "api", "note"), "AKIA" + "ABCDEFGHIJKLMNOP") == "(secret)"
    assert value_code(("components", "api", "note"), "ordinary") == "ordinary"


def test_addresses_that_move_in_a_circle_have_no_present_one() -> None:
    assert [*present_addresses({"a": "b", "b": "c", "x": "y", "y": "x"})] == [("a", "c"), ("b", "c")]
    assert [*present_addresses({"in": "x", "x": "y", "y": "x", "same": "same"})] == []
