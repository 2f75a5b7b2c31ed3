"""What every `Parser` does, on each format."""

import shutil
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from ingestion.characters import visible
from ingestion.document import ParsedDocument
from ingestion.errors import DocumentEmpty, DocumentRefused
from ingestion.parsing.formats import PARSERS, parser_for
from ingestion.parsing.libreoffice import LibreOfficeParser
from ingestion.parsing.port import Parser
from tests.ingestion.office_files import cells, docx, odf, paragraph, pptx, shape, xlsx


def pdf(text: str) -> bytes:
    """One page with that line."""
    file = BytesIO()
    canvas = Canvas(file)
    canvas.drawString(60, 700, text)
    canvas.save()
    return file.getvalue()


def row(text: str) -> str:
    """Of an OpenDocument table."""
    return f"<table:table-row><table:table-cell><text:p>{text}</text:p></table:table-cell></table:table-row>"


def item(text: str) -> str:
    """Of an OpenDocument list."""
    return f"<text:list><text:list-item><text:p>{text}</text:p></text:list-item></text:list>"


def rtf(text: str) -> bytes:
    """What LibreOffice turns into a text."""
    letters = "".join(letter if letter.isascii() else f"\\u{ord(letter)}?" for letter in text)
    return f"{{\\rtf1\\ansi {letters}}}".encode()


MAKERS: dict[str, Callable[[str], bytes]] = {
    "PdfParser": pdf,
    "HtmlParser": lambda text: f"<p>{text}</p>".encode(),
    "MarkdownParser": str.encode,
    "TextParser": str.encode,
    "CsvParser": str.encode,
    "DocxParser": lambda text: docx(paragraph(text)),
    "OdtParser": lambda text: odf("text", f"<text:p>{text}</text:p>"),
    "XlsxParser": lambda text: xlsx(f"<sheetData>{cells(text)}</sheetData>"),
    "OdsParser": lambda text: odf("spreadsheet", f"<table:table>{row(text)}</table:table>"),
    "PptxParser": lambda text: pptx(shape(text)),
    "OdpParser": lambda text: odf("presentation", f"<draw:page><draw:rect>{item(text)}</draw:rect></draw:page>"),
    "EmailParser": lambda text: f"From: a@exemple.fr\nContent-Type: text/plain; charset=utf-8\n\n{text}".encode(),
    "LibreOfficeParser": rtf,
}

# A second or more for each file: what it makes is read by the parsers of OpenDocument, tried here by the hundred.
_slow = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


def each(chosen: Iterable[Parser]) -> pytest.MarkDecorator:
    """A test for each of them."""
    marked = [
        pytest.param(parser, marks=_slow if isinstance(parser, LibreOfficeParser) else (), id=type(parser).__name__)
        for parser in chosen
    ]
    return pytest.mark.parametrize("parser", marked)


parsers = each(PARSERS)
quick_parsers = each(parser for parser in PARSERS if not isinstance(parser, LibreOfficeParser))


def made(parser: Parser, text: str) -> bytes:
    return MAKERS[type(parser).__name__](text)


@parsers
def test_a_sentence_is_read_as_it_was_written(parser: Parser) -> None:
    last = parser.parse(made(parser, "Le congé dure trente jours."), "a").blocks[-1]  # after its sheet or slide
    assert last.text.removeprefix("- ") == "Le congé dure trente jours."


@parsers
def test_a_file_without_a_title_is_called_by_its_name(parser: Parser) -> None:
    document = parser.parse(made(parser, "en minuscules,"), "dossier/note de service.x")
    assert document.metadata.title == "note de service"


@parsers
def test_a_file_without_text_is_refused_as_empty(parser: Parser) -> None:
    with pytest.raises(DocumentEmpty, match="aucun texte"):
        parser.parse(made(parser, " "), "a")


@parsers
def test_no_bytes_at_all_are_refused(parser: Parser) -> None:
    with pytest.raises(DocumentRefused):
        parser.parse(b"", "a")


@parsers
@given(content=st.binary(max_size=500) | st.text(max_size=500).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_read_or_refused_and_never_crash(parser: Parser, content: bytes) -> None:
    try:
        document = parser.parse(content, "a")
    except DocumentRefused:
        return
    assert_sound(document)


@quick_parsers
@given(garbage=st.binary(max_size=20), position=st.integers(0, 2000))
def test_a_damaged_file_is_read_or_refused_and_never_crashes(parser: Parser, garbage: bytes, position: int) -> None:
    content = made(parser, "Le congé dure trente jours.")
    position %= len(content)
    try:
        document = parser.parse(content[:position] + garbage + content[position:], "a")
    except DocumentRefused:
        return
    assert_sound(document)


def assert_sound(document: ParsedDocument) -> None:
    """Blocks say something, and nothing that cannot be seen or stored."""
    assert document.blocks
    assert document.metadata.title
    for block in document.blocks:
        assert block.text.strip()
        assert visible(block.text) == block.text
        assert all(name.strip() and visible(name) == name for name in block.heading_path)


@parsers
def test_its_suffixes_lead_to_it_and_to_no_other(parser: Parser) -> None:
    assert parser.suffixes
    for suffix in parser.suffixes:
        assert suffix == suffix.lower()
        assert parser_for(PurePath("A" + suffix.upper())) is parser
