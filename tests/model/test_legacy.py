"""Words of an earlier version: version 1 may use them and is told the new ones, version 2 may not, and `--fix` rewrites them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from archgen.checking.fixes import fix_files
from archgen.diagnostics.diagnostic import Path as ModelPath
from archgen.model import legacy
from archgen.model.legacy import ANY, Rewrite
from archgen.pipeline import Project, check, load
from archgen.reading.changes import Change, DeleteKey, RenameKey, SetValue
from archgen.reading.yaml_tree import YamlNode
from conftest import MINIMAL, archgen


def renamed(path: ModelPath, node: YamlNode) -> Sequence[Change]:
    return [RenameKey(path, "purpose")]


def optional(path: ModelPath, node: YamlNode) -> Sequence[Change] | None:
    """`optional: true` becomes `required: false`; `optional: false` says what is true anyway."""
    if node.value is True:
        return [SetValue(path, False), RenameKey(path, "required")]
    return [DeleteKey(path)] if node.value is False else None


CALLS = ("components", ANY, "calls", ANY)
TABLE = (
    Rewrite("why", "purpose", "the word is the same everywhere", (("components", ANY, "why"),), renamed),
    Rewrite("optional: true", "required: false", "one word for one fact", ((*CALLS, "optional"),), optional),
)

OLD = MINIMAL.replace(
    "    title: Shop\n    calls: {orders: {port: 5432, protocol: postgresql}}\n",
    """\
    title: Shop
    # why it exists
    why: Sells things.  # to everyone
    calls: {orders: {port: 5432, protocol: postgresql, optional: true}}
    when:
      aws:
        why: Sells more.
        calls: {orders: {optional: false}}
""",
)
NEW = MINIMAL.replace("version: 1", "version: 2").replace(
    "    title: Shop\n    calls: {orders: {port: 5432, protocol: postgresql}}\n",
    """\
    title: Shop
    # why it exists
    purpose: Sells things.  # to everyone
    calls: {orders: {port: 5432, protocol: postgresql, required: false}}
    when:
      aws:
        purpose: Sells more.
        calls: {orders: {}}
""",
)


@pytest.fixture(autouse=True)
def _table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy, "REWRITES", TABLE)


def project(folder: Path, text: str) -> Project:
    (folder / "architecture.yaml").write_text(text)
    loaded = load(folder / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return loaded.project


def test_version_1_may_use_old_words_and_is_told_the_new_ones(tmp_path: Path) -> None:
    model = project(tmp_path, OLD)
    assert model.resolved.default.components["shop"].purpose == "Sells more."
    found = [d for d in check(model).findings if d.code == "ARC-M010"]
    assert [(d.span.line, d.severity) for d in found if d.span] == [(n, "info") for n in (18, 19, 22, 23)]
    assert found[0].message == "`why` is the wording of version 1"
    assert found[0].help == ("write `purpose`: the word is the same everywhere; archgen validate --fix rewrites it")


def test_version_2_refuses_them_with_the_new_wording(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(OLD.replace("version: 1", "version: 2"))
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project is None
    found = [d for d in loaded.diagnostics if d.code == "ARC-M010"]
    assert {d.severity for d in found} == {"error"}
    assert found[0].help == "write `purpose`: the word is the same everywhere"


def test_fix_rewrites_them_keeps_comments_and_means_the_same(tmp_path: Path) -> None:
    before = project(tmp_path, OLD)
    made, failed = fix_files(before, check(before).findings)
    assert not failed
    assert made[0] == "architecture.yaml:18: components.shop.why: `why` becomes `purpose` (ARC-M010)"
    assert made[-1] == "architecture.yaml:1: version: 2 (ARC-M010)"
    assert (tmp_path / "architecture.yaml").read_text() == NEW
    after = load(tmp_path / "architecture.yaml").project
    assert after
    for coordinate, old in before.resolved.architectures.items():
        new = after.resolved.architectures[coordinate]
        assert (new.components, new.connections) == (old.components, old.connections)
    assert not [d for d in check(after).findings if d.code == "ARC-M010"]


def test_fix_rewrites_included_files(tmp_path: Path) -> None:
    head, components = OLD.split("components:", maxsplit=1)
    (tmp_path / "parts.yaml").write_text(f"components:{components}")
    model = project(tmp_path, f"include: [parts.yaml]\n{head}")
    fix_files(model, check(model).findings)
    assert (tmp_path / "parts.yaml").read_text() == f"components:{NEW.split('components:', maxsplit=1)[1]}"
    assert "version: 2\n" in (tmp_path / "architecture.yaml").read_text()


def test_a_form_that_only_a_person_can_rewrite_keeps_the_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand = Rewrite("protocol", "a purpose", "only you know it", ((*CALLS, "protocol"),), lambda _path, _node: ())
    monkeypatch.setattr(legacy, "REWRITES", (*TABLE, by_hand))
    model = project(tmp_path, OLD)
    made, failed = fix_files(model, check(model).findings)
    assert (len(made), failed) == (4, [])
    assert "version: 1\n" in (tmp_path / "architecture.yaml").read_text()


def test_a_model_without_old_words_keeps_its_version(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(MINIMAL)
    assert "fixed" not in archgen("validate", "--fix", cwd=tmp_path).err
    assert (tmp_path / "architecture.yaml").read_text() == MINIMAL
    assert project(tmp_path, MINIMAL.replace("version: 1", "version: 2"))


def test_an_old_word_next_to_the_new_one_is_never_a_crash(tmp_path: Path) -> None:
    model = tmp_path / "architecture.yaml"
    model.write_text(OLD.replace("    # why it exists\n", "    purpose: Sells.\n"))
    loaded = load(model)
    assert {d.code for d in loaded.diagnostics} == {"ARC-M002"}  # the key `why`
    model.write_text("version: 1\nwhen: 3\ncomponents: [why]\n")
    assert load(model).project is None


def test_a_call_cannot_say_two_directions(tmp_path: Path) -> None:
    file = tmp_path / "architecture.yaml"
    text = MINIMAL.replace("{port: 443, protocol: https}", "{port: 443, protocol: https, answers: true, data: sent}")
    file.write_text(text, encoding="utf-8")
    assert [d.message for d in load(file).diagnostics if d.severity == "error"] == [
        "`answers: true` means `data: both`, but `data` is sent; remove `answers`"
    ]
