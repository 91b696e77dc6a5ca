"""Values that a person sets before a command: whatever they contain, they reach the command as one word."""

from __future__ import annotations

import html
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from test_steps import HEAD, loaded, project

from archgen.artifacts import runbook_pages
from archgen.pipeline import Project
from archgen.rehearsal.rehearse import acts
from archgen.runbooks.steps import AskedValue, FilledStep, assignment
from archgen.templating.render import Templates
from conftest import archgen, emitted
from rehearsing import made_step

__all__ = ["project"]  # a fixture
NASTY = 'it\'s "50 %" of $HOME `id` \\ !! *\nand a second line'


def printed(script: str) -> str:
    """What a shell prints."""
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    "value", ["", "a", "(select max(at) from orders where state = 'paid')", NASTY, "'", "\\'", "''"]
)
def test_an_assignment_sets_the_variable_to_exactly_the_value(value: str) -> None:
    assert printed(f'{assignment("VALUE", value)}\nprintf %s "$VALUE"') == value


def test_the_line_before_a_command_is_shell_when_it_is_empty_and_when_it_is_completed() -> None:
    step = replace(made_step('printf %s "${VALUE:?set it}"', "x"), asks=(AskedValue("VALUE", "anything", NASTY),))
    assert step.commands == "VALUE=''\nprintf %s \"${VALUE:?set it}\""
    empty = subprocess.run(["bash", "-c", step.commands], check=False, capture_output=True, text=True)
    assert (empty.returncode, "set it" in empty.stderr) == (127, True)
    assert printed(step.commands.replace(step.asks[0].empty, step.asks[0].completed)) == NASTY


@pytest.mark.slow
def test_the_page_and_the_terminal_show_the_example_as_a_line_of_the_shell(project: Path) -> None:
    example = "state = 'paid' and note = '$5'"
    folder = project / "templates/runbooks/call-the-boss"
    (folder / "runbook.yaml").write_text(HEAD)
    (folder / "aws.yaml").write_text(
        f"""steps:
  look:
    title: Look
    ask: {{WHOLE: {{what: a condition, example: {json.dumps(example)}}}}}
    run: printf %s "${{WHOLE:?set it}}"
    expect: [{{shows: paid}}]
    rehearse: {{reviewed: it is made up}}
"""
    )
    (page,) = [a for a in emitted(loaded(project), runbook_pages) if a.path.endswith("/call-the-boss.md")]
    shown = archgen("runbook", "show", "call-the-boss", "--at", "aws,prod", cwd=project)
    for text in (html.unescape(page.content.decode()), shown.out):
        line = next(m[0] for m in re.finditer(r"WHOLE='[^\n]*\$5'\\'''", text))
        assert printed(f'{line}\nprintf %s "$WHOLE"') == example
        assert "WHOLE=''\n" in text


@pytest.mark.slow
def test_commands_use_what_a_person_sets_only_in_double_quotes(reference: Project) -> None:
    found = acts(Templates(reference.templates), reference.resolved)
    assert sum(len(step.asks) for act in found for step in act.steps) > 50
    loose = set()
    for act in found:
        names = {ask.name for step in act.steps for ask in step.asks}
        loose |= {(s.source, s.id, name) for s in act.steps for name in unquoted(s) if name in names}
    assert not loose


def test_a_variable_outside_of_double_quotes_is_noticed() -> None:
    text = """A=$ONE; echo "$TWO" '$THREE' $(x $FOUR "${FIVE}" "$(y $SIX "$SEVEN")") \\$EIGHT "\\"$NINE" """
    assert list(unquoted(made_step(text, "x"))) == ["ONE", "FOUR", "SIX"]


def unquoted(step: FilledStep) -> Iterator[str]:
    """The variables outside of double quotes in the commands of a step."""
    marks = re.compile(r"\\.|\$\(|\)|'|\"|\$\{?(?P<name>[A-Za-z_]\w*)", re.DOTALL)
    outer: list[str] = []
    quote = ""
    for mark in marks.finditer(step.run or ""):
        if quote == "'":
            quote = "" if mark[0] == "'" else quote
        elif mark["name"]:
            if not quote:
                yield mark["name"]
        elif mark[0] == "$(":
            outer.append(quote)
            quote = ""
        elif mark[0] == ")" and not quote:
            quote = outer.pop() if outer else ""
        elif mark[0] == '"':
            quote = "" if quote else '"'
        elif mark[0] == "'" and not quote:
            quote = "'"
