"""Boxes on a page in the order in which they are read.

Recursive XY-cut: the page is cut along its widest gap, across or down, and each part again, until
nothing can be cut; parts are read from top to bottom and from left to right.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

MIN_GUTTER = 5.0  # points: a narrower gap between columns is only a space between words


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points, upwards from the bottom left."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        return self.top - self.bottom

    def joined(self, other: "Box") -> "Box":
        """The smallest box that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.bottom, other.bottom),
            max(self.right, other.right),
            max(self.top, other.top),
        )

    def overlaps_across(self, other: "Box") -> bool:
        """Whether one stands at least partly above the other."""
        return self.left < other.right and other.left < self.right

    @staticmethod
    def around(boxes: Sequence["Box"]) -> "Box":
        """The smallest box that holds all of them."""
        return Box(
            min(box.left for box in boxes),
            min(box.bottom for box in boxes),
            max(box.right for box in boxes),
            max(box.top for box in boxes),
        )


@dataclass(frozen=True, slots=True)
class _Group:
    """Boxes, by index, that are read one after the other whatever stands beside them."""

    indexes: tuple[int, ...]
    box: Box


def reading_order(boxes: Sequence[Box], sizes: Sequence[float]) -> list[int]:
    """Indexes of the boxes; `sizes` are those of their letters, by which a title stays with its text."""
    order: list[int] = []
    parts = [_titles_with_texts(boxes, sizes)]
    while parts:
        part = parts.pop()
        cut = _cut(part) if len(part) > 1 else None
        if cut is not None:
            parts.extend(reversed(cut))
        else:
            for group in sorted(part, key=lambda group: (-group.box.top, group.box.left)):
                order.extend(group.indexes)
    return order


def _titles_with_texts(boxes: Sequence[Box], sizes: Sequence[float]) -> list[_Group]:
    """A title over a single text is one group with it, so that no cut comes between them."""
    by_top = sorted(range(len(boxes)), key=lambda index: boxes[index].top)
    tops = [boxes[index].top for index in by_top]
    follower: dict[int, int] = {}
    taken: set[int] = set()
    for index, box in enumerate(boxes):
        near = slice(
            bisect_left(tops, box.bottom - 2.5 * box.height), bisect_right(tops, box.bottom + 0.5 * box.height)
        )
        under = [other for other in by_top[near] if other != index and _is_under(box, boxes[other])]
        if len(under) == 1 and sizes[under[0]] < 0.95 * sizes[index] and under[0] not in taken:
            follower[index] = under[0]
            taken.add(under[0])
    groups: list[_Group] = []
    for index in range(len(boxes)):
        if index in taken:
            continue
        chain = [index]
        while chain[-1] in follower:
            chain.append(follower[chain[-1]])
        groups.append(_Group(tuple(chain), Box.around([boxes[member] for member in chain])))
    return groups


def _is_under(title: Box, text: Box) -> bool:
    return title.overlaps_across(text) and text.bottom < title.bottom


def _cut(part: Sequence[_Group]) -> list[list[_Group]] | None:
    """The part cut at the widest gaps, across the page or down it; None where there is no gap."""
    down = [(-group.box.top, -group.box.bottom, group) for group in part]
    across = [(group.box.left, group.box.right, group) for group in part]
    widest_down, widest_across = _widest_gap(down, 0.0), _widest_gap(across, MIN_GUTTER)
    if widest_down is None and widest_across is None:
        return None
    if widest_across is None or (widest_down is not None and widest_down >= widest_across):
        return _split(down, max(widest_across or 0.0, 0.0))
    return _split(across, max(widest_down or 0.0, MIN_GUTTER))


_Extent = tuple[float, float, _Group]


def _widest_gap(extents: Sequence[_Extent], least: float) -> float | None:
    gaps = [gap for gap in _gaps(extents) if gap > least]
    return max(gaps, default=None)


def _gaps(extents: Sequence[_Extent]) -> list[float]:
    ordered = sorted(extents, key=lambda extent: extent[:2])
    reach, gaps = ordered[0][1], []
    for (_, end, _), (start, _, _) in pairwise(ordered):
        reach = max(reach, end)
        gaps.append(start - reach)
    return gaps


def _split(extents: Sequence[_Extent], over: float) -> list[list[_Group]]:
    ordered = sorted(extents, key=lambda extent: extent[:2])
    parts = [[ordered[0][2]]]
    for gap, (_, _, group) in zip(_gaps(extents), ordered[1:], strict=True):
        if gap > over or (gap >= over > 0):
            parts.append([group])
        else:
            parts[-1].append(group)
    return parts
