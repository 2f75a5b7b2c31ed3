"""The register, page by page from the newest record back, narrowed by filters; persons under pseudonyms.

Invariants:
1. A page holds the newest records before its cursor that the filters let through, and no other.
2. No entry holds a name or an address.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from policies.audit.event import Record
from policies.audit.ledger import Transaction
from policies.review import timeline_queries as queries
from policies.review.entry import Entry, entry
from policies.review.errors import RecordNotFound
from policies.review.filters import Filters
from policies.review.pseudonyms import Pseudonyms
from policies.review.walk import walk

PAGE = 50
NEIGHBOURS = 3


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, the newest first; `next` is the cursor of the page after it, None where there is nothing more."""

    entries: tuple[Entry, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What stands around a record, the newest first: in the ledger, and among what the same person did."""

    ledger: tuple[Entry, ...]
    person: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Reads the ledger by the tables that `Projection` makes."""

    pseudonyms: Pseudonyms

    async def page(
        self, connection: Transaction, filters: Filters, before: int | None = None, size: int = PAGE
    ) -> Page:
        """The newest entries with an index below `before`, as far as the ledger was read."""
        found = await self._found(connection, filters, before, size + 1)
        entries = await self.entries(connection, [index for index, exact in found[:size] if exact])
        return Page(tuple(entries), found[size - 1][0] if len(found) > size else None)

    async def entry(self, connection: Transaction, index: int) -> Entry:
        """One record. Raises `RecordNotFound`."""
        for one in await self.entries(connection, [index]):
            return one
        raise RecordNotFound(index)

    async def entries(self, connection: Transaction, indexes: Iterable[int]) -> list[Entry]:
        """These records, the newest first, without those that were purged."""
        rows = await (await connection.execute(queries.BODIES, [[*indexes]])).fetchall()
        return [entry(Record(index, at, bytes(body)), self.pseudonyms) for index, at, body in rows]

    async def neighbours(self, connection: Transaction, one: Entry, size: int = NEIGHBOURS) -> Neighbours:
        """At most so many entries before and after it."""
        values = {"index": one.index, "who": one.who, "size": size}
        ledger = await self._read(connection, queries.AROUND, values)
        person = await self._read(connection, queries.AROUND_PERSON, values) if one.who else []
        return Neighbours(tuple(ledger), tuple(person))

    async def _found(
        self, connection: Transaction, filters: Filters, before: int | None, size: int
    ) -> list[tuple[int, bool]]:
        """The index of each record, and whether it is truly one of those (see `walk`)."""
        walked = await walk(connection, filters, before)
        if walked is None:
            return []
        query = queries.newest(walked.found, walked.exact)
        return await (await connection.execute(query, walked.values | {"size": size})).fetchall()

    async def _read(self, connection: Transaction, query: Any, values: dict[str, Any]) -> list[Entry]:
        rows = await (await connection.execute(query, values)).fetchall()
        return await self.entries(connection, [index for (index,) in rows])
