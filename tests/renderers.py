"""Programs that render SVG with different engines, as functions from text to picture. As a script, it prints which are available.

Those that come with the system (libcairo for CairoSVG, rsvg-convert of librsvg) are installed with apt if possible, like Chromium.
"""

from __future__ import annotations

import base64
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable

from PIL import Image

SCALE = 2
Renderer = Callable[[str], Image.Image]


def resvg(svg: str) -> Image.Image:
    """resvg, which also renders archgen's PNGs."""
    from resvg_py import svg_to_bytes

    return _opened(bytes(svg_to_bytes(svg_string=svg, zoom=SCALE)))


def mupdf(svg: str) -> Image.Image:
    """MuPDF, which supports neither markers nor dashes nor font families."""
    import pymupdf

    with pymupdf.open(stream=svg.encode(), filetype="svg") as document:
        return _opened(document[0].get_pixmap(matrix=pymupdf.Matrix(SCALE, SCALE)).tobytes("png"))


def cairosvg(svg: str) -> Image.Image:
    """CairoSVG, which ignores `paint-order` and always paints strokes over fills."""
    import cairosvg as program

    return _opened(program.svg2png(bytestring=svg.encode(), scale=SCALE))


def librsvg(svg: str) -> Image.Image:
    """librsvg, which GNOME and ImageMagick use."""
    command = ["rsvg-convert", "--zoom", str(SCALE), "--unlimited", "--format", "png"]
    return _opened(subprocess.run(command, input=svg.encode(), capture_output=True, check=True).stdout)


def in_chromium(browser: object, svg: str) -> Image.Image:
    """Chromium, showing the file as an image on a page of another color."""
    address = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
    page = browser.new_page(viewport={"width": 1400, "height": 1400}, device_scale_factor=SCALE)  # type: ignore[attr-defined]
    try:
        page.set_content(f'<body style="margin: 0; background: #808080"><img style="display: block" src="{address}">')
        page.wait_for_function("document.images[0].complete && document.images[0].naturalWidth > 0")
        return _opened(page.locator("img").screenshot())
    finally:
        page.close()


def _opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    if picture.mode in ("RGBA", "LA", "P"):  # a transparent picture is shown on medium gray
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "#808080")
        return Image.alpha_composite(ground, picture).convert("RGB")
    return picture.convert("RGB")


RENDERERS: dict[str, Renderer] = {"resvg": resvg, "mupdf": mupdf, "cairosvg": cairosvg, "librsvg": librsvg}


def lacks(name: str) -> str:
    """What is missing for a renderer; None if it works."""
    if name == "librsvg":
        return "" if shutil.which("rsvg-convert") else "rsvg-convert"
    if name == "cairosvg":
        try:
            import cairosvg as _program  # noqa: F401
        except OSError:  # it looks for the library when it is imported
            return "libcairo"
    return ""


def main() -> int:
    """Install what is missing if that is possible without a password; exit with 1 if fewer than three renderers work."""
    lacking = [name for name in RENDERERS if lacks(name)]
    may = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    if lacking and may:
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "libcairo2", "librsvg2-bin"], check=False, **quiet)
        lacking = [name for name in RENDERERS if lacks(name)]
    for name in RENDERERS:
        print(
            f"pictures are tried in {name}"
            if name not in lacking
            else f"{name} is not tried: there is no {lacks(name)}"
        )
    return 0 if len(RENDERERS) - len(lacking) >= 3 else 1


if __name__ == "__main__":
    sys.exit(main())
