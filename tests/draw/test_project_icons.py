"""Icons from files of a project: what they may contain, and that a hostile file is refused, with its reason, in little time."""

from __future__ import annotations

import base64
import io
import json
import os
import struct
import sys
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from archgen.draw import project_icons, svg_renderer
from archgen.draw.project_icons import read_icons

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 24 24">'
SHAPE = '<path d="M0 0h24v24H0z" fill="#ff0000"/>'


def read(root: Path, name: str, data: str | bytes) -> tuple[Image.Image | None, str]:
    """The icon in a file with this content, or None and the reason."""
    (root / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    icons, problems = read_icons(root, [name])
    assert bool(icons) != bool(problems)
    if problems:
        return None, problems[name]
    png = base64.b64decode(icons[name].removeprefix("data:image/png;base64,"))
    return Image.open(io.BytesIO(png)).convert("RGBA"), ""


def test_shapes_gradients_styles_and_uses_are_drawn(tmp_path: Path) -> None:
    picture, problem = read(
        tmp_path,
        "i.svg",
        '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
        + SVG.replace("<svg", '<svg xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:version="1"')
        + '<metadata><i:x/></metadata><i:view/><title>T</title><style type="text/css">.a{fill:url(#g)}.b{fill:#00ff00}</style>'
        '<defs><linearGradient id="g"><stop offset="0" stop-color="#ff0000"/><stop offset="1" style="stop-color:#ff0000"/>'
        '</linearGradient><rect id="r" width="12" height="12"/><clipPath id="c"><path d="M0 0h24v24H0z"/></clipPath></defs>'
        '<g clip-path="url(#c)" font-family="Arial" data-name="x" aria-label="x"><rect class="a" width="24" height="24"/></g>'
        '<use xlink:href="#r" class="b"/><use href="#r" x="12" y="12" fill="#0000ff"/></svg>',
    )
    assert problem == ""
    assert picture
    assert picture.size == (96, 96)
    assert picture.getpixel((70, 20)) == (255, 0, 0, 255)
    assert picture.getpixel((20, 20)) == (0, 255, 0, 255)
    assert picture.getpixel((70, 70)) == (0, 0, 255, 255)


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<script>alert(1)</script>", "it contains <script>"),
        ('<script href="https://evil.example/x.js"/>', "it contains <script>"),
        ("<foreignObject><p/></foreignObject>", "it contains <foreignObject>"),
        ('<image href="data:image/png;base64,AAAA"/>', "it contains <image>"),
        ('<image xlink:href="file:///etc/passwd"/>', "it contains <image>"),
        ('<svg><image href="x.svg"/></svg>', "it contains <image>"),
        ('<a href="https://evil.example"><path d="M0 0"/></a>', "it contains <a>"),
        ('<animate attributeName="href" to="javascript:x"/>', "it contains <animate>"),
        ('<set attributeName="onload" to="x"/>', "it contains <set>"),
        ("<filter/>", "it contains <filter>"),
        ("<pattern/>", "it contains <pattern>"),
        ("<text>x</text>", "it contains <text>"),
        ("<style><path/></style><iframe/>", "it contains <iframe>"),
        ('<path onload="x()" d="M0 0"/>', "an event handler: onload"),
        ('<path OnClick="x()" d="M0 0"/>', "an event handler: OnClick"),
        ('<use href="https://evil.example/a.svg#b"/>', "outside of the file"),
        ('<use xlink:href="other.svg#b"/>', "outside of the file"),
        ('<use href="data:image/svg+xml,x"/>', "outside of the file"),
        ('<use href="javascript:x"/>', "outside of the file"),
        ('<path fill="url(https://evil.example/#a)"/>', "outside of the file"),
        ('<path fill="url(#a) url(//evil.example)"/>', "outside of the file"),
        ('<path fill="u\\72 l(x)"/>', "outside of the file"),
        ('<path style="fill:url(https://evil.example)"/>', "its style= contains `url`"),
        ('<path style="background:image(x)"/>', "its style= contains `image(`"),
        ('<path style="fill:&#117;rl(x)"/>', "its style= contains `url`"),
        ("<style>@import 'https://evil.example/x.css';</style>", "its <style> contains `@`"),
        ("<style>@font-face{}</style>", "its <style> contains `@`"),
        ("<style>a{fill:u\\72l(x)}</style>", "its <style> contains `\\`"),
        ("<style><![CDATA[a{fill:url(x)}]]></style>", "its <style> contains `url`"),
        ("<style>a{mask:url(#m)}</style>", "its <style> contains `mask`"),
        ("<style>" + "a{fill:red}" * 2000 + "</style>", "its styles have more than 16384 characters"),
        ('<path xmlns="" d="M0 0"/>', "<path> is outside of the namespace"),
        ('<path srcdoc="x"/>', "the attribute `srcdoc`"),
        ('<h:script xmlns:h="http://www.w3.org/2000/svg"/>', "it contains <script>"),
        ("<g>" * 100 + "</g>" * 100, "nested more than 32 deep"),
        ("<g/>" * 2001, "more than 2000 elements"),
        ('<g id="a"><use href="#a"/></g>', "its references form a circle"),
        ('<mask id="a" mask="url(#a)"/>', "its references form a circle"),
        (
            '<g id="a0"><path/></g>'
            + "".join(f'<g id="a{n}">{f"""<use href="#a{n - 1}"/>""" * 10}</g>' for n in range(1, 12)),
            "its references multiply its elements",
        ),
        ("<g>", "it is not XML"),
        ("&undefined;", "it is not XML"),
    ],
)
def test_what_runs_loads_or_multiplies_is_refused(tmp_path: Path, inside: str, reason: str) -> None:
    started = time.monotonic()
    picture, problem = read(tmp_path, "i.svg", f"{SVG}{SHAPE}{inside}</svg>")
    assert picture is None
    assert reason in problem
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (f'<!DOCTYPE svg [<!ENTITY a "b">]>{SVG}&a;</svg>', "declares entities"),
        (f'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>{SVG}&a;</svg>', "declares entities"),
        (f'<!DOCTYPE svg [<!ENTITY % a SYSTEM "https://evil.example/x.dtd"> %a;]>{SVG}</svg>', "declares entities"),
        ("<svg viewBox='0 0 1 1'/>", "it is not SVG"),
        ("<html xmlns='http://www.w3.org/1999/xhtml'/>", "it is not SVG"),
        ("<svg xmlns='http://www.w3.org/2000/svg'/>", "it has no size"),
        ("<svg xmlns='http://www.w3.org/2000/svg' width='100%' height='1'/>", "it has no size"),
        ("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1e30 1e30'/>", "its size is implausible"),
        ("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 nan 1'/>", "its size is implausible"),
        ("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 -1 1'/>", "its size is implausible"),
        ("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 0 0'/>", "its size is implausible"),
        ("<svg xmlns='http://www.w3.org/2000/svg' onload='x' viewBox='0 0 1 1'/>", "an event handler"),
        (f"{SVG}<script/></svg>".encode("utf-16"), "it contains <script>"),
        (b"\x1f\x8b\x08\x00", "it is not XML"),
        (b"", "it is not XML"),
        (f"{SVG}<!--{'x' * 140_000}--></svg>", "it is larger than 128 KiB"),
    ],
)
def test_a_file_that_is_not_a_plain_svg_picture_is_refused(tmp_path: Path, data: str | bytes, reason: str) -> None:
    picture, problem = read(tmp_path, "i.svg", data)
    assert picture is None
    assert reason in problem


def test_a_picture_that_crashes_the_renderer_is_refused_and_the_others_are_drawn(tmp_path: Path) -> None:
    arcs = "A1e9 1e9 0 1 1 24 24" * 3000  # resvg 0.5 aborts its process at these
    (tmp_path / "a.svg").write_text(f"{SVG}{SHAPE}</svg>")
    (tmp_path / "b.svg").write_text(f'{SVG}<path d="M0 0{arcs}" stroke="red" stroke-width="1e-9"/></svg>')
    (tmp_path / "c.svg").write_text(f"{SVG}{SHAPE}</svg>")
    icons, problems = read_icons(tmp_path, ["a.svg", "b.svg", "c.svg"])
    assert set(icons) == {"a.svg", "c.svg"}
    assert problems == {"b.svg": "the renderer cannot draw it, or takes too long"}


def test_a_renderer_that_hangs_or_fails_again_and_again_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    renderer = tmp_path / "renderer.py"
    renderer.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(svg_renderer, "__file__", str(renderer))
    monkeypatch.setattr(project_icons, "SECONDS", 0.2)
    names = [f"{n}.svg" for n in range(6)]
    for name in names:
        (tmp_path / name).write_text(f"{SVG}{SHAPE}</svg>")
    icons, problems = read_icons(tmp_path, names)
    assert icons == {}
    assert list(problems) == names
    assert problems["5.svg"] == "it was not drawn, because the renderer failed at other icons"


def chunk(type_: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + type_ + data + struct.pack(">I", zlib.crc32(type_ + data))


def png(width: int, height: int, pixels: bytes, *more: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(more) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


BOMB = zlib.compress(b"\0" * 50_000_000, 9)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (png(100_000, 100_000, BOMB), "at most 2048 × 2048"),
        (png(3000, 2, BOMB), "at most 2048 × 2048"),
        (png(20_000, 20_000, BOMB), "at most 2048 × 2048"),
        (png(8, 8, b""), "it is damaged"),
        (png(8, 8, BOMB, chunk(b"zTXt", b"a\0\0" + BOMB)), "it is damaged"),
        (png(0, 0, b""), "it is damaged"),
        (png(8, 8, b"x")[:20], "it is damaged"),
        (b"\x89PNG\r\n\x1a\n", "it is damaged"),
        (b"GIF89a", "it is not a PNG file"),
        (f"{SVG}</svg>".encode(), "it is not a PNG file"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 1024 * 1024, "it is larger than 1 MiB"),
    ],
)
def test_a_png_file_that_is_damaged_or_too_large_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    started = time.monotonic()
    picture, problem = read(tmp_path, "i.png", data)
    assert picture is None
    assert reason in problem
    assert time.monotonic() - started < 5


def test_a_png_file_is_fitted_into_a_square_without_its_metadata(tmp_path: Path) -> None:
    wide = png(4, 2, zlib.compress((b"\0" + b"\x00\x00\xff" * 4) * 2), chunk(b"tEXt", b"Comment\0<script>"))
    picture, problem = read(tmp_path, "i.png", wide)
    assert problem == ""
    assert picture
    assert picture.size == (96, 96)
    assert [picture.getpixel((48, y)) for y in (10, 48, 86)] == [(0, 0, 0, 0), (0, 0, 255, 255), (0, 0, 0, 0)]
    assert b"script" not in base64.b64decode(read_icons(tmp_path, ["i.png"])[0]["i.png"].partition(",")[2])


def test_a_file_outside_the_folder_or_one_that_is_not_regular_is_never_opened(tmp_path: Path) -> None:
    root = tmp_path / "model"
    root.mkdir()
    (tmp_path / "secret.png").write_bytes(png(1, 1, zlib.compress(b"\0\0\0\0")))
    (root / "link.png").symlink_to(tmp_path / "secret.png")
    (root / "loop.png").symlink_to(root / "loop.png")
    os.mkfifo(root / "pipe.svg")
    names = ["link.png", "../secret.png", "loop.png", "pipe.svg", "none.svg", "a\0.png", str(tmp_path / "secret.png")]
    icons, problems = read_icons(root, names)
    assert icons == {}
    assert set(problems) == set(names)
    assert problems["link.png"] == "it is outside of the model's folder"
    assert problems["pipe.svg"] == "it is not a regular file"


def test_the_same_file_gives_the_same_picture(tmp_path: Path) -> None:
    (tmp_path / "i.svg").write_text(f"{SVG}{SHAPE}</svg>")
    assert read_icons(tmp_path, ["i.svg"]) == read_icons(tmp_path, ["i.svg"])


def test_the_renderer_limits_itself_and_writes_a_line_for_each_picture(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """In this process, where it is measured; its limits are noted and not set."""
    resource = pytest.importorskip("resource")
    limits: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "setrlimit", limits.__setitem__)
    monkeypatch.setattr(sys, "argv", ["svg_renderer.py", ""])
    monkeypatch.setattr(sys, "path", list(sys.path))
    good = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4"/></svg>'
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps([good, "<svg"])))
    svg_renderer._draw()
    picture, nothing, end = capfdbinary.readouterr().out.split(b"\n")
    assert base64.b64decode(picture).startswith(b"\x89PNG")
    assert (nothing, end) == (b"", b"")
    assert limits[resource.RLIMIT_AS] == (svg_renderer.MEMORY,) * 2
    assert limits[resource.RLIMIT_CORE] == (0, 0)
