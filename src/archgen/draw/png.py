"""Renders SVG as PNG with resvg, using the built-in fonts and the project's. Needs neither a browser nor installed fonts."""

from __future__ import annotations

from collections.abc import Iterable

from archgen.draw.fonts import BUILT_IN, Font


def png(svg: str, scale: float = 2.0, fonts: Iterable[Font] = ()) -> bytes:
    """The picture, `scale` times its size in CSS pixels. `fonts` are used for letters that the built-in font lacks."""
    from resvg_py import svg_to_bytes

    return bytes(
        svg_to_bytes(
            svg_string=svg,
            zoom=scale,
            skip_system_fonts=True,
            font_files=[str(file) for file in (*BUILT_IN.values(), *(font.file for font in fonts))],
            font_family="Liberation Sans",
            sans_serif_family="Liberation Sans",
        )
    )
