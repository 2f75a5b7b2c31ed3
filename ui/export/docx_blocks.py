"""Paragraphs, lists and tables in a Word document: real ones, so that a reader's aids know them."""

from collections.abc import Sequence
from typing import Any

from docx.document import Document
from docx.oxml import OxmlElement
from docx.text.paragraph import Paragraph as WordParagraph

from ui.export.blocks import Block, Items, Paragraph, Table, Words

DEEPEST = 3  # Word's own styles of lists


def add_blocks(document: Document, blocks: Sequence[Block]) -> None:
    """At the end of the document."""
    for block in blocks:
        match block:
            case Paragraph(words):
                _write(document.add_paragraph(), words)
            case Items():
                _add_items(document, block, depth=1)
            case Table(rows):
                _add_table(document, rows)


def _add_items(document: Document, items: Items, depth: int) -> None:
    level = f" {min(depth, DEEPEST)}" if depth > 1 else ""
    kind = "Bullet" if items.start is None else "Number"
    number = None if items.start is None else _numbering(document, f"List Number{level}", items.start)
    for item in items.items:
        style = f"List {kind}{level}"
        for block in item:
            match block:
                case Paragraph(words):
                    paragraph = document.add_paragraph(style=style)
                    if number is not None and style.startswith("List Number"):
                        _number(paragraph, number)
                    _write(paragraph, words)
                    style = f"List Continue{level}"  # what follows belongs to the same item
                case Items():
                    _add_items(document, block, depth + 1)
                case Table(rows):
                    _add_table(document, rows)


def _numbering(document: Document, style: str, start: int) -> int:
    """Numbers of a list's own: Word would go on counting where the list before it ended."""
    definitions = document.part.numbering_part.element
    of_style = document.styles[style].element.pPr.numPr.numId.val
    number = definitions.add_num(definitions.num_having_numId(of_style).abstractNumId.val)
    number.add_lvlOverride(ilvl=0).add_startOverride(start)
    return int(number.numId)


def _number(paragraph: WordParagraph, number: int) -> None:
    properties: Any = paragraph._p.get_or_add_pPr()
    properties.get_or_add_numPr().get_or_add_numId().val = number


def _add_table(document: Document, rows: Sequence[Sequence[Words]]) -> None:
    table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, words in zip(row.cells, cells, strict=True):
            _write(cell.paragraphs[0], words, bold=cells is rows[0])
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # read out, and repeated on each page


def _write(paragraph: WordParagraph, words: Words, *, bold: bool = False) -> None:
    for run in words:
        written = paragraph.add_run(run.text)
        written.bold, written.italic = run.bold or bold or None, run.italic or None
