"""Signed checkpoints of the ledger: taken one after the other and kept beside the records.

Invariants:
1. Each checkpoint's tree continues that of the one before it, and that of the last one which this process knows:
   where it does not, nothing is signed.
2. No checkpoint's time is before that of the one before it, whatever the clock says.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from policies.audit.checkpoint import Checkpoint
from policies.audit.clock import Clock, system_clock
from policies.audit.ledger import Transaction
from policies.audit.merkle import verify_consistency
from policies.audit.note import SigningKey, VerifyingKey, opened, signed
from policies.audit.tree import Tree
from policies.errors import LedgerBroken, LedgerUnavailable, ProofInvalid

# Any constant: one process at a time continues the tree. Held to the end of the transaction.
LOCK: LiteralString = "select pg_advisory_xact_lock(2026112401)"

KEEP: LiteralString = "insert into ledger_checkpoint (size, at, note) values (%s, %s, %s)"

LATEST: LiteralString = "select size, at, note from ledger_checkpoint order by size desc limit 1"

ALL: LiteralString = "select size, at, note from ledger_checkpoint order by size"

Pool = AsyncConnectionPool[AsyncConnection[Any]]


@dataclass(frozen=True, slots=True)
class Held:
    """A checkpoint as the database keeps it: a signed note over the first `size` records."""

    size: int
    at: dt.datetime
    note: str


class Checkpoints:
    """The ledger's checkpoints, signed with `keys`: one, or two while the key is being changed.

    `known` is the last note that was signed here, kept outside the database: an older copy of the database is told by
    it. `keep` keeps each new one so. What `trusted` signed is continued too. `current` gives the keys anew before each
    one that is signed: another process may have changed them.
    """

    def __init__(
        self,
        pool: Pool,
        keys: Sequence[SigningKey],
        *,
        trusted: Sequence[VerifyingKey] = (),
        known: str = "",
        keep: Callable[[str], None] | None = None,
        current: Callable[[], Sequence[SigningKey]] | None = None,
        clock: Clock = system_clock,
    ) -> None:
        self._pool = pool
        self._tree = Tree()
        self._trusted = tuple(trusted)
        self._keep = keep
        self._current = current
        self._clock = clock
        self.keys = tuple(keys)
        self._known = self._opened(known) if known else None

    async def take(self) -> Held | None:
        """Sign all records so far; None where there are none since the last one.

        Raises `LedgerUnavailable`, `LedgerBroken` where the ledger is not a continuation of what was signed,
        `NoteInvalid` where what was signed last is not ours, `KeyInvalid` where the keys cannot be read.
        """
        try:
            async with self._pool.connection() as connection:
                await connection.execute(LOCK)
                held = await self._continued(connection)
                if held is not None:
                    await connection.execute(KEEP, [held.size, held.at, held.note])
                latest = held or await self.latest(connection)
        except psycopg.Error as error:
            raise LedgerUnavailable(f"Le point de contrôle ne peut pas être inscrit : {error}") from error
        if latest is not None:
            self._remember(latest)
        return held

    def _remember(self, latest: Held) -> None:
        """Only what is committed is known; it may have been so by a call that was cancelled before it came here."""
        if self._known is not None and self._known.size == latest.size:
            return
        self._known = self._opened(latest.note)
        if self._keep is not None:
            self._keep(latest.note)

    async def latest(self, connection: Transaction) -> Held | None:
        """The last checkpoint. Raises `LedgerUnavailable`."""
        return await latest_checkpoint(connection)

    async def all(self, connection: Transaction) -> list[Held]:
        """All checkpoints, the oldest first. Raises `LedgerUnavailable`."""
        return await _rows(connection, ALL)

    async def check(self) -> None:
        """See that the last checkpoint is signed by our key. Raises `LedgerUnavailable`, `NoteInvalid`."""
        async with self._pool.connection() as connection:
            if (latest := await self.latest(connection)) is not None:
                self._opened(latest.note)

    async def _continued(self, connection: Transaction) -> Held | None:
        size = await self._tree.integrate(connection)
        if self._current is not None:  # after the records are known: one of them may tell of a change of keys
            self.keys = tuple(self._current())
        previous = await self._previous(connection)
        if size == (previous.size if previous else 0) == (self._known.size if self._known else 0):
            return None
        root = await self._tree.root(connection, size)
        for older in (previous, self._known):
            if older is not None:
                await self._require_continuation(connection, older, size, root)
        if previous and size == previous.size:
            return None
        now = self._clock()
        at = max(now, previous.at) if previous else now
        checkpoint = Checkpoint(self.keys[0].name, size, root, at)
        return Held(size, at, signed(checkpoint.text(), self.keys))

    async def _previous(self, connection: Transaction) -> Checkpoint | None:
        latest = await self.latest(connection)
        if self._known is not None and (latest is None or latest.size < self._known.size):
            raise LedgerBroken(
                f"Un point de contrôle a été signé sur {self._known.size} enregistrements, mais la base n’en connaît "
                f"que {latest.size if latest else 0} : le registre a été remis dans un état plus ancien."
            )
        return self._opened(latest.note) if latest else None

    async def _require_continuation(self, connection: Transaction, older: Checkpoint, size: int, root: bytes) -> None:
        path = await self._tree.consistency(connection, older.size, size)
        try:
            verify_consistency(older.size, older.root, size, root, path)
        except ProofInvalid as error:
            raise LedgerBroken(f"Le registre a été réécrit, rien n’est plus signé : {error}") from error

    def _opened(self, note: str) -> Checkpoint:
        return Checkpoint.parse(opened(note, [*(key.public for key in self.keys), *self._trusted]).text)


async def latest_checkpoint(connection: Transaction) -> Held | None:
    """The last checkpoint that the database has, whoever signed it. Raises `LedgerUnavailable`."""
    rows = await _rows(connection, LATEST)
    return rows[0] if rows else None


async def _rows(connection: Transaction, query: LiteralString) -> list[Held]:
    try:
        rows = await (await connection.execute(query)).fetchall()
    except psycopg.Error as error:
        raise LedgerUnavailable(f"Les points de contrôle sont illisibles : {error}") from error
    return [Held(size, at, note) for size, at, note in rows]
