"""OpenDocument as a reader of the page, sheet or slide sees it."""

import datetime as dt

from ingestion.parsing.odf import OdpParser, OdsParser, OdtParser
from tests.ingestion.office_files import odf

LISTS = """
<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>
<text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/></text:list-style>
<text:list-style style:name="B"><text:list-level-style-bullet text:level="1" text:bullet-char="•"/></text:list-style>
"""
HIDDEN = """
<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>
<style:style style:name="HP" style:family="paragraph"><style:text-properties text:display="none"/></style:style>
<style:style style:name="S" style:family="table"><style:table-properties table:display="false"/></style:style>
<style:style style:name="D" style:family="drawing-page"><style:drawing-page-properties
 presentation:visibility="hidden"/></style:style>
"""


def texts(body: str, styles: str = "") -> list[str]:
    return [block.text for block in OdtParser().parse(odf("text", body, styles), "a.odt").blocks]


def p(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def row(*cells: str, properties: str = "") -> str:
    inner = "".join(
        f"<table:table-cell>{p(text)}</table:table-cell>" if text else "<table:table-cell/>" for text in cells
    )
    return f"<table:table-row {properties}>{inner}</table:table-row>"


def test_headings_title_and_date() -> None:
    body = '<text:h text:outline-level="1">Congés</text:h><text:h text:outline-level="2">Durée</text:h>' + p("Un.")
    document = OdtParser().parse(odf("text", body, title="Guide"), "a.odt")
    assert document.blocks[-1].heading_path == ("Congés", "Durée")
    assert (document.metadata.title, document.metadata.date) == ("Guide", dt.date(2024, 5, 1))


def test_lists_are_numbered_and_go_on_where_they_say_so() -> None:
    item = "<text:list-item><text:p>{}</text:p>{}</text:list-item>"
    inner = f"<text:list>{item.format('sous', '')}{item.format('sous', '')}</text:list>"
    body = f'<text:list text:style-name="L">{item.format("un", inner)}{item.format("deux", "")}</text:list>'
    body += f'<text:list text:style-name="L" text:continue-numbering="true">{item.format("trois", "")}</text:list>'
    body += f'<text:list text:style-name="L">{item.format("un", "")}</text:list>'
    body += f'<text:list text:style-name="B">{item.format("point", "")}</text:list>'
    assert texts(body, LISTS) == ["1. un", "a) sous", "b) sous", "2. deux", "3. trois", "1. un", "- point"]


def test_what_no_reader_sees_is_left_out() -> None:
    body = (
        f"<text:tracked-changes><text:changed-region><text:deletion>{p('effacé')}</text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        f'<text:p>Vu<text:span text:style-name="H"> caché</text:span><office:annotation>{p("avis")}'
        f'</office:annotation> toujours.</text:p><text:p text:style-name="HP">caché</text:p>'
        f'<text:section text:display="none">{p("caché")}</text:section>'
        f"<text:table-of-content><text:index-body>{p('Congés 3')}</text:index-body></text:table-of-content>"
    )
    assert texts(body, HIDDEN) == ["Vu toujours."]


def test_a_footnote_and_a_text_box_follow_their_paragraph() -> None:
    body = f"<text:note-body>{p('Note.')}</text:note-body>"
    note = f"<text:note><text:note-citation>1</text:note-citation>{body}</text:note>"
    box = f"<draw:frame><draw:text-box>{p('Encadré.')}</draw:text-box></draw:frame>"
    assert texts(f"<text:p>Texte{note}.{box}</text:p>") == ["Texte[1].", "[1] Note.", "Encadré."]


def test_blanks_of_the_file_are_not_those_of_the_text() -> None:
    assert texts("<text:p>un\n   deux<text:s text:c='3'/>trois<text:line-break/>quatre</text:p>") == [
        "un deux trois\nquatre"
    ]


def test_rows_know_the_header_that_the_file_marks_and_tall_cells_are_repeated() -> None:
    tall = f'<table:table-cell table:number-rows-spanned="2">{p("Ain")}</table:table-cell>'
    body = (
        f"<table:table><table:table-header-rows>{row('Lieu', 'Jours')}</table:table-header-rows>"
        f"<table:table-row>{tall}<table:table-cell>{p('1')}</table:table-cell></table:table-row>"
        f"<table:table-row><table:covered-table-cell/><table:table-cell>{p('2')}</table:table-cell></table:table-row>"
        "</table:table>"
    )
    blocks = OdtParser().parse(odf("text", body), "a.odt").blocks
    assert [(block.text, block.header) for block in blocks] == [
        ("Lieu | Jours", ""),
        ("Ain | 1", "Lieu | Jours"),
        ("Ain | 2", "Lieu | Jours"),
    ]


def test_sheets_are_headings_and_hidden_sheets_rows_and_columns_are_left_out() -> None:
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>'
    rows = row("Nom", "caché", "Jours") + row("caché", "", "", properties='table:visibility="collapse"')
    rows += row("Ain", "caché", "3") + '<table:table-row table:number-rows-repeated="1000000"><table:table-cell'
    rows += ' table:number-columns-repeated="16000"/></table:table-row>'
    body = f'<table:table table:name="Congés">{columns}{rows}</table:table>'
    body += f'<table:table table:name="Secret" table:style-name="S">{row("caché")}</table:table>'
    blocks = OdsParser().parse(odf("spreadsheet", body, HIDDEN), "a.ods").blocks
    assert [(block.heading_path, block.text) for block in blocks] == [
        (("Congés",), "Congés"),
        (("Congés",), "Nom | Jours"),
        (("Congés",), "Ain | 3"),
    ]


def test_slides_are_headings_and_hidden_ones_and_notes_are_left_out() -> None:
    title = f'<draw:frame presentation:class="title"><draw:text-box>{p("Bilan")}</draw:text-box></draw:frame>'
    foot = f'<draw:frame presentation:class="footer"><draw:text-box>{p("pied")}</draw:text-box></draw:frame>'
    text = f"<draw:g><draw:custom-shape>{p('Un texte.')}</draw:custom-shape></draw:g>"
    notes = (
        f"<presentation:notes><draw:frame><draw:text-box>{p('note')}</draw:text-box></draw:frame></presentation:notes>"
    )
    body = f'<draw:page draw:style-name="D">{title}</draw:page><draw:page>{text}{title}{foot}{notes}</draw:page>'
    blocks = OdpParser().parse(odf("presentation", body, HIDDEN), "a.odp").blocks
    assert [block.text for block in blocks] == ["Diapositive 2 : Bilan", "Un texte."]
