"""Which shapes and words of a slide nobody sees in the show (ISO/IEC 29500-1, 19.3 and 20.1).

Hidden shapes, shapes beside the slide, words without ink, too small, or white with nothing coloured behind them.
"""

import math
from collections.abc import Iterable, Iterator

from lxml import etree

P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
ON = frozenset({"1", "true"})
UNSEEN_SIZE = 100  # hundredths of a point

_PAPER = frozenset({"bg1", "lt1"})
_FILLS = tuple(A + name for name in ("blipFill", "gradFill", "pattFill", "solidFill"))

Box = tuple[float, float, float, float]  # left, top, right, bottom
EVERYWHERE: Box = (-math.inf, -math.inf, math.inf, math.inf)


def is_hidden(shape: etree._Element) -> bool:
    """Whether the shape itself says so."""
    properties = next(shape.iterfind(f"*/{P}cNvPr"), None)
    return properties is not None and properties.get("hidden") in ON


def slide_box(presentation: etree._Element) -> Box:
    """Where all slides are; everywhere if the file does not say."""
    size = _two(presentation.find(f"{P}sldSz"), "cx", "cy")
    return EVERYWHERE if size is None else (0, 0, *size)


def box_of(shape: etree._Element) -> Box:
    """Where a shape can be, however it is turned; everywhere if it has no place of its own."""
    form = next((found for path in ("*/", "") for found in shape.iterfind(f"{path}*[{A}off]")), None)
    if form is None:
        return EVERYWHERE
    corner, size = _two(form.find(f"{A}off"), "x", "y"), _two(form.find(f"{A}ext"), "cx", "cy")
    if corner is None or size is None:
        return EVERYWHERE
    (left, top), (width, height) = corner, size
    across, down = left + width / 2, top + height / 2
    reach = (math.hypot(width, height) / 2,) * 2 if form.get("rot", "0") != "0" else (width / 2, height / 2)
    return across - reach[0], down - reach[1], across + reach[0], down + reach[1]


def meet(one: Box, other: Box) -> bool:
    """Whether the two have a place in common."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def coloured(root: etree._Element) -> Iterator[Box]:
    """Where something on the slide, on its layout or on its master has another colour than white."""
    if any(map(_is_dark, root.iter(f"{P}bg", f"{P}clrMap", f"{A}overrideClrMapping"))):
        yield EVERYWHERE
    for shape in root.iterfind(f"{P}cSld/{P}spTree/*"):
        if _has_colour(shape):
            yield box_of(shape)


def is_unseen(run: etree._Element, is_paper_white: bool) -> bool:
    """Whether the words of the run have no ink, are too small, or are white on white."""
    properties = run.find(f"{A}rPr")
    if properties is None:
        return False
    size = properties.get("sz", "")
    if size.isdigit() and int(size) <= UNSEEN_SIZE:
        return True
    if properties.find(f"{A}ln") is not None or properties.find(f"{A}highlight") is not None:
        return False
    if properties.find(f"{A}noFill") is not None:
        return True
    fill = properties.find(f"{A}solidFill")
    if fill is None:
        return False
    is_clear = any(alpha.get("val") in {"0", "0%"} for alpha in fill.iterfind(f"*/{A}alpha"))
    return is_clear or (is_paper_white and _is_white(fill))


def _is_dark(setting: etree._Element) -> bool:
    """Whether the paper is not plainly white: its own colour, or another one in white's place."""
    if setting.tag != f"{P}bg":
        return setting.get("bg1", "lt1") != "lt1"
    by_theme = (color.get("val") in _PAPER for one in setting.iterfind(f"{P}bgRef") for color in one)
    return not all(by_theme) or any(_fills(setting.iterfind(f"{P}bgPr")))


def _has_colour(shape: etree._Element) -> bool:
    if next(shape.iter(f"{P}pic", f"{P}graphicFrame", f"{A}blip"), None) is not None:
        return True
    if any(style.get("idx", "0") != "0" for style in shape.iter(f"{A}fillRef")):
        return True
    return any(_fills(shape.iter(f"{P}spPr", f"{P}grpSpPr")))


def _fills(places: Iterable[etree._Element]) -> Iterator[bool]:
    return (not _is_white(fill) for place in places for fill in place if fill.tag in _FILLS)


def _is_white(fill: etree._Element) -> bool:
    """Of a plain fill whose colour stands alone: a changed one (darker, say) is another colour."""
    color = next(iter(fill), None)
    if color is None or len(color):
        return False
    if color.tag == f"{A}srgbClr":
        return color.get("val", "").upper() == "FFFFFF"
    return color.tag == f"{A}schemeClr" and color.get("val") in _PAPER


def _two(element: etree._Element | None, first: str, second: str) -> tuple[float, float] | None:
    try:
        return None if element is None else (float(element.get(first, "")), float(element.get(second, "")))
    except ValueError:
        return None
