"""What counts as executed: the expected text is in the answer, and not where the step must not succeed."""

from __future__ import annotations

import pytest

from archgen.rehearsal.commands import commands
from archgen.rehearsal.judging import asks_who, is_run, judged
from archgen.rehearsal.record import Record, Recorded, record_of, recorded
from archgen.rehearsal.recorded import recorded_outcome, recorded_problem
from archgen.rehearsal.rehearse import Rehearsed, covered
from archgen.rehearsal.shell import Reply
from archgen.runbooks.steps import fill_in
from archgen.templating.render import Templates
from conftest import ROOT
from rehearsing import made_step

STATUS = "aws rds describe-db-instances --region eu-west-1 --db-instance-identifier shop-db"
CALL = (("rds", "describe-db-instances", "--region", "eu-west-1"), 0)


def reply(
    text: str, *, calls: tuple[tuple[tuple[str, ...], int], ...] = (CALL,), refused: tuple[str, ...] = ()
) -> Reply:
    return Reply(text, 0, calls, refused)


def test_a_step_counts_only_if_its_text_is_in_the_answer_and_missing_elsewhere() -> None:
    step = made_step(STATUS, "available")
    absent = ("if nothing of it exists", reply("DBInstanceNotFound"))
    assert judged(step, reply("shop-db available"), [absent]).result == "executed"
    wrong = judged(step, reply("shop-db creating"), [absent])
    assert (wrong.result, wrong.why) == ("failed", "its answer does not show 'available'")
    foreign = ("if only resources of other environments exist", reply("other-db available"))
    assert judged(step, reply("shop-db available"), [absent, foreign]).why == f"the same answer is given {foreign[0]}"


def test_what_an_emulator_cannot_do_is_parsed_if_the_tool_accepts_it() -> None:
    step = made_step(STATUS, "available")
    assert judged(step, reply("The action has not been implemented"), ()).result == "parsed"
    refused = reply("Unknown options: --instance", calls=((CALL[0], 2),))
    assert judged(made_step(STATUS, "available", reviewed="no metrics"), refused, ()).result == "reviewed"
    with_psql = judged(step, reply("available", refused=("psql",)), ())
    assert (with_psql.result, with_psql.why) == ("parsed", "it needs psql, which a rehearsal does not have")


def test_only_what_runs_here_is_run() -> None:
    assert is_run(made_step(STATUS, "available"))
    assert is_run(made_step("git fetch origin", "main"))
    assert not is_run(made_step("gcloud sql instances list", "RUNNABLE"))
    assert asks_who(made_step('test "$(aws sts get-caller-identity)" = 1 && echo RIGHT', "RIGHT"))
    assert not asks_who(made_step(STATUS, "available"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("kubectl --context shop get pods --all-namespaces", None),
        ("git --no-pager fetch origin", None),
        ("kubectl --context shop get pods --every-namespace", "kubectl get has no option --every-namespace"),
        ("terraform state pop", "terraform has no recorded command 'state pop'"),
        ("gcloud compute ssh machine --zone=z -- program --its-own-option", None),
        ("unheard-of --option", None),
    ],
)
def test_other_tools_are_held_against_their_record(text: str, problem: str | None) -> None:
    (command,) = commands(text)
    assert recorded_problem(command) == problem


def test_a_step_whose_tool_nobody_recorded_is_reviewed() -> None:
    outcome = recorded_outcome(made_step("unheard-of --option", "YES"))
    assert (outcome.result, outcome.why) == ("reviewed", "nothing here reads commands of unheard-of")


def test_lines_count_once_and_only_if_they_were_executed_everywhere() -> None:
    step = made_step(STATUS, "available")
    done, failed = judged(step, reply("available"), ()), judged(step, reply("creating"), ())
    at = None
    found = [
        Rehearsed("failover", at, step, done, ("aws rds a", "aws rds b")),  # type: ignore[arg-type]
        Rehearsed("failover", at, step, failed, ("aws rds b",)),  # type: ignore[arg-type]
    ]
    assert covered(found) == ({"aws rds a"}, {"aws rds a", "aws rds b"})


def test_a_record_keeps_dates_and_tells_what_has_changed() -> None:
    templates = Templates(ROOT / "templates")
    facts = {
        "account": "1",
        "home": "prod",
        "home_title": "Prod",
        "here": None,
        "region": "eu-west-1",
        "answering_region": "eu-west-1",
    }
    (step,) = (s for s in fill_in(templates, "runbooks/_shared/place-aws.yaml", facts) if s.id == "place")
    found = [Rehearsed("failover", None, step, judged(step, reply("RIGHT-ACCOUNT"), ()), ())]  # type: ignore[arg-type]
    first = record_of(found, Record({}), "2026-01-01")
    again = record_of(found, first, "2026-02-02")
    assert again == first
    assert recorded(again, "failover", step) == (next(iter(first.steps["failover"].values())), False)
    (key,) = first.steps["failover"]
    old = Record({"failover": {key: Recorded("executed", "", "2025-01-01", "another")}})
    assert recorded(old, "failover", step) == (old.steps["failover"][key], True)
    assert record_of(found, old, "2026-02-02").steps["failover"][key].date == "2026-02-02"
