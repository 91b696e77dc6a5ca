"""The reader: what it accepts, the positions of values, and that nothing hostile gets through."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from archgen.pipeline import load
from archgen.reading.yaml_tree import parse, plain_scalar, read
from conftest import DATA

BLNS = json.loads((DATA / "blns.json").read_text(encoding="utf-8"))


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
     ".inf", "-.inf", ".nan", "2026-11-23", "True", "FALSE", "tRue", "yEs", "nUll", "="],
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
        ('a: {"<<": {b: 1}}\n', "ARC-Y006"),
        ("a: ! 12\n", "ARC-Y006"),
        ("{ ?foo: bar }\n", "ARC-Y006"),
        ("a: {: b}\n", "ARC-Y003"),
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


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ('key: "v"\n  other: 1\n', 2, 3, "`other` is indented deeper than `key`"),
        ("k: [a\nb: 1\n", 1, 4, "this `[` is not closed"),
        ("k: [a\nb: c]\n", 1, 5, "a key and its `:` must be on the same line"),
        ('a: ["x" y]\n', 1, 9, "a `,` is missing before `y`"),
        ("a: {b: 1, c d: e f: 2}\n", 1, 18, "a `,` is missing before `f`"),
        ("a:\n- b: 1\n c: 2\n", 3, 2, "the indentation of `c` (1 space) does not match any line above"),
        ("a: b\nlater\n", 2, 1, "`later` is not followed by `:`"),
        ("- a\nb: 1\n", 2, 1, "this line is inside a list, but does not begin with `- `"),
        ("a: 1\n...\nb: 2\n", 3, 1, "unexpected text after `...`"),
        ("--- a: 1\n", 1, 1, "a mapping cannot begin on the same line as `---`"),
        ("a: [b,\n---\nc]\n", 2, 1, "unexpected `---` inside brackets"),
        ('a: "b\n---\nc"\n', 2, 1, "a line inside quotes cannot begin with `---`"),
        ("a: |\n  b\n c\n", 3, 2, "this line is indented less than the first line of its text"),
        ("--- |\ntext\n", 2, 1, "is not indented"),
        ("a:\n-\tc\n", 2, 2, "YAML does not allow a tab here"),
        ("a: b\n- c\n", 2, 1, "unexpected list item between keys"),
        ("a:\n  - b\n  -\n", 3, 4, "this list item has no value"),
        ("a: [b, ~]\n", 1, 8, "this list item has no value"),
        ("a: ]\n", 1, 4, "this `]` has no opening bracket"),
        ("a: &b *c\n", 1, 4, "anchors are not allowed"),
        ("a: !<b c\n", 1, 4, "tags are not allowed"),
        ("a: b\n? c\n", 2, 3, "keys that begin with `?`"),
        ("a: ? b\n", 1, 4, "unquoted text cannot begin with `? `"),
        (f"{'k' * 1100}: 1\n", 1, 1, "this key has more than 1024 characters"),
        ("a: {\n% : 1}\n", 2, 1, "a line cannot begin with `%`"),
        ("%TAG ! tag:x,1:\na: 1\n", 1, 1, "directives are not allowed"),
        ("a: 1\n>>>>>>> x\n", 2, 1, "unresolved merge conflict"),
        ("a: {{ b }}\n", 1, 5, "`{{` starts a template expression"),
        ("...\n", 1, 1, "ends the file before it has a value"),
    ],
)
def test_broken_yaml_is_explained_at_its_place(text: str, line: int, column: int, said: str) -> None:
    first = parse(text, "m.yaml")[1][0]
    assert said in first.message
    assert first.help
    assert first.span
    assert (first.span.line, first.span.column) == (line, column)


PIECES = ["a", "b: ", "c:", "- ", "[", "]", "{", "}", ", ", ",", '"', "'", "\n", "\n  ", "\n    ", "# x", "&a ", "*a", "!t ",
          "|", "> ", "? ", "?x", ":x", "---\n", "...\n", "%Y", "@", "\t", "1", ": ", "\\d", "\n- ", "\nk: ", "<<", "{{"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=16).map("".join))
def test_whatever_looks_like_yaml_is_read_or_explained_within_the_text(text: str) -> None:
    source, problems = parse(text, "m.yaml")
    assert problems or (source.root is not None and isinstance(source.root.plain(), dict))
    lines = [*text.split("\n"), ""]
    for problem in problems:
        if problem.span:
            assert 1 <= problem.span.line <= len(lines), problem
            assert 1 <= problem.span.column <= len(lines[problem.span.line - 1]) + 2, problem


def test_a_broken_text_gives_no_complaint_about_what_was_left_out() -> None:
    for text in ("---\n[a, b\n", '---\n"a\n', "a: [1\n", "---\n{a: b\n"):
        assert codes(text) == ["ARC-Y003"], text


def test_a_second_document_is_all_that_is_said_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text("version: 1\n---\nversion: 1\n")
    assert [d.code for d in load(tmp_path / "architecture.yaml").diagnostics] == ["ARC-Y006"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: |\n  b\n", "b\n"),
        ("a: |\n  b", "b\n"),
        ("a: |+\n  b\n\n", "b\n\n"),
        ("a: |-\n  b\n\n", "b"),
        ("a: ?b\n", "?b"),
        ("a: b  \n", "b"),
        ("a: http://b.example/c#d\n", "http://b.example/c#d"),
        ('a: "b"# c\n', "b"),
    ],
)
def test_what_is_read(text: str, value: str) -> None:
    source, problems = parse(text, "m.yaml")
    assert not problems
    assert source.root
    assert source.root.plain() == {"a": value}


def test_syntax_errors_of_a_long_file_are_found_soon() -> None:
    started = time.process_time()
    assert parse("".join(f"k{n}: v: w\n" for n in range(30_000)), "m.yaml")[1]
    assert time.process_time() - started < 60  # no measurement, a guard against a hang


def test_every_syntax_error_in_one_run() -> None:
    text = "version: 1\na:\n  b: [1, 2\nc: 3\nd:\n  e: f: g\nh: 1\ni:\n\tj: 2\n"
    problems = parse(text, "m.yaml")[1]
    assert len([p for p in problems if p.code == "ARC-Y003"]) == 3


@pytest.mark.slow
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
    assert time.process_time() - started < 60  # no measurement, a guard against a hang


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
