"""Pages that are lists: each entry shows its answer, and folds what explains it."""

from __future__ import annotations

import html
from pathlib import Path

from archgen.artifacts import assumptions_page, decisions_page, source_pages
from conftest import MINIMAL, emitted, project_of

TEAMS = """\
teams: {platform: {name: Platform}, product: {name: Product}}
assumed: [naming]
naming: '{project}-{component}'
"""


def text_of(content: bytes) -> str:
    return html.unescape(content.decode())


def test_an_assumption_is_listed_with_the_team_that_owns_its_part(tmp_path: Path) -> None:
    model = MINIMAL + TEAMS
    model = model.replace("    kind: actor\n", "    kind: actor\n    owner: product\n    assumed: [title]\n")
    (page,) = emitted(project_of(tmp_path, model), assumptions_page)
    text = text_of(page.content)
    assert "2 values are placeholders" in text
    product, _, rest = text.partition("## Product {#owner-product}")[2].partition("## Without an owner {#unowned}")
    assert "components.visitors.title" in product
    assert "naming" not in product
    assert "naming" in rest
    assert "## Platform" not in text


def test_a_long_mapping_that_is_assumed_is_described_by_its_keys(tmp_path: Path) -> None:
    purpose = "x" * 120
    model = (
        MINIMAL + f"assumed: [phases]\nphases:\n  one: {{name: One, entered_when: {purpose}}}\n  two: {{name: Two}}\n"
    )
    (page,) = emitted(project_of(tmp_path, model), assumptions_page)
    text = text_of(page.content)
    assert "2 settings: one, two" in text
    assert purpose not in text.partition("What to decide")[2]


def test_a_decision_shows_its_choice_and_names_what_it_folds(tmp_path: Path) -> None:
    model = MINIMAL + (
        "decisions:\n"
        "  plain: {title: Plain, status: chosen, choice: We take it}\n"
        "  other: {title: Other, status: optional, choice: Later, reasons: [Cheap], alternatives: [Never], reopen_when: It fails}\n"
    )
    (page,) = emitted(project_of(tmp_path, model), decisions_page)
    text = text_of(page.content)
    plain, _, other = text.partition("Plain</span> {#plain}")[2].partition("Other</span> {#other}")
    assert plain.index("We take it") < plain.index('??? ag-more "Origin"')
    assert '??? ag-more "Alternatives, when to reconsider it and origin"' in other
    assert other.index("\nLater\n") < other.index("\n- Cheap") < other.index("??? ag-more")


def test_a_decision_shows_the_reasons_that_stand_with_what_it_is_about(tmp_path: Path) -> None:
    model = MINIMAL.replace("{role: primary, ", "{role: primary, reasons: [We know it], ") + (
        "decisions: {cloud: {title: Cloud, status: chosen, choice: One, about: [clouds.aws.reasons, clouds.aws]}}\n"
    )
    (page,) = emitted(project_of(tmp_path, model), decisions_page)
    text = text_of(page.content)
    assert text.index("\nOne\n") < text.index("\n- We know it\n") < text.index("??? ag-more")


def test_a_design_page_shows_what_the_model_does_not_have_and_folds_its_sections(reference) -> None:
    (page,) = emitted(reference, source_pages)
    text = text_of(page.content)
    head = text.partition("\n## ")[0]
    assert "contains 121 statements. The model covers 120 of them. These are not in the model:" in head
    assert len([line for line in head.splitlines() if line.startswith("| ")]) == 3
    assert '??? note "1 statement, in the model"' in text
    assert "    | Line | Statement | In the model |" in text
