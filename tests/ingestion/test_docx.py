"""DOCX as a reader of the page sees it."""

import datetime as dt

from ingestion.parsing.docx import DocxParser
from tests.ingestion.office_files import docx, paragraph

HEADINGS = "".join(
    f'<w:style w:type="paragraph" w:styleId="Titre{level}"><w:name w:val="heading {level}"/></w:style>'
    for level in (1, 2)
)
LISTS = """
<w:abstractNum w:abstractNumId="1">
  <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
  <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="2">
  <w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl>
</w:abstractNum>
<w:num w:numId="7"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="8"><w:abstractNumId w:val="2"/></w:num>
"""


def heading(text: str, level: int) -> str:
    return paragraph(text, f'<w:pStyle w:val="Titre{level}"/>')


def item(text: str, level: int = 0, number: int = 7) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def texts(body: str, **parts: str) -> list[str]:
    return [block.text for block in DocxParser().parse(docx(body, **parts), "a.docx").blocks]


def test_headings_stand_above_their_text_at_their_level() -> None:
    body = (
        heading("Congés", 1) + heading("Durée", 2) + paragraph("Trente jours.") + heading("Santé", 1) + paragraph("Un.")
    )
    blocks = DocxParser().parse(docx(body, styles=HEADINGS, title="Guide"), "a.docx").blocks
    assert [(block.heading_path, block.text) for block in blocks if block.text.endswith(".")] == [
        (("Congés", "Durée"), "Trente jours."),
        (("Santé",), "Un."),
    ]


def test_title_and_date_are_those_of_the_properties() -> None:
    metadata = DocxParser().parse(docx(paragraph("Un."), title="Guide des congés"), "a.docx").metadata
    assert (metadata.title, metadata.date) == ("Guide des congés", dt.date(2024, 5, 1))


def test_a_title_that_is_a_file_name_gives_way_to_the_highest_heading() -> None:
    body = heading("Durée", 2) + heading("Congés", 1) + paragraph("Un.")
    assert DocxParser().parse(docx(body, styles=HEADINGS, title="note_v2.doc"), "a.docx").metadata.title == "Congés"


def test_lists_are_numbered_as_word_numbers_them() -> None:
    body = item("un") + item("deux") + item("sous", 1) + item("sous", 1) + item("trois") + item("point", number=8)
    assert texts(body, numbering=LISTS) == ["1. un", "2. deux", "2.a) sous", "2.b) sous", "3. trois", "- point"]


def test_hidden_and_deleted_texts_are_left_out_and_inserted_ones_read() -> None:
    body = (
        "<w:p><w:r><w:t>Vu</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t> caché</w:t></w:r>"
        '<w:r><w:rPr><w:sz w:val="2"/></w:rPr><w:t> minuscule</w:t></w:r>'
        "<w:del><w:r><w:delText> effacé</w:delText></w:r></w:del><w:moveFrom><w:r><w:t> parti</w:t></w:r></w:moveFrom>"
        "<w:ins><w:r><w:t> ajouté</w:t></w:r></w:ins><w:r><w:instrText> PAGE</w:instrText></w:r></w:p>"
    )
    assert texts(body) == ["Vu ajouté"]


def test_text_in_a_hidden_style_is_left_out() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="X"><w:name w:val="X"/><w:rPr><w:vanish/></w:rPr></w:style>'
    assert texts(paragraph("caché", '<w:pStyle w:val="X"/>') + paragraph("Vu."), styles=styles) == ["Vu."]


def test_a_footnote_follows_the_paragraph_that_cites_it() -> None:
    body = '<w:p><w:r><w:t>Texte</w:t><w:footnoteReference w:id="2"/><w:t>.</w:t></w:r></w:p>' + paragraph("Suite.")
    note = f'<w:footnote w:id="0" w:type="separator">{paragraph("trait")}</w:footnote>'
    note += f'<w:footnote w:id="2">{paragraph("La note.")}</w:footnote>'
    assert texts(body, footnotes=note) == ["Texte[1].", "[1] La note.", "Suite."]


def test_a_text_box_is_read_once_after_its_paragraph() -> None:
    box = f"<w:drawing><w:txbxContent>{paragraph('Encadré.')}</w:txbxContent></w:drawing>"
    twice = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice>{box}</mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent>"
    )
    assert texts(f"<w:p><w:r>{twice}<w:t>Texte.</w:t></w:r></w:p>") == ["Texte.", "Encadré."]


def test_rows_of_a_table_know_its_header_and_merged_cells_keep_columns_in_line() -> None:
    rows = (
        cell("Région") + cell("Ville") + cell("Jours"),
        cell("Bretagne", '<w:vMerge w:val="restart"/>') + cell("Rennes") + cell("3"),
        cell("", "<w:vMerge/>") + cell("Brest", '<w:gridSpan w:val="2"/>'),
    )
    table = "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"
    blocks = DocxParser().parse(docx(table), "a.docx").blocks
    assert [(block.text, block.header) for block in blocks] == [
        ("Région | Ville | Jours", ""),
        ("Bretagne | Rennes | 3", "Région | Ville | Jours"),
        ("Bretagne | Brest", "Région | Ville | Jours"),
    ]


def test_a_table_of_one_column_is_only_a_frame() -> None:
    table = f"<w:tbl><w:tr><w:tc>{heading('Avis', 1)}{paragraph('Un.')}{paragraph('Deux.')}</w:tc></w:tr></w:tbl>"
    assert texts(table, styles=HEADINGS) == ["Avis", "Un.", "Deux."]


def test_a_table_of_contents_is_left_out() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="TM1"><w:name w:val="toc 1"/></w:style>'
    body = paragraph("Congés 3", '<w:pStyle w:val="TM1"/>') + paragraph("Un.")
    assert texts(body, styles=styles) == ["Un."]
