"""What the styles of an XLSX file make of its cells (ISO/IEC 29500-1, 18.8)."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from ingestion.parsing.cell_formats import BUILT_IN

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
UNSEEN_SIZE = 1.0  # points
NOTHING = ";;;"  # the format that shows no value, of whatever kind

_WHITE_INDEXES = frozenset({"1", "9"})  # of the palette that every file has
_WHITE_THEME = "0"  # the theme's first light colour


@dataclass(frozen=True, slots=True)
class CellStyle:
    """The format of numbers, and whether the text is out of sight: by its format or size, or as white on white."""

    form: str = ""
    is_hidden: bool = False
    is_white: bool = False


def cell_styles(root: etree._Element | None) -> list[CellStyle]:
    """The styles in the order of their numbers."""
    if root is None:
        return []
    own = {form.get("numFmtId", ""): form.get("formatCode", "") for form in root.iterfind(f"{S}numFmts/{S}numFmt")}
    forms = {str(number): form for number, form in BUILT_IN.items()} | own
    fonts = list(root.iterfind(f"{S}fonts/{S}font"))
    fills = list(root.iterfind(f"{S}fills/{S}fill"))
    return [_style(style, forms, fonts, fills) for style in root.iterfind(f"{S}cellXfs/{S}xf")]


def _style(
    style: etree._Element, forms: dict[str, str], fonts: list[etree._Element], fills: list[etree._Element]
) -> CellStyle:
    form = forms.get(style.get("numFmtId", ""), "")
    font, fill = _at(fonts, style.get("fontId", "")), _at(fills, style.get("fillId", ""))
    is_small = font is not None and any(_size(size) <= UNSEEN_SIZE for size in font.iterfind(f"{S}sz"))
    is_white = font is not None and any(map(_is_white, font.iterfind(f"{S}color")))
    return CellStyle(form, form == NOTHING or is_small, is_white and not any(_colours(fill)))


def _at(found: list[etree._Element], index: str) -> etree._Element | None:
    return found[int(index)] if index.isdecimal() and int(index) < len(found) else None


def _size(size: etree._Element) -> float:
    try:
        return float(size.get("val", ""))
    except ValueError:
        return UNSEEN_SIZE + 1


def _is_white(color: etree._Element) -> bool:
    return (
        color.get("rgb", "").upper().endswith("FFFFFF")
        or color.get("indexed") in _WHITE_INDEXES
        or (color.get("theme") == _WHITE_THEME and color.get("tint", "0").strip("0.-") == "")
    )


def _colours(fill: etree._Element | None) -> Iterator[bool]:
    """Whether each way in which the cell is filled gives it another colour than white."""
    for way in fill if fill is not None else ():
        pattern = way.get("patternType", "none")
        front = way.find(f"{S}fgColor")
        is_plain = pattern == "none" or (pattern == "solid" and front is not None and _is_white(front))
        yield not is_plain
