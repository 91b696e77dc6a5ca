"""The table of how far generated roots are checked: what tests say about themselves, and a reason for every other step."""

from __future__ import annotations

from pathlib import Path

from tools.write_roots import END, PAGE, START, RootCheck, checks_in, rows_of, stacks, table, with_table

RESULTS = """<testsuites><testsuite>
<testcase name="test_a_plan[05-data]"><properties><property name="checks" value="aws 05-data init"/>
<property name="checks" value="aws 05-data plan"/><property name="how" value="run: dev and prod"/></properties></testcase>
<testcase name="test_an_apply[05-data]"><properties><property name="checks" value="aws 05-data apply"/></properties><failure/></testcase>
<testcase name="test_skipped"><properties><property name="checks" value="gcp 05-data plan"/></properties><skipped/></testcase>
<testcase name="test_something_else"/>
</testsuite></testsuites>"""


def test_only_tests_that_passed_count(tmp_path: Path) -> None:
    results = tmp_path / "results.xml"
    results.write_text(RESULTS)
    assert list(checks_in(results)) == [
        RootCheck("aws", "05-data", "init", "run: dev and prod", "test_a_plan"),
        RootCheck("aws", "05-data", "plan", "run: dev and prod", "test_a_plan"),
    ]


def test_a_step_without_a_test_has_its_reason() -> None:
    checks = [RootCheck("aws", "05-data", "plan", "run: dev and prod", "test_a_plan")]
    row = table(checks, [("aws", "05-data"), ("gcp", "04-k8s")]).splitlines()[2:]
    assert row[0].split(" | ")[3] == "*run*: dev and prod (`test_a_plan`)"
    assert "*not verified*: no AWS account" in row[0]
    assert "*not verified*: there is no cluster" in row[1]


def test_the_rest_of_the_page_stays() -> None:
    page = f"# Title\n\n{START}\nold\n{END}\n\nAfter.\n"
    assert with_table(page, "| a |", "2026-11-26") == (
        f"# Title\n\n{START}\n\nAs of 2026-11-26:\n\n| a |\n\n{END}\n\nAfter.\n"
    )


def test_the_page_has_every_stack_of_the_reference_and_no_blank() -> None:
    rows = [
        line.split(" | ")
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith(("| aws", "| gcp"))
    ]
    assert [(row[0].strip("| "), row[1]) for row in rows] == stacks()
    assert all(cell.strip(" |").startswith(("*run*", "*read*", "*not verified*: ")) for row in rows for cell in row[2:])


def test_rows_of_one_cloud_are_written_without_changing_those_of_another() -> None:
    page = f"{START}\n| Cloud | Stack | init |\n| aws | 05-data | *run*: before |\n| gcp | 05-data | *read*: before |\n{END}\n"
    checks = [RootCheck("gcp", "05-data", "plan", "read: now", "test_a_plan")]
    aws, google = table(checks, [("aws", "05-data"), ("gcp", "05-data")], rows_of(page, "gcp")).splitlines()[2:]
    assert aws == "| aws | 05-data | *run*: before |"
    assert "*read*: now (`test_a_plan`)" in google
