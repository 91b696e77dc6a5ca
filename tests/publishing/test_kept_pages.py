"""A site that is built again: only what has changed is made, and the result is the one of a clean build."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import markdown
import pytest
from jinja2 import Template
from mkdocs.commands.build import build
from mkdocs.config import load_config

from archgen.publishing import links, site_helpers
from archgen.publishing.site import build_site
from archgen.system import meanwhile
from clean_builds import clean_site, site
from conftest import tree

CONFIG = """\
site_name: Shop
theme: {name: material, font: false, features: [navigation.prune]}
markdown_extensions:
  - attr_list
  - md_in_html
  - tables
  - toc: {permalink: true}
  - pymdownx.superfences
  - pymdownx.tabbed: {alternate_style: true}
plugins: [search]
"""
PAGES = {
    "index.md": "# Home\n\nSee [orders](orders.md#size) and [logs](operate/logs.md).\n",
    "orders.md": "---\ntitle: Orders\nsearch: {boost: 2}\n---\n# Orders\n\n## Size\n\n| a | b |\n| - | - |\n| 1 | 2 |\n",
    "operate/logs.md": "# Logs\n\n```bash\ntail -f log\n```\n\n[Home](../index.md)\n",
}


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept before a test, and one process does everything, so that calls can be counted."""
    monkeypatch.setenv("ARCHGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(meanwhile, "usable_cores", lambda: 1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with three pages."""
    root = tmp_path / "project"
    write(root, **{"mkdocs.yml": CONFIG}, **{f"docs/{name}": text for name, text in PAGES.items()})
    return root


@pytest.fixture
def converted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The first lines of the texts that are converted."""
    texts: list[str] = []
    convert = markdown.Markdown.convert
    monkeypatch.setattr(markdown.Markdown, "convert", lambda md, text: texts.append(first(text)) or convert(md, text))
    return texts


@pytest.fixture
def filled_in(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of pages for which the theme's template is filled in."""
    pages: list[str] = []
    render = Template.render

    def noted(template: Template, *arguments: object, **more: object) -> str:
        if arguments and template.name == "main.html":
            pages.append(arguments[0]["page"].file.src_uri)  # type: ignore[index]
        return render(template, *arguments, **more)

    monkeypatch.setattr(Template, "render", noted)
    return pages


def write(root: Path, **texts: str) -> None:
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def first(text: str) -> str:
    return text.strip().split("\n")[0]


@pytest.mark.slow
def test_nothing_is_made_again_if_nothing_has_changed(root: Path, converted: list[str], filled_in: list[str]) -> None:
    before = site(root)
    assert converted == ["# Home", "# Orders", "# Logs"]
    assert filled_in == ["index.md", "orders.md", "operate/logs.md"]
    assert site(root) == before
    assert (len(converted), len(filled_in)) == (3, 3)


@pytest.mark.slow
def test_the_site_is_that_of_the_builder_alone(root: Path) -> None:
    picture = "<div data-search-exclude>\n<svg><g><text>Web</text></g></svg>\n</div>"
    write(root, **{"docs/picture.md": f"# Picture\n\n{picture}\n\n*One* `two` [three](index.md) &amp; <b>four</b>\n"})
    made = site(root)
    config = load_config(config_file=str(root / "mkdocs.yml"), site_dir=str(root / "alone"), strict=True)
    config.plugins.on_startup(command="build", dirty=False)
    build(config)
    assert made == tree(root / "alone")
    assert b"Web" in made["picture/index.html"]


@pytest.mark.slow
def test_only_a_page_that_has_changed_is_made_again(
    root: Path, converted: list[str], filled_in: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    site(root)
    converted.clear()
    filled_in.clear()
    write(root, **{"docs/operate/logs.md": PAGES["operate/logs.md"] + "\nRotated daily.\n"})
    now = site(root)
    assert (converted, filled_in) == (["# Logs"], ["operate/logs.md"])
    assert b"Rotated daily" in now["operate/logs/index.html"]
    assert b"Rotated daily" in now["search/search_index.json"]
    assert now == clean_site(root, monkeypatch)


@pytest.mark.slow
def test_every_change_shows_as_in_a_clean_build(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = site(root)
    for change in CHANGES:
        change(root)
        now = site(root)
        assert now == clean_site(root, monkeypatch)
        assert now != before
        before = now


def move(root: Path, name: str, to: str) -> None:
    (root / name).rename(root / to)


CHANGES: tuple[Callable[[Path], object], ...] = (
    lambda root: edit(root, "mkdocs.yml", "site_name: Shop", "site_name: Store\nextra: {version: 7}"),
    lambda root: edit(root, "mkdocs.yml", "permalink: true", "permalink: §"),
    lambda root: edit(root, "docs/orders.md", "boost: 2", "boost: 3"),
    lambda root: edit(root, "docs/orders.md", "title: Orders", "title: All orders"),
    lambda root: write(root, **{"docs/new.md": "# New\n"}),
    lambda root: [
        move(root, "docs/operate/logs.md", "docs/operate/index.md"),
        edit(root, "docs/index.md", "operate/logs.md", "operate/index.md"),
    ],
    lambda root: edit(root, "mkdocs.yml", "plugins:", "nav: [orders.md, index.md, new.md, operate/index.md]\nplugins:"),
    lambda root: edit(root, "mkdocs.yml", "plugins:", "use_directory_urls: false\nplugins:"),
    lambda root: [
        edit(root, "mkdocs.yml", "plugins:", "extra_css: [a.css]\nextra_javascript: [a.js]\nplugins:"),
        write(root, **{"docs/a.css": "", "docs/a.js": ""}),
    ],
    lambda root: edit(root, "mkdocs.yml", "[a.js]", "[{path: a.js, async: true}]"),
    lambda root: [
        edit(root, "mkdocs.yml", "name: material,", "name: material, logo: a.svg,"),
        write(root, **{"docs/a.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>"}),
    ],
    lambda root: edit(root, "docs/orders.md", "# Orders", "# Orders\n\nLast changed on 2026-01-10."),
    lambda root: write(root, **{"docs/a.svg": "<svg xmlns='http://www.w3.org/2000/svg'><g/></svg>"}),
    lambda root: edit(root, "mkdocs.yml", "logo: a.svg,", "palette: {primary: custom, accent: custom},"),
)


@pytest.mark.slow
def test_overrides_of_the_theme_count(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(root, "mkdocs.yml", "name: material,", "name: material, custom_dir: own,")
    write(root, **{"own/partials/footer.html": "<footer>one</footer>"})
    site(root)
    edit(root, "own/partials/footer.html", "one", "two")
    now = site(root)
    assert b"<footer>two</footer>" in now["index.html"]
    assert now == clean_site(root, monkeypatch)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a privilege")
def test_icons_and_linked_folders_of_the_project_count(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(root, "mkdocs.yml", "name: material,", "name: material, custom_dir: own, icon: {logo: ours/logo},")
    write(root, **{"own/.icons/ours/logo.svg": "<svg><title>one</title></svg>", "shared/copyright.html": "<p>mine</p>"})
    (root / "own/partials").symlink_to(root / "shared")
    site(root)
    edit(root, "own/.icons/ours/logo.svg", "one", "two")
    assert b"<title>two</title>" in site(root)["index.html"]
    edit(root, "shared/copyright.html", "mine", "yours")
    now = site(root)
    assert b"<p>yours</p>" in now["index.html"]
    assert now == clean_site(root, monkeypatch)


@pytest.mark.slow
def test_a_template_of_the_project_may_show_other_pages(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(root, "mkdocs.yml", "name: material,", "name: material, custom_dir: own,")
    edit(root, "mkdocs.yml", "plugins:", "extra: {links: {first: 1, second: 2}}\nplugins:")
    listed = "{% for p in pages %}{{ p.page.content | length }} {% endfor %}{{ config.extra.links | list | join('+') }}"
    write(root, **{"own/partials/footer.html": f"<footer>{listed}</footer>"})
    before = site(root)
    edit(root, "docs/operate/logs.md", "tail", "head -n 100")
    now = site(root)
    assert now["orders/index.html"] != before["orders/index.html"]
    edit(root, "mkdocs.yml", "{first: 1, second: 2}", "{second: 2, first: 1}")
    now = site(root)
    assert b"second+first" in now["orders/index.html"]
    assert now == clean_site(root, monkeypatch)


def test_a_hook_may_add_an_extension(root: Path) -> None:
    hook = """\
from pathlib import Path
from markdown import Extension
from markdown.preprocessors import Preprocessor
class Signed(Preprocessor):
    def run(self, lines):
        return [*lines, "", Path(__file__).with_name("signature.txt").read_text()]
class Signing(Extension):
    def extendMarkdown(self, md):
        md.preprocessors.register(Signed(md), "signed", 0)
def on_config(config, **_):
    config.markdown_extensions.append(Signing())
"""
    write(root, **{"hook.py": hook, "signature.txt": "First"})
    edit(root, "mkdocs.yml", "plugins:", "hooks: [hook.py]\nplugins:")
    assert b"First" in site(root)["index.html"]
    write(root, **{"signature.txt": "Second"})
    assert b"Second" in site(root)["index.html"]


@pytest.mark.slow
def test_a_page_with_a_problem_has_it_in_every_run(root: Path) -> None:
    write(root, **{"docs/orders.md": "# Orders\n\n[x](nowhere.md)\n"})
    problems = [[d.message for d in build_site(root)] for _ in range(2)]
    assert problems[0] == problems[1]
    assert "nowhere.md" in problems[0][0]


def test_a_link_whose_target_disappears_is_found(root: Path) -> None:
    site(root)
    (root / "docs/operate/logs.md").unlink()
    (problem,) = build_site(root)
    assert "operate/logs.md" in problem.message


def test_an_anchor_that_disappears_is_found(root: Path) -> None:
    site(root)
    edit(root, "docs/orders.md", "## Size", "## Extent")
    assert ["orders/#size" in d.message for d in build_site(root)] == [True]


def test_an_extension_that_reads_files_is_asked_each_time(root: Path) -> None:
    edit(root, "mkdocs.yml", "  - tables", "  - tables\n  - pymdownx.snippets: {base_path: [parts]}")
    write(root, **{"parts/note.txt": "first", "docs/orders.md": '# Orders\n\n## Size\n\n--8<-- "note.txt"\n'})
    site(root)
    edit(root, "parts/note.txt", "first", "second")
    assert b"second" in site(root)["orders/index.html"]


def test_a_hook_of_the_project_is_asked_each_time(root: Path) -> None:
    edit(root, "mkdocs.yml", "plugins:", "hooks: [hook.py]\nplugins:")
    hook = """\
from pathlib import Path
def on_page_context(context, **_):
    context["page"].title = Path(__file__).with_name("title.txt").read_text()
    return context
"""
    write(root, **{"hook.py": hook, "title.txt": "First"})
    site(root)
    write(root, **{"title.txt": "Second"})
    assert b"<title>Second" in site(root)["operate/logs/index.html"]


@pytest.fixture
def helped_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One helper does everything as soon as a page has to be made, because its pace would be chance."""

    def finish_first(work: Callable[[int, int], None], _most: int) -> Callable[[], None]:
        if (pid := os.fork()) == 0:
            try:
                work(0, 1)
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        return lambda: None

    monkeypatch.setattr(site_helpers, "MADE_ALONE", 0)
    monkeypatch.setattr(site_helpers, "start_helpers", finish_first)


@pytest.mark.slow
def test_other_processes_make_pages(
    root: Path, converted: list[str], filled_in: list[str], helped_at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    parse = links._parsed
    monkeypatch.setattr(links, "_parsed", lambda text: parsed.append(text) or parse(text))
    helped = site(root)
    assert (converted, filled_in) == (["# Home"], ["index.md"])  # the pages with which this process called for help
    assert not any("<title>Logs" in text for text in parsed)
    assert helped == clean_site(root, monkeypatch)


@pytest.mark.slow
def test_helpers_do_not_start_if_little_has_changed(
    root: Path, helped_at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    site(root)
    started: list[object] = []
    monkeypatch.setattr(site_helpers, "MADE_ALONE", 1)
    monkeypatch.setattr(site_helpers, "start_helpers", lambda *given: started.append(given) or (lambda: None))
    write(root, **{"docs/operate/logs.md": PAGES["operate/logs.md"] + "\nRotated daily.\n"})
    site(root)
    assert started == []
    write(root, **{f"docs/{name}": text + "\nMore.\n" for name, text in PAGES.items()})
    site(root)
    assert len(started) == 2  # to convert pages, and to fill in templates


@pytest.mark.slow
def test_real_helpers_change_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = site(root)
    shutil.rmtree(root.parent / "cache")
    monkeypatch.setattr(site_helpers, "MADE_ALONE", 0)
    monkeypatch.setattr(meanwhile, "usable_cores", lambda: 4)
    assert site(root) == alone


@pytest.mark.slow
def test_damaged_results_change_nothing(root: Path) -> None:
    before = site(root)
    chance = random.Random(1)
    for file in sorted(f for f in (root.parent / "cache").rglob("*") if f.is_file()):
        content = bytearray(file.read_bytes())
        content[chance.randrange(len(content))] ^= 1
        file.write_bytes(content[: chance.choice([None, len(content) // 2])])
    assert site(root) == before


@pytest.mark.slow
def test_random_edits_end_in_what_a_clean_build_makes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(7)
    lines = [
        "# A",
        "## B",
        "[x](index.md)",
        "[y](#b)",
        "text",
        '=== "Tab"',
        "    inside",
        "- item",
        "*[HTML]: markup",
        "HTML",
    ]
    for _ in range(4):
        name = chance.choice(["orders.md", "operate/other.md", "z.md"])
        text = "\n\n".join(
            ["# Title", "## Size", "## B", *chance.choices([x for x in lines if "/" in name or "x" not in x], k=5)]
        )
        if "/" in name:
            text = text.replace("index.md", "../index.md")
        write(root, **{f"docs/{name}": text + "\n"})
        assert site(root) == clean_site(root, monkeypatch)


def edit(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new), encoding="utf-8")
