"""Columns, cells and lines of OpenDocument tables (ODF 1.3, part 3, clause 9)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from ingestion.characters import one_line
from ingestion.parsing.grid import MAX_COLUMNS, TextCell
from ingestion.parsing.odf_styles import OFFICE, TABLE, TEXT, count
from ingestion.parsing.office import Item
from ingestion.parsing.outline import Paragraph


@dataclass(frozen=True, slots=True)
class Columns:
    """What a sheet says of its columns, from 0: which are hidden, and in what style cells are that name none.

    A table in a text is no sheet, and its words stand before whatever the text has behind it.
    """

    hidden: frozenset[int] = frozenset()
    styles: Mapping[int, str] = field(default_factory=dict)
    is_sheet: bool = False


IN_TEXT = Columns()
HIDDEN = "collapse"  # of the values of visibility; « filter » is what a filter leaves out for now


def columns_of(sheet: etree._Element) -> Columns:
    """The columns of a sheet."""
    hidden: set[int] = set()
    styles: dict[int, str] = {}
    place = 0
    for column in sheet.iter(f"{TABLE}table-column"):
        places = range(place, min(place + count(column, f"{TABLE}number-columns-repeated"), MAX_COLUMNS))
        groups = column.iterancestors(f"{TABLE}table-column-group")
        if column.get(f"{TABLE}visibility") == HIDDEN and not any(map(is_folded, groups)):
            hidden.update(places)
        styles |= dict.fromkeys(places, column.get(f"{TABLE}default-cell-style-name", ""))
        place = places.stop
    return Columns(frozenset(hidden), styles, is_sheet=True)


def is_folded(group: etree._Element) -> bool:
    """Whether rows or columns are folded away under a sign that unfolds them."""
    return group.get(f"{TABLE}display") == "false"


def is_taken(cell: TextCell | None) -> bool:
    """Whether a cell says something, or belongs to another that may."""
    return cell is not None and (cell.is_covered or bool(cell.items))


def value_of(cell: etree._Element) -> list[Item]:
    """What a cell holds whose text its program did not write."""
    value = cell.get(f"{OFFICE}string-value") or cell.get(f"{OFFICE}value") or cell.get(f"{OFFICE}date-value") or ""
    return [Paragraph(value)] if value else []


def said(element: etree._Element) -> list[str]:
    """All lines inside the element as they stand there, seen or not."""
    return [one_line("".join(map(str, line.itertext()))) for line in element.iter(f"{TEXT}p", f"{TEXT}h")]
