"""DOCX: headings, paragraphs, lists, tables, notes and text boxes as a reader of the page sees them.

Read with lxml alone. On the same files xberg (Rust, 129 MB) loses the numbers of lists and gives hidden
text and comments, and python-docx leaves out lists' numbers, notes, text boxes and tracked insertions.

Left out: deleted and moved-away text, comments, running heads and feet, tables of contents, hidden text, which is told
besides, and whatever stands outside the file, which is never fetched (templates, linked pictures); macros are not read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from ingestion.characters import one_line
from ingestion.document import ParsedDocument
from ingestion.parsing.container import Container, open_container
from ingestion.parsing.docx_styles import (
    TEXT_LEVEL,
    VAL,
    Lists,
    Styles,
    W,
    hides,
    outline_level,
    switch,
    value,
)
from ingestion.parsing.grid import MAX_COLUMNS, TextCell, table
from ingestion.parsing.office import Item, document_of, hidden_part, lines, local, with_besides
from ingestion.parsing.outline import Heading, Paragraph
from ingestion.parsing.relations import all_of_kind, described, main_part, tree_of_kind
from ingestion.parsing.symbols import SYMBOLS

_AROUND = frozenset({"ins", "moveTo", "smartTag", "customXml", "hyperlink", "fldSimple", "dir", "bdo", "sdtContent"})
_SIGNS = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
_DRAWN = frozenset({"drawing", "pict", "object"})


class DocxParser:
    """Reads Word's files since 2007."""

    suffixes = frozenset({".docx", ".docm", ".dotx"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        container = open_container(content, name)
        part = main_part(container)
        body = container.xml(part).find(f"{W}body")
        said = described(container)
        margins = list(_margins(container, part))
        text = _Text(container, part, margins)
        document = document_of(text.blocks(body if body is not None else ()), said, name)
        return with_besides(document, container, text.unseen, _lines(margins))


@dataclass
class _Line:
    """A paragraph being read; `after` is what stands beside it: notes that it cites, text boxes."""

    words: list[str] = field(default_factory=list)
    after: list[Item] = field(default_factory=list)


class _Text:
    def __init__(self, container: Container, part: str, margins: list[etree._Element]) -> None:
        self._styles = Styles(tree_of_kind(container, part, "styles"), margins)
        self._lists = Lists(tree_of_kind(container, part, "numbering"), self._styles)
        self._notes = {kind: _by_id(tree_of_kind(container, part, f"{kind}s")) for kind in ("footnote", "endnote")}
        self._cited = 0
        self.unseen: list[str] = []
        """Known once the blocks are read."""

    def blocks(self, parent: Iterable[etree._Element]) -> Iterator[Item]:
        for element in parent:
            match local(element):
                case "p":
                    yield from self._paragraph(element)
                case "tbl":
                    yield from self._table(element)
                case "sdt" if not _is_contents(element):
                    yield from self.blocks(element)
                case "AlternateContent":
                    yield from self.blocks(_chosen(element))
                case name if name in _AROUND:
                    yield from self.blocks(element)

    def _paragraph(self, paragraph: etree._Element) -> Iterator[Item]:
        mark = self._lists.mark(paragraph)
        style = self._styles.of(self._styles.id_of(paragraph))
        if style.is_contents:
            return
        line = _Line()
        self._inline(paragraph, line, style.is_hidden)
        if text := lines("".join(line.words)):
            level = outline_level(paragraph) or style.level
            if level is None or level >= TEXT_LEVEL:
                yield Paragraph(mark + text)
            else:
                yield Heading(mark + text, level)
        yield from line.after

    def _inline(self, parent: Iterable[etree._Element], line: _Line, is_hidden: bool) -> None:
        for element in parent:
            match local(element):
                case "r":
                    if self._hides(element, is_hidden) or self._styles.is_white_on_white(element):
                        self.unseen += filter(None, [one_line("".join(_texts(element)))])
                    else:
                        self._run(element, line)
                case "oMath" | "oMathPara":
                    line.words += [text.text or "" for text in element.iter() if local(text) == "t"]
                case "AlternateContent":
                    self._inline(_chosen(element), line, is_hidden)
                case name if name in _AROUND or name == "sdt":
                    self._inline(element, line, is_hidden)

    def _hides(self, run: etree._Element, by_paragraph: bool) -> bool:
        direct = hides(run, "rPr")
        if direct is not None:
            return direct
        style = value(run, "rPr/rStyle")
        return by_paragraph or (bool(style) and self._styles.of(style).is_hidden)

    def _run(self, run: Iterable[etree._Element], line: _Line) -> None:
        for element in run:
            match local(element):
                case "t":
                    line.words.append(element.text or "")
                case "sym":
                    line.words.append(_symbol(element))
                case "footnoteReference" | "endnoteReference" as name:
                    self._cite(name.removesuffix("Reference"), element.get(f"{W}id", ""), line)
                case "AlternateContent":
                    self._run(_chosen(element), line)
                case name if name in _SIGNS:
                    line.words.append(_SIGNS[name])
                case name if name in _DRAWN:
                    for box in element.iter(f"{W}txbxContent"):
                        line.after += self.blocks(box)

    def _cite(self, kind: str, identifier: str, line: _Line) -> None:
        note = self._notes[kind].pop(identifier, None)
        if note is not None:
            self._cited += 1
            line.words.append(f"[{self._cited}]")
            text = " ".join(item.text for item in self.blocks(note))
            line.after.append(Paragraph(f"[{self._cited}] {text}"))

    def _table(self, element: etree._Element) -> Iterator[Item]:
        rows: list[tuple[bool, list[TextCell]]] = []
        for row in _rows(element):
            cells = list(self._cells(row))
            if switch(row, "trPr/hidden"):
                self.unseen += hidden_part("ligne masquée", [cell.flat().text for cell in cells])
            else:
                rows.append((switch(row, "trPr/tblHeader") or False, cells))
        yield from table(rows, holds_tables=element.find(f"{W}tr/{W}tc//{W}tbl") is not None)

    def _cells(self, row: etree._Element) -> Iterator[TextCell]:
        yield from [TextCell([])] * _places(value(row, "trPr/gridBefore"), 0)
        for cell in _unwrapped(row, "tc"):
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            is_covered = merge is not None and merge.get(VAL, "continue") == "continue"
            yield TextCell(list(self.blocks(cell)), merge is not None and not is_covered, is_covered)
            yield from [TextCell([], is_covered=True)] * (_places(value(cell, "tcPr/gridSpan"), 1) - 1)


def _texts(element: etree._Element) -> Iterator[str]:
    return (text.text or "" for text in element.iter(f"{W}t"))


def _margins(container: Container, part: str) -> Iterator[etree._Element]:
    """The parts with running heads and feet."""
    for kind in ("header", "footer"):
        found = (container.xml_or_none(target) for target in all_of_kind(container, part, kind))
        yield from (root for root in found if root is not None)


def _lines(margins: list[etree._Element]) -> Iterator[str]:
    for paragraph in (one for root in margins for one in root.iter(f"{W}p")):
        yield one_line("".join(_texts(paragraph)))


def _places(text: str, otherwise: int) -> int:
    return min(int(text), MAX_COLUMNS) if text.isdecimal() and len(text) < 10 else otherwise


def _rows(parent: etree._Element) -> Iterator[etree._Element]:
    for row in _unwrapped(parent, "tr"):
        if row.find(f"{W}trPr/{W}del") is None:
            yield row


def _unwrapped(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Children of that name, also where an insertion or a control stands around them."""
    for element in parent:
        if local(element) == name:
            yield element
        elif local(element) in _AROUND or local(element) == "sdt":
            yield from _unwrapped(element, name)


def _chosen(alternatives: etree._Element) -> Iterable[etree._Element]:
    """The first of several ways in which the same content is written."""
    return next(iter(alternatives), ())


def _by_id(notes: etree._Element | None) -> dict[str, etree._Element]:
    """Notes, but not the lines that separate them from the text."""
    found = notes if notes is not None else ()
    return {note.get(f"{W}id", ""): note for note in found if note.get(f"{W}type", "normal") == "normal"}


def _is_contents(control: etree._Element) -> bool:
    return value(control, "sdtPr/docPartObj/docPartGallery") == "Table of Contents"


def _symbol(element: etree._Element) -> str:
    try:
        code = int(element.get(f"{W}char", ""), 16)
    except ValueError:
        return ""
    character = chr(code) if code <= 0x10FFFF else ""
    return character.translate(SYMBOLS)
