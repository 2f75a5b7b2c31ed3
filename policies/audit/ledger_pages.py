"""The ledger as a verification reads it: pages of records, leaves, nodes and checkpoints of one snapshot."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, LiteralString, NamedTuple

import psycopg

from policies.audit import verify_queries as queries
from policies.audit.checkpoints import Held
from policies.audit.growing import Growing
from policies.audit.ledger import Transaction
from policies.audit.merkle import Place, leaf_hash, places
from policies.audit.purges import Purged, purged
from policies.audit.tree_queries import HASHES
from policies.errors import LedgerUnavailable

PAGE = 4096  # records


class Row(NamedTuple):
    """A record, its leaf in the tree, or both."""

    at: dt.datetime | None
    body: bytes | None
    node: bytes | None


@dataclass(frozen=True, slots=True)
class Extent:
    """Up to which index each table goes, and what the ledger counts."""

    head: int
    records: int
    leaves: int
    sealed: int

    @property
    def total(self) -> int:
        """Up to which index there should be, or is, anything."""
        return max(self.head, self.records, self.leaves)


@dataclass(frozen=True, slots=True)
class Page:
    """What the tables hold of the records from `start` up to `end`; `nodes` are those above the leaves."""

    start: int
    end: int
    rows: Mapping[int, Row]
    nodes: dict[Place, bytes]
    checkpoints: Mapping[int, Held]

    def bodies_from(self, index: int) -> dict[int, bytes]:
        """The leaf hashes of the bodies from a record on."""
        return {place: leaf_hash(row.body) for place, row in self.rows.items() if place >= index and row.body}

    def leaves_from(self, index: int) -> dict[int, bytes]:
        """The leaves in the tree from a record on."""
        return {place: row.node for place, row in self.rows.items() if place >= index and row.node}


class LedgerPages:
    """Reads in one transaction, which should be `repeatable read`. All methods raise `LedgerUnavailable`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def extent(self) -> Extent:
        """How far the tables go."""
        ((head, records, leaves, sealed),) = await self._rows(queries.EXTENT)
        return Extent(head, records, leaves, sealed)

    async def page(self, start: int, end: int) -> Page:
        """The records from `start` up to `end`, and what belongs to them."""
        span = {"start": start, "end": end}
        records = await self._rows(queries.RECORDS, span)
        leaves = await self._rows(queries.LEAVES, span)
        nodes = await self._rows(queries.NODES, span)
        checkpoints = await self._rows(queries.CHECKPOINTS, span)
        return Page(
            start,
            end,
            _rows(records, dict(leaves)),
            {(level, index): node for level, index, node in nodes},
            {size: Held(size, at, note) for size, at, note in checkpoints},
        )

    async def checkpoint_before(self, size: int) -> Held | None:
        """The last checkpoint over at most so many records."""
        rows = await self._rows(queries.CHECKPOINT_BEFORE, [size])
        return Held(*rows[0]) if rows else None

    async def tree(self, size: int) -> Growing | None:
        """The tree over so many leaves, as its nodes have it; None where one is missing."""
        named = places((0, size))
        rows = await self._rows(HASHES, [[level for level, _ in named], [index for _, index in named]])
        return Growing(size, [node for (node,) in rows]) if len(rows) == len(named) else None

    async def node_beyond(self, size: int) -> Place | None:
        """A node over leaves that there are not."""
        beyond = [(level, index) for level, index in await self._rows(queries.LAST_NODES) if index + 1 << level > size]
        return min(beyond, default=None)

    async def purges(self) -> Purged:
        """What records say of others that were purged."""
        return purged(await self._rows(queries.PURGES))

    async def _rows(self, query: LiteralString, values: Any = None) -> list[Any]:
        try:
            cursor = self._transaction.cursor(binary=True)  # bodies come as bytes, without a detour over text
            return await (await cursor.execute(query, values)).fetchall()
        except psycopg.Error as error:
            raise LedgerUnavailable(f"Le registre est illisible : {error}") from error


def _rows(records: list[Any], leaves: dict[int, bytes]) -> dict[int, Row]:
    """Records and leaves side by side, so that one without the other shows."""
    rows = {index: Row(at, body, leaves.pop(index, None)) for index, at, body in records}
    return rows | {index: Row(None, None, leaf) for index, leaf in leaves.items()}
