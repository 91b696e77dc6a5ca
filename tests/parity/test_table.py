"""`archgen parity`: the table of the page, for a terminal, a spreadsheet, a document and programs."""

from __future__ import annotations

import csv
import io
import json
from html import unescape
from pathlib import Path

import pytest

from conftest import ROOT, archgen


def printed(format_: str, cwd: Path = ROOT) -> str:
    result = archgen("parity", "--format", format_, cwd=cwd)
    assert result.code == 0, result.err
    return result.out


@pytest.mark.slow
def test_every_format_has_the_same_content() -> None:
    head, *table = list(csv.reader(io.StringIO(printed("csv"))))
    assert head[:6] == ["Capability", "AWS (this design)", "GCP equivalent", "Status", "Reviewed", "Owner"]
    assert head[6:] == ["Differences", "Migration", "Provided by"]
    data = json.loads(printed("json"))["capabilities"]
    said = [[r["name"], *(side["text"] if side else "—" for side in r["sides"].values())] for r in data]
    assert said == [r[:3] for r in table]
    sides = [side for r in data for side in r["sides"].values() if side]
    assert all(p["documentation"].startswith("https://") for side in sides for p in side["products"])
    assert all(r["migration"] and r["owner"] for r in data)
    document = [[cell.strip() for cell in unescape(line)[1:-2].split("|")] for line in printed("markdown").splitlines()]
    assert document[0] == head
    assert document[2:] == table
    text = printed("text").split("\n\n")[0].splitlines()
    assert [line.split("  ")[0] for line in text] == [row[0] for row in (head, *table)]


def test_the_lines_lead_to_the_model_and_the_components_exist() -> None:
    lines = (ROOT / "architecture.yaml").read_text().splitlines()
    for row in json.loads(printed("json"))["capabilities"]:
        assert lines[row["line"] - 1].strip() == f"{row['id']}:"
        assert row["components"] or row["id"] in (
            "egress",
            "private-access",
            "image-signing",
            "database-connector",
            "global-failover",
        )


def test_a_cell_stays_in_its_cell(project: Path) -> None:
    model = project / "architecture.yaml"
    text = model.read_text()
    assert text.count("name: Managed K8s") == 1
    name = 'a | b, "c" <script>'
    model.write_text(text.replace("name: Managed K8s", f"name: '{name}'"))
    assert next(r for r in csv.reader(io.StringIO(printed("csv", project))) if "script" in r[0])[0] == name
    (row,) = [
        line for line in printed("markdown", project).splitlines() if "script" in line and "subscription" not in line
    ]
    assert row.count("|") == 10
    assert "<script" not in row


@pytest.mark.slow
def test_a_side_that_is_missing_is_a_dash(project: Path) -> None:
    model = project / "architecture.yaml"
    text = model.read_text()
    side = "    gcp: {text: GKE (Autopilot or Standard), products: [gke]}\n    status: equivalent\n    differences:\n"
    assert text.count(side) == 1
    model.write_text(text.replace(side, "    status: gap\n    note: Not there.\n    differences:\n"))
    (row,) = [r for r in csv.reader(io.StringIO(printed("csv", project))) if r[0] == "Managed K8s"]
    assert row[2:5] == ["—", "Gap", "never"]
    assert row[6].startswith("Not there.")
    assert json.loads(printed("json", project))["capabilities"][0]["sides"]["gcp"] is None


# -- the pages -------------------------------------------------------------------------------------------


def test_every_row_has_a_page_with_both_sides(built: Path) -> None:
    data = json.loads(printed("json"))["capabilities"]
    for row in data:
        text = unescape((built / f"docs/architecture/parity/{row['id']}.md").read_text())
        assert row["migration"] in text
        assert row["owner"] in text
        for about in row["differences"].values():
            assert about in text
        for side in row["sides"].values():
            assert side is None or side["text"] in text
        for product in (p for s in row["sides"].values() if s for p in s["products"]):
            assert product["documentation"] in text
        assert ("Side by side" in text) == bool(row["components"])
    database = unescape((built / "docs/architecture/parity/relational-database.md").read_text())
    days = "7 (Development), 14 (Staging), 30 (Production)"
    assert f"| backup › retention days | {days} | {days} |" in database
    product = "RDS PostgreSQL (before Phase 2: Scale), Aurora PostgreSQL (from Phase 2: Scale on)"
    assert f"| product | {product} | Cloud SQL |" in database
    assert database.count('<figure class="ag-figure"') == 2


@pytest.mark.browser
def test_the_table_filters_and_sorts(open_page) -> None:
    page = open_page("architecture/parity/")
    rows = page.locator(".ag-sort tbody tr")
    total = rows.count()
    page.get_by_role("searchbox", name="Filter").fill("cloud sql")
    shown = [row for row in rows.all() if row.is_visible()]
    assert 0 < len(shown) < total
    assert all("cloud sql" in row.inner_text().lower() for row in shown)
    assert f"{len(shown)} of {total}" in page.locator(".ag-search").inner_text()
    page.get_by_role("searchbox", name="Filter").fill("")
    page.locator(".ag-search select").select_option("Gap")
    assert [row.locator("td").first.inner_text() for row in rows.all() if row.is_visible()] == [
        "Profiling", "Connection pooling",
    ]  # fmt: skip
    page.locator(".ag-search select").select_option("")
    head = page.locator(".ag-sort th").first
    page.keyboard.press("Tab")
    for order in ("ascending", "descending"):
        head.get_by_role("button").focus()
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == order
        names = [row.locator("td").first.inner_text().lower() for row in rows.all()]
        assert (names[0] < names[-1]) == (order == "ascending")
    assert rows.count() == total


@pytest.mark.browser
def test_without_scripts_the_table_is_whole(open_page) -> None:
    page = open_page("architecture/parity/", java_script_enabled=False)
    assert page.locator(".ag-sort tbody tr").count() == len(json.loads(printed("json"))["capabilities"])
    assert page.locator(".ag-search").count() == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "@SUM(1+1)", "+1+1", "-2+3", '=HYPERLINK("https://e.example")'])
def test_no_cell_is_a_formula(name: str, project: Path) -> None:
    model = project / "architecture.yaml"
    text = model.read_text(encoding="utf-8")
    assert text.count("name: Managed K8s\n") == 1
    quoted = name.replace("'", "''")
    model.write_text(text.replace("name: Managed K8s\n", f"name: '{quoted}'\n"), encoding="utf-8")
    cells = [cell for row in csv.reader(io.StringIO(printed("csv", project))) for cell in row]
    assert f"'{name}" in cells
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))] == []
