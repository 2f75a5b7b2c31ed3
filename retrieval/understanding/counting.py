"""Keeping the vocabulary of collections up to date, beside all other work and slowly enough not to be noticed.

A collection is counted anew, whole, once nothing of it is being imported: what was deleted is in no count any more. A
crash leaves the count before, and the collection is counted again. A deleted collection's vocabulary goes with it.
"""

import asyncio
import time
from dataclasses import dataclass, field

from retrieval.rows import Pool
from retrieval.understanding.tally import Tally
from retrieval.understanding.vocabulary import PAUSE_S, ToCount, Vocabulary

PAGE = 256  # documents
SHARE = 0.25  # of the time in which it counts; the rest is for others
REST = 20  # times as long as a count took, until the next one of that collection


@dataclass(frozen=True, slots=True)
class Counting:
    """Any number of processes may do this: each collection is counted by one at a time."""

    pool: Pool
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    share: float = SHARE
    pause_s: float = PAUSE_S
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def step(self) -> bool:
        """Count a collection that has rested and whose documents are others now; False where there is none."""
        return await self._step(self.share)

    async def complete(self, *, hurried: bool = True) -> None:
        """Count all such collections, without leaving time for others; `hurried`: whether they have rested or not."""
        while await self._step(1, hurried=hurried):
            continue

    async def _step(self, share: float, *, hurried: bool = False) -> bool:
        async with self._one:
            async with self.pool.connection() as connection:
                claimed = await self.vocabulary.claim(connection, self.pause_s, hurried=hurried)
            if claimed is None:
                return False
            try:
                await self._count(claimed, share)
            except BaseException:  # somebody else may go on at once
                async with self.pool.connection() as connection:
                    await self.vocabulary.hold(connection, claimed.collection_id, 0)
                raise
            return True

    async def _count(self, claimed: ToCount, share: float) -> None:
        started = time.monotonic()
        tally = await self._tally(claimed, share)
        rest_s = max(self.pause_s, REST * (time.monotonic() - started))
        async with self.pool.connection() as connection:
            await self.vocabulary.replace(connection, claimed, tally, rest_s)

    async def _tally(self, claimed: ToCount, share: float) -> Tally:
        tally, after, held = Tally(), "", time.monotonic()
        while True:
            async with self.pool.connection() as connection:
                if time.monotonic() - held > self.pause_s / 4:
                    await self.vocabulary.hold(connection, claimed.collection_id, self.pause_s)
                    held = time.monotonic()
                page = await self.vocabulary.texts(connection, claimed.collection_id, after, PAGE)
            if not page:
                return tally
            started = time.monotonic()
            await asyncio.to_thread(tally.add, [text for _, text in page])
            await asyncio.sleep((time.monotonic() - started) * (1 / share - 1))
            after = page[-1][0]
