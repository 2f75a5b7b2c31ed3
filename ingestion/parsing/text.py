"""Plain text: paragraphs are separated by blank lines."""

import codecs
import re
from pathlib import PurePath

from ingestion.characters import smuggled
from ingestion.document import ParsedDocument
from ingestion.errors import DocumentEmpty
from ingestion.invisible import invisible_places
from ingestion.parsing.outline import Paragraph, outline
from retrieval.corpus import DocumentMetadata

_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins the same way
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What Windows-1252 has where Latin-1 has control characters; five of its places are empty.
_WINDOWS_1252 = {byte: bytes([byte]).decode("cp1252", errors="ignore") for byte in range(0x80, 0xA0)}


def decode(content: bytes) -> str:
    """Text by its byte order mark, else as UTF-8, else as Windows-1252, which every byte can be."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1").translate(_WINDOWS_1252)


class TextParser:
    """Reads plain text in the encodings that French offices use."""

    suffixes = frozenset({".txt", ".text"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        text = decode(content).replace("\r\n", "\n").replace("\r", "\n")
        blocks = outline(Paragraph(paragraph) for paragraph in _BLANK_LINES.split(text))
        if not blocks:
            raise DocumentEmpty(name)
        metadata = DocumentMetadata(title=PurePath(name).stem)
        return ParsedDocument(metadata, blocks, smuggled(text), invisible=invisible_places(text))
