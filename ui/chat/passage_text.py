"""The text of a document as its reader knows it: headings, lists, tables, and the passage marked in it."""

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from itertools import accumulate, groupby

from markupsafe import Markup, escape

from ingestion import Block

CELLS = " | "  # between the cells of a row, whatever it was read from
HIGHEST, DEEPEST = 3, 6  # of HTML's headings
REACHED = Markup(' id="passage" tabindex="-1"')
FOCUSED = Markup(' id="passage" tabindex="-1" autofocus')
HEADER, CELL = Markup('<th scope="col">{}</th>'), Markup("<td>{}</td>")
_ITEM = re.compile(r"\s*(?:[-–—•▪◦*]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)°])\s")


class _Kind(Enum):
    HEADING = auto()
    ROW = auto()
    ITEM = auto()
    PARAGRAPH = auto()


def lines(text: str, heading_path: tuple[str, ...]) -> tuple[Block, ...]:
    """The blocks of a document of which only the text is known, and the headings over one passage."""
    return tuple(Block(line, heading_path if line in heading_path else ()) for line in text.split("\n"))


def rendered(blocks: Sequence[Block], start: int, end: int, *, title: str = "", focused: bool) -> Markup:
    """HTML; the characters from `start` to `end` of the blocks, joined by line breaks, are the passage."""
    starts = accumulate((len(block.text) + 1 for block in blocks[:-1]), initial=0)
    passage = _Passage(start, end, focused=focused)
    headers = {block.header for block in blocks if block.header}
    placed = [(block, place, _kind(block, title)) for block, place in zip(blocks, starts, strict=True)]
    parts = [
        part
        for kind, some in groupby(placed, key=lambda one: one[2])
        for part in _part(kind, [(block, place) for block, place, _ in some], headers, passage)
    ]
    return Markup("\n").join(parts)


class _Passage:
    """Marks what lies in the passage; the first mark is where a link leads, and takes the focus."""

    def __init__(self, start: int, end: int, *, focused: bool) -> None:
        self._start, self._end = start, end
        self._attributes = FOCUSED if focused else REACHED

    def marked(self, text: str, place: int) -> Markup:
        first = min(max(self._start - place, 0), len(text))
        last = min(max(self._end - place, first), len(text))
        if first == last:
            return escape(text)
        attributes, self._attributes = self._attributes, Markup()
        mark = Markup("<mark{}>{}</mark>").format(attributes, text[first:last])
        return escape(text[:first]) + mark + escape(text[last:])


def _kind(block: Block, title: str) -> _Kind:
    if block.text in (title, *block.heading_path):
        return _Kind.HEADING
    if block.header or CELLS in block.text:
        return _Kind.ROW
    return _Kind.ITEM if _ITEM.match(block.text) else _Kind.PARAGRAPH


def _part(kind: _Kind, blocks: Sequence[tuple[Block, int]], headers: set[str], passage: _Passage) -> Iterator[Markup]:
    match kind:
        case _Kind.HEADING:
            for block, place in blocks:
                depth = block.heading_path.index(block.text) if block.text in block.heading_path else 0
                level = min(HIGHEST + depth, DEEPEST)
                yield Markup("<h{0}>{1}</h{0}>").format(level, passage.marked(block.text, place))
        case _Kind.ROW:
            rows = [_row(block, place, headers, passage) for block, place in blocks]
            yield Markup("<table>{}</table>").format(Markup("\n").join(rows))
        case _Kind.ITEM:
            items = [Markup("<li>{}</li>").format(passage.marked(block.text, place)) for block, place in blocks]
            yield Markup("<ul>{}</ul>").format(Markup("\n").join(items))
        case _Kind.PARAGRAPH:
            for block, place in blocks:
                if block.text:
                    yield Markup("<p>{}</p>").format(passage.marked(block.text, place))


def _row(block: Block, place: int, headers: set[str], passage: _Passage) -> Markup:
    cell = HEADER if block.text in headers else CELL
    texts = block.text.split(CELLS)
    places = accumulate((len(text) + len(CELLS) for text in texts[:-1]), initial=place)
    cells = [cell.format(passage.marked(text, at)) for text, at in zip(texts, places, strict=True)]
    return Markup("<tr>{}</tr>").format(Markup("").join(cells))
