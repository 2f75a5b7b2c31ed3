"""XLSX: each visible sheet under its name, its rows as a reader sees them.

Read with lxml alone: on the same files xberg and python-calamine give hidden rows and columns and « 0.05 »
for « 5 % », and openpyxl, which knows what is hidden, leaves the formats to its caller too. Formulas count by
the value that was last computed; nothing outside the file is fetched, no macro is read.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from ingestion.characters import one_line
from ingestion.document import ParsedDocument
from ingestion.parsing.cell_formats import BUILT_IN, shown
from ingestion.parsing.container import Container, open_container
from ingestion.parsing.grid import COVERED, MAX_COLUMNS, Cell, Row, paragraphs
from ingestion.parsing.office import Item, document_of, with_besides
from ingestion.parsing.outline import Heading
from ingestion.parsing.relations import RELATION, described, main_part, named, tree_of_kind

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_PLACE = re.compile(r"([A-Z]{1,3})(\d+)")
_PART, _CODE = re.compile("&[LCR]"), re.compile(r'&(?:"[^"]*"|K[0-9A-F+-]{5,6}|\d+|.)')
_ON = frozenset({"1", "true"})
_BOOLEANS = {"1": "VRAI", "0": "FAUX"}


class XlsxParser:
    """Reads Excel's files since 2007."""

    suffixes = frozenset({".xlsx", ".xlsm", ".xltx"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        container = open_container(content, name)
        title, date = described(container)
        margins: dict[str, None] = {}
        document = document_of(_sheets(container, margins), title, date, name, is_named_by_heading=False)
        return with_besides(document, container, (), margins)


@dataclass(frozen=True, slots=True)
class _Book:
    """What the sheets share; `forms` are the formats of cells by their style."""

    strings: list[str]
    forms: list[str]
    is_1904: bool


@dataclass(frozen=True, slots=True, order=True)
class _Merged:
    """A merged cell's places, from 0."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


def _sheets(container: Container, margins: dict[str, None]) -> Iterator[Item]:
    """Fills `margins` with what is printed above and below sheets."""
    part = main_part(container)
    root = container.xml(part)
    parts = named(container, part)
    properties = root.find(f"{S}workbookPr")
    book = _Book(
        _strings(tree_of_kind(container, part, "sharedStrings")),
        _forms(tree_of_kind(container, part, "styles")),
        properties is not None and properties.get("date1904") in _ON,
    )
    for sheet in root.iterfind(f"{S}sheets/{S}sheet"):
        target = parts.get(sheet.get(f"{RELATION}id", ""), "")
        if sheet.get("state", "visible") != "visible" or "/worksheets/" not in f"/{target}":
            continue
        root_of_sheet = container.xml(target)
        margins |= dict.fromkeys(_margins(root_of_sheet))
        said = list(paragraphs(_rows(root_of_sheet, book)))
        if said:
            yield Heading(sheet.get("name", ""), 1)
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


def _forms(root: etree._Element | None) -> list[str]:
    if root is None:
        return []
    own = {form.get("numFmtId", ""): form.get("formatCode", "") for form in root.iterfind(f"{S}numFmts/{S}numFmt")}
    known = {str(number): form for number, form in BUILT_IN.items()} | own
    return [known.get(style.get("numFmtId", ""), "") for style in root.iterfind(f"{S}cellXfs/{S}xf")]


def _rows(sheet: etree._Element, book: _Book) -> Iterator[Row]:
    hidden = frozenset(_hidden_columns(sheet))
    merged = sorted(_merged(sheet), reverse=True)
    reaching: list[_Merged] = []
    for place, row in enumerate(sheet.iterfind(f"{S}sheetData/{S}row")):
        number = row.get("r", "")
        at = int(number) - 1 if number.isdecimal() else place
        while merged and merged[-1].first_row <= at:
            reaching.append(merged.pop())
        reaching = [one for one in reaching if one.last_row >= at]
        if row.get("hidden") not in _ON:
            yield Row(
                tuple(cell for column, cell in enumerate(_cells(row, at, reaching, book)) if column not in hidden)
            )


def _cells(row: etree._Element, at: int, reaching: Iterable[_Merged], book: _Book) -> Iterator[Cell]:
    """The row's places, empty ones where the file leaves them out."""
    texts = {_column(cell.get("r", ""), place): _value(cell, book) for place, cell in enumerate(row.iterfind(f"{S}c"))}
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
            style = cell.get("s", "0")
            index = int(style) if style.isdecimal() else 0
            return shown(value, book.forms[index] if index < len(book.forms) else "", book.is_1904)
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
    for column in sheet.iterfind(f"{S}cols/{S}col"):
        first, last = column.get("min", ""), column.get("max", "")
        if column.get("hidden") in _ON and first.isdecimal() and last.isdecimal():
            yield from range(int(first) - 1, min(int(last), MAX_COLUMNS))


def _merged(sheet: etree._Element) -> Iterator[_Merged]:
    for merged in sheet.iterfind(f"{S}mergeCells/{S}mergeCell"):
        first, _, last = merged.get("ref", "").partition(":")
        start, end = _PLACE.fullmatch(first), _PLACE.fullmatch(last)
        if start is not None and end is not None:
            last_column = min(_column(last, 0), MAX_COLUMNS)
            yield _Merged(int(start[2]) - 1, _column(first, 0), int(end[2]) - 1, last_column)
