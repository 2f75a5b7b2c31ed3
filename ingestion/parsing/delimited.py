"""CSV: rows of a table, with whatever sign between the cells and in whatever encoding the file came."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePath

from ingestion.characters import smuggled
from ingestion.document import ParsedDocument
from ingestion.errors import DocumentEmpty
from ingestion.invisible import invisible_places
from ingestion.parsing.grid import Cell, Row, paragraphs
from ingestion.parsing.outline import outline
from ingestion.parsing.text import decode
from retrieval.corpus import DocumentMetadata

DELIMITERS = (";", "\t", ",", "|")  # as French offices prefer them
SAMPLE_ROWS = 50


class CsvParser:
    """Reads CSV and TSV."""

    suffixes = frozenset({".csv", ".tsv"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        text = decode(content).replace("\r\n", "\n").replace("\r", "\n")
        blocks = outline(paragraphs(Row(tuple(map(Cell, row))) for row in _rows(text, delimiter(text))))
        if not blocks:
            raise DocumentEmpty(name)
        metadata = DocumentMetadata(title=PurePath(name).stem)
        return ParsedDocument(metadata, blocks, smuggled(text), invisible=invisible_places(text))


def delimiter(text: str) -> str:
    """The sign that cuts the most of the first rows into the same number of cells, more than one."""
    lines = text.splitlines()[:SAMPLE_ROWS]
    return max(DELIMITERS, key=lambda sign: _agreement(lines, sign))


def _agreement(lines: list[str], sign: str) -> int:
    """How many rows have the most usual number of cells."""
    try:
        counts = Counter(len(row) for row in csv.reader(lines, delimiter=sign) if len(row) > 1)
    except csv.Error:
        return 0
    return max(counts.values(), default=0)


def _rows(text: str, sign: str) -> Iterator[list[str]]:
    """By the rules of quotes; as plain cells where a quote that nobody closes swallows the rest."""
    try:
        yield from list(csv.reader(io.StringIO(text), delimiter=sign, strict=True))
    except csv.Error:
        yield from (line.split(sign) for line in text.split("\n"))
