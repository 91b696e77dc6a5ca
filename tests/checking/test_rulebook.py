"""The rulebook: every rule with its findings at a model, as text, as a table and for machines."""

from __future__ import annotations

import json
from dataclasses import replace

from archgen.checking.rulebook import Rule, as_json, as_markdown, as_text
from archgen.diagnostics.explain import Authority

PRIVATE = Rule("NET106", "Databases are private", "error", (Authority("CIS", "https://example.com/cis"),), 0, 0, False)
OWN = Rule("OWN-titles", "Titles are short | clear", "warning", (Authority("ours"),), 3, 1, True)


def test_the_text_has_a_line_for_each_rule_with_what_it_found() -> None:
    assert as_text([PRIVATE, OWN]) == (
        "NET106      error    ok                    Databases are private\n"
        "OWN-titles  warning  3 found, 1 waived     Titles are short | clear\n"
    )


def test_a_rule_whose_findings_are_all_waived_is_satisfied() -> None:
    assert "  ok, 2 waived  " in as_text([replace(OWN, findings=0, waived=2)])


def test_the_table_links_authorities_and_escapes_titles() -> None:
    _head, _line, private, own = as_markdown([PRIVATE, OWN]).splitlines()
    assert private == "| NET106 | error | 0 | 0 | Databases are private | [CIS](https://example.com/cis) |"
    assert own.startswith("| OWN-titles | warning | 3 | 1 | Titles are short ")
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
        "findings": 3,
        "waived": 1,
        "authorities": [{"name": "ours", "link": None}],
    }
