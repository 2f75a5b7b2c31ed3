"""Paragraphs, lists and tables in an OpenDocument text: real ones, so that a reader's aids know them."""

from collections.abc import Iterator, Sequence

from odfdo import (
    Cell,
    Document,
    Element,
    HeaderRows,
    List,
    ListItem,
    Paragraph,
    Row,
    Span,
    Style,
    Table,
    create_table_cell_style,
)

from ui.export import blocks
from ui.export.blocks import Block, Items, Run, Words

BULLETS, NUMBERS, BORDERED = "Puces", "Nombres", "Cellule"
DEEPEST = 10  # levels of a list (OpenDocument 1.3, part 3, 19.880.32)
_KINDS = {(True, False): "Gras", (False, True): "Italique", (True, True): "GrasItalique"}


def add_styles(document: Document) -> None:
    """What the elements below name."""
    for (bold, italic), name in _KINDS.items():
        document.insert_style(Style("text", name=name, bold=bold, italic=italic), automatic=True)
    document.insert_style(_bordered(), automatic=True)
    for name, level in ((BULLETS, _BULLET), (NUMBERS, _NUMBER)):
        levels = "".join(level.format(level=n, before=0.6 * n) for n in range(1, DEEPEST + 1))
        document.insert_style(f'<text:list-style style:name="{name}">{levels}</text:list-style>', automatic=True)


_PLACE = (
    '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
    '<style:list-level-label-alignment text:label-followed-by="listtab" fo:text-indent="-0.6cm"'
    ' fo:margin-left="{before:.1f}cm"/></style:list-level-properties>'
)
_BULLET = (
    f'<text:list-level-style-bullet text:level="{{level}}" text:bullet-char="•">{_PLACE}</text:list-level-style-bullet>'
)
_NUMBER = (
    f'<text:list-level-style-number text:level="{{level}}" style:num-format="1" style:num-suffix=".">{_PLACE}'
    "</text:list-level-style-number>"
)


def _bordered() -> Style:
    style = create_table_cell_style(border="0.75pt solid #000000", padding="0.1cm")
    style.name = BORDERED
    return style


def elements(of: Sequence[Block]) -> Iterator[Element]:
    """One a block."""
    for block in of:
        match block:
            case blocks.Paragraph(words):
                yield _paragraph(words)
            case Items():
                yield _list(block)
            case blocks.Table(rows):
                yield _table(rows)


def _list(items: Items) -> Element:
    made = List(style=BULLETS if items.start is None else NUMBERS)
    for position, item in enumerate(items.items):
        held = ListItem()
        if position == 0 and items.start not in (None, 1):
            held.set_attribute("text:start-value", str(items.start))
        held.extend([*elements(item)])
        made.append(held)
    return made


def _table(rows: Sequence[Sequence[Words]]) -> Element:
    table = Table("Tableau")
    head = HeaderRows()  # read out, and repeated on each page
    head.append(_row([tuple(Run(run.text, True, run.italic) for run in cell) for cell in rows[0]]))
    table.append(head)
    table.extend([_row(row) for row in rows[1:]])
    return table


def _row(cells: Sequence[Words]) -> Element:
    row = Row()
    for words in cells:
        cell = Cell(cell_type="string", style=BORDERED)
        cell.append(_paragraph(words))
        row.append(cell)
    return row


def _paragraph(words: Words) -> Element:
    paragraph = Paragraph()
    for run in words:
        kind = _KINDS.get((run.bold, run.italic))
        if kind is None:
            paragraph.append_plain_text(run.text)
        else:
            paragraph.append(Span(run.text, style=kind))
    return paragraph
