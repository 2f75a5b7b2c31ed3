"""A file is read by what is in it; its name decides only where that leaves a choice."""

import pytest

from ingestion.errors import DocumentEmpty
from ingestion.parsing.formats import parser_of
from tests.ingestion.office_files import cells, docx, odf, ooxml, paragraph, pptx, shape, xlsx, zipped

HTML = b"\n<!-- page -->\n<!DOCTYPE html><title>Page</title><p>Un.</p>"
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def named(content: bytes, name: str) -> str:
    return type(parser_of(content, name)).__name__


@pytest.mark.parametrize(
    ("content", "parser"),
    [
        (b"%PDF-1.7\n", "PdfParser"),
        (b"\n\n%PDF-1.7\n", "PdfParser"),
        (docx(paragraph("Un.")), "DocxParser"),
        (xlsx(f"<sheetData>{cells('un')}</sheetData>"), "XlsxParser"),
        (pptx(shape("Un.")), "PptxParser"),
        (odf("text", ""), "OdtParser"),
        (odf("spreadsheet", ""), "OdsParser"),
        (odf("presentation", ""), "OdpParser"),
        (OLE2, "LibreOfficeParser"),
        (b"{\\rtf1 Un.}", "LibreOfficeParser"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.doc", "a.pdf", "a.docx", "a.odt", "a", "a\nb\u202etdo.exe"])
def test_what_names_itself_is_read_as_such_under_any_name(content: bytes, name: str, parser: str) -> None:
    assert named(content, name) == parser


@pytest.mark.parametrize(
    ("content", "name", "parser"),
    [
        (HTML, "a.docx", "HtmlParser"),
        (HTML, "a.txt", "TextParser"),
        (b"# Un", "a.md", "MarkdownParser"),
        (b"a;b", "a.CSV", "CsvParser"),
        (b"Un.", "a.docx", "TextParser"),
        ("Un.".encode("utf-16"), "a.txt", "TextParser"),
        (b"PK\x03\x04 cut off", "a.odt", "OdtParser"),
    ],
)
def test_the_name_decides_between_kinds_of_text_and_for_what_is_damaged(content: bytes, name: str, parser: str) -> None:
    assert named(content, name) == parser


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.txt", "a"])
def test_an_empty_file_is_said_to_be_empty_whatever_its_name(name: str) -> None:
    with pytest.raises(DocumentEmpty):
        parser_of(b"", name)


@pytest.mark.parametrize("name", ["a.txt", "a.jpg", "a"])
@pytest.mark.parametrize("content", [b"\xff\xd8\xff\xe0\0\x10JFIF", b"\x89PNG\r\n\x1a\n\0\0"])
def test_what_none_reads_has_no_parser(content: bytes, name: str) -> None:
    assert parser_of(content, name) is None


def test_an_archive_of_anything_else_is_no_office_file() -> None:
    assert parser_of(zipped({"a.txt": "Un."}), "a.zip") is None


def test_files_with_macros_are_read_as_their_kind() -> None:
    parts = {"word/document.xml": b"<a/>", "word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}
    content = ooxml("wordprocessingml.document", "word/document.xml", parts)
    assert named(content, "a.docm") == "DocxParser"
