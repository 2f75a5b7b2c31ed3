"""What changed between two texts."""

from dataclasses import dataclass

# From a character to another, of a quotation.
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a text and where they stand: `n` is the number of the passage among the answer's."""

    text: str
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Without `old` it was added, without `new` removed, and with both changed.

    `place` is the heading or article under which it stands. `figures` says that a figure, a date or an article number
    is not the same. `words` are the words that changed, of the old quotation and of the new one.
    """

    old: Quotation | None
    new: Quotation | None
    place: str = ""
    figures: bool = False
    words: tuple[tuple[Span, ...], tuple[Span, ...]] = ((), ())
