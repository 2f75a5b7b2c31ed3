"""The verification of the ledger: every record, node and checkpoint, compared with each other and with what lies in
places outside the database. It names the first record that was changed, removed, inserted or moved.

The tree is made anew from the records' bodies (RFC 9162, 2.1.1). Believed are, in this order: what a place holds
under a signature, what the database holds under one, the nodes of the database. Records beyond the last checkpoint are
seen to follow each other; nothing vouches for them yet.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Sequence

from policies.audit import findings
from policies.audit.canonical import canonical
from policies.audit.checkpoint import Checkpoint
from policies.audit.checkpoints import Held
from policies.audit.difference import difference
from policies.audit.event import Act
from policies.audit.finding import Finding, Progress, Verified
from policies.audit.growing import Growing
from policies.audit.ledger import Transaction
from policies.audit.ledger_pages import PAGE, Extent, LedgerPages, Page
from policies.audit.merkle import Place, leaf_hash, node_hash
from policies.audit.purges import Purged
from policies.audit.shipped import Shipped
from policies.audit.trust import Trust
from policies.errors import NoteInvalid

# Records, a millisecond or two, after which whoever else is served here has a turn, and the next page comes nearer.
BREATH = 64


class Found(Exception):
    """Ends a verification with its first finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.sentence)
        self.finding = finding


async def verify(
    transaction: Transaction, trust: Trust, places: Sequence[Shipped] = (), start: int = 0
) -> AsyncIterator[Progress | Verified]:
    """Look at all records from the last checkpoint over at most `start` of them on; what was found comes last.

    The places are to be listed before the transaction's snapshot (`repeatable read`) is taken: what is shipped
    meanwhile would else look cut off. Raises `LedgerUnavailable`, `PlaceUnreachable`.
    """
    walk = _Walk(LedgerPages(transaction), trust, places)
    try:
        extent = await walk.begin(start)
        yield Progress(walk.tree.size, extent.total)
        while walk.tree.size < extent.total:
            await walk.page()
            yield Progress(walk.tree.size, extent.total)
        await walk.end()
    except Found as found:
        yield walk.seen(found.finding)
    else:
        yield walk.seen()
    finally:
        await walk.leave()


class _Walk:
    def __init__(self, ledger: LedgerPages, trust: Trust, places: Sequence[Shipped]) -> None:
        self._ledger = ledger
        self._trust = trust
        self._places = places
        self._extent = Extent(0, 0, 0, 0)
        self._purges: Purged | None = None
        self._previous: Checkpoint | None = None
        self._lost: list[tuple[int, int]] = []
        self._start = self._records = self._purged = self._checkpoints = 0
        self._first_at: dt.datetime | None = None
        self._last_at: dt.datetime | None = None
        self._next: asyncio.Task[Page] | None = None
        self.tree = Growing()

    def seen(self, finding: Finding | None = None) -> Verified:
        """What was looked at so far."""
        return Verified(
            records=self._records,
            start=self._start,
            sealed=self._extent.sealed,
            purged=self._purged,
            lost=tuple(self._lost),
            checkpoints=self._checkpoints,
            first_at=self._first_at,
            last_at=self._last_at,
            places={place.label: place.count for place in self._places},
            finding=finding,
        )

    async def begin(self, start: int) -> Extent:
        """Go to where the verification starts."""
        self._extent = await self._ledger.extent()
        if held := await self._ledger.checkpoint_before(start):
            tree = await self._ledger.tree(held.size)
            if tree is None:
                raise Found(findings.no_tree(held.size))
            self.tree, self._start = tree, held.size
            self._check(held)
        for place in self._places:
            await place.advance(self.tree)
            if place.segment is not None and place.segment.start < self.tree.size:
                raise Found(findings.gap(place.label, self.tree.size))
        return self._extent

    async def page(self) -> None:
        """Look at the next records, while the database gets together those after them."""
        page = await (self._next or self._fetched(self.tree.size))
        self._next = self._fetched(page.end) if page.end < self._extent.total else None
        for index in range(page.start, page.end):
            if index % BREATH == 0:
                await asyncio.sleep(0)
            leaf = await self._leaf(index, page)
            for place, node in self.tree.add(leaf):
                self._compare_node(place, page.nodes.pop(place, None), node)
            await self._pass_checkpoints(page.checkpoints.get(index + 1))
        if page.nodes:
            raise Found(findings.superfluous(*min(page.nodes)))

    def _fetched(self, start: int) -> "asyncio.Task[Page]":
        return asyncio.create_task(self._ledger.page(start, min(start + PAGE, self._extent.total)))

    async def leave(self) -> None:
        """Let the database end what is not wanted any more: the connection is its caller's."""
        if self._next is not None:
            await asyncio.gather(self._next, return_exceptions=True)

    async def end(self) -> None:
        """Look at what there is beyond the last record."""
        size = self.tree.size
        for place in self._places:
            if place.segment is not None:
                wrong = place.forged(self._trust)
                raise Found(wrong or findings.cut(size, place.segment.size, f"{place.label} garde"))
        if self._extent.sealed > size:
            raise Found(findings.cut(size, self._extent.sealed, "La base garde"))
        if self._extent.leaves > self._extent.sealed:  # both are written in one transaction
            raise Found(findings.unsigned(self._extent.sealed, self._extent.leaves))
        if self._extent.head != size:
            raise Found(findings.miscounted(self._extent.head, size))
        if beyond := await self._ledger.node_beyond(size):
            raise Found(findings.superfluous(*beyond))
        if not self._trust.last_is_current:
            raise Found(findings.other_key(size))

    async def _leaf(self, index: int, page: Page) -> bytes:
        """The leaf of a record, once it is seen to be the one that was signed."""
        row = page.rows.get(index)
        if row is None or row.body is None or row.at is None:
            return await self._absent(index, row.node if row else None)
        leaf = leaf_hash(row.body)
        await self._compare_with_places(index, leaf, page)
        if row.node is not None and row.node != leaf:
            vouched = any(place.leaf(index) == leaf for place in self._places)
            raise Found(findings.node_changed(index) if vouched else _leaf_or_record(index, leaf, row.node, page))
        if row.node is None and index < self._extent.sealed:
            raise Found(findings.no_leaf(index))
        self._look_into(index, row.at, row.body)
        return leaf

    async def _absent(self, index: int, node: bytes | None) -> bytes:
        if self._purges is None:
            self._purges = await self._ledger.purges()
        if node is None or index not in self._purges:
            raise Found(findings.missing(index))
        for place in self._places:
            if place.leaf(index) not in (None, node):
                raise Found(place.forged(self._trust) or findings.node_changed(index))
        if self._purges.were_lost(index):
            self._lose(index)
        else:
            self._purged += 1
        return node

    def _lose(self, index: int) -> None:
        """Records come in order."""
        if self._lost and self._lost[-1][1] == index:
            self._lost[-1] = self._lost[-1][0], index + 1
        else:
            self._lost.append((index, index + 1))

    async def _compare_with_places(self, index: int, leaf: bytes, page: Page) -> None:
        for place in self._places:
            if place.leaf(index) not in (None, leaf):
                actual, due = page.bodies_from(index), await place.leaves_from(index)
                raise Found(place.forged(self._trust) or difference(index, actual, due))

    def _compare_node(self, place: Place, stored: bytes | None, due: bytes) -> None:
        level, index = place
        first, last = index << level, (index + 1 << level) - 1
        if stored is None and last < self._extent.sealed:
            raise Found(findings.no_node(first, last))
        if stored is not None and stored != due:
            raise Found(findings.other_node(first, last))

    def _look_into(self, index: int, at: dt.datetime, body: bytes) -> None:
        """What a body says must be what stands beside it; a change of keys is believed from its checkpoint on."""
        try:
            told = canonical(body)
            told_at, act, details = told["at"], told["act"], told["details"]
        except (ValueError, TypeError, KeyError) as error:
            raise Found(findings.malformed(index)) from error
        if told_at != at.astimezone(dt.UTC).isoformat(timespec="microseconds"):
            raise Found(findings.other_time(index))
        if act == Act.AUDIT_KEY_ROTATED:
            self._trust.hand_over(str(details["old"]), str(details["new"]))
        self._records += 1
        self._first_at, self._last_at = self._first_at or at, at

    async def _pass_checkpoints(self, held: Held | None) -> None:
        size = self.tree.size
        if held is not None:
            self._check(held)
            self._checkpoints += 1
        for place in self._places:
            if held is not None and place.missing(size):
                raise Found(findings.not_shipped(place.label, size))
            if place.segment is None or place.segment.size != size:
                place.enter(self.tree)
                continue
            self._check_shipped(place, held)
            await place.advance(self.tree)
            if place.segment is not None and place.segment.start != size:
                raise Found(findings.gap(place.label, size))

    def _check(self, held: Held) -> None:
        """A checkpoint of the database, against the tree as it is now."""
        since = self._previous.size if self._previous else 0
        try:
            checkpoint = self._trust.opened(held.note)
        except NoteInvalid as error:
            raise Found(findings.not_signed(since, held.size, error)) from error
        if (checkpoint.size, checkpoint.at) != (held.size, held.at.astimezone(dt.UTC)):
            raise Found(findings.other_checkpoint(since, held.size))
        if checkpoint.root != self.tree.root():
            raise Found(findings.rewritten(since, held.size))
        if self._previous is not None and checkpoint.at < self._previous.at:
            raise Found(findings.out_of_order(since, held.size))
        self._previous = checkpoint

    def _check_shipped(self, place: Shipped, held: Held | None) -> None:
        segment = place.segment
        assert segment is not None  # noqa: S101 - the caller looks at it
        if place.doubled:
            raise Found(findings.doubled(segment.start, segment.size, place.label))
        if held is not None and held.note == segment.note:
            return
        if wrong := place.forged(self._trust):
            raise Found(wrong)
        raise Found((findings.forgotten if held is None else findings.fork)(segment.start, segment.size, place.label))


def _leaf_or_record(index: int, leaf: bytes, node: bytes, page: Page) -> Finding:
    """Which of both was changed: the node above them tells, where there is one."""
    neighbour, parent = page.rows.get(index ^ 1), page.nodes.get((1, index >> 1))
    if neighbour is not None and neighbour.node is not None and parent is not None:
        sides = (neighbour.node, leaf) if index & 1 else (leaf, neighbour.node)
        if node_hash(*sides) == parent:
            return findings.node_changed(index)
    return difference(index, page.bodies_from(index), page.leaves_from(index))
