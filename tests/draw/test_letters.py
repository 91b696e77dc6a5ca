"""Letters that the built-in font lacks, and texts that are too long: measuring, wrapping, drawing in a project's fonts, and warnings."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import struct
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageColor

from archgen.draw import style
from archgen.draw.batch import draw_all, key_of, read_memory, remembered
from archgen.draw.drawing import draw
from archgen.draw.export import PAINTED, export
from archgen.draw.fonts import BUILT_IN, Font, lacking, read_font, runs
from archgen.draw.graph import Edge, Graph, Group, Icon, Node
from archgen.draw.measure import LABEL, MOST, MOST_EDGE, MOST_TITLE, WRAP, text_width, using, wrap
from archgen.draw.png import png
from archgen.draw.wrapping import ELLIPSIS, wrapped
from archgen.pipeline import check, load
from archgen.system.textfile import UnreadableError
from conftest import CASES, MINIMAL, ROOT, archgen

NO_GLYPHS = CASES / "pictures" / "no-glyphs"
FONTS = ROOT / "tests" / "data" / "fonts"
JAPANESE, ARABIC, EMOJI = "NotoSansCJKjp-few.otf", "NotoSansArabic-few.ttf", "NotoColorEmoji-few.ttf"
TITLE = "注文受付および在庫引当サービス（東日本リージョン・冗長構成）"


def font(name: str) -> Font:
    return read_font(FONTS, name)


def shop(tmp_path: Path, title: str, *, fonts: tuple[str, ...] = ()) -> Path:
    """A project with these fonts, whose shop has this title."""
    text = MINIMAL.replace("title: Shop", f'title: "{title}"')
    for name in fonts:
        (tmp_path / "fonts").mkdir(exist_ok=True)
        shutil.copy(FONTS / name, tmp_path / "fonts" / name)
    if fonts:
        text += f"fonts: [{', '.join(f'fonts/{name}' for name in fonts)}]\n"
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    return tmp_path


# -- widths ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("注文受付", 4.0),
        ("한국어", 3.0),
        ("🚀", 1.0),
        ("🧑‍💻", 1.0),  # one emoji of three code points
        ("👍🏽", 1.0),
        ("A注A", 1.0 + 2 * text_width("A", 1)),
        ("مخزن", 4 * 0.6),
    ],
)
def test_letters_that_no_font_has_get_an_assumed_width(text: str, width: float) -> None:
    assert text_width(text, 100) == pytest.approx(100 * width, abs=2)


def test_letters_of_a_projects_font_are_as_wide_as_it_says() -> None:
    arabic = font(ARABIC)
    with using((arabic,)):
        inside = text_width("مخزن", 100)
    assert inside != text_width("مخزن", 100)
    assert 100 < inside < 300
    with using((font(JAPANESE),)):
        assert text_width("注文", 100) == 200


def test_letters_of_the_built_in_font_are_measured_as_before() -> None:
    with using((font(JAPANESE), font(ARABIC))):
        assert text_width("Ingress / Gateway API, Zürich, Κύπρος, Дніпро", 12) == text_width(
            "Ingress / Gateway API, Zürich, Κύπρος, Дніпро", 12
        )
    assert not list(lacking("Ingress – Zürich, Κύπρος, Дніпро → “quoted” … × ● −", ()))


def test_a_text_is_divided_by_the_font_of_its_letters() -> None:
    fonts = (font(JAPANESE), font(EMOJI))
    assert list(runs("注文 API 🚀", fonts)) == [("Noto Sans CJK JP", "注文"), ("", " API "), ("Noto Color Emoji", "🚀")]
    assert list(lacking("注文 API 🚀 مخزن\u200d\u0301", fonts)) == list("مخزن")


# -- lines ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Load balancer", ("Load balancer",)),
        ("Ingress / Gateway API", ("Ingress / Gateway", "API")),
        ("External Secrets Operator", ("External Secrets", "Operator")),
        ("Site-to-Site VPN, 2\u00a0tunnels", ("Site-to-Site VPN,", "2\u00a0tunnels")),  # a no-break space stays within a line
        # The second line would be much wider, so the text is divided evenly.
        ("Orders of customers and their whole history of payments", ("Orders of customers and their", "whole history of payments")),
        (TITLE, ("注文受付および在庫引当サービス", "（東日本リージョン・冗長構成）")),  # no closing bracket at the start of a line
        (
            "WebApplicationFirewallForTheCustomerFacingStorefrontAndPartnerIntegrationsV2",
            ("WebApplicationFirewallForTheCustomer", "FacingStorefrontAndPartnerIntegrationsV2"),
        ),
        (
            "Visitors who come from the open internet, from partners, from kiosks in shops and from the mobile application",
            ("Visitors who come from the open internet,", "from partners, from kiosks in shops and…"),
        ),
    ],
)  # fmt: skip
def test_labels_have_two_lines_of_about_the_same_width(text: str, lines: tuple[str, ...]) -> None:
    assert wrap(text, LABEL) == lines


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=120))
def test_any_text_has_two_lines_that_are_not_too_wide_and_begin_as_it_does(text: str) -> None:
    lines = wrapped(text, lambda line: 6.0 * len(line), WRAP, MOST)
    assert len(lines) <= 2
    assert all(line and 6.0 * len(line) <= MOST for line in lines)
    said, whole = ("".join("".join(part).split()) for part in (lines, text.split()))
    assert said == whole or (said.endswith(ELLIPSIS) and whole.startswith(said.removesuffix(ELLIPSIS)))
    if 6.0 * len(" ".join(text.split())) <= MOST:
        assert said == whole


def test_marks_and_joined_letters_stay_together() -> None:
    for text in ("e\u0301" * 200, "🧑‍💻" * 80, "👍🏽" * 100):
        for line in wrap(text, LABEL):
            assert not re.match("[\u0301\u200d💻🏽]", line)
            assert not line.removesuffix(ELLIPSIS).endswith("\u200d")


def test_text_that_is_cut_is_complete_in_the_tooltip() -> None:
    long = "word " * 60
    nodes = (Node("a", long, Icon(tile="A")), Node("b", "short", Icon(tile="B")))
    group = Group("g", long, "generic", nodes)
    graph = Graph("g", "G", "d", "aws", "flow", Group("root", "", "none", (group,)), (Edge("e", "a", "b", long),))
    drawing = draw(graph)
    assert drawing.boxes["a"].width <= MOST
    assert drawing.labels["e"].width <= MOST_EDGE
    assert drawing.titles["g"].width <= MOST_TITLE
    root = ET.fromstring(export(drawing, "svg"))
    svg = "{http://www.w3.org/2000/svg}"
    said = {
        g.get("id", "").rpartition("-")[2]: g[0].text
        for g in root.iter(f"{svg}g")
        if len(g) and g[0].tag == f"{svg}title"
    }
    assert {id_: " ".join(text.split()) for id_, text in said.items()} == dict.fromkeys("age", long.strip())  # type: ignore[union-attr]


# -- fonts of a project ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "text"), [(JAPANESE, "注文受付"), (ARABIC, "مخزن بيانات"), (EMOJI, "🚀")])
def test_pngs_and_pdfs_are_drawn_with_a_projects_fonts(name: str, text: str) -> None:
    """OpenType with PostScript outlines, TrueType with joined letters, and a font with color pictures."""
    pymupdf = pytest.importorskip("pymupdf")
    node = Node("n", text, Icon(tile="N"))
    graph = Graph("g", "G", "d", "aws", "flow", Group("root", "", "none", (node,)), ())
    without, with_ = draw(graph), draw(graph, (font(name),))
    assert export(with_, "png") == export(with_, "png")
    assert export(with_, "pdf") == export(with_, "pdf")
    pictures = {}
    for kind, drawing in (("boxes", without), ("letters", with_)):
        png_ = Image.open(io.BytesIO(export(drawing, "png"))).convert("RGB")
        with pymupdf.open(stream=export(drawing, "pdf"), filetype="pdf") as document:
            page = document[0].get_pixmap(matrix=pymupdf.Matrix(8 / 3, 8 / 3))
            pdf_ = Image.frombytes("RGB", (page.width, page.height), page.samples)
        box = drawing.boxes["n"]
        area = (0, int(box.y + 50) * 2, int(drawing.width) * 2, int(box.bottom + 4) * 2)
        pictures[kind] = [part.crop(area).convert("L") for part in (png_, pdf_)]
    for boxes, letters in zip(pictures["boxes"], pictures["letters"], strict=True):
        assert letters.resize((40, 8)).tobytes() != boxes.resize((40, 8)).tobytes()
    # PNG and PDF show the same letters at the same place.
    one, other = (list(part.resize((40, 8), Image.Resampling.BOX).tobytes()) for part in pictures["letters"])
    assert sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one) < 12


def test_spaces_between_words_of_another_font_stay() -> None:
    fonts = (font(ARABIC),)
    node = Node("n", "مخزن بيانات", Icon(tile="N"))
    graph = Graph("g", "G", "d", "aws", "flow", Group("root", "", "none", (node,)), ())
    from archgen.draw.svg import svg

    text = svg(draw(graph, fonts), painted=True)
    assert "<tspan font-family=\"'Noto Sans Arabic'\">مخزن</tspan>&#160;<tspan" in text
    assert "tspan" not in svg(draw(graph, fonts))


def test_a_collection_of_fonts_is_read_by_its_first(tmp_path: Path) -> None:
    from fontTools.ttLib import TTCollection, TTFont

    collection = TTCollection()
    collection.fonts = [TTFont(FONTS / ARABIC), TTFont(BUILT_IN["bold"])]
    collection.save(tmp_path / "two.ttc")
    assert not list(lacking("مخزن", (read_font(tmp_path, "two.ttc"),)))


def test_a_drawing_is_remembered_with_its_fonts() -> None:
    graph = Graph("g", "G", "d", "aws", "flow", Group("root", "", "none", (Node("n", "مخزن", Icon(tile="N")),)), ())
    fonts = (font(ARABIC),)
    batch = draw_all([graph], fonts=fonts)
    assert batch.of[graph] == draw(graph, fonts)
    memory = read_memory(json.dumps(remembered(batch)))
    assert draw_all([graph], memory, fonts=fonts).fresh == 0
    assert draw_all([graph], memory).fresh == 1
    assert key_of(graph) != key_of(graph, fonts)


# Tables with groups that repeat all code points, with overlapping segments, and a font with thousands of tables.
HEAD = struct.pack(">HHHHI", 0, 1, 3, 10, 12)
CMAPS = {
    "billions": HEAD
    + struct.pack(">HHIII", 12, 0, 16 + 12 * 60_000, 0, 60_000)
    + struct.pack(">III", 0, 0xFFFFFFFF, 0) * 60_000,
    "segments": HEAD
    + struct.pack(">HHHHHHH", 4, 0xFFFF, 0, 16_000, 0, 0, 0)
    + b"".join(word * 8_000 for word in (b"\xff\xff", b"\0\0", b"\0\1", b"\0\0"))
    + b"\0\0",
    "tables": struct.pack(">HH", 0, 60_000) + struct.pack(">HHI", 3, 10, 12) * 60_000,
    "variants": HEAD  # of 2,000 letters, all of which point at the same list
    + struct.pack(">HII", 14, 10 + 11 * 2000 + 4 + 4 * 3000, 2000)
    + struct.pack(">I", 10 + 11 * 2000).rjust(7, b"\0").ljust(11, b"\0") * 2000
    + struct.pack(">I", 3000)
    + b"\0\1\0\xff" * 3000,
    "bytes": HEAD + struct.pack(">HHH", 2, 6 + 512, 0) + b"\0" * 512,
}
# A name that 60,000 records share, a directory with very many tables, and collections with very many fonts and of an unknown version.
NAMES = struct.pack(">HHH", 0, 60_000, 6) + struct.pack(">6H", 3, 1, 0x409, 1, 60_000, 0) * 60_000
DIRECTORIES = {
    "names": lambda font_: with_table(font_, "name", NAMES),
    "directory": lambda font_: font_[:4] + struct.pack(">H", 60_000) + font_[6:] + bytes(16 * 60_000),
    "fonts": lambda font_: struct.pack(">4sII", b"ttcf", 0x10000, 60_000) + struct.pack(">I", 0) * 60_000 + font_,
    "version": lambda font_: struct.pack(">4sIII", b"ttcf", 0x10001, 1, 16) + font_,
}
REASONS = {
    "loop": "it is a symbolic link that leads to itself",
    "billions": "it claims to contain more characters than Unicode has",
    "segments": "it claims to contain more characters than Unicode has",
    "tables": "it contains no characters",
    "names": "its table of names is too large",
    "directory": "it has 60000 tables",
    "fonts": "it is a collection of 60000 fonts",
    "version": "it is a collection of an unknown version",
}
BROKEN = (
    "outside",
    "link",
    "loop",
    "missing",
    "folder",
    "text",
    "web",
    "truncated",
    "garbage",
    "large",
    "pipe",
    "nameless",
)


def with_table(font_: bytes, tag: str, data: bytes) -> bytes:
    """A font with one table replaced."""
    from fontTools.ttLib import TTFont
    from fontTools.ttLib.tables.DefaultTable import DefaultTable

    made = TTFont(io.BytesIO(font_))
    made.tables[tag] = DefaultTable(tag)
    made.tables[tag].data = data
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def break_(file: Path, whole: bytes, kind: str) -> None:
    """Write an unusable font where a font is expected, or nothing for a missing one."""
    match kind:
        case "outside":
            shutil.copy(FONTS / ARABIC, file.parents[2] / "other.ttf")
            file.symlink_to(file.parents[2] / "other.ttf")
        case "link":
            file.symlink_to("/etc/hostname")
        case "loop":
            file.symlink_to(file.name)
        case "folder":
            file.mkdir()
        case "text":
            file.write_text("hello")
        case "web":
            file.write_bytes(b"wOF2" + whole)
        case "truncated":
            file.write_bytes(whole[: len(whole) // 2])
        case "garbage":
            file.write_bytes(whole[:12] + os.urandom(4000))
        case "large":
            file.write_bytes(whole)
            os.truncate(file, 60 * 1024 * 1024)
        case "pipe":
            os.mkfifo(file)
        case "nameless":
            from fontTools.ttLib import TTFont

            other = TTFont(FONTS / ARABIC)
            other["name"].names = []
            other.save(file)


@pytest.mark.parametrize("kind", [*BROKEN, *CMAPS, *DIRECTORIES])
def test_an_unusable_font_is_reported_at_its_line(kind: str, tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    folder = shop(tmp_path / "p", "Shop", fonts=(ARABIC,))
    file = folder / "fonts" / ARABIC
    whole = file.read_bytes()
    file.unlink()
    if kind in CMAPS:
        file.write_bytes(with_table(whole, "cmap", CMAPS[kind]))
    elif kind in DIRECTORIES:
        file.write_bytes(DIRECTORIES[kind](whole))
    else:
        break_(file, whole, kind)
    project = load(folder / "architecture.yaml").project
    assert project
    (found,) = [d for d in check(project).findings if d.code == "ARC-V007"]
    assert found.severity == "error"
    assert found.span
    assert (found.span.file, found.span.line) == ("architecture.yaml", len(MINIMAL.splitlines()) + 1)
    assert found.message.startswith(f"the font 'fonts/{ARABIC}' cannot be used: {REASONS.get(kind, '')}")
    if kind == "text":
        result = archgen("diagram", "context", "-o", "x.png", cwd=folder)
        assert result.code == 1
        assert "ARC-V007" in result.err
        assert (folder / "x.png").is_file()


def test_a_table_of_variants_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its label, since its few bytes would expand to gigabytes."""
    from fontTools.ttLib.tables import _c_m_a_p

    monkeypatch.setattr(_c_m_a_p.cmap_format_14, "decompile", lambda *_: pytest.fail("it is unpacked"))
    (tmp_path / "x.ttf").write_bytes(with_table((FONTS / ARABIC).read_bytes(), "cmap", CMAPS["variants"]))
    with pytest.raises(UnreadableError, match="it contains no characters"):
        read_font(tmp_path, "x.ttf")


def test_letters_come_from_the_table_that_renderers_use(tmp_path: Path) -> None:
    """A table in an unknown format is ignored, whatever its label. Of the others, the one with the best label is used."""
    many = struct.pack(">HHIIIIII", 13, 0, 28, 0, 1, ord("注"), ord("注"), 1)
    few = struct.pack(">HHHHH", 6, 12, 0, ord("文"), 1) + struct.pack(">H", 1)
    variants = struct.pack(">HII", 14, 10, 0)
    labels = [(0, 4), (3, 1), (3, 10), *[(3, 1)] * 100]
    start = 4 + 8 * len(labels)
    starts = [start, start + 28, start + 40, *[start] * 100]
    cmap = struct.pack(">HH", 0, len(labels)) + b"".join(
        struct.pack(">HHI", *label, at) for label, at in zip(labels, starts, strict=True)
    )
    (tmp_path / "x.ttf").write_bytes(with_table((FONTS / ARABIC).read_bytes(), "cmap", cmap + many + few + variants))
    assert list(lacking("注文", (read_font(tmp_path, "x.ttf"),))) == ["文"]


@pytest.mark.parametrize("name", ["../x.ttf", "/etc/x.ttf", "x.woff2", "a//b.ttf", ".ssh/x.ttf", "C:/x.ttf"])
def test_a_font_is_named_by_a_path_below_the_model(name: str, tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(f'{MINIMAL}fonts: ["{name}"]\n')
    (found,) = load(tmp_path / "architecture.yaml").diagnostics
    assert (found.code, found.path) == ("ARC-M005", ("fonts", 0))


# -- warnings -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_letters_without_a_font_are_named_with_their_line(tmp_path: Path) -> None:
    result = archgen("diagram", "context", "-m", str(NO_GLYPHS / "architecture.yaml"), "-o", "x.png", cwd=tmp_path)
    assert result.code == 0
    lines = NO_GLYPHS.joinpath("architecture.yaml").read_text(encoding="utf-8").splitlines()
    for number, text in enumerate(lines, 1):
        drawn = "title:" in text and any(ord(letter) > 0x600 for letter in text)
        assert (f"architecture.yaml:{number}:" in result.err) == drawn, text
    assert "no available font has the characters '注' (U+6CE8), '文' (U+6587)" in result.err
    assert "'🚀' (U+1F680)" in result.err
    assert "ARC-V006" in result.err


def test_letters_that_several_pictures_lack_are_reported_once(tmp_path: Path) -> None:
    folder = shop(tmp_path, TITLE)
    result = archgen("diagram", "--all", "--format", "png", "--scale", "0.5", "-o", "pictures", cwd=folder)
    assert result.code == 0
    assert len(list((folder / "pictures").iterdir())) > 2
    assert result.err.count("ARC-V006]") == 1


def test_an_svg_gives_no_warning_and_keeps_the_letters(tmp_path: Path) -> None:
    result = archgen("diagram", "context", "-m", str(NO_GLYPHS / "architecture.yaml"), cwd=tmp_path)
    assert (result.code, result.err) == (0, "")
    for line in wrap(TITLE, LABEL):
        assert f">{line}</text>" in result.out


def test_with_fonts_there_is_no_warning(tmp_path: Path) -> None:
    folder = shop(tmp_path, TITLE, fonts=(JAPANESE,))
    result = archgen("diagram", "context", "-o", "x.png", cwd=folder)
    assert (result.code, result.err) == (0, "")


def test_other_commands_that_draw_warn_too(tmp_path: Path) -> None:
    folder = shop(tmp_path, TITLE)
    result = archgen("impact", "orders", "-o", "x.pdf", cwd=folder)
    assert result.code == 0
    assert "ARC-V006" in result.err


# -- color schemes --------------------------------------------------------------------------------------


def test_a_picture_for_a_dark_background_can_be_requested(tmp_path: Path) -> None:
    """Compares the pixel in the corner in each format."""
    pymupdf = pytest.importorskip("pymupdf")
    graph = Graph("g", "G", "d", "aws", "flow", Group("root", "", "none", (Node("n", "N", Icon(tile="N")),)), ())
    for scheme, ground in style.SCHEMES.items():
        page = style.PAGE[ground]
        files = {format_: export(draw(graph), format_, 1.0, scheme) for format_ in PAINTED}
        assert (
            f'<rect class="ag-page" width="{draw(graph).width}" height="{draw(graph).height}" fill="{page}"/>'
            in files["svg"].decode()
        )
        with pymupdf.open(stream=files["pdf"], filetype="pdf") as document:
            corner = document[0].get_pixmap().pixel(1, 1)
        assert max(abs(a - b) for a, b in zip(corner, ImageColor.getrgb(page), strict=True)) <= 1
        assert Image.open(io.BytesIO(files["png"])).convert("RGB").getpixel((1, 1)) == ImageColor.getrgb(page)
    dark = archgen("diagram", "context", "--theme", "dark", "-m", str(ROOT / "architecture.yaml"), cwd=tmp_path)
    assert dark.code == 0
    assert style.PAGE[1] in dark.out
    assert style.TEXT[0] not in dark.out


def test_a_format_without_colors_has_no_theme() -> None:
    result = archgen("diagram", "context", "--format", "dot", "--theme", "dark", cwd=ROOT)
    assert result.code == 2
    assert "--theme has no effect on the format dot" in result.err


def test_resvg_draws_text_in_the_fonts_that_are_named() -> None:
    """Two letters that the built-in font lacks must not be drawn as the same box."""
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text y="30" font-size="30" font-family="\'Noto Sans CJK JP\'">'
    one, other = (png(f"{head}{letter}</text></svg>", 1, (font(JAPANESE),)) for letter in "注文")
    assert one != other
