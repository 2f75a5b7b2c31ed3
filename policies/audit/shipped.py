"""What one place says about the ledger, read along with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policies.audit.finding import Finding, What
from policies.audit.growing import Growing
from policies.audit.places import LEAVES, NOTE, Place, sizes
from policies.audit.trust import Trust
from policies.errors import NoteInvalid

HASH = 32  # bytes


@dataclass(frozen=True, slots=True)
class Segment:
    """The hashes of the records from one checkpoint to the next, and the note over all of them."""

    start: int
    size: int
    leaves: bytes
    note: str

    def leaf(self, index: int) -> bytes:
        """That of a record."""
        at = (index - self.start) * HASH
        return self.leaves[at : at + HASH]

    def leaves_from(self, index: int) -> dict[int, bytes]:
        """All from a record on."""
        return {place: self.leaf(place) for place in range(max(index, self.start), self.size)}


class Shipped:
    """The checkpoints of one place, in order; `segment` is the one at hand."""

    def __init__(self, place: Place, names: Mapping[int, Sequence[str]]) -> None:
        self._place = place
        self._names = names
        self._ahead = sorted(names, reverse=True)
        self._before: Growing | None = None
        self.segment: Segment | None = None

    @classmethod
    async def of(cls, place: Place) -> "Shipped":
        """All that the place holds. Raises `PlaceUnreachable`."""
        return cls(place, await sizes(place))

    @property
    def label(self) -> str:
        """Where the place is."""
        return self._place.label

    @property
    def count(self) -> int:
        """How many checkpoints there are."""
        return len(self._names)

    @property
    def doubled(self) -> bool:
        """Whether the place holds more than one checkpoint of the size at hand."""
        return self.segment is not None and len(self._names[self.segment.size]) > 1

    async def advance(self, tree: Growing) -> None:
        """Go to the first checkpoint over more than the tree's records. Raises `PlaceUnreachable`."""
        self.segment = self._before = None
        while self._ahead and self._ahead[-1] <= tree.size:
            self._ahead.pop()
        if not self._ahead:
            return
        self.segment = await self._read(self._ahead.pop())
        self.enter(tree)

    def enter(self, tree: Growing) -> None:
        """Remember the tree before the segment, where it is there now."""
        if self.segment and tree.size == self.segment.start:
            self._before = tree.copy()

    def leaf(self, index: int) -> bytes | None:
        """What the place says of a record; None where it does not tell."""
        if self.segment is None or self._before is None or index < self.segment.start:
            return None
        return self.segment.leaf(index)

    async def leaves_from(self, index: int) -> dict[int, bytes]:
        """What it says of the records from this one on, in this checkpoint and the next. Raises `PlaceUnreachable`."""
        segments = [self.segment, await self._read(self._ahead[-1]) if self._ahead else None]
        return {place: leaf for one in segments if one for place, leaf in one.leaves_from(index).items()}

    def missing(self, size: int) -> bool:
        """Whether the place should have a checkpoint of that size: it has earlier records and later ones."""
        return self.segment is not None and self.segment.start < size < self.segment.size

    def forged(self, trust: Trust) -> Finding | None:
        """What is wrong with the segment at hand, taken by itself: whether its note is over its own hashes."""
        segment, tree = self.segment, self._before
        if segment is None or tree is None:
            return None
        try:
            checkpoint = trust.opened(segment.note)
        except NoteInvalid as error:
            return self._wrong(f"le point de contrôle de {segment.size} enregistrements n’est pas le nôtre. {error}")
        tree = tree.copy()
        for index in range(segment.start, segment.size):
            for _ in tree.add(segment.leaf(index)):
                pass
        if (checkpoint.size, checkpoint.root) != (segment.size, tree.root()):
            return self._wrong(f"les fichiers du point de contrôle de {segment.size} enregistrements ont été modifiés.")
        return None

    async def _read(self, size: int) -> Segment:
        name = min(self._names[size])
        note = (await self._place.read(name)).decode("utf-8", "replace")
        leaves = await self._place.read(name.removesuffix(NOTE) + LEAVES)
        return Segment(size - len(leaves) // HASH, size, leaves, note)

    def _wrong(self, sentence: str) -> Finding:
        assert self.segment is not None  # noqa: S101 - the callers look at it
        return Finding(What.PLACE, self.segment.start, f"Dans {self.label}, {sentence}")
