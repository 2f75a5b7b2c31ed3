"""Numbers of notes in PDF files: raised and small behind a word, in the midst of a sentence."""

from collections.abc import Callable
from io import BytesIO

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingestion.parsing.pdf import PdfParser

SIZE = 12


def pdf(draw: Callable[[Canvas], None]) -> bytes:
    file = BytesIO()
    canvas = Canvas(file)
    draw(canvas)
    canvas.save()
    return file.getvalue()


def line(canvas: Canvas, *parts: str | tuple[str, float, float], left: float = 60, top: float = 700) -> None:
    """Words one behind the other; of a part with its size and its rise, these."""
    text = canvas.beginText(left, top)
    for part in parts:
        words, size, rise = part if isinstance(part, tuple) else (part, SIZE, 0)
        text.setFont("Helvetica", size)
        text.setRise(rise)
        text.textOut(words)
    canvas.drawText(text)


def texts(*parts: str | tuple[str, float, float]) -> list[str]:
    document = PdfParser().parse(pdf(lambda canvas: line(canvas, *parts)), "a.pdf")
    return [block.text for block in document.blocks]


def test_the_number_of_a_note_stands_in_brackets_and_the_sentence_goes_on() -> None:
    assert texts("Voir le code du travail", ("1", 7, 5), " et la circulaire", ("12", 7, 5), ", puis la fin.") == [
        "Voir le code du travail[1] et la circulaire[12], puis la fin."
    ]


def test_a_line_may_end_with_the_number_of_a_note() -> None:
    assert texts("Voir le code du travail.", ("3", 7, 5)) == ["Voir le code du travail.[3]"]


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("Le bureau A", "12"), "Le bureau A12"),
        (("Le bureau A12, puis B7",), "Le bureau A12, puis B7"),
        (("Le CO", ("2", 7, -3)), "Le CO2"),
        (("Une salle de 50 m", ("2", 7, 5)), "Une salle de 50 m2"),
        (("Un texte", ("1", SIZE, 5)), "Un texte1"),
    ],
    ids=["of the same size", "in mid-line", "lowered", "a unit", "as large as the line"],
)
def test_another_number_stays_as_it_is(parts: tuple[str | tuple[str, float, float], ...], text: str) -> None:
    assert [one.replace(" ", "") for one in texts(*parts)] == [text.replace(" ", "")]


def test_a_part_behind_a_note_keeps_the_boxes_of_its_line() -> None:
    whole = PdfParser().parse(pdf(lambda canvas: line(canvas, "Voir le code du travail et la suite.")), "a.pdf")
    noted = PdfParser().parse(
        pdf(lambda canvas: line(canvas, "Voir le code du travail", ("1", 7, 5), " et la suite.")), "a.pdf"
    )
    (plain,), (box,) = whole.blocks[0].boxes, noted.blocks[0].boxes
    assert (box.page, box.left, box.top) == pytest.approx((plain.page, plain.left, plain.top), abs=0.01)
    assert box.right > plain.right
