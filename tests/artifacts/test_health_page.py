"""The page about the health of an architecture."""

from __future__ import annotations

import re

from archgen.artifacts import health_page
from archgen.diagnostics.diagnostic import SEVERITIES
from archgen.pipeline import load
from conftest import ROOT, emitted


def test_findings_begin_with_the_most_severe_and_show_settings_as_code() -> None:
    project = load(ROOT / "examples/brownfield/architecture.yaml").project
    assert project
    (page,) = emitted(project, health_page)
    rows = re.findall(r"(?m)^\| .*? \| (error|warning|info) \| (.*?) \|", page.content.decode())
    severities = [severity for severity, _text in rows]
    assert len(set(severities)) > 1
    assert severities == sorted(severities, key=SEVERITIES.index)
    texts = [text for _severity, text in rows]
    assert any("<code>" in text or re.search(r"`[a-z_]+`", text) for text in texts)
    assert not any("&#96;" in text for text in texts)
