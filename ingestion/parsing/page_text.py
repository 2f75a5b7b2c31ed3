"""A page's text, asked of PDFium at once, and a few of its characters.

A call for each character is what makes reading a PDF from Python slow. The text comes in one call, with
the line breaks that PDFium finds; box, size and weight are those of a line's first and last character.
"""

from dataclasses import dataclass
from itertools import accumulate
from operator import sub

import numpy as np

from ingestion.characters import WESTERN, one_line, smuggled
from ingestion.invisible import invisible_places
from ingestion.parsing.calls import Characters
from ingestion.parsing.cuts import Entries, cut
from ingestion.parsing.fonts import Fonts
from ingestion.parsing.lines import HYPHEN, Rectangle
from ingestion.parsing.note_marks import with_note_marks
from ingestion.parsing.symbols import SYMBOLS

_BLANKS = "\xa0\u202f\t"  # which count as blanks


# Characters of which nothing has to be taken out of a text: those that are written as blanks, too.
_PLAIN = np.zeros(0x10000, bool)
_PLAIN[[*map(ord, {*WESTERN, *_BLANKS, "\r", "\n", HYPHEN})]] = True


@dataclass(frozen=True, slots=True)
class PageText:
    """The entries of a page's lines, with their words, their sizes and matrices as PDFium tells them.

    `is_plain` if all of its characters are seen, and composed (see `visible`); `smuggled` and `invisible` are what
    is written in others, and where others stand.
    """

    entries: Entries
    texts: list[str]
    sizes: list[float]
    matrices: bytes
    bold: list[bool]
    characters: int
    is_plain: bool
    smuggled: str
    invisible: str


def page_text(characters: Characters, sheet: Rectangle, rotation: int) -> PageText:
    """All that is asked of a page that PDFium has read."""
    text = characters.text
    for blank in _BLANKS:
        text = text.replace(blank, " ")
    words, firsts, has_odd_breaks = _lines(text)
    is_plain = bool(_PLAIN.take(characters.codes, mode="clip").all()) and not has_odd_breaks
    entries = cut(characters, words, firsts, sheet, rotation)
    if len(entries.firsts) > len(words):
        words = [text[first : last + 1] for first, last in zip(entries.firsts, entries.lasts, strict=True)]
    words, entries = with_note_marks(characters, words, entries)
    # One character of each that has its size: not the raised number of a note, by which it begins.
    of_entries = zip(words, entries.firsts, entries.lasts, strict=True)
    typical = [last if word[0].isdigit() else first for word, first, last in of_entries]
    return PageText(
        entries=entries,
        texts=words if is_plain and "  " not in text else list(map(_cleaned, words)),
        sizes=characters.sizes(typical),
        matrices=characters.matrices(typical),
        bold=_bold(characters, entries),
        characters=sum(map(len, words)),
        is_plain=is_plain,
        smuggled="" if is_plain else smuggled(text),
        invisible="" if is_plain else invisible_places(text.replace(HYPHEN, "")),
    )


def _lines(text: str) -> tuple[list[str], list[int], bool]:
    """The lines without the blanks around them, where they begin, and whether some do not end as PDFium ends lines.

    A hyphen at the end of a line belongs to it.
    """
    hyphens, end = text.count(HYPHEN), "\r\n"
    lines = text.replace(HYPHEN, HYPHEN + end).split(end)
    has_odd_breaks = not len(lines) - 1 - hyphens == text.count("\n") == text.count("\r")
    if has_odd_breaks:
        end = "\n"
        lines = text.replace(HYPHEN, HYPHEN + end).split(end)
    width = len(end)
    starts = list(accumulate([len(line) + width for line in lines[:-1]], initial=0))
    if hyphens:  # which had no line break behind them
        added = accumulate([width * line.endswith(HYPHEN) for line in lines[:-1]], initial=0)
        starts = list(map(sub, starts, added))
    words = list(map(str.strip, lines))
    if words != lines or "" in words:
        begun = zip(starts, lines, map(str.lstrip, lines), words, strict=True)
        starts = [start + len(line) - len(rest) for start, line, rest, word in begun if word]
        words = list(filter(None, words))
    return words, starts, has_odd_breaks


def _cleaned(line: str) -> str:
    """The same with single blanks, and without what is not printed."""
    return one_line(line.translate(SYMBOLS)) + HYPHEN * line.endswith(HYPHEN)


def _bold(characters: Characters, entries: Entries) -> list[bool]:
    """Entries whose first, middle and last characters are bold."""
    fonts = Fonts()
    bold = fonts.bold(entries.pieces)
    if True in bold:
        found = [place for place, is_bold in enumerate(bold) if is_bold]
        others = [place for n in found for place in (_middle(entries, n), entries.lasts[n])]
        of_others = fonts.bold(characters.pieces(others))
        for n, middle, last in zip(found, of_others[::2], of_others[1::2], strict=True):
            bold[n] = middle and last
    return bold


def _middle(entries: Entries, n: int) -> int:
    return (entries.firsts[n] + entries.lasts[n]) // 2
