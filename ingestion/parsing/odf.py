"""OpenDocument: texts (ODT), spreadsheets (ODS) and slides (ODP).

Read with lxml alone: on the same files xberg and odfdo give hidden text, rows and columns as if they could
be read, and xberg loses the numbers of lists. What is hidden is told besides. Nothing outside the file is fetched, no
macro is read.
"""

from collections.abc import Iterator

from ingestion.characters import one_line
from ingestion.document import ParsedDocument
from ingestion.errors import FileUnreadable
from ingestion.parsing.container import DAMAGED, SAVE_AGAIN, Container, open_container, protected
from ingestion.parsing.dates import iso_date
from ingestion.parsing.described import Described
from ingestion.parsing.grid import Row, paragraphs
from ingestion.parsing.odf_cells import columns_of, said
from ingestion.parsing.odf_slides import is_beside, slide_sizes
from ingestion.parsing.odf_styles import DRAW, MANIFEST, META, OFFICE, PRESENTATION, STYLE, TABLE, TEXT, Styles
from ingestion.parsing.odf_text import Text
from ingestion.parsing.office import Item, document_of, hidden_part, slide_items, with_besides
from ingestion.parsing.outline import Heading

_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_FURNITURE = frozenset({"date-time", "footer", "header", "page-number"})  # on every slide


class OdtParser:
    """Reads text documents."""

    suffixes = frozenset({".odt", ".ott"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        file = _File(content, name, "text")
        document = document_of(file.text.blocks(file.body), file.described, name)
        return with_besides(document, file.container, file.text.unseen, file.margins())


class OdsParser:
    """Reads spreadsheets: each visible sheet under its name."""

    suffixes = frozenset({".ods"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        file = _File(content, name, "spreadsheet")
        document = document_of(_sheets(file), file.described, name, is_named_by_heading=False)
        return with_besides(document, file.container, file.text.unseen, file.margins())


class OdpParser:
    """Reads slides: each visible one under its number and title; speakers' notes are not read."""

    suffixes = frozenset({".odp"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        file = _File(content, name, "presentation")
        document = document_of(_slides(file), file.described, name)
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
        self.styles = styles
        self.text = Text(Styles([root] if styles is None else [styles, root]))
        self.described = _described(container)

    def margins(self) -> Iterator[str]:
        """The lines of running heads and feet."""
        pages = () if self.styles is None else self.styles.iter(f"{STYLE}master-page")
        found = [line for page in pages for line in page.iter(f"{TEXT}p", f"{TEXT}h")]
        found += self.body.iter(f"{PRESENTATION}footer-decl", f"{PRESENTATION}header-decl")
        for line in found:
            yield one_line("".join(map(str, line.itertext())))


def _refuse_protected(container: Container) -> None:
    manifest = container.xml_or_none("META-INF/manifest.xml")
    if manifest is not None and manifest.find(f".//{MANIFEST}encryption-data") is not None:
        raise protected(container.name)


def _described(container: Container) -> Described:
    root = container.xml_or_none("meta.xml")
    if root is None:
        return Described()
    days = (root.findtext(f".//{name}") for name in (f"{_DUBLIN_CORE}date", f"{META}creation-date"))
    date = next((day for text in days if (day := iso_date(text or ""))), None)
    title = one_line(root.findtext(f".//{_DUBLIN_CORE}title") or "")
    names = (root.findtext(f".//{name}") for name in (f"{META}initial-creator", f"{_DUBLIN_CORE}creator"))
    return Described(title, date, next(filter(None, names), ""))


def _sheets(file: _File) -> Iterator[Item]:
    styles, text = file.text.styles, file.text
    for sheet in file.body.iterfind(f"{TABLE}table"):
        style = sheet.get(f"{TABLE}style-name", "")
        name = sheet.get(f"{TABLE}name", "")
        if styles.says("table", style, "table-properties", f"{TABLE}display") == "false":
            text.unseen += hidden_part(f"feuille masquée « {name} »", said(sheet))
            continue
        columns, before = columns_of(sheet), len(text.unseen)
        rows = (
            Row(tuple(cell.flat() for cell in text.cells(row, columns)), is_header)
            for row, is_header in text.rows(sheet)
        )
        items: list[Item] = list(paragraphs(rows))
        shapes = sheet.find(f"{TABLE}shapes")
        items += text.blocks(shapes if shapes is not None else ())
        kind = f"lignes, colonnes ou cellules masquées de « {name} »"
        text.unseen[before:] = hidden_part(kind, text.unseen[before:])
        if items:
            yield Heading(name, 1)
            yield from items


def _slides(file: _File) -> Iterator[Item]:
    text, styles, sizes = file.text, file.text.styles, slide_sizes(file.styles)
    for number, page in enumerate(file.body.iterfind(f"{DRAW}page"), 1):
        style = page.get(f"{DRAW}style-name", "")
        shapes = [one for one in page if str(one.tag).startswith(DRAW)]
        if styles.says("drawing-page", style, "drawing-page-properties", f"{PRESENTATION}visibility") == "hidden":
            hidden = [line for shape in shapes for line in said(shape)]
            text.unseen += hidden_part(f"diapositive masquée {number}", hidden)
            continue
        title: list[Item] = []
        items: list[Item] = []
        before, size = len(text.unseen), sizes.get(page.get(f"{DRAW}master-page-name", ""))
        for shape in shapes:
            role = shape.get(f"{PRESENTATION}class", "")
            if is_beside(shape, size):
                text.unseen += said(shape)
            elif role == "title" and not title:
                title = list(text.shape(shape))
            elif role not in _FURNITURE:
                items += text.shape(shape)
        text.unseen[before:] = hidden_part(f"objets masqués de la diapositive {number}", text.unseen[before:])
        yield from slide_items(number, " ".join(item.text for item in title), items)
