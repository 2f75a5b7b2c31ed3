"""The parsers as the server has them: `warm` once, then `parser_of` in each child."""

from collections.abc import Mapping

from ingestion.confined.limits import ParseLimits
from ingestion.parsing import formats
from ingestion.parsing.pdf import PdfParser, engine
from ingestion.parsing.pdfium import PdfLimits
from ingestion.parsing.port import Parser

__all__ = ["parser_of", "warm"]

_PDF = b"""%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>> endobj
4 0 obj <</Length 39>> stream
BT /F 12 Tf 20 100 Td (Un texte.) Tj ET
endstream endobj
5 0 obj <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>> endobj
trailer <</Root 1 0 R>>
"""
_SAMPLES: Mapping[str, bytes] = {
    "a.pdf": _PDF,
    "a.html": b"<h1>Un</h1><table><tr><td>deux</td></tr></table>",
    "a.md": b"# Un\n\ndeux",
    "a.csv": b"un;deux\n1;2",
    "a.eml": b"From: a\nDate: Fri, 01 Mar 2024 10:00:00 +0100\n\nUn texte.",
}


def parser_of(content: bytes, name: str, limits: ParseLimits) -> Parser | None:
    """The parser of this content; None for what none reads."""
    found = formats.parser_of(content, name)
    return PdfParser(PdfLimits(limits.pages, limits.pixels)) if isinstance(found, PdfParser) else found


def warm() -> None:
    """Load, and ask of the machine, what parsers need only once they read: no child then has to."""
    engine()
    for name, content in _SAMPLES.items():
        if parser := formats.parser_of(content, name):
            parser.parse(content, name)
