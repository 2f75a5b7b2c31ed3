"""OpenDocument: texts (ODT), spreadsheets (ODS) and slides (ODP).

Read with lxml alone: on the same files xberg and odfdo give hidden text, rows and columns as if they could
be read, and xberg loses the numbers of lists. Nothing outside the file is fetched, no macro is read.
"""

import datetime as dt
from collections.abc import Iterator

from lxml import etree

from ingestion.characters import one_line
from ingestion.document import ParsedDocument
from ingestion.errors import FileUnreadable
from ingestion.parsing.container import DAMAGED, SAVE_AGAIN, Container, open_container, protected
from ingestion.parsing.dates import iso_date
from ingestion.parsing.grid import MAX_COLUMNS, Row, paragraphs
from ingestion.parsing.odf_styles import DRAW, MANIFEST, META, OFFICE, PRESENTATION, STYLE, TABLE, TEXT, Styles, count
from ingestion.parsing.odf_text import Text, visible_rows
from ingestion.parsing.office import Item, document_of, slide_items, with_besides
from ingestion.parsing.outline import Heading

_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_FURNITURE = frozenset({"date-time", "footer", "header", "page-number"})  # on every slide


class OdtParser:
    """Reads text documents."""

    suffixes = frozenset({".odt", ".ott"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        file = _File(content, name, "text")
        document = document_of(file.text.blocks(file.body), file.title, file.date, name)
        return with_besides(document, file.container, file.text.unseen, file.margins())


class OdsParser:
    """Reads spreadsheets: each visible sheet under its name."""

    suffixes = frozenset({".ods"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        file = _File(content, name, "spreadsheet")
        document = document_of(_sheets(file), file.title, file.date, name, is_named_by_heading=False)
        return with_besides(document, file.container, file.text.unseen, file.margins())


class OdpParser:
    """Reads slides: each visible one under its number and title; speakers' notes are not read."""

    suffixes = frozenset({".odp"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        file = _File(content, name, "presentation")
        document = document_of(_slides(file), file.title, file.date, name)
        return with_besides(document, file.container, file.text.unseen, file.margins())


class _File:
    """An OpenDocument file, opened."""

    def __init__(self, content: bytes, name: str, kind: str) -> None:
        self.container = container = open_container(content, name)
        _refuse_protected(container)
        root = container.xml("content.xml")
        styles = container.xml_or_none("styles.xml")
        body = root.find(f"{OFFICE}body/{OFFICE}{kind}")
        if body is None:
            raise FileUnreadable(name, f"{DAMAGED} (il ne contient pas de texte de ce format)", SAVE_AGAIN)
        self.body = body
        self._styles = styles
        self.text = Text(Styles([root] if styles is None else [styles, root]))
        self.title, self.date = _described(container)

    def margins(self) -> Iterator[str]:
        """The lines of running heads and feet."""
        pages = () if self._styles is None else self._styles.iter(f"{STYLE}master-page")
        found = [line for page in pages for line in page.iter(f"{TEXT}p", f"{TEXT}h")]
        found += self.body.iter(f"{PRESENTATION}footer-decl", f"{PRESENTATION}header-decl")
        for line in found:
            yield one_line("".join(map(str, line.itertext())))


def _refuse_protected(container: Container) -> None:
    manifest = container.xml_or_none("META-INF/manifest.xml")
    if manifest is not None and manifest.find(f".//{MANIFEST}encryption-data") is not None:
        raise protected(container.name)


def _described(container: Container) -> tuple[str, dt.date | None]:
    root = container.xml_or_none("meta.xml")
    if root is None:
        return "", None
    days = (root.findtext(f".//{name}") for name in (f"{_DUBLIN_CORE}date", f"{META}creation-date"))
    date = next((day for text in days if (day := iso_date(text or ""))), None)
    return one_line(root.findtext(f".//{_DUBLIN_CORE}title") or ""), date


def _sheets(file: _File) -> Iterator[Item]:
    styles, text = file.text.styles, file.text
    for sheet in file.body.iterfind(f"{TABLE}table"):
        style = sheet.get(f"{TABLE}style-name", "")
        if styles.says("table", style, "table-properties", f"{TABLE}display") == "false":
            continue
        hidden = frozenset(_hidden_columns(sheet))
        rows = (
            Row(tuple(cell.flat() for cell in text.cells(row, hidden)), is_header)
            for row, is_header in visible_rows(sheet)
        )
        said: list[Item] = list(paragraphs(rows))
        shapes = sheet.find(f"{TABLE}shapes")
        said += text.blocks(shapes if shapes is not None else ())
        if said:
            yield Heading(sheet.get(f"{TABLE}name", ""), 1)
            yield from said


def _hidden_columns(sheet: etree._Element) -> Iterator[int]:
    """Their places, from 0."""
    place = 0
    for column in sheet.iter(f"{TABLE}table-column"):
        repeated = min(count(column, f"{TABLE}number-columns-repeated"), MAX_COLUMNS)
        if column.get(f"{TABLE}visibility") in {"collapse", "filter"}:
            yield from range(place, place + repeated)
        place += repeated


def _slides(file: _File) -> Iterator[Item]:
    styles = file.text.styles
    for number, page in enumerate(file.body.iterfind(f"{DRAW}page"), 1):
        style = page.get(f"{DRAW}style-name", "")
        if styles.says("drawing-page", style, "drawing-page-properties", f"{PRESENTATION}visibility") == "hidden":
            continue
        title: list[Item] = []
        said: list[Item] = []
        for shape in page:
            role = shape.get(f"{PRESENTATION}class", "")
            if role == "title" and not title:
                title = list(file.text.shape(shape))
            elif str(shape.tag).startswith(DRAW) and role not in _FURNITURE:
                said += file.text.shape(shape)
        yield from slide_items(number, " ".join(item.text for item in title), said)
