"""Merkle trees of RFC 9162, section 2.1, over SHA-256: roots, proofs and their verification, without I/O.

Invariants:
1. A leaf and a node are hashed apart (0x00 and 0x01 before them), so that neither can be taken for the other.
2. Who holds a root and a proof needs nothing else: a proof that verifies shows that a leaf is in its place, or
   that a tree only grew.

Everywhere `leaves` are leaf hashes, and hashes are 32 bytes.
"""

import hashlib
from collections.abc import Iterable, Sequence

from policies.errors import ProofInvalid

# Where a hash stands among the complete subtrees: level, and index on that level.
Place = tuple[int, int]
# Leaves from the first number up to, but not including, the second.
Span = tuple[int, int]

EMPTY = hashlib.sha256().digest()


def leaf_hash(body: bytes) -> bytes:
    """The hash of one record's body."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that leaves are added to, of which only the roots of complete subtrees are held: one a bit of its size."""

    __slots__ = ("_peaks", "_size")

    def __init__(self) -> None:
        self._peaks: list[bytes] = []
        self._size = 0

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._size

    def add(self, leaf: bytes) -> None:
        """Add a leaf hash at the end."""
        complete, grown = leaf, self._size
        while grown & 1:
            complete, grown = node_hash(self._peaks.pop(), complete), grown >> 1
        self._peaks.append(complete)
        self._size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        return joined(self._peaks)


def joined(subtrees: Sequence[bytes]) -> bytes:
    """The root over complete subtrees that get smaller from left to right."""
    if not subtrees:
        return EMPTY
    *others, root = subtrees
    for left in reversed(others):
        root = node_hash(left, root)
    return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over these leaves (MTH of the RFC)."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.add(leaf)
    return frontier.root()


def places(span: Span) -> list[Place]:
    """The complete subtrees that make up one subtree of the RFC, from left to right."""
    start, end = span
    found = []
    for level in reversed(range((end - start).bit_length())):
        if (end - start) >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The subtrees whose roots prove that a leaf is in a tree, from the leaf up (PATH, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ProofInvalid(f"L’enregistrement {index} n’est pas parmi les {size} premiers.")
    spans, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(first: int, second: int) -> list[Span]:
    """The subtrees whose roots prove that a tree of `first` leaves is the beginning of one of `second` (2.1.4.1)."""
    if not 0 <= first <= second:
        raise ProofInvalid(f"Un registre de {second} enregistrements n’en prolonge pas un de {first}.")
    if first in (0, second):
        return []
    spans, start, end = [], 0, second
    while end != first:
        middle = start + _split(end - start)
        if first <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    if start:
        spans.append((start, end))
    return spans[::-1]


def inclusion_of(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The proof that the leaf of that index is in the tree of these leaves. Raises `ProofInvalid` beyond them."""
    return [root_of(leaves[start:end]) for start, end in inclusion_spans(index, len(leaves))]


def consistency_of(leaves: Sequence[bytes], first: int) -> list[bytes]:
    """The proof that the first leaves were the tree once. Raises `ProofInvalid` where there are fewer."""
    return [root_of(leaves[start:end]) for start, end in consistency_spans(first, len(leaves))]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check a proof that a leaf hash is in its place (2.1.3.2). Raises `ProofInvalid`."""
    if not 0 <= index < size:
        raise ProofInvalid(f"L’enregistrement {index} n’est pas parmi les {size} premiers.")
    found = leaf
    for sibling, on_the_left in zip(path, _sides(index, size - 1, len(path)), strict=True):
        found = node_hash(sibling, found) if on_the_left else node_hash(found, sibling)
    if found != root:
        raise ProofInvalid(f"L’enregistrement {index} n’est pas celui que cette racine contient.")


def verify_consistency(first: int, root1: bytes, second: int, root2: bytes, path: Sequence[bytes]) -> None:
    """Check a proof that a tree only grew (2.1.4.2). Raises `ProofInvalid`."""
    if not 0 <= first <= second:
        raise ProofInvalid(f"Un registre de {second} enregistrements n’en prolonge pas un de {first}.")
    if first in (0, second):
        if path or root1 != (root2 if first else EMPTY):
            raise ProofInvalid("La preuve de continuité ne convient pas à ces deux racines.")
        return
    # The root of a complete tree is itself a node of every longer one, and left out of the path.
    seed, *siblings = [root1, *path] if first & (first - 1) == 0 else path or [b""]
    level = (first & -first).bit_length() - 1
    older = newer = seed
    for sibling, on_the_left in zip(
        siblings, _sides((first - 1) >> level, (second - 1) >> level, len(siblings)), strict=True
    ):
        newer = node_hash(sibling, newer) if on_the_left else node_hash(newer, sibling)
        if on_the_left:
            older = node_hash(sibling, older)
    if older != root1 or newer != root2:
        raise ProofInvalid(f"Le registre de {second} enregistrements ne prolonge pas celui de {first} qui a été signé.")


def _sides(position: int, last: int, length: int) -> list[bool]:
    """Of each hash of a path up from a node, whether it stands on the left of what was found so far.

    `last` is the index of the last node on that level. Raises `ProofInvalid` where the path has another length.
    """
    sides = []
    while last:
        on_the_left = bool(position & 1) or position == last
        sides.append(on_the_left)
        while on_the_left and position and not position & 1:
            position, last = position >> 1, last >> 1
        position, last = position >> 1, last >> 1
    if len(sides) != length:
        raise ProofInvalid("La preuve n’a pas la longueur qu’elle doit avoir.")
    return sides


def _split(size: int) -> int:
    """The largest power of two that is smaller."""
    return 1 << (size - 1).bit_length() - 1
