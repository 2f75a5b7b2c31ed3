"""Rows and columns that a filter or a fold puts away for now are read as if they stood open."""

import pytest

from tests.ingestion.hidden_files import HIDDEN, SEEN, ods, row, sheet
from tests.ingestion.office_files import S as SHEET
from tests.ingestion.office_files import cells, relations, with_parts, xlsx
from tests.ingestion.test_hidden_parts import parsed

FILTER = '<autoFilter ref="A1:B{}"><filterColumn colId="0"/></autoFilter>'
AWAY = 'hidden="1"'
FOLDED = 'hidden="1" outlineLevel="1"'
SIGN = '<row r="3" collapsed="1"/>'
GROUP = '<table:table-row-group table:display="{}">{}</table:table-row-group>'
COLUMNS = (
    '<table:table-column/><table:table-column-group table:display="{}">'
    '<table:table-column table:visibility="collapse"/></table:table-column-group>'
)
COLLAPSED = row(HIDDEN, properties='table:visibility="collapse"')


def second(properties: str, filters: str = "", rows: str = "") -> bytes:
    """A sheet whose second row has these."""
    hidden = f'<row r="2" {properties}><c r="A2" t="inlineStr"><is><t>{HIDDEN}</t></is></c></row>'
    return xlsx(sheet(hidden + rows, after=filters))


def in_table(filters: str) -> bytes:
    parts = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(table="../tables/table1.xml"),
        "xl/tables/table1.xml": f'<table xmlns="{SHEET}" ref="A1:B9">{filters}</table>',
    }
    return with_parts(second(AWAY), parts)


def second_column(properties: str, sign: str = "") -> bytes:
    return xlsx(sheet(cells("a", HIDDEN), before=f'<cols><col min="2" max="2" {properties}/>{sign}</cols>'))


OPEN = {
    "xlsx, filter": (second(AWAY, FILTER.format(2)), ".xlsx"),
    "xlsx, filter of a table": (in_table(FILTER.format(9)), ".xlsx"),
    "xlsx, fold": (second(FOLDED, rows=SIGN), ".xlsx"),
    "xlsx, fold of columns": (second_column(FOLDED, '<col min="3" max="3" collapsed="1"/>'), ".xlsx"),
    "ods, filter": (ods(row(HIDDEN, properties='table:visibility="filter"')), ".ods"),
    "ods, fold": (ods(GROUP.format("false", GROUP.format("true", COLLAPSED))), ".ods"),
    "ods, fold of columns": (ods(row("a", HIDDEN), columns=COLUMNS.format("false")), ".ods"),
}
AWAY_FOR_GOOD = {
    "xlsx, above a filter": (second(AWAY, FILTER.format(1)), ".xlsx"),
    "xlsx, a filter without a choice": (in_table('<autoFilter ref="A1:B9"/>'), ".xlsx"),
    "xlsx, beside a fold": (second(AWAY, rows=SIGN), ".xlsx"),
    "xlsx, in an open fold": (second(FOLDED), ".xlsx"),
    "xlsx, no height in a fold": (second(f'{FOLDED} ht="0"', rows=SIGN), ".xlsx"),
    "xlsx, column beside a fold": (second_column(AWAY, '<col min="3" max="3" collapsed="1"/>'), ".xlsx"),
    "ods, in an open fold": (ods(GROUP.format("true", COLLAPSED)), ".ods"),
    "ods, column in an open fold": (ods(row("a", HIDDEN), columns=COLUMNS.format("true")), ".ods"),
}


@pytest.mark.parametrize(("content", "suffix"), OPEN.values(), ids=OPEN)
def test_what_is_away_for_now_is_text(content: bytes, suffix: str) -> None:
    document = parsed(content, suffix)
    assert SEEN in document.text
    assert HIDDEN in document.text
    assert document.unseen == ""


@pytest.mark.parametrize(("content", "suffix"), AWAY_FOR_GOOD.values(), ids=AWAY_FOR_GOOD)
def test_what_is_away_for_good_is_told(content: bytes, suffix: str) -> None:
    document = parsed(content, suffix)
    assert SEEN in document.text
    assert HIDDEN not in document.text
    assert HIDDEN in document.unseen
