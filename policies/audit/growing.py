"""A tree that grows leaf by leaf and tells each subtree that this completes (RFC 9162, 2.1.1)."""

from collections.abc import Iterable, Iterator

from policies.audit.merkle import Place, joined, node_hash


class Growing:
    """Begins with `size` leaves, of whose complete subtrees `peaks` are the roots, from left to right."""

    __slots__ = ("_peaks", "size")

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self._peaks = list(peaks)

    def add(self, leaf: bytes) -> Iterator[tuple[Place, bytes]]:
        """Add a leaf hash; gives the subtrees above it that are complete now. Read all of them."""
        level, index, complete = 0, self.size, leaf
        while index & 1:
            complete = node_hash(self._peaks.pop(), complete)
            level, index = level + 1, index >> 1
            yield (level, index), complete
        self._peaks.append(complete)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        return joined(self._peaks)

    def copy(self) -> "Growing":
        """The same tree, that grows by itself."""
        return Growing(self.size, self._peaks)
