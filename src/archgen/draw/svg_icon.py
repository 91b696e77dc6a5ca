"""Checks an SVG file of a project and makes a copy of it that is safe to draw.

The file is untrusted, so only a list of elements and attributes is allowed, and the copy has nothing else. It is drawn as a PNG; no
part of it gets into a page. Scripts, event handlers, links, other files, embedded pictures, text, entities, and
constructs that make a small file costly to draw are refused, and the message names them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET
from xml.parsers import expat

SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
MAX_ELEMENTS = 2_000
MAX_DEPTH = 32
MAX_STYLE = 16 * 1024  # characters of all <style> elements
MAX_COST = 4_000  # elements that are drawn, each as often as it is used
_WIDEST = 100_000.0  # upper limit of the width and height in the file, in its own units

_GRAPHIC = "svg g defs symbol title desc path rect circle ellipse line polyline polygon use style"
_PAINTERS = "linearGradient radialGradient stop clipPath mask"
ELEMENTS = frozenset((*_GRAPHIC.split(), *_PAINTERS.split()))
_SHAPE = (
    "d x y x1 y1 x2 y2 cx cy r rx ry fx fy fr points width height transform viewBox preserveAspectRatio offset gradientTransform "
    "gradientUnits spreadMethod clipPathUnits maskUnits maskContentUnits pathLength"
)
_PAINT = (
    "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit opacity color "
    "stop-color stop-opacity clip-path clip-rule mask mask-type display visibility overflow id class style type version"
)
ATTRIBUTES = frozenset((*_SHAPE.split(), *_PAINT.split()))
# Attributes that are left out: for screen readers and fonts, and for effects that an icon can do without.
_HARMLESS = re.compile(
    r"(data-|aria-|font|text-|letter-|word-|shape-rendering|image-rendering|color-|enable-background|role$|focusable$|xml:space$|"
    r"baseProfile$|contentStyleType$|isolation$|paint-order$|vector-effect$|mix-blend-mode$|stroke-dash(array|offset)$|tabindex$|lang$)"
)
_REFERENCE = re.compile(r"url\(\s*[\"']?#([\w.:-]+)[\"']?\s*\)")
_PAINTED_BY = re.compile(r"(?:fill|stroke)\s*:\s*url\(\s*[\"']?#[\w.:-]+[\"']?\s*\)")
# In CSS, a backslash can hide a word, and an at-rule can load a file.
_LOADS = re.compile(
    r"url|@|\\|image\(|src\(|expression|javascript|data:|<|behavior|stroke-dasharray|filter|mask|clip-path",
    re.IGNORECASE,
)


class UnsafeSvgError(Exception):
    """A file that cannot be used as an icon; the text completes "the icon cannot be used: ..."."""


def sanitized(data: bytes, pixels: int) -> str:
    """A copy of an SVG picture that has only known elements and attributes, and sides of `pixels`. Raises UnsafeSvgError."""
    root = _parse(data)
    if root.tag != f"{{{SVG}}}svg":
        raise UnsafeSvgError(f"it is not SVG: its root is <{_local(root.tag)}>")
    copy = _copy(root)
    for name in ("x", "y", "transform"):
        copy.attrib.pop(name, None)
    copy.attrib |= {"xmlns": SVG, "xmlns:xlink": _XLINK, "viewBox": _view_box(root)}
    copy.attrib |= {"width": str(pixels), "height": str(pixels)}
    if sum(len(style.text or "") for style in copy.iter("style")) > MAX_STYLE:
        raise UnsafeSvgError(f"its styles have more than {MAX_STYLE} characters")
    _check_cost(copy)
    return ET.tostring(copy, encoding="unicode")


# -- parsing -----------------------------------------------------------------------------------------------


def _parse(data: bytes) -> ET.Element:
    """The root of an XML document without entities. Raises UnsafeSvgError."""
    parser = expat.ParserCreate(namespace_separator="}")
    builder = ET.TreeBuilder()
    state = {"elements": 0, "depth": 0}

    def name(raw: str) -> str:
        return "{" + raw if "}" in raw else raw

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        state["elements"] += 1
        state["depth"] += 1
        if state["elements"] > MAX_ELEMENTS:
            raise UnsafeSvgError(f"it has more than {MAX_ELEMENTS} elements")
        if state["depth"] > MAX_DEPTH:
            raise UnsafeSvgError(f"its elements are nested more than {MAX_DEPTH} deep")
        builder.start(name(tag), {name(key): value for key, value in attributes.items()})

    def end(tag: str) -> None:
        state["depth"] -= 1
        builder.end(name(tag))

    def doctype(_name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        if has_subset:
            raise UnsafeSvgError("its document type declares entities; remove `<!DOCTYPE …>`")

    def entity(*_: object) -> int:
        raise UnsafeSvgError("it declares entities; remove `<!DOCTYPE …>`")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler, parser.EntityDeclHandler = doctype, entity
    parser.ExternalEntityRefHandler = entity
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError) as error:
        raise UnsafeSvgError(f"it is not XML: {error}") from None
    return builder.close()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


# -- copying what is known -----------------------------------------------------------------------------------


def _copy(element: ET.Element) -> ET.Element:
    """A copy of an element with its known attributes and children. Elements of other namespaces are notes of editors, and left out."""
    copy = ET.Element(_local(element.tag), dict(_attributes(element)))
    if copy.tag == "style":
        copy.text = element.text or ""
        _check_style(copy.text, "<style>")
        return copy
    for child in element:
        tag = _local(child.tag)
        if tag == child.tag:
            raise UnsafeSvgError(f'<{tag}> is outside of the namespace of SVG; set xmlns="{SVG}"')
        if child.tag != f"{{{SVG}}}{tag}" or tag == "metadata":
            continue
        if tag not in ELEMENTS:
            raise UnsafeSvgError(f"it contains <{tag}>, which is not allowed in icons")
        if tag not in ("title", "desc"):
            copy.append(_copy(child))
    return copy


def _attributes(element: ET.Element) -> Iterator[tuple[str, str]]:
    """The known attributes of an element. Raises UnsafeSvgError for those that run code, load something, or are unknown."""
    for name, value in element.attrib.items():
        local = _local(name)
        if name in (f"{{{_XLINK}}}href", "href"):
            if not re.fullmatch(r"#[\w.:-]+", value):
                raise UnsafeSvgError(f'it refers to something outside of the file: href="{value[:40]}"')
            yield "xlink:href", value
        elif name.startswith("{"):
            continue  # notes of editors, and `xml:space`
        elif local.lower().startswith("on"):
            raise UnsafeSvgError(f"it contains an event handler: {local}")
        elif local in ATTRIBUTES:
            _check_value(local, value)
            yield local, value
        elif not _HARMLESS.match(local):
            raise UnsafeSvgError(f"it contains the attribute `{local[:40]}`, which is not allowed in icons")


def _check_value(name: str, value: str) -> None:
    if name == "style":
        _check_style(value, "style=")
        return
    rest = _REFERENCE.sub("", value)
    if re.search(r"url|\\|&|javascript:|data:", rest, re.IGNORECASE):
        raise UnsafeSvgError(f'it refers to something outside of the file: {name}="{value[:40]}"')


def _check_style(text: str, where: str) -> None:
    """Raise UnsafeSvgError for styles that load something or change more than colors and lines."""
    found = _LOADS.search(_PAINTED_BY.sub("", text))
    if found:
        raise UnsafeSvgError(f"its {where} contains `{found.group()}`; only colors and lines are allowed in styles")


# -- size --------------------------------------------------------------------------------------------------


def _view_box(root: ET.Element) -> str:
    """The visible area of a picture as four numbers. Raises UnsafeSvgError if it has none, or an implausible one."""
    stated = root.get("viewBox")
    texts = re.split(r"[\s,]+", stated.strip()) if stated else ["0", "0", root.get("width", ""), root.get("height", "")]
    try:
        x, y, width, height = (float(re.sub(r"px$", "", text)) for text in texts)
    except ValueError:
        raise UnsafeSvgError('it has no size; add viewBox="0 0 WIDTH HEIGHT"') from None
    plausible = all(map(math.isfinite, (x, y))) and max(abs(x), abs(y)) <= _WIDEST
    if not plausible or not (0.1 <= width <= _WIDEST and 0.1 <= height <= _WIDEST):
        raise UnsafeSvgError(f"its size is implausible: {' '.join(texts)[:60]}")
    return f"{x} {y} {width} {height}"


def _check_cost(root: ET.Element) -> None:
    """Raise UnsafeSvgError if references form a circle, or multiply the elements to draw."""
    by_id = {element.get("id", ""): element for element in root.iter()}
    costs: dict[int, int] = {}
    under_way: set[int] = set()

    def cost(element: ET.Element, depth: int) -> int:
        key = id(element)
        if key in costs:
            return costs[key]
        if key in under_way:
            raise UnsafeSvgError("its references form a circle")
        if depth > 2 * MAX_DEPTH:
            raise UnsafeSvgError("its references are nested too deep")
        under_way.add(key)
        total = 1 + sum(cost(child, depth + 1) for child in element)
        for value in element.attrib.values():
            ids = _REFERENCE.findall(value) or ([value[1:]] if value.startswith("#") else [])
            total += sum(cost(by_id[id_], depth + 1) for id_ in ids if id_ in by_id)
        if total > MAX_COST:
            raise UnsafeSvgError(f"its references multiply its elements to more than {MAX_COST}")
        under_way.discard(key)
        costs[key] = total
        return total

    cost(root, 1)
