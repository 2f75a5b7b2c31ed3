"""The form of an answer's words: lists, tables, bold and italics; nothing else of Markdown means anything."""

from io import BytesIO

import docx as python_docx
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from odfdo import Document

from assistant.conversation import Exchange, Reply
from tests.ui.export.exchanges import AT, COLLECTION, DAY
from ui.export.blocks import Block, Items, Paragraph, Run, Table, blocks
from ui.export.content import Exported, exported
from ui.export.docx import docx
from ui.export.markdown import markdown
from ui.export.odt import odt

ANSWER = """Le **préavis** dure *un mois* [1].
Il peut être réduit.

- par accord, **jamais** moins
- par la loi
  1. celle de 2008
  2. celle de 2019

3. troisième cas
4. quatrième

| Cas | Durée |
|---|---|
| cadres | trois **mois** |
| autres \\| | un |
"""


def words(text: str) -> Paragraph:
    return Paragraph((Run(text),))


def of(answer: str) -> Exported:
    return exported("Préavis", [Exchange(COLLECTION, "Combien ?", AT, Reply(answer, (), model="essai"))], {}, DAY)


def test_lists_tables_bold_and_italics_are_told_apart() -> None:
    first, second, bullets, numbers, table = blocks(ANSWER)
    assert first == Paragraph(
        (Run("Le "), Run("préavis", bold=True), Run(" dure "), Run("un mois", italic=True), Run(" [1]."))
    )
    assert second == words("Il peut être réduit.")
    assert isinstance(bullets, Items)
    assert bullets.start is None
    assert bullets.items[1] == (
        words("par la loi"),
        Items(((words("celle de 2008"),), (words("celle de 2019"),)), start=1),
    )
    assert numbers == Items(((words("troisième cas"),), (words("quatrième"),)), start=3)
    assert isinstance(table, Table)
    assert table.rows[0] == ((Run("Cas"),), (Run("Durée"),))
    assert table.rows[1][1] == (Run("trois "), Run("mois", bold=True))


def test_what_could_be_alive_stays_characters() -> None:
    text = "# Titre ![x](http://exemple.invalid) [a]: http://b <b>c</b> `d` &amp; \\* [1]: e"
    assert blocks(text) == (words(text),)
    assert blocks("[1]: http://exemple.invalid") == (words("[1]: http://exemple.invalid"),)


def test_bold_goes_on_in_the_next_line() -> None:
    assert blocks("a **b\nc** d") == (
        Paragraph((Run("a "), Run("b", bold=True))),
        Paragraph((Run("c", bold=True), Run(" d"))),
    )


def _said(of: tuple[Block, ...]) -> str:
    """All words."""
    pieces = []
    for block in of:
        match block:
            case Paragraph(words):
                pieces += [run.text for run in words]
            case Items(items):
                pieces += [_said(item) for item in items]
            case Table(rows):
                pieces += [run.text for row in rows for cell in row for run in cell]
    return "".join(pieces)


written = st.text(st.sampled_from("ab1. *_-|:\n[]()`<>#\\\t"), max_size=60)


@given(written)
def test_no_word_is_lost_whatever_is_written(text: str) -> None:
    assert [c for c in _said(blocks(text)) if c in "ab[]()"] == [c for c in text if c in "ab[]()"]


@settings(max_examples=20)
@given(written)
def test_each_format_can_be_made_of_it(text: str) -> None:
    for write in (docx, odt, markdown):
        assert write(of(text))


def test_a_word_document_has_real_lists_and_tables() -> None:
    document = python_docx.Document(BytesIO(docx(of(ANSWER))))
    styles = {paragraph.text: paragraph.style.name for paragraph in document.paragraphs if paragraph.style}
    assert styles["par la loi"] == "List Bullet"
    assert styles["celle de 2019"] == "List Number 2"
    assert styles["troisième cas"] == "List Number"
    numbers = {p.text: p._p.xpath("string(w:pPr/w:numPr/w:numId/@w:val)") for p in document.paragraphs}
    assert numbers["troisième cas"]
    assert numbers["celle de 2008"] == numbers["celle de 2019"] != numbers["quatrième"] == numbers["troisième cas"]
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows][:2] == [["Cas", "Durée"], ["cadres", "trois mois"]]
    assert table.rows[0].cells[0].paragraphs[0].runs[0].bold
    first = next(paragraph for paragraph in document.paragraphs if paragraph.text.startswith("Le préavis"))
    assert [run.text for run in first.runs if run.bold] == ["préavis"]
    assert [run.text for run in first.runs if run.italic] == ["un mois"]


def test_an_opendocument_text_has_real_lists_and_tables() -> None:
    body = Document(BytesIO(odt(of(ANSWER)))).body
    bullets, *_ = body.get_elements("text:list")
    assert [item.inner_text for item in bullets.get_elements("text:list-item/text:p")] == [
        "par accord, jamais moins",
        "par la loi",
    ]
    (inner,) = bullets.get_elements("text:list-item/text:list")
    assert inner.get_attribute("text:style-name") == "Nombres"
    starts = [item.get_attribute("text:start-value") for item in body.get_elements("//text:list-item")]
    assert [start for start in starts if start] == ["3"]
    (table,) = body.get_elements("table:table")
    assert [p.inner_text for p in table.get_elements("table:table-header-rows//text:p")] == ["Cas", "Durée"]
    spans = {span.inner_text: span.get_attribute("text:style-name") for span in body.get_elements("//text:span")}
    assert spans["préavis"] == "Gras"
    assert spans["un mois"] == "Italique"


def test_markdown_comes_back_as_it_was() -> None:
    written = markdown(of(ANSWER)).decode()
    _, _, answer = written.partition("## Combien ?\n\n")
    tokens = [token.type for token in MarkdownIt("commonmark").enable("table").parse(answer)]
    assert tokens.count("list_item_open") == 6
    assert tokens.count("tr_open") == 3
    assert "**préavis** dure *un mois* \\[1\\]" in answer
