"""Changes of files in place: the intended value changes, and every comment and all other lines stay."""

from __future__ import annotations

import difflib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from archgen.diagnostics.diagnostic import Path as ModelPath
from archgen.reading import edits
from archgen.reading.changes import AddKey, Change, ChangeError, DeleteKey, RenameKey, SetValue
from archgen.reading.edits import ModelFiles, edited, path_at
from archgen.reading.formatting import formatted
from archgen.reading.layout import WIDE
from archgen.reading.written import written
from archgen.reading.yaml_tree import YamlNode, parse

TEXT = """\
# top
a: 1  # one
b:
  c: {x: 1, z: [1, 2]}  # flow
  # about d
  d: "q"   # quoted
  e: |
    text

    more

# before f
f:
- a: 1
  b: 2
- z
g: {}
"""


def changed_lines(old: str, new: str) -> list[str]:
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (SetValue(("a",), 2), ["-a: 1  # one", "+a: 2  # one"]),
        (SetValue(("b", "d"), "it's"), ['-  d: "q"   # quoted', '+  d: "it\'s"   # quoted']),
        (SetValue(("b", "e"), "one"), ["-  e: |", "-    text", "-", "-    more", "+  e: one"]),
        (SetValue(("b", "c", "z"), [5]), ["-  c: {x: 1, z: [1, 2]}  # flow", "+  c: {x: 1, z: [5]}  # flow"]),
        (
            SetValue(("b", "c"), {"x": 1, "z": 3, "w": 2}),
            ["-  c: {x: 1, z: [1, 2]}  # flow", "+  c: {x: 1, z: 3, w: 2}  # flow"],
        ),
        (SetValue(("f", 1), "on"), ["-- z", '+- "on"']),
        (SetValue(("f",), ["a"]), ["-f:", "-- a: 1", "-  b: 2", "-- z", "+f: [a]"]),
        (AddKey(("b",), "new", {"k": [1, "x y"]}), ["+  new: {k: [1, x y]}"]),
        (AddKey(("b",), "new", True, "c"), ["+  new: true"]),
        (AddKey(("b",), "new", True, first=True), ["+  new: true"]),
        (
            AddKey(("b", "c"), "w", 0, first=True),
            ["-  c: {x: 1, z: [1, 2]}  # flow", "+  c: {w: 0, x: 1, z: [1, 2]}  # flow"],
        ),
        (AddKey(("g",), "k", "v", first=True), ["-g: {}", "+g: {k: v}"]),
        (AddKey(("f", 0), "c", 3, first=True), ["-- a: 1", "+- c: 3", "+  a: 1"]),
        (
            AddKey(("b", "c"), "y", "yes"),
            ["-  c: {x: 1, z: [1, 2]}  # flow", '+  c: {x: 1, z: [1, 2], "y": "yes"}  # flow'],
        ),
        (AddKey((), "h", "1.30"), ['+h: "1.30"']),
        (AddKey(("b",), "of [1]", "x, y"), ["+  of [1]: x, y"]),
        (
            SetValue(("b", "c", "x"), "x, y"),
            ["-  c: {x: 1, z: [1, 2]}  # flow", '+  c: {x: "x, y", z: [1, 2]}  # flow'],
        ),
        (
            RenameKey(("b", "c", "x"), "of [1]"),
            ["-  c: {x: 1, z: [1, 2]}  # flow", '+  c: {"of [1]": 1, z: [1, 2]}  # flow'],
        ),
        (AddKey(("g",), "k", "v"), ["-g: {}", "+g: {k: v}"]),
        (AddKey(("f", 0), "c", 3), ["+  c: 3"]),
        (RenameKey(("b", "c"), "cc"), ["-  c: {x: 1, z: [1, 2]}  # flow", "+  cc: {x: 1, z: [1, 2]}  # flow"]),
        (DeleteKey(("b", "c", "z")), ["-  c: {x: 1, z: [1, 2]}  # flow", "+  c: {x: 1}  # flow"]),
        (DeleteKey(("b", "c", "x")), ["-  c: {x: 1, z: [1, 2]}  # flow", "+  c: {z: [1, 2]}  # flow"]),
        (DeleteKey(("b", "d")), ['-  d: "q"   # quoted']),
        (DeleteKey(("f", 0, "a")), ["-- a: 1", "-  b: 2", "+- b: 2"]),
        (DeleteKey(("g",)), ["-g: {}"]),
    ],
)
def test_a_change_of_the_text(change: Change, lines: list[str]) -> None:
    assert changed_lines(TEXT, edited(TEXT, [change])) == lines


SEVERAL: list[Change] = [
    SetValue(("a",), 2),
    AddKey(("b",), "one", 1, "c"),
    AddKey(("b",), "two", 2, "one"),
    AddKey(("b", "c"), "w", 0, first=True),
    DeleteKey(("b", "d")),
    AddKey((), "h", {}, "a"),
    AddKey(("h",), "i", 5),
    AddKey((), "j", 6, "a"),
    SetValue(("b", "e"), "text"),
    RenameKey(("b", "two"), "deux"),
    AddKey(("g",), "k", "v"),
    AddKey(("g",), "l", "w"),
    DeleteKey(("f", 0, "a")),
]


@pytest.mark.parametrize("number", range(2, len(SEVERAL) + 1))
def test_several_changes_at_once_are_those_changes_one_after_the_other(number: int) -> None:
    one_by_one = TEXT
    for change in SEVERAL[:number]:
        one_by_one = edited(one_by_one, [change])
    assert edited(TEXT, SEVERAL[:number]) == one_by_one


@pytest.mark.parametrize(
    "changes",
    [
        [AddKey(("b",), "one", 1, first=True), AddKey(("b",), "two", 2, "one")],
        [RenameKey(("b", "c"), "see"), AddKey(("b",), "one", 1, "see")],
        [SetValue(("a",), {"x": 1}), AddKey(("a",), "one", 1)],
        [DeleteKey(("b", "e")), AddKey(("b",), "e", 1, "c"), AddKey(("b",), "one", 2, "e")],
    ],
)
def test_a_change_may_depend_on_one_before_it(changes: list[Change]) -> None:
    one_by_one = TEXT
    for change in changes:
        one_by_one = edited(one_by_one, [change])
    assert edited(TEXT, changes) == one_by_one


def test_many_changes_parse_a_file_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(f"k{n}: {{a: 1}}  # {n}\n" for n in range(64))
    parsed: list[str] = []
    parse = edits.parse
    monkeypatch.setattr(edits, "parse", lambda *given: parsed.append("") or parse(*given))
    changes = [SetValue((f"k{n}", "a"), 2) for n in range(64)]
    assert edited(text, changes) == text.replace("a: 1", "a: 2")
    assert len(parsed) == 2


def test_a_long_mapping_is_added_as_a_block_in_the_indentation_of_the_file() -> None:
    text = "a:\n    b: 1\n"
    value = {"first": "x" * 50, "second": {"third": ["y" * 50, "z" * 50]}}
    new = edited(text, [AddKey(("a",), "c", value)])
    assert new.splitlines()[2:] == [
        "    c:",
        f"        first: {'x' * 50}",
        "        second:",
        "            third:",
        f"                - {'y' * 50}",
        f"                - {'z' * 50}",
    ]


@pytest.mark.parametrize(
    ("text", "change", "message"),
    [
        ("a: 1\n", SetValue(("b",), 1), "b does not exist"),
        ("a: 1\n", AddKey((), "a", 1), "a already exists"),
        ("a: 1\n", AddKey(("a",), "b", 1), "a is not a mapping"),
        ("a: 1\nb: 2\n", RenameKey(("a",), "b"), "b already exists"),
        ("a: 1\n", DeleteKey(("b",)), "b does not exist"),
        ("a: 1\n", AddKey((), "A", 1), "cannot be changed"),  # it looks like the other key
        ("a:\n- 1 # one\n- 2\n", SetValue(("a",), [3]), "contains comments"),
        ("- {a: 1\n", SetValue((0,), 1), "has errors"),
    ],
)
def test_a_change_that_cannot_be_made_says_why(text: str, change: Change, message: str) -> None:
    with pytest.raises(ChangeError, match=message):
        edited(text, [change])


def test_changes_of_several_files_are_made_where_their_paths_are(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfversion: 1\r\nteams: {web: {name: Web}} # web")
    (tmp_path / "b.yaml").write_text("teams:\n  # data\n  data: {name: Data}\n")
    changes = [SetValue(("teams", "data", "name"), "Store"), AddKey((), "name", "Shop", "version")]
    files = ModelFiles(tmp_path, ["a.yaml", "b.yaml"])
    files.change(changes)
    assert set(files.changed) == {"a.yaml", "b.yaml"}
    files.write()
    assert (
        tmp_path / "a.yaml"
    ).read_bytes() == b"\xef\xbb\xbfversion: 1\r\nname: Shop\r\nteams: {web: {name: Web}} # web"
    assert (tmp_path / "b.yaml").read_text() == "teams:\n  # data\n  data: {name: Store}\n"
    files = ModelFiles(tmp_path, ["a.yaml", "b.yaml"])
    with pytest.raises(ChangeError, match="is in none of the files"):
        files.change([SetValue(("name",), "Other"), SetValue(("x",), 1)])
    assert not files.changed  # all of the changes, or none


# -- properties ------------------------------------------------------------------------------------------

KEYS = st.sampled_from(["alpha", "beta", "size", "kind", "x1", "on-call", '"quoted key"', "'single'"])
COMMENTS = st.sampled_from(["# note", "# a: 1", "# {x: [", "#", '# "', "# - item"])
TEXTS = st.one_of(
    st.sampled_from(
        ["", "yes", "1.30", "a: b", "a #b", "it's", 'say "x"', "- a", "{x}", "&a", "*", "null", "2026-01-01"]
    ),
    st.sampled_from([" x ", "é ✓", "a\nb", "a\tb", "'", '"', "\\"]),
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=12),
)
SCALARS = st.one_of(TEXTS, st.booleans(), st.integers(-999, 10**9), st.sampled_from([0.5, 12.25]))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["p", "q", "r-s", "true"]), inner, max_size=3)
    ),
    max_leaves=5,
)
INLINE = st.one_of(
    st.sampled_from(
        ["1", "true", "plain text", "a/b", "'single''s'", '"dou\\"ble"', "x:y", "{}", "[]", "[1, two, {a: b}]"]
    ),
    st.sampled_from(["{a: 1}", "{a: 1, b: {c: [x, 'y']}}", '{ "k": v , w: 2 }', "{a: 1, b: 2,}"]),
)


@st.composite
def block(draw: st.DrawFn, indent: int, step: int, depth: int) -> list[str]:
    """The lines of a mapping."""
    lines: list[str] = []
    pad = " " * indent
    for key in draw(st.lists(KEYS, min_size=1, max_size=4, unique_by=lambda key: key.strip("\"'"))):
        if draw(st.booleans()):
            lines.append(pad + draw(COMMENTS))
        note = f"  {draw(COMMENTS)}" if draw(st.booleans()) else ""
        shape = draw(st.sampled_from(["inline", "inline", "literal", "flow", "list", "map"] if depth else ["inline"]))
        match shape:
            case "inline":
                lines.append(f"{pad}{key}: {draw(INLINE)}{note}")
            case "literal":
                mark = draw(st.sampled_from(["|", "|-", ">-", "|+"]))
                lines += [f"{pad}{key}: {mark}", f"{pad}{' ' * step}text # no comment", "", f"{pad}{' ' * step}more"]
            case "flow":
                lines += [f"{pad}{key}: {{{note}", f"{pad}  a: 1,{note}", f"{pad}  b: [x, z]{note}", f"{pad}}}{note}"]
            case "list":
                inner = pad + draw(st.sampled_from(["", " " * step]))
                lines.append(f"{pad}{key}:{note}")
                for _item in range(draw(st.integers(1, 2))):
                    lines.append(f"{inner}- {draw(INLINE)}{note}")
                    lines += [f"{inner}- one: 1", f"{inner}  two: 2{note}"]
            case "map":
                lines += [f"{pad}{key}:{note}", *draw(block(indent + step, step, depth - 1))]
        if draw(st.integers(0, 4)) == 0:
            lines.append("")
    return lines


@st.composite
def documents(draw: st.DrawFn) -> str:
    lines = draw(block(0, draw(st.sampled_from([2, 3, 4])), 2))
    text = draw(st.sampled_from(["\n", "\r\n"])).join([*lines, ""])
    text = draw(st.sampled_from(["", "\ufeff"])) + text
    return text if draw(st.booleans()) else text.rstrip("\r\n")


def paths(node: YamlNode, path: ModelPath = ()) -> list[ModelPath]:
    """The paths of all values."""
    children = list(node.value.items()) if isinstance(node.value, dict) else []
    items = list(enumerate(node.value)) if isinstance(node.value, list) else []
    return [path, *(p for step, child in [*children, *items] for p in paths(child, (*path, step)))]


def comments(text: str) -> list[str]:
    """The comments in the lines of a text; a text with ` #` in quotes is taken for one, too."""
    return [f"#{line.rpartition('#')[2]}" for line in text.splitlines() if re.search(r"(?:^|\s)#", line)]


def root_of(text: str) -> YamlNode:
    source, problems = parse(text.removeprefix("\ufeff"), "m.yaml")
    assert source.root is not None, text
    assert not problems, (text, problems)
    return source.root


def plain(text: str) -> Any:
    """The value as another reader of YAML sees it."""
    return yaml.safe_load(text.removeprefix("\ufeff"))


def at(value: Any, path: ModelPath) -> Any:
    for step in path:
        value = value[step]
    return value


def same(one: Any, other: Any) -> bool:
    return json.dumps(one, default=str) == json.dumps(other, default=str)


def attempt(document: str, change: Change) -> tuple[str | None, str]:
    """The document after a change, or None and why it cannot be made."""
    try:
        return edited(document, [change]), ""
    except ChangeError as error:
        return None, str(error)


def check_form(old: str, new: str) -> None:
    """Line breaks, the byte order mark and the end of the file stay as they are."""
    assert new.startswith("\ufeff") == old.startswith("\ufeff")
    assert bool(re.search(r"[\r\n]\Z", new)) == bool(re.search(r"[\r\n]\Z", old))
    if "\r\n" in old:
        assert not re.search(r"(?<!\r)\n", new)


@pytest.mark.slow
@given(documents(), SCALARS, st.data())
def test_setting_a_scalar_changes_one_value_and_keeps_every_comment(
    document: str, value: Any, data: st.DataObject
) -> None:
    root = root_of(document)
    scalars = [p for p in paths(root) if not isinstance((node := root.get(p)) and node.value, (dict, list))]
    path = data.draw(st.sampled_from(scalars)) if scalars else None
    if path is None:
        return
    node = root.get(path)
    assert node
    new = edited(document, [SetValue(path, value)])
    after, expected = root_of(new), root_of(document).plain()
    at(expected, path[:-1])[path[-1]] = value
    assert same(after.plain(), expected)
    check_form(document, new)
    real = [comment for comment in comments(document) if comment != "# no comment"]
    assert real == [comment for comment in comments(new) if comment in real]
    if node.span.line == node.span.end_line:
        lines = changed_lines(document, new)
        assert len([line for line in lines if line.startswith("-")]) <= 1


@pytest.mark.slow
@given(documents(), st.sampled_from(["added", "true", "a b"]), VALUES, st.data())
def test_adding_a_key_keeps_every_other_value_line_and_comment(
    document: str, key: str, value: Any, data: st.DataObject
) -> None:
    root = root_of(document)
    mappings = [p for p in paths(root) if isinstance((node := root.get(p)) and node.value, dict)]
    path = data.draw(st.sampled_from(mappings))
    new, why = attempt(document, AddKey(path, key, value))
    if new is None:  # after `|+`, an added line would belong to the text
        assert "without changing something else" in why
        assert "|+" in document
        return
    after = root_of(new).plain()
    assert same(at(after, path).pop(key), value)
    assert same(after, root.plain())
    check_form(document, new)
    assert comments(document) == [c for c in comments(new) if c in comments(document)][: len(comments(document))]
    removed = [line for line in changed_lines(document, new) if line.startswith("-")]
    assert len(removed) <= 1


@pytest.mark.slow
@given(documents(), st.data())
def test_renaming_and_deleting_keys_leave_the_rest_alone(document: str, data: st.DataObject) -> None:
    root = root_of(document)
    keys = [p for p in paths(root) if p and isinstance(p[-1], str)]
    path = data.draw(st.sampled_from(keys))
    new = edited(document, [RenameKey(path, "renamed")])
    after, before = root_of(new).plain(), root.plain()
    assert same(at(after, path[:-1]).pop("renamed"), at(before, path))
    assert comments(new) == comments(document)
    check_form(document, new)
    assert edited(new, [RenameKey((*path[:-1], "renamed"), str(path[-1]))]).replace('"', "").replace(
        "'", ""
    ) == document.replace('"', "").replace("'", "")
    shorter, why = attempt(document, DeleteKey(path))
    if shorter is None:
        assert "comment" in why or "|+" in document
        return
    rest = root_of(document).plain()
    del at(rest, path[:-1])[path[-1]]
    assert same(root_of(shorter).plain(), rest)
    check_form(document, shorter)


@given(VALUES)
def test_what_is_written_is_read_as_the_same_value_by_two_readers(value: Any) -> None:
    text = f"k: {written(value)}\n"
    if "\n" in text[:-1]:
        raise AssertionError(text)
    assert same(root_of(text).plain(), {"k": value})
    assert same(plain(text), {"k": value})
    if len(text) <= WIDE:
        assert formatted(text, "x.yaml") == (text, [])


@pytest.mark.slow
@given(documents())
def test_every_value_is_found_at_its_place(document: str) -> None:
    root = root_of(document)
    for path in paths(root)[1:]:
        node = root.get(path)
        assert node
        found = path_at(root, node.span)
        assert found is not None
        assert root.get(found).span == node.span  # type: ignore[union-attr]
