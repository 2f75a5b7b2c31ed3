"""A page's text, asked of PDFium at once, and a few of its characters.

A call for each character is what makes reading a PDF from Python slow. The text comes in one call, with
the line breaks that PDFium finds; box, size and weight are those of a line's first and last character.
"""

from dataclasses import dataclass
from itertools import accumulate
from operator import sub

from ingestion.characters import one_line, smuggled
from ingestion.parsing.calls import Characters
from ingestion.parsing.cuts import Entries, cut
from ingestion.parsing.fonts import Fonts
from ingestion.parsing.lines import HYPHEN, Rectangle
from ingestion.parsing.symbols import SYMBOLS


@dataclass(frozen=True, slots=True)
class PageText:
    """The entries of a page's lines, with their words, their sizes and matrices as PDFium tells them."""

    entries: Entries
    texts: list[str]
    sizes: list[float]
    matrices: bytes
    bold: list[bool]
    characters: int
    smuggled: str


def page_text(characters: Characters, sheet: Rectangle, rotation: int) -> PageText:
    """All that is asked of a page that PDFium has read."""
    text = characters.text.replace("\xa0", " ").replace("\u202f", " ").replace("\t", " ")
    words, firsts = _lines(text)
    entries = cut(characters, words, firsts, sheet, rotation)
    if len(entries.firsts) > len(words):
        words = [text[first : last + 1] for first, last in zip(entries.firsts, entries.lasts, strict=True)]
    # One character of each that has its size: not the raised number of a note, by which it begins.
    of_entries = zip(words, entries.firsts, entries.lasts, strict=True)
    typical = [last if word[0].isdigit() else first for word, first, last in of_entries]
    return PageText(
        entries=entries,
        texts=_printable(words),
        sizes=characters.sizes(typical),
        matrices=characters.matrices(typical),
        bold=_bold(characters, entries),
        characters=sum(map(len, words)),
        smuggled=smuggled(characters.text),
    )


def _lines(text: str) -> tuple[list[str], list[int]]:
    """The lines without the blanks around them, and where they begin; a hyphen at the end of a line belongs to it."""
    lines = text.replace(HYPHEN, f"{HYPHEN}\n").split("\n")
    starts = list(accumulate([len(line) + 1 for line in lines[:-1]], initial=0))
    if HYPHEN in text:  # which had no line break behind it
        starts = list(map(sub, starts, accumulate([line.endswith(HYPHEN) for line in lines[:-1]], initial=0)))
    begun = list(map(str.lstrip, lines))
    if begun != lines:
        starts = [start + len(line) - len(rest) for start, line, rest in zip(starts, lines, begun, strict=True)]
    words = list(map(str.rstrip, begun))
    if "" in words:
        starts = [start for start, word in zip(starts, words, strict=True) if word]
        words = list(filter(None, words))
    return words, starts


def _printable(words: list[str]) -> list[str]:
    """The same with single blanks, and without what is not printed."""
    joined = "\x20".join(words)
    if joined.isprintable() and "  " not in joined:
        return words
    return [word if word.isprintable() and "  " not in word else _cleaned(word) for word in words]


def _cleaned(word: str) -> str:
    return one_line(word.translate(SYMBOLS)) + HYPHEN * word.endswith(HYPHEN)


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
