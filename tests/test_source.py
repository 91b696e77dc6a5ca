"""The reader: what it accepts, where things stood, and that nothing hostile gets through."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from archgen.source import parse, plain_scalar, read

BLNS = json.loads((Path(__file__).parent / "data" / "blns.json").read_text(encoding="utf-8"))


def codes(text: str) -> list[str]:
    return [d.code for d in parse(text, "m.yaml")[1]]


def test_positions_of_keys_and_values() -> None:
    source, problems = parse("a:\n  b: [1, two]\n  c: {d: true}\n", "m.yaml")
    assert not problems
    assert source.root is not None
    assert source.root.plain() == {"a": {"b": [1, "two"], "c": {"d": True}}}
    node = source.root.get(("a", "b", 1))
    assert node is not None
    assert (node.span.line, node.span.column, node.span.end_column) == (2, 10, 13)
    key = source.root.get(("a", "c", "d"))
    assert key is not None
    assert key.key_span is not None
    assert (key.key_span.line, key.key_span.column) == (3, 7)


@pytest.mark.parametrize(
    "scalar",
    ["yes", "No", "on", "OFF", "y", "012", "012345678901", "22:22", "1:30:00", "1_000", "0x1F", "0o17", "1e3", ".5", "5.",
     ".inf", "-.inf", ".nan", "2026-11-23", "True", "FALSE", "="],
)  # fmt: skip
def test_what_yaml_readers_differ_about_is_an_error(scalar: str) -> None:
    assert codes(f"a: {scalar}\n") == ["ARC-Y007"]
    assert codes(f'a: "{scalar}"\n') == []


@pytest.mark.parametrize("scalar", ["", "~", "null", "NULL"])
def test_null_is_refused(scalar: str) -> None:
    assert codes(f"a: {scalar}\n") == ["ARC-Y008"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x 1\nb: *x\n", "ARC-Y006"),
        ("a: !!python/object:os.system {}\n", "ARC-Y006"),
        ("a: !!str 1\n", "ARC-Y006"),
        ("a: {<<: {b: 1}}\n", "ARC-Y006"),
        ("a: 1\n---\nb: 2\n", "ARC-Y006"),
        ("? [a, b]\n: 1\n", "ARC-Y006"),
        ("a: 1\na: 2\n", "ARC-Y005"),
        ("name: 1\nNAME: 2\n", "ARC-Y005"),
        ("on: 1\n", "ARC-Y007"),
        ("1: a\n", "ARC-Y007"),
        ("- a\n", "ARC-Y004"),
        ("", "ARC-Y004"),
        ("# only a comment\n", "ARC-Y004"),
        ("just text\n", "ARC-Y004"),
        ("a: b\u200bc\n", "ARC-Y002"),
        ("a: \u202eabc\n", "ARC-Y002"),
        ("a: \x00\n", "ARC-Y002"),
        ("a: \x85b\n", "ARC-Y002"),
        ("a: [1, 2\n", "ARC-Y003"),
        ("a: b: c\n", "ARC-Y003"),
        ("a:\n\tb: 1\n", "ARC-Y003"),
        ("<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> x\n", "ARC-Y003"),
        ("a: {{ x }}\n", "ARC-Y006"),
    ],
)
def test_what_the_subset_forbids(text: str, code: str) -> None:
    assert code in codes(text)


def test_every_syntax_error_in_one_run() -> None:
    text = "version: 1\na:\n  b: [1, 2\nc: 3\nd:\n  e: f: g\nh: 1\ni:\n\tj: 2\n"
    problems = parse(text, "m.yaml")[1]
    assert len([p for p in problems if p.code == "ARC-Y003"]) == 3


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "a: " + "{a: " * 20_000,
        "a: " + "9" * 200_000 + "\n",
        "a: &a [x]\n" + "".join(f"b{n}: &b{n} {{<<: [*a, *a]}}\n" for n in range(50)),
        "a: '" + "x" * 200_000 + "'\n",
        "? " * 20_000,
        "a:\n" + "".join(f"  k{n}: {n}\n" for n in range(300_000)),
    ],
    ids=["brackets", "braces", "digits", "bomb", "scalar", "questions", "nodes"],
)
def test_hostile_yaml_ends_soon_in_a_diagnostic(text: str) -> None:
    started = time.process_time()
    assert parse(text, "m.yaml")[1]
    assert time.process_time() - started < 10  # no measurement, a guard against a hang


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert [d.code for d in read(tmp_path / "none.yaml", "none.yaml")[1]] == ["ARC-Y001"]
    assert [d.code for d in read(tmp_path, "folder")[1]] == ["ARC-Y001"]
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("a: 1\nb: caf\xe9\n".encode("latin-1"))
    (problem,) = read(latin, "latin.yaml")[1]
    assert problem.span
    assert (problem.code, problem.span.line, problem.span.column) == ("ARC-Y002", 2, 7)


@given(st.text(max_size=200))
def test_any_text_is_read_or_diagnosed(text: str) -> None:
    source, problems = parse(text, "m.yaml")
    assert problems or (source.root is not None and isinstance(source.root.plain(), dict))


def test_naughty_strings_come_back_unchanged_or_are_refused_for_what_is_hidden_in_them() -> None:
    kept = 0
    for naughty in BLNS:
        source, problems = parse(f"a: {json.dumps(naughty, ensure_ascii=False)}\n", "m.yaml")
        if problems:
            assert {p.code for p in problems} == {"ARC-Y002"}, naughty
            assert not naughty.isprintable(), naughty
        else:
            assert source.root is not None
            assert source.root.plain()["a"] == naughty
            kept += 1
    assert kept > 480


@pytest.mark.parametrize("escape", [r"\e]8;;http://x\a", r"\0", r"\u202E", r"\x1b[2J", r"\u200b", r"\u2028"])
def test_escapes_do_not_smuggle_hidden_characters(escape: str) -> None:
    assert codes(f'a: "{escape}"\n') == ["ARC-Y002"]


@given(st.from_regex(r"[-+.:_0-9a-zA-Z]{1,12}", fullmatch=True))
def test_accepted_plain_scalars_mean_the_same_to_yaml_1_1(text: str) -> None:
    value, trouble = plain_scalar(text)
    assume(trouble is None)
    try:
        other = yaml.safe_load(f"a: {text}\n")
    except yaml.YAMLError:
        assume(False)
    assume(isinstance(other, dict) and isinstance(other.get("a"), str | int | float))
    assert other == {"a": value}
