"""Which parts of two sequences belong together: equal ones first, then the most alike between them, in their order."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

T = TypeVar("T")
Pair = tuple[T | None, T | None]

# Between two stretches of equal parts so many comparisons are made at most; beyond that nothing is paired there.
MOST_COMPARED = 250_000


def aligned(
    old: Sequence[T], new: Sequence[T], key: Callable[[T], Hashable], likeness: Callable[[T, T], float], least: float
) -> Iterator[Pair[T]]:
    """All parts in order: both, (old, None) where it is gone, (None, new) where it came; those `least` alike pair.

    Source of the order of work: `difflib.Differ`, which does the same with lines.
    """
    matcher = SequenceMatcher(None, [key(one) for one in old], [key(one) for one in new], autojunk=False)
    for tag, start, stop, begin, end in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(old[start:stop], new[begin:end], strict=True)
        else:
            yield from _paired(old[start:stop], new[begin:end], likeness, least)


def _paired(old: Sequence[T], new: Sequence[T], likeness: Callable[[T, T], float], least: float) -> Iterator[Pair[T]]:
    if not old or not new or len(old) * len(new) > MOST_COMPARED:
        yield from ((one, None) for one in old)
        yield from ((None, one) for one in new)
        return
    table = [[likeness(one, other) for other in new] for one in old]
    yield from _best(old, new, table, (0, len(old)), (0, len(new)), least)


def _best(
    old: Sequence[T],
    new: Sequence[T],
    table: Sequence[Sequence[float]],
    rows: tuple[int, int],
    columns: tuple[int, int],
    least: float,
) -> Iterator[Pair[T]]:
    """The most alike of these rows and columns, between what stands before both and what stands behind."""
    open_ = [(*rows, *columns)]
    while open_:
        start, stop, begin, end = open_.pop()
        cells = ((table[n][m], -n, -m) for n in range(start, stop) for m in range(begin, end))
        likest, row, column = max(cells, default=(0.0, 0, 0))
        if likest < least:
            yield from ((old[n], None) for n in range(start, stop))
            yield from ((None, new[m]) for m in range(begin, end))
            continue
        row, column = -row, -column
        if (start, stop, begin, end) == (row, row + 1, column, column + 1):
            yield old[row], new[column]
            continue
        behind, pair = (row + 1, stop, column + 1, end), (row, row + 1, column, column + 1)
        open_ += [behind, pair, (start, row, begin, column)]
