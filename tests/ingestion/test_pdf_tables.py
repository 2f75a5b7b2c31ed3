"""Tables in PDF files, drawn as programs draw them: row by row, cell by cell."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Frame, Paragraph, Table

from ingestion.parsing.ocr import HOW_TO_INSTALL, PrintedLine
from ingestion.parsing.pdf import PdfParser, engine
from ingestion.parsing.printed_cells import cell_by_cell
from tests.ingestion.test_scans import scan

TEXT = ParagraphStyle("text", fontName="Helvetica", fontSize=10, leading=12)
CELLS = ["Code | Libellé | Montant", "A1 | Aide au logement des agents du ministère et de ses services | 12,50 €"]


def read(rows: list[list[str]], widths: list[int], *, under: str = "", align: str = "TOP") -> list[str]:
    """What each block says of a page with this table, and a paragraph right under it."""
    content = drawn(rows, widths, under, align)
    return [block.text for block in PdfParser().parse(content, "a.pdf").blocks]


def drawn(rows: list[list[str]], widths: list[int], under: str = "", align: str = "TOP") -> bytes:
    file = BytesIO()
    canvas = Canvas(file, pagesize=A4)
    style = [("VALIGN", (0, 0), (-1, -1), align), ("GRID", (0, 0), (-1, -1), 0.5, black)]
    table = Table([[Paragraph(cell, TEXT) for cell in row] for row in rows], colWidths=widths, style=style)
    Frame(50, 50, A4[0] - 100, A4[1] - 100).addFromList([table, Paragraph(under, TEXT)], canvas)
    canvas.save()
    return file.getvalue()


@pytest.mark.parametrize("align", ["TOP", "MIDDLE", "BOTTOM"])
def test_cells_of_several_lines_are_in_one_row_wherever_the_others_stand(align: str) -> None:
    rows = [row.split(" | ") for row in CELLS] * 2
    assert read(rows, [60, 120, 80], align=align) == CELLS * 2


def test_text_right_under_a_table_is_no_row_of_it() -> None:
    rows = [row.split(" | ") for row in CELLS]
    assert read(rows, [60, 120, 80], under="Fin.") == [*CELLS, "Fin."]


def test_a_cell_that_is_full_ends_where_the_next_column_begins() -> None:
    rows = [["Libellé", "Montant"], ["Aide au logement outre-mer", "12,50 €"], ["Prime", "3 €"]]
    assert read(rows, [136, 80]) == [" | ".join(row) for row in rows]


def test_a_cell_without_text_leaves_its_column_empty() -> None:
    rows = [["Code", "Libellé", "Montant"], ["A1", "", "12,50 €"], ["A2", "Prime", "3 €"]]
    assert read(rows, [60, 120, 80]) == ["Code | Libellé | Montant", "A1 |  | 12,50 €", "A2 | Prime | 3 €"]


def test_a_table_on_a_scan_is_read_cell_by_cell_too() -> None:
    if engine() is None:
        pytest.skip(HOW_TO_INSTALL)
    content = scan(drawn([row.split(" | ") for row in CELLS] * 2, [60, 120, 80]))
    texts = [block.text for block in PdfParser().parse(content, "a.pdf").blocks]
    assert [text.replace("'", "’") for text in texts] == CELLS * 2


def test_a_line_with_an_entry_under_no_cell_begins_a_row() -> None:
    def line(top: float, *places: float) -> list[PrintedLine]:
        return [PrintedLine(f"{left} {top}", left, top, left + 50, top + 10) for left in places]

    entries, beside = cell_by_cell([line(0, 0, 100, 200), line(12, 100), line(24, 0, 400)])
    assert [entry.text for entry in entries] == ["0 0", "100 0", "100 12", "200 0", "0 24", "400 24"]
    assert beside == [False, True, False, False, False, True]


WORDS = st.sampled_from(["DGS", "agent", "prime", "Évry", "12,50", "été"])
CELL = st.lists(WORDS, min_size=1, max_size=9).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 4).flatmap(lambda count: st.lists(st.lists(CELL, min_size=count, max_size=count), max_size=9)))
def test_each_cell_is_read_in_its_row_and_column(rows: list[list[str]]) -> None:
    table = [["Code", "Libellé", "Montant", "Date"][: len(rows[0]) if rows else 2], ["A1", "B1", "C1", "D1"], *rows]
    table[1] = table[1][: len(table[0])]
    assert read(table, [110] * len(table[0])) == [" | ".join(row) for row in table]
