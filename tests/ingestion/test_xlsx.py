"""XLSX as a reader of the sheet sees it."""

import pytest

from ingestion.parsing.cell_formats import shown
from ingestion.parsing.xlsx import XlsxParser
from tests.ingestion.office_files import cells, xlsx


def texts(content: bytes) -> list[str]:
    return [block.text for block in XlsxParser().parse(content, "a.xlsx").blocks]


def test_sheets_are_headings_and_hidden_sheets_rows_and_columns_are_left_out() -> None:
    columns = '<cols><col min="2" max="2" hidden="1"/></cols>'
    rows = cells("Nom", "caché", "Jours") + cells("caché", row='hidden="1"') + cells("Ain", "caché", "3")
    secret = f"<sheetData>{cells('caché')}</sheetData>"
    content = xlsx(f"{columns}<sheetData>{rows}</sheetData>", secret, states=("visible", "veryHidden"))
    blocks = XlsxParser().parse(content, "dossier/conges_2024.xlsx").blocks
    assert [(block.text, block.header) for block in blocks] == [
        ("Feuille 1", ""),
        ("Nom | Jours", ""),
        ("Ain | 3", "Nom | Jours"),
    ]


def test_cells_that_the_file_leaves_out_keep_columns_in_line() -> None:
    row = '<row r="3"><c r="C3" t="inlineStr"><is><t>c</t></is></c></row>'
    assert texts(xlsx(f"<sheetData>{cells('x', 'y', 'z')}{row}</sheetData>"))[-1] == " |  | c"


def test_shared_strings_booleans_errors_and_formulas_are_their_shown_values() -> None:
    strings = "<si><r><t>deux </t></r><r><t>mots</t></r><rPh><t>lecture</t></rPh></si>"
    row = (
        '<row><c t="s"><v>0</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c>'
        '<c t="str"><f>A1</f><v>calcul</v></c><c><f>1+1</f><v>2</v></c><c t="s"><v>9</v></c></row>'
    )
    assert texts(xlsx(f"<sheetData>{row}</sheetData>", strings=strings))[-1] == "deux mots | VRAI | #N/A | calcul | 2"


def test_a_cell_merged_over_rows_is_repeated_even_past_a_hidden_row() -> None:
    def row(number: int, *texts: str, more: str = "") -> str:
        return cells(*texts, row=f'r="{number}" {more}')

    rows = (
        row(1, "Lieu", "Jours")
        + row(2, "Ain", "1")
        + row(3, "", "2", more='hidden="1"')
        + row(4, "", "3")
        + row(5, "", "4")
    )
    content = xlsx(f'<sheetData>{rows}</sheetData><mergeCells><mergeCell ref="A2:A4"/></mergeCells>')
    assert texts(content)[1:] == ["Lieu | Jours", "Ain | 1", "Ain | 3", " | 4"]


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        ("0.1", "", "0,1"),
        ("0.30000000000000004", "General", "0,3"),
        ("1234567", "General", "1234567"),
        ("1e21", "General", "1000000000000000000000"),
        ("0.055", "0%", "6 %"),
        ("0.055", "0.0%", "5,5 %"),
        ("12.5", '#,##0.00\\ "€"', "12,50 €"),
        ("45413", "dd/mm/yyyy", "01/05/2024"),
        ("45413.75", "dd/mm/yyyy hh:mm", "01/05/2024 18:00"),
        ("0.75", "h:mm", "18:00"),
        ("1.5", "[h]:mm", "36:00"),
        ("45413", "mmm-yy", "05/2024"),
        ("45413", "[$-40C]d mmmm yyyy;@", "01/05/2024"),
        ("-1", "dd/mm/yyyy", "-1"),
        ("rien", "0", "rien"),
        ("nan", "0", "nan"),
        ("1e999", "dd/mm/yyyy", "1e999"),
    ],
)
def test_numbers_are_shown_as_their_format_says(value: str, form: str, text: str) -> None:
    assert shown(value, form, is_1904=False) == text


def test_days_of_a_book_that_counts_from_1904() -> None:
    assert shown("43951", "dd/mm/yyyy", is_1904=True) == "01/05/2024"
