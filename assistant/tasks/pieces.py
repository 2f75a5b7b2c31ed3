"""Texts cut into pieces that a model can read: at the ends of sentences, without loss and without overlap.

Invariants, which a property test holds to:
1. The pieces' passages, joined, are the texts: each character that is not blank stands in exactly one.
2. No piece is longer than there is room for, but for a single character that is.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.checking.sentences import sentences
from retrieval.corpus import Passage

Measure = Callable[[str], int]

_WORD = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Passages that are read together; `first` is the number of the first among all, from 1."""

    first: int
    passages: tuple[Passage, ...]


def packed(passages: Sequence[Passage], measure: Measure, most: int) -> list[Piece]:
    """Neighbouring passages together, as long as they measure at most `most`; longer ones are cut."""
    groups: list[list[Passage]] = []
    size = 0
    for passage in _cut_to(passages, measure, most):
        length = measure(passage.chunk.text)
        if not groups or size + length > most:
            groups.append([])
            size = 0
        groups[-1].append(passage)
        size += length
    return _numbered(groups)


def paragraphs(passages: Sequence[Passage], measure: Measure, most: int) -> list[Piece]:
    """Each paragraph by itself; one that measures more than `most` is cut."""
    single = (_part(passage, *span) for passage in passages for span in _spans(passage.chunk.text, _lines))
    return _numbered([one] for one in _cut_to(single, measure, most))


def _numbered(groups: Iterable[Sequence[Passage]]) -> list[Piece]:
    pieces: list[Piece] = []
    first = 1
    for group in groups:
        pieces.append(Piece(first, tuple(group)))
        first += len(group)
    return pieces


def _cut_to(passages: Iterable[Passage], measure: Measure, most: int) -> Iterator[Passage]:
    for passage in passages:
        text = passage.chunk.text
        if not text.strip():
            continue
        if measure(text) <= most:
            yield passage
        else:
            yield from (_part(passage, *span) for span in _spans(text, lambda whole: _fitting(whole, measure, most)))


def _fitting(text: str, measure: Measure, most: int) -> Iterator[str]:
    """The text in runs of sentences that fit; of a sentence that does not fit runs of words, and of a word halves."""
    held = ""
    for unit in _units(text, measure, most):
        if held and measure(held + unit) > most:
            yield held
            held = ""
        held += unit
    yield held


def _units(text: str, measure: Measure, most: int) -> Iterator[str]:
    for sentence in sentences(text):
        if measure(sentence) <= most:
            yield sentence
            continue
        for word in _WORD.findall(sentence):
            yield from _halves(word, measure, most)


def _halves(word: str, measure: Measure, most: int) -> Iterator[str]:
    if len(word) < 2 or measure(word) <= most:
        yield word
        return
    middle = len(word) // 2
    yield from _halves(word[:middle], measure, most)
    yield from _halves(word[middle:], measure, most)


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _spans(text: str, cut: Callable[[str], Iterable[str]]) -> Iterator[tuple[int, int]]:
    """Where the parts stand, without the blanks around them."""
    start = 0
    for part in cut(text):
        said = part.strip()
        if said:
            begin = start + part.index(said)
            yield begin, begin + len(said)
        start += len(part)


def _part(passage: Passage, start: int, end: int) -> Passage:
    chunk = passage.chunk
    locator = replace(chunk.locator, start=chunk.locator.start + start, end=chunk.locator.start + end)
    return replace(passage, chunk=replace(chunk, text=chunk.text[start:end], locator=locator))
