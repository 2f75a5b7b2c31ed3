"""Numbers of notes behind words, small and raised: PDFium writes them into the word, and may end the line there."""

import re

import numpy as np

from ingestion.parsing.calls import Characters
from ingestion.parsing.cuts import Entries
from ingestion.parsing.held import table
from ingestion.parsing.lines import Marks

SMALL = 0.75  # of the line's size, at most
LOWEST, HIGHEST = 0.1, 0.7  # times the line's size, above its base line
GAP = 1.5  # times the line's size: what stands nearer goes on behind the mark

# Behind a letter, perhaps with a full stop, or behind what closes; m² and km³ are no notes. A digit comes first
# because the places before it are looked at only where there is one.
_NUMBER = re.compile(
    r"[0-9](?:(?<=[^\W\d_][0-9])|(?<=[»”)][0-9])|(?<=[^\W\d_]\.[0-9]))(?<!\bm[0-9])(?<!\b[cdhk]m[0-9])(?<!\bdam[0-9])"
    r"[0-9]{0,2}(?=[\s,.;:!?)»]|$)"
)
_CLOSES = frozenset(",.)]…")

_LEFT, _RIGHT = 0, 2  # in a box as PDFium writes it
_ACROSS, _SLANT, _HEIGHT, _BASE = 1, 2, 3, 5  # in a matrix

Number = tuple[int, re.Match[str]]  # in the entry of that place


def with_note_marks(characters: Characters, words: list[str], entries: Entries) -> tuple[list[str], Entries]:
    """The same, the marks in brackets, and what PDFium parted behind them in one entry."""
    if not _NUMBER.search(characters.text):
        return words, entries
    numbers = [(n, number) for n, word in enumerate(words) for number in _NUMBER.finditer(word)]
    if not numbers:
        return words, entries
    marks = [
        number for number, is_mark in zip(numbers, _are_raised(characters, entries, numbers), strict=True) if is_mark
    ]
    if not marks:
        return words, entries
    texts = list(words)
    for n, number in reversed(marks):
        texts[n] = f"{texts[n][: number.start()]}[{number[0]}]{texts[n][number.end() :]}"
    follows = _follows(characters, entries, [n for n, number in marks if number.end() == len(words[n])])
    whole: list[str] = []
    for n, text in enumerate(texts):
        if n in follows:
            whole[-1] += text if text[0] in _CLOSES else f" {text}"
        else:
            whole.append(text)
    return whole, entries.merged(~np.isin(np.arange(len(words)), [*follows]))


def _are_raised(characters: Characters, entries: Entries, numbers: list[Number]) -> list[bool]:
    firsts = [entries.firsts[n] for n, _ in numbers]
    places = firsts + [first + number.start() for first, (_, number) in zip(firsts, numbers, strict=True)]
    matrices = table(characters.matrices(places), 6)
    sizes = np.array(characters.sizes(places)) * matrices[:, _HEIGHT]
    (size, own), (base, raised) = sizes.reshape(2, -1), matrices[:, _BASE].reshape(2, -1)
    is_upright: Marks = (matrices[:, [_ACROSS, _SLANT]] == 0).all(axis=1).reshape(2, -1).all(axis=0)
    rise = raised - base
    is_mark: Marks = is_upright & (own <= SMALL * size) & (rise >= LOWEST * size) & (rise <= HIGHEST * size)
    marks: list[bool] = is_mark.tolist()
    return marks


def _follows(characters: Characters, entries: Entries, marked: list[int]) -> set[int]:
    """The entries that go on in the line behind one of these."""
    pairs = [n for n in marked if n + 1 < len(entries.firsts)]
    places = [entries.firsts[n] for n in pairs] + [entries.firsts[n + 1] for n in pairs]
    matrices, sizes = table(characters.matrices(places), 6), np.array(characters.sizes(places))
    size = (sizes * matrices[:, _HEIGHT])[: len(pairs)]
    before, behind = matrices[:, _BASE].reshape(2, -1)
    lefts, rights = table(entries.lefts, 4)[:, _LEFT], table(entries.rights, 4)[:, _RIGHT]
    gap = lefts[np.array(pairs, int) + 1] - rights[pairs]
    is_next = (np.abs(behind - before) <= LOWEST * size) & (np.abs(gap) <= GAP * size)
    return {n + 1 for n, follows in zip(pairs, is_next.tolist(), strict=True) if follows}
