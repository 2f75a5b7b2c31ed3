"""Which vector spaces there are, in PostgreSQL: one in use, perhaps the next one, and those to be removed.

As in the catalogue, each method runs in the transaction of the connection it is given.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from psycopg.rows import DictRow

from retrieval.rows import Connection, all_rows, one_row

GRACE_S = 60.0  # a search that began in the space in use is over so long after another took its place

_SELECT: LiteralString = "select id, place, embedding, problem from vector_space"

IN_USE: LiteralString = f"{_SELECT} where state = 'in use'"

NEXT: LiteralString = f"{_SELECT} where state = 'next'"

LEFT: LiteralString = f"{_SELECT} where state = 'left' and since <= now() - make_interval(secs => %s) order by id"

KNOWN: LiteralString = "select id from vector_space where id = any(%s)"

# Whoever decides by what there is keeps it so.
LOCK: LiteralString = "lock table vector_space in share row exclusive mode"

# Any constant: of processes that start at once with nothing there, one makes the first index. To the transaction's end.
FIRST: LiteralString = "select pg_advisory_xact_lock(hashtextextended('vector_space', 0))"

# Of two processes that start at once the second one's finds its place taken.
BEGIN: LiteralString = """
insert into vector_space (place, embedding, state) values ('', %s, 'in use') on conflict do nothing
"""

START_ANEW: LiteralString = """
insert into vector_space (place, embedding, state) values (%s, %s, 'in use')
"""

ANNOUNCE: LiteralString = """
insert into vector_space (place, embedding, state) values (%s, %s, 'next')
"""

# One process at a time fills the next index; it says so again with each step.
LEASE: LiteralString = """
update vector_space set leased_by = %(by)s, leased_until = clock_timestamp() + make_interval(secs => %(seconds)s)
where state = 'next' and embedding = any(%(models)s)
    and (leased_by = %(by)s or leased_until is null or leased_until <= clock_timestamp())
returning id, place, embedding, problem
"""

RELEASE: LiteralString = "update vector_space set leased_until = null where leased_by = %s and state = 'next'"

NOTE: LiteralString = "update vector_space set problem = %s where state = 'next' and problem <> %s"

LEAVE: LiteralString = """
update vector_space set state = 'left', since = now(), leased_until = null where state = %s
returning id, place, embedding, problem
"""

USE: LiteralString = "update vector_space set state = 'in use', since = now(), problem = '' where id = %s"

FORGET: LiteralString = "delete from vector_space where id = %s and state = 'left'"

FORGET_COPIES: LiteralString = "delete from vector_space_copy where space_id = %s"


@dataclass(frozen=True, slots=True)
class SpaceRow:
    """`place` tells its index from others, `embedding` is its model's name, `problem` keeps it from getting on."""

    id: int
    place: str
    embedding: str
    problem: str


class SpaceTable:
    """Every method takes the open connection first."""

    async def wait_for_first(self, connection: Connection) -> None:
        """Until no other process is making the first space; none begins before the transaction ends."""
        await connection.execute(FIRST)

    async def in_use(self, connection: Connection) -> SpaceRow | None:
        """The one in which passages are found; none before the first start."""
        return _row(await one_row(connection, IN_USE))

    async def next(self, connection: Connection) -> SpaceRow | None:
        """The one that will take its place."""
        return _row(await one_row(connection, NEXT))

    async def left(self, connection: Connection, grace_s: float = GRACE_S) -> list[SpaceRow]:
        """Those whose indexes can be removed."""
        return [SpaceRow(**row) for row in await all_rows(connection, LEFT, [grace_s])]

    async def known(self, connection: Connection, ids: Iterable[int]) -> set[int]:
        """Those of these that there are still."""
        return {row["id"] for row in await all_rows(connection, KNOWN, [list(ids)])}

    async def lock(self, connection: Connection) -> None:
        """Nobody else changes what there is before the transaction ends."""
        await connection.execute(LOCK)

    async def begin(self, connection: Connection, embedding: str) -> None:
        """Let the first one be in use, where none is."""
        await connection.execute(BEGIN, [embedding])

    async def start_anew(self, connection: Connection, place: str, embedding: str) -> None:
        """Let this one, which is empty, be in use; no other of this model is to follow it."""
        following = await self.next(connection)
        if following is not None and following.embedding == embedding:
            await self.abandon(connection)
        await connection.execute(LEAVE, ["in use"])
        await connection.execute(START_ANEW, [place, embedding])

    async def announce(self, connection: Connection, place: str, embedding: str) -> None:
        """Let this one be the next, where there is none."""
        await connection.execute(ANNOUNCE, [place, embedding])

    async def lease(self, connection: Connection, by: UUID, models: Iterable[str], seconds: float) -> SpaceRow | None:
        """Have the next one for so long; None where none is of these models, or another process has it."""
        return _row(await one_row(connection, LEASE, {"by": by, "models": list(models), "seconds": seconds}))

    async def release(self, connection: Connection, by: UUID) -> None:
        """Let others have it."""
        await connection.execute(RELEASE, [by])

    async def note(self, connection: Connection, problem: str) -> None:
        """Say what keeps the next one from getting on; empty: nothing."""
        await connection.execute(NOTE, [problem, problem])

    async def abandon(self, connection: Connection) -> SpaceRow | None:
        """Let there be no next one; gives what was it."""
        return _row(await one_row(connection, LEAVE, ["next"]))

    async def switch(self, connection: Connection, to: int) -> SpaceRow | None:
        """Let the next one be in use; gives which was until now, or None where that one is not the next any more."""
        await self.lock(connection)  # before any row, as whoever announces another does
        following = await self.next(connection)
        if following is None or following.id != to:
            return None
        left = _row(await one_row(connection, LEAVE, ["in use"]))
        await connection.execute(USE, [to])
        await connection.execute(FORGET_COPIES, [to])
        return left

    async def forget(self, connection: Connection, space_id: int) -> None:
        """Its index is removed."""
        await connection.execute(FORGET, [space_id])


def _row(row: DictRow | None) -> SpaceRow | None:
    return None if row is None else SpaceRow(**row)
