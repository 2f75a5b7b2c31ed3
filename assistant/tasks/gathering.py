"""The sentences that were gathered from the pieces of texts, each with the passages that bear it out."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.checking.citations import Quote
from assistant.checking.sentences import sentences
from assistant.tasks.pieces import Piece
from assistant.tasks.prompting import Extract
from retrieval.corpus import Passage

_MARK = re.compile(r"\s*\[(\d+)\]")
_END = re.compile(r"[.!?…:;]*\s*\Z")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence without its marks, and the numbers of its passages; a whole passage has its own."""

    text: str
    numbers: tuple[int, ...]

    @property
    def extract(self) -> Extract:
        return Extract(self.numbers[0], self.text)

    @property
    def marked(self) -> str:
        """As the reader sees it."""
        end = _END.search(self.text)
        place = end.start() if end else len(self.text)
        return self.text[:place] + "".join(f" [{n}]" for n in self.numbers) + self.text[place:].rstrip()


@dataclass(slots=True)
class Gathered:
    """`lines` in the order of the texts; `passages` by their numbers, `quotes` where these bear lines out.

    With `whole` the lines are the passages themselves.
    """

    lines: tuple[Line, ...]
    passages: Mapping[int, Passage]
    quotes: Mapping[int, Quote]
    whole: bool = False

    @classmethod
    def of_piece(cls, piece: Piece) -> "Gathered":
        """A text that is short enough to be read as it is."""
        numbered = dict(enumerate(piece.passages, start=piece.first))
        lines = tuple(Line(Extract.of(n, passage).text, (n,)) for n, passage in numbered.items())
        return cls(lines, numbered, {}, whole=True)

    def size(self, measure: Callable[[str], int]) -> int:
        """How much of a prompt the lines take."""
        return sum(measure(line.text) for line in self.lines)

    def groups(self, measure: Callable[[str], int], most: int) -> Iterator["Gathered"]:
        """Neighbouring lines that measure at most `most` together, where a single one does not measure more."""
        held: list[Line] = []
        size = 0
        for line in self.lines:
            length = measure(line.text)
            if held and size + length > most:
                yield replace(self, lines=tuple(held))
                held, size = [], 0
            held.append(line)
            size += length
        if held:
            yield replace(self, lines=tuple(held))

    @property
    def thinned(self) -> "Gathered":
        """Every other line."""
        return replace(self, lines=self.lines[::2] if len(self.lines) > 1 else ())

    @property
    def cited(self) -> dict[int, Passage]:
        """The passages of the lines, by their numbers."""
        numbers = sorted({n for line in self.lines for n in line.numbers})
        return {n: self.passages[n] for n in numbers}

    def numbered_anew(self) -> "Gathered":
        """With the passages that are cited alone, numbered from 1."""
        new = {old: n for n, old in enumerate(self.cited, start=1)}
        return Gathered(
            tuple(replace(line, numbers=tuple(new[n] for n in line.numbers)) for line in self.lines),
            {n: self.passages[old] for old, n in new.items()},
            {new[old]: quote for old, quote in self.quotes.items() if old in new},
            whole=self.whole,
        )


def lines_of(text: str) -> tuple[Line, ...]:
    """The sentences of a checked text that cite something."""
    found = ((sentence, tuple(int(n) for n in _MARK.findall(sentence))) for sentence in sentences(text))
    return tuple(Line(_MARK.sub("", sentence).strip(), numbers) for sentence, numbers in found if numbers)


def together(parts: Sequence[Gathered]) -> Gathered:
    """All lines in their order; where two quote the same passage, from the first word of both to the last."""
    quotes: dict[int, Quote] = {}
    passages: dict[int, Passage] = {}
    for part in parts:
        passages |= part.passages
        for n, quote in part.quotes.items():
            quotes[n] = quote | quotes.get(n, quote)
    return Gathered(tuple(line for part in parts for line in part.lines), passages, quotes)
