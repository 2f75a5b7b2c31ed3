"""Headings and texts, in reading order, to blocks under their heading paths.

A heading stays in the text, as the first line of the section that it opens: nothing of the document
is lost, and a chunk begins with the words that announce it. A heading with nothing but deeper
headings under it opens their first section, and one with nothing at all is a line of the section
around it (the entries of a table of contents, say), so that no chunk is a bare heading.
"""

from collections.abc import Iterable
from typing import NamedTuple

from ingestion.characters import one_line, visible
from ingestion.document import Block
from retrieval.corpus import Box


class Heading(NamedTuple):
    """A title within the document; a smaller `level` stands higher."""

    text: str
    level: int
    page: int | None = None
    boxes: tuple[Box, ...] = ()


class Paragraph(NamedTuple):
    """One paragraph, list item, table row (with the `header` row of its table) or piece of code."""

    text: str
    page: int | None = None
    header: str = ""
    boxes: tuple[Box, ...] = ()
    line_starts: tuple[int, ...] = ()


def outline(items: Iterable[Heading | Paragraph], title: str = "", *, is_plain: bool = False) -> tuple[Block, ...]:
    """Blocks in the same order. A heading that only repeats the document's title enters no path.

    `is_plain` if all characters of the items are seen, and composed (see `visible`), and each is on one line.
    """
    blocks: list[Block] = []
    path: list[Heading] = []
    names: tuple[str, ...] = ()
    waiting: list[Heading] = []  # opened, nothing written under them yet
    for item in items:
        if isinstance(item, Paragraph):
            text = item.text if is_plain else _trimmed(item.text)
            if text:
                if waiting:
                    blocks += _lines(waiting, names)
                    waiting = []
                blocks.append(Block(text, names, item.page, item.header, item.boxes, item.line_starts))
        elif text := " ".join(item.text.split()) if is_plain else one_line(item.text):
            heading = Heading(text, item.level, item.page, item.boxes)
            above = _above(heading, path)
            if waiting and heading.level <= waiting[-1].level:
                blocks += _lines(waiting, _names(above, title))
                waiting = []
            path = [*above, heading]
            names = _names(path, title)
            waiting.append(heading)
    if waiting:
        blocks += _lines(waiting, _names(_above(waiting[-1], path), title))
    return tuple(blocks)


def _above(heading: Heading, path: list[Heading]) -> list[Heading]:
    return [outer for outer in path if outer.level < heading.level]


def _names(path: list[Heading], title: str) -> tuple[str, ...]:
    names = dict.fromkeys(heading.text for heading in path)  # what is said twice is said once
    return tuple(name for name in names if name != title)


def _lines(headings: list[Heading], names: tuple[str, ...]) -> list[Block]:
    return [Block(heading.text, names, heading.page, boxes=heading.boxes) for heading in headings]


def _trimmed(text: str) -> str:
    """Visible lines without trailing blanks; indentation stays, for code."""
    if text.isprintable():
        return visible(text).rstrip()
    lines = (line.rstrip() for line in visible(text).splitlines())
    return "\n".join(line for line in lines if line).strip("\n")
