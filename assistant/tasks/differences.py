"""What changed between two texts: their sentences aligned, then the words of those that changed.

Sentences and not paragraphs, for passages may end in the midst of one.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import lru_cache

from assistant.checking.sentences import sentences
from assistant.checking.terms import terms
from assistant.tasks.alignment import Pair, aligned
from assistant.tasks.difference import Span
from retrieval.corpus import Passage

# Sentences that share half of their words are versions of one; of two that do, the one under the same article.
ALIKE = 0.5
SAME_PLACE = 0.05

_ARTICLE = re.compile(r"(?:Article|Art\.)\s+(?:[LRDA]\.?\s?\*?)?\d[\w-]*(?:\s(?:bis|ter|quater))?", re.IGNORECASE)
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Unit:
    """Words of a passage from the character `start` on; `n` is their place in their text of the two.

    `place` is the article or heading under which they stand.
    """

    side: int
    n: int
    start: int
    text: str
    place: str
    passage: Passage = field(compare=False)


@dataclass(frozen=True, slots=True)
class Change:
    """A difference, before its quotations have numbers."""

    old: Unit | None
    new: Unit | None
    figures: bool = False
    words: tuple[tuple[Span, ...], tuple[Span, ...]] = ((), ())

    @property
    def units(self) -> tuple[Unit, ...]:
        return tuple(unit for unit in (self.old, self.new) if unit)


def units(passages: Sequence[Passage], side: int) -> list[Unit]:
    """The sentences of a text."""
    made: list[Unit] = []
    article = ""
    headings: tuple[str, ...] = ()
    for passage in passages:
        path, text, start = passage.chunk.locator.heading_path, passage.chunk.text, 0
        if path != headings:
            article, headings = "", path
        for sentence in sentences(text):
            said = sentence.strip()
            match = _ARTICLE.match(said)
            article = match.group() if match else article
            if said:
                place = article or (path[-1] if path else "")
                made.append(Unit(side, len(made), start + sentence.index(said), said, place, passage))
            start += len(sentence)
    return made


def changes(old: Sequence[Unit], new: Sequence[Unit]) -> tuple[list[Change], int]:
    """What was changed, added and removed, in the order of the texts; and how many sentences only stand elsewhere."""
    pairs = [pair for pair in aligned(old, new, _key, _likeness, ALIKE) if not _same(*pair)]
    gone = Counter(_key(one) for one, other in pairs if one and not other)
    come = Counter(_key(other) for one, other in pairs if other and not one)
    moved = gone & come
    return [_change(*pair) for pair in _joined(_unmoved(pairs, moved))], moved.total()


def _same(old: Unit | None, new: Unit | None) -> bool:
    return old is not None and new is not None and _key(old) == _key(new)


def _unmoved(pairs: Sequence[Pair[Unit]], moved: Counter[str]) -> Iterator[Pair[Unit]]:
    left = Counter(moved), Counter(moved)
    for old, new in pairs:
        single = old if new is None else new if old is None else None
        counted = left[single.side] if single else moved
        if single and counted[_key(single)]:
            counted[_key(single)] -= 1
        else:
            yield old, new


def _joined(pairs: Iterator[Pair[Unit]]) -> Iterator[Pair[Unit]]:
    """Neighbouring sentences of one passage that are all new, or all gone, as one."""
    held: Pair[Unit] | None = None
    for pair in pairs:
        if held and (joined := _join(held, pair)):
            held = joined
            continue
        if held:
            yield held
        held = pair
    if held:
        yield held


def _join(first: Pair[Unit], second: Pair[Unit]) -> Pair[Unit] | None:
    for n in (0, 1):
        one, other = first[n], second[n]
        alone = first[1 - n] is None and second[1 - n] is None
        if alone and one and other and one.passage is other.passage and other.start >= one.start + len(one.text):
            between = one.passage.chunk.text[one.start + len(one.text) : other.start]
            if not between.strip() and "\n" not in between:
                text = one.passage.chunk.text[one.start : other.start + len(other.text)]
                unit = replace(one, text=text)
                return (unit, None) if n == 0 else (None, unit)
    return None


def _change(old: Unit | None, new: Unit | None) -> Change:
    if old is None or new is None:
        return Change(old, new)
    return Change(old, new, _figures(old.text) != _figures(new.text), _words(old.text, new.text))


def _words(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Where the words stand that changed, in both."""
    ours, theirs = [*_WORD.finditer(old)], [*_WORD.finditer(new)]
    matcher = SequenceMatcher(None, [one.group() for one in ours], [one.group() for one in theirs], autojunk=False)
    changed = [step for step in matcher.get_opcodes() if step[0] != "equal"]
    return (
        tuple((ours[start].start(), ours[stop - 1].end()) for _, start, stop, _, _ in changed if start < stop),
        tuple((theirs[begin].start(), theirs[end - 1].end()) for _, _, _, begin, end in changed if begin < end),
    )


def _figures(text: str) -> Counter[str]:
    """Numbers, dates, amounts, articles, in whatever form they are written."""
    return Counter(term.key for term in terms(text) if term.figure)


def _key(unit: Unit) -> str:
    return _normal(unit.text)


@lru_cache(maxsize=65536)
def _normal(text: str) -> str:
    """Without what typesetting changes: blanks, kinds of apostrophes, hyphens and quotes."""
    for variant, usual in (("’", "'"), ("‑", "-"), ("“", '"'), ("”", '"'), ("\u00ad", "")):
        text = text.replace(variant, usual)
    return " ".join(text.split())


def _likeness(old: Unit, new: Unit) -> float:
    """Dice's coefficient of the words, each counted as often as it stands there."""
    ours, theirs = _bag(old.text), _bag(new.text)
    both = ours.total() + theirs.total()
    shared = 2 * (ours & theirs).total() / both if both else 0.0
    return shared + SAME_PLACE if shared and old.place == new.place else shared


@lru_cache(maxsize=65536)
def _bag(text: str) -> Counter[str]:
    return Counter(word.lower() for word in _WORD.findall(_normal(text)) if word[0].isalnum())
