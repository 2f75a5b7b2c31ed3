"""Where the shapes of an OpenDocument presentation stand, and whether that is on the slide (ODF 1.3, part 3)."""

import re

from lxml import etree

from ingestion.parsing.odf_styles import DRAW, FO, STYLE

_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_LENGTH = re.compile(r"(-?\d{0,9}(?:\.\d+)?)(cm|mm|in|pt|pc)")
_CENTIMETRES = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "pc": 2.54 / 6}

Size = tuple[float, float]  # centimetres


def slide_sizes(styles: etree._Element | None) -> dict[str, Size]:
    """Width and height of slides by the name of their master page."""
    if styles is None:
        return {}
    layouts = {one.get(f"{STYLE}name"): one for one in styles.iter(f"{STYLE}page-layout")}
    sizes: dict[str, Size] = {}
    for master in styles.iter(f"{STYLE}master-page"):
        layout = layouts.get(master.get(f"{STYLE}page-layout-name"))
        page = None if layout is None else layout.find(f"{STYLE}page-layout-properties")
        size = None if page is None else _lengths(page, f"{FO}page-width", f"{FO}page-height")
        if size is not None:
            sizes[master.get(f"{STYLE}name", "")] = size
    return sizes


def is_beside(shape: etree._Element, slide: Size | None) -> bool:
    """Whether the whole shape lies outside the slide; one that is turned, or has no place of its own, does not."""
    corner = _lengths(shape, f"{_SVG}x", f"{_SVG}y")
    size = _lengths(shape, f"{_SVG}width", f"{_SVG}height")
    if slide is None or corner is None or size is None or f"{DRAW}transform" in shape.attrib:
        return False
    return any(at + length < 0 or at > end for at, length, end in zip(corner, size, slide, strict=True))


def _lengths(element: etree._Element, first: str, second: str) -> Size | None:
    found = [_LENGTH.fullmatch(element.get(name, "")) for name in (first, second)]
    one, other = (float(match[1] or 0) * _CENTIMETRES[match[2]] if match else None for match in found)
    return None if one is None or other is None else (one, other)
