"""Texts of OpenDocument files: what stands in a text document, in a cell, on a slide (ODF 1.3, part 3).

Left out: deleted text, annotations, tables of contents, running heads and feet, and hidden text, which is told besides.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from ingestion.characters import one_line
from ingestion.parsing.grid import MAX_COLUMNS, SEPARATOR, TextCell, table
from ingestion.parsing.marks import Counter
from ingestion.parsing.odf_cells import HIDDEN, IN_TEXT, Columns, is_folded, is_taken, said, value_of
from ingestion.parsing.odf_styles import DRAW, TABLE, TEXT, Styles, count
from ingestion.parsing.office import Item, hidden_part, lines, local
from ingestion.parsing.outline import Heading, Paragraph

MAX_REPEATED = 1_000  # of a row that says something

_UNREAD = frozenset(
    {
        "alphabetical-index",
        "annotation",
        "annotation-end",
        "forms",
        "illustration-index",
        "object-index",
        "ruby-text",
        "sequence-decls",
        "table-index",
        "table-of-content",
        "tracked-changes",
        "user-index",
        "variable-decls",
    }
)
_BLANKS = re.compile(r"\s+")


@dataclass
class _Line:
    """A paragraph being read; `after` is what stands beside it: notes that it cites, text boxes."""

    words: list[str] = field(default_factory=list)
    after: list[Item] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)

    def write(self, text: str | None, is_hidden: bool) -> None:
        if text and is_hidden:
            self.unseen.append(one_line(text))
        elif text:
            self.words.append(_BLANKS.sub(" ", text))


class Text:
    """Reads one document; its lists and notes are counted from the first block to the last."""

    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self._outline = styles.outline()
        self._by_style: dict[str, Counter] = {}
        self._by_id: dict[str | None, Counter] = {}
        self._cited = 0
        self.unseen: list[str] = []
        """Known once the blocks are read."""

    def blocks(self, parent: Iterable[etree._Element]) -> Iterator[Item]:
        for element in parent:
            match local(element):
                case "p" | "h":
                    yield from self._paragraph(element)
                case "list":
                    yield from self._list(element, self._counter(element), 0)
                case "table":
                    yield from self._table(element)
                case "section" if _is_hidden_section(element):
                    self.unseen += hidden_part("section masquée", said(element))
                case "section" | "bibliography" | "index-body" | "numbered-paragraph":
                    yield from self.blocks(element)
                case _ if str(element.tag).startswith(DRAW):
                    yield from self.shape(element)

    def shape(self, shape: etree._Element) -> Iterator[Item]:
        """The texts inside a frame, a drawing or a group of them."""
        match local(shape):
            case _ if shape.get(f"{DRAW}display") == "none":
                self.unseen += hidden_part("objet masqué", said(shape))
            case "frame" | "g" | "a":
                for element in shape:
                    if local(element) == "table":
                        yield from self._table(element)
                    elif str(element.tag).startswith(DRAW):
                        yield from self.shape(element)
            case _:
                yield from self.blocks(shape)

    def _paragraph(self, paragraph: etree._Element, mark: str | None = None) -> Iterator[Item]:
        style = paragraph.get(f"{TEXT}style-name", "")
        level = self._level(paragraph, style)
        if mark is None and level and f"{TEXT}is-list-header" not in paragraph.attrib:
            mark = self._outline.next(level - 1)
        line = _Line()
        hidden = self.styles.hides("paragraph", style) or any(
            one.get(f"{TEXT}is-hidden") == "true" for one in paragraph.iterchildren(f"{TEXT}hidden-paragraph")
        )
        self._inline(paragraph, line, hidden or self._is_white_on_white(paragraph, "paragraph"))
        self.unseen += filter(None, line.unseen)
        if text := lines("".join(line.words)):
            text = (mark or "") + text
            yield Paragraph(text) if level is None else Heading(text, level)
        yield from line.after

    def _level(self, paragraph: etree._Element, style: str) -> int | None:
        if self.styles.is_title(style):
            return 0
        return min(count(paragraph, f"{TEXT}outline-level"), 10) if local(paragraph) == "h" else None

    def _inline(self, parent: etree._Element, line: _Line, is_hidden: bool) -> None:
        line.write(parent.text, is_hidden)
        for element in parent:
            match local(element):
                case "s":
                    line.write(" ", is_hidden)
                case "tab":
                    line.write(" ", is_hidden)
                case "line-break":
                    line.words.append("\n")
                case "span":
                    hidden = self.styles.hides("text", element.get(f"{TEXT}style-name", ""))
                    is_white = self._is_white_on_white(element, "text")
                    self._inline(element, line, is_white or (is_hidden if hidden is None else hidden))
                case "note":
                    self._cite(element, line)
                case "hidden-text" if element.get(f"{TEXT}is-hidden", "true") == "true":
                    line.write(element.get(f"{TEXT}string-value") or "".join(map(str, element.itertext())), True)
                case name if name in _UNREAD:
                    pass
                case _ if str(element.tag).startswith(DRAW) and local(element) != "a":
                    line.after += self.shape(element)
                case _:
                    self._inline(element, line, is_hidden)
            line.write(element.tail, is_hidden)

    def _is_white_on_white(self, element: etree._Element, family: str) -> bool:
        """Whether its style is white, and nothing around it can have another colour behind it."""
        return self.styles.is_white(family, element.get(f"{TEXT}style-name", "")) and not any(
            str(one.tag).startswith(DRAW) or one.tag == f"{TABLE}table-cell" for one in element.iterancestors()
        )

    def _cite(self, note: etree._Element, line: _Line) -> None:
        self._cited += 1
        line.words.append(f"[{self._cited}]")
        body = note.find(f"{TEXT}note-body")
        text = " ".join(item.text for item in self.blocks(body if body is not None else ()))
        line.after.append(Paragraph(f"[{self._cited}] {text}"))

    def _counter(self, element: etree._Element) -> Counter:
        """Of a list on its own: a fresh one, or that of the list which it goes on from."""
        style = element.get(f"{TEXT}style-name", "")
        before = self._by_id.get(element.get(f"{TEXT}continue-list"))
        if before is None and element.get(f"{TEXT}continue-numbering") == "true":
            before = self._by_style.get(style)
        counter = before or self.styles.counter(style)
        self._by_style[style] = counter
        if (identifier := element.get("{http://www.w3.org/XML/1998/namespace}id")) is not None:
            self._by_id[identifier] = counter
        return counter

    def _list(self, element: etree._Element, counter: Counter, level: int) -> Iterator[Item]:
        for item in element:
            mark: str | None = "" if local(item) == "list-header" else None  # not counted yet
            if f"{TEXT}start-value" in item.attrib:
                counter.restart(level, count(item, f"{TEXT}start-value"))
            for child in item:
                match local(child):
                    case "p" | "h":
                        mark = counter.next(level) if mark is None else ""
                        yield from self._paragraph(child, mark)
                    case "list":
                        inner = f"{TEXT}style-name" in child.attrib and level == 0
                        own = self.styles.counter(child.get(f"{TEXT}style-name", "")) if inner else counter
                        yield from self._list(child, own, level + 1)
                    case _:
                        yield from self.blocks((child,))

    def _table(self, element: etree._Element) -> Iterator[Item]:
        rows = [(is_header, list(self.cells(row, IN_TEXT))) for row, is_header in self.rows(element)]
        inner = f"{TABLE}table-row/{TABLE}table-cell/{TABLE}table"
        yield from table(rows, holds_tables=element.find(inner) is not None)

    def rows(
        self, parent: etree._Element, is_header: bool = False, is_all: bool = False
    ) -> Iterator[tuple[etree._Element, bool]]:
        """The rows of a table that are seen, or filtered or folded for now; whether each belongs to its header."""
        for element in parent:
            match local(element):
                case "table-row" if element.get(f"{TABLE}visibility") == HIDDEN and not is_all:
                    self.unseen += filter(None, [SEPARATOR.join(filter(None, said(element)))])
                case "table-row":
                    repeated = count(element, f"{TABLE}number-rows-repeated")
                    says = "".join(map(str, element.itertext())).strip()
                    for _ in range(min(repeated, MAX_REPEATED) if says else 1):
                        yield element, is_header
                case "table-header-rows":
                    yield from self.rows(element, True, is_all)
                case "table-rows" | "table-row-group":
                    yield from self.rows(element, is_header, is_all or is_folded(element))

    def cells(self, row: etree._Element, columns: Columns) -> Iterator[TextCell]:
        """The row's places up to the last that is taken, without those in hidden columns."""
        read = [(cell, self._cell(cell), count(cell, f"{TABLE}number-columns-repeated")) for cell in row]
        while read and not is_taken(read[-1][1]):
            read.pop()
        column = 0
        for element, cell, repeated in read:
            if cell is None:
                continue
            last = min(column + repeated, MAX_COLUMNS)
            style = element.get(f"{TABLE}style-name") or columns.styles.get(column, "")
            if cell.items and columns.is_sheet and self._hides_cell(style):
                self.unseen.append(cell.flat().text)
                cell = replace(cell, items=[])
            shown = [place for place in range(column, last) if place not in columns.hidden]
            if cell.items and len(shown) < last - column:
                self.unseen.append(cell.flat().text)
            yield from (cell for _ in shown)
            column += repeated

    def _hides_cell(self, style: str) -> bool:
        return bool(self.styles.hides("table-cell", style)) or self.styles.is_white("table-cell", style)

    def _cell(self, cell: etree._Element) -> TextCell | None:
        match local(cell):
            case "table-cell":
                items = list(self.blocks(cell)) or value_of(cell)
                return TextCell(items, is_tall=count(cell, f"{TABLE}number-rows-spanned") > 1)
            case "covered-table-cell":
                return TextCell([], is_covered=True)
            case _:
                return None


def _is_hidden_section(section: etree._Element) -> bool:
    return section.get(f"{TEXT}display") == "none" or section.get(f"{TEXT}is-hidden") == "true"
