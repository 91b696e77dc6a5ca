"""The runbook about costs compares equal days: a service without any cost on the last day is not compared by an earlier day."""

from __future__ import annotations

import json
from pathlib import Path

from test_google_steps import run
from test_secrets_of_databases import found

from archgen.pipeline import Project


def _answer(project: Project, folder: Path, step: str, days: list[dict[str, float]]) -> str:
    results = [
        {
            "TimePeriod": {"Start": f"2026-11-{18 + n}"},
            "Groups": [{"Keys": [k], "Metrics": {"UnblendedCost": {"Amount": str(v)}}} for k, v in costs.items()],
        }
        for n, costs in enumerate(days)
    ]
    (folder / "answer.json").write_text(json.dumps({"ResultsByTime": results}), encoding="utf-8")
    command = found(project, "cost-anomaly", "aws")[step].run or ""
    return run(folder, command, {"aws": "cat answer.json"}, SERVICE="any", FROM="2026-11-18", TO="2026-11-26")


def test_new_and_vanished_services_are_shown_and_equal_days_compared(reference: Project, tmp_path: Path) -> None:
    days = [{"Steady": 2.0, "Vanished": 7.0, "Sometimes": 7.0 if n == 0 else 0.0} for n in range(7)]
    days.append({"Steady": 3.0, "New": 5.0, "Sometimes": 2.0})
    answer = _answer(reference, tmp_path, "services", days)
    assert answer.splitlines()[0] == "COMPARED-DAY 2026-11-25 WITH 7 DAYS BEFORE"
    assert [line.split(" 11-")[0] for line in answer.splitlines()[1:]] == [
        "NEW BY 5: New",
        "GREW BY 1: Sometimes",
        "GREW BY 1: Steady",
        "GONE BY -7: Vanished",
    ]
    assert "GONE BY -7: Vanished 11-18=7 11-19=7 11-20=7 11-21=7 11-22=7 11-23=7 11-24=7 11-25=0" in answer
    assert _answer(reference, tmp_path, "services", [{}, {}]).strip() == "NO COSTS"


def test_a_kind_of_use_that_ended_is_not_taken_for_one_that_goes_on(reference: Project, tmp_path: Path) -> None:
    answer = _answer(reference, tmp_path, "usage", [{"Box": 8.0, "Bytes": 4.0}] * 7 + [{"Bytes": 6.0}])
    assert answer.splitlines() == ["COSTS 6 after 4: Bytes", "COSTS 0 after 8: Box"]
    assert found(reference, "cost-anomaly", "aws")["services"].expect[0].shows == "COMPARED-DAY"


def test_on_google_cloud_new_and_vanished_services_are_marked(reference: Project) -> None:
    step = found(reference, "cost-anomaly", "gcp")["services"]
    assert step.expect[0].shows == "COMPARED,"  # in every row, and not in the heading
    assert 'SELECT "COMPARED" AS compared, IF(before = 0, "NEW"' in (step.run or "")
    assert '"GONE"' in (step.run or "")
    assert (step.run or "").count("INTERVAL 8 DAY") == 1
