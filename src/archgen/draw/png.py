"""SVG text in, PNG bytes out, painted by resvg with the fonts of the package: no browser, no fonts of the machine."""

from __future__ import annotations

from archgen.draw.measure import FONTS


def png(svg: str, scale: float = 2.0) -> bytes:
    """The picture, `scale` times its size in CSS pixels."""
    from resvg_py import svg_to_bytes

    return bytes(
        svg_to_bytes(
            svg_string=svg,
            zoom=scale,
            skip_system_fonts=True,
            font_files=[str(file) for file in FONTS.values()],
            font_family="Liberation Sans",
            sans_serif_family="Liberation Sans",
        )
    )
