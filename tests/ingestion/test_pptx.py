"""PPTX as those who watch the slides see it."""

from ingestion.parsing.pptx import PptxParser
from tests.ingestion.office_files import pptx, shape


def texts(content: bytes) -> list[str]:
    return [block.text for block in PptxParser().parse(content, "a.pptx").blocks]


def cell(text: str, properties: str = "") -> str:
    return f"<a:tc {properties}><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>"


def test_slides_are_headings_and_hidden_ones_are_left_out() -> None:
    first = shape("Un texte.", "Deux textes.") + shape("Bilan", place="title") + shape("12", place="sldNum")
    blocks = (
        PptxParser().parse(pptx(first, shape("caché"), shape("Suite", place="ctrTitle"), hidden=(2,)), "a.pptx").blocks
    )
    assert [(block.heading_path, block.text) for block in blocks] == [
        (("Diapositive 1 : Bilan",), "Diapositive 1 : Bilan"),
        (("Diapositive 1 : Bilan",), "- Un texte."),
        (("Diapositive 1 : Bilan",), "- Deux textes."),
        ((), "Diapositive 3 : Suite"),
    ]


def test_a_slide_without_a_title_is_called_by_the_short_text_that_it_begins_with() -> None:
    slide = shape("Bilan", properties="<a:buNone/>") + shape("Un texte.")
    assert texts(pptx(slide)) == ["Diapositive 1 : Bilan", "- Un texte."]


def test_numbered_paragraphs_have_their_numbers() -> None:
    numbers = '<a:buAutoNum type="alphaLcParenR"/>'
    slide = shape("Bilan", place="title") + shape("un", "deux", properties=numbers)
    assert texts(pptx(slide)) == ["Diapositive 1 : Bilan", "a) un", "b) deux"]


def test_tables_and_groups_are_read() -> None:
    rows = (
        cell("Lieu") + cell("Jours"),
        cell("Ain", 'rowSpan="2"') + cell("1"),
        cell("", 'vMerge="1"') + cell("2"),
    )
    table = "<a:tbl>" + "".join(f"<a:tr>{row}</a:tr>" for row in rows) + "</a:tbl>"
    frame = f"<p:graphicFrame><a:graphic><a:graphicData>{table}</a:graphicData></a:graphic></p:graphicFrame>"
    slide = shape("Bilan", place="title") + f"<p:grpSp>{shape('Un texte.')}</p:grpSp>" + frame
    assert texts(pptx(slide))[1:] == ["- Un texte.", "Lieu | Jours", "Ain | 1", "Ain | 2"]


def test_a_hidden_shape_is_left_out() -> None:
    secret = shape("caché").replace('name=""', 'name="" hidden="1"')
    assert texts(pptx(shape("Bilan", place="title") + secret + shape("Un."))) == ["Diapositive 1 : Bilan", "- Un."]
