"""Tables as rows of text: « a | b | c », each with the header of its table.

A cell that spans columns is written once and leaves the other places empty, so that columns stay in line;
one that spans rows is repeated in each, so that a row can be understood without those above it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingestion.characters import one_line
from ingestion.parsing.outline import Heading, Paragraph

MAX_COLUMNS = 1_000
SEPARATOR = " | "


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of a row; `is_tall` if the cell goes on in the next rows, `is_covered` if it belongs to another."""

    text: str
    is_tall: bool = False
    is_covered: bool = False


COVERED = Cell("", is_covered=True)


@dataclass(frozen=True, slots=True)
class Row:
    """All its places, left to right."""

    cells: tuple[Cell, ...]
    is_header: bool = False


def paragraphs(rows: Iterable[Row]) -> Iterator[Paragraph]:
    """One a row that says something. The header: the first rows if so marked, else the first with two cells."""
    header: list[str] = []
    is_marked = False
    is_open = True
    for row, texts in _filled(rows):
        if not any(texts):
            continue
        line = SEPARATOR.join(texts)
        if is_open and row.is_header:
            header.append(line)
            is_marked = True
            yield Paragraph(line)
        elif is_open and not is_marked:
            yield Paragraph(line)
            if sum(map(bool, texts)) > 1:
                header.append(line)
                is_open = False
        else:
            is_open = False
            yield Paragraph(line, header="\n".join(header))


def _filled(rows: Iterable[Row]) -> Iterator[tuple[Row, list[str]]]:
    """Each row with the texts of all its places, the empty ones at its end left out."""
    reaching: dict[int, str] = {}  # by column: the text that goes on below
    for row in rows:
        texts: list[str] = []
        for column, cell in enumerate(row.cells[:MAX_COLUMNS]):
            if cell.is_covered:
                text = reaching.get(column, "")
            else:
                text = one_line(cell.text)
                reaching.pop(column, None)
                if cell.is_tall:
                    reaching[column] = text
            texts.append(text)
        said = max((place for place, text in enumerate(texts, 1) if text), default=0)
        yield row, texts[:said]


@dataclass(frozen=True, slots=True)
class TextCell:
    """A cell of a table in a text: whatever a text can hold."""

    items: list[Heading | Paragraph]
    is_tall: bool = False
    is_covered: bool = False

    def flat(self) -> Cell:
        """The cell with its paragraphs on one line."""
        return Cell(" ".join(item.text for item in self.items), self.is_tall, self.is_covered)


def table(rows: Sequence[tuple[bool, list[TextCell]]], holds_tables: bool) -> Iterator[Heading | Paragraph]:
    """Rows, each with whether it is a header.

    A table that only places text on the page is read cell by cell: one of a single column, one with tables
    inside, or one of a row or two with a heading inside.
    """
    items = [item for _, cells in rows for cell in cells for item in cell.items]
    is_narrow = all(len(cells) < 2 for _, cells in rows)
    has_headings = any(isinstance(item, Heading) for item in items)
    if is_narrow or holds_tables or (has_headings and len(rows) < 3):
        yield from items
    else:
        yield from paragraphs(Row(tuple(cell.flat() for cell in cells), is_header) for is_header, cells in rows)
