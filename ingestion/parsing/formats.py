"""Which parser reads which file: by what is in it, by its name where that leaves a choice."""

import re
from collections.abc import Mapping
from pathlib import PurePath

from ingestion.errors import DocumentEmpty, DocumentRefused
from ingestion.parsing.container import Container, open_container
from ingestion.parsing.delimited import CsvParser
from ingestion.parsing.docx import DocxParser
from ingestion.parsing.email import EmailParser
from ingestion.parsing.html import HtmlParser
from ingestion.parsing.libreoffice import LibreOfficeParser, is_for_libreoffice
from ingestion.parsing.markdown import MarkdownParser
from ingestion.parsing.odf import OdpParser, OdsParser, OdtParser
from ingestion.parsing.pdf import PdfParser
from ingestion.parsing.port import Parser
from ingestion.parsing.pptx import PptxParser
from ingestion.parsing.text import MARKS, TextParser
from ingestion.parsing.xlsx import XlsxParser

_pdf, _html, _text, _csv, _libreoffice = PdfParser(), HtmlParser(), TextParser(), CsvParser(), LibreOfficeParser()
_markdown, _email = MarkdownParser(), EmailParser()
_docx, _xlsx, _pptx = DocxParser(), XlsxParser(), PptxParser()
_odt, _ods, _odp = OdtParser(), OdsParser(), OdpParser()

PARSERS: tuple[Parser, ...] = (
    _pdf, _docx, _odt, _xlsx, _ods, _pptx, _odp, _html, _markdown, _csv, _text, _email, _libreoffice,
)  # fmt: skip
_OF_TEXT = (_html, _markdown, _csv, _text, _email)  # nothing but its name tells Markdown from text

_BY_SUFFIX = {suffix: parser for parser in PARSERS for suffix in parser.suffixes}
SUFFIXES = frozenset(_BY_SUFFIX)

_OPEN_DOCUMENT: Mapping[bytes, Parser] = {b"text": _odt, b"spreadsheet": _ods, b"presentation": _odp}
_MAIN_PARTS: Mapping[bytes, Parser] = {
    b"wordprocessingml.": _docx,
    b"ms-word.": _docx,
    b"spreadsheetml.": _xlsx,
    b"ms-excel.sheet.macroEnabled": _xlsx,
    b"presentationml.": _pptx,
    b"ms-powerpoint.": _pptx,
}
_MAIN_TYPE = re.compile(
    rb'ContentType="application/(?:vnd\.openxmlformats-officedocument\.|vnd\.)([\w.-]+\.)main\+xml"'
)
_ZIP = b"PK"
_PDF_WITHIN = 1024  # bytes; what stands before the mark is passed over by all readers
_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_SAMPLE = 4096


def parser_for(path: PurePath) -> Parser | None:
    """The parser of files with such a name, upper and lower case being the same."""
    return _BY_SUFFIX.get(path.suffix.lower())


def parser_of(content: bytes, name: str) -> Parser | None:
    """The parser of this very content, whatever its name promises; None for what none reads.

    A damaged file goes to the parser of its name, which says what is wrong with it. Raises `DocumentEmpty`.
    """
    if not content:
        raise DocumentEmpty(name)
    named = parser_for(PurePath(name))
    if b"%PDF-" in content[:_PDF_WITHIN]:
        return _pdf
    if content.startswith(_ZIP):
        return _in_zip(content, name) or named
    if is_for_libreoffice(content):
        return _libreoffice
    return _of_text(content, named)


def _in_zip(content: bytes, name: str) -> Parser | None:
    try:
        return _in_container(open_container(content, name))
    except DocumentRefused:
        return None


def _in_container(container: Container) -> Parser | None:
    if "mimetype" in container:
        kind = container.read("mimetype").strip().removeprefix(b"application/vnd.oasis.opendocument.")
        return _OPEN_DOCUMENT.get(kind.removesuffix(b"-template"))
    if "[Content_Types].xml" in container:
        types = container.read("[Content_Types].xml")
        return next(
            (parser for mark, parser in _MAIN_PARTS.items() if any(mark in one for one in _MAIN_TYPE.findall(types))),
            None,
        )
    return None


def _of_text(content: bytes, named: Parser | None) -> Parser | None:
    """Text is what has a byte order mark or no NUL; its name is believed only where it promises text."""
    sample = content[:_SAMPLE]
    if b"\0" in sample and not sample.startswith(tuple(mark for mark, _ in MARKS)):
        return None
    if named is not None and named in _OF_TEXT:
        return named
    return _html if _HTML.match(sample.decode("utf-8", errors="replace")) else _text
