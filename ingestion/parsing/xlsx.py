"""XLSX: each visible sheet under its name, its rows as a reader sees them; what is hidden is told besides.

What a filter leaves out for now, or a fold covers that a sign beside it opens, is read as if it stood open.

Read with lxml alone: on the same files xberg and python-calamine give hidden rows and columns and « 0.05 »
for « 5 % », and openpyxl, which knows what is hidden, leaves the formats to its caller too. Formulas count by
the value that was last computed; nothing outside the file is fetched, no macro is read.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from ingestion.characters import one_line
from ingestion.document import ParsedDocument
from ingestion.parsing.cell_formats import shown
from ingestion.parsing.container import Container, open_container
from ingestion.parsing.grid import COVERED, MAX_COLUMNS, SEPARATOR, Cell, Row, paragraphs
from ingestion.parsing.office import Item, document_of, hidden_part, with_besides
from ingestion.parsing.outline import Heading
from ingestion.parsing.relations import RELATION, all_of_kind, described, main_part, named, tree_of_kind
from ingestion.parsing.xlsx_styles import UNSEEN_SIZE, CellStyle, S, cell_styles

MAX_ROWS = 1_048_576
UNSEEN_WIDTH = 0.1  # of a digit

_PLACE = re.compile(r"([A-Z]{1,3})(\d+)")
_NUMBER = re.compile(r"\d{1,9}(\.\d+)?")
_PART, _CODE = re.compile("&[LCR]"), re.compile(r'&(?:"[^"]*"|K[0-9A-F+-]{5,6}|\d+|.)')
_ON = frozenset({"1", "true"})
_BOOLEANS = {"1": "VRAI", "0": "FAUX"}


class XlsxParser:
    """Reads Excel's files since 2007."""

    suffixes = frozenset({".xlsx", ".xlsm", ".xltx"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        container = open_container(content, name)
        said = described(container)
        margins: dict[str, None] = {}
        unseen: list[str] = []
        document = document_of(_sheets(container, margins, unseen), said, name, is_named_by_heading=False)
        return with_besides(document, container, unseen, margins)


@dataclass(frozen=True, slots=True)
class _Book:
    """What the sheets share."""

    strings: list[str]
    styles: list[CellStyle]
    is_1904: bool

    def style(self, cell: etree._Element) -> CellStyle:
        index = cell.get("s", "0")
        return self.styles[int(index)] if index.isdecimal() and int(index) < len(self.styles) else CellStyle()


@dataclass(frozen=True, slots=True, order=True)
class _Range:
    """Places side by side, from 0: those of a merged cell, say."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def holds(self, row: int, column: int) -> bool:
        return self.first_row <= row <= self.last_row and self.first_column <= column <= self.last_column


def _sheets(container: Container, margins: dict[str, None], unseen: list[str]) -> Iterator[Item]:
    """Fills `margins` with what is printed above and below sheets, and `unseen` with what is hidden in them."""
    part = main_part(container)
    root = container.xml(part)
    parts = named(container, part)
    properties = root.find(f"{S}workbookPr")
    book = _Book(
        _strings(tree_of_kind(container, part, "sharedStrings")),
        cell_styles(tree_of_kind(container, part, "styles")),
        properties is not None and properties.get("date1904") in _ON,
    )
    for sheet in root.iterfind(f"{S}sheets/{S}sheet"):
        target = parts.get(sheet.get(f"{RELATION}id", ""), "")
        if "/worksheets/" not in f"/{target}":
            continue
        root_of_sheet, called = container.xml(target), sheet.get("name", "")
        hidden: list[str] = []
        tables = [
            one for part in all_of_kind(container, target, "table") if (one := container.xml_or_none(part)) is not None
        ]
        said = list(paragraphs(_rows(root_of_sheet, book, tables, hidden)))
        if sheet.get("state", "visible") != "visible":
            unseen += hidden_part(f"feuille masquée « {called} »", [*(one.text for one in said), *hidden])
            continue
        unseen += hidden_part(f"lignes, colonnes ou cellules masquées de « {called} »", hidden)
        margins |= dict.fromkeys(_margins(root_of_sheet))
        if said:
            yield Heading(called, 1)
            yield from said


def _margins(root: etree._Element) -> Iterator[str]:
    """Heads and feet, left, centre and right each by itself, without codes of fonts and fields (18.3.1.46)."""
    for margin in root.iterfind(f"{S}headerFooter/*"):
        yield from filter(None, (one_line(_CODE.sub(" ", part)) for part in _PART.split(margin.text or "")))


def _strings(root: etree._Element | None) -> list[str]:
    return [_text(item) for item in root.iterfind(f"{S}si")] if root is not None else []


def _text(item: etree._Element) -> str:
    """A string in one piece or in several; readings of Asian scripts are left out."""
    return "".join(text.text or "" for path in (f"{S}t", f"{S}r/{S}t") for text in item.iterfind(path))


def _rows(sheet: etree._Element, book: _Book, tables: list[etree._Element], unseen: list[str]) -> Iterator[Row]:
    """The rows that are seen, without hidden columns; fills `unseen` with the rest."""
    coloured, filtered = _coloured(sheet, tables), list(_filtered(sheet, tables))
    hidden = frozenset(_hidden_columns(sheet))
    has_folds = _has_folds(sheet.iterfind(f"{S}sheetData/{S}row"))
    merged = sorted(_ranges(sheet, f"{S}mergeCells/{S}mergeCell", "ref"), reverse=True)
    reaching: list[_Range] = []
    for place, row in enumerate(sheet.iterfind(f"{S}sheetData/{S}row")):
        number = row.get("r", "")
        at = int(number) - 1 if number.isdecimal() else place
        while merged and merged[-1].first_row <= at:
            reaching.append(merged.pop())
        reaching = [one for one in reaching if one.last_row >= at]
        found = {_column(cell.get("r", ""), place): cell for place, cell in enumerate(row.iterfind(f"{S}c"))}
        texts = {column: _value(cell, book) for column, cell in found.items()}
        is_filtered = any(one.first_row < at <= one.last_row for one in filtered)
        is_hidden = _is_hidden(row, has_folds) and not is_filtered
        if is_hidden or _length(row.get("ht", "")) <= UNSEEN_SIZE:
            unseen.append(SEPARATOR.join(filter(None, map(one_line, texts.values()))))
            continue
        away = {
            column
            for column, cell in found.items()
            if texts[column] and _is_unseen(book.style(cell), at, column, coloured)
        }
        unseen += [one_line(texts[column]) for column in sorted(texts) if column in hidden or column in away]
        texts = {column: "" if column in away else text for column, text in texts.items()}
        yield Row(tuple(cell for column, cell in enumerate(_cells(texts, at, reaching)) if column not in hidden))


def _has_folds(found: Iterable[etree._Element]) -> bool:
    """Whether beside some of these rows or columns stands the sign of others that are folded away."""
    return any(one.get("collapsed") in _ON for one in found)


def _is_hidden(one: etree._Element, has_folds: bool) -> bool:
    """Whether a row or column is hidden otherwise than by a fold."""
    return one.get("hidden") in _ON and not (has_folds and one.get("outlineLevel", "0") != "0")


def _is_unseen(style: CellStyle, row: int, column: int, coloured: list[_Range]) -> bool:
    return style.is_hidden or (style.is_white and not any(one.holds(row, column) for one in coloured))


def _cells(texts: Mapping[int, str], at: int, reaching: Iterable[_Range]) -> Iterator[Cell]:
    """The row's places, empty ones where the file leaves them out."""
    over = {column: one for one in reaching for column in range(one.first_column, one.last_column + 1)}
    for column in range(min(max(texts.keys() | over.keys(), default=-1) + 1, MAX_COLUMNS)):
        one = over.get(column)
        if one is None:
            yield Cell(texts.get(column, ""))
        elif (at, column) == (one.first_row, one.first_column):
            yield Cell(texts.get(column, ""), is_tall=one.last_row > one.first_row)
        else:
            yield COVERED


def _value(cell: etree._Element, book: _Book) -> str:
    value = cell.findtext(f"{S}v") or ""
    match cell.get("t", "n"):
        case "s":
            return book.strings[int(value)] if value.isdecimal() and int(value) < len(book.strings) else ""
        case "inlineStr":
            inline = cell.find(f"{S}is")
            return "" if inline is None else _text(inline)
        case "b":
            return _BOOLEANS.get(value, value)
        case "n" if value:
            return shown(value, book.style(cell).form, book.is_1904)
        case _:
            return value


def _column(reference: str, otherwise: int) -> int:
    """From 0: A is 0, AA is 26."""
    found = _PLACE.fullmatch(reference)
    if found is None:
        return otherwise
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _hidden_columns(sheet: etree._Element) -> Iterator[int]:
    has_folds = _has_folds(sheet.iterfind(f"{S}cols/{S}col"))
    for column in sheet.iterfind(f"{S}cols/{S}col"):
        first, last = column.get("min", ""), column.get("max", "")
        is_hidden = _is_hidden(column, has_folds) or _length(column.get("width", "")) <= UNSEEN_WIDTH
        if is_hidden and first.isdecimal() and last.isdecimal():
            yield from range(int(first) - 1, min(int(last), MAX_COLUMNS))


def _length(text: str) -> float:
    """Infinite where the file says none."""
    return float(text) if _NUMBER.fullmatch(text) else math.inf


def _filtered(sheet: etree._Element, tables: list[etree._Element]) -> Iterator[_Range]:
    """Where a filter is at work, its line of titles included."""
    for one in (sheet, *tables):
        if one.find(f"{S}autoFilter/{S}filterColumn") is not None:
            yield from _ranges(one, f"{S}autoFilter", "ref")


def _coloured(sheet: etree._Element, tables: list[etree._Element]) -> list[_Range]:
    """Where something else than a cell's own style may colour it: a condition, a table, a picture behind."""
    if sheet.find(f"{S}picture") is not None:
        return [_Range(0, 0, MAX_ROWS, MAX_COLUMNS)]
    found = [one for table in tables for one in _ranges(table, ".", "ref")]
    return found + list(_ranges(sheet, f"{S}conditionalFormatting", "sqref"))


def _ranges(root: etree._Element, path: str, attribute: str) -> Iterator[_Range]:
    for element in root.iterfind(path):
        for ref in element.get(attribute, "").split():
            first, _, last = ref.partition(":")
            start, end = _PLACE.fullmatch(first), _PLACE.fullmatch(last or first)
            if start is not None and end is not None:
                last_column = min(_column(end[0], 0), MAX_COLUMNS)
                yield _Range(int(start[2]) - 1, _column(first, 0), int(end[2]) - 1, last_column)
