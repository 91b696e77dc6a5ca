"""The rulebook: every rule with its findings at a model, as text, as a table and for machines."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from archgen.checking.coverage import NOTHING, Coverage
from archgen.checking.rulebook import Rule, as_json, as_markdown, as_text
from archgen.diagnostics.explain import Authority
from archgen.model.answer import Lack

PRIVATE = Rule(
    "NET106",
    "Databases are private",
    "error",
    (Authority("CIS", "https://example.com/cis"),),
    0,
    0,
    False,
    Coverage(passed=2),
)
OWN = Rule("OWN-titles", "Titles are short | clear", "warning", (Authority("ours"),), 3, 1, True)


def test_the_text_has_a_line_for_each_rule_with_what_it_found() -> None:
    assert as_text([PRIVATE, OWN]) == (
        "NET106      error    ok (2 looked at)      Databases are private\n"
        "OWN-titles  warning  3 findings, 1 waived  Titles are short | clear\n"
    )


LACK = Lack(("kinds", "table", "traits", "keeps_data"), "whether tables | keep data", "state it")
COVERED = Coverage(passed=4, unsaid=3, lacks=(LACK,))


@pytest.mark.parametrize(
    ("rule", "result"),
    [
        (replace(PRIVATE, findings=1), "1 finding"),
        (PRIVATE, "ok (2 looked at)"),
        (replace(PRIVATE, waived=2), "ok (2 looked at), 2 waived"),
        (replace(PRIVATE, coverage=COVERED), "could not be checked"),
        (replace(PRIVATE, coverage=COVERED, findings=2), "2 findings"),
        (replace(PRIVATE, coverage=NOTHING), "not applicable"),
        (replace(PRIVATE, coverage=NOTHING, waived=1), "1 waived"),
        (replace(PRIVATE, coverage=NOTHING, tells=False), "no findings"),
        (replace(PRIVATE, coverage=NOTHING, asked=False), "depends on the date"),
        (replace(PRIVATE, severity="ignore"), "off"),
    ],
)
def test_the_result_of_a_rule_claims_only_what_it_looked_at(rule: Rule, result: str) -> None:
    assert rule.result == result
    assert f"  {result:<20}  Databases" in as_text([rule])


def test_what_could_not_be_checked_is_said_even_next_to_findings() -> None:
    for rule in (replace(PRIVATE, coverage=COVERED), replace(PRIVATE, coverage=COVERED, findings=2)):
        said = "3 parts of the model could not be checked; not stated: whether tables | keep data"
        assert rule.gap == said
        assert as_text([rule]).endswith(f"  {said}\n")
        assert "whether tables" in as_markdown([rule])
        assert "tables | keep" not in as_markdown([rule])
    assert replace(PRIVATE, coverage=COVERED, severity="ignore").gap == ""


def test_only_the_first_facts_are_named_in_one_line() -> None:
    lacks = tuple(replace(LACK, what=f"fact {n}") for n in range(5))
    rule = replace(PRIVATE, coverage=replace(COVERED, unsaid=5, lacks=lacks))
    assert rule.gap.endswith("not stated: fact 0; fact 1; fact 2; and 2 more")


def test_the_table_links_authorities_and_escapes_titles() -> None:
    _head, _line, private, own = as_markdown([PRIVATE, OWN]).splitlines()
    assert private == "| NET106 | error | ok (2 looked at) | Databases are private | [CIS](https://example.com/cis) |"
    assert own.startswith("| OWN-titles | warning | 3 findings, 1 waived | Titles are short ")
    assert "short | clear" not in own
    assert own.endswith(" | ours |")


def test_machines_read_every_rule_with_its_counts() -> None:
    data = json.loads(as_json([PRIVATE, OWN]))
    assert data["format"] == "archgen-rules/1"
    assert data["rules"][0]["authorities"] == [{"name": "CIS", "link": "https://example.com/cis"}]
    assert data["rules"][1] == {
        "code": "OWN-titles",
        "title": "Titles are short | clear",
        "severity": "warning",
        "state": "found",
        "findings": 3,
        "waived": 1,
        "looked_at": None,
        "not_checked": None,
        "lacks": [],
        "authorities": [{"name": "ours", "link": None}],
    }
