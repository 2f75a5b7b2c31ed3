"""PDF files, made here and read back."""

import datetime as dt
from collections.abc import Callable
from io import BytesIO

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from ingestion.errors import DocumentEmpty, DocumentRefused, FileUnreadable, TooManyPages
from ingestion.parsing.pdf import PdfParser
from ingestion.parsing.pdfium import PdfLimits

BODY = (
    "Les agents ont droit à trente jours de congés par an, quelle que soit leur affectation,",
    "et les posent par écrit.",
)


def pdf(*pages: Callable[[Canvas], None], title: str = "", encrypt: StandardEncryption | None = None) -> bytes:
    """A document with these pages."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=A4, encrypt=encrypt)
    if title:
        canvas.setTitle(title)
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def lines(canvas: Canvas, texts: tuple[str, ...], *, left: float = 60, top: float = 700, size: float = 10) -> None:
    """Lines one under the other."""
    canvas.setFont("Helvetica", size)
    for n, text in enumerate(texts):
        canvas.drawString(left, top - n * size * 1.2, text)


def test_a_pdf_gives_its_title_headings_paragraphs_and_pages() -> None:
    def first(canvas: Canvas) -> None:
        lines(canvas, ("Guide des congés",), top=780, size=20)
        lines(canvas, ("Durée",), top=730, size=14)
        lines(canvas, BODY)

    def second(canvas: Canvas) -> None:
        lines(canvas, ("Demande",), top=730, size=14)
        lines(canvas, ("La demande est adressée au chef de service.",))

    document = PdfParser().parse(pdf(first, second), "conges.pdf")
    assert document.metadata.title == "Guide des congés"
    assert document.metadata.date == dt.datetime.now(dt.UTC).date()
    assert [(block.page, block.heading_path, block.text) for block in document.blocks] == [
        (1, ("Durée",), "Guide des congés"),
        (1, ("Durée",), "Durée"),
        (1, ("Durée",), " ".join(BODY)),
        (2, ("Demande",), "Demande"),
        (2, ("Demande",), "La demande est adressée au chef de service."),
    ]


def test_two_columns_are_read_one_after_the_other_whatever_the_order_in_the_file() -> None:
    def page(canvas: Canvas) -> None:
        lines(canvas, ("Troisième ligne", "quatrième ligne"), left=320)
        lines(canvas, ("Première ligne", "deuxième ligne"), left=60)

    texts = [block.text for block in PdfParser().parse(pdf(page), "a.pdf").blocks]
    assert texts == ["Première ligne deuxième ligne", "Troisième ligne quatrième ligne"]


def test_columns_are_read_as_the_file_has_them_where_gaps_stand_side_by_side() -> None:
    def page(canvas: Canvas) -> None:
        for column, left in enumerate((60, 320)):
            for part in range(3):
                lines(canvas, (f"Colonne {column + 1},", f"partie {part + 1}."), left=left, top=700 - 90 * part)

    texts = [block.text for block in PdfParser().parse(pdf(page), "a.pdf").blocks]
    assert texts == [f"Colonne {column}, partie {part}." for column in (1, 2) for part in (1, 2, 3)]


def test_bold_print_is_known_by_the_name_of_its_font() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(60, 730, "Durée des congés")
        lines(canvas, BODY)

    document = PdfParser().parse(pdf(page, title="Guide"), "a.pdf")
    assert [block.heading_path for block in document.blocks] == [("Durée des congés",)] * 2


def test_a_note_is_one_paragraph_with_its_raised_number() -> None:
    def page(canvas: Canvas) -> None:
        lines(canvas, BODY)
        canvas.setFont("Helvetica", 5)
        canvas.drawString(60, 104, "1")
        canvas.setFont("Helvetica", 9)
        canvas.drawString(66, 100, "Cette règle vaut pour tous les établissements de santé du ressort,")
        canvas.drawString(60, 89, "et pour ceux d’outre-mer.")

    *_, note = PdfParser().parse(pdf(page), "a.pdf").blocks
    assert note.text.endswith("de santé du ressort, et pour ceux d’outre-mer.")
    assert note.text.startswith("1")


def test_running_heads_are_kept_once_and_page_numbers_never() -> None:
    def page(number: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            lines(canvas, ("Ministère de la santé",), top=820, size=8)
            lines(canvas, (f"Texte de la page {number}.",))
            lines(canvas, (f"{number}/4",), top=30, size=8)

        return draw

    document = PdfParser().parse(pdf(*map(page, range(1, 5))), "a.pdf")
    assert [block.text for block in document.blocks] == ["Ministère de la santé"] + [
        f"Texte de la page {number}." for number in range(1, 5)
    ]


@pytest.mark.parametrize(
    ("before", "after", "read"),
    [
        ("le recru-", "tement est ouvert", "le recrutement est ouvert"),
        ("la procédure est-", "elle ouverte", "la procédure est-elle ouverte"),
        ("la région Auvergne-", "Rhône recrute", "la région Auvergne-Rhône recrute"),
    ],
)
def test_words_cut_at_the_end_of_a_line_are_joined_and_hyphens_of_words_kept(
    before: str, after: str, read: str
) -> None:
    document = PdfParser().parse(pdf(lambda canvas: lines(canvas, (before, after))), "a.pdf")
    assert document.text == read


def test_items_of_a_list_stay_apart() -> None:
    items = ("• un premier point qui est long", "• un deuxième", "• un troisième")
    document = PdfParser().parse(pdf(lambda canvas: lines(canvas, items)), "a.pdf")
    assert [block.text for block in document.blocks] == list(items)


def test_a_turned_page_is_read_as_it_is_held() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.translate(A4[0], 0)
        canvas.rotate(90)
        lines(canvas, ("Première ligne", "deuxième ligne"), left=60, top=500)

    assert PdfParser().parse(pdf(page), "a.pdf").text == "Première ligne deuxième ligne"


def test_what_lies_off_the_sheet_is_left_out() -> None:
    def page(canvas: Canvas) -> None:
        lines(canvas, ("visible",))
        lines(canvas, ("hors de la page",), left=2000)

    assert PdfParser().parse(pdf(page), "a.pdf").text == "visible"


def test_the_title_that_the_author_gave_comes_first_unless_it_is_a_file_name() -> None:
    def page(canvas: Canvas) -> None:
        lines(canvas, ("Grand titre",), top=780, size=20)
        lines(canvas, BODY)

    assert PdfParser().parse(pdf(page, title="Titre choisi"), "a.pdf").metadata.title == "Titre choisi"
    assert PdfParser().parse(pdf(page, title="Microsoft Word - v3.docx"), "a.pdf").metadata.title == "Grand titre"


def test_a_pdf_without_text_says_that_it_is_a_scan() -> None:
    with pytest.raises(DocumentEmpty, match="scan"):
        PdfParser().parse(pdf(lambda canvas: canvas.rect(10, 10, 50, 50)), "scan.pdf")


def test_a_protected_pdf_says_so() -> None:
    content = pdf(lambda canvas: lines(canvas, BODY), encrypt=StandardEncryption("secret"))
    with pytest.raises(FileUnreadable, match="mot de passe"):
        PdfParser().parse(content, "a.pdf")


def test_a_damaged_pdf_says_so() -> None:
    with pytest.raises(FileUnreadable, match="endommagé"):
        PdfParser().parse(pdf(lambda canvas: lines(canvas, BODY))[100:200], "a.pdf")


def test_no_bytes_and_other_bytes_are_no_pdf() -> None:
    for content in (b"", b"PK\x03\x04 sans doute un document Word", b"%PDF-1.7\n"):
        with pytest.raises(FileUnreadable, match="endommagé"):
            PdfParser().parse(content, "a.pdf")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_pdf_of_which_the_end_is_missing_is_refused_or_read_whole(share: float) -> None:
    content = pdf(lambda canvas: lines(canvas, BODY))
    try:
        document = PdfParser().parse(content[: int(share * len(content))], "a.pdf")
    except DocumentRefused:
        return
    assert document.text == " ".join(BODY)


def raw_pdf(*objects: str) -> bytes:
    """A file of these objects, numbered from 1; the first is the catalogue. PDFium finds them by itself."""
    body = "".join(f"{number} 0 obj\n{one}\nendobj\n" for number, one in enumerate(objects, start=1))
    return f"%PDF-1.7\n{body}trailer\n<< /Root 1 0 R /Size {len(objects) + 1} >>\n%%EOF".encode()


CATALOG = "<< /Type /Catalog /Pages 2 0 R >>"


@pytest.mark.parametrize(
    "objects",
    [
        pytest.param((CATALOG, "<< /Type /Pages /Count 3 /Kids [2 0 R 2 0 R] >>"), id="page tree"),
        pytest.param(
            (
                CATALOG,
                "<< /Type /Pages /Count 2 /Kids [3 0 R] >>",
                "<< /Type /Pages /Count 2 /Parent 2 0 R /Kids [2 0 R] >>",
            ),
            id="two nodes",
        ),
        pytest.param(("<< /Type /Catalog /Pages 3 0 R >>", "3 0 R", "2 0 R"), id="references"),
        pytest.param(
            (
                CATALOG,
                "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R"
                " /Resources << /XObject << /F 5 0 R >> >> >>",
                "<< /Length 4 >>\nstream\n/F Do\nendstream",
                "<< /Type /XObject /Subtype /Form /BBox [0 0 300 300] /Length 4"
                " /Resources << /XObject << /F 5 0 R >> >> >>\nstream\n/F Do\nendstream",
            ),
            id="form that draws itself",
        ),
    ],
)
def test_a_pdf_that_leads_in_a_circle_is_refused(objects: tuple[str, ...]) -> None:
    with pytest.raises(DocumentRefused):
        PdfParser().parse(raw_pdf(*objects), "a.pdf")


def test_more_pages_than_the_limit_are_refused_whether_they_are_there_or_only_claimed() -> None:
    written = pdf(*[lambda canvas: lines(canvas, BODY)] * 4)
    with pytest.raises(TooManyPages, match="4 pages, alors que 3 au plus"):
        PdfParser(PdfLimits(pages=3)).parse(written, "a.pdf")
    claimed = raw_pdf(CATALOG, "<< /Type /Pages /Count 900000 /Kids [3 0 R] >>", "<< /Type /Page /Parent 2 0 R >>")
    with pytest.raises(DocumentRefused):
        PdfParser().parse(claimed, "a.pdf")
