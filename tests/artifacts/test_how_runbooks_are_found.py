"""People in a hurry find the most severe runbook first, and the stated limits do not leave out the time to get in."""

from __future__ import annotations

import re
from pathlib import Path

from archgen.artifacts.runbook_pages import SEVERITIES
from archgen.project import Project
from archgen.runbooks.procedures import read
from archgen.templating.render import Templates


def test_what_people_see_is_listed_by_severity(built: Path, reference: Project) -> None:
    index = (built / "docs/architecture/runbooks/index.md").read_text(encoding="utf-8")
    groups = index.partition("## What do you see?")[2].partition("## All runbooks")[0].split("### ")[1:]
    assert len(groups) > 5
    for group in groups:
        names = re.findall(r"→ \[[^]]+\]\((.+)\.md\)", group)
        found = [SEVERITIES.index(read(Templates(), name).front.severity) for name in names]
        assert found
        assert found == sorted(found), group


def test_home_and_the_index_lead_to_what_people_see(built: Path) -> None:
    home = (built / "docs/architecture/index.md", built / "docs/index.md")
    assert any("Is something broken? [Runbooks by what you see](" in f.read_text(encoding="utf-8") for f in home)
    index = (built / "docs/architecture/runbooks/index.md").read_text(encoding="utf-8")
    jumps = index.partition("## What do you see?")[2].partition("### ")[0]
    anchors = re.findall(r"^### .+ \{#((?:symptom-)?[a-z]+)\}$", index.partition("## All runbooks")[0], re.MULTILINE)
    assert len(anchors) > 5
    assert re.findall(r"\]\(#([^)]+)\)", jumps) == anchors
    alerts = index.partition("### An alert {#alerts}")[2].partition("### ")[0]
    assert re.search(r"- \*\*Database under pressure\*\*: .+ → \[.+\]\(database-scaling\.md\)", alerts)


def test_the_limits_of_getting_in_are_stated_next_to_those_of_the_steps(built: Path) -> None:
    page = (built / "docs/architecture/runbooks/database-failover.md").read_text(encoding="utf-8")
    assert "12 min to get in, then 4 min for the steps; the objective is 5 min" in page
    page = (built / "docs/architecture/runbooks/point-in-time-restore.md").read_text(encoding="utf-8")
    assert re.search(r"min to get in, then [0-9 hmin]+ until it works again; the objective is 3 h", page)


def test_a_stop_of_the_tour_asks_its_question_once(built: Path) -> None:
    tour = (built / "docs/architecture/start/tour.md").read_text(encoding="utf-8")
    stop = tour.partition("{#flow-request ")[2].partition("\n## ")[0]
    question, picture = stop.partition("\n\n[![")[::2]
    assert picture
    assert question.count("What does an API request pass") == 1
