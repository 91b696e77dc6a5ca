"""A site that is updated in place: what has not changed is not written again, and what went wrong before is repaired."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment
from mkdocs.config import load_config
from mkdocs.structure.files import get_files

from archgen.publishing.site import build_site
from archgen.publishing.site_update import SiteUpdate
from archgen.publishing.theme_environment import use_quick_environment
from archgen.system import meanwhile
from clean_builds import clean_site, site
from conftest import tree

PAGES = {
    "docs/index.md": "# Home\n\nSee [orders](orders.md).\n",
    "docs/orders.md": "# Orders\n",
    "docs/logs/index.md": "# Logs\n",
    "docs/logs/list.txt": "a b\n",
    "mkdocs.yml": "site_name: Shop\ntheme: {name: material, font: false}\nplugins: [search]\n",
}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def updated(old: Path, new: Path, unchanged: dict[str, str] | None = None) -> dict[str, bytes]:
    """The old site after an update to the files in `new` and those that the builder did not write there."""
    update = SiteUpdate(old, new)
    for name, text in (unchanged or {}).items():
        assert update.keeps(name, text.encode())
    update.carry_out(update.files())
    return tree(old)


def test_an_update_ends_in_the_files_of_the_new_site(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    write(old, {"a": "1", "gone/b": "2", "kept/c": "3", "d": "4", "e/f": "5", "same": "6"})
    (old / "empty" / "folder").mkdir(parents=True)
    write(new, {"a": "one", "d/now-a-folder": "four", "e": "now a file", "empty": "a file", "same": "6"})
    same, kept = (old / "same").stat(), (old / "kept/c").stat()
    assert updated(old, new, {"kept/c": "3"}) == {
        "a": b"one", "d/now-a-folder": b"four", "e": b"now a file", "empty": b"a file", "kept/c": b"3", "same": b"6",
    }  # fmt: skip
    assert (old / "same").stat().st_ino == same.st_ino
    assert (old / "kept/c").stat().st_mtime_ns == kept.st_mtime_ns
    assert not (old / "gone").exists()


def test_the_last_file_with_a_name_is_the_one_of_the_site(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    write(old, {"a": "1", "b": "2"})
    write(new, {"a": "of the theme"})
    update = SiteUpdate(old, new)
    assert update.keeps("a", b"1")
    assert update.keeps("b", b"2")
    write(new, {"b": "of a template"})
    update.carry_out(update.files())
    assert tree(old) == {"a": b"1", "b": b"of a template"}


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a privilege")
def test_nothing_is_written_through_links(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", {"a": "1"})
    (tmp_path / "old").mkdir()
    (tmp_path / "old/folder").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for folder in (tmp_path / "old", tmp_path / "link", tmp_path / "nowhere"):
        update = SiteUpdate(folder, tmp_path / "new")
        assert not update.is_possible
        assert not update.keeps("folder/a", b"1")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose site has been built."""
    monkeypatch.setenv("ARCHGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(meanwhile, "usable_cores", lambda: 1)
    write(tmp_path / "project", PAGES)
    site(tmp_path / "project")
    return tmp_path / "project"


def inodes(root: Path) -> dict[str, int]:
    files = (file for file in (root / "site").rglob("*") if file.is_file())
    return {file.relative_to(root / "site").as_posix(): file.stat().st_ino for file in files}


@pytest.mark.slow
def test_only_files_that_differ_are_written(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = inodes(root)
    write(root, {"docs/orders.md": "# Orders\n\nSorted.\n"})
    made = site(root)
    after = inodes(root)
    differing = {name for name in before if before[name] != after[name]}
    assert differing == {"orders/index.html", "search/search_index.json"}
    assert made == clean_site(root, monkeypatch)


@pytest.mark.slow
def test_whatever_has_happened_to_the_site_is_repaired(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tree(root / "site")
    os.truncate(root / "site/orders/index.html", 10)
    (root / "site/logs/list.txt").unlink()
    (root / "site/logs/list.txt").mkdir()
    write(root, {"site/left-over/x.html": "<p>old</p>"})
    assert site(root) == made
    assert not (root / "site/left-over").exists()
    replace = Path.replace

    def killed(file: Path, target: Path) -> Path:  # after deletions, before any file is moved
        if Path(target).is_relative_to(root / "site"):
            raise KeyboardInterrupt
        return replace(file, target)

    write(root, {"docs/index.md": "# Home\n", "docs/orders.md": "# All orders\n"})
    (root / "docs/logs/list.txt").unlink()
    with monkeypatch.context() as m:
        m.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            build_site(root)
    assert site(root) == clean_site(root, monkeypatch)


@pytest.mark.slow
def test_an_update_that_fails_says_that_the_site_may_be_of_two_builds(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: SiteUpdate, _files: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(SiteUpdate, "carry_out", refused)
    (problem,) = build_site(root)
    assert (problem.code, problem.subject) == ("ARC-W002", "site")
    assert problem.message == "the site cannot be written: Permission denied"
    assert "may have pages of this build and of the last one" in problem.help


def test_a_folder_that_got_something_new_during_a_build_is_kept(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    write(old, {"a": "1", "gone/b": "2"})
    write(new, {"a": "one"})
    update = SiteUpdate(old, new)
    write(old, {"gone/of-another-program": "3"})
    update.carry_out(update.files())
    assert tree(old) == {"a": b"one", "gone/of-another-program": b"3"}


def environment(root: Path, *, quick: bool) -> tuple[Any, list[str]]:
    """The environment of the project's theme, and the files of the site, those of the theme included."""
    config = load_config(config_file=str(root / "mkdocs.yml"))
    if quick:
        use_quick_environment(config.theme)
    files = get_files(config)
    made = config.theme.get_env()
    files.add_files_from_theme(made, config)
    return made, [f"{file.src_uri} {file.abs_src_path}" for file in files]


def test_a_theme_has_the_same_files_and_is_compiled_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = PAGES["mkdocs.yml"].replace("name: material,", "name: material, custom_dir: own,")
    write(
        root, {"mkdocs.yml": own, "own/partials/footer.html": "{{ 1 + 1 }}", "own/.hidden/a.png": "", "own/b.png": ""}
    )
    compiled: list[str] = []
    compile_ = Environment.compile

    def noted(self: Environment, source: Any, name: Any = None, *more: Any, **named: Any) -> Any:
        compiled.append(name)
        return compile_(self, source, name, *more, **named)

    made, files = environment(root, quick=True)
    assert files == environment(root, quick=False)[1]
    code = made.get_template("base.html").root_render_func.__code__
    monkeypatch.setattr(Environment, "compile", noted)
    again = environment(root, quick=True)[0]
    assert again.get_template("base.html").root_render_func.__code__ == code
    assert compiled == []
    write(root, {"own/partials/footer.html": "{{ 1 + 2 }}"})
    assert again.get_template("partials/footer.html").render() == "3"
    assert compiled == ["partials/footer.html"]


@pytest.mark.slow
def test_a_hook_finds_all_files_of_the_site(root: Path) -> None:
    hook = "from pathlib import Path\ndef on_post_build(config):\n    pages = Path(config.site_dir).rglob('*.html')\n"
    hook += "    Path(config.site_dir, 'count.txt').write_text(str(len(list(pages))))\n"
    write(root, {"hook.py": hook, "mkdocs.yml": PAGES["mkdocs.yml"] + "hooks: [hook.py]\n"})
    assert site(root)["count.txt"] == site(root)["count.txt"] == b"4"
