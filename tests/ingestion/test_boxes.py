"""Where a chunk stands on its page, compared with the ink that PDFium draws there."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pypdfium2
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from ingestion.chunking import chunk
from ingestion.document import Block
from ingestion.parsing.lines import Marks
from ingestion.parsing.pdf import PdfParser
from retrieval.corpus import Box
from tests.ingestion.test_pdf import lines, pdf

SENTENCE = "Les établissements adressent leur demande à l’agence régionale avant la fin du mois,"


def ink(content: bytes, page: int) -> Marks:
    """Which pixels of the page are dark, as its reader holds it."""
    with pypdfium2.PdfDocument(content) as document:
        return np.asarray(document[page - 1].render(scale=2, grayscale=True).to_numpy()).squeeze() < 128


def covered(boxes: tuple[Box, ...], shape: tuple[int, ...]) -> Marks:
    """Which pixels lie in a box."""
    inside = np.zeros(shape, bool)
    for box in boxes:
        height, width = shape
        top, bottom = int(box.top * height), int(np.ceil(box.bottom * height))
        inside[top:bottom, int(box.left * width) : int(np.ceil(box.right * width))] = True
    return inside


def prose(canvas: Canvas) -> None:
    lines(canvas, (SENTENCE,) * 30, size=11)


def turned(canvas: Canvas) -> None:
    canvas.setPageRotation(90)
    canvas.translate(A4[0], 0)
    canvas.rotate(90)
    lines(canvas, (SENTENCE,) * 20, top=500)


def cropped(canvas: Canvas) -> None:
    canvas.setCropBox((30, 100, 560, 800))
    lines(canvas, (SENTENCE,) * 20)


def columns(canvas: Canvas) -> None:
    for left in (50, 320):
        lines(canvas, (SENTENCE[:45],) * 25, left=left, size=9)


def table(canvas: Canvas) -> None:
    for row, (left, text) in product(range(12), [(60, "Code"), (200, "Libellé du poste"), (420, "125,00 €")]):
        canvas.drawString(left, 700 - 18 * row, text)


@pytest.mark.parametrize("draw", [prose, turned, cropped, columns, table])
def test_the_boxes_of_all_chunks_hold_all_that_is_printed_and_little_else(draw: Callable[[Canvas], None]) -> None:
    content = pdf(draw)
    boxes = [box for piece in chunk(PdfParser().parse(content, "a.pdf")) for box in piece.locator.boxes]
    drawn = ink(content, 1)
    inside = covered(tuple(boxes), drawn.shape)
    assert {box.page for box in boxes} == {1}
    assert (drawn & inside).sum() > 0.98 * drawn.sum()
    assert inside.sum() < 0.5 * inside.size


def test_a_chunk_is_marked_where_its_own_words_stand_and_not_those_of_others() -> None:
    content = pdf(prose)
    pieces = chunk(PdfParser().parse(content, "a.pdf"))
    assert len(pieces) > 1
    with pypdfium2.PdfDocument(content) as document:
        page = document[0]
        text, (width, height) = page.get_textpage(), page.get_size()
        for piece in pieces:
            found = " ".join(
                text.get_text_bounded(
                    box.left * width, (1 - box.bottom) * height, box.right * width, (1 - box.top) * height
                )
                for box in piece.locator.boxes
            ).split()
            words = piece.text.split()
            assert " ".join(words) in " ".join(found)
            assert len(found) - len(words) < 2 * len(SENTENCE.split())  # of its first and its last line


def test_a_part_of_a_block_has_the_boxes_of_its_lines() -> None:
    boxes = tuple(Box(1, 0, n / 10, 1, (n + 1) / 10) for n in range(3))
    block = Block("un deux trois", boxes=boxes, line_starts=(0, 3, 8))
    assert block.boxes_of(0, 2) == boxes[:1]
    assert block.boxes_of(4, 13) == boxes[1:]
    assert block.boxes_of(2, 9) == boxes
    assert Block("un deux trois", boxes=boxes).boxes_of(4, 6) == boxes
