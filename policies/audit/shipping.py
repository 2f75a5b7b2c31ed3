"""Checkpoints on their way to places outside the database.

What a place lacks is told by the place itself, and by what the database holds: a place that was away, and a process
that was killed, lose nothing. Each checkpoint's hashes go first, with the list of what was erased, so that a note never
stands without them.
"""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from policies.audit.checkpoints import Held
from policies.audit.erasures import Erasures
from policies.audit.places import ERASURES, LEAVES, NOTE, Place, name_of, sizes
from policies.errors import PlaceHolds, PlaceUnreachable

Pool = AsyncConnectionPool[AsyncConnection[Any]]

# Checkpoints above a size, each with the size of the one before it.
SINCE: LiteralString = """
select size, at, note, before
from (select *, lag(size, 1, 0::bigint) over (order by size) as before from ledger_checkpoint) as checkpoint
where size > %s order by size
"""

# The oldest checkpoint above a size.
NEXT: LiteralString = "select size, at, note from ledger_checkpoint where size > %s order by size limit 1"

BETWEEN: LiteralString = """
select string_agg(hash, ''::bytea order by index) from ledger_node where level = 0 and index >= %s and index < %s
"""


@dataclass(frozen=True, slots=True)
class PlaceStanding:
    """How many checkpoints a place lacks, the first of which is of `since`; `trouble` says why nobody knows."""

    label: str
    lacking: int
    since: dt.datetime | None
    trouble: str = ""


_log = logging.getLogger(__name__)


class Shipping:
    """Sends checkpoints to all places. One that is away keeps none of the others waiting, and is tried again.

    With `erasures` it sends what was erased too.
    """

    def __init__(self, pool: Pool, places: Sequence[Place], erasures: Erasures | None = None) -> None:
        self._pool = pool
        self._erasures = erasures
        self.places = tuple(places)
        self._shipped: dict[str, int] = {}  # the size up to which a place has everything, by its label

    async def ship(self) -> None:
        """Send what each place lacks; a place that cannot take it is named in the log."""
        for place in self.places:
            try:
                await self._ship_to(place)
            except (PlaceUnreachable, PlaceHolds) as error:
                _log.warning("%s", error)

    async def lacking(self, place: Place) -> list[Held]:
        """The checkpoints that a place does not hold, the oldest first. Raises `PlaceUnreachable`."""
        held = await sizes(place)
        return [checkpoint for checkpoint, _ in await self._since(0) if checkpoint.size not in held]

    def shipped(self, place: Place) -> int:
        """How many records a place vouches for, as far as this process knows; 0 where it has not reached it yet."""
        return self._shipped.get(place.label, 0)

    async def waiting(self) -> dict[str, tuple[Held, bool]]:
        """The oldest checkpoint that each place may lack, by its label, and whether the place has said so.

        A place that holds all is left out. Nothing is asked of the places themselves.
        """
        found = {}
        async with self._pool.connection() as connection:
            for place in self.places:
                known = self._shipped.get(place.label)
                row = await (await connection.execute(NEXT, [known or 0])).fetchone()
                if row is not None:
                    found[place.label] = (Held(*row), known is not None)
        return found

    async def standing(self) -> list[PlaceStanding]:
        """How far each place is."""
        return [await self._standing(place) for place in self.places]

    async def _standing(self, place: Place) -> PlaceStanding:
        try:
            lacking = await self.lacking(place)
        except PlaceUnreachable as error:
            return PlaceStanding(place.label, 0, None, str(error))
        return PlaceStanding(place.label, len(lacking), lacking[0].at if lacking else None)

    async def _ship_to(self, place: Place) -> None:
        """Raises `PlaceUnreachable`; `PlaceHolds` once everything else is there."""
        known = self._shipped.get(place.label)
        held = await sizes(place) if known is None else frozenset[int]()
        refused: PlaceHolds | None = None
        for checkpoint, before in await self._since(known or 0):
            if checkpoint.size not in held:
                try:
                    await self._put(place, checkpoint, before)
                except PlaceHolds as error:
                    refused = error
            if refused is None:
                self._shipped[place.label] = checkpoint.size
        if refused is not None:
            raise refused

    async def _put(self, place: Place, checkpoint: Held, before: int) -> None:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(BETWEEN, [before, checkpoint.size])).fetchone()
            erased = await self._erasures.between(connection, before, checkpoint.size) if self._erasures else []
        leaves = bytes(row[0]) if row and row[0] else b""
        await place.put(name_of(checkpoint.size, checkpoint.at, LEAVES), leaves)
        if self._erasures and erased:
            await place.put(name_of(checkpoint.size, checkpoint.at, ERASURES), self._erasures.written(erased))
        await place.put(name_of(checkpoint.size, checkpoint.at, NOTE), checkpoint.note.encode())

    async def _since(self, size: int) -> list[tuple[Held, int]]:
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(SINCE, [size])).fetchall()
        return [(Held(size, at, note), before) for size, at, note, before in rows]
