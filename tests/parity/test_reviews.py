"""Reviews of the parity table: exactly the rows that changed must be reviewed again, and the score shows it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from archgen.parity.readiness import readiness, row_count
from archgen.parity.reviews import FILE, HEAD, Reviews, Stamp, as_yaml, fingerprints, read_reviews, stamped, state
from archgen.pipeline import Project, check, load
from conftest import ROOT, archgen

pytestmark = pytest.mark.slow


@pytest.fixture
def reviewed(project: Path) -> Path:
    """A copy of the reference project with its reviews."""
    shutil.copy(ROOT / FILE, project / FILE)
    return project


def loaded(folder: Path) -> Project:
    found = load(folder / "architecture.yaml")
    assert found.project, found.diagnostics
    return found.project


def changed(folder: Path) -> dict[str, set[str]]:
    """Capabilities whose review is out of date, and the clouds that changed."""
    project = loaded(folder)
    states = {
        name: state(project.resolved, project.reviews, name) for name in project.resolved.default.document.capabilities
    }
    return {name: set(found.changed) for name, found in states.items() if not found.current}


def edit(folder: Path, old: str, new: str) -> None:
    model = folder / "architecture.yaml"
    text = model.read_text()
    assert text.count(old) == 1, old
    model.write_text(text.replace(old, new))


def test_every_row_of_the_reference_model_is_reviewed_as_it_is() -> None:
    assert changed(ROOT) == {}
    project = loaded(ROOT)
    assert (ROOT / FILE).read_text() == as_yaml(project.reviews.stamps)
    assert list(project.reviews.stamps) == list(project.resolved.default.document.capabilities)


BOTH = {"aws", "gcp"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("memory_gib: 2", "memory_gib: 3", {"cache": {"gcp"}}),
        ("size: cache.t4g.small", "size: cache.t4g.medium", {"cache": {"aws"}}),
        ("      prod: {backup: {retention_days: 30}}", "      prod: {backup: {retention_days: 33}}", {"relational-database": BOTH}),
        ("      prod: {log_retention_days: 90}", "      prod: {log_retention_days: 91}",
         dict.fromkeys(("observability", "tracing", "profiling"), BOTH)),
        ("nat_gateways: per-zone", "nat_gateways: single", {"egress": {"aws"}}),
        ("    aws: {text: CloudFront, products", "    aws: {text: Amazon CloudFront, products", {"cdn": {"aws"}}),
        ("aws: {product: kms}", "aws: {product: kms, supporting_products: [iam-roles]}", {"key-management": {"aws"}}),
        ("scan_on_push: true", "scan_on_push: false", {"container-registry": BOTH}),
        # A component in two rows, on the only cloud that has it; and a part of the model that provides two rows.
        ("    product: rds-proxy\n    require_tls: true", "    product: rds-proxy\n    require_tls: false",
         {"relational-database": {"aws"}, "connection-pooling": {"aws"}}),
        ("global-database}}", "read-replica}}", {"relational-database": {"aws"}, "global-failover": {"aws"}}),
        # Fields that only describe something to people, and parts that are not in any row.
        ("    title: Cache\n", "    title: Quick cache\n", {}),
        ("    purpose: Keeps credentials and rotates them.", "    purpose: Keeps credentials.", {}),
        ("    note: AWS rotates database", "    note: On AWS one rotates database", {}),
        ("scaling: {min: 2, max: 6}", "scaling: {min: 2, max: 8}", {}),
        ("purpose: read-through, data: both", "purpose: cached, data: both", {}),
    ],
)  # fmt: skip
def test_a_change_makes_exactly_the_rows_about_it_unreviewed(
    reviewed: Path, old: str, new: str, expected: dict[str, set[str]]
) -> None:
    edit(reviewed, old, new)
    assert changed(reviewed) == expected


def test_a_finding_names_the_cloud_and_the_command(reviewed: Path) -> None:
    edit(reviewed, "memory_gib: 2", "memory_gib: 3")
    result = archgen("validate", cwd=reviewed)
    assert result.code == 0
    assert "warning[PAR803]: 'Cache' has changed on gcp since Platform team reviewed it on 2026-11-26" in result.err
    assert "archgen parity review cache" in result.err
    assert re.search(r"architecture.yaml:\d+:3", result.err)
    assert archgen("validate", "--fail-on", "warning", cwd=reviewed).code == 1


def test_a_review_makes_it_current_and_leaves_the_others(reviewed: Path) -> None:
    edit(reviewed, "memory_gib: 2", "memory_gib: 3")
    edit(reviewed, "scan_on_push: true", "scan_on_push: false")
    before = (reviewed / FILE).read_text().splitlines()
    result = archgen("parity", "review", "cache", "--by", 'Ada "A" Lovelace', "--on", "2027-02-03", cwd=reviewed)
    assert (result.code, result.out) == (0, 'cache: compared by Ada "A" Lovelace on 2027-02-03\n')
    assert set(changed(reviewed)) == {"container-registry"}
    after = (reviewed / FILE).read_text().splitlines()
    assert [n for n, (a, b) in enumerate(zip(before, after, strict=True)) if a != b] == [
        n for n, line in enumerate(before) if line.startswith("cache:")
    ]
    assert archgen("parity", "review", "--all", "--by", "Ada", cwd=reviewed).code == 0
    assert changed(reviewed) == {}


def test_a_project_without_reviews_has_no_findings_about_them(project: Path) -> None:
    assert check(loaded(project)).findings == []
    assert len(changed(project)) == len(loaded(project).resolved.default.document.capabilities)


def test_the_name_comes_from_git_or_must_be_given(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {"GIT_CONFIG_GLOBAL": str(project / "gitconfig"), "GIT_CONFIG_SYSTEM": "/dev/null"}
    nobody = archgen("parity", "review", "cdn", cwd=project, env=environment)
    assert nobody.code == 2
    assert "--by" in nobody.err
    assert not (project / FILE).exists()
    (project / "gitconfig").write_text("[user]\n  name = Grace\n")
    assert archgen("parity", "review", "cdn", cwd=project, env=environment).code == 0
    assert '"by": "Grace"' in (project / FILE).read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("review",), "--all"),
        (("review", "cnd", "--by", "A"), "did you mean 'cdn'?"),
        (("review", "cdn", "--by", "A", "--on", "today"), "is not a date such as 2026-01-31"),
        (("--by", "A"), "archgen parity review"),
        (("--fail-under", "101"), "0 to 100"),
        (("stamp", "cdn"), "invalid choice"),
    ],
)
def test_wrong_arguments(reviewed: Path, arguments: tuple[str, ...], said: str) -> None:
    result = archgen("parity", *arguments, cwd=reviewed)
    assert result.code == 2
    assert said in result.err
    assert "Traceback" not in result.err
    assert (reviewed / FILE).read_text() == (ROOT / FILE).read_text()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cdn: {by: Ada}\n", "ARC-M009"),
        ("cdn: Ada\n", "ARC-M009"),
        ('cdn: {by: Ada, on: "31.1.2026", aws: "a", gcp: "b"}\n', "ARC-M009"),
        ("cdn: {by: Ada, on: 2026-01-31, aws: 1, gcp: 2}\n", "ARC-M009"),
        ("<<<<<<< ours\ncdn: {}\n", "ARC-Y003"),
        ("- a\n", "ARC-Y004"),
        ('cnd: {by: Ada, on: "2026-01-31", aws: "a", gcp: "b"}\n', "PAR803"),
    ],
)
def test_a_broken_file_is_located_and_the_rest_still_works(project: Path, text: str, code: str) -> None:
    (project / FILE).write_text(text)
    found = check(loaded(project)).findings
    about = [d for d in found if d.code == code and d.span and d.span.file == FILE]
    assert about
    assert about[0].help or code == "ARC-Y004"
    assert archgen("parity", cwd=project).code == 0
    rendered = archgen("validate", cwd=project)
    assert re.search(rf"{FILE}:[12]:[0-9]+: (error|warning)", rendered.err)
    assert "Traceback" not in rendered.err


def test_a_file_that_is_not_text(project: Path) -> None:
    (project / FILE).write_bytes(b"\xff\xfe")
    assert [d.code for d in check(loaded(project)).findings if d.severity == "error"] == ["ARC-M009"]
    refused = archgen("parity", "review", "cdn", "--by", "A", cwd=project)
    assert refused.code == 2
    assert (project / FILE).read_bytes() == b"\xff\xfe"


def test_names_survive_the_file(tmp_path: Path, reference: Project) -> None:
    for name in ("Ada", "Łukasz: {x}", "# no", 'a"b\\c', "yes", "2026", "🙂"):
        stamps = stamped(reference.resolved, Reviews(), ["cdn"], name, "2026-01-31")
        (tmp_path / FILE).write_text(as_yaml(stamps), encoding="utf-8")
        read = read_reviews(tmp_path)
        assert read.problems == ()
        assert read.stamps["cdn"].by == name
        assert state(reference.resolved, read, "cdn").current
    (tmp_path / FILE).write_text(HEAD)
    assert read_reviews(tmp_path) == Reviews({}, HEAD)


# -- readiness -------------------------------------------------------------------------------------------


def test_the_score_counts_statuses(reference: Project) -> None:
    resolved = reference.resolved
    capabilities = resolved.default.document.capabilities
    aws, gcp = readiness(resolved, reference.reviews)
    partial = [n for n, c in capabilities.items() if c.status == "partial"]
    assert {one.id for one in aws.shortfalls} == {"profiling"}
    assert {one.id for one in gcp.shortfalls} == {*partial, "connection-pooling"}
    assert gcp.low == gcp.high == int(100 * (len(capabilities) - len(partial) / 2 - 1) / len(capabilities))
    assert gcp.basis == "24 of 29 rows"
    assert gcp.rows - gcp.least == sum(one.lost for one in gcp.shortfalls)  # what is lost adds up
    assert all(one.why for one in gcp.shortfalls)


def test_a_row_without_a_current_review_is_unknown(reference: Project) -> None:
    resolved = reference.resolved
    capabilities = resolved.default.document.capabilities
    sure = readiness(resolved, reference.reviews)
    for cloud, reviewed_cloud in zip(readiness(resolved, Reviews()), sure, strict=True):
        assert cloud.low == 0
        assert cloud.most == reviewed_cloud.least  # no one claims more than the model states
        assert cloud.unreviewed == len(capabilities)
        assert cloud.percent == f"between 0% and {cloud.high}%"
        assert all("never reviewed" in one.why for one in cloud.shortfalls)
    some = {name: stamp for name, stamp in reference.reviews.stamps.items() if name not in ("cache", "cdn")}
    gcp = readiness(resolved, Reviews(some, ""))[1]
    assert (gcp.least, gcp.most) == (22.5, 24)
    assert gcp.basis == "2 of 29 rows have no current review"
    assert {one.id: one.rows for one in gcp.shortfalls if one.doubtful} == {
        "cache": "up to 1 row",
        "cdn": "up to 1 row",
    }
    stale = Reviews(
        {n: Stamp("A", "2026-01-31", {**fingerprints(resolved, n), "gcp": "old"}) for n in capabilities}, ""
    )
    assert "changed on GCP since its review" in readiness(resolved, stale)[0].shortfalls[0].why


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 rows"), (0.5, "½ row"), (1, "1 row"), (1.5, "1½ rows"), (20, "20 rows")]
)
def test_rows_in_words(number: float, words: str) -> None:
    assert row_count(number) == words


def test_a_model_without_capabilities_says_that_there_is_nothing_to_compare(minimal: Path) -> None:
    assert (
        archgen("parity", cwd=minimal).out == "There is nothing to compare, because the model has no `capabilities`.\n"
    )


def test_one_cloud_has_no_parity(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(
        "version: 1\nname: One\nclouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a]}}\n"
        "environments: {prod: {name: Prod, aws: {account: main, cidr: 10.20.0.0/16}}}\n"
        "capabilities: {names: {name: Names, aws: {text: Route 53, products: [route-53]}, status: equivalent}}\n"
        "components: {dns: {kind: dns, title: DNS, product: route-53, provides: [names]}}\n",
        encoding="utf-8",
    )
    table = archgen("parity", cwd=tmp_path)
    assert "Equivalent" not in table.out
    assert "Not applicable" in table.out
    assert "Readiness: not applicable, because the model has only one cloud" in table.out
    data = json.loads(archgen("parity", "--format", "json", cwd=tmp_path).out)
    assert (data["capabilities"][0]["status"], data["readiness"]) == ("not-applicable", {})
    limited = archgen("parity", "--fail-under", "80", "--format", "csv", cwd=tmp_path)
    assert limited.code == 0
    assert "not applicable" in limited.err


def test_fail_under(reviewed: Path) -> None:
    _aws, gcp = readiness(loaded(reviewed).resolved, loaded(reviewed).reviews)
    assert archgen("parity", "--fail-under", str(gcp.low), cwd=reviewed).code == 0
    low = archgen("parity", "--fail-under", str(gcp.low + 1), cwd=reviewed)
    assert low.code == 1
    assert f"the readiness of GCP is {gcp.low}% ({gcp.basis}), below {gcp.low + 1}%" in low.err
    assert "1 row  Connection pooling: nothing provides it" in low.err
    assert "AWS" not in low.err


def test_fail_under_what_is_not_known(reviewed: Path) -> None:
    (reviewed / FILE).unlink()
    doubtful = archgen("parity", "--fail-under", "50", cwd=reviewed)
    assert doubtful.code == 1
    assert "the readiness of AWS is between 0% and 97%" in doubtful.err
    assert "29 of 29 rows have no current review), so it is not known to be 50%" in doubtful.err
