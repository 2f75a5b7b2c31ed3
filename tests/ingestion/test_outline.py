"""Headings and paragraphs to blocks."""

from ingestion.document import Block
from ingestion.parsing.outline import Heading, Paragraph, outline


def test_a_heading_opens_its_section_and_stays_in_the_text() -> None:
    assert outline([Heading("Congés", 1), Paragraph("Trente jours.")]) == (
        Block("Congés", ("Congés",)),
        Block("Trente jours.", ("Congés",)),
    )


def test_a_heading_without_a_text_of_its_own_opens_the_first_section_below_it() -> None:
    blocks = outline([Heading("Congés", 1), Heading("Durée", 2), Paragraph("Trente jours.")])
    assert [block.heading_path for block in blocks] == [("Congés", "Durée")] * 3


def test_headings_with_nothing_under_them_are_lines_of_the_section_around_them() -> None:
    blocks = outline([Heading("Sommaire", 1), Heading("Un", 2), Heading("Deux", 2), Heading("Suite", 1)])
    assert blocks == (
        Block("Sommaire", ("Sommaire",)),
        Block("Un", ("Sommaire",)),
        Block("Deux", ()),
        Block("Suite", ()),
    )


def test_a_higher_heading_ends_the_deeper_ones() -> None:
    items: list[Heading | Paragraph] = [
        Heading("A", 1),
        Heading("B", 3),
        Paragraph("b"),
        Heading("C", 2),
        Paragraph("c"),
    ]
    assert [block.heading_path for block in outline(items)][-1] == ("A", "C")


def test_the_title_of_the_document_and_repeated_names_enter_no_path_twice() -> None:
    items: list[Heading | Paragraph] = [
        Heading("Guide", 1),
        Heading("Durée", 2),
        Heading("Durée", 3),
        Paragraph("Trente jours."),
    ]
    assert outline(items, title="Guide")[-1].heading_path == ("Durée",)


def test_blank_lines_go_and_the_indentation_of_code_stays() -> None:
    assert outline([Paragraph("si vrai\n\n    alors  \n"), Paragraph(" \u200b ")])[0].text == "si vrai\n    alors"
