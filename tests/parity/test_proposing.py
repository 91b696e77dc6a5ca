"""`archgen parity suggest --write`: proposals in the files of a model, which never count until a person confirms them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_suggesting import MODEL

from archgen.artifacts import parity_page
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.parity.proposing import Clouds, proposals
from archgen.parity.readiness import readiness
from archgen.parity.suggesting import suggest
from archgen.parity.table import rows
from archgen.pipeline import check, load
from archgen.project import Project
from archgen.reading.edits import ModelFiles
from archgen.rules import capability_products, capability_sides
from conftest import ROOT, archgen, emitted

WITH_CLOUD = MODEL.replace(
    "environments:",
    "  gcp: {region: europe-west1, availability_zones: [europe-west1-b]}  # the second cloud\nenvironments:",
).replace("    aws: {account: main,", "    gcp: {project: shop-live, cidr: 10.1.0.0/16}\n    aws: {account: main,")
NOTHING = "nothing to propose"


def put(folder: Path, text: str) -> Path:
    (folder / "architecture.yaml").write_text(text, encoding="utf-8")
    return folder


def read(folder: Path) -> str:
    return (folder / "architecture.yaml").read_text(encoding="utf-8")


def project(folder: Path) -> Project:
    loaded = load(folder / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return loaded.project


def errors(folder: Path) -> list[str]:
    return [f.message for f in check(project(folder)).findings if f.severity == "error"]


def write(folder: Path, to: str = "gcp") -> str:
    result = archgen("parity", "suggest", "--to", to, "--write", cwd=folder)
    assert result.code == 0, result.err
    return result.out + result.err


def test_rows_are_written_before_the_model_has_the_cloud(tmp_path: Path) -> None:
    put(tmp_path, MODEL)
    before = errors(tmp_path)
    out = write(tmp_path)
    assert "architecture.yaml: capabilities.queue-sqs: proposed: Pub/Sub, partial\n" in out
    assert "architecture.yaml: components.jobs: provides: queue-sqs\n" in out
    assert "the model does not have gcp yet" in out
    now = project(tmp_path)
    assert errors(tmp_path) == before
    assert suggest(now.resolved, "gcp") == []
    assert {row.status for row in rows(now.resolved, now.reviews)} == {"proposed"}


def test_the_cloud_and_then_the_products_of_components_follow(tmp_path: Path) -> None:
    write(put(tmp_path, MODEL))
    put(tmp_path, read(tmp_path).replace(MODEL.partition("components:")[0], WITH_CLOUD.partition("components:")[0]))
    assert load(tmp_path / "architecture.yaml").project is None  # Amazon SQS is not available on Google Cloud
    assert "components.jobs: gcp: Pub/Sub" in write(tmp_path)
    there = project(tmp_path).resolved
    used = [a.product(c) for a in there.today() if a.coordinate.cloud == "gcp" for c in a.components.values()]
    products = {product.id for product in used if product}
    assert {"pub-sub", "cloud-sql"} <= products
    assert "sqs" not in products
    assert suggest(there, "gcp") == []


def test_everything_is_written_at_once_if_the_model_lacks_only_products_of_the_cloud(tmp_path: Path) -> None:
    text = WITH_CLOUD.replace("  jobs: {", "  # Work that waits.\n  jobs: {")
    out = write(put(tmp_path, text))
    assert "the model is not valid on gcp yet" in out
    assert errors(tmp_path) == []
    after = read(tmp_path)
    kept = [line.rstrip("}") for line in text.splitlines()]
    assert all(any(line in other for other in after.splitlines()) for line in kept)  # comments, order and formatting
    assert "in: [aws]" in next(line for line in after.splitlines() if line.startswith("  things:"))
    again = write(tmp_path)
    assert NOTHING in again
    assert read(tmp_path) == after


def test_a_row_without_the_cloud_gets_its_side_and_keeps_its_words(tmp_path: Path) -> None:
    row = "capabilities:\n  queue: # ours\n    name: Work\n    aws: {text: Amazon SQS, products: [sqs]}\n    status: equivalent\n"
    text = MODEL.replace("components:", f"{row}components:").replace("title: Jobs,", "title: Jobs, provides: [queue],")
    write(put(tmp_path, text))
    (work,) = (r for r in rows(project(tmp_path).resolved, project(tmp_path).reviews) if r.id == "queue")
    assert (work.name, work.proposed) == ("Work", ("gcp",))
    capability = project(tmp_path).resolved.default.document.capabilities["queue"]
    side = capability.on("gcp")
    assert side
    assert (side.products, capability.status) == (("pub-sub",), "equivalent")
    assert "  queue: # ours\n" in read(tmp_path)
    assert suggest(project(tmp_path).resolved, "gcp") == []


def test_a_proposal_never_counts_until_it_is_confirmed(tmp_path: Path) -> None:
    write(put(tmp_path, WITH_CLOUD))
    refused = archgen("parity", "review", "queue-sqs", "--by", "Ada", cwd=tmp_path)
    assert refused.code == 2
    assert "queue-sqs cannot be reviewed, because archgen proposed what it contains" in refused.err
    gcp = {one.cloud: one for one in readiness(project(tmp_path).resolved, project(tmp_path).reviews)}["gcp"]
    assert (gcp.least, gcp.most) == (0, 0)
    hints = [f for f in check(project(tmp_path)).findings if f.code == "PAR805"]
    assert {f.severity for f in hints} == {"info"}
    assert len(hints) == 5

    put(tmp_path, read(tmp_path).replace("    proposed: [gcp]\n", "", 1))
    assert archgen("parity", "review", "queue-sqs", "--by", "Ada", cwd=tmp_path).code == 0
    gcp = {one.cloud: one for one in readiness(project(tmp_path).resolved, project(tmp_path).reviews)}["gcp"]
    assert (gcp.least, gcp.most) == (0.5, 0.5)


def test_the_parity_page_lists_proposals(tmp_path: Path) -> None:
    write(put(tmp_path, MODEL))
    pages = {page.path: page.content.decode() for page in emitted(project(tmp_path), parity_page)}
    (table,) = (text for path, text in pages.items() if path.endswith("/parity.md"))
    (row,) = (text for path, text in pages.items() if path.endswith("/queue-sqs.md"))
    assert "Google Cloud&#58; " in table.partition("{#proposals}")[2]
    assert "This row is only a proposal" in row


def test_each_change_is_made_in_the_file_that_has_its_place(tmp_path: Path) -> None:
    head, _, parts = MODEL.partition("components:\n")
    put(tmp_path, f"{head}include: [parts.yaml]\n")
    (tmp_path / "parts.yaml").write_text(f"components:\n{parts}", encoding="utf-8")
    out = write(tmp_path)
    assert "architecture.yaml: capabilities.queue-sqs" in out
    assert "parts.yaml: components.jobs" in out
    assert suggest(project(tmp_path).resolved, "gcp") == []


def test_nothing_is_written_if_the_model_got_new_errors(tmp_path: Path) -> None:
    """Something calls the component without a counterpart, so leaving that out on the cloud breaks a reference."""
    text = WITH_CLOUD.replace("calls: {orders: {", "calls: {things: {}, orders: {")
    put(tmp_path, text)
    result = archgen("parity", "suggest", "--to", "gcp", "--write", cwd=tmp_path)
    assert result.code == 2
    assert "nothing is written" in result.err
    assert "the component 'things' does not exist here" in result.err
    assert "architecture.yaml:" in result.err
    assert read(tmp_path) == text


def test_all_files_stay_as_they_were_if_one_cannot_be_written(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "model", tmp_path / "elsewhere.yaml"
    folder.mkdir()
    head, _, parts = MODEL.partition("components:\n")
    put(folder, f"{head}include: [parts.yaml]\n")
    (folder / ".git").mkdir()
    elsewhere = folder / ".git" / "parts.yaml"  # archgen does not write there
    elsewhere.write_text(f"components:\n{parts}", encoding="utf-8")
    (folder / "parts.yaml").symlink_to(elsewhere)
    before = read(folder)
    result = archgen("parity", "suggest", "--to", "gcp", "--write", cwd=folder)
    assert result.code == 2
    assert "cannot write parts.yaml" in result.err
    assert read(folder) == before


def test_a_broken_model_is_reported_as_such(tmp_path: Path) -> None:
    text = MODEL.replace("kind: service", "kind: servise")
    result = archgen("parity", "suggest", "--to", "gcp", "--write", cwd=put(tmp_path, text))
    assert result.code == 2
    assert "servise" in result.err
    assert read(tmp_path) == text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--write",), "--write is only for proposals"),
        (("suggest", "--to", "gcp", "--write", "-o", "x.yaml"), "--write changes the files of the model"),
        (("suggest", "--to", "gcp", "--write", "--format", "json"), "--write changes the files of the model"),
    ],
)
def test_wrong_usage_is_said(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    result = archgen("parity", *arguments, cwd=put(tmp_path, MODEL))
    assert result.code == 2
    assert message in result.err


def test_json_names_the_clouds_that_are_only_proposed(tmp_path: Path) -> None:
    write(put(tmp_path, WITH_CLOUD))
    table = json.loads(archgen("parity", "--format", "json", cwd=tmp_path).out)
    assert {tuple(row["proposed"]) for row in table["capabilities"]} == {("gcp",)}


@pytest.mark.slow
@pytest.mark.parametrize(("example", "to"), [("brownfield", "gcp"), ("azure", "gcp"), ("boutique", "azure")])
def test_an_example_stays_valid_and_has_nothing_more_to_propose(example: str, to: str) -> None:
    model = ROOT / "examples" / example / "architecture.yaml"
    before = load(model)
    assert before.project
    resolved = before.project.resolved
    clouds = Clouds(resolved.axes.primary, to, resolved.axes.clouds)
    parts = resolved.horizon(resolved.default.coordinate).components
    files = ModelFiles(model.parent, [source.file for source in before.files.sources])
    written = proposals(before.files, parts, suggest(resolved, to), clouds)
    assert written
    for proposal in written:
        files.change(proposal.changes)
    after = load(model, texts=files.changed)
    assert after.project, after.diagnostics
    assert suggest(after.project.resolved, to) == []
    outcomes = [
        *capability_products.check_all(after.project.resolved),
        *capability_sides.check_all(after.project.resolved),
    ]
    assert not [outcome for outcome in outcomes if isinstance(outcome, Diagnostic)]
