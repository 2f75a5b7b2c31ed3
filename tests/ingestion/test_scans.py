"""Pages that are pictures, read by the engine of this machine."""

from io import BytesIO

import pypdfium2
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingestion.errors import FileUnreadable, PictureTooLarge
from ingestion.parsing.ocr import HOW_TO_INSTALL, Recogniser
from ingestion.parsing.pdf import PdfParser, engine
from ingestion.parsing.pdfium import PdfLimits
from tests.ingestion.test_pdf import CATALOG, lines, pdf, raw_pdf

SENTENCES = (
    "À l’été, les élèves reçoivent une aide forfaitaire où qu’ils étudient.",
    "La Caisse verse 1 250 € par trimestre, dès la première année.",
)
WORDS = [word for sentence in SENTENCES for word in sentence.replace("’", "'").split()]


@pytest.fixture
def recogniser() -> Recogniser:
    """The engine of this machine."""
    found = engine()
    assert found is not None, HOW_TO_INSTALL
    return found


def scan(content: bytes, *, stamp: str = "") -> bytes:
    """The first page as a scanner gives it."""
    with pypdfium2.PdfDocument(content) as document:
        picture = document[0].render(scale=200 / 72, grayscale=True).to_pil()
    file = BytesIO()
    canvas = Canvas(file, pagesize=A4)
    canvas.drawImage(ImageReader(picture), 0, 0, *A4)
    if stamp:
        canvas.drawString(40, 20, stamp)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def page(canvas: Canvas) -> None:
    lines(canvas, SENTENCES, size=11)


@pytest.mark.parametrize("stamp", ["", "Reçu le 3 mai"])
def test_a_scan_is_read_with_its_accents(recogniser: Recogniser, stamp: str) -> None:
    document = PdfParser(find_engine=lambda: recogniser).parse(scan(pdf(page), stamp=stamp), "scan.pdf")
    found = document.text.replace("’", "'").split()
    assert len([word for word in WORDS if word in found]) >= 0.9 * len(WORDS)
    assert {"élèves", "première", "où"} <= set(found)
    assert {block.page for block in document.blocks} == {1}


def test_the_lines_of_a_scan_are_marked_where_they_stand(recogniser: Recogniser) -> None:
    document = PdfParser(find_engine=lambda: recogniser).parse(scan(pdf(page)), "scan.pdf")
    boxes = [box for block in document.blocks for box in block.boxes]
    assert len(boxes) == len(SENTENCES)
    for n, box in enumerate(boxes):
        baseline = 1 - (700 - n * 11 * 1.2) / A4[1]
        assert box.top < baseline - 0.003
        assert box.top > baseline - 0.02
        assert box.bottom == pytest.approx(baseline, abs=0.008)
        assert box.left == pytest.approx(60 / A4[0], abs=0.01)


def test_pages_with_text_among_scans_are_read_as_text(recogniser: Recogniser) -> None:
    with pypdfium2.PdfDocument(scan(pdf(page))) as mixed, pypdfium2.PdfDocument(pdf(page)) as typed:
        mixed.import_pages(typed)
        file = BytesIO()
        mixed.save(file)
    document = PdfParser(find_engine=lambda: recogniser).parse(file.getvalue(), "a.pdf")
    assert sorted({block.page or 0 for block in document.blocks}) == [1, 2]
    assert " ".join(block.text for block in document.blocks if block.page == 2) == " ".join(SENTENCES)


def test_without_an_engine_a_scan_says_what_to_install() -> None:
    with pytest.raises(FileUnreadable, match="tesseract-ocr-fra"):
        PdfParser(find_engine=lambda: None).parse(scan(pdf(page)), "scan.pdf")


def test_a_text_with_a_small_picture_needs_no_engine() -> None:
    def with_logo(canvas: Canvas) -> None:
        lines(canvas, SENTENCES)
        with pypdfium2.PdfDocument(pdf(page)) as document:
            canvas.drawImage(ImageReader(document[0].render().to_pil()), 60, 720, 60, 60)

    assert PdfParser(find_engine=lambda: None).parse(pdf(with_logo), "a.pdf").text == " ".join(SENTENCES)


def picture_of(width: int, height: int) -> bytes:
    """A page with one picture that claims to be so large."""
    return raw_pdf(
        CATALOG,
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R"
        " /Resources << /XObject << /I 5 0 R >> >> >>",
        "<< /Length 26 >>\nstream\n300 0 0 300 0 0 cm /I Do  \nendstream",
        f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent 8"
        " /ColorSpace /DeviceGray /Length 4 >>\nstream\n....\nendstream",
    )


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(PictureTooLarge, match="30\u202f000 × 30\u202f000 pixels"):
        PdfParser(find_engine=lambda: None).parse(picture_of(30_000, 30_000), "plan.pdf")


def test_a_page_too_large_to_be_drawn_is_refused() -> None:
    with pytest.raises(PictureTooLarge, match="dépasse 0 millions"):
        PdfParser(PdfLimits(pixels=1000), find_engine=lambda: None).parse(picture_of(10, 10), "affiche.pdf")
