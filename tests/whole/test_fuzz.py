"""A short run of the fuzzer; `python tests/fuzz.py --validate 5000 --build 500` is a long one."""

from __future__ import annotations

from pathlib import Path

import pytest

import fuzz


@pytest.mark.slow
def test_mutants_are_diagnosed_and_clean_ones_can_be_built(tmp_path: Path) -> None:
    tally = fuzz.run(seed=20, validate=90, build=15, failures=tmp_path, say=print, seconds=20)
    assert not tally.failures, tally.report()
    assert tally.validated >= 5, tally.report()


@pytest.mark.slow
def test_a_seed_and_a_number_make_one_mutant() -> None:
    assert fuzz.made(7, 3, build=False)[:3] == fuzz.made(7, 3, build=False)[:3]
    assert len({fuzz.made(7, number, build=False)[1] for number in range(20)}) == 20


def test_what_goes_wrong_is_found_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise KeyError("an internal error")

    monkeypatch.setattr(fuzz, "render", broken)
    tally = fuzz.run(seed=1, validate=1, build=0, failures=tmp_path, say=print)
    assert list(tally.failures.values()) == [[0]]
    assert (tmp_path / "1-0.yaml").read_text(encoding="utf-8") == fuzz.made(1, 0, build=False)[1]
    assert "KeyError" in (tmp_path / "1-0.txt").read_text(encoding="utf-8")
