"""Three-valued answers follow Kleene's logic, and never claim more when they know less."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgen.model.answer import Answer, Lack, all_of, no, unknown, yes

LACK = Lack(("components", "server"), "how many copies of 'server' there are", "state `traits: {copies: 1}`")
ANSWERS = st.lists(st.sampled_from([yes("a"), no("b"), unknown(LACK)]), min_size=1, max_size=6)
ORDER = {"no": 0, "unknown": 1, "yes": 2}


@given(ANSWERS)
def test_the_worst_answer_is_the_answer_for_all(answers: list[Answer]) -> None:
    assert ORDER[all_of(answers).truth] == min(ORDER[a.truth] for a in answers)


@given(ANSWERS, st.data())
def test_settling_an_unknown_never_contradicts_a_definite_answer(answers: list[Answer], data: st.DataObject) -> None:
    settled = [data.draw(st.sampled_from([yes("a"), no("b")])) if a.truth == "unknown" else a for a in answers]
    assert all_of(answers).truth in ("unknown", all_of(settled).truth)


def test_of_nothing_there_is_no_answer() -> None:
    with pytest.raises(ValueError, match="no answers"):
        all_of([])


@pytest.mark.parametrize(("truth", "lacks"), [("unknown", ()), ("yes", (LACK,)), ("no", (LACK,))])
def test_an_answer_is_unknown_exactly_if_something_is_missing(truth: str, lacks: tuple[Lack, ...]) -> None:
    with pytest.raises(ValueError, match="only then"):
        Answer(truth, (), lacks)  # type: ignore[arg-type]


def test_reasons_and_lacks_of_the_deciding_answers_are_kept_once() -> None:
    assert all_of([yes("a"), no("b"), no("b"), unknown(LACK)]).because == ("b",)
    assert all_of([yes("b"), unknown(LACK), unknown(LACK)]).lacks == (LACK,)
