"""Built sites: dead links, references to other sites, and the archive that opens from a disk."""

from __future__ import annotations

import random
import shutil
import zipfile
from pathlib import Path

import pytest

from archgen.publishing.links import _problem, broken, keep_references, resolve
from archgen.publishing.offline import with_file_addresses
from conftest import ROOT, archgen

PAGE = '<html><body><h1 id="top">x</h1>{}</body></html>'


def site(folder: Path, **pages: str) -> Path:
    for name, body in pages.items():
        file = folder / (name.replace("__", "/") + ("" if "." in name else "/index.html"))
        file = folder / "index.html" if name == "home" else file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(PAGE.format(body), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "body",
    [
        '<a href="../nowhere/">x</a>',
        "<a class=x href=../nowhere/>x</a>",
        "<a href='gone.html'>x</a>",
        '<a href="../b/#none">x</a>',
        '<a href="#none">x</a>',
        '<svg><a xlink:href="../nowhere/"><text>x</text></a></svg>',
        '<img alt="" src="gone.png">',
        '<script src="https://elsewhere.example/x.js"></script>',
        '<link rel="stylesheet" href="//elsewhere.example/x.css">',
        '<img src="https://elsewhere.example/pixel.gif">',
        '<a href="javascript:alert(1)">x</a>',
        '<a\n  title="a > b"\n  href="../nowhere/">x</a>',
        '<a href="https://[x">x</a>',
    ],
)
def test_what_is_wrong_is_found_at_its_line(tmp_path: Path, body: str) -> None:
    folder = site(tmp_path, home="", a=f"<p>\n\n{body}</p>", b="")
    (found,) = broken(folder)
    assert found.code == "ARC-S002"
    assert found.span
    assert (found.span.file, found.span.line) == ("a/index.html", 3)


@pytest.mark.parametrize(
    "body",
    [
        '<a href="../b/#top">x</a><a href="../b/">x</a><a href="../b/index.html">x</a><a href="..">x</a><a href="">x</a>',
        '<a href="/b/">x</a><a href="#top">x</a><a href="#__tabbed_1">x</a><a href="https://example.com">x</a><a href="mailto:a@b">x</a>',
        '<img alt="" src="data:image/png;base64,AA=="><link rel="canonical" href="https://example.com/a/">',
        '<script>const s = "<a href=\\"gone\\">";</script><!-- <a href="gone"> --><p>text href="gone"</p>',
        '<a name="old"></a><a href="#old">x</a><a href="../%62/">x</a>',
    ],
)
def test_what_is_right_is_not(tmp_path: Path, body: str) -> None:
    assert broken(site(tmp_path, home="", a=body, b="")) == []


def test_style_sheets_too(tmp_path: Path) -> None:
    folder = site(tmp_path, home="")
    (folder / "x.css").write_text(
        "a{}\nb{background:url(gone.png)} b{background:url(//[x)} c{background:url('https://e.example/x')} d{background:url(data:x)}"
    )
    assert [d.message.split(":")[0] for d in broken(folder)] == [
        *("dead link", "this address is not valid", "the style sheet loads https")
    ]


def test_both_builders_and_the_public_site_have_no_dead_link(built: Path, zensical: Path) -> None:
    for folder in (built / "site", zensical):
        result = archgen("links", str(folder), cwd=built)
        assert result.code == 0, result.err


@pytest.mark.slow
def test_a_template_with_a_dead_link_publishes_nothing(minimal: Path) -> None:
    project = minimal
    (project / "templates/pages").mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "templates/pages/tour.md", project / "templates/pages/tour.md")
    with (project / "templates/pages/tour.md").open("a") as stream:
        stream.write('\n<a href="../../nowhere/">x</a>\n')
    result = archgen("build", cwd=project)
    assert result.code == 1
    assert "architecture/start/tour/index.html:" in result.err
    assert "error[ARC-S002]: dead link: ../../nowhere/" in result.err
    assert not (project / "site").exists()


def test_addresses_of_folders_become_addresses_of_files() -> None:
    names = {"index.html", "a/b.html", "a/index.html", "a/d/x.svg", "c.html"}
    rewritten = with_file_addresses('<a href="../../c/#p"> <a xlink:href=\'../\'> <a href="../../">', "a/b.html", names)
    assert rewritten == '<a href="../c.html#p"> <a xlink:href="index.html"> <a href="../index.html">'
    listed = '<figure data-files="{&quot;x&quot;: &quot;../d/x.svg&quot;, &quot;y&quot;: null}">'
    assert "&quot;d/x.svg&quot;" in with_file_addresses(listed, "a/b.html", names)
    named = with_file_addresses('<figure data-differences="../d/x.svg">', "a/b.html", names)
    assert named == '<figure data-differences="d/x.svg">'
    untouched = '<a href="https://e.example/"> <a href="#x"> <a href="b.html"> <a href="gone/">'
    assert with_file_addresses(untouched, "a/index.html", names) == untouched


def test_resolving_stays_in_the_site() -> None:
    assert resolve("a/index.html", "../../../etc/passwd", {"index.html"}) is None


@pytest.mark.browser
def test_the_archive_opens_from_a_disk_with_its_search(shop: Path, tmp_path: Path, chromium) -> None:
    root = Path(shutil.copytree(shop, tmp_path / "project"))
    assert archgen("build", "--offline", cwd=root).code == 0
    with zipfile.ZipFile(root / "site-offline.zip") as archive:
        archive.extractall(tmp_path / "disk")
    page = chromium.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "disk/site/index.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("postgres")
    page.locator("a.md-search-result__link[href*='components/database.html']").first.click()
    page.wait_for_url("**/components/database.html*")
    page.goto((tmp_path / "disk/site/architecture/network.html").as_uri())
    page.locator(".ag-figure svg a").first.click()
    page.wait_for_url("**/components/*.html")
    page.go_back()
    page.get_by_label("Compare with").first.select_option(index=1)
    page.locator(".ag-differences li").first.wait_for()
    assert page.locator("svg.ag .ag-differs").count() > 0
    page.locator(".ag-bar select").first.select_option("dev")
    page.locator(".ag-where", has_text="Development").first.wait_for()
    assert said == []
    assert [address for address in asked if not address.startswith(("file:", "data:", "blob:"))] == []
    page.close()


@pytest.mark.slow
def test_a_name_that_looks_like_an_attribute_is_published(minimal: Path) -> None:
    model = minimal / "architecture.yaml"
    text = model.read_text(encoding="utf-8")
    model.write_text(text.replace("title: Shop", "title: Shop src=x href=y", 1), encoding="utf-8")
    result = archgen("build", "--offline", cwd=minimal)
    assert result.code == 0, result.err
    assert "src=x" in (minimal / "site/architecture/components/shop/index.html").read_text(encoding="utf-8")


ADDRESSES = [
    *(
        "../",
        "../../",
        "./",
        "x/",
        "a/",
        "b/",
        "",
        "#top",
        "#none",
        "?q",
        " ",
        "index.html",
        "mailto:x",
        "%62/",
        "/",
        "//h/",
    ),
    *("..", ".", "a:b", "javascript:1"),
]


def test_an_address_is_judged_alike_wherever_other_pages_have_it(tmp_path: Path) -> None:
    chance = random.Random(5)
    written = sorted({"".join(chance.choices(ADDRESSES, k=chance.randint(1, 4))) for _ in range(400)} - {""})
    body = "\n".join(f'<a href="{to}">x</a>' for to in written)
    folder = site(tmp_path, home=body, a=body, a__x=body, b=body, b__a=body)
    names = {file.relative_to(folder).as_posix() for file in folder.rglob("*.html")}
    pages = {name: keep_references((folder / name).read_text(encoding="utf-8")) for name in sorted(names)}
    expected = [
        (name, problem)
        for name, page in pages.items()
        for to, _start, loads in page.references
        if (problem := _problem(name, to, names, pages, loads=loads))
    ]
    assert [(d.span and d.span.file, d.message) for d in broken(folder)] == expected
    assert 100 < len(expected) < 1800


def test_an_anchor_of_the_page_itself_is_judged_for_each_page(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE.format('<a href="//#own">x</a><i id="own"></i>'), encoding="utf-8")
    (tmp_path / "b.html").write_text(PAGE.format('<a href="//#own">x</a>'), encoding="utf-8")
    assert [(d.span and d.span.file, d.message) for d in broken(tmp_path)] == [("b.html", "dead anchor: //#own")]
