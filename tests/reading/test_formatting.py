"""`archgen format`: one layout, in which every value and comment stays."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgen.analysis.architecture_json import export
from archgen.commands.main import main
from archgen.model.document import Document
from archgen.project import load
from archgen.reading import formatting
from archgen.reading.comments import comments
from archgen.reading.edits import BOM
from archgen.reading.formatting import ORDER, FormatError, formatted
from archgen.reading.layout import TopPart
from archgen.reading.yaml_tree import parse

ROOT = Path(__file__).parents[2]
OWN = [
    ROOT / "architecture.yaml",
    ROOT / "architecture/sources.yaml",
    *sorted(ROOT.glob("examples/*/architecture.yaml")),
    *sorted(ROOT.glob("templates/init/*/architecture.yaml")),
]
MODELS = [*OWN, *sorted((ROOT / "tests/data/models").glob("*.yaml"))]


def shaped(text: str) -> str:
    new, problems = formatted(text, "a.yaml")
    assert not problems
    assert formatted(new, "a.yaml") == (new, [])
    return new


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a:   1\nb:\n    c: 2\n", "a: 1\n\nb:\n  c: 2\n", id="indentation"),
        pytest.param("a:\n- 1\n-   2\n", "a:\n  - 1\n  - 2\n", id="lists"),
        pytest.param("a:\n- b: 1\n  c:\n  - 2\n- - 3\n", "a:\n  - b: 1\n    c:\n      - 2\n  - - 3\n", id="lists in lists"),
        pytest.param("a: { b : 1,c: [ 2,3 ] , }\n", "a: {b: 1, c: [2, 3]}\n", id="brackets"),
        pytest.param("a: {\n  b: 1,\n  c: 2\n}\n", "a: {b: 1, c: 2}\n", id="brackets over lines"),
        pytest.param("a: [b: 1]\n", "a: [{b: 1}]\n", id="a pair in a list"),
        pytest.param("{a: 1, b: 2}\n", "a: 1\nb: 2\n", id="a whole file in brackets"),
        pytest.param(
            "a: [\n  1, # one\n  # two\n  2,\n] # end\n",
            f"{'a:':<38}  # end\n  - {'1':<34}  # one\n  # two\n  - 2\n",
            id="comments in brackets",
        ),
        pytest.param("a: [ # c\n]\nb: 1\n", "a: []\n# c\nb: 1\n", id="a comment in empty brackets"),
        pytest.param(
            """a: "x"\nb: 'y z'\nc: "1"\nd: "a: b"\ne: "yes"\nf: '"x" y'\n""",
            """a: x\nb: y z\nc: "1"\nd: "a: b"\ne: "yes"\nf: '"x" y'\n""",
            id="quotes",
        ),
        pytest.param("""a: ["b, c", "d"]\n"e": "b, c"\n""", """a: ["b, c", d]\ne: b, c\n""", id="quotes in brackets"),
        pytest.param('a: "x\\ty"\nb: "\\u00e9\\u00a0"\n', 'a: "x\\ty"\nb: "é\\u00A0"\n', id="escapes"),
        pytest.param("a: 1.30\nb: 0o7x\n", "a: 1.30\nb: 0o7x\n", id="numbers as they are written"),
        pytest.param("a: 1 # c\nlonger: 2    # d\n", f"{'a: 1':<38}  # c\n{'longer: 2':<38}  # d\n", id="comments next to values"),
        pytest.param("a:   # c\n     # d\n  b: 1\n", f"{'a:':<38}  # c\n{'':<38}  # d\n  b: 1\n", id="a comment over two lines"),
        pytest.param(
            "a:\n      # in\n  b: 1\n  # end\n# next\nc: 2\n# last\n",
            "a:\n  # in\n  b: 1\n  # end\n\n# next\nc: 2\n# last\n",
            id="comments between keys and at the end",
        ),
        pytest.param("a:\n  - 1\n  # end of list\nb: 2\n", "a:\n  - 1\n  # end of list\n\nb: 2\n", id="a comment at the end of a list"),
        pytest.param("a:\n  # c\n  b\n", "# c\na: b\n", id="a comment between key and value"),
        pytest.param("a:\n  - # c\n    b: 1\n", "a:\n  # c\n  - b: 1\n", id="a comment after a dash"),
        pytest.param("\n\na: 1\n\n\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n", id="blank lines"),
        pytest.param("a: |\n     x\n       y\n\n     z\nb: 2\n", "a: |\n  x\n    y\n\n  z\n\nb: 2\n", id="a text of several lines"),
        pytest.param("a: |+ # c\n x\n\nb: 2\n", f"{'a: |+':<38}  # c\n  x\n\nb: 2\n", id="a text with its last line breaks"),
        pytest.param("a: |3-\n     x\n   y\nb: 1\n", "a: |2-\n    x\n  y\n\nb: 1\n", id="a text that begins with spaces"),
        pytest.param("a: >-\n   x\n   y # no comment\n", "a: >-\n  x\n  y # no comment\n", id="a folded text"),
        pytest.param("a: x\n     y\nb: 'p\n\n      q'\n", "a: x\n  y\n\nb: 'p\n\n  q'\n", id="a text without header"),
        pytest.param("---\na: 1\n...\n", "a: 1\n", id="marks of documents"),
        pytest.param("a: 1", "a: 1\n", id="no line break at the end"),
        pytest.param("a: 1\r\nb:\r\n    c: 2\r\n", "a: 1\r\n\r\nb:\r\n  c: 2\r\n", id="line ends of Windows"),
        pytest.param(f"{BOM}a:  1\n", f"{BOM}a: 1\n", id="a byte order mark"),
        pytest.param("a: 'x#y' # 'c\nb: \"# d\"\n", f"{'a: x#y':<38}  # 'c\nb: \"# d\"\n", id="number signs"),
    ],
)  # fmt: skip
def test_layout(text: str, expected: str) -> None:
    assert shaped(text) == expected


def test_brackets_that_do_not_fit_become_a_block() -> None:
    long = "x" * 90
    assert shaped(f"a: {{b: {long}, c: [{long}, {{d: 1}}], e: {{f: 1}}}}\n") == (
        f"a:\n  b: {long}\n  c: [{long}, {{d: 1}}]\n  e: {{f: 1}}\n"
    )
    assert shaped(f"a:\n- {{b: {long}, c: {long}}} # c\n") == f"a:\n  # c\n  - b: {long}\n    c: {long}\n"


def test_top_level_keys_have_the_canonical_order_and_take_their_comments_along() -> None:
    text = "# head\n\n# the name\nname: x\nversion: 2\n\n# parts\n\n# of it\ncomponents: {}\nclouds:\n  a: {}\n  # end\nother: 1\n# last\n"
    assert shaped(text) == (
        "# head\n\nversion: 2\n# the name\nname: x\n\nclouds:\n  a: {}\n  # end\n\nother: 1\n\n# parts\n\n# of it\ncomponents: {}\n# last\n"
    )


def test_the_head_of_a_file_stays_at_its_top() -> None:
    assert (
        shaped("# yaml-language-server: x\nname: x\nversion: 2\n") == "# yaml-language-server: x\nversion: 2\nname: x\n"
    )


def test_the_order_names_every_key_of_a_model_and_is_that_of_the_guide() -> None:
    guide = (ROOT / "docs/guide/model.md").read_text(encoding="utf-8")
    listed = guide.partition("along: ")[2].partition(".\n")[0]
    assert tuple(re.findall("`([a-z]+)`", listed)) == ORDER
    assert sorted(ORDER) == sorted({*Document.model_fields, "include", "assumed"} - {"schema_"})


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x\n", "a: [\n", "a: 1\na: 2\n", "- 1\n", "", "a:\n"])
def test_a_text_with_problems_stays_as_it_is(text: str) -> None:
    new, problems = formatted(text, "a.yaml")
    assert problems
    assert new == text


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_models_of_the_repository_are_formatted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert formatted(text, path.name)[0] == text, f"run: archgen format -m {path.relative_to(ROOT)}"


@pytest.mark.slow
@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_formatting_keeps_values_and_comments(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    new = shaped(text)
    assert plain(new) == plain(text)
    assert sorted(remarks(new)) == sorted(remarks(text))


@pytest.mark.parametrize("name", ["shop", "presence", "two-regions", "three-clouds"])
def test_a_formatted_model_resolves_to_the_same_architectures(name: str) -> None:
    path = ROOT / f"tests/data/models/{name}.yaml"
    text = path.read_text(encoding="utf-8")
    one, other = load(path).project, load(path, texts={path.name: shaped(text)}).project
    assert shaped(text) != text
    assert one
    assert other
    for at, architecture in one.resolved.architectures.items():
        assert json.dumps(export(architecture)) == json.dumps(export(other.resolved.architectures[at]))


def plain(text: str) -> Any:
    """The values of a text as JSON, with top-level keys sorted and others in their order."""
    root = parse(text.removeprefix(BOM), "")[0].root
    assert root
    assert isinstance(root.value, dict)
    return {key: json.dumps(child.plain()) for key, child in root.value.items()}


def remarks(text: str) -> list[str]:
    source = parse(text.removeprefix(BOM), "")[0]
    assert source.root
    return [comment.text for comment in comments(source.lines, source.root)]


class Writer:
    """Writes plain data as YAML in a random layout, with random comments."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.step = self.random.randint(1, 5)
        self.noise = self.random.random() / 2
        self.number = 0

    def comment(self) -> str:
        self.number += 1
        text = self.random.choice(["note", "a: b", "- x", 'it’s "x"'])
        return f"# {self.number}: {text}"

    def chance(self) -> bool:
        return self.random.random() < self.noise

    def scalar(self, value: Any) -> str:
        if isinstance(value, str):
            if "'" not in value and value.isprintable() and self.chance():
                return f"'{value}'"
            return json.dumps(value, ensure_ascii=self.chance() and value.isascii())
        return json.dumps(value)

    def brackets(self, value: Any) -> str:
        gap = self.random.choice(["", " "])
        if isinstance(value, dict):
            return (
                "{" + f",{gap}".join(f"{gap}{self.scalar(k)}: {self.brackets(v)}{gap}" for k, v in value.items()) + "}"
            )
        if isinstance(value, list):
            return "[" + f",{gap}".join(self.brackets(v) for v in value) + gap + "]"
        return self.scalar(value)

    def block(self, value: Any, indent: int) -> list[str]:
        lines = []
        for key, child in value.items() if isinstance(value, dict) else ((None, child) for child in value):
            if self.chance():
                lines.append("" if self.chance() else " " * self.random.choice([indent, 0, 12]) + self.comment())
            head = f"{' ' * indent}{self.scalar(key)}:" if isinstance(value, dict) else f"{' ' * indent}-"
            aside = f" {self.comment()}" if self.chance() else ""
            if isinstance(child, (dict, list)) and child and not self.chance():
                same = isinstance(value, dict) and isinstance(child, list) and self.chance()
                lines += [head + aside, *self.block(child, indent if same else indent + self.step)]
            elif (
                isinstance(child, str)
                and "\n" in child.strip("\n")
                and child.isascii()
                and child[0] not in " \n\t"
                and self.chance()
            ):
                chomp = "-" if not child.endswith("\n") else "+" if child.endswith("\n\n") else ""
                body = [
                    f"{' ' * (indent + self.step)}{line}" if line else ""
                    for line in child.removesuffix("\n").split("\n")
                ]
                lines += [f"{head} |{chomp}{aside}", *body]
            else:
                lines.append(f"{head} {self.brackets(child)}{aside}")
        return lines


def data_of(path: Path) -> dict[str, Any]:
    root = parse(path.read_text(encoding="utf-8"), "")[0].root
    assert root
    plain: dict[str, Any] = root.plain()
    return plain


SMALL = [path for path in MODELS if path.stat().st_size < 5_000]


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.sampled_from(SMALL), st.integers(0, 1 << 30))
def test_any_layout_of_a_model_is_formatted_with_its_values_and_comments(path: Path, seed: int) -> None:
    writer = Writer(seed)
    text = "\n".join(writer.block(data_of(path), 0)) + "\n"
    new = shaped(text)
    assert plain(new) == plain(text)
    assert sorted(remarks(new)) == sorted(remarks(text))
    assert len(remarks(new)) == writer.number


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"]) | st.just("\n"),
    max_size=12,
)
VALUES = st.recursive(
    TEXTS | st.integers(-99, 99) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=3), st.integers(0, 1 << 30))
def test_any_data_in_any_layout_is_formatted_without_a_change(data: dict[str, Any], seed: int) -> None:
    text = "\n".join(Writer(seed).block(data, 0)) + "\n"
    if not parse(text, "")[1]:
        assert plain(shaped(text)) == plain(text)


def test_a_text_that_would_change_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formatting, "parts", lambda lines, root: ([TopPart("a", [], ["a: 2"])], []))
    with pytest.raises(FormatError, match="without changing a value"):
        formatted("a: 1\n", "a.yaml")
    monkeypatch.setattr(formatting, "parts", lambda lines, root: ([TopPart("a", [], ["a: 1"])], []))
    with pytest.raises(FormatError, match="without changing a comment"):
        formatted("a: 1 # c\n", "a.yaml")


@pytest.fixture
def two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "architecture.yaml").write_bytes(b"version: 2\ninclude: [more.yaml]\nname:   x\n")
    (tmp_path / "more.yaml").write_bytes(b"teams:\n    a: {name: A}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_formats_all_files_of_a_model(two_files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["format", "--check"]) == 3
    assert capsys.readouterr().err.splitlines() == ["not formatted: architecture.yaml", "not formatted: more.yaml"]
    assert main(["format", "--diff"]) == 0
    assert "-    a: {name: A}\n+  a: {name: A}\n" in capsys.readouterr().out
    assert (two_files / "more.yaml").read_bytes() == b"teams:\n    a: {name: A}\n"
    assert main(["format"]) == 0
    assert capsys.readouterr().out == "architecture.yaml\nmore.yaml\n"
    assert (two_files / "architecture.yaml").read_bytes() == b"version: 2\ninclude: [more.yaml]\nname: x\n"
    assert (two_files / "more.yaml").read_bytes() == b"teams:\n  a: {name: A}\n"
    assert main(["format", "--check"]) == 0
    assert main(["format"]) == 0
    assert capsys.readouterr().err == "already formatted: 2 files\n"


def test_the_command_writes_nothing_if_a_file_is_broken(two_files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (two_files / "more.yaml").write_text("teams:\n  a: [1\n")
    assert main(["format"]) == 2
    assert "more.yaml:2:6: error[ARC-Y003]" in capsys.readouterr().err
    assert (two_files / "architecture.yaml").read_bytes() == b"version: 2\ninclude: [more.yaml]\nname:   x\n"
